/** Sinks of the settings: with retries and a circuit breaker, or files for a dry run. */
import { join } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Sink, SinkName, Source } from '../model.ts';
import { circuitBreaker } from '../sink/delivery/circuitbreaker.ts';
import { retrying } from '../sink/delivery/retry.ts';
import type { ClientOptions } from '../sink/opensearch/client.ts';
import { zstdOrGzip } from '../sink/opensearch/encoding.ts';
import { opensearch } from '../sink/opensearch/sink.ts';
import { splunk } from '../sink/splunk/sink.ts';
import { archive } from '../sink/store/archive.ts';
import { file } from '../sink/store/file.ts';
import type { Spilled } from '../sink/store/spill.ts';
import { opensearchAccess, type SplunkAccess, splunkAccess } from './access.ts';
import { firehose } from './clients.ts';
import { config } from './config.ts';
import type { Runtime } from './lambda.ts';
import { OF_SINK, settings } from './settings.ts';

/** What sinks need to know of the records that they get. */
export type Stream = Pick<Source<never>, 'name' | 'index' | 'splunk'>;

/** One for each destination, shared by all that is sent there. */
const breakers = { opensearch: circuitBreaker(), splunk: circuitBreaker(), archive: circuitBreaker() };

/** All sinks send to one address, so they share what it accepts. */
const encoded = zstdOrGzip();

const withRetry = (sink: Sink, { deadline, log }: Runtime): Sink =>
  retrying(sink, { deadline, log, breaker: breakers[sink.name] });

export const sinks: Readonly<Record<SinkName, (stream: Stream, runtime: Runtime) => Sink>> = {
  opensearch({ name, index }, runtime) {
    const { OPENSEARCH_URL: to } = settings();
    const make = (access: ClientOptions) => opensearch({ ...access, index, encoded, late: counted(runtime) });
    return 'folder' in to ? dryRun(make(NOWHERE), name, to.folder) : withRetry(make(opensearchAccess()), runtime);
  },
  splunk(stream, runtime) {
    const { SPLUNK_HEC_URL: to, SPLUNK_INDEX: index } = settings();
    const make = (access: SplunkAccess) => splunk({ ...access, ...stream.splunk, index, log: runtime.log });
    return 'folder' in to
      ? dryRun(make({ endpoints: [NOWHERE.url], token: NO_SECRET }), stream.name, to.folder)
      : withRetry(make(splunkAccess(to.endpoints)), runtime);
  },
  archive({ name }, runtime) {
    const { ARCHIVE_STREAM: to } = settings();
    const make = (stream: string) => archive({ client: firehose, stream, source: name });
    return 'folder' in to ? dryRun(make(''), name, to.folder) : withRetry(make(to.stream), runtime);
  },
};

/** Counts events whose day's index is read-only by now. */
const counted =
  ({ metrics }: Runtime) =>
  (records: number): void =>
    metrics.add('Late', records, 'opensearch');

/**
 * A sink for what was spilled: it sends, and appends nothing. Its patience is short, since the record can wait.
 * Throws ConfigError where the settings know no such sink.
 */
export function spilledSink({ sink, source, to = '' }: Spilled, runtime: Runtime): Sink {
  const { deadline, log } = runtime;
  return retrying(spilledSinks[sink](source, to, runtime), { deadline, log, patienceMs: 3_000, mostLost: 1 });
}

const spilledSinks: Readonly<Record<SinkName, (source: string, to: string, runtime: Runtime) => Sink>> = {
  opensearch(_source, _to, runtime) {
    // with an index of newest states, so that it looks how many actions a record has
    const index = { name: 'spilled', period: 'day', current: 'spilled' } as const;
    return opensearch({ ...opensearchAccess(), index, encoded, late: counted(runtime), isSuspect: true });
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
