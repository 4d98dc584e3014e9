/**
 * OpenSearch: each document once into the index of its own day or month and, for things that have a state, the newest
 * state into one more index. One line of action and one of document each:
 * `{"create":{"_index":"aws-flowlogs-2026.11.24","_id":"…"}}`,
 * `{"index":{"_index":"aws-findings-current","_id":"…","version":1795527638000,"version_type":"external"}}`.
 * A copy stays out of the newest states, and may have indices of its own.
 * A repeat has the same id: `create` answers 409 then, which is as good as taken.
 * https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
 */
import { ResponseError } from '@opensearch-project/opensearch/lib/errors.js';
import { ConfigError, messageOf } from '../errors.ts';
import type { Batch, Delivery, Index, Rejected, Sink, Text } from '../model.ts';
import { appendId, bounded } from '../text/id.ts';
import { type Literal, literal } from '../text/text.ts';
import { deliveryOf, FILTER_PATH } from './bulk.ts';
import { type ClientOptions, type Exchange, sender } from './client.ts';
import { gzip } from './gzip.ts';
import { retryAfter } from './retryafter.ts';

export interface OpenSearchOptions extends ClientOptions {
  readonly index: Index;
  readonly maxBytes?: number | undefined;
  /** Of one request, its answer included. */
  readonly timeoutMs?: number | undefined;
}

/** Small instance types take 10 MiB. */
const MAX_BYTES = 5 << 20;
const TIMEOUT_MS = 30_000;

/** A document must hold no line break. Throws ConfigError for an address that is none. */
export function opensearch(options: OpenSearchOptions): Sink {
  const { index, maxBytes = MAX_BYTES } = options;
  return { name: 'opensearch', maxBytes, append: writer(index), send: deliverer(asker(options), index) };
}

const DAY = 86_400_000;
/** Length of `2026-11-24` that names the period. */
const PERIODS: Readonly<Record<Index['period'], number>> = { day: 10, month: 7 };
const END = literal('"}}\n');

function writer(index: Index): Sink['append'] {
  const create = creation(index);
  const copy = creation({ ...index, name: index.copies ?? index.name });
  const update = index.current === undefined ? undefined : `{"index":{"_index":${JSON.stringify(index.current)},"_id":`;
  return (text, facts, from, doc) => {
    text.literal((facts.copy ? copy : create)(facts.time));
    appendId(text, facts, from);
    text.literal(END);
    line(text, doc);
    if (update === undefined || facts.current === '' || facts.copy) return;
    const id = JSON.stringify(bounded(facts.current));
    text.string(`${update}${id},"version":${facts.version},"version_type":"external"}}\n`);
    line(text, doc);
  };
}

/** The action up to the id, made once a day of the records' own time. */
function creation({ name, period }: Index): (time: number) => Literal {
  const made = new Map<number, Literal>();
  let lastDay = Number.NaN;
  let last: Literal;
  const make = (day: number) => {
    // a time that no calendar has: the document's own is refused as well, and that is told
    const isDate = day >= 0 && day < 2_932_897;
    const date = new Date(isDate ? day * DAY : 0).toISOString().slice(0, PERIODS[period]).replaceAll('-', '.');
    const action = literal(`{"create":{"_index":"${name}-${date}","_id":"`);
    made.set(day, action);
    return action;
  };
  return (time) => {
    const day = Math.floor(time / DAY);
    if (day !== lastDay) {
      last = made.get(day) ?? make(day);
      lastDay = day;
    }
    return last;
  };
}

function line(text: Text, doc: Text): void {
  text.append(doc.slice());
  text.byte(10);
}

/** Consecutive records of a batch: from `first` to before `end`. */
interface Range {
  readonly first: number;
  readonly end: number;
}

/** A Delivery of some records by their own numbers, or: something in there, or the whole, is not acceptable. */
type Answer = Delivery | { readonly refused: string };

type Ask = (batch: Batch, actions: readonly number[], signal: AbortSignal) => Promise<Answer>;

/** Halves what is refused as a whole until the record that is to blame stands alone. */
function deliverer(ask: Ask, index: Index): Sink['send'] {
  return async (batch, signal) => {
    const sum = { accepted: 0, retry: [] as number[], rejected: [] as Rejected[] };
    const open: Range[] = [{ first: 0, end: batch.count }]; // the next one last
    for (let range = open.pop(); range !== undefined; range = open.pop()) {
      const { first, end } = range;
      if (first === end) continue;
      const part = end - first === batch.count ? batch : batch.pick(numbers([range]));
      const answer = await ask(part, actionsOf(part, index), signal);
      if (!('refused' in answer)) {
        add(sum, answer, first);
        // who is busy gets no further half
        if (answer.retry.length > 0) {
          sum.retry.push(...numbers(open.reverse()));
          return { ...answer, ...sum };
        }
      } else if (end - first === 1) {
        sum.rejected.push({ at: first, reason: answer.refused });
      } else {
        const middle = (first + end) >> 1;
        open.push({ first: middle, end }, { first, end: middle });
      }
    }
    return sum;
  };
}

function add(
  sum: { accepted: number; retry: number[]; rejected: Rejected[] },
  delivery: Delivery,
  first: number,
): void {
  sum.accepted += delivery.accepted;
  for (const at of delivery.retry) sum.retry.push(first + at);
  for (const { at, reason } of delivery.rejected) sum.rejected.push({ at: first + at, reason });
}

const numbers = (ranges: readonly Range[]): number[] =>
  ranges.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, i) => first + i));

/** How many actions each record has: two lines each. */
function actionsOf(batch: Batch, { current }: Index): number[] {
  return Array.from({ length: batch.count }, (_, at) => (current === undefined ? 1 : lines(batch.slice(at)) / 2));
}

function lines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

/** Too large for it, or one of its actions is malformed and the others were not looked at. */
const REFUSED = new Set([400, 413]);

/** One request. Throws ConfigError of the login's; nothing else. */
function asker(options: OpenSearchOptions): Ask {
  const { timeoutMs = TIMEOUT_MS } = options;
  const send = sender(options);
  const { host } = new URL(options.url);
  return async (batch, actions, signal) => {
    const later = (reason: string): Delivery => ({
      accepted: 0,
      retry: actions.map((_, at) => at),
      rejected: [],
      reason: `${host}: ${reason}`,
    });
    try {
      const { body, headers } = await send(bulk(await gzip(batch.text.slice())), timeoutMs, signal);
      const delivery = deliveryOf(body, actions);
      return delivery === undefined ? later('the answer does not fit the request') : waiting(delivery, headers);
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      if (!(error instanceof ResponseError)) return later(messageOf(error));
      const reason = `${error.statusCode} ${said(error.body)}`;
      return REFUSED.has(error.statusCode!) ? { refused: reason } : waiting(later(reason), error.headers);
    }
  };
}

function bulk(body: Buffer): Exchange {
  const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
  return { method: 'POST', path: '/_bulk', querystring: { filter_path: FILTER_PATH }, headers, body };
}

function waiting(delivery: Delivery, headers: Readonly<Record<string, unknown>> | null): Delivery {
  const waitMs = retryAfter(headers?.['retry-after']);
  return waitMs === undefined || delivery.retry.length === 0 ? delivery : { ...delivery, waitMs };
}

/** Of an error's body: `{"error":{"type":…,"reason":…}}`, or what a proxy before it says. */
function said(body: unknown): string {
  const error = (body as { error?: unknown } | null)?.error ?? body;
  const { type, reason } = (error ?? {}) as { type?: unknown; reason?: unknown };
  const text = type === undefined ? (typeof error === 'string' ? error : JSON.stringify(error)) : `${type}: ${reason}`;
  return text.slice(0, 300);
}
