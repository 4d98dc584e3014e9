/**
 * What a created domain can't be, said before AWS says it after a quarter of an hour.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html
 */
import { type Cluster, clusterOf, hasOwnDisks } from './cluster.ts';
import { created } from './destinations.ts';
import type { Parameters } from './parameters.ts';
import { fault } from './sentences.ts';

/** A parameter, when it is wrong, what is expected of it then. */
type Rule = readonly [
  name: keyof Parameters,
  isWrong: (parameters: Parameters, cluster: Cluster) => boolean,
  expected: (parameters: Parameters, cluster: Cluster) => string,
];

const family = (type: string): string => type.split('.')[0];
const isBurstable = (type: string): boolean => /^t[23]$/.test(family(type));
/** OpenSearch-optimized: they keep their data in S3, too. */
const isOptimized = (type: string): boolean => /^(or|om|oi)\d$/.test(family(type));
const isGraviton = (type: string): boolean => /^[a-z]+\dg/.test(family(type));

const RULES: readonly Rule[] = [
  [
    'opensearchLogin',
    (p) => p.opensearchLogin === '',
    () =>
      'saml, cognito or internal, because people can sign in to Dashboards in no other way: an IAM role as the master has no password, so opensearchAdminArns alone leads to a login page that lets nobody in',
  ],
  [
    'opensearchSamlMetadata',
    needs('saml', 'opensearchSamlMetadata'),
    because('the metadata of the identity provider', 'saml'),
  ],
  [
    'opensearchSamlEntityId',
    needs('saml', 'opensearchSamlEntityId'),
    because('the entity id of the identity provider', 'saml'),
  ],
  [
    'opensearchSamlAdminGroup',
    needs('saml', 'opensearchSamlAdminGroup'),
    because('the group of administrators', 'saml'),
  ],
  [
    'opensearchMasterSecretArn',
    needs('internal', 'opensearchMasterSecretArn'),
    because('the ARN of a secret {"username","password"}', 'internal'),
  ],
  [
    'opensearchIdentityPoolId',
    (p) =>
      p.opensearchLogin === 'cognito' && (p.opensearchUserPoolId === 'create') !== (p.opensearchIdentityPoolId === ''),
    (p) =>
      p.opensearchUserPoolId === 'create'
        ? 'nothing, because the stack makes both pools'
        : 'the identity pool of the given user pool',
  ],
  [
    'opensearchHost',
    (p) => (p.opensearchHost === '') !== (p.opensearchCertificateArn === ''),
    () => 'a host name together with opensearchCertificateArn',
  ],
  [
    'opensearchInstanceType',
    (_, c) => c.warm > 0 && isBurstable(c.instanceType),
    () => 'no t2 or t3, because UltraWarm does not go with them',
  ],
  [
    'opensearchInstanceType',
    (_, c) => c.warm > 0 && family(c.instanceType) === 'oi2',
    () => 'no oi2, because it does not go with UltraWarm',
  ],
  [
    'opensearchInstanceType',
    (_, c) => c.isStandby && isBurstable(c.instanceType),
    () => 'no t2 or t3, because Multi-AZ with standby does not go with them',
  ],
  [
    'opensearchMasterType',
    (_, c) => isOptimized(c.instanceType) && c.masters > 0 && !isGraviton(c.masterType),
    (_, c) => `a Graviton type such as m7g.large.search, because data nodes are ${c.instanceType}`,
  ],
  [
    'opensearchWarmCount',
    (_, c) => c.warm > 0 && c.masters === 0,
    () => '0, because UltraWarm needs dedicated masters (opensearchMasterCount)',
  ],
  [
    'opensearchWarmCount',
    (_, c) => c.isStandby && c.warm % 3 !== 0,
    () => 'a multiple of 3, because opensearchStandby is on',
  ],
  [
    'opensearchCold',
    (p, c) => p.opensearchCold === 'on' && c.warm === 0,
    () => 'off, because cold storage needs UltraWarm (opensearchWarmCount)',
  ],
  [
    'opensearchStandby',
    (_, c) => c.isStandby && (c.zones !== 3 || c.nodes % 3 !== 0 || c.masters !== 3),
    () => 'off, because standby needs three zones, data nodes in a multiple of three and three masters',
  ],
  [
    'opensearchReplicas',
    (p, c) => c.isStandby && (1 + p.opensearchReplicas) % 3 !== 0,
    () => '2, because with opensearchStandby each shard has a multiple of three copies',
  ],
  [
    'opensearchVolumeGib',
    (p, c) => p.opensearchVolumeGib > 0 && hasOwnDisks(c.instanceType),
    (_, c) => `nothing, because ${c.instanceType} has disks of its own`,
  ],
  [
    'opensearchInstanceCount',
    (p, c) => p.opensearchNetwork === 'vpc' && c.zones > 0 && c.zones <= 3 && c.nodes % c.zones !== 0,
    (_, c) => `a multiple of ${c.zones}, as many nodes in each subnet`,
  ],
  [
    'opensearchTiers',
    (p) => p.opensearchTiers !== 'hot',
    () => 'nothing, because a created domain has UltraWarm by opensearchWarmCount',
  ],
  [
    'opensearchRetention',
    (p, c) => c.warm > 0 && !c.isCold && p.opensearchRetention.includes('cold='),
    () => 'no cold=, because opensearchCold is off',
  ],
];

function needs(
  login: string,
  name: 'opensearchSamlMetadata' | 'opensearchSamlEntityId' | 'opensearchSamlAdminGroup' | 'opensearchMasterSecretArn',
) {
  return (p: Parameters): boolean => p.opensearchLogin === login && p[name] === '';
}

function because(what: string, login: string) {
  return (): string => `${what}, because opensearchLogin is ${login}`;
}

/** One sentence for each. */
export function domainFaults(parameters: Parameters): string[] {
  if (!created(parameters)) return [];
  const cluster = clusterOf(parameters);
  return RULES.filter(([, isWrong]) => isWrong(parameters, cluster)).map(([name, , expected]) => {
    const value = parameters[name];
    return fault(name, expected(parameters, cluster), value === '' || value === 0 ? undefined : value);
  });
}

/** Families that a region lacks. In: `ap-northeast-2`. */
const LACKS: Readonly<Record<string, readonly string[]>> = { 'ap-northeast-2': ['oi2'] };

export function regionFaults(parameters: Parameters, region: string): string[] {
  if (!created(parameters)) return [];
  const { instanceType } = clusterOf(parameters);
  if (!LACKS[region]?.includes(family(instanceType))) return [];
  return [fault('opensearchInstanceType', `a type that ${region} has`, instanceType)];
}
