/**
 * Records as Firehose writes them to S3 when they came to it inside of something, one after another with or without a
 * newline: payloads of CloudWatch Logs, `{"messageType","logEvents":[{"message"}]}`, and flow logs that were sent to it
 * directly, `{"message":"2 123456789012 eni-…"}`.
 * https://docs.aws.amazon.com/firehose/latest/dev/writing-with-cloudwatch-logs.html
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-firehose.html
 */
import { isUtf8 } from 'node:buffer';
import { json } from '../decode/json.ts';
import { DecodeError } from '../errors.ts';
import { MAX_PAYLOAD_BYTES } from '../limits.ts';
import type { Bytes, Chunk, Page } from '../model.ts';
import { isPayload, messages, perLine, timesOf } from './cloudwatchlogs.ts';
import { isRecord } from './message.ts';

/** Whether what begins like this may be wrapped. A record of some other kind may begin with `message` too: `opened` decides. */
export const isWrapped = (head: Chunk): boolean =>
  /^\s*\{\s*"(messageType|owner|message)"\s*:\s*"/.test(Buffer.from(head).toString('latin1'));

const records = json({ maxRecordBytes: MAX_PAYLOAD_BYTES });

/**
 * The messages, a line each. What is not wrapped is passed on as it is, for the source to judge.
 * `open`: what one record holds. Default: as Firehose wraps.
 */
export async function* unwrapped(
  chunks: AsyncIterable<Chunk>,
  open: Open = opened,
  times?: number[],
): AsyncGenerator<Chunk> {
  for await (const page of records(chunks)) {
    const lines = [...linesOf(page, (record) => open(record, times))];
    if (lines.length > 0) yield Buffer.concat(lines);
  }
}

const NEWLINE = Buffer.from('\n');

/** `times`: takes when each line was logged, epoch milliseconds, NaN where nothing says so. */
type Open = (record: Bytes, times?: number[]) => readonly string[];

function* linesOf(page: Page<Bytes>, open: (record: Bytes) => readonly string[]): Generator<Uint8Array> {
  for (;;) {
    try {
      const record = page.next();
      if (record === undefined) return;
      const { bytes, start, end } = record;
      if (isUtf8(bytes.subarray(start, end))) for (const line of open(record)) yield Buffer.from(`${line}\n`);
      else yield* [bytes.slice(start, end), NEWLINE]; // as text it would be another one
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      if (error.raw !== undefined) yield* [error.raw, NEWLINE];
    }
  }
}

function opened({ bytes, start, end }: Bytes, times?: number[]): readonly string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
  const value = parsed(text);
  if (isPayload(value)) {
    const lines = messages(value);
    if (lines.length > 0) times?.push(...perLine(lines, timesOf(value)));
    return lines;
  }
  times?.push(Number.NaN);
  return isMessage(value) ? [value.message] : [text];
}

/** Firehose's wrap has nothing but the message; a finding in OCSF has more fields beside it. */
const isMessage = (value: unknown): value is { readonly message: string } =>
  isRecord(value) && typeof value.message === 'string' && Object.keys(value).length === 1;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the brackets fit, but it is no JSON: the source says so
  }
}
