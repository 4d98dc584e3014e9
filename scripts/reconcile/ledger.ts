/**
 * What was read, by the ledger (shared/sink/store/ledger.ts): objects `<prefix>yyyy/mm/dd/…` of lines
 * `{"at","source","uri":"s3://bucket/key@etag","read"}`.
 */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { gunzipped } from '../../shared/input/gunzip.ts';
import { pagesOf } from '../../shared/listing.ts';
import { lines } from '../quarantine/lines.ts';

export interface Ledger {
  /** When its first lines were written, epoch milliseconds; undefined: it is empty. */
  readonly beginning: number | undefined;
  has(uri: string): boolean;
}

/** A fingerprint of 96 bits takes a third of what a uri does: a day of a large organization has half a million. */
const fingerprint = (uri: string): string => createHash('sha1').update(uri).digest('base64url').slice(0, 16);

export async function readLedger(
  s3: S3Client,
  bucket: string,
  prefix: string,
  source: string,
  since: number,
): Promise<Ledger> {
  const known = new Set<string>();
  let beginning: number | undefined;
  const first = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }));
  for (const { LastModified } of first.Contents ?? []) beginning = LastModified?.getTime();
  for await (const key of keys(s3, bucket, prefix, since)) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const caps = { uri: `s3://${bucket}/${key}`, maxBytes: Number.POSITIVE_INFINITY };
    for await (const line of lines(gunzipped(Body as Readable, caps))) {
      const entry = line === '' ? undefined : JSON.parse(line);
      if (entry?.source === source) known.add(fingerprint(entry.uri));
    }
  }
  return { beginning, has: (uri) => known.has(fingerprint(uri)) };
}

const CLOCKS = 3_600_000; // by which those who write the ledger and S3 may differ

async function* keys(s3: S3Client, Bucket: string, Prefix: string, since: number): AsyncGenerator<string> {
  const day = new Date(since - CLOCKS).toISOString().slice(0, 10).replaceAll('-', '/');
  for await (const { Contents = [] } of pagesOf(s3, { Bucket, Prefix, StartAfter: Prefix + day })) {
    for (const { Key = '' } of Contents) yield Key;
  }
}
