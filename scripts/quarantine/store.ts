/**
 * The quarantine store: objects of the quarantine bucket, `yyyy/mm/dd/…` by the day on which Firehose received them, or the
 * file that a dry run writes. Streams the objects; holds none in memory.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { gunzipped } from '../../shared/input/gunzip.ts';
import { pagesOf } from '../../shared/listing.ts';
import type { Chunk } from '../../shared/model.ts';
import { UsageError } from '../command.ts';

/** Epoch milliseconds, both ends inside. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

export interface StoredObject {
  /** The name of the object in the store. */
  readonly key: string;
  /** Unzipped. */
  chunks(): AsyncIterable<Chunk>;
}

export interface QuarantineStore {
  /** To print: `s3://bucket/` or `folder/`. */
  readonly name: string;
  /** Objects that may hold rejects of the time span, in the order of their keys. */
  objects(span: Span): AsyncIterable<StoredObject>;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CLOCK_SKEW = HOUR; // between the Lambdas and Firehose
const DELAY = DAY; // Firehose retries a write for this long

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '/');

export function bucketStore(s3: S3Client, bucket: string): QuarantineStore {
  async function* chunks(key: string): AsyncGenerator<Chunk> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    yield* gunzipped(Body as Readable, { uri: `s3://${bucket}/${key}`, maxBytes: Number.POSITIVE_INFINITY });
  }
  return {
    name: `s3://${bucket}/`,
    async *objects({ since, until }) {
      const first = since > CLOCK_SKEW ? dayOf(since - CLOCK_SKEW) : '0';
      const last = `${Number.isFinite(until) ? dayOf(until + DELAY) : '9'}~`; // behind everything of that day
      for await (const { Contents = [] } of pagesOf(s3, { Bucket: bucket, StartAfter: first })) {
        for (const { Key = '' } of Contents) {
          if (Key > last) return;
          if (/^\d{4}\/\d\d\/\d\d\//.test(Key)) yield { key: Key, chunks: () => chunks(Key) };
        }
      }
    },
  };
}

const FILE = 'quarantine.ndjson';

/** Throws UsageError where the folder has no file of rejects. */
export async function folderStore(folder: string): Promise<QuarantineStore> {
  const path = join(folder, FILE);
  await stat(path).catch((cause) => {
    throw new UsageError(`The folder "${folder}" has no ${FILE} that can be read.`, { cause });
  });
  return {
    name: `${folder}/`,
    async *objects() {
      yield { key: FILE, chunks: () => createReadStream(path) };
    },
  };
}
