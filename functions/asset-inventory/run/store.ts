/**
 * The inventory's bucket: JSON values and gzipped lines, written once, or only over the version that was read. Objects contain
 * no time (the gzip header neither), so the same lines give the same bytes.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { DeleteObjectsCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { DeliveryError, ReadError } from '../../../shared/errors.ts';
import { pagesOf } from '../../../shared/listing.ts';
import { codeOf, httpStatusOf } from '../discovery/outcome.ts';

export interface Store {
  /** Undefined: no such object. Rejects with ReadError. */
  read<T>(key: string): Promise<{ readonly value: T; readonly etag: string } | undefined>;
  text(key: string): Promise<string | undefined>;
  /** The same for gzipped lines. */
  lines<T>(key: string): Promise<readonly T[] | undefined>;
  /** False: the condition failed. Rejects with DeliveryError. */
  write(key: string, value: object, only?: Condition): Promise<boolean>;
  writeLines(key: string, lines: Iterable<string>, only?: Condition): Promise<boolean>;
  /** Keys with this prefix, sorted. */
  keys(prefix: string): Promise<readonly string[]>;
  drop(keys: readonly string[]): Promise<void>;
}

/** `new`: only if the object does not exist. Otherwise: only if its ETag is still the one that was read. */
export type Condition = 'new' | { readonly etag: string };

export function store(s3: Pick<S3Client, 'send'>, bucket: string, abortSignal: AbortSignal): Store {
  async function get(key: string): Promise<{ bytes: Uint8Array; etag: string } | undefined> {
    try {
      const { Body, ETag = '' } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
      return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), etag: ETag };
    } catch (cause) {
      if (codeOf(cause) === 'NoSuchKey') return undefined;
      throw new ReadError('an object of the inventory could not be read', { bucket, key }, cause);
    }
  }

  async function put(key: string, Body: Uint8Array, ContentType: string, only?: Condition): Promise<boolean> {
    const condition = only === 'new' ? { IfNoneMatch: '*' } : only && { IfMatch: only.etag };
    const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType, ...condition });
    try {
      await s3.send(command, { abortSignal });
      return true;
    } catch (cause) {
      if (httpStatusOf(cause) === 412) return false; // 409 means that another write is in progress: retry
      throw new DeliveryError('an object of the inventory could not be written', { bucket, key }, cause);
    }
  }

  return {
    async read(key) {
      const found = await get(key);
      return found && { value: JSON.parse(Buffer.from(found.bytes).toString()), etag: found.etag };
    },
    async text(key) {
      const found = await get(key);
      return found && Buffer.from(found.bytes).toString();
    },
    async lines(key) {
      const found = await get(key);
      return found && linesIn(gunzipSync(found.bytes).toString()).map((line) => JSON.parse(line));
    },
    write: (key, value, only) => put(key, Buffer.from(JSON.stringify(value)), 'application/json', only),
    writeLines: (key, lines, only) => put(key, packed(lines), 'application/gzip', only),
    async keys(Prefix) {
      const keys: string[] = [];
      for await (const { Contents = [] } of pagesOf(s3, { Bucket: bucket, Prefix }, () => abortSignal)) {
        keys.push(...Contents.map(({ Key = '' }) => Key));
      }
      return keys;
    },
    async drop(keys) {
      for (let at = 0; at < keys.length; at += 1000) {
        const Objects = keys.slice(at, at + 1000).map((Key) => ({ Key }));
        await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }), { abortSignal });
      }
    },
  };
}

const linesIn = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** Gzips lines, one after the other. */
export const packed = (lines: Iterable<string>): Uint8Array => gzipSync([...lines].map((line) => `${line}\n`).join(''));
