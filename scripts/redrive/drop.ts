/** Takes messages out of a dead-letter queue whose objects are all gone: no redrive can ever do anything with them. */
import { HeadObjectCommand, NotFound, type S3Client } from '@aws-sdk/client-s3';
import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import { messageOf, ReadError } from '../../shared/errors.ts';
import { isRecord, opened } from '../../shared/input/message.ts';
import { placeOf } from '../../shared/input/replayed.ts';
import { objects } from '../../shared/input/s3.ts';
import { receive, release, remove } from '../aws/queue.ts';

/** What becomes of a message. */
export interface Verdict {
  /** Its objects, or what else it is about. */
  readonly what: string;
  readonly isGone: boolean;
  /** Why it stays. */
  readonly why?: string;
}

export interface DropTools {
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly isDryRun: boolean;
  /** Called for each message. */
  onMessage(verdict: Verdict): void;
}

export interface Dropped {
  readonly dropped: number;
  readonly stay: number;
}

const HIDDEN_SECONDS = 300; // long enough for all of them; at the end those that stay become visible again

/** Looks at each message once. A dry run drops nothing and gives how many would be dropped. */
export async function drop(QueueUrl: string, tools: DropTools): Promise<Dropped> {
  const { sqs, s3, isDryRun, onMessage } = tools;
  const stay: Message[] = [];
  const seen = new Set<string>();
  let dropped = 0;
  try {
    for (;;) {
      const some = await receive(sqs, QueueUrl, 10, HIDDEN_SECONDS);
      const fresh = some.filter(({ MessageId = '' }) => !seen.has(MessageId));
      stay.push(...some.filter((message) => !fresh.includes(message)));
      if (fresh.length === 0) break;
      const gone: Message[] = [];
      for (const message of fresh) {
        seen.add(message.MessageId ?? '');
        const verdict = await judge(s3, message.Body ?? '');
        onMessage(verdict);
        (verdict.isGone ? gone : stay).push(message);
      }
      dropped += gone.length;
      if (isDryRun) stay.push(...gone);
      else if (gone.length > 0) await remove(sqs, QueueUrl, gone);
    }
  } finally {
    await release(sqs, QueueUrl, stay);
  }
  return { dropped, stay: seen.size - dropped };
}

async function judge(s3: S3Client, body: string): Promise<Verdict> {
  let places: readonly Place[];
  try {
    places = placesIn(body);
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    return { what: 'a message without objects', isGone: false, why: error.message };
  }
  const what = places.map(({ bucket, key }) => `s3://${bucket}/${key}`).join(' ');
  if (places.length === 0) return { what: 'a message without objects', isGone: false, why: 'it names no object' };
  for (const place of places) {
    const why = await whyItStays(s3, place);
    if (why !== undefined) return { what, isGone: false, why };
  }
  return { what, isGone: true };
}

interface Place {
  readonly bucket: string;
  readonly key: string;
}

/** Of an announcement or a replay; of anything else none. */
function placesIn(body: string): readonly Place[] {
  const { value } = opened(body);
  const { replay, awslogs } = value;
  if (isRecord(replay)) return [placeOf(String(replay.uri ?? replay.kept))].flatMap((place) => place ?? []);
  const isEvent = typeof value['detail-type'] === 'string' && value.source !== 'aws.s3';
  return isRecord(awslogs) || isEvent ? [] : objects(value);
}

/** Undefined: the object is gone. */
async function whyItStays(s3: S3Client, { bucket, key }: Place): Promise<string | undefined> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return `s3://${bucket}/${key} is still there`;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    // without s3:ListBucket S3 answers 403 for an object that is gone
    return `s3://${bucket}/${key} can't be looked up: ${messageOf(error)}`;
  }
}
