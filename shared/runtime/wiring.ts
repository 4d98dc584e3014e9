/** From settings to what a source works with: sinks, quarantine, objects, places. Wiring only, once per environment. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import pkg from '../../package.json' with { type: 'json' };
import type { Assets } from '../enrich/assets.ts';
import type { Geo } from '../enrich/geo.ts';
import { openAssets } from '../enrich/openassets.ts';
import { openGeo } from '../enrich/opengeo.ts';
import { ConfigError } from '../errors.ts';
import { localOr } from '../input/local.ts';
import { s3Bodies } from '../input/s3.ts';
import type { Bodies } from '../input/sqs.ts';
import type { Ledger, Quarantine, Sink, SinkName, Source, Spill } from '../model.ts';
import type { Dependencies } from '../pipeline/collect.ts';
import { admission } from '../pipeline/filter.ts';
import { UNROUTED } from '../pipeline/unrouted.ts';
import { circuitBreaker } from '../sink/delivery/circuitbreaker.ts';
import { retrying } from '../sink/delivery/retry.ts';
import type { Auth, ClientOptions } from '../sink/opensearch/client.ts';
import { opensearch } from '../sink/opensearch/sink.ts';
import { type SplunkOptions, splunk } from '../sink/splunk/sink.ts';
import { archive } from '../sink/store/archive.ts';
import { file } from '../sink/store/file.ts';
import { ledger } from '../sink/store/ledger.ts';
import { fileQuarantine, quarantine } from '../sink/store/quarantine.ts';
import { type Spilled, spill } from '../sink/store/spill.ts';
import type { Field } from '../transform/columns/compile.ts';
import { config } from './config.ts';
import { type Frame, RESERVE_MS } from './handler.ts';
import { loginIn, type Secret, secret, tokenIn } from './secrets.ts';

const s3 = new S3Client({
  followRegionRedirects: true, // a topic may tell of a bucket in another region
  responseChecksumValidation: 'WHEN_REQUIRED', // TLS and gzip's own checksum guard the bytes already
});
const firehose = new FirehoseClient();
const secretsManager = new SecretsManagerClient();

const OF_ALL = [
  'ROUTE',
  'FILTER',
  'FIELDS',
  'GEO_URL',
  'ASSETS_URL',
  'INDEX_PERIOD',
  'QUARANTINE_STREAM',
  'SPILL_URL',
  'LEDGER_STREAM',
  'MAX_OBJECT_BYTES',
  'LOG_LEVEL',
] as const;
const OF_SINK = {
  opensearch: ['OPENSEARCH_URL', 'OPENSEARCH_AUTH', 'OPENSEARCH_SECRET_ARN', 'OPENSEARCH_CA_FILE'],
  splunk: [
    'SPLUNK_HEC_URL',
    'SPLUNK_HEC_SECRET_ARN',
    'SPLUNK_CA_FILE',
    'SPLUNK_ACK',
    'SPLUNK_INDEX',
    'SPLUNK_SOURCETYPE',
  ],
  archive: ['ARCHIVE_STREAM'],
} as const;

/** Settings of every source and of the sinks that it is routed to, looked at together so that all faults are told at once. */
function settings() {
  const routed = (['opensearch', 'splunk', 'archive'] as const).filter((name) => process.env.ROUTE?.includes(name));
  return config(...OF_ALL, ...routed.flatMap((name) => OF_SINK[name] as readonly (typeof OF_SINK)[SinkName][number][]));
}

export interface SourceOptions {
  readonly geo: Geo;
  /** undefined: off. */
  readonly assets: Assets | undefined;
  readonly route: readonly SinkName[];
  readonly fields: readonly Field[];
}

/** What settings change in a source. Throws ConfigError. */
export async function sourceOptions({ log, deadline }: Frame): Promise<SourceOptions> {
  const { ROUTE, FIELDS, GEO_URL, ASSETS_URL } = settings();
  const [geo, assets] = await Promise.all([
    openGeo(GEO_URL, { s3, log }),
    openAssets(ASSETS_URL, { s3, log, invocation: deadline }),
  ]);
  return { geo, assets, route: ROUTE, fields: FIELDS };
}

/** The bodies of the S3 objects that a message tells of. */
export const objectBodies = ({ source, log }: Frame): Bodies =>
  s3Bodies(localOr(s3), { source, maxObjectBytes: settings().MAX_OBJECT_BYTES, log });

/** What `collect` needs, but for the signal of an invocation. Throws ConfigError. */
export function tools<R>(source: Source<R>, frame: Frame): Omit<Dependencies, 'signal'> {
  const { ROUTE, FILTER, INDEX_PERIOD, SPLUNK_SOURCETYPE } = settings();
  const { log, metrics } = frame;
  const { name, index, splunk } = source;
  const stream: Stream = {
    name,
    index: { ...index, ...(INDEX_PERIOD !== undefined && { period: INDEX_PERIOD }) },
    splunk: { ...splunk, ...(SPLUNK_SOURCETYPE !== undefined && { sourcetype: SPLUNK_SOURCETYPE }) },
  };
  const admits = admission(FILTER, metrics);
  return {
    sinks: ROUTE.map((to) => sinks[to](stream, frame)),
    admits: (sink, facts, { uri }) => admits(sink, facts) && (sink !== 'archive' || !isStored(uri)),
    notify: ROUTE.filter((to) => to !== 'archive').map((to) => sinks[to](UNROUTED, frame)),
    quarantine: createQuarantine(frame),
    spill: createSpill(name, frame),
    ledger: createLedger(frame),
    log,
    metrics,
  };
}

/** An object stays where it is, the archive's own above all. */
const isStored = (uri: string): boolean => /^(s3|file):/.test(uri);

/** What sinks have to know of the records that they get. */
type Stream = Pick<Source<never>, 'name' | 'index' | 'splunk'>;

/** The quarantine of the settings. */
export function createQuarantine({ log }: Frame): Quarantine {
  const { QUARANTINE_STREAM: to } = settings();
  const { version } = pkg;
  if ('folder' in to) return fileQuarantine(to.folder, version);
  return quarantine({ client: firehose, stream: to.stream, version, log });
}

function createSpill(source: string, frame: Frame): Spill | undefined {
  const { SPILL_URL: to } = settings();
  // half of the reserve is for the answer
  return to && spill({ client: s3, ...to, source, deadline: () => frame.deadline() + RESERVE_MS / 2 });
}

function createLedger({ log }: Frame): Ledger | undefined {
  const { LEDGER_STREAM: to } = settings();
  return to && ledger({ client: firehose, stream: to.stream, log });
}

/** What is known of a destination's health, whatever goes there. */
const breakers = { opensearch: circuitBreaker(), splunk: circuitBreaker(), archive: circuitBreaker() };

const withRetry = (sink: Sink, { deadline, log }: Frame): Sink =>
  retrying(sink, { deadline, log, breaker: breakers[sink.name] });

const sinks: Readonly<Record<SinkName, (stream: Stream, frame: Frame) => Sink>> = {
  opensearch({ name, index }, frame) {
    const { OPENSEARCH_URL: to } = settings();
    const make = (access: ClientOptions) => opensearch({ ...access, index, late: counted(frame) });
    return 'folder' in to ? dryRun(make(NOWHERE), name, to.folder) : withRetry(make(opensearchAccess()), frame);
  },
  splunk(stream, frame) {
    const { SPLUNK_HEC_URL: to, SPLUNK_INDEX: index } = settings();
    const make = (access: SplunkAccess) => splunk({ ...access, ...stream.splunk, index, log: frame.log });
    return 'folder' in to
      ? dryRun(make({ endpoints: [NOWHERE.url], token: NO_SECRET }), stream.name, to.folder)
      : withRetry(make(splunkAccess(to.endpoints)), frame);
  },
  archive({ name }, frame) {
    const { ARCHIVE_STREAM: to } = settings();
    const make = (stream: string) => archive({ client: firehose, stream, source: name });
    return 'folder' in to ? dryRun(make(''), name, to.folder) : withRetry(make(to.stream), frame);
  },
};

/** Events of a day that OpenSearch keeps read-only by now. */
const counted =
  ({ metrics }: Frame) =>
  (records: number): void =>
    metrics.add('Late', records, 'opensearch');

/**
 * A sink for what was spilled: it sends, and appends nothing. Its patience is short, since the record can wait.
 * Throws ConfigError where the settings know no such sink.
 */
export function spilledSink({ sink, source, to = '' }: Spilled, frame: Frame): Sink {
  const { deadline, log } = frame;
  return retrying(spilledSinks[sink](source, to, frame), { deadline, log, patienceMs: 3_000 });
}

const spilledSinks: Readonly<Record<SinkName, (source: string, to: string, frame: Frame) => Sink>> = {
  opensearch(_source, _to, frame) {
    // with an index of newest states, so that it looks how many actions a record has
    const index = { name: 'spilled', period: 'day', current: 'spilled' } as const;
    return opensearch({ ...opensearchAccess(), index, late: counted(frame) });
  },
  splunk() {
    const { SPLUNK_HEC_URL: to } = config(...OF_SINK.splunk);
    if ('folder' in to) throw new ConfigError('SPLUNK_HEC_URL is a folder: expected https://host[:port].');
    return splunk({ ...splunkAccess(to.endpoints), sourcetype: 'spilled', format: 'json' });
  },
  archive: (source, stream) => archive({ client: firehose, stream, source }),
};

// A dry run appends as the real sink does and never sends.
const NO_SECRET = () => Promise.reject(new ConfigError('a dry run needs no secret'));
const NOWHERE: ClientOptions = { url: 'https://dry-run.invalid', auth: { kind: 'basic', login: NO_SECRET } };

const dryRun = (sink: Sink, source: string, folder: string): Sink =>
  file(sink, join(folder, `${source}.${sink.name}.ndjson`));

type SplunkAccess = Pick<SplunkOptions, 'endpoints' | 'token' | 'ca' | 'ack'>;

function splunkAccess(endpoints: readonly string[]): SplunkAccess {
  const { SPLUNK_HEC_SECRET_ARN: arn, SPLUNK_CA_FILE: path, SPLUNK_ACK } = config(...OF_SINK.splunk);
  const token = secretOf('SPLUNK_HEC_SECRET_ARN', arn, tokenIn, 'because SPLUNK_HEC_URL is no folder');
  return { endpoints, token, ca: pem('SPLUNK_CA_FILE', path), ack: SPLUNK_ACK === 'on' ? {} : undefined };
}

/** How to reach the OpenSearch of the settings. Throws ConfigError. */
export function opensearchAccess(): ClientOptions {
  const { OPENSEARCH_URL: to, OPENSEARCH_CA_FILE } = config(...OF_SINK.opensearch);
  if ('folder' in to) throw new ConfigError('OPENSEARCH_URL is a folder: expected https://host[:port].');
  return { url: to.endpoint, auth: opensearchAuth(), ca: pem('OPENSEARCH_CA_FILE', OPENSEARCH_CA_FILE) };
}

function opensearchAuth(): Auth {
  const { OPENSEARCH_AUTH: kind, OPENSEARCH_SECRET_ARN: arn } = config(...OF_SINK.opensearch);
  if (kind === 'basic')
    return { kind, login: secretOf('OPENSEARCH_SECRET_ARN', arn, loginIn, 'because OPENSEARCH_AUTH is basic') };
  return { kind, region: config('AWS_REGION').AWS_REGION };
}

function secretOf<T>(name: string, arn: string | undefined, read: (text: string) => T, why: string): Secret<T> {
  if (arn === undefined) throw new ConfigError(`${name} is not set: expected the ARN of a secret, ${why}.`);
  return secret(secretsManager, arn, read);
}

function pem(name: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`${name} is "${path}": expected the path of a PEM file that can be read.`, { path }, cause);
  }
}
