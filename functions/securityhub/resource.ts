/**
 * What a finding is about, in the same words whichever format tells it: ASFF names an S3 bucket by its ARN and
 * `AwsS3Bucket`, OCSF by its name, with or without the ARN beside it, and `AWS::S3::Bucket`.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources.html
 */
export interface Resource {
  /** Without what stands around it in an ARN: `i-0123…`, a bucket's name, `path/of/an/object`. */
  readonly id: string;
  readonly arn: string | undefined;
  /** As ASFF spells it. */
  readonly type: string | undefined;
}

/** In: the names it has, the best first, and its type. undefined: it has none. */
export function resourceOf(names: readonly unknown[], type: unknown): Resource | undefined {
  const texts = names.filter((name): name is string => typeof name === 'string' && name !== '');
  const arn = texts.find((name) => name.startsWith('arn:'));
  const name = arn ?? texts.at(0);
  if (name === undefined) return undefined;
  return { id: shortened(name), arn, type: typeOf(type) };
}

/** Where the last part of an ARN is not the resource: `<service>` → of the part behind the account. */
const SHORTENED: ReadonlyMap<string, (resource: string) => string> = new Map([
  ['s3', (resource) => resource.slice(resource.indexOf('/') + 1)],
  ['lambda', (resource) => resource.split(':')[1] ?? resource],
  ['logs', (resource) => resource.replace(/^log-group:|:\*$/g, '')],
]);

/** `AWS::IAM::AccessKey:ASIA…` and `AWS::::Account:123456789012` are no ARNs. */
function shortened(name: string): string {
  if (/^AWS::\w*::\w+:/.test(name)) return name.slice(name.lastIndexOf(':') + 1);
  const [prefix, , service, , , ...rest] = name.split(':');
  if (prefix !== 'arn' || rest.length === 0) return name;
  const resource = rest.join(':');
  return SHORTENED.get(service)?.(resource) ?? resource.split(/[/:]/).at(-1) ?? name;
}

/** Services that ASFF calls otherwise than CloudFormation does. */
const SERVICES: ReadonlyMap<string, string> = new Map([
  ['ElasticLoadBalancing', 'Elb'],
  ['ElasticLoadBalancingV2', 'Elbv2'],
]);

/** `AWS::RDS::DBInstance` → `AwsRdsDbInstance`; any other spelling is ASFF's or nobody's. */
function typeOf(type: unknown): string | undefined {
  if (typeof type !== 'string' || type === '') return undefined;
  const [, service, kind] = /^AWS::(\w*)::(\w+)$/.exec(type) ?? [];
  if (kind === undefined) return type;
  return `Aws${SERVICES.get(service) ?? capitalized(service)}${capitalized(kind)}`;
}

const capitalized = (name: string): string =>
  name.replaceAll(/[A-Z]+(?=[A-Z][a-z])|[A-Z]+/g, (letters) => letters[0] + letters.slice(1).toLowerCase());
