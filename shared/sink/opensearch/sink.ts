/**
 * OpenSearch: each document once into the index of its own day or month and, for things that have a state, the newest
 * state into one more index. One line of action and one of document each:
 * `{"create":{"_index":"aws-flowlogs-2026.11.24","_id":"…"}}`,
 * `{"index":{"_index":"aws-findings-current","_id":"…","version":1795527638000,"version_type":"external_gte"}}`.
 * A copy stays out of the newest states, and may have indices of its own.
 * A repeat has the same id: `create` answers 409 then, which is as good as taken. What comes after its index was closed to
 * writing goes to another (late.ts).
 * https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
 */
import { ResponseError } from '@opensearch-project/opensearch/lib/errors.js';
import { ConfigError, messageOf } from '../../errors.ts';
import type { Batch, Delivery, Index, Rejected, Sink, Text } from '../../model.ts';
import { appendId, bounded } from '../../text/id.ts';
import { literal } from '../../text/text.ts';
import { halving, numbersIn, type Part, type Range } from '../delivery/halving.ts';
import { retryAfter } from '../delivery/retryafter.ts';
import { creation } from './action.ts';
import { type BulkDelivery, deliveryOf, FILTER_PATH } from './bulk.ts';
import { type ClientOptions, type Exchange, sender } from './client.ts';
import { type ContentEncoding, inGzip, type SendEncoded } from './encoding.ts';
import { classify, describe, type Fault } from './fault.ts';
import { type Answer, type Ask, diverting, type LateOptions } from './late.ts';
import { isUnanswered, NO_ANSWER, type Send, suspicious, UNANSWERED } from './unanswered.ts';

export interface OpenSearchOptions extends ClientOptions, LateOptions {
  readonly index: Index;
  readonly maxBytes?: number | undefined;
  /** Of one request, its answer included. */
  readonly timeoutMs?: number | undefined;
  /** Its batches got no answer before: look for the record to blame at the first request, instead of the second. */
  readonly isSuspect?: boolean;
  /** Default: in gzip. */
  readonly encoded?: SendEncoded | undefined;
}

/** Small instance types take 10 MiB. */
const MAX_BYTES = 5 << 20;
const TIMEOUT_MS = 30_000;

/** A document must hold no line break. Throws ConfigError for an address that is none. */
export function opensearch(options: OpenSearchOptions): Sink {
  const { index, maxBytes = MAX_BYTES, late, now } = options;
  const ask = diverting(asker(options), { late, now });
  return { name: 'opensearch', maxBytes, append: writer(index), send: deliverer(ask, options) };
}

const END = literal('"}}\n');

function writer(index: Index): Sink['append'] {
  const create = creation(index);
  const ofPart = parts(index);
  const copy = creation({ ...index, name: index.copies ?? index.name });
  const update = index.current === undefined ? undefined : `{"index":{"_index":${JSON.stringify(index.current)},"_id":`;
  return (text, facts, from, doc) => {
    text.literal((facts.part !== '' ? ofPart(facts.part) : facts.copy ? copy : create)(facts.time));
    appendId(text, facts, from);
    text.literal(END);
    line(text, doc);
    if (update === undefined || facts.current === '' || facts.copy) return;
    const id = JSON.stringify(bounded(facts.current));
    text.string(`${update}${id},"version":${facts.version},"version_type":"external_gte"}}\n`);
    line(text, doc);
  };
}

/** Actions for `<name>-<part>-<date>`, made once for each part. */
function parts(index: Index): (part: string) => ReturnType<typeof creation> {
  const made = new Map<string, ReturnType<typeof creation>>();
  return (part) => {
    const known = made.get(part) ?? creation({ ...index, name: `${index.name}-${part}` });
    made.set(part, known);
    return known;
  };
}

function line(text: Text, doc: Text): void {
  text.append(doc.slice());
  text.byte(10);
}

function deliverer(ask: Ask<Delivery>, options: OpenSearchOptions): Sink['send'] {
  const { index, timeoutMs = TIMEOUT_MS, isSuspect = false } = options;
  const halve = halving();
  /** They got no answer. */
  const unanswered = new WeakSet<Batch>();
  return async (batch, signal) => {
    const sum: Sum = { accepted: 0, retry: [], rejected: [], last: {} };
    const sender = (sum: Sum) => rangeSender(batch, sum, (part, ms) => ask(part, actionsOf(part, index), signal, ms));
    const send = sender(sum);
    const canary = sender({ ...sum, retry: [], rejected: [] });
    const isKnown = isSuspect || unanswered.has(batch);
    const attempt = isKnown ? suspicious(batch, send, canary, timeoutMs) : untilUnanswered(send, timeoutMs);
    const { rejected, retry, reason } = await halve(batch, async (range) => {
      const part = await attempt(range);
      if (part.kind === 'stop' && sum.isUnanswered) {
        unanswered.add(batch);
        sum.retry.push(...numbersIn([range]));
      }
      return part;
    });
    const open = [...sum.retry, ...retry].sort((a, b) => a - b);
    const why = reason === undefined ? {} : { reason };
    return { ...sum.last, ...why, accepted: sum.accepted, retry: open, rejected: [...sum.rejected, ...rejected] };
  };
}

/** What became of a batch so far. */
interface Sum {
  accepted: number;
  retry: number[];
  rejected: Rejected[];
  last: Partial<Delivery>;
  /** The last request got no answer. */
  isUnanswered?: boolean;
}

/** Sends ranges of a batch and adds up what became of their records. */
function rangeSender(batch: Batch, sum: Sum, ask: (part: Batch, timeoutMs: number) => Promise<Answer<Delivery>>): Send {
  return async (range, timeoutMs) => {
    const { first, end } = range;
    const part = end - first === batch.count ? batch : batch.pick(numbersIn([range]));
    const answer = await ask(part, timeoutMs);
    sum.isUnanswered = 'unanswered' in answer;
    if ('unanswered' in answer) {
      sum.last = { reason: answer.unanswered };
      return { kind: 'unanswered', reason: answer.unanswered };
    }
    if ('refused' in answer) return { kind: 'refused', ...answer.refused };
    add(sum, answer, first);
    if (answer.retry.length === 0) return { kind: 'settled' };
    sum.last = answer;
    return { kind: 'stop' }; // who is busy gets no further half
  };
}

/** Who does not answer is not asked again for now. */
const untilUnanswered =
  (send: Send, timeoutMs: number) =>
  async (range: Range): Promise<Part> => {
    const sent = await send(range, timeoutMs);
    return sent.kind === 'unanswered' ? { kind: 'stop' } : sent;
  };

function add(sum: Sum, delivery: Delivery, first: number): void {
  sum.accepted += delivery.accepted;
  for (const at of delivery.retry) sum.retry.push(first + at);
  for (const { at, reason } of delivery.rejected) sum.rejected.push({ at: first + at, reason });
}

/** How many actions each record has: two lines each. */
function actionsOf(batch: Batch, { current }: Index): number[] {
  return Array.from({ length: batch.count }, (_, at) => (current === undefined ? 1 : lines(batch.slice(at)) / 2));
}

function lines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

/** The request is too large, or one action is malformed and the others were not looked at. */
const REFUSED = new Set([400, 413]);

/** One request. Throws ConfigError of the login's; nothing else. */
function asker(options: OpenSearchOptions): Ask<BulkDelivery> {
  const send = sender(options);
  const { host } = new URL(options.url);
  const isServerless = options.auth.kind === 'aoss';
  const encoded = (!isServerless && options.encoded) || inGzip;
  return async (batch, actions, signal, timeoutMs) => {
    const later = (reason: string): BulkDelivery => ({
      accepted: 0,
      retry: actions.map((_, at) => at),
      rejected: [],
      reroute: [],
      reason: `${host}: ${reason}`,
    });
    try {
      const patience = isServerless ? {} : { timeout: `${Math.round(timeoutMs * PATIENCE)}ms` };
      const request = (body: Buffer, encoding: ContentEncoding) =>
        send(bulk(body, encoding, patience), timeoutMs, signal);
      const { body, headers } = await encoded(batch.text.slice(), request);
      const delivery = deliveryOf(body, actions);
      return delivery === undefined ? later('the answer does not fit the request') : waiting(delivery, headers);
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      const isLost = !signal.aborted && isUnanswered(error);
      if (isLost) return { unanswered: `${host}: ${NO_ANSWER}: ${messageOf(error)}` };
      if (!(error instanceof ResponseError)) return later(messageOf(error));
      const fault = faultOf(error);
      if (UNANSWERED.has(fault.status)) return { unanswered: `${host}: ${NO_ANSWER}: ${fault.status} ${fault.reason}` };
      const found = classify(fault);
      const reason = describe(fault, found);
      if (found.action !== 'reject' || !REFUSED.has(fault.status))
        return waiting({ ...later(reason), ...(found.busy && { busy: true }) }, error.headers);
      return { refused: { reason, isTooLarge: fault.status === 413, isForeign: fault.type === undefined } };
    }
  };
}

/**
 * Of a request's time, what OpenSearch may wait for shards that can't be written: then it says so, instead of saying nothing.
 * By its own it waits for a minute.
 */
const PATIENCE = 2 / 3;

function bulk(body: Buffer, encoding: ContentEncoding, more: Exchange['querystring']): Exchange {
  const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': encoding };
  return { method: 'POST', path: '/_bulk', querystring: { filter_path: FILTER_PATH, ...more }, headers, body };
}

function waiting(delivery: BulkDelivery, headers: Readonly<Record<string, unknown>> | null): BulkDelivery {
  const waitMs = retryAfter(headers?.['retry-after']);
  return waitMs === undefined || delivery.retry.length === 0 ? delivery : { ...delivery, waitMs };
}

/** Of an error's body: `{"error":{"type":…,"reason":…}}`, or what a proxy before it says. */
function faultOf({ statusCode, body }: ResponseError): Fault {
  const error = (body as { error?: unknown } | null)?.error ?? body;
  const { type, reason } = (error ?? {}) as { type?: unknown; reason?: unknown };
  const status = statusCode!;
  if (typeof type === 'string') return { status, type, reason: String(reason).slice(0, 300) };
  return { status, reason: (typeof error === 'string' ? error : JSON.stringify(error)).slice(0, 300) };
}
