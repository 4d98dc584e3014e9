/**
 * What comes to a source once more, whichever way it came before:
 * `{"replay":{"uri":"s3://bucket/key@etag","seqs":[3,7],"sink":"splunk"}}`, records of an object that is still there, or
 * without `seqs` all of it; `{"replay":{"kept":"s3://bucket/key"}}`, an object of rejects (kept.ts), of records that are
 * nowhere else.
 */

import { json } from '../decode/json.ts';
import { DecodeError, ReadError } from '../errors.ts';
import type { Body, Bytes, SinkName } from '../model.ts';
import { cloudWatchLogsBodies } from './cloudwatchlogs.ts';
import { isRecord, opened } from './message.ts';
import { one } from './one.ts';
import { type Line, lineOf, rawOf } from './rejectline.ts';
import { announcement } from './s3.ts';
import type { Bodies } from './sqs.ts';

/** Records of an object, or all of it. */
export interface Again {
  readonly uri: string;
  readonly seqs?: readonly number[];
  readonly sink?: SinkName;
}

export type Replay = Again | { readonly kept: string };

/** What a message is that makes a source read something again. */
export const replayOf = (replay: Replay): object => ({ replay });

/**
 * The bodies of what is replayed; of any other message what `others` makes of it. `others` reads objects.
 * `keptIn`: where the rejects of this source are put for a replay, `s3://<quarantine bucket>/replay/<source>/`. Whoever can send
 * a message could else have records read that never were rejected.
 */
export const replayed =
  (others: Bodies, keptIn: string | undefined): Bodies =>
  (message, signal) => {
    const { value, isAnnouncement } = opened(message);
    const { replay } = value;
    if (!isRecord(replay) || isAnnouncement) return others(message, signal);
    return typeof replay.kept === 'string'
      ? kept(own(replay.kept, keptIn), others, signal)
      : again(replay as unknown as Again, others, signal);
  };

function own(place: string, keptIn: string | undefined): string {
  if (keptIn !== undefined && place.startsWith(keptIn)) return place;
  throw new ReadError('rejects are read from the quarantine bucket only', { place, expected: keptIn ?? 'no place' });
}

/** An object by the uri of its body: `s3://bucket/key@etag`, without the etag where it was not read. */
export interface Place {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string | undefined;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html#AmazonS3-Type-Object-ETag */
export function placeOf(uri: string): Place | undefined {
  const [, bucket, key, etag] = /^s3:\/\/([^/]+)\/(.+?)(?:@([0-9a-f]{32}(?:-\d+)?))?$/s.exec(uri) ?? [];
  return bucket === undefined ? undefined : { bucket, key, etag };
}

const messageOf = (uri: unknown): object => {
  const place = placeOf(String(uri));
  if (place === undefined) throw new ReadError('this is not an object of S3', { uri });
  const { bucket, key } = place;
  return announcement({ bucket, key, size: undefined });
};

/** With its headers and what stands before, so that records are what they were. Throws ReadError where it is another object now. */
async function* again({ uri, seqs, sink }: Again, others: Bodies, signal: AbortSignal): AsyncGenerator<Body> {
  for await (const body of others(messageOf(uri), signal)) {
    if (body.uri !== uri && placeOf(uri)?.etag !== undefined) {
      throw new ReadError('the object is not the one that was read before', { uri, found: body.uri });
    }
    yield { ...body, ...(seqs && { only: new Set(seqs) }), ...(sink && { sink }) };
  }
}

const MAX_LINE = 256 << 20; // the largest record there is, of bytes that JSON escapes

/** Each record by itself, under the place where it stood. Throws ReadError where the object holds something else. */
async function* kept(place: string, others: Bodies, signal: AbortSignal): AsyncGenerator<Body> {
  try {
    for await (const { chunks } of others(messageOf(place), signal)) {
      for await (const page of json({ maxRecordBytes: MAX_LINE })(chunks)) {
        for (let record = page.next(); record !== undefined; record = page.next()) yield* bodiesOf(lineIn(record));
      }
    }
  } catch (error) {
    // rejecting it would keep nothing: what can't be read are rejects
    throw error instanceof DecodeError ? new ReadError("the rejects can't be read", { place }, error) : error;
  }
}

const lineIn = ({ bytes, start, end }: Bytes): Line =>
  lineOf(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString());

async function* bodiesOf(line: Line): AsyncGenerator<Body> {
  const { uri, seq, sink } = line;
  const raw = rawOf(line);
  if (seq === 0 && uri.startsWith('cloudwatchlogs:')) {
    yield* cloudWatchLogsBodies({ awslogs: { data: raw.toString() } });
    return;
  }
  yield { uri, isFixed: true, chunks: one(raw), ...(seq > 0 && { seq, only: new Set([seq]) }), ...(sink && { sink }) };
}
