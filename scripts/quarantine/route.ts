/** Decides how a rejected record can be replayed. */
import { HeadObjectCommand, NotFound, type S3Client } from '@aws-sdk/client-s3';
import { messageOf } from '../../shared/errors.ts';
import { type Place, placeOf } from '../../shared/input/replayed.ts';
import type { StoredReject } from './rejects.ts';

/**
 * `fromObjects`: its source reads the record from its object again. `fromQuarantine`: its source reads the stored bytes.
 * `spilled`: functions/replay sends the stored request to the destination that rejected it.
 */
export type Route = 'fromObjects' | 'fromQuarantine' | 'spilled';

export type Chosen = Route | { readonly why: string };

export interface RouteOptions {
  readonly s3: S3Client;
  /** URL of a source's queue; undefined: it has none. */
  queue(source: string): string | undefined;
}

/** The route of each reject, or why it has none. */
export function router({ s3, queue }: RouteOptions): (reject: StoredReject) => Promise<Chosen> {
  const find = finder(s3);
  return async (reject) => {
    const { source, sink, uri, seq } = reject;
    const object = placeOf(uri);
    const hasQueue = queue(source) !== undefined;
    // seq 0 of a destination: the event about an object that was not routed, which is not a record of the object
    const isForSink = sink !== undefined && (seq === 0 || object === undefined || !hasQueue);
    if (!isForSink && !hasQueue) return { why: `${source} has no queue in this stack` };
    if (!isForSink && object !== undefined) {
      const found = await find(object);
      if (found === 'unchanged') return 'fromObjects';
      if (found !== 'gone') return found;
    }
    if (sink === 'archive') return { why: 'the record is too large for the archive' };
    if (sink !== undefined) return 'spilled';
    return reject.raw().length > 0 ? 'fromQuarantine' : { why: 'its object is gone, and its bytes were not stored' };
  };
}

type Found = 'unchanged' | 'gone' | { readonly why: string };

const MAX_CACHED = 10_000;

/** Whether an object still exists with the same ETag. */
function finder(s3: S3Client): (place: Place) => Promise<Found> {
  const cache = new Map<string, Found>();
  return async ({ bucket, key, etag }) => {
    const name = `${bucket}/${key}@${etag}`;
    const found = cache.get(name) ?? (await look(s3, { bucket, key, etag }));
    if (cache.size === MAX_CACHED) cache.clear();
    cache.set(name, found);
    return found;
  };
}

async function look(s3: S3Client, { bucket, key, etag }: Place): Promise<Found> {
  try {
    const { ETag = '' } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return etag === undefined || ETag.replaceAll('"', '') === etag ? 'unchanged' : 'gone';
  } catch (error) {
    if (error instanceof NotFound) return 'gone';
    // without s3:ListBucket S3 answers 403 for an object that is gone
    return { why: `s3://${bucket}/${key} can't be looked up: ${messageOf(error)}` };
  }
}
