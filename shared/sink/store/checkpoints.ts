/**
 * How far a message's objects were collected by an invocation whose time was over: an object of JSON in S3 for each message,
 * `{"objects":{"s3://bucket/key@etag":{"seq":120000,"read":119998}}}`. Who gets the message again goes on behind that record.
 */
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { DeliveryError } from '../../errors.ts';
import type { Checkpoint, Checkpoints, Log } from '../../model.ts';

export interface CheckpointsOptions {
  readonly client: Pick<S3Client, 'send'>;
  readonly bucket: string;
  /** Of the keys, without a slash at its end. */
  readonly prefix: string;
  readonly log: Log;
}

const LIMIT_MS = 2_000;

/** Key: `<prefix>/<id of the message>.json`. */
export function checkpoints({ client, bucket: Bucket, prefix, log }: CheckpointsOptions): Checkpoints {
  const keyOf = (id: string) => `${prefix}/${id.replaceAll(/[^\w-]/g, '_')}.json`;
  return {
    async get(id) {
      const Key = keyOf(id);
      try {
        const abortSignal = AbortSignal.timeout(LIMIT_MS);
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal });
        return placesIn(JSON.parse((await Body?.transformToString()) ?? ''));
      } catch (error) {
        // without the right to list, S3 says 403 for what is not there
        if (!ABSENT.has((error as Error).name)) log.warn('checkpoint not read', { bucket: Bucket, key: Key, error });
        return new Map();
      }
    },
    async put(id, places) {
      const Key = keyOf(id);
      const input = { Bucket, Key, Body: JSON.stringify({ objects: Object.fromEntries(places) }) };
      try {
        // not the invocation's signal: this is done after its time is over
        await client.send(new PutObjectCommand(input), { abortSignal: AbortSignal.timeout(LIMIT_MS) });
      } catch (cause) {
        throw new DeliveryError('the checkpoint could not be stored', { bucket: Bucket, key: Key }, cause);
      }
    },
  };
}

const ABSENT: ReadonlySet<string> = new Set(['NoSuchKey', 'AccessDenied']);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function placesIn(value: {
  readonly objects?: Readonly<Record<string, Partial<Checkpoint>>>;
}): Map<string, Checkpoint> {
  const places = new Map<string, Checkpoint>();
  for (const [uri, { seq, read }] of Object.entries(value.objects ?? {})) {
    if (isCount(seq) && isCount(read)) places.set(uri, { seq, read });
  }
  return places;
}
