/**
 * The bytes of one S3 object. A body that stalls or breaks is read on from the byte that was reached, if the object is still the
 * same (Range, If-Match).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-guidelines.html#optimizing-performance-guidelines-retry
 */
import { addAbortSignal, type Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { ReadError } from '../errors.ts';
import type { Chunk, Log } from '../model.ts';

export interface ObjectTools {
  readonly client: Pick<S3Client, 'send'>;
  /** The body is read on after so long without a byte, as long as one is waited for. */
  readonly silenceMs?: number | undefined;
  /** The account that reads pays for the requests. */
  readonly isRequesterPaying?: boolean | undefined;
  readonly log: Log;
  /** Called where the object that was announced can't be read any more. */
  readonly onReplaced?: (() => void) | undefined;
}

export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
  /** Of the object as it is stored. */
  readonly size: number | undefined;
  /** Of the object that was announced. */
  readonly etag?: string;
  readonly version?: string;
}

export interface ObjectBytes {
  readonly etag: string;
  /** All of the object's bytes as they are stored, or a ReadError. */
  readonly chunks: AsyncIterable<Chunk>;
  /** Ends the connection. */
  stop(): void;
}

/** S3 usually sends the first byte within 0.2 s. */
const SILENCE_MS = 5_000;
/** So many requests without a byte, one after the other, end the reading. */
const TRIES = 3;
/** Of one object, whatever they bring: one that trickles must not take the time of its neighbours. */
const MOST_REQUESTS = 10;

/** Throws ReadError naming bucket and key where S3 does not give the object. */
export async function objectBytes(object: ObjectName, tools: ObjectTools, signal: AbortSignal): Promise<ObjectBytes> {
  const { object: of, answer: first } = await announced(object, tools, signal);
  // somebody on the way says 200 to everything; and without it there is no id
  if (first.ETag === undefined) {
    throw new ReadError('the answer names no ETag, is it from S3?', { bucket: object.bucket, key: object.key });
  }
  const open: Open = { stream: addAbortSignal(signal, first.Body as Readable) };
  const length = first.ContentLength ?? object.size;
  const from = { object: of, etag: first.ETag, length };
  return {
    etag: first.ETag.replaceAll('"', ''),
    chunks: received(open, from, tools, signal),
    stop: () => void open.stream.destroy(),
  };
}

/**
 * Usually the newest version is the one that was announced. Another one takes a permission of its own (s3:GetObjectVersion), so it
 * is asked for only then. Where it can't be read, the newest is: its own message may have come before.
 */
async function announced(object: ObjectName, tools: ObjectTools, signal: AbortSignal): Promise<First> {
  const { bucket, key, etag, version, size } = object;
  const newest = { bucket, key, size };
  const answer = await get(newest, tools, signal);
  const found = answer.ETag?.replaceAll('"', '');
  if (etag === undefined || found === undefined || found === etag) return { object: newest, answer };
  let error: unknown;
  try {
    if (version !== undefined) {
      const older = await get({ ...newest, version }, tools, signal);
      (answer.Body as Readable).destroy();
      return { object: { ...newest, version }, answer: older };
    }
  } catch (cause) {
    signal.throwIfAborted();
    error = cause;
  }
  tools.log.warn('s3 object replaced before it was read', { bucket, key, announced: etag, found, version, error });
  tools.onReplaced?.();
  return { object: newest, answer };
}

interface First {
  /** What is read. */
  readonly object: ObjectName;
  readonly answer: GetObjectCommandOutput;
}

/** What is read at the moment. */
interface Open {
  stream: Readable;
}

interface From {
  readonly object: ObjectName;
  readonly etag: string;
  readonly length: number | undefined;
}

async function* received(open: Open, from: From, tools: ObjectTools, signal: AbortSignal): AsyncGenerator<Chunk> {
  const { object, length } = from;
  const { bucket, key } = object;
  let bytes = 0;
  for (let [requests, vain] = [1, 0]; ; requests++) {
    let cause: unknown;
    const before = bytes;
    try {
      if (open.stream.destroyed) open.stream = await rest(bytes, from, tools, signal);
      for await (const chunk of unstalled(open.stream, tools)) {
        bytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      cause = error;
    } finally {
      open.stream.destroy();
    }
    if (cause === undefined && (length === undefined || bytes >= length)) return;
    vain = bytes > before ? 0 : vain + 1;
    const fields = { bucket, key, bytes, length };
    if (signal.aborted || vain === TRIES || requests === MOST_REQUESTS || isOther(cause)) {
      throw new ReadError('the object ended too early', fields, cause);
    }
    tools.log.warn('s3 object read on', { ...fields, error: cause });
  }
}

/** From a byte to the end. Throws ReadError where it is another object now. */
async function rest(at: number, { object, etag }: From, tools: ObjectTools, signal: AbortSignal): Promise<Readable> {
  const { Body, ContentRange } = await get(object, tools, signal, { Range: `bytes=${at}-`, IfMatch: etag });
  const stream = addAbortSignal(signal, Body as Readable);
  if (at === 0 || ContentRange?.startsWith(`bytes ${at}-`)) return stream;
  stream.destroy();
  throw new ReadError('the answer is not the rest of the object', { range: ContentRange });
}

/** The object was replaced or deleted, or may not be read any more. */
function isOther(error: unknown): boolean {
  const { $metadata } = ((error as Error | undefined)?.cause ?? {}) as { $metadata?: { httpStatusCode?: number } };
  const { httpStatusCode = 0 } = $metadata ?? {};
  return httpStatusCode >= 400 && httpStatusCode < 500;
}

/** Without a version: the newest. */
async function get(
  { bucket, key, version }: ObjectName,
  { client, silenceMs = SILENCE_MS, isRequesterPaying }: ObjectTools,
  signal: AbortSignal,
  part: { readonly Range?: string; readonly IfMatch?: string } = {},
): Promise<GetObjectCommandOutput> {
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    ...(version !== undefined && { VersionId: version }),
    ...(isRequesterPaying && { RequestPayer: 'requester' }),
    ...part,
  });
  const silence = new AbortController(); // until the answer begins: later it would end the body
  const timer = setTimeout(() => silence.abort(stalled(silenceMs)), silenceMs * TRIES);
  try {
    return await client.send(command, { abortSignal: AbortSignal.any([signal, silence.signal]) });
  } catch (cause) {
    throw new ReadError('the object could not be read', { bucket, key }, silence.signal.reason ?? cause);
  } finally {
    clearTimeout(timer);
  }
}

const stalled = (ms: number) => new Error(`no byte for ${ms / 1000} s`);

/** Fails when a chunk was waited for so long. The time that the reader takes for one does not count. */
async function* unstalled(stream: Readable, { silenceMs = SILENCE_MS }: ObjectTools): AsyncGenerator<Chunk> {
  let isWaiting = true;
  const timer = setTimeout(() => isWaiting && stream.destroy(stalled(silenceMs)), silenceMs);
  try {
    for await (const chunk of stream) {
      isWaiting = false;
      yield chunk;
      isWaiting = true;
      timer.refresh();
    }
  } finally {
    clearTimeout(timer);
  }
}
