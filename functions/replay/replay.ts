/**
 * Sends spilled objects again: one after another goes to its sink and is deleted when each of its records is accepted or in
 * quarantine. An object that is gone was sent before.
 */
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import { DeliveryError, messageOf, ReadError } from '../../shared/errors.ts';
import type { S3Object } from '../../shared/input/s3.ts';
import type { Batch, Checkpoints, Delivery, Log, Metrics, Quarantine, Sink, SinkName } from '../../shared/model.ts';
import { retryAll } from '../../shared/sink/delivery/retry.ts';
import { indexOf } from '../../shared/sink/opensearch/action.ts';
import type { Spilled } from '../../shared/sink/store/spill.ts';
import { gate } from './gate.ts';
import type { Lease, Turn } from './lease.ts';
import { type Load, loaded, remember } from './load.ts';

export interface ReplayTools {
  readonly s3: Pick<S3Client, 'send'>;
  /** Of the keys of spilled objects, without a slash at its end. */
  readonly prefix: string;
  /** Throws ConfigError where the settings know no such sink. */
  readonly sinkOf: (head: Spilled) => Sink;
  /** `index`: that of its index of OpenSearch. */
  readonly leaseOf: (sink: SinkName, source: string, index?: string) => Lease;
  /** What was delivered of objects that stay, by their keys. */
  readonly progress: Checkpoints;
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

/** Throws Later where a circuit breaker is open or the sink did not accept everything, and what reading and deleting throw. */
export async function replay(object: S3Object, tools: ReplayTools, signal: AbortSignal): Promise<void> {
  const { bucket, key } = object;
  const { log } = tools;
  const { sink, source } = partsOf(key, tools.prefix);
  const outage = tools.leaseOf(sink, source);
  throwIfOpen(await outage.look(), object);
  const bytes = await read(object, tools, signal);
  if (bytes === undefined) {
    log.info('spilled object was sent before', { bucket, key });
    return;
  }
  const load = await loaded(bytes, object, tools.progress);
  const { head, batch } = load;
  const started = Date.now();
  const counts = batch.count === 0 ? { accepted: 0, rejected: 0 } : await send(object, load, outage, tools, signal);
  await remove(object, load, tools, signal);
  tools.metrics.add('Replayed', counts.accepted, head.sink);
  tools.metrics.add('Rejected', counts.rejected, head.sink);
  log.info('spilled object replayed', { bucket, key, ...counts, waitedMs: started - Date.parse(head.at) });
}

/** Sends what is open. Remembers what was delivered when something is left. */
async function send(object: S3Object, load: Load, outage: Lease, tools: ReplayTools, signal: AbortSignal) {
  const { head, batch, numbers } = load;
  const own = head.sink === 'opensearch' ? tools.leaseOf(head.sink, head.source, indexOf(batch.slice(0))) : undefined;
  const to = tools.sinkOf(head);
  const way = gate(outage, own);
  throwIfOpen(await way.take(), object);
  const delivery = await attempt(to, batch, signal);
  const { accepted, retry, rejected, reason } = delivery;
  const waitMs = await way.settle(delivery);
  const numbersOf = (all: readonly number[]) => all.map((at) => numbers[at]);
  for (const { at, reason } of rejected) {
    const { uri, seq } = batch.place(at);
    tools.quarantine.put({ source: head.source, sink: head.sink, reason, uri, seq, raw: batch.slice(at) });
  }
  try {
    await tools.quarantine.flush(signal);
  } catch (error) {
    await remember(object, head, numbersOf([...retry, ...rejected.map(({ at }) => at)]), tools);
    throw error;
  }
  if (retry.length === 0) return { accepted, rejected: rejected.length };
  if (retry.length < batch.count) await remember(object, head, numbersOf(retry), tools);
  const { bucket, key } = object;
  throw new Later('spilled object not accepted', waitMs + BEHIND_MS, { bucket, key, records: retry.length, reason });
}

/** Deletes an object whose records are all settled. */
async function remove(
  object: S3Object,
  { head, isKnown }: Load,
  tools: ReplayTools,
  abortSignal: AbortSignal,
): Promise<void> {
  const { bucket, key } = object;
  try {
    await tools.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
  } catch (cause) {
    await remember(object, head, [], tools);
    throw new ReadError('the spilled object could not be deleted', { bucket, key }, cause);
  }
  if (isKnown) await tools.progress.remove(key);
}

/** Objects that wait meanwhile are probed with before the one that failed last. */
const BEHIND_MS = 1_000;

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
