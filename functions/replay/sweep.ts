/**
 * Spilled objects whose message has expired get another one: SQS keeps a message for 14 days, an outage may last longer. Remembers
 * the last sweep, so that an object gets one message every 14 days: `{"at":"2026-11-24T13:40:38.123Z"}`.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { DeliveryError } from '../../shared/errors.ts';
import { isRecord, opened } from '../../shared/input/message.ts';
import { announcement } from '../../shared/input/s3.ts';
import { readState, writeState } from '../../shared/input/state.ts';
import { pagesOf } from '../../shared/listing.ts';

export interface SweepTools {
  readonly s3: Pick<S3Client, 'send'>;
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly bucket: string;
  /** Of the keys of spilled objects, without a slash at its end. */
  readonly prefix: string;
  readonly queueUrl: string;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const RETENTION_MS = 14 * 86_400_000; // resources/source/queue.yml
const STATE = 'state/replay-sweep.json';
const MAX_ENTRIES = 10; // of one request

/** Whether a message asks for a sweep: what the schedule in resources.yml sends. */
export function isSweep(message: string): boolean {
  const { detail } = opened(message).value;
  return isRecord(detail) && detail.sweep === true;
}

/** Gives how many messages were sent. Rejects with what S3 and SQS say; the next sweep then does the same. */
export async function sweep(tools: SweepTools, signal: AbortSignal): Promise<number> {
  const { s3, bucket, now = Date.now } = tools;
  const place = { bucket, key: STATE };
  const until = now();
  const since = sinceIn(await readState(s3, place, signal));
  let open: string[] = [];
  let sent = 0;
  for await (const { key, modified } of spilled(tools, signal)) {
    if (!isDue(modified, since, until)) continue;
    open.push(JSON.stringify(announcement({ bucket, key, size: undefined })));
    if (open.length < MAX_ENTRIES) continue;
    sent += await send(open, tools, signal);
    open = [];
  }
  if (open.length > 0) sent += await send(open, tools, signal);
  await writeState(s3, place, { at: new Date(until).toISOString() }, signal);
  return sent;
}

function sinceIn(state: unknown): number {
  const at = Date.parse(String(isRecord(state) ? state.at : ''));
  return Number.isNaN(at) ? 0 : at;
}

/** Whether the object became 14, 28, … days old between the last sweep and this one. Epoch milliseconds. */
const isDue = (modified: number, since: number, until: number): boolean =>
  Math.floor((until - modified) / RETENTION_MS) > Math.max(0, Math.floor((since - modified) / RETENTION_MS));

async function* spilled({ s3, bucket: Bucket, prefix }: SweepTools, signal: AbortSignal) {
  for await (const { Contents = [] } of pagesOf(s3, { Bucket, Prefix: `${prefix}/` }, () => signal)) {
    for (const { Key: key = '', LastModified } of Contents) {
      yield { key, modified: LastModified?.getTime() ?? 0 };
    }
  }
}

async function send(bodies: readonly string[], { sqs, queueUrl }: SweepTools, abortSignal: AbortSignal) {
  const Entries = bodies.map((MessageBody, i) => ({ Id: String(i), MessageBody }));
  const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries });
  const { Failed: [failed] = [] } = await sqs.send(command, { abortSignal });
  if (failed !== undefined) throw new DeliveryError('SQS did not take a message', { code: failed.Code });
  return bodies.length;
}
