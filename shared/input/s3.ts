/**
 * Objects of S3 buckets, by the messages that announce them.
 * In: an S3 event notification, a trail's own notification or an EventBridge event, as it is or inside SNS. Out: bodies,
 * unpacked.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { DecodeError, ReadError } from '../errors.ts';
import type { Body, Chunk, Log } from '../model.ts';
import { NO_LOGS, ownerOf } from '../table/keys.ts';
import { described, isRecord, opened, VALIDATION } from './message.ts';
import { objectBytes } from './objectbytes.ts';
import { unpacked } from './unpacked.ts';

export interface S3Object {
  readonly bucket: string;
  readonly key: string;
  /** Of the object as it is stored. */
  readonly size: number | undefined;
  /** Of the object that was announced, where its message says it. */
  readonly etag?: string;
  /** The same, of a bucket that keeps versions. */
  readonly version?: string;
}

interface Announced extends S3Object {
  /** `ObjectCreated:Put` in notifications, `Object Created` in EventBridge, `ObjectCreated:CloudTrail` of a trail. */
  readonly event: string;
}

type Value = Readonly<Record<string, unknown>>;

/** https://docs.aws.amazon.com/config/latest/developerguide/notifications-for-AWS-Config.html */
const CONFIG = /^(Oversized)?Configuration|^ConfigRules|^Compliance|^ScheduledNotification$/;

const shapes: readonly { is(value: Value): boolean; read(value: Value): readonly Announced[] }[] = [
  { is: ({ Event }) => Event === 's3:TestEvent' || Event === VALIDATION, read: () => [] },
  { is: ({ messageType }) => typeof messageType === 'string' && CONFIG.test(messageType), read: () => [] },
  {
    is: ({ Type, TopicArn }) => TopicArn !== undefined && /^(Uns|S)ubscri(be|ption)Confirmation$/.test(String(Type)),
    read: () => [],
  },
  { is: ({ s3ObjectKey }) => s3ObjectKey !== undefined, read: delivered },
  { is: ({ Records }) => Array.isArray(Records), read: ({ Records }) => (Records as unknown[]).map(notified) },
  {
    is: (value) => value.source === 'aws.s3' && typeof value['detail-type'] === 'string',
    read: (value) => [emitted(value)],
  },
];

const skips: readonly { reason: string; applies(object: Announced): boolean }[] = [
  { reason: 'not created', applies: ({ event }) => !/^(s3:)?ObjectCreated:|^Object Created$/.test(event) },
  { reason: 'folder', applies: ({ key }) => key.endsWith('/') },
  { reason: 'empty', applies: ({ size }) => size === 0 },
  ...NO_LOGS.map(({ reason, is }) => ({ reason, applies: ({ key }: Announced) => is(key) })),
];

const reasonToSkip = (object: Announced): string | undefined => skips.find((skip) => skip.applies(object))?.reason;

/**
 * The created objects that a message announces; none in a test event; folders, empty objects and what is no log do not count.
 * Throws ReadError naming what was found where the message is something else.
 */
export const objects = (message: unknown): readonly S3Object[] =>
  announced(message)
    .filter((object) => reasonToSkip(object) === undefined)
    .map(({ event, ...object }) => object);

/** A message that announces an object which is there already, as S3 would. */
export const announcement = ({ bucket, key, size }: S3Object): object => ({
  Records: [
    {
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: bucket }, object: { key: encodeURIComponent(key), size } },
    },
  ],
});

function announced(message: unknown): readonly Announced[] {
  const { value } = opened(message);
  const shape = shapes.find(({ is }) => is(value));
  if (shape === undefined) throw new ReadError('the message names no S3 object', { found: described(value) });
  return shape.read(value);
}

function notified(record: unknown): Announced {
  const { eventName, s3 } = isRecord(record) ? record : {};
  const { bucket, object } = isRecord(s3) ? s3 : {};
  const { name } = isRecord(bucket) ? bucket : {};
  const { key, size, eTag, versionId } = isRecord(object) ? object : {};
  if (typeof eventName !== 'string' || typeof name !== 'string' || typeof key !== 'string') {
    throw new ReadError('a record of the message is no S3 event', { found: described(record) });
  }
  return { event: eventName, bucket: name, key: decoded(key), size: number(size), ...stateIn(eTag, versionId) };
}

/** `{"s3Bucket":"b","s3ObjectKey":["AWSLogs/…json.gz"]}`, of CloudTrail and Control Tower: keys as they are. */
function delivered({ s3Bucket: bucket, s3ObjectKey }: Value): readonly Announced[] {
  return [s3ObjectKey].flat().map((key) => {
    if (typeof bucket !== 'string' || typeof key !== 'string') {
      throw new ReadError('the notification names no bucket and key', { bucket, key });
    }
    return { event: 'ObjectCreated:CloudTrail', bucket, key, size: undefined };
  });
}

function emitted(value: Value): Announced {
  const { bucket, object } = isRecord(value.detail) ? value.detail : {};
  const { name } = isRecord(bucket) ? bucket : {};
  const { key, size, etag, 'version-id': version } = isRecord(object) ? object : {};
  if (typeof name !== 'string' || typeof key !== 'string') {
    throw new ReadError('the event names no bucket and key', { found: described(value) });
  }
  // Unlike notifications, EventBridge carries the key as it is: decoding it would break a key with + or %.
  return { event: String(value['detail-type']), bucket: name, key, size: number(size), ...stateIn(etag, version) };
}

/** Which of the objects that had this key was announced. */
const stateIn = (etag: unknown, version: unknown): Pick<S3Object, 'etag' | 'version'> => ({
  ...(typeof etag === 'string' && etag !== '' && { etag: etag.replaceAll('"', '') }),
  ...(typeof version === 'string' && version !== '' && version !== 'null' && { version }),
});

const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** Keys in notifications are form-encoded: a space is +, a plus %2B. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (cause) {
    throw new ReadError('the key is not URL-encoded as S3 does it', { key }, cause);
  }
}

export interface S3BodiesOptions {
  /** Name of the source that reads them. */
  readonly source: string;
  /** Names of the other sources of this stack: a prefix may be shared, and each source reads its own objects. */
  readonly others?: ReadonlySet<string> | undefined;
  /** Of one object, unzipped. */
  readonly maxObjectBytes: number;
  /** An object is read on after so long without a byte. */
  readonly silenceMs?: number;
  /** The account that reads pays for the requests. Requester Pays buckets refuse all others. */
  readonly isRequesterPaying?: boolean;
  readonly log: Log;
  /** Called with each object that was replaced before it was read, and can't be read any more. */
  onReplaced?(): void;
}

/**
 * Turns a message into the bodies of its objects, one after another; each object is asked for when its turn comes and read
 * as fast as it is consumed. uri: `s3://bucket/key@etag`, of the bytes that really came.
 * Throws ReadError naming bucket and key where S3 does not give an object, after the bodies of all others, or not all of it;
 * the chunks throw DecodeError where the object is broken or too large, and without being asked for where its key is that of
 * a source that this stack has not.
 */
export function s3Bodies(client: Pick<S3Client, 'send'>, options: S3BodiesOptions) {
  const { source, log } = options;
  return async function* bodies(message: unknown, signal: AbortSignal): AsyncGenerator<Body> {
    let fault: unknown;
    for (const object of toRead(announced(message), options)) {
      const owner = ownerOf(object.key);
      if (owner !== undefined && owner !== source) {
        yield { uri: `s3://${object.bucket}/${object.key}`, stays: true, chunks: refused(owner, source) };
        continue;
      }
      try {
        yield* bodyOf(client, object, options, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        log.error('s3 object not read', { bucket: object.bucket, key: object.key, error });
        fault ??= error;
      }
    }
    if (fault !== undefined) throw fault;
  };
}

async function* bodyOf(
  client: Pick<S3Client, 'send'>,
  object: S3Object,
  { maxObjectBytes: maxBytes, silenceMs, isRequesterPaying, log, onReplaced }: S3BodiesOptions,
  signal: AbortSignal,
): AsyncGenerator<Body> {
  const tools = { client, silenceMs, isRequesterPaying, log, onReplaced };
  const { etag, chunks, stop } = await objectBytes(object, tools, signal);
  const uri = `s3://${object.bucket}/${object.key}@${etag}`;
  try {
    const times: number[] = [];
    yield { uri, stays: true, chunks: unpacked(chunks, { uri, maxBytes }, times), times };
  } finally {
    stop();
  }
}

// biome-ignore lint/correctness/useYield: what is refused is not read
async function* refused(owner: string, source: string): AsyncGenerator<Chunk> {
  throw new DecodeError(`this key is of ${owner}, not of ${source}`);
}

/** Leaves out what this source does not read, and logs how many and why. */
function toRead(all: readonly Announced[], { source, others, log }: S3BodiesOptions): readonly Announced[] {
  const skipped: Record<string, number> = {};
  const left = all.filter((object) => {
    const owner = ownerOf(object.key);
    const isOthers = owner !== undefined && owner !== source && others?.has(owner) === true;
    const reason = reasonToSkip(object) ?? (isOthers ? `of ${owner}` : undefined);
    if (reason !== undefined) skipped[reason] = (skipped[reason] ?? 0) + 1;
    return reason === undefined;
  });
  if (left.length < all.length) log.info('s3 objects skipped', { bucket: all[0].bucket, skipped });
  return left;
}
