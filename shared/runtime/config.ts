/**
 * Settings of a Lambda, from its environment: one table says what each variable looks like. Secrets never stand here, only
 * their ARNs do. A variable that is empty counts as one that is not set.
 */
import { ConfigError } from '../errors.ts';
import type { FlowlogFormat, SinkName } from '../model.ts';
import { FILTER, type Filter, isFilter } from '../pipeline/filter.ts';
import { isSecure } from '../sink/delivery/secure.ts';
import { sourcesWhere } from '../sources.ts';
import { type Field, isField } from '../transform/rows.ts';

/** Where a dry run writes to instead. */
export interface Folder {
  readonly folder: string;
}

const NATIVES = sourcesWhere(({ native }) => native === true);

type Setting<T> = (text: string | undefined) => T;

const settings = {
  OPENSEARCH_URL: required('https://host[:port] or file:<folder>', (text) => folder(text) ?? endpoint(text)),
  OPENSEARCH_AUTH: optional('es' as const, 'es, aoss or basic', oneOf('es', 'aoss', 'basic')),
  OPENSEARCH_REGION: optional(undefined, 'the name of a region', (text) => text),
  OPENSEARCH_SECRET_ARN: optional(undefined, 'the ARN of a secret', arn, secretly),
  OPENSEARCH_CA_FILE: optional(undefined, 'the path of a PEM file', (text) => text),
  OPENSEARCH_SHARDS: optional(1, 'auto or a whole number from 1', (text) => oneOf('auto')(text) ?? count(1)(text)),
  OPENSEARCH_REPLICAS: optional(1, 'a whole number', count(0)),
  OPENSEARCH_RETENTION: optional('off', 'ages such as hot=7d,warm=30d,cold=365d', (text) => text),
  OPENSEARCH_TIERS: optional('hot' as const, 'hot or ultrawarm', oneOf('hot', 'ultrawarm')),
  OPENSEARCH_OLD_REPLICAS: optional(undefined, 'a whole number', count(0)),
  OPENSEARCH_MONTHLY: optional([], 'names of policies with commas between', (text) => text.split(',')),
  SPLUNK_HEC_URL: required(
    'https://host[:port], several with commas, or file:<folder>',
    (text) => folder(text) ?? endpoints(text),
  ),
  SPLUNK_HEC_SECRET_ARN: optional(undefined, 'the ARN of a secret', arn, secretly),
  SPLUNK_CA_FILE: optional(undefined, 'the path of a PEM file', (text) => text),
  SPLUNK_ACK: optional('off' as const, 'on or off', oneOf('on', 'off')),
  SPLUNK_INDEX: optional(undefined, 'the name of an index', (text) => text),
  SPLUNK_SOURCETYPE: optional(undefined, 'the name of a sourcetype', (text) => text),
  ROUTE: required('opensearch, splunk, archive or several with commas', route),
  FILTER: optional({}, FILTER, filter),
  ARCHIVE_STREAM: required('the name of a Firehose stream or file:<folder>', (text) => folder(text) ?? stream(text)),
  INDEX_PERIOD: optional(undefined, 'day or month', oneOf('day', 'month')),
  FIELDS: optional([], 'JSON rows [["target","column","cast"],…]', fields),
  QUARANTINE_STREAM: required('the name of a Firehose stream or file:<folder>', (text) => folder(text) ?? stream(text)),
  SPILL_URL: optional(undefined, 's3://bucket/prefix', place),
  REPLAY_QUEUE_URL: optional(undefined, 'the address of the queue of what was spilled', address),
  LEDGER_STREAM: optional(undefined, 'the name of a Firehose stream', stream),
  NATIVE_SOURCES: optional([], `some of ${NATIVES.join(', ')} with commas`, natives),
  FLOWLOG_FORMAT: optional(
    [],
    'the names of columns with spaces between, each once; several formats with ; between, one log group as group=columns',
    flowlogFormats,
  ),
  REDACT_HEADERS: optional(['authorization', 'cookie'], 'names of HTTP headers with commas between, or none', headers),
  OWN_CALLS: optional('label' as const, 'label, drop or keep', oneOf('label', 'drop', 'keep')),
  OWN_ROLE_PREFIX: optional(undefined, 'what the names of roles begin with, several with commas', (text) =>
    text.split(','),
  ),
  SOURCES: optional(undefined, 'names of sources with commas between', (text) => new Set(text.split(','))),
  MAX_OBJECT_BYTES: optional(8 * 2 ** 30, 'a number of bytes', bytes),
  REQUEST_PAYER: optional('owner' as const, 'owner or requester', oneOf('owner', 'requester')),
  GEO_URL: optional('bundled', 'bundled, off or s3://bucket/prefix', geo),
  ASSETS_URL: optional('off', 'off or s3://bucket/prefix', assets),
  THREAT_URL: optional('off', 'off or s3://bucket/prefix', threat),
  DETECTIONS: optional('off' as const, 'off, disabled or enabled', oneOf('off', 'disabled', 'enabled')),
  ALERT_TOPIC_ARN: optional(undefined, 'the ARN of an SNS topic', (text) => text),
  ALERT_RECORDS_TOPIC_ARN: optional(undefined, 'the ARN of an SNS topic', (text) => text),
  ALERT_ROLE_ARN: optional(undefined, 'the ARN of a role', (text) => text),
  ALERT_FORMAT: optional('text' as const, 'text or chatbot', oneOf('text', 'chatbot')),
  ASSET_ACCOUNTS: required('organization or ids of accounts with commas between', accounts),
  ASSET_REGIONS: optional([], 'names of regions with commas between', regions),
  ASSET_ROLE: required('the name of a role', (text) => text),
  ASSET_EXTERNAL_ID: optional(undefined, 'a text', (text) => text),
  ASSET_BUCKET: required('the name of a bucket', (text) => text),
  ASSET_QUEUE_URL: required('the URL of a queue', (text) => text),
  ASSET_OCSF: optional('off' as const, 'on or off', oneOf('on', 'off')),
  ENDPOINT_AUTH: required('apikey, basic or iam', oneOf('apikey', 'basic', 'iam')),
  ENDPOINT_KEYS_ARN: optional(undefined, 'the ARN of a secret', arn, secretly),
  ENDPOINT_VERSION: optional(
    '8.19.0',
    'a version of Elasticsearch such as 8.19.0',
    matching(/^[789]\.\d{1,2}\.\d{1,2}$/),
  ),
  ENDPOINT_ADDRESSES: optional([], 'ranges of addresses with commas between', (text) => text.split(',')),
  ENDPOINT_DATASETS: optional([], 'names of datasets with commas between', (text) => text.split(',')),
  AWS_REGION: required('the name of a region', (text) => text),
  LOG_LEVEL: optional('info' as const, 'info, warn or error', oneOf('info', 'warn', 'error')),
};

type Settings = typeof settings;
export type SettingName = keyof Settings;
export type Config<N extends SettingName> = { readonly [K in N]: ReturnType<Settings[K]> };

/**
 * The named settings, typed. Throws one ConfigError with a sentence for each that is missing or wrong.
 * @example const { ROUTE, MAX_OBJECT_BYTES } = config('ROUTE', 'MAX_OBJECT_BYTES');
 */
export const config = <N extends SettingName>(...names: readonly N[]): Config<N> => configFrom(process.env, ...names);

/** The same from another environment. */
export function configFrom<N extends SettingName>(env: NodeJS.ProcessEnv, ...names: readonly N[]): Config<N> {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const name of names) {
    try {
      values[name] = settings[name](env[name] || undefined);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push(`${name} ${error.message}.`);
    }
  }
  if (faults.length > 0) throw new ConfigError(faults.join(' '));
  return values as Config<N>;
}

/** A sentence about one setting, without its name. */
class Fault extends Error {}

type Read<T> = (text: string) => T | undefined;
type Show = (text: string) => string;

function required<T>(expected: string, read: Read<T>, show: Show = openly): Setting<T> {
  return (text) => {
    if (text === undefined) throw new Fault(`is not set: expected ${expected}`);
    const value = read(text);
    if (value === undefined) throw new Fault(`is ${show(text)}: expected ${expected}`);
    return value;
  };
}

function optional<T, D>(absent: D, expected: string, read: Read<T>, show?: Show): Setting<T | D> {
  const set = required(expected, read, show);
  return (text) => (text === undefined ? absent : set(text));
}

/** A URL may hold a password in front of its host. */
function openly(text: string): string {
  return JSON.stringify(text.replaceAll(/\/\/[^/]*@/g, '//***@'));
}

/** Whoever confuses a secret with its ARN should not find it in a log. */
function secretly(text: string): string {
  return `something else (${text.length} characters)`;
}

function oneOf<T extends string>(...values: readonly T[]): Read<T> {
  return (text) => values.find((value) => value === text);
}

function matching(pattern: RegExp): Read<string> {
  return (text) => (pattern.test(text) ? text : undefined);
}

function folder(text: string): Folder | undefined {
  return /^file:./.test(text) ? { folder: text.slice('file:'.length) } : undefined;
}

function address(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return undefined;
  return isSecure(url) ? url.href.replace(/\/$/, '') : undefined;
}

function endpoint(text: string): { readonly endpoint: string } | undefined {
  const found = address(text);
  return found === undefined ? undefined : { endpoint: found };
}

function endpoints(text: string): { readonly endpoints: readonly string[] } | undefined {
  const found = text.split(',').map((part) => address(part.trim()));
  return found.every((each) => each !== undefined) ? { endpoints: found } : undefined;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html */
function arn(text: string): string | undefined {
  return /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/.test(text) ? text : undefined;
}

function route(text: string): readonly SinkName[] | undefined {
  const names = text.split(',').map((name) => oneOf('opensearch', 'splunk', 'archive')(name.trim()));
  return names.every((name) => name !== undefined) && new Set(names).size === names.length ? names : undefined;
}

function accounts(text: string): 'organization' | readonly string[] | undefined {
  if (text === 'organization') return text;
  const ids = text.split(',').map((id) => id.trim());
  return ids.every((id) => /^\d{12}$/.test(id)) ? ids : undefined;
}

function regions(text: string): readonly string[] | undefined {
  const names = text.split(',').map((name) => name.trim());
  return names.every((name) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(name)) ? names : undefined;
}

function natives(text: string): readonly string[] | undefined {
  const names = text.split(',').map((name) => oneOf(...NATIVES)(name.trim()));
  return names.every((name) => name !== undefined) ? names : undefined;
}

function fields(text: string): readonly Field[] | undefined {
  const rows = parsed(text);
  return Array.isArray(rows) && rows.every(isField) ? rows : undefined;
}

function filter(text: string): Filter | undefined {
  const value = parsed(text);
  return isFilter(value) ? value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // said by what was expected and what was found
  }
}

/** In: a flow log's LogFormat, `${version} ${account-id} …`, or the same without signs. */
/** In: `version srcaddr dstaddr; /vpc/shop=version start end srcaddr`. */
function flowlogFormats(text: string): readonly FlowlogFormat[] | undefined {
  const formats = text.split(';').map((each): FlowlogFormat | undefined => {
    const [, group, list = ''] = /^\s*(?:([\w./#-]+)=)?(.*)$/s.exec(each) ?? [];
    const names = columns(list);
    return names && { ...(group !== undefined && { group }), names };
  });
  return formats.every((each) => each !== undefined) ? formats : undefined;
}

function columns(text: string): readonly string[] | undefined {
  const names = text
    .trim()
    .split(/\s+/)
    .map((name) => name.replace(/^\$\{(.*)\}$/, '$1'));
  const isFormat = names.every((name) => /^[a-z][a-z0-9-]*$/.test(name)) && new Set(names).size === names.length;
  return isFormat ? names : undefined;
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
function headers(text: string): readonly string[] | undefined {
  if (text === 'none') return [];
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  return names.every((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name)) ? names : undefined;
}

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html */
function stream(text: string): { readonly stream: string } | undefined {
  return /^[A-Za-z0-9_.-]{1,64}$/.test(text) ? { stream: text } : undefined;
}

function place(text: string): { readonly bucket: string; readonly prefix: string } | undefined {
  const [, bucket, prefix] = /^s3:\/\/([a-z0-9][a-z0-9.-]{2,62})\/(.*[^/])$/.exec(text) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix };
}

function bytes(text: string): number | undefined {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  return count > 0 ? count : undefined;
}

function count(least: number): Read<number> {
  return (text) => (/^\d{1,3}$/.test(text) && Number(text) >= least ? Number(text) : undefined);
}

function assets(text: string): string | undefined {
  return text !== 'bundled' ? geo(text) : undefined;
}

function threat(text: string): string | undefined {
  return text === 'off' || place(text) !== undefined ? text : undefined;
}

function geo(text: string): string | undefined {
  return /^(bundled|off|s3:\/\/[a-z0-9][a-z0-9.-]{2,62}(\/.*)?)$/.test(text) ? text : undefined;
}
