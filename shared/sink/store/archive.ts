/**
 * The archive: events as they came, through Firehose into S3, since EventBridge keeps none. One line each:
 * `{"source":"guardduty","id":"<record id>","time":"2026-11-24T13:40:38.123Z","event":{…}}`.
 * trigger/archived.ts reads them again.
 * https://docs.aws.amazon.com/firehose/latest/dev/basic-write.html
 */
import type { FirehoseClient } from '@aws-sdk/client-firehose';
import { messageOf } from '../../errors.ts';
import type { Batch, Delivery, Rejected, Sink } from '../../model.ts';
import { appendId } from '../../text/id.ts';
import { literal } from '../../text/text.ts';
import { MAX_RECORD, MAX_RECORDS, MAX_REQUEST, put } from './firehose.ts';

export interface ArchiveOptions {
  readonly client: FirehoseClient;
  /** Name of the stream. */
  readonly stream: string;
  /** Name of the source. */
  readonly source: string;
}

/** Records have to be JSON. One too large for Firehose is rejected. */
export const archive = ({ client, stream, source }: ArchiveOptions): Sink => ({
  name: 'archive',
  to: stream,
  maxBytes: MAX_REQUEST,
  append: writer(source),
  send: sender(client, stream),
});

const TIME = literal('","time":"');
const EVENT = literal('","event":');
const END = literal('}\n');

function writer(source: string): Sink['append'] {
  const head = literal(`{"source":${JSON.stringify(source)},"id":"`);
  return (text, facts, from, _doc, raw) => {
    text.literal(head);
    appendId(text, facts, from);
    text.literal(TIME);
    text.instant(facts.time);
    text.literal(EVENT);
    const start = text.length;
    text.append(raw.bytes.subarray(raw.start, raw.end));
    inOneLine(text.bytes.subarray(start, text.length));
    text.literal(END);
  };
}

const SPACE = 32;
const BREAKS = [10, 13];

/** Between the parts of JSON a line break is as good as a space, and inside of them none stands. */
function inOneLine(json: Uint8Array): void {
  for (const c of BREAKS) for (let at = json.indexOf(c); at >= 0; at = json.indexOf(c, at)) json[at] = SPACE;
}

function sender(client: FirehoseClient, stream: string): Sink['send'] {
  return async (batch, signal) => {
    const rejected = tooLarge(batch);
    const large = new Set(rejected.map(({ at }) => at));
    const open = Array.from({ length: batch.count }, (_, at) => at).filter((at) => !large.has(at));
    const later: number[] = [];
    let reason: string | undefined;
    while (open.length > 0) {
      const group = open.splice(0, MAX_RECORDS);
      try {
        const records = group.map((at) => batch.slice(at));
        const taken = await put(client, stream, records, signal);
        later.push(...taken.refused.map((at) => group[at]));
        reason ??= taken.reason;
      } catch (error) {
        later.push(...group, ...open.splice(0));
        reason = messageOf(error);
      }
    }
    return deliveryOf(batch, { retry: later, rejected }, reason);
  };
}

const tooLarge = (batch: Batch): Rejected[] =>
  Array.from({ length: batch.count }, (_, at) => batch.slice(at).length).flatMap((bytes, at) =>
    bytes > MAX_RECORD ? [{ at, reason: `${bytes} bytes are more than Firehose takes` }] : [],
  );

function deliveryOf(
  { count }: Batch,
  { retry, rejected }: Pick<Delivery, 'retry' | 'rejected'>,
  reason: string | undefined,
): Delivery {
  const accepted = count - retry.length - rejected.length;
  return { accepted, retry, rejected, ...(reason !== undefined && { reason }) };
}
