/**
 * SQS in front of a Lambda: each message is an item, and only those that failed come again.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Body, Item } from '../model.ts';

/** What a message's bodies are. Throws ReadError where the message is not what the source expects. */
export type Bodies = (message: unknown, signal: AbortSignal) => AsyncIterable<Body>;

/** Messages are looked at when their turn comes, so that a broken one fails alone. */
export const sqsItems = ({ Records }: SQSEvent, bodies: Bodies): readonly Item[] =>
  Records.map(({ messageId, body }) => ({ id: messageId, bodies: (signal) => bodies(body, signal) }));

export const batchItemFailures = (outcomes: readonly { id: string; error?: unknown }[]): SQSBatchResponse => ({
  batchItemFailures: outcomes.filter(({ error }) => error !== undefined).map(({ id }) => ({ itemIdentifier: id })),
});
