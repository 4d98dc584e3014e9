/**
 * Which parameters need each other and which don't go together.
 * In: parameters, each right by itself. Out: one sentence for each that is missing or out of place.
 */
import { policyItems, policyNames } from '../../functions/bootstrap/policies.ts';
import { retentions } from '../../functions/bootstrap/retention.ts';
import { messageOf } from '../../shared/errors.ts';
import { parameterPrefix, SOURCES, type SourceName, sourceNames } from '../../shared/sources.ts';
import { isLoopback } from './addresses.ts';
import { disagreements } from './agreement.ts';
import { basic, byPassword, created, existing, hec, retentionOf, routeOf, sinksOf, tiersOf } from './destinations.ts';
import { domainFaults } from './domainrules.ts';
import type { Parameters } from './parameters.ts';
import { fault } from './sentences.ts';

/** Parameters whose value is empty when they are not given. */
type Optional = {
  [K in keyof Parameters]: Parameters[K] extends string | readonly string[] ? K : never;
}[keyof Parameters];

/** A parameter, a situation in which it is needed or unwanted, and what is expected of it then. */
type Rule = readonly [name: Optional, situation: (parameters: Parameters) => boolean, expected: string];

const ownBucket = (p: Parameters): boolean => p.logBucket === 'create';
const bySns = (p: Parameters): boolean => !ownBucket(p) && p.logEvents === 'sns';
const inVpc = (p: Parameters): boolean => created(p) && p.opensearchNetwork === 'vpc';

const needed: readonly Rule[] = [
  ['logEvents', (p) => !ownBucket(p), 'sns or eventbridge, because logBucket is an existing bucket'],
  ['logTopicArn', bySns, 'the ARN of the SNS topic of the bucket, because logEvents is sns'],
  [
    'opensearchArn',
    (p) => existing(p) && !basic(p),
    'the ARN of the domain or collection, the only one the Lambdas may write to',
  ],
  ['opensearchSecretArn', basic, 'the ARN of a secret {"username","password"}, because opensearchAuth is basic'],
  ['splunkHecSecretArn', hec, 'the ARN of the secret that holds the HEC token, because splunkHecUrl is given'],
  ['subnetIds', inVpc, 'the subnets of the domain, because opensearchNetwork is vpc'],
  ['subnetIds', (p) => p.securityGroupIds.length > 0, 'subnets, because securityGroupIds are given'],
  ['securityGroupIds', (p) => p.subnetIds.length > 0, 'security groups, because subnetIds are given'],
];

/** What only a domain that the stack makes has. */
const OF_CREATED = [
  'opensearchAdminArns',
  'opensearchLogin',
  'opensearchAnalysts',
  'opensearchAuditors',
  'opensearchManagers',
  'opensearchHost',
  'opensearchKeyArn',
  'opensearchMasterSecretArn',
  'opensearchSamlMetadata',
] as const satisfies readonly Optional[];

const unwanted: readonly Rule[] = [
  ['logEvents', ownBucket, 'nothing, because the stack makes the log bucket'],
  ['logKeyArn', ownBucket, 'nothing, because the stack makes the log bucket'],
  ['logTopicArn', (p) => !bySns(p), 'nothing, because logEvents is not sns'],
  ['logAccounts', (p) => !ownBucket(p), 'nothing, because an existing bucket has its own policy'],
  ['logOrganization', (p) => !ownBucket(p), 'nothing, because an existing bucket has its own policy'],
  ['logAccounts', (p) => p.logOrganization !== '', 'nothing, because logOrganization lets all its accounts deliver'],
  ['opensearchArn', (p) => !existing(p) || basic(p), 'nothing, because no existing domain is reached with IAM'],
  ['opensearchSecretArn', (p) => !basic(p), 'nothing, because no existing domain is reached with opensearchAuth basic'],
  ...OF_CREATED.map((name): Rule => [name, (p) => !created(p), 'nothing, because opensearchUrl is not create']),
  ['splunkHecSecretArn', (p) => !hec(p), 'nothing, because splunkHecUrl names no endpoint'],
  ['opensearchBootstrapSecretArn', (p) => !basic(p), 'nothing, because opensearchAuth is not basic'],
  ['secretsKeyArn', (p) => !basic(p) && !hec(p) && !byPassword(p), 'nothing, because no secret is read'],
  ['endpointAddresses', (p) => p.endpointAuth === 'off', 'nothing, because endpointAuth is off'],
  ['endpointDatasets', (p) => p.endpointAuth === 'off', 'nothing, because endpointAuth is off'],
  ['prowlerRoleArns', (p) => p.prowler === 'off', 'nothing, because prowler is off'],
];

export function contradictions(parameters: Parameters): string[] {
  const isGiven = ([name]: Rule): boolean => parameters[name].length > 0;
  return [
    ...needed
      .filter((rule) => rule[1](parameters) && !isGiven(rule))
      .map(([name, , expected]) => fault(name, expected)),
    ...unwanted
      .filter((rule) => rule[1](parameters) && isGiven(rule))
      .map(([name, , expected]) => fault(name, expected, parameters[name])),
    ...opensearchFaults(parameters),
    ...shardsFaults(parameters),
    ...domainFaults(parameters),
    ...retentionFaults(parameters),
    ...disagreements(parameters),
    ...detectionsFaults(parameters),
    ...prowlerFaults(parameters),
    ...payerFaults(parameters),
    ...assetsFaults(parameters),
    ...endpointFaults(parameters),
    ...parameters.sources.flatMap((source) => [
      ...routeFaults(source, parameters),
      ...filterFaults(source, parameters),
      ...prefixFaults(source, parameters),
    ]),
  ];
}

/** Said before anything is deployed, in the words of the bootstrap. */
function retentionFaults(parameters: Parameters): string[] {
  try {
    const lifecycle = { retentions: retentions(retentionOf(parameters), policyNames), tiers: tiersOf(parameters) };
    policyItems(lifecycle);
    return [];
  } catch (error) {
    return [fault('opensearchRetention', messageOf(error), parameters.opensearchRetention)];
  }
}

function opensearchFaults(parameters: Parameters): string[] {
  const { opensearchAuth: auth, opensearchArn, subnetIds } = parameters;
  if (created(parameters) && parameters.opensearchBootstrap === 'off') {
    return [fault('opensearchBootstrap', 'on, because nobody else may set up a domain just created', 'off')];
  }
  if (created(parameters) && auth !== 'es') {
    return [fault('opensearchAuth', 'es, because opensearchUrl is create', auth)];
  }
  if (existing(parameters) && opensearchArn !== '' && !opensearchArn.includes(`:${auth}:`)) {
    return [fault('opensearchArn', `an ARN of ${auth}, because opensearchAuth is ${auth}`, opensearchArn)];
  }
  if (!inVpc(parameters) || subnetIds.length === 0) return [];
  if (subnetIds.length > 3) return [fault('subnetIds', 'one, two or three subnets for the domain', subnetIds)];
  return [];
}

/** A collection has no shards to choose, and only the bootstrap makes indices ahead. */
function shardsFaults({ opensearchShards: shards, opensearchAuth, ...parameters }: Parameters): string[] {
  if (shards !== 'auto') return [];
  if (opensearchAuth === 'aoss')
    return [fault('opensearchShards', 'nothing, because an OpenSearch Serverless collection has no shards', shards)];
  if (parameters.opensearchBootstrap === 'on') return [];
  return [fault('opensearchBootstrap', 'on, because it makes the indices of opensearchShards auto', 'off')];
}

/** Collections have no alerting, and only the bootstrap puts monitors. */
function detectionsFaults(parameters: Parameters): string[] {
  const { detections, alertEmail, opensearchAuth, opensearchBootstrap } = parameters;
  if (detections === 'off')
    return alertEmail === '' ? [] : [fault('alertEmail', 'nothing, because detections are off', alertEmail)];
  if (!created(parameters) && !existing(parameters))
    return [fault('detections', 'off, because there is no OpenSearch', detections)];
  if (opensearchAuth === 'aoss')
    return [fault('detections', 'off, because an OpenSearch Serverless collection has no alerting', detections)];
  return opensearchBootstrap === 'on'
    ? []
    : [fault('opensearchBootstrap', 'on, because it puts the detections', 'off')];
}

const payerFaults = (parameters: Parameters): string[] =>
  parameters.logRequestPayer === 'requester' && ownBucket(parameters)
    ? [fault('logRequestPayer', 'owner, because the stack makes the log bucket', 'requester')]
    : [];

/** A source must read the findings from where they are put. */
function prowlerFaults(parameters: Parameters): string[] {
  const { prowler, sources, of } = parameters;
  if (prowler === 'off') return [];
  if (!sources.includes('securityhub'))
    return [fault('prowler', 'off, because securityhub is not in sources', prowler)];
  const { Prefix } = of.securityhub;
  const isPlace = !Prefix.includes('*') && (Prefix !== '' || ownBucket(parameters));
  return isPlace ? [] : [fault('securityhubPrefix', 'where Prowler puts its findings, without *', Prefix)];
}

/** The external id protects against the confused-deputy problem. */
function assetsFaults({ sources, assetAccounts, assetExternalId, assetUrl }: Parameters): string[] {
  const isOn = sources.includes('asset-inventory') && assetAccounts.length > 0;
  if (assetUrl === 'own' && !isOn)
    return [fault('assetUrl', 'off or the place of another inventory, because this stack has none', assetUrl)];
  if (assetAccounts.length === 0)
    return isNamed(sources, 'asset-inventory')
      ? [fault('assetAccounts', 'accounts, because sources names asset-inventory')]
      : [];
  if (assetAccounts.includes('organization') && assetAccounts.length > 1)
    return [fault('assetAccounts', 'organization alone or a list of accounts', assetAccounts)];
  if (assetExternalId !== '') return [];
  return [
    fault('assetExternalId', 'the external id that the role of the accounts asks for, because assetAccounts is given'),
  ];
}

function endpointFaults({ sources, endpointAuth }: Parameters): string[] {
  if (endpointAuth !== 'off') {
    return sources.includes('endpoint')
      ? []
      : [fault('endpointAuth', 'off, because endpoint is not in sources', endpointAuth)];
  }
  const isWanted = isNamed(sources, 'endpoint');
  return isWanted ? [fault('endpointAuth', 'apikey, basic or iam, because sources names endpoint', endpointAuth)] : [];
}

/** The default is every source, of which some run only where other parameters are given. */
const isNamed = (sources: readonly SourceName[], name: SourceName): boolean =>
  sources.includes(name) && sources.length < sourceNames.length;

function routeFaults(source: SourceName, parameters: Parameters): string[] {
  const sinks = sinksOf(parameters);
  const route = routeOf(source, parameters);
  const expected = `a list of destinations that are given, which is ${sinks.join(' and ')}`;
  if (route.length === 0) return [fault(`${parameterPrefix(source)}Route`, expected)];
  return route.every((sink) => sinks.includes(sink)) ? [] : [fault(`${parameterPrefix(source)}Route`, expected, route)];
}

/** A filter for a destination that the source does not go to would have no effect. */
function filterFaults(source: SourceName, parameters: Parameters): string[] {
  const { Filter } = parameters.of[source];
  const route: readonly string[] = routeOf(source, parameters);
  const filtered = Object.keys(Filter === '' ? {} : JSON.parse(Filter));
  if (filtered.every((sink) => route.includes(sink))) return [];
  return [
    fault(
      `${parameterPrefix(source)}Filter`,
      `only destinations of its route, which is ${route.join(' and ')}`,
      filtered,
    ),
  ];
}

function prefixFaults(source: SourceName, parameters: Parameters): string[] {
  const { Prefix } = parameters.of[source];
  // its digests lie where the trails' log files do
  if (source === 'integrity' && !parameters.sources.includes('cloudtrail')) {
    return prefixFaults('cloudtrail', parameters);
  }
  if (SOURCES[source].kind === 'log' && Prefix === '' && !ownBucket(parameters)) {
    return [
      fault(`${parameterPrefix(source)}Prefix`, 'the beginning of the keys of its objects in the existing log bucket'),
    ];
  }
  if (!Prefix.includes('*') || parameters.logEvents === 'eventbridge') return [];
  return [
    fault(
      `${parameterPrefix(source)}Prefix`,
      'a prefix without *, because only logEvents eventbridge understands one',
      Prefix,
    ),
  ];
}

/** Sentences about values that work in a dry run on this machine and not in AWS. `isLocal`: AWS is a local one too. */
export function undeployable({ opensearchUrl, splunkHecUrl }: Parameters, isLocal = false): string[] {
  if (opensearchUrl === '' && splunkHecUrl === '') {
    return [fault('opensearchUrl', 'create or the https address of a domain (or splunkHecUrl, that of a HEC)')];
  }
  return Object.entries({ opensearchUrl, splunkHecUrl })
    .filter(([, url]) => url.startsWith('file:') || (!isLocal && url.split(',').some(isLoopback)))
    .map(([name, url]) => fault(name, 'a destination that a Lambda can reach', url));
}
