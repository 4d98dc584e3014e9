/** Objects of S3 as a verifier needs them: what is there, what is in it, and that it is not there. */
import { addAbortSignal, type Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { DeliveryError, ReadError } from '../../shared/errors.ts';
import { pagesOf } from '../../shared/listing.ts';
import type { Chunk } from '../../shared/model.ts';

export interface Found {
  /** As stored; to be read whole. */
  readonly chunks: AsyncIterable<Chunk>;
  /** Names in lower case, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly etag: string | undefined;
}

/** Rejects with ReadError, naming bucket and key, where S3 does not answer or forbids. */
export interface Objects {
  /** The folders right below a prefix, as prefixes. */
  folders(bucket: string, prefix: string, signal: AbortSignal): Promise<string[]>;
  /** The keys below a prefix that sort behind `after`. */
  keys(bucket: string, prefix: string, after: string, signal: AbortSignal): Promise<string[]>;
  /** Undefined: there is none. */
  get(bucket: string, key: string, signal: AbortSignal): Promise<Found | undefined>;
  /** Only over the object with this ETag or, without one, over none. Rejects with DeliveryError. */
  put(bucket: string, key: string, body: string, etag: string | undefined, signal: AbortSignal): Promise<void>;
}

/** `isRequesterPaying`: the account that reads the logs pays for the requests. */
export function s3Objects(s3: Pick<S3Client, 'send'>, isRequesterPaying = false): Objects {
  const payer = isRequesterPaying ? ({ RequestPayer: 'requester' } as const) : {};

  async function list(bucket: string, prefix: string, more: object, abortSignal: AbortSignal) {
    const found = { keys: [] as string[], folders: [] as string[] };
    const input = { Bucket: bucket, Prefix: prefix, ...payer, ...more };
    try {
      for await (const { Contents = [], CommonPrefixes = [] } of pagesOf(s3, input, () => abortSignal)) {
        for (const { Key } of Contents) if (Key !== undefined) found.keys.push(Key);
        for (const { Prefix } of CommonPrefixes) if (Prefix !== undefined) found.folders.push(Prefix);
      }
    } catch (cause) {
      throw new ReadError('the bucket could not be listed', { bucket, prefix }, cause);
    }
    return found;
  }

  /** Whoever may not list sees an object that is gone as forbidden; a policy may also allow listing below a prefix only. */
  async function isGone(error: unknown, bucket: string, key: string, signal: AbortSignal): Promise<boolean> {
    const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
    if (name === 'NoSuchKey' || name === 'NoSuchBucket') return true;
    if ($metadata?.httpStatusCode !== 403) return false;
    const { keys } = await list(bucket, key, {}, signal);
    return !keys.includes(key);
  }

  return {
    folders: async (bucket, prefix, signal) => (await list(bucket, prefix, { Delimiter: '/' }, signal)).folders,
    keys: async (bucket, prefix, after, signal) => (await list(bucket, prefix, { StartAfter: after }, signal)).keys,
    async get(bucket, key, signal) {
      let answer: GetObjectCommandOutput;
      try {
        const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...payer });
        answer = await s3.send(command, { abortSignal: signal });
      } catch (cause) {
        if (await isGone(cause, bucket, key, signal)) return undefined;
        throw new ReadError('the object could not be read', { bucket, key }, cause);
      }
      const { Metadata: metadata = {}, ETag: etag } = answer;
      return { chunks: whole(answer, { bucket, key }, signal), metadata, etag };
    },
    async put(bucket, key, body, etag, abortSignal) {
      const condition = etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag };
      const input = { Bucket: bucket, Key: key, Body: body, ContentType: 'application/json', ...condition };
      try {
        await s3.send(new PutObjectCommand(input), { abortSignal });
      } catch (cause) {
        throw new DeliveryError('the object could not be written', { bucket, key }, cause);
      }
    },
  };
}

/** All bytes or a ReadError: what is cut off on the way must not look like altered. */
async function* whole(answer: GetObjectCommandOutput, object: object, signal: AbortSignal): AsyncGenerator<Chunk> {
  const { Body, ContentLength: length } = answer;
  let bytes = 0;
  try {
    for await (const chunk of addAbortSignal(signal, Body as Readable)) {
      bytes += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    throw new ReadError('the object ended too early', { ...object, bytes, length }, cause);
  }
  if (length !== undefined && bytes < length)
    throw new ReadError('the object ended too early', { ...object, bytes, length });
}
