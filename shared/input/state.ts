/** What a poller has to know at the next tick: one JSON value in S3. Of two that write at once the later one counts. */
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { DeliveryError, ReadError } from '../errors.ts';
import type { Place } from './schedule.ts';

/** Undefined: nothing was kept yet. Rejects with ReadError. */
export async function readState(s3: Pick<S3Client, 'send'>, place: Place, abortSignal: AbortSignal): Promise<unknown> {
  const { bucket, key } = place;
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
    return JSON.parse((await Body?.transformToString()) ?? '');
  } catch (cause) {
    if (cause instanceof NoSuchKey) return undefined;
    throw new ReadError('the state could not be read', { bucket, key }, cause);
  }
}

/** Rejects with DeliveryError. */
export async function writeState(
  s3: Pick<S3Client, 'send'>,
  { bucket, key }: Place,
  value: object,
  abortSignal: AbortSignal,
): Promise<void> {
  const input = { Bucket: bucket, Key: key, Body: JSON.stringify(value), ContentType: 'application/json' };
  try {
    await s3.send(new PutObjectCommand(input), { abortSignal });
  } catch (cause) {
    throw new DeliveryError('the state could not be written', { bucket, key }, cause);
  }
}
