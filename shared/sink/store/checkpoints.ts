/**
 * How far an item was collected that has to come again: an object of JSON in S3 for each,
 * `{"objects":{"s3://bucket/key@etag":{"seq":120000,"read":119998,"open":{"splunk":[[7,9]]}}}}`. Who gets the item again goes on there.
 */
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { DeliveryError } from '../../errors.ts';
import type { Checkpoint, Checkpoints, Log, OpenRecords, Range } from '../../model.ts';
import { listed } from './listed.ts';

export interface CheckpointsOptions {
  readonly client: Pick<S3Client, 'send'>;
  readonly bucket: string;
  /** Of the keys, without a slash at its end. */
  readonly prefix: string;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const LIMIT_MS = 2_000;
const MAX_UNSAVED = 100;

/**
 * Key: `<prefix>/<name of the item>.json`. A checkpoint that S3 refuses is known in this environment only. An item that comes for
 * the first time may have been moved out of a dead-letter queue, so the keys are listed once a minute.
 */
export function checkpoints({ client, bucket: Bucket, prefix, log, now }: CheckpointsOptions): Checkpoints {
  const keyOf = (item: string) => `${prefix}/${item.replaceAll(/[^\w-]/g, '_')}.json`;
  const unsaved = new Map<string, ReadonlyMap<string, Checkpoint>>();
  const keys = listed({ client, bucket: Bucket, prefix: `${prefix}/`, log, ...(now && { now }) });

  async function stored(Key: string): Promise<ReadonlyMap<string, Checkpoint>> {
    try {
      const abortSignal = AbortSignal.timeout(LIMIT_MS);
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal });
      return placesIn(JSON.parse((await Body?.transformToString()) ?? ''));
    } catch (error) {
      // without the right to list, S3 says 403 for what is not there
      if (!ABSENT.has((error as Error).name)) log.warn('checkpoint not read', { bucket: Bucket, key: Key, error });
      return new Map();
    }
  }

  return {
    async get(item, isRepeat) {
      const Key = keyOf(item);
      const own = unsaved.get(Key);
      if (own !== undefined) return own;
      return isRepeat || (await keys.has(Key)) ? stored(Key) : new Map();
    },
    async put(item, places) {
      const Key = keyOf(item);
      const input = { Bucket, Key, Body: JSON.stringify({ objects: Object.fromEntries(places) }) };
      try {
        // not the invocation's signal: this is done after its time is over
        await client.send(new PutObjectCommand(input), { abortSignal: AbortSignal.timeout(LIMIT_MS) });
        unsaved.delete(Key);
        keys.add(Key);
      } catch (cause) {
        if (unsaved.size < MAX_UNSAVED) unsaved.set(Key, places);
        throw new DeliveryError('the checkpoint could not be stored', { bucket: Bucket, key: Key }, cause);
      }
    },
    async remove(item) {
      const Key = keyOf(item);
      unsaved.delete(Key);
      keys.delete(Key);
      try {
        const abortSignal = AbortSignal.timeout(LIMIT_MS);
        await client.send(new DeleteObjectCommand({ Bucket, Key }), { abortSignal });
      } catch (error) {
        log.warn('checkpoint not deleted', { bucket: Bucket, key: Key, error });
      }
    },
  };
}

const ABSENT: ReadonlySet<string> = new Set(['NoSuchKey', 'AccessDenied']);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isRange = (value: unknown): value is Range =>
  Array.isArray(value) && value.length === 2 && value.every(isCount) && value[0] <= value[1];
const isOpen = (value: unknown): value is OpenRecords =>
  value !== null &&
  typeof value === 'object' &&
  Object.values(value).every((ranges) => Array.isArray(ranges) && ranges.every(isRange));

function placesIn(value: {
  readonly objects?: Readonly<Record<string, Partial<Checkpoint>>>;
}): Map<string, Checkpoint> {
  const places = new Map<string, Checkpoint>();
  for (const [uri, { seq, read, open, isUnrouted }] of Object.entries(value.objects ?? {})) {
    if (!isCount(seq) || !isCount(read) || !(open === undefined || isOpen(open))) continue;
    places.set(uri, { seq, read, ...(open && { open }), ...(isUnrouted === true && { isUnrouted }) });
  }
  return places;
}
