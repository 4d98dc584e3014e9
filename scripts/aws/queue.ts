/** Messages into a queue and out of it. */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';

const MAX_ENTRIES = 10;
const MAX_BYTES = 250_000; // of one request: queues that say nothing else take 256 KiB

type Entry = Omit<SendMessageBatchRequestEntry, 'Id'>;

/** Sends all of them, ten at once. Throws where SQS does not take one, for whatever reason. */
export async function sendAll(client: SQSClient, QueueUrl: string, bodies: readonly string[]): Promise<void> {
  for (const entries of batches(bodies.map((MessageBody) => ({ MessageBody })))) {
    await send(client, QueueUrl, entries);
  }
}

function* batches(entries: readonly Entry[]): Generator<readonly Entry[]> {
  let open: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const length = Buffer.byteLength(entry.MessageBody ?? '');
    if (open.length === MAX_ENTRIES || (open.length > 0 && bytes + length > MAX_BYTES)) {
      yield open;
      open = [];
      bytes = 0;
    }
    open.push(entry);
    bytes += length;
  }
  if (open.length > 0) yield open;
}

async function send(client: SQSClient, QueueUrl: string, entries: readonly Entry[]): Promise<void> {
  const Entries = entries.map((entry, i) => ({ Id: String(i), ...entry }));
  const { Failed: [failed] = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  if (failed !== undefined) throw new Error(`SQS did not take a message: ${failed.Code} ${failed.Message ?? ''}`);
}

const STATES = ['', 'NotVisible', 'Delayed'].map((state) => `ApproximateNumberOfMessages${state}` as const);

/** About how many messages there are, those that are being worked on included, and the queue's ARN. */
export async function look(client: SQSClient, QueueUrl: string): Promise<{ messages: number; arn: string }> {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
  const { Attributes = {} } = await client.send(command);
  const messages = STATES.reduce((sum, name) => sum + Number(Attributes[name as keyof typeof Attributes] ?? 0), 0);
  return { messages, arn: Attributes.QueueArn ?? '' };
}

/** Some of its messages. None: there are none, or others have them. */
export async function receive(client: SQSClient, QueueUrl: string, most: number, hiddenSeconds: number) {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: Math.min(most, MAX_ENTRIES),
      VisibilityTimeout: hiddenSeconds,
      WaitTimeSeconds: 1, // asks every part of the queue
      MessageSystemAttributeNames: ['SentTimestamp'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}

/** Puts messages into another queue, and only then takes them out of theirs. What fails between is there twice. */
export async function move(client: SQSClient, from: string, to: string, messages: readonly Message[]): Promise<void> {
  const entries = messages.map(({ Body, MessageAttributes }) => ({ MessageBody: Body, MessageAttributes }));
  for (const batch of batches(entries)) await send(client, to, batch);
  await client.send(new DeleteMessageBatchCommand({ QueueUrl: from, Entries: entriesOf(messages) }));
}

/** Deletes up to ten messages. Throws where SQS does not delete one. */
export async function remove(client: SQSClient, QueueUrl: string, messages: readonly Message[]): Promise<void> {
  const command = new DeleteMessageBatchCommand({ QueueUrl, Entries: entriesOf(messages) });
  const { Failed: [failed] = [] } = await client.send(command);
  if (failed !== undefined) throw new Error(`SQS did not delete a message: ${failed.Code} ${failed.Message ?? ''}`);
}

/** Makes messages visible again that were received. */
export async function release(client: SQSClient, QueueUrl: string, messages: readonly Message[]): Promise<void> {
  for (let at = 0; at < messages.length; at += MAX_ENTRIES) {
    const some = entriesOf(messages.slice(at, at + MAX_ENTRIES));
    const Entries = some.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  }
}

const entriesOf = (messages: readonly Message[]) =>
  messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
