/**
 * Publishes the look-up table: merges new runs into the published history and replaces the table in one write.
 * Readers see the old or the new table. Of two concurrent publishers the second one is refused and has to read again.
 */
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { DecodeError, DeliveryError, ReadError } from '../errors.ts';
import { type History, historyOf, NO_HISTORY, type Run } from './history.ts';
import { historyIn, TABLE_KEY, tableOf } from './table.ts';
import { unzipped, zipped } from './zipped.ts';

export interface PublishOptions {
  readonly s3: Pick<S3Client, 'send'>;
  readonly bucket: string;
  /** `assets/` or ''. */
  readonly prefix: string;
  /** The table really lost more than half of its rows: readers then accept it. */
  readonly mayShrink?: boolean;
  readonly signal: AbortSignal;
}

export interface Published {
  /** False: already published, nothing was written. */
  readonly isNew: boolean;
  /** The existing object was not a readable table, so the earlier runs in it are lost. */
  readonly wasDamaged: boolean;
  /** Size as stored, compressed. */
  readonly bytes: number;
  /** The history in the table. */
  readonly history: History;
}

/**
 * In: complete runs that are newer than the table. Rejects with ReadError, and with DeliveryError also where another
 * publisher was faster.
 */
export async function publish(runs: readonly Run[], options: PublishOptions): Promise<Published> {
  const { s3, bucket, prefix, mayShrink = false, signal: abortSignal } = options;
  const place = { Bucket: bucket, Key: `${prefix}${TABLE_KEY}` };
  const before = await read(s3, place, abortSignal);
  const history = historyOf(runs, before.history);
  const common = { wasDamaged: before.wasDamaged, history };
  if (history === before.history && !before.wasDamaged) return { ...common, isNew: false, bytes: before.bytes };
  const body = await zipped(tableOf(history, { mayShrink: mayShrink || before.wasDamaged }));
  const condition = before.etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: before.etag };
  try {
    await s3.send(new PutObjectCommand({ ...place, Body: body, ...condition }), { abortSignal });
  } catch (cause) {
    throw new DeliveryError('the look-up table could not be written', place, cause);
  }
  return { ...common, isNew: true, bytes: body.length };
}

interface Stored {
  readonly history: History;
  readonly etag: string | undefined;
  readonly bytes: number;
  readonly wasDamaged: boolean;
}

type Place = { readonly Bucket: string; readonly Key: string };

async function read(s3: PublishOptions['s3'], place: Place, abortSignal: AbortSignal): Promise<Stored> {
  const nothing = { history: NO_HISTORY, etag: undefined, bytes: 0, wasDamaged: false };
  let stored: Uint8Array;
  let etag: string | undefined;
  try {
    const answer = await s3.send(new GetObjectCommand(place), { abortSignal });
    stored = await answer.Body!.transformToByteArray();
    etag = answer.ETag;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'NoSuchKey') return nothing;
    throw new ReadError('the look-up table could not be read', place, cause);
  }
  try {
    return { history: historyIn(await unzipped(stored)), etag, bytes: stored.length, wasDamaged: false };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { ...nothing, etag, wasDamaged: true };
  }
}
