/**
 * The parameters of a deployment, as a user gives them in `serverless.yml` (`params`) or with `--param name=value`.
 * In: raw values. Out: typed values, and one sentence for each that is wrong or unknown. What they mean: docs/reference/parameters.md.
 */
import { rangeOf } from '../../functions/endpoint/access/addresses.ts';
import {
  type Destination,
  parameterPrefix,
  SOURCES,
  type SourceName,
  sourceNames,
  sourcesWhere,
} from '../../shared/sources.ts';
import { address, addresses, isBucket, placeIn } from './addresses.ts';
import { domainParameters } from './domainparameters.ts';
import {
  arn,
  either,
  filters,
  isSetting,
  listOf,
  matching,
  oneOf,
  type Parameter,
  rows,
  text,
  wholeNumber,
} from './kinds.ts';
import { isSchedule } from './schedule.ts';
import { fault, misspelt } from './sentences.ts';

const key = arn('kms', 'key/[\\w-]+', 'the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>');
const secret = arn(
  'secretsmanager',
  // IAM matches the whole ARN: without its last six characters the Lambda could not read the secret.
  'secret:.+-[A-Za-z0-9]{6}',
  'the whole ARN of a secret, arn:aws:secretsmanager:<region>:<account>:secret:<name>-<6 characters>',
);
const pem = matching('the path of a PEM file', /^\S+\.(pem|crt)$/);

const roles = listOf(
  'a list of ARNs of IAM roles, arn:aws:iam::<account>:role/<name>',
  matching('a role', /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/),
);

const destinations = ['opensearch', 'splunk'] as const satisfies readonly Destination[];

const common = {
  sources: listOf(`a list of ${either(sourceNames)}`, oneOf(sourceNames, 'flowlogs'), sourceNames),

  logBucket: {
    expected: 'create or the name of an existing bucket',
    fallback: 'create',
    parse: (given: unknown) => (isBucket(text(given)) ? text(given) : undefined),
  },
  logAccounts: listOf('a list of 12-digit account numbers, in quotes', matching('an account', /^\d{12}$/)),
  logOrganization: matching('the id of an organization, o-<10 to 32 letters and digits>', /^o-[a-z0-9]{10,32}$/),
  logEvents: oneOf(['sns', 'eventbridge'], ''),
  logTopicArn: arn('sns', '[\\w-]+', 'the ARN of an SNS topic, arn:aws:sns:<region>:<account>:<name>'),
  logKeyArn: key,
  logRequestPayer: oneOf(['owner', 'requester'], 'owner'),

  opensearchUrl: address('create, an https address without a path, or file:<folder>', ['create']),
  opensearchAuth: oneOf(['es', 'aoss', 'basic'], 'es'),
  opensearchArn: arn(
    '(es|aoss)',
    '(domain|collection)/[\\w-]+',
    'the ARN of a domain, arn:aws:es:<region>:<account>:domain/<name>, or of a collection, arn:aws:aoss:<region>:<account>:collection/<id>',
  ),
  opensearchSecretArn: secret,
  opensearchBootstrapSecretArn: secret,
  opensearchCaFile: pem,
  opensearchBootstrap: oneOf(['on', 'off'], 'on'),
  detections: oneOf(['off', 'disabled', 'enabled'], 'off'),
  alertFormat: oneOf(['text', 'chatbot'], 'text'),
  opensearchShards: matching('auto or a whole number of shards from 1 to 100', /^(auto|[1-9]\d?|100)$/),
  opensearchReplicas: wholeNumber(0, 10, 'replicas', 1),
  opensearchRetention: matching(
    'off or ages such as hot=7d,warm=30d,cold=365d; flowlogs: hot=3d,warm=14d',
    /^[a-z0-9=,:; ]+$/,
  ),
  opensearchTiers: oneOf(['hot', 'ultrawarm'], 'hot'),
  opensearchOldReplicas: matching('a whole number of replicas from 0 to 10', /^(\d|10)$/),
  opensearchAdminArns: roles,
  opensearchNetwork: oneOf(['vpc', 'public'], 'vpc'),
  ...domainParameters,

  splunkHecUrl: addresses(
    'https addresses of HEC endpoints with commas between, each once and without a path, or file:<folder>',
  ),
  splunkHecSecretArn: secret,
  splunkCaFile: pem,
  splunkAck: oneOf(['on', 'off'], 'off'),

  flowlogFormat: {
    expected:
      'the columns of a flow log with spaces between, such as version account-id srcaddr dstaddr end; several formats with ; between, that of one log group as group=columns; each column once',
    fallback: '',
    // as the Lambda reads it
    parse: (given: unknown) => (isSetting('FLOWLOG_FORMAT', text(given)) ? text(given) : undefined),
  },
  ownCalls: oneOf(['label', 'drop', 'keep'], 'label'),
  redactHeaders: listOf('a list of names of HTTP headers', matching('a header', /^[\w-]+$/)),
  reconcile: oneOf(['on', 'off'], 'on'),
  prowler: oneOf(['on', 'off'], 'off'),
  prowlerRoleArns: roles,
  digestGraceMinutes: wholeNumber(10, 1440, 'minutes', 90),

  assetAccounts: listOf(
    'organization or a list of 12-digit account numbers, in quotes',
    matching('an account', /^(organization|\d{12})$/),
  ),
  assetRegions: listOf('a list of regions', matching('a region', /^[a-z]{2}(-[a-z]+)+-\d$/)),
  assetRoleName: matching('the name of a role, without a path', /^[\w+=,.@-]{1,64}$/, 'bongsu-asset-inventory'),
  assetExternalId: matching('2 to 1224 letters, digits and = , . @ : / -', /^[\w+=,.@:/-]{2,1224}$/),
  assetSchedule: {
    expected: 'a schedule of EventBridge, such as rate(1 hour), rate(6 hours) or cron(0 3 * * ? *)',
    fallback: SOURCES['asset-inventory'].schedule,
    parse: (given: unknown) => (isSchedule(text(given)) ? text(given) : undefined),
  },
  assetOcsf: oneOf(['on', 'off'], 'off'),
  assetUrl: placeIn('off, own or the place of an inventory, s3://<bucket> or s3://<bucket>/<prefix>', ['off', 'own']),

  endpointAuth: oneOf(['off', 'apikey', 'basic', 'iam'], 'off'),
  endpointVersion: matching('a version of Elasticsearch such as 8.19.0', /^[789]\.\d{1,2}\.\d{1,2}$/, '8.19.0'),
  endpointAddresses: listOf('a list of addresses or ranges such as 198.51.100.0/24', {
    expected: 'a range',
    fallback: '',
    parse: (given: unknown) => (rangeOf(text(given)) === undefined ? undefined : text(given)),
  }),
  endpointDatasets: listOf(
    'a list of datasets such as nginx.access',
    matching('a dataset', /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/),
  ),

  secretsKeyArn: key,
  subnetIds: listOf('a list of subnets, subnet-<id>', matching('a subnet', /^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/)),
  securityGroupIds: listOf(
    'a list of security groups, sg-<id>',
    matching('a security group', /^sg-([0-9a-f]{8}|[0-9a-f]{17})$/),
  ),
  geoUrl: placeIn('bundled, off or the place of country.mmdb and asn.mmdb, s3://<bucket> or s3://<bucket>/<prefix>', [
    'bundled',
    'off',
  ]),

  threatUrl: placeIn('off or the place of threat lists, s3://<bucket>/<prefix>', ['off'], { isPrefixNeeded: true }),

  stackProtection: oneOf(['on', 'off'], ''),

  // What CloudWatch Logs takes, nothing between.
  lambdaLogDays: {
    ...wholeNumber(1, 3653, 'days', 30),
    expected:
      'a retention CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827 or 3653 days',
    parse: (given: unknown) => cloudWatchDays.find((days) => days === Number(text(given))),
  },
  lambdaLogKey: oneOf(['aws', 'stack'], 'aws'),
  logBucketDays: wholeNumber(1, 3650, 'days', 365),
  quarantineDays: wholeNumber(1, 3650, 'days', 90),
  archive: oneOf(['on', 'off'], 'on'),
  archiveDays: wholeNumber(1, 3650, 'days', 365),
  noDataMinutes: wholeNumber(0, 1440, 'minutes', 60),
  stackTags: listOf(
    'a list of tags, name=value, no name twice and none that begins with aws:',
    matching('a tag', /^(?!aws:)[\w .:/+@-]{1,128}=[\w .:/=+@-]{0,256}$/i),
  ),
  alarmEmail: matching('an e-mail address', /^[^@\s,]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/i),
  alertEmail: matching('an e-mail address', /^[^@\s,]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/i),
};

const cloudWatchDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653];

/** Once for each source, behind its name: `flowlogsRoute`. */
const ofSource = {
  Route: listOf(`a list of ${either(destinations)}`, oneOf(destinations, 'opensearch')),
  IndexPeriod: oneOf(['day', 'month'], ''),
  Fields: rows,
  SplunkIndex: matching('the name of a Splunk index', /^[a-z0-9][a-z0-9_-]*$/),
  SplunkSourcetype: matching('a Splunk sourcetype', /^[\w:.-]+$/),
};

/** Once for each source that comes as objects in the log bucket. */
const ofObjects = {
  Prefix: matching(
    'the beginning of the keys in the log bucket, letters, digits and / _ . = * -, no / first, such as AWSLogs/',
    /^[\w.=*-][\w./=*-]*$/,
  ),
};

/** Once for each source whose records have what filters ask for. */
const ofFilters = { Filter: filters };

/** Once for each source of logs. AWS takes 2 to 1000. */
const ofLogs = { Concurrency: wholeNumber(2, 1000, 'invocations at the same time', 10) };

type Values<T> = { readonly [K in keyof T]: T[K] extends Parameter<infer V> ? V : never };

type PerSource = Values<typeof ofSource> & Values<typeof ofObjects> & Values<typeof ofFilters> & Values<typeof ofLogs>;
export type Parameters = Values<typeof common> & { readonly of: Readonly<Record<SourceName, PerSource>> };

const table: Readonly<Record<string, Parameter<unknown>>> = {
  ...common,
  ...Object.fromEntries(sourceNames.flatMap((source) => behind(source, ofSource))),
  ...Object.fromEntries(
    sourcesWhere(({ objects }) => objects !== undefined).flatMap((source) => behind(source, ofObjects)),
  ),
  ...Object.fromEntries(
    sourcesWhere(({ filter }) => filter !== undefined).flatMap((source) => behind(source, ofFilters)),
  ),
  ...Object.fromEntries(sourcesWhere(({ kind }) => kind === 'log').flatMap((source) => behind(source, ofLogs))),
};

function behind(source: SourceName, parameters: Record<string, Parameter<unknown>>): [string, Parameter<unknown>][] {
  return Object.entries(parameters).map(([name, parameter]) => [`${parameterPrefix(source)}${name}`, parameter]);
}

export const parameterNames: readonly string[] = Object.keys(table);

/** Never throws: a value that is refused is replaced by its fallback and named in `faults`. */
export function parameters(given: Readonly<Record<string, unknown>>): { values: Parameters; faults: string[] } {
  const faults = Object.keys(given)
    .filter((name) => !Object.hasOwn(table, name))
    .map((name) => misspelt(name, parameterNames));
  const value = (name: string): unknown => {
    if (!Object.hasOwn(table, name)) return ''; // a parameter that only sources of another kind have
    const { parse, fallback, expected } = table[name];
    if (given[name] === undefined || given[name] === null) return fallback;
    const parsed = parse(given[name]);
    if (parsed === undefined) faults.push(fault(name, expected, given[name]));
    return parsed ?? fallback;
  };
  const all = (names: readonly string[], prefix = ''): unknown =>
    Object.fromEntries(names.map((name) => [name, value(`${prefix}${name}`)]));

  const perSource = [ofSource, ofObjects, ofFilters, ofLogs].flatMap(Object.keys);
  const of = Object.fromEntries(sourceNames.map((source) => [source, all(perSource, parameterPrefix(source))]));
  return { values: { ...(all(Object.keys(common)) as Values<typeof common>), of } as Parameters, faults };
}
