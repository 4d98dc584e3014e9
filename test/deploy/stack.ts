/** The packaged stack as a test reads it. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverless } from '../rig/serverless.ts';

/** A value of CloudFormation: JSON, with intrinsics as objects. Tests look into it as far as they know it. */
// biome-ignore lint/suspicious/noExplicitAny: a template's properties differ with every type
export type Value = any;

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Value;
  readonly dependsOn: readonly string[];
}

export interface Stack {
  /** The folder of the template and the zips. */
  readonly folder: string;
  readonly template: string;
  readonly outputs: readonly string[];
  all(type: string): readonly Resource[];
  /** The resource of this logical id, or the one that a Ref or GetAtt points to. */
  get(reference: Value): Resource;
  has(id: string): boolean;
}

/** Packages the project's own serverless.yml with these parameters. */
export async function packaged(parameters: Readonly<Record<string, string>>): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'bongsu-package-'));
  const given = Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  await serverless(['package', '--package', folder, '--stage', 'test', '--region', 'eu-west-1', ...given]);
  const template = join(folder, 'cloudformation-template-update-stack.json');
  const { Resources, Outputs } = JSON.parse(await readFile(template, 'utf8'));
  const resource = (id: string): Resource => {
    const { Type, Properties = {}, DependsOn = [] } = Resources[id];
    return { id, type: Type, properties: Properties, dependsOn: [DependsOn].flat() };
  };
  const has = (id: string): boolean => Object.hasOwn(Resources, id);
  const all = (type: string): Resource[] =>
    Object.keys(Resources)
      .map(resource)
      .filter((found) => found.type === type);
  const get = (reference: Value): Resource => {
    const id = typeof reference === 'string' ? reference : (reference.Ref ?? reference['Fn::GetAtt'][0]);
    if (!has(id)) throw new Error(`there is no ${id} in the stack`);
    return resource(id);
  };
  return { folder, template, outputs: Object.keys(Outputs), all, get, has };
}

/** Allow statements of a role. */
export const allowed = (role: Resource): { actions: string[]; resources: Value[] }[] =>
  (role.properties.Policies ?? [])
    .flatMap((policy: Value) => policy.PolicyDocument.Statement)
    .filter((statement: Value) => statement.Effect === 'Allow')
    .map((statement: Value) => ({ actions: [statement.Action].flat(), resources: [statement.Resource].flat() }));

/** Statements of the policies of a queue or bucket. */
export const policyOf = (stack: Stack, id: string): Value[] =>
  [...stack.all('AWS::SQS::QueuePolicy'), ...stack.all('AWS::S3::BucketPolicy')]
    .filter(({ properties }) => [properties.Queues ?? properties.Bucket].flat().some((target) => target.Ref === id))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement);
