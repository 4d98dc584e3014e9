/**
 * What a Lambda is invoked with and what it answers: a batch of SQS messages, messages of CloudWatch Logs, or any other event
 * directly. Which one it is shows in the event.
 */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Item } from '../model.ts';
import { cloudWatchLogsBodies, isCloudWatchLogs } from './cloudwatchlogs.ts';
import { isRecord, opened } from './message.ts';
import { replayed } from './replayed.ts';
import { type Bodies, batchItemFailures, contentKey, sqsItems } from './sqs.ts';

/**
 * An item for each SQS message; an event that came directly is the only item. `bodies`: of all but CloudWatch Logs.
 * `keptIn`: where rejects are replayed from; undefined: from nowhere.
 */
export function items(event: unknown, bodies: Bodies, keptIn?: string): readonly Item[] {
  if (isSqs(event)) return sqsItems(event, replayed(orMessages(bodies), keptIn));
  const key = () => contentKey(JSON.stringify(event));
  if (isCloudWatchLogs(event)) return [{ id: 'cloudwatchlogs', key, bodies: () => cloudWatchLogsBodies(event) }];
  return [{ id: idOf(event), key, bodies: (signal) => bodies(event, signal) }];
}

/** What CloudWatch Logs sent and no invocation could collect comes again in a message. */
const orMessages =
  (others: Bodies): Bodies =>
  (message, signal) => {
    const { value, isAnnouncement } = opened(message);
    return isCloudWatchLogs(value) && !isAnnouncement ? cloudWatchLogsBodies(value) : others(message, signal);
  };

/**
 * Tells SQS which messages failed. Throws the error of a direct event, so that Lambda tries it again.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function answer(
  event: unknown,
  outcomes: readonly { id: string; error?: unknown }[],
): SQSBatchResponse | undefined {
  if (isSqs(event)) return batchItemFailures(outcomes);
  const failed = outcomes.find(({ error }) => error !== undefined);
  if (failed !== undefined) throw failed.error;
  return undefined;
}

const isSqs = (event: unknown): event is SQSEvent =>
  isRecord(event) && Array.isArray(event.Records) && event.Records.some((record) => record?.eventSource === 'aws:sqs');

const idOf = (event: unknown): string => (isRecord(event) && typeof event.id === 'string' ? event.id : 'direct');
