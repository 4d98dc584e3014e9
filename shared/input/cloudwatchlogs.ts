/**
 * What a subscription of CloudWatch Logs delivers: messages of one log stream, each a record as its service wrote it.
 * `{"messageType":"DATA_MESSAGE","owner","logGroup","logStream","subscriptionFilters":[],"logEvents":[{"id","timestamp","message"}]}`,
 * for a Lambda as gzip in base64: `{"awslogs":{"data"}}`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { DecodeError } from '../errors.ts';
import { MAX_PAYLOAD_BYTES } from '../limits.ts';
import type { Body, Chunk } from '../model.ts';
import { isRecord } from './message.ts';
import { one } from './one.ts';

interface Payload {
  readonly messageType: string;
  readonly logGroup?: unknown;
  readonly logStream?: unknown;
  readonly logEvents: readonly unknown[];
}

interface LambdaEvent {
  readonly awslogs: { readonly data: string };
}

export const isCloudWatchLogs = (event: unknown): event is LambdaEvent =>
  isRecord(event) && isRecord(event.awslogs) && typeof event.awslogs.data === 'string';

export const isPayload = (value: unknown): value is Payload =>
  isRecord(value) && typeof value.messageType === 'string' && Array.isArray(value.logEvents);

/** One a line. None in what CloudWatch Logs sends to see whether somebody is there (CONTROL_MESSAGE). */
export const messages = ({ messageType, logEvents }: Payload): readonly string[] =>
  messageType === 'CONTROL_MESSAGE' ? [] : logEvents.map(messageOf);

/** When each message was logged, epoch milliseconds; NaN where the event does not say. */
export const timesOf = ({ logEvents }: Payload): readonly number[] =>
  logEvents.map((event) => (isRecord(event) && typeof event.timestamp === 'number' ? event.timestamp : Number.NaN));

const messageOf = (event: unknown): string =>
  isRecord(event) && typeof event.message === 'string' ? event.message : JSON.stringify(event);

/**
 * The messages of an event as one body, a line each. uri: `cloudwatchlogs:<group>/<stream>@<id of the first event>`, the
 * same when the event comes again. Its chunks throw DecodeError with all that came where that is no payload.
 */
export async function* cloudWatchLogsBodies({ awslogs: { data } }: LambdaEvent): AsyncGenerator<Body> {
  try {
    const payload = payloadOf(data);
    const lines = messages(payload);
    const chunks = one(Buffer.from(`${lines.join('\n')}\n`));
    if (lines.length > 0) yield { uri: uriOf(payload), isFixed: true, chunks, times: perLine(lines, timesOf(payload)) };
  } catch (cause) {
    const error = new DecodeError(
      'the event holds no messages of CloudWatch Logs',
      {},
      { cause, raw: Buffer.from(data) },
    );
    yield { uri: `cloudwatchlogs:${createHash('sha1').update(data).digest('hex')}`, chunks: broken(error) };
  }
}

/** A message may have several lines; each has the message's time. */
export const perLine = (lines: readonly string[], times: readonly number[]): number[] =>
  lines.flatMap((line, i) => line.split('\n').map(() => times[i]));

function payloadOf(data: string): Payload {
  const value: unknown = JSON.parse(
    gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: MAX_PAYLOAD_BYTES }).toString(),
  );
  if (!isPayload(value)) throw new DecodeError('no messageType or logEvents');
  return value;
}

function uriOf({ logGroup, logStream, logEvents: [first] }: Payload): string {
  return `cloudwatchlogs:${logGroup}/${logStream}@${isRecord(first) ? first.id : ''}`;
}

// biome-ignore lint/correctness/useYield: what is broken has no chunks
async function* broken(error: DecodeError): AsyncGenerator<Chunk> {
  throw error;
}
