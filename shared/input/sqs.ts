/**
 * SQS in front of a Lambda: each message is an item, and only those that failed come again.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
import { createHash } from 'node:crypto';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Body, Item } from '../model.ts';
import { objects } from './s3.ts';

/** What a message's bodies are. Throws ReadError where the message is not what the source expects. */
export type Bodies = (message: unknown, signal: AbortSignal) => AsyncIterable<Body>;

/**
 * Messages are looked at when their turn comes, so that a broken one fails alone. Small objects go first, and what came before
 * goes last, so that a long object takes no time from the others.
 */
export const sqsItems = ({ Records }: SQSEvent, bodies: Bodies): readonly Item[] =>
  Records.map((record) => ({ ...record, isRepeat: Number(record.attributes?.ApproximateReceiveCount) > 1 }))
    .map((record) => ({ ...record, size: sizeOf(record.body) }))
    .sort((a, b) => Number(a.isRepeat) - Number(b.isRepeat) || a.size - b.size)
    .map(({ messageId: id, body, isRepeat }) => ({
      id,
      isRepeat,
      key: () => contentKey(body),
      uris: () => urisIn(body),
      bodies: (signal) => bodies(body, signal),
    }));

/** A message that is moved out of a dead-letter queue gets another id; its text stays. */
export const contentKey = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Empty where the message announces none. */
function urisIn(message: string): readonly string[] {
  try {
    return objects(message).map(({ bucket, key }) => `s3://${bucket}/${key}`);
  } catch {
    return []; // the error of its turn says what it is
  }
}

/** Bytes of the objects that a message announces, as they are stored; 0 where it says nothing of it. */
function sizeOf(message: string): number {
  try {
    return objects(message).reduce((sum, { size = 0 }) => sum + size, 0);
  } catch {
    return 0; // another kind of message, or a broken one, which fails in its turn
  }
}

export const batchItemFailures = (outcomes: readonly { id: string; error?: unknown }[]): SQSBatchResponse => ({
  batchItemFailures: outcomes.filter(({ error }) => error !== undefined).map(({ id }) => ({ itemIdentifier: id })),
});
