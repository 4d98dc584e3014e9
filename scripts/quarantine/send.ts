/** Sends rejected records on their routes: messages to the queues of sources, and spilled requests. */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { type Again, type Replay, replayOf } from '../../shared/input/replayed.ts';
import type { Origin, SinkName, Spill } from '../../shared/model.ts';
import { lines } from '../../shared/sink/store/reject.ts';
import { Batch } from '../../shared/text/batch.ts';
import { sendAll } from '../aws/queue.ts';
import type { Position, StoredReject } from './rejects.ts';
import type { Route } from './route.ts';

export interface SendOptions {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  /** Name of the quarantine bucket. */
  readonly bucket: string;
  /** URL of a source's queue; undefined: it has none. */
  queue(source: string): string | undefined;
  spill(source: string): Spill;
}

interface ObjectRecords {
  readonly source: string;
  readonly uri: string;
  readonly sink?: SinkName | undefined;
  readonly seqs: Set<number>;
}

/** Rejects that are sent together. Its size is bounded by `isFull`. */
export interface Pending {
  readonly positions: Position[];
  /** By source, uri and sink. */
  readonly objects: Map<string, ObjectRecords>;
  /** By source. */
  readonly quarantined: Map<string, StoredReject[]>;
  /** By source and sink. */
  readonly spilled: Map<string, StoredReject[]>;
  bytes: number;
}

const MAX_POSITIONS = 100_000;
const MAX_BYTES = 8 << 20; // of records that are not read from their objects
const MAX_SEQS = 20_000; // a message of at most 200 kB

export const pending = (): Pending => ({
  positions: [],
  objects: new Map(),
  quarantined: new Map(),
  spilled: new Map(),
  bytes: 0,
});

export const isFull = ({ positions, bytes }: Pending): boolean =>
  positions.length >= MAX_POSITIONS || bytes >= MAX_BYTES;

export function add(to: Pending, route: Route, reject: StoredReject): void {
  const { source, sink, uri, seq, positions } = reject;
  to.positions.push(...positions);
  if (route === 'fromObjects') {
    const name = JSON.stringify([source, uri, sink]);
    const object = to.objects.get(name) ?? { source, uri, sink, seqs: new Set() };
    to.objects.set(name, object);
    object.seqs.add(seq);
    return;
  }
  if (route === 'fromQuarantine') push(to.quarantined, source, reject);
  else push(to.spilled, JSON.stringify([source, sink]), reject);
  to.bytes += reject.raw().length;
}

function push<T>(groups: Map<string, T[]>, name: string, value: T): void {
  const group = groups.get(name);
  if (group === undefined) groups.set(name, [value]);
  else group.push(value);
}

/** Returns the number of messages. */
export async function send(all: Pending, options: SendOptions): Promise<number> {
  const messages = new Map<string, string[]>(); // by queue
  const notify = (source: string, replay: Replay) =>
    push(messages, options.queue(source)!, JSON.stringify(replayOf(replay)));
  for (const { source, ...object } of all.objects.values()) for (const part of partsOf(object)) notify(source, part);
  for (const [source, own] of all.quarantined) notify(source, { kept: await stored(source, own, options) });
  for (const [name, own] of all.spilled) {
    const [source, sink] = JSON.parse(name) as [string, SinkName];
    const batch = batchOf(own);
    const numbers = Array.from({ length: batch.count }, (_, at) => at);
    await options.spill(source).put({ name: sink }, batch, numbers, own[0].reason);
  }
  for (const [to, bodies] of messages) await sendAll(options.sqs, to, bodies);
  return [...messages.values()].reduce((sum, { length }) => sum + length, 0);
}

/** Where an object was rejected as a whole (`seq` 0), all of it is read. */
function partsOf({ uri, sink, seqs }: Omit<ObjectRecords, 'source'>): Again[] {
  const to = { uri, ...(sink !== undefined && { sink }) };
  if (seqs.has(0)) return [to];
  const all = [...seqs].sort((a, b) => a - b);
  const count = Math.ceil(all.length / MAX_SEQS);
  return Array.from({ length: count }, (_, i) => ({ ...to, seqs: all.slice(i * MAX_SEQS, (i + 1) * MAX_SEQS) }));
}

/** Writes rejects to an object that their source may read. Returns its address. */
async function stored(source: string, own: readonly StoredReject[], { s3, bucket }: SendOptions): Promise<string> {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  const key = `replay/${source}/${day}/${randomUUID()}.gz`;
  const text = own.flatMap(({ raw, version, ...reject }) => lines({ ...reject, raw: raw() }, version));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: gzipSync(Buffer.concat(text)) }));
  return `s3://${bucket}/${key}`;
}

function batchOf(own: readonly (Origin & Pick<StoredReject, 'raw'>)[]): Batch {
  const batch = new Batch(1 << 20);
  for (const { uri, seq, raw } of own) {
    batch.begin(0, uri, seq);
    batch.text.append(raw());
  }
  return batch;
}
