/**
 * Rejects on their way again. A record whose object is still there is read out of it once more by its source; one that is
 * nowhere else is read from what was kept of it; what a sink refused of such a record is spilled, and functions/replay sends it.
 */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { HeadObjectCommand, NotFound, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { messageOf } from '../../shared/errors.ts';
import { type Again, type Place, placeOf, type Replay, replayOf } from '../../shared/input/replayed.ts';
import type { Origin, SinkName, Spill } from '../../shared/model.ts';
import { lines } from '../../shared/sink/store/reject.ts';
import { Batch } from '../../shared/text/batch.ts';
import { sendAll } from '../aws/queue.ts';
import type { Kept, Spot } from './rejects.ts';
import type { Marks } from './replaylog.ts';

export interface ReplayOptions {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  /** Name of the quarantine bucket. */
  readonly bucket: string;
  /** Address of a source's queue; undefined: it has none. */
  queue(source: string): string | undefined;
  /** As a source does. */
  spill(source: string): Spill;
  readonly marks: Marks;
  /** Also what was replayed before. */
  readonly again: boolean;
  readonly dryRun: boolean;
  /** Is told of each reject that can't go. */
  stays(reject: Kept, why: string): void;
}

export interface Summary {
  /** Rejects on their way. */
  readonly replayed: number;
  /** Of these: out of their objects, out of the quarantine, as they were sent to a sink. */
  readonly read: number;
  readonly kept: number;
  readonly spilled: number;
  /** Messages that were sent. */
  readonly messages: number;
  /** Left alone, since they were replayed before. */
  readonly before: number;
  /** That can't go. */
  readonly staying: number;
}

type Way = 'read' | 'kept' | 'spilled';

/** What goes together. Its size is bounded. */
interface Load {
  readonly spots: Spot[];
  /** By source, uri and sink. */
  readonly objects: Map<
    string,
    { readonly source: string; readonly uri: string; readonly sink?: SinkName | undefined; readonly seqs: Set<number> }
  >;
  /** By source. */
  readonly kept: Map<string, Kept[]>;
  /** By source and sink. */
  readonly spilled: Map<string, Kept[]>;
  bytes: number;
}

const MAX_SPOTS = 100_000;
const MAX_BYTES = 8 << 20; // of records that are not read from their objects
const MAX_SEQS = 20_000; // a message of at most 200 kB

const fresh = (): Load => ({ spots: [], objects: new Map(), kept: new Map(), spilled: new Map(), bytes: 0 });

/** Marks what is on its way once it is, so that what fails between goes again. */
export async function replay(all: AsyncIterable<Kept>, options: ReplayOptions): Promise<Summary> {
  const { marks, again, dryRun, stays } = options;
  const wayOf = chooser(options);
  const sum = { replayed: 0, read: 0, kept: 0, spilled: 0, messages: 0, before: 0, staying: 0 };
  let load = fresh();

  async function flush(): Promise<void> {
    if (dryRun || load.spots.length === 0) return;
    sum.messages += await send(load, options);
    await marks.add(load.spots);
    load = fresh();
  }

  for await (const reject of all) {
    if (!again && (await marks.has(reject.spots))) {
      sum.before++;
      continue;
    }
    const way = await wayOf(reject);
    if (typeof way !== 'string') {
      sum.staying++;
      stays(reject, way.why);
      continue;
    }
    sum.replayed++;
    sum[way]++;
    if (dryRun) continue;
    put(load, way, reject);
    if (load.spots.length >= MAX_SPOTS || load.bytes >= MAX_BYTES) await flush();
  }
  await flush();
  return sum;
}

/** Says which way a reject goes, or why it goes none. */
function chooser({ s3, queue }: ReplayOptions): (reject: Kept) => Promise<Way | { readonly why: string }> {
  const find = finder(s3);
  return async (reject) => {
    const { source, sink, uri, seq } = reject;
    const place = placeOf(uri);
    const hasQueue = queue(source) !== undefined;
    // what is told of an object that is none of a source's stands at 0 as well, and is no record of it
    const isOfSink = sink !== undefined && (seq === 0 || place === undefined || !hasQueue);
    if (!isOfSink && !hasQueue) return { why: `${source} has no queue in this stack` };
    if (!isOfSink && place !== undefined) {
      const found = await find(place);
      if (found === 'there') return 'read';
      if (found !== 'gone') return { why: found.why };
    }
    if (sink === 'archive') return { why: 'the archive takes no record as large as this' };
    if (sink !== undefined) return 'spilled';
    return reject.raw().length > 0 ? 'kept' : { why: 'its object is gone, and nothing was kept of it' };
  };
}

type Found = 'there' | 'gone' | { readonly why: string };

const REMEMBERED = 10_000;

/** Whether an object is still there as it was. */
function finder(s3: S3Client): (place: Place) => Promise<Found> {
  const known = new Map<string, Found>();
  return async ({ bucket, key, etag }) => {
    const name = `${bucket}/${key}@${etag}`;
    const found = known.get(name) ?? (await look(s3, { bucket, key, etag }));
    if (known.size === REMEMBERED) known.clear();
    known.set(name, found);
    return found;
  };
}

async function look(s3: S3Client, { bucket, key, etag }: Place): Promise<Found> {
  try {
    const { ETag = '' } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return etag === undefined || ETag.replaceAll('"', '') === etag ? 'there' : 'gone';
  } catch (error) {
    if (error instanceof NotFound) return 'gone';
    // without s3:ListBucket an object that is gone is forbidden too
    return { why: `nobody can say whether s3://${bucket}/${key} is still there: ${messageOf(error)}` };
  }
}

function put(load: Load, way: Way, reject: Kept): void {
  const { source, sink, uri, seq, spots } = reject;
  load.spots.push(...spots);
  if (way === 'read') {
    const name = JSON.stringify([source, uri, sink]);
    const object = load.objects.get(name) ?? { source, uri, sink, seqs: new Set() };
    load.objects.set(name, object);
    object.seqs.add(seq);
    return;
  }
  if (way === 'kept') add(load.kept, source, reject);
  else add(load.spilled, JSON.stringify([source, sink]), reject);
  load.bytes += reject.raw().length;
}

function add<T>(groups: Map<string, T[]>, name: string, value: T): void {
  const group = groups.get(name);
  if (group === undefined) groups.set(name, [value]);
  else group.push(value);
}

/** Gives the number of messages. */
async function send(load: Load, options: ReplayOptions): Promise<number> {
  const { sqs, queue, spill } = options;
  const messages = new Map<string, string[]>(); // by queue
  const tell = (source: string, replay: Replay) => add(messages, queue(source)!, JSON.stringify(replayOf(replay)));
  for (const { source, ...object } of load.objects.values()) for (const part of partsOf(object)) tell(source, part);
  for (const [source, own] of load.kept) tell(source, { kept: await keep(source, own, options) });
  for (const [name, own] of load.spilled) {
    const [source, sink] = JSON.parse(name) as [string, SinkName];
    const batch = batchOf(own);
    const numbers = Array.from({ length: batch.count }, (_, at) => at);
    await spill(source).put({ name: sink }, batch, numbers, own[0].reason);
  }
  for (const [to, bodies] of messages) await sendAll(sqs, to, bodies);
  return [...messages.values()].reduce((sum, { length }) => sum + length, 0);
}

/** Where the rest of an object was refused, all of it is read. */
function partsOf({
  uri,
  sink,
  seqs,
}: {
  uri: string;
  sink?: SinkName | undefined;
  seqs: ReadonlySet<number>;
}): Again[] {
  const to = { uri, ...(sink !== undefined && { sink }) };
  if (seqs.has(0)) return [to];
  const all = [...seqs].sort((a, b) => a - b);
  const count = Math.ceil(all.length / MAX_SEQS);
  return Array.from({ length: count }, (_, i) => ({ ...to, seqs: all.slice(i * MAX_SEQS, (i + 1) * MAX_SEQS) }));
}

/** Puts rejects where their source may read them. */
async function keep(source: string, own: readonly Kept[], { s3, bucket }: ReplayOptions): Promise<string> {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  const key = `replay/${source}/${day}/${randomUUID()}.gz`;
  const text = own.flatMap(({ raw, version, ...reject }) => lines({ ...reject, raw: raw() }, version));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: gzipSync(Buffer.concat(text)) }));
  return `s3://${bucket}/${key}`;
}

function batchOf(own: readonly (Origin & Pick<Kept, 'raw'>)[]): Batch {
  const batch = new Batch(1 << 20);
  for (const { uri, seq, raw } of own) {
    batch.begin(0, uri, seq);
    batch.text.append(raw());
  }
  return batch;
}
