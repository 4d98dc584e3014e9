/**
 * Sends spilled objects again: one after another goes to its sink and is deleted when each of its records is accepted or in
 * quarantine. An object that is gone was sent before.
 */
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import { DecodeError, DeliveryError, messageOf, ReadError } from '../../shared/errors.ts';
import type { S3Object } from '../../shared/input/s3.ts';
import type { Batch, Delivery, Log, Metrics, Quarantine, Sink, SinkName } from '../../shared/model.ts';
import { retryAll } from '../../shared/sink/delivery/retry.ts';
import { type Spilled, unspilled } from '../../shared/sink/store/spill.ts';
import type { Lease, Turn } from './lease.ts';

export interface ReplayTools {
  readonly s3: Pick<S3Client, 'send'>;
  /** Of the keys of spilled objects, without a slash at its end. */
  readonly prefix: string;
  /** Throws ConfigError where the settings know no such sink. */
  readonly sinkOf: (head: Spilled) => Sink;
  readonly leaseOf: (sink: SinkName, source: string) => Lease;
  readonly quarantine: Quarantine;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The object has to wait. */
export class Later extends DeliveryError {
  readonly ms: number;
  constructor(message: string, ms: number, fields: object, cause?: unknown) {
    super(message, { ...fields, ms }, cause);
    this.ms = ms;
  }
}

/** Throws Later where the circuit breaker is open or the sink did not accept everything, and what reading and deleting throw. */
export async function replay(object: S3Object, tools: ReplayTools, signal: AbortSignal): Promise<void> {
  const { bucket, key } = object;
  const { s3, log } = tools;
  const { sink, source } = partsOf(key, tools.prefix);
  const lease = tools.leaseOf(sink, source);
  throwIfOpen(await lease.look(), object);
  const bytes = await read(object, tools, signal);
  if (bytes === undefined) {
    log.info('spilled object was sent before', { bucket, key });
    return;
  }
  const { head, batch } = unpack(bytes, object);
  const turn = await lease.take();
  throwIfOpen(turn, object);
  const started = Date.now();
  const { accepted, retry, rejected, reason, unconfirmed } = await attempt(tools.sinkOf(head), batch, signal);
  if (retry.length > 0) {
    const fields = { bucket, key, records: retry.length, reason };
    const waitMs = await lease.onFailure(turn, unconfirmed);
    throw new Later('spilled object not accepted', waitMs + BEHIND_MS, fields);
  }
  await lease.onSuccess(turn);
  for (const { at, reason } of rejected) {
    const { uri, seq } = batch.place(at);
    tools.quarantine.put({ source: head.source, sink: head.sink, reason, uri, seq, raw: batch.slice(at) });
  }
  await tools.quarantine.flush(signal);
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
  tools.metrics.add('Replayed', accepted, head.sink);
  tools.metrics.add('Rejected', rejected.length, head.sink);
  const waited = started - Date.parse(head.at);
  log.info('spilled object replayed', { bucket, key, accepted, rejected: rejected.length, waitedMs: waited });
}

/** Objects that wait meanwhile are probed with before the one that failed last. */
const BEHIND_MS = 2_000;

/** A sink that can't send at all is down like one that does not answer. */
async function attempt(sink: Sink, batch: Batch, signal: AbortSignal): Promise<Delivery> {
  try {
    return await sink.send(batch, signal);
  } catch (error) {
    return retryAll(batch, messageOf(error));
  }
}

function throwIfOpen(turn: Turn, { bucket, key }: S3Object): void {
  if (turn.kind === 'open') throw new Later('circuit breaker open', turn.ms, { bucket, key });
}

/** Throws DecodeError naming the object. */
function unpack(bytes: Uint8Array, { bucket, key }: S3Object): ReturnType<typeof unspilled> {
  try {
    return unspilled(bytes);
  } catch (cause) {
    throw new DecodeError(messageOf(cause), { bucket, key }, { cause });
  }
}

async function read(
  { bucket, key }: S3Object,
  { s3 }: ReplayTools,
  abortSignal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
    return await Body?.transformToByteArray();
  } catch (cause) {
    if (cause instanceof NoSuchKey) return undefined;
    throw new ReadError('the object could not be read', { bucket, key }, cause);
  }
}

const SINKS: readonly string[] = ['opensearch', 'splunk', 'archive'] satisfies SinkName[];

/** Key: `<prefix>/<sink>/<source>/…`. */
function partsOf(key: string, prefix: string): { readonly sink: SinkName; readonly source: string } {
  const [sink = '', source = ''] = key.slice(prefix.length + 1).split('/');
  if (!key.startsWith(`${prefix}/`) || !SINKS.includes(sink)) throw new ReadError('the key names no sink', { key });
  return { sink: sink as SinkName, source };
}
