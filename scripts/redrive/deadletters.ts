/** A dead-letter queue: what is in it, and back into the queue that it came from. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ListMessageMoveTasksCommand, type SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { look, move, receive, release } from '../aws/queue.ts';
import { isFromAws } from '../command.ts';
import { type Subject, subjectOf } from './subject.ts';

export interface DeadLetters extends Subject {
  readonly messages: number;
  /** Id of the first message, by which the log of the Lambda calls it. */
  readonly id: string;
  /** Epoch milliseconds at which the oldest of the first ten was sent. */
  readonly since: number;
}

const LOOK_SECONDS = 30; // long enough to let go again

/** Undefined: there are none. */
export async function inspect(sqs: SQSClient, QueueUrl: string): Promise<DeadLetters | undefined> {
  const { messages } = await look(sqs, QueueUrl);
  const some = await receive(sqs, QueueUrl, 10, LOOK_SECONDS);
  const [first] = some;
  if (first === undefined) return undefined;
  await release(sqs, QueueUrl, some);
  const times = some.map(({ Attributes }) => Number(Attributes?.SentTimestamp));
  const { MessageId: id = '' } = first;
  return { messages: Math.max(messages, some.length), id, since: Math.min(...times), ...subjectOf(first) };
}

/** Gives how many went. SQS does it by itself where it can and nobody wants only some. */
export async function redrive(sqs: SQSClient, from: string, to: string, max: number | undefined): Promise<number> {
  const { messages } = await look(sqs, from);
  const moved = max === undefined ? await moveAll(sqs, from, to) : undefined;
  return moved ?? moveSome(sqs, from, to, Math.min(messages, max ?? messages));
}

const POLL_MS = 1000;

/** Undefined: SQS does not do this here. */
async function moveAll(sqs: SQSClient, from: string, to: string): Promise<number | undefined> {
  const [source, target] = await Promise.all([look(sqs, from), look(sqs, to)]);
  try {
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: source.arn, DestinationArn: target.arn }));
  } catch (error) {
    if (isFromAws(error)) return undefined;
    throw error;
  }
  for (;;) {
    const command = new ListMessageMoveTasksCommand({ SourceArn: source.arn, MaxResults: 1 });
    const { Results: [task] = [] } = await sqs.send(command);
    if (task?.Status === 'FAILED') throw new Error(`SQS stopped moving messages: ${task.FailureReason}`);
    if (task?.Status !== 'RUNNING') return task?.ApproximateNumberOfMessagesMoved ?? 0;
    await sleep(POLL_MS);
  }
}

const MOVE_SECONDS = 60;

/** At most as many as there were, so that none which fails again meanwhile goes twice. */
async function moveSome(sqs: SQSClient, from: string, to: string, max: number): Promise<number> {
  let moved = 0;
  while (moved < max) {
    const some = await receive(sqs, from, max - moved, MOVE_SECONDS);
    if (some.length === 0) break;
    await move(sqs, from, to, some);
    moved += some.length;
  }
  return moved;
}
