/**
 * Gives a domain that outlived its stack back to CloudFormation: makes the template and the list of resources of an import
 * change set. In: the deployed template, the template of the next deployment, and what the service says of the domain.
 * An import may neither change other resources nor outputs, and takes each imported resource with a DeletionPolicy.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-existing-stack.html
 */
import { type Members, type Resource, type Template, without } from './template.ts';

/** `DomainStatus` of `aws opensearch describe-domain`, as far as it is used. */
export interface DomainStatus {
  readonly DomainName: string;
  readonly VPCOptions?: object;
  readonly EncryptionAtRestOptions?: { readonly KmsKeyId?: string };
  readonly CognitoOptions?: { readonly UserPoolId?: string };
}

/** An element of `--resources-to-import`. */
export interface Imported {
  readonly ResourceType: string;
  readonly LogicalResourceId: string;
  readonly ResourceIdentifier: Readonly<Record<string, string>>;
}

export interface Import {
  readonly template: Template;
  readonly resources: readonly Imported[];
}

const DOMAIN = 'Domain';
const USER_POOL = 'UserPool';

/** Throws Error with what must change first: otherwise the next deployment would replace the domain. */
export function importOf(deployed: Template, packaged: Template, domain: DomainStatus): Import {
  const faults = faultsOf(deployed, packaged, domain);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const pool = domain.CognitoOptions?.UserPoolId;
  const hasPool = pool !== undefined && packaged.Resources[USER_POOL] !== undefined;
  const resources: readonly Imported[] = [
    imported(packaged, DOMAIN, { DomainName: domain.DomainName }),
    ...(hasPool ? [imported(packaged, USER_POOL, { UserPoolId: pool })] : []),
  ];
  const ids = resources.map(({ LogicalResourceId }) => LogicalResourceId);
  const there = new Set([...Object.keys(deployed.Resources), ...ids]);
  const added = ids.map((id) => [id, kept(packaged.Resources[id], there)] as const);
  return { template: { ...deployed, Resources: { ...deployed.Resources, ...Object.fromEntries(added) } }, resources };
}

const imported = (
  { Resources }: Template,
  LogicalResourceId: string,
  ResourceIdentifier: Imported['ResourceIdentifier'],
): Imported => ({ ResourceType: Resources[LogicalResourceId].Type, LogicalResourceId, ResourceIdentifier });

/** A resource without what comes with the next deployment, such as the bootstrap's role. */
function kept(resource: Resource, there: ReadonlySet<string>): Resource {
  const { DependsOn, Properties = {}, ...others } = resource;
  const dependsOn = [DependsOn ?? []].flat().filter((id) => there.has(id));
  const left = without(Properties, (id) => !there.has(id));
  return {
    ...others,
    DeletionPolicy: 'Retain',
    ...(dependsOn.length > 0 && { DependsOn: dependsOn }),
    Properties: (left ?? {}) as Members,
  };
}

function faultsOf(deployed: Template, { Resources }: Template, domain: DomainStatus): readonly string[] {
  const { DomainName, VPCOptions, EncryptionAtRestOptions: encryption } = domain;
  if (deployed.Resources[DOMAIN] !== undefined) return ['The deployed stack has its domain already: deploy it.'];
  const properties = Resources[DOMAIN]?.Properties;
  if (properties === undefined) return ['The package has no domain: make it with opensearchUrl=create.'];
  const faults: string[] = [];
  if (properties.DomainName !== DomainName) {
    faults.push(
      `The package has the domain ${JSON.stringify(properties.DomainName)}, not ${DomainName}: take its stage.`,
    );
  }
  const isInVpc = properties.VPCOptions !== undefined;
  if (isInVpc !== (VPCOptions !== undefined)) {
    const [is, wanted] = isInVpc ? ['public', 'in a VPC'] : ['in a VPC', 'public'];
    faults.push(`The domain is ${is} and the package has it ${wanted}, which can't be changed: set opensearchNetwork.`);
  }
  const key = (properties.EncryptionAtRestOptions as Members | undefined)?.KmsKeyId;
  if (encryption?.KmsKeyId !== undefined && key !== encryption.KmsKeyId) {
    faults.push(`The package has another key, which can't be changed: set opensearchKeyArn=${encryption.KmsKeyId}.`);
  }
  return faults;
}
