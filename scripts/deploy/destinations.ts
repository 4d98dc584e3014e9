/**
 * Where records go by the parameters of a deployment, and the settings that say so to the Lambdas.
 * In: parameters. Out: routes and environments.
 */
import {
  type Destination,
  isEnriched,
  isMatched,
  SOURCES,
  type SourceName,
  sourcesWhere,
} from '../../shared/sources.ts';
import { clusterOf } from './cluster.ts';
import type { Parameters } from './parameters.ts';

export type Environment = Readonly<Record<string, string>>;

/** Files below the working directory: where records go as long as no destination is given. */
const DRY_RUN = 'file:out';

const isRemote = (url: string): boolean => url.startsWith('http');

/** OpenSearch is a domain that the stack makes. */
export const created = ({ opensearchUrl }: Parameters): boolean => opensearchUrl === 'create';
/** OpenSearch is a domain or collection that exists. */
export const existing = ({ opensearchUrl }: Parameters): boolean => isRemote(opensearchUrl);
/** Of an ARN; '' of none. */
export const regionOf = (arn: string): string => arn.split(':')[3] ?? '';

export const basic = (parameters: Parameters): boolean => existing(parameters) && parameters.opensearchAuth === 'basic';
/** The bootstrap signs in to the created domain with the password of its master. */
export const byPassword = (parameters: Parameters): boolean =>
  created(parameters) && parameters.opensearchLogin === 'internal';
/** Splunk is given. */
export const hec = ({ splunkHecUrl }: Parameters): boolean => isRemote(splunkHecUrl);

/** Every sink while none is given, for a dry run. */
export function sinksOf({ opensearchUrl, splunkHecUrl }: Parameters): readonly Destination[] {
  const urls = { opensearch: opensearchUrl, splunk: splunkHecUrl };
  const sinks = (['opensearch', 'splunk'] as const).filter((sink) => urls[sink] !== '');
  return sinks.length > 0 ? sinks : ['opensearch', 'splunk'];
}

export function routeOf(source: SourceName, parameters: Parameters): readonly Destination[] {
  const { Route } = parameters.of[source];
  return Route.length > 0 ? Route : SOURCES[source].route.filter((sink) => sinksOf(parameters).includes(sink));
}

/** Its events also go to the archive: EventBridge keeps none. */
export const archives = (source: SourceName, { archive }: Parameters): boolean =>
  archive === 'on' && SOURCES[source].kind === 'finding';

// Literals only: `sls invoke local` can't read a Ref. The address of a created domain stands in resources/source/opensearch.yml.
export function environmentOf(source: SourceName, parameters: Parameters, stack: string): Environment {
  const { IndexPeriod, Fields, Filter, SplunkIndex, SplunkSourcetype } = parameters.of[source];
  const route = routeOf(source, parameters);
  const isArchived = archives(source, parameters);
  const inAws = created(parameters) || existing(parameters) || hec(parameters);
  return present({
    STACK: stack,
    ...(route.includes('opensearch') && opensearchEnvironment(parameters)),
    ...(route.includes('splunk') && splunkEnvironment(parameters)),
    ROUTE: [...route, ...(isArchived ? ['archive'] : [])].join(','),
    FILTER: filterOf(source, Filter, route),
    INDEX_PERIOD: IndexPeriod,
    FIELDS: Fields,
    SOURCES: parameters.sources.join(','),
    REQUEST_PAYER: parameters.logRequestPayer === 'requester' ? 'requester' : '',
    SPLUNK_INDEX: SplunkIndex,
    SPLUNK_SOURCETYPE: SplunkSourcetype,
    QUARANTINE_STREAM: inAws ? `${stack}-quarantine` : DRY_RUN,
    LEDGER_STREAM: inAws ? `${stack}-ledger` : '',
    ARCHIVE_STREAM: isArchived ? (inAws ? `${stack}-${source}-archive` : DRY_RUN) : '',
    ...(isEnriched(SOURCES[source]) && enrichmentEnvironment(parameters)),
    ...(isMatched(SOURCES[source]) && { THREAT_URL: parameters.threatUrl === 'off' ? '' : parameters.threatUrl }),
    ...(source === 'flowlogs' && { FLOWLOG_FORMAT: parameters.flowlogFormat }),
    ...(source === 'securityhub' && { NATIVE_SOURCES: nativesOf(parameters).join(',') }),
    ...(source === 'asset-inventory' && assetsEnvironment(parameters)),
    ...(source === 'endpoint' && endpointEnvironment(parameters)),
    ...(source === 'waf' && { REDACT_HEADERS: parameters.redactHeaders.join(',') }),
    ...(source === 'cloudtrail' && {
      OWN_CALLS: parameters.ownCalls,
      OWN_ROLE_PREFIX: ownRoles(parameters, stack).join(','),
    }),
  });
}

const enrichmentEnvironment = ({ geoUrl, assetUrl }: Parameters): Environment => ({
  GEO_URL: geoUrl,
  ASSETS_URL: assetUrl.startsWith('s3:') ? assetUrl : '',
});

// The ARN of its keys: functions/endpoint/keys.yml.
const endpointEnvironment = (parameters: Parameters): Environment => ({
  ENDPOINT_AUTH: parameters.endpointAuth,
  ENDPOINT_VERSION: parameters.endpointVersion,
  ENDPOINT_ADDRESSES: parameters.endpointAddresses.join(','),
  ENDPOINT_DATASETS: parameters.endpointDatasets.join(','),
});

// The names of its bucket and queue: functions/asset-inventory/resources.yml.
const assetsEnvironment = ({
  assetAccounts,
  assetRegions,
  assetRoleName,
  assetExternalId,
  assetOcsf,
}: Parameters): Environment => ({
  ASSET_ACCOUNTS: assetAccounts.join(','),
  ASSET_REGIONS: assetRegions.join(','),
  ASSET_ROLE: assetRoleName,
  ASSET_EXTERNAL_ID: assetExternalId,
  ASSET_OCSF: assetOcsf,
  // for `sls invoke local`: functions/asset-inventory/resources.yml lays the real ones over them
  ASSET_BUCKET: 'local',
  ASSET_QUEUE_URL: 'https://sqs.localhost/asset-inventory',
});

/** What the names of the Lambdas' roles begin with, and the role by which the inventory enters accounts. */
const ownRoles = ({ assetRoleName }: Parameters, stack: string): readonly string[] => [`${stack}-`, assetRoleName];

/** What comes by a source of its own is a copy where Security Hub sends it too. */
const nativesOf = ({ sources }: Parameters): readonly SourceName[] =>
  sourcesWhere(({ native }) => native === true).filter((source) => sources.includes(source));

/** In: JSON text or ''. Out: the same, with the defaults of destinations that it does not name. */
function filterOf(source: SourceName, given: string, route: readonly Destination[]): string {
  const usual = Object.entries(SOURCES[source].filter ?? {}).filter(([sink]) => route.some((each) => each === sink));
  if (usual.length === 0) return given;
  return JSON.stringify({ ...Object.fromEntries(usual), ...(given !== '' && JSON.parse(given)) });
}

function opensearchEnvironment(parameters: Parameters): Environment {
  const { opensearchUrl, opensearchAuth, opensearchSecretArn, opensearchCaFile } = parameters;
  return present({
    OPENSEARCH_URL: opensearchUrl === '' || created(parameters) ? DRY_RUN : opensearchUrl,
    OPENSEARCH_AUTH: opensearchAuth,
    // Requests are signed for the region of the domain, which may be another one than the Lambda's.
    OPENSEARCH_REGION: existing(parameters) ? regionOf(parameters.opensearchArn) : '',
    OPENSEARCH_SECRET_ARN: opensearchSecretArn,
    OPENSEARCH_CA_FILE: opensearchCaFile,
  });
}

/** What was spilled goes to any sink. */
export const replayEnvironment = (parameters: Parameters, stack: string): Environment =>
  present({
    STACK: stack,
    ...opensearchEnvironment(parameters),
    ...splunkEnvironment(parameters),
    ROUTE: sinksOf(parameters).join(','),
    QUARANTINE_STREAM: `${stack}-quarantine`,
    // for `sls invoke local`: functions/replay/resources.yml lays the real ones over them
    SPILL_URL: 's3://local/spill',
    REPLAY_QUEUE_URL: 'https://sqs.localhost/replay',
  });

export const bootstrapEnvironment = (parameters: Parameters): Environment => ({
  ...opensearchEnvironment(parameters),
  ...(parameters.opensearchBootstrapSecretArn !== '' && {
    OPENSEARCH_SECRET_ARN: parameters.opensearchBootstrapSecretArn,
  }),
  ...(byPassword(parameters) && {
    OPENSEARCH_AUTH: 'basic',
    OPENSEARCH_SECRET_ARN: parameters.opensearchMasterSecretArn,
  }),
  OPENSEARCH_SHARDS: shardsOf(parameters),
  OPENSEARCH_REPLICAS: String(parameters.opensearchReplicas),
  ...present({
    DETECTIONS: parameters.detections === 'off' ? '' : parameters.detections,
    ALERT_FORMAT: parameters.detections === 'off' ? '' : parameters.alertFormat,
    OPENSEARCH_RETENTION: retentionOf(parameters),
    OPENSEARCH_TIERS: tiersOf(parameters),
    OPENSEARCH_OLD_REPLICAS: parameters.opensearchOldReplicas,
    OPENSEARCH_MONTHLY: sourcesWhere(({ kind }) => kind === 'log')
      .filter((source) => parameters.of[source].IndexPeriod === 'month')
      .join(','),
  }),
});

/** Shards of an index of logs. Default: by volume on a created domain, one on an existing domain. */
export const shardsOf = (parameters: Parameters): string =>
  parameters.opensearchShards || (created(parameters) ? 'auto' : '1');

/** Indices of an existing domain are left alone until somebody says how long they stay. */
export const retentionOf = (parameters: Parameters): string =>
  parameters.opensearchRetention || (created(parameters) ? usualOf(parameters) : 'off');

const usualOf = (parameters: Parameters): string =>
  clusterOf(parameters).isCold ? 'hot=7d,warm=30d,cold=365d' : 'hot=7d,warm=90d';

export function tiersOf(parameters: Parameters): 'hot' | 'ultrawarm' {
  if (!created(parameters)) return parameters.opensearchTiers;
  return clusterOf(parameters).warm > 0 ? 'ultrawarm' : 'hot';
}

const splunkEnvironment = ({ splunkHecUrl, splunkHecSecretArn, splunkCaFile, splunkAck }: Parameters): Environment => ({
  SPLUNK_HEC_URL: splunkHecUrl || DRY_RUN,
  SPLUNK_HEC_SECRET_ARN: splunkHecSecretArn,
  SPLUNK_CA_FILE: splunkCaFile,
  SPLUNK_ACK: splunkAck === 'on' ? 'on' : '',
});

const present = (variables: Environment): Environment =>
  Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
