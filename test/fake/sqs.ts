/** SQS by its JSON protocol: queues of messages that one receives, hides and deletes; moving tasks that end at once. */
import { createHash, randomUUID } from 'node:crypto';
import { type Fake, fake } from './server.ts';

export interface Queued {
  readonly id: string;
  readonly body: string;
  /** Epoch milliseconds. */
  readonly sent: number;
  receipt?: string;
}

export interface Sqs extends Fake {
  /** Messages by the queue's address. */
  readonly queues: Map<string, Queued[]>;
  /** Names of the operations asked for. */
  readonly asked: string[];
  /** Whether there are moving tasks. */
  moves: boolean;
  /** Whether a message is refused inside the answer, by its body. */
  refuses: (body: string) => boolean;
  /** Puts a message into a queue. */
  put(url: string, body: string, sent?: number): void;
  bodies(url: string): string[];
}

type Input = Readonly<Record<string, never>> & {
  readonly QueueUrl: string;
  readonly SourceArn: string;
  readonly DestinationArn: string;
  readonly MaxNumberOfMessages?: number;
  readonly Entries: readonly { Id: string; MessageBody: string; ReceiptHandle: string }[];
};

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

export async function sqs(): Promise<Sqs> {
  const server = await fake((request, response, body) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1];
    state.asked.push(operation);
    const answer = operations[operation]?.(JSON.parse(body.toString()), state);
    response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer ?? { __type: 'com.amazon.coral.service#UnsupportedOperation', message: 'no' }));
  });
  const queues = new Map<string, Queued[]>();
  const messages = (url: string) => {
    const found = queues.get(url) ?? [];
    queues.set(url, found);
    return found;
  };
  const state: Sqs = {
    ...server,
    queues,
    asked: [],
    moves: true,
    refuses: () => false,
    put: (url, body, sent = Date.now()) => void messages(url).push({ id: randomUUID(), body, sent }),
    bodies: (url) => messages(url).map((message) => message.body),
  };
  return state;
}

/** The address of a queue by its ARN, whose last part they share. */
const urlOf = (arn: string, { queues }: Sqs): string =>
  [...queues.keys()].find((url) => url.endsWith(`/${arn.split(':').at(-1)}`)) ?? '';

const operations: Readonly<Record<string, (input: Input, state: Sqs) => object | undefined>> = {
  SendMessageBatch({ QueueUrl, Entries }, { put, refuses }) {
    const [Failed, taken] = [true, false].map((is) => Entries.filter((entry) => refuses(entry.MessageBody) === is));
    for (const { MessageBody } of taken) put(QueueUrl, MessageBody);
    return {
      Successful: taken.map(({ Id, MessageBody }) => ({ Id, MessageId: Id, MD5OfMessageBody: md5(MessageBody) })),
      Failed: Failed.map(({ Id }) => ({ Id, Code: 'InternalError', Message: 'Slow down.', SenderFault: false })),
    };
  },
  ReceiveMessage({ QueueUrl, MaxNumberOfMessages = 1 }, { queues }) {
    const visible = (queues.get(QueueUrl) ?? []).filter(({ receipt }) => receipt === undefined);
    const found = visible.slice(0, MaxNumberOfMessages);
    for (const message of found) message.receipt = randomUUID();
    return {
      Messages: found.map(({ id, body, sent, receipt }) => ({
        MessageId: id,
        Body: body,
        MD5OfBody: md5(body),
        ReceiptHandle: receipt,
        Attributes: { SentTimestamp: String(sent) },
      })),
    };
  },
  DeleteMessageBatch({ QueueUrl, Entries }, { queues }) {
    const handles = new Set(Entries.map(({ ReceiptHandle }) => ReceiptHandle));
    queues.set(
      QueueUrl,
      queues.get(QueueUrl)!.filter(({ receipt = '' }) => !handles.has(receipt)),
    );
    return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
  },
  ChangeMessageVisibilityBatch({ QueueUrl, Entries }, { queues }) {
    const handles = new Set(Entries.map(({ ReceiptHandle }) => ReceiptHandle));
    for (const message of queues.get(QueueUrl)!) if (handles.has(message.receipt ?? '')) delete message.receipt;
    return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
  },
  GetQueueAttributes({ QueueUrl }, { queues }) {
    const all = queues.get(QueueUrl) ?? [];
    const hidden = all.filter(({ receipt }) => receipt !== undefined).length;
    return {
      Attributes: {
        QueueArn: `arn:aws:sqs:eu-west-1:123456789012:${QueueUrl.split('/').at(-1)}`,
        ApproximateNumberOfMessages: String(all.length - hidden),
        ApproximateNumberOfMessagesNotVisible: String(hidden),
        ApproximateNumberOfMessagesDelayed: '0',
      },
    };
  },
  StartMessageMoveTask({ SourceArn, DestinationArn }, state) {
    if (!state.moves) return undefined;
    const [from, to] = [SourceArn, DestinationArn].map((arn) => urlOf(arn, state));
    for (const { body, sent } of state.queues.get(from) ?? []) state.put(to, body, sent);
    state.queues.set(from, []);
    return { TaskHandle: 'task' };
  },
  ListMessageMoveTasks: () => ({ Results: [{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 }] }),
};
