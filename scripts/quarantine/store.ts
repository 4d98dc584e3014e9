/**
 * Where rejects lie: objects of the quarantine bucket, `yyyy/mm/dd/…` by the day Firehose took them, or the file that a dry run
 * writes. Nothing is read until asked, and nothing is kept.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { messageOf } from '../../shared/errors.ts';
import { gunzipped } from '../../shared/input/gunzip.ts';
import type { Chunk } from '../../shared/model.ts';
import { Refusal } from '../command.ts';

/** Epoch milliseconds, both ends inside. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

export interface Shelved {
  /** Names the object on its shelf. */
  readonly key: string;
  /** Unzipped. */
  chunks(): AsyncIterable<Chunk>;
}

export interface Shelf {
  /** For a person: `s3://bucket/` or `folder/`. */
  readonly name: string;
  /** In the order of their keys: those that may hold rejects of the time. */
  objects(span: Span): AsyncIterable<Shelved>;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CLOCKS = HOUR; // by which those who reject and Firehose may differ
const DELAY = DAY; // for so long Firehose tries to write

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '/');

export function bucketShelf(s3: S3Client, bucket: string): Shelf {
  async function* chunks(key: string): AsyncGenerator<Chunk> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    yield* gunzipped(Body as Readable, { uri: `s3://${bucket}/${key}`, maxBytes: Number.POSITIVE_INFINITY });
  }
  return {
    name: `s3://${bucket}/`,
    async *objects({ since, until }) {
      const first = since > CLOCKS ? dayOf(since - CLOCKS) : '0';
      const last = `${Number.isFinite(until) ? dayOf(until + DELAY) : '9'}~`; // behind everything of that day
      for (let token: string | undefined, done = false; !done; done = token === undefined) {
        const page = await s3.send(
          new ListObjectsV2Command({ Bucket: bucket, StartAfter: first, ContinuationToken: token }),
        );
        token = page.NextContinuationToken;
        for (const { Key = '' } of page.Contents ?? []) {
          if (Key > last) return;
          if (/^\d{4}\/\d\d\/\d\d\//.test(Key)) yield { key: Key, chunks: () => chunks(Key) };
        }
      }
    },
  };
}

const FILE = 'quarantine.ndjson';

/** Throws Refusal where the folder holds none. */
export async function folderShelf(folder: string): Promise<Shelf> {
  const path = join(folder, FILE);
  await stat(path).catch((cause) => {
    throw new Refusal(`No rejects are in "${folder}": ${messageOf(cause)}.`, { cause });
  });
  return {
    name: `${folder}/`,
    async *objects() {
      yield { key: FILE, chunks: () => createReadStream(path) };
    },
  };
}
