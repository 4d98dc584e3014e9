/**
 * What follows from the parameters, for functions.ts, resources.ts and words.ts.
 * In: parameters. Out: values, none of them undefined.
 */
import { isAbsolute } from 'node:path';
import { isEnriched, logicalName, SOURCES, type SourceName, sourceNames } from '../../shared/sources.ts';
import type { Tree, Words } from './compose.ts';
import {
  archives,
  basic,
  bootstrapEnvironment,
  byPassword,
  created,
  type Environment,
  environmentOf,
  existing,
  hec,
  regionOf,
  replayEnvironment,
  routeOf,
  shardsOf,
} from './destinations.ts';
import { domain } from './domain.ts';
import type { Parameters } from './parameters.ts';

export type FunctionName = SourceName | 'replay' | 'bootstrap';
type OfFunctions<T> = Readonly<Record<FunctionName, T>>;

/** Names of the variants that a file in `resources/` offers. */
type OpenSearch = 'none' | 'create' | 'es' | 'aoss' | 'basic';
type Given = 'none' | 'given';
type Logs = 'create' | 'sns' | 'eventbridge';
type Archive = 'none' | 'create';

/** Variants of functions/securityhub/prowler.yml, and what they read. */
interface Prowler {
  readonly scan: 'none' | 'create';
  readonly key: 'none' | 'ownKey' | 'givenKey';
  readonly roles: 'none' | 'roles';
  readonly bucket: string | Tree;
  readonly roleArns: string;
}

export interface Settings {
  readonly parameters: Parameters;
  /** Name of the stack; its streams, queues and functions begin with it. */
  readonly stack: string;
  /** Functions that are on. */
  readonly functions: readonly FunctionName[];
  readonly environment: OfFunctions<Environment>;
  /** How each function gets to OpenSearch, to Splunk and to the secrets for them. */
  readonly opensearch: OfFunctions<OpenSearch>;
  readonly splunk: OfFunctions<'none' | 'hec'>;
  readonly secretsKey: OfFunctions<Given>;
  /** Files that go into the zip beside the bundle, at the same path: found from there or by the working directory. */
  readonly files: OfFunctions<readonly string[]>;
  readonly prefix: OfFunctions<string>;
  /** How sources hear of log objects, and the key of an existing bucket. */
  readonly logs: Logs;
  readonly logKey: Given;
  /** The same by source: one that mainly comes otherwise reads objects of an existing bucket only where a prefix is given. */
  readonly objects: OfFunctions<'none' | Logs>;
  readonly objectsKey: OfFunctions<Given>;
  /** Whether a schedule sends messages to the queue. */
  readonly schedule: OfFunctions<'none' | 'whole'>;
  /** Whether events are archived. */
  readonly archives: OfFunctions<Archive>;
  readonly archive: Archive;
  /** Whether Security Hub is asked for findings whose events may be missing, and how OpenSearch is asked which it has. */
  readonly reconcile: 'none' | 'hourly';
  readonly known: OpenSearch;
  /** Whether the endpoint knows its clients by keys. */
  readonly endpointKeys: 'none' | 'whole';
  readonly prowler: Prowler;
  /** Roles that the inventory may assume. */
  readonly inventoryRoles: readonly Tree[];
  /** Which key encrypts the log groups: the stack's own, or AWS's. */
  readonly logGroups: 'stack' | 'none';
  /** Streams of the archive. */
  readonly archiveStreams: readonly Tree[];
  /** Whether the inventory asks the organization for its accounts. */
  readonly organization: 'none' | 'listed';
  /** Accounts that may deliver logs into a bucket that the stack makes. */
  readonly accounts: readonly (string | Tree)[];
  /** Their trails. */
  readonly trails: readonly Tree[];
  /** Regions of what exists and may lie in another one than the stack. */
  readonly region: { readonly logTopic: string; readonly logKey: string; readonly secretsKey: string };
  readonly domain: 'none' | 'create';
  readonly domainNetwork: 'none' | 'vpc';
  /** Whether CloudFormation refuses to delete the stack; undefined: unchanged. */
  readonly protection: boolean | undefined;
  /** Roles that may do everything on a domain that the stack makes. */
  readonly admins: readonly (string | Tree)[];
  /** Words of resources/domain.yml. */
  readonly cluster: Words;
  /** How people get into a domain that the stack makes. */
  readonly cognito: 'none' | 'cognito' | 'cognitoGiven';
  readonly master: Given;
  readonly network: 'none' | 'vpc';
  readonly geo: 'none' | 's3';
  /** `bucket/prefix` of the geo databases. */
  readonly geoObjects: string;
  /** Whose look-up table logs are joined with. */
  readonly assetTable: 'none' | 'own' | 's3';
  /** `bucket/prefix` of another inventory. */
  readonly assetsObjects: string;
  /** Where threat lists are. */
  readonly threat: 'none' | 's3';
  readonly threatLists: { readonly bucket: string; readonly prefix: string };
  /** Whether an alarm fires when a log source receives no records any more, and after how long. */
  readonly noDataAlarm: 'none' | 'on';
  readonly noDataSeconds: number;
  /** Subscription of the alarm topic. */
  readonly subscriptions: readonly Tree[];
  /** Whether OpenSearch tells a topic of ours about alerts; its subscriptions. */
  readonly alerts: 'none' | 'whole';
  readonly alertSubscriptions: readonly Tree[];
  /** Whether a schedule makes tomorrow's indices, with shards by volume. */
  readonly tomorrow: 'none' | 'whole';
  /** What a source waits for, so that no index is made before its template. */
  readonly afterBootstrap: readonly string[];
  /** Hash of what the bootstrap puts on the domain. */
  readonly content: string;
}

export function settings(parameters: Parameters, stack: string, content: string, metadata = ''): Settings {
  const { logBucket, logEvents, logKeyArn, logTopicArn, logAccounts, secretsKeyArn, subnetIds, alarmEmail, geoUrl } =
    parameters;
  const alerts = withAlerts(parameters);
  const withBootstrap = parameters.opensearchBootstrap === 'on' && (created(parameters) || existing(parameters));
  const opensearch = created(parameters) ? 'create' : existing(parameters) ? parameters.opensearchAuth : 'none';
  const splunk = hec(parameters) ? 'hec' : 'none';
  const logs = logBucket === 'create' ? 'create' : logEvents || 'eventbridge';
  const readsObjects = (source: SourceName) =>
    SOURCES[source].objects !== undefined && (logs === 'create' || parameters.of[source].Prefix !== '');
  const readsKey = (source: SourceName) => readsObjects(source) || source === 'integrity';
  const archive = (source: SourceName): Archive => (archives(source, parameters) ? 'create' : 'none');
  const prefix = (source: SourceName) =>
    parameters.of[source].Prefix || SOURCES[source].objects?.prefix || `${source}/`;
  const reconciles = parameters.reconcile === 'on' && routeOf('securityhub', parameters).includes('opensearch');
  const accounts = logAccounts.length > 0 ? logAccounts : [{ Ref: 'AWS::AccountId' }];
  return {
    parameters,
    stack,
    functions: [...sourcesOn(parameters), 'replay', ...(withBootstrap ? (['bootstrap'] as const) : [])],
    environment: {
      ...ofEach((source) => environmentOf(source, parameters, stack)),
      replay: replayEnvironment(parameters, stack),
      bootstrap: bootstrapEnvironment(parameters),
    },
    opensearch: {
      ...ofEach((source) => (routeOf(source, parameters).includes('opensearch') ? opensearch : 'none')),
      replay: opensearch,
      bootstrap: opensearch,
    },
    splunk: {
      ...ofEach((source) => (routeOf(source, parameters).includes('splunk') ? splunk : 'none')),
      replay: splunk,
      bootstrap: 'none',
    },
    secretsKey: {
      ...ofEach((source) => secretsKeyOf(source, parameters)),
      replay: basic(parameters) || hec(parameters) ? given(secretsKeyArn) : 'none',
      bootstrap: basic(parameters) || byPassword(parameters) ? given(secretsKeyArn) : 'none',
    },
    files: {
      ...ofEach((source) => [
        ...(isEnriched(SOURCES[source]) ? geoFiles(parameters) : []),
        ...certificatesOf(parameters),
      ]),
      replay: certificatesOf(parameters),
      bootstrap: ['opensearch/**/*.json', 'opensearch/dashboard/*.ndjson', ...relative(parameters.opensearchCaFile)],
    },
    prefix: { ...ofEach(prefix), integrity: besideTrails(prefix('cloudtrail')), replay: '', bootstrap: '' },
    logs,
    logKey: given(logKeyArn),
    objects: { ...ofEach((source) => (readsObjects(source) ? logs : 'none')), replay: 'none', bootstrap: 'none' },
    schedule: {
      ...ofEach((source) => (isScheduled(source) && (source !== 'securityhub' || reconciles) ? 'whole' : 'none')),
      replay: 'none',
      bootstrap: 'none',
    },
    objectsKey: {
      ...ofEach((source) => (readsKey(source) ? given(logKeyArn) : 'none')),
      replay: 'none',
      bootstrap: 'none',
    },
    archives: { ...ofEach(archive), replay: 'none', bootstrap: 'none' },
    archive: parameters.sources.some((source) => archive(source) === 'create') ? 'create' : 'none',
    reconcile: reconciles ? 'hourly' : 'none',
    known: reconciles ? opensearch : 'none',
    endpointKeys: parameters.endpointAuth === 'iam' ? 'none' : 'whole',
    prowler: prowlerOf(parameters),
    inventoryRoles: inventoryRolesOf(parameters),
    archiveStreams: parameters.sources
      .filter((source) => archive(source) === 'create')
      .map((source) => ({ 'Fn::GetAtt': [`${logicalName(source)}Archive`, 'Arn'] })),
    organization: parameters.assetAccounts.includes('organization') ? 'listed' : 'none',
    accounts,
    trails: parameters.logOrganization === '' ? accounts.map(trailsOf) : [trailsOf('*')],
    region: { logTopic: regionOf(logTopicArn), logKey: regionOf(logKeyArn), secretsKey: regionOf(secretsKeyArn) },
    logGroups: parameters.lambdaLogKey === 'stack' ? 'stack' : 'none',
    domain: created(parameters) ? 'create' : 'none',
    domainNetwork: created(parameters) && parameters.opensearchNetwork === 'vpc' ? 'vpc' : 'none',
    protection: protectionOf(parameters),
    admins: [{ 'Fn::GetAtt': ['BootstrapRole', 'Arn'] }, ...parameters.opensearchAdminArns],
    cluster: domain(parameters, metadata),
    cognito: cognitoOf(parameters),
    master: byPassword(parameters) ? 'given' : 'none',
    network: subnetIds.length > 0 ? 'vpc' : 'none',
    geo: geoUrl.startsWith('s3:') ? 's3' : 'none',
    geoObjects: geoUrl.replace('s3://', ''),
    assetTable: assetTableOf(parameters),
    assetsObjects: parameters.assetUrl.replace('s3://', ''),
    threat: parameters.threatUrl === 'off' ? 'none' : 's3',
    threatLists: threatListsOf(parameters),
    noDataAlarm: parameters.noDataMinutes > 0 ? 'on' : 'none',
    noDataSeconds: parameters.noDataMinutes * 60,
    subscriptions: byEmail(alarmEmail),
    alerts: alerts ? 'whole' : 'none',
    alertSubscriptions: byEmail(parameters.alertEmail),
    tomorrow: withBootstrap && shardsOf(parameters) === 'auto' ? 'whole' : 'none',
    afterBootstrap: withBootstrap ? ['Bootstrap'] : [],
    content,
  };
}

/** Default: a stack with a created domain is protected. */
function protectionOf(parameters: Parameters): boolean | undefined {
  if (parameters.stackProtection !== '') return parameters.stackProtection === 'on';
  return created(parameters) ? true : undefined;
}

function cognitoOf(parameters: Parameters): Settings['cognito'] {
  if (!created(parameters) || parameters.opensearchLogin !== 'cognito') return 'none';
  return parameters.opensearchUserPoolId === 'create' ? 'cognito' : 'cognitoGiven';
}

/** Of an organization the accounts are not known before a run. */
function inventoryRolesOf({ assetAccounts, assetRoleName }: Parameters): readonly Tree[] {
  const accounts = assetAccounts.includes('organization') ? ['*'] : assetAccounts;
  return accounts.map((account) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::${account}:role/${assetRoleName}` }));
}

const isScheduled = (source: SourceName): boolean => SOURCES[source].schedule !== undefined;

/** The inventory runs only where accounts are given, the endpoint where it is said who may send, alerts where OpenSearch can publish them. */
const sourcesOn = (parameters: Parameters): readonly SourceName[] =>
  parameters.sources.filter((source) => {
    if (source === 'alerts') return withAlerts(parameters);
    if (source === 'endpoint') return parameters.endpointAuth !== 'off';
    return source !== 'asset-inventory' || parameters.assetAccounts.length > 0;
  });

/** An OpenSearch outside of AWS can't assume the role that publishes. */
const withAlerts = (parameters: Parameters): boolean => parameters.detections !== 'off' && !basic(parameters);

const byEmail = (address: string): readonly Tree[] =>
  address === '' ? [] : [{ Protocol: 'email', Endpoint: address }];

function prowlerOf({ prowler, prowlerRoleArns, logBucket, logKeyArn }: Parameters): Prowler {
  const isOn = prowler === 'on';
  const key = logBucket === 'create' ? 'ownKey' : logKeyArn === '' ? 'none' : 'givenKey';
  return {
    scan: isOn ? 'create' : 'none',
    key: isOn ? key : 'none',
    roles: isOn && prowlerRoleArns.length > 0 ? 'roles' : 'none',
    bucket: logBucket === 'create' ? { Ref: 'LogBucket' } : logBucket,
    roleArns: prowlerRoleArns.join(' '),
  };
}

const trailsOf = (account: string | Tree): Tree => ({
  'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, 'cloudtrail:*', account, 'trail/*']],
});

const given = (value: string): Given => (value === '' ? 'none' : 'given');

const ofEach = <T>(make: (source: SourceName) => T): Record<SourceName, T> =>
  Object.fromEntries(sourceNames.map((source) => [source, make(source)])) as Record<SourceName, T>;

function secretsKeyOf(source: SourceName, parameters: Parameters): Given {
  const route = routeOf(source, parameters);
  const reads = (route.includes('opensearch') && basic(parameters)) || (route.includes('splunk') && hec(parameters));
  return reads ? given(parameters.secretsKeyArn) : 'none';
}

/** Digests lie beside the log files: the beginning that the keys of both have, without a `*`. */
const besideTrails = (prefix: string): string => prefix.replace(/\*.*/, '').replace(/(\/\d{12}\/)CloudTrail\/.*/, '$1');

function assetTableOf({ assetUrl }: Parameters): Settings['assetTable'] {
  if (assetUrl === 'off') return 'none';
  return assetUrl === 'own' ? 'own' : 's3';
}

function threatListsOf({ threatUrl }: Parameters): Settings['threatLists'] {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(threatUrl) ?? [];
  return { bucket, prefix };
}

/** Made by scripts/geo.ts. */
const geoFiles = ({ geoUrl }: Parameters): readonly string[] => (geoUrl === 'bundled' ? ['.cache/geo/geo.table'] : []);

const certificatesOf = ({ opensearchCaFile, splunkCaFile }: Parameters): readonly string[] => [
  ...relative(opensearchCaFile),
  ...relative(splunkCaFile),
];

const relative = (path: string): readonly string[] => (path === '' || isAbsolute(path) ? [] : [path]);
