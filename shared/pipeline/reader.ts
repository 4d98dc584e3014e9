/** Reads a body: decodes its records, writes each one's document and gives it to the router. */
import { DecodeError, ReadError } from '../errors.ts';
import type { Body, Page, Source } from '../model.ts';
import { Text } from '../text/text.ts';
import { blank, clear } from './facts.ts';
import { gcIfGrown } from './gc.ts';
import type { Outcome } from './outcome.ts';
import type { RejectPolicy } from './rejectpolicy.ts';
import type { Rejects } from './rejects.ts';
import type { Router } from './router.ts';

export interface ReaderTools<R> {
  readonly router: Router<R>;
  readonly policy: RejectPolicy<R>;
  readonly rejects: Rejects;
  readonly signal: AbortSignal;
}

/**
 * `item`: the caller's number. `after`: number of the last record that is accounted for. `until`: epoch milliseconds after which
 * an object that can be read again is left. Out: number of the last record where it was left; undefined: it was read to its end.
 * Throws ConfigError and what reading throws.
 */
export type ReadBody = (
  body: Body,
  item: number,
  outcome: Outcome,
  turn?: { readonly after: number; readonly until: number },
) => Promise<number | undefined>;

/** The body that is being read. */
interface Reading {
  readonly uri: string;
  /** Number of its first record, less one. */
  readonly before: number;
  /** It is one record out of a body. */
  readonly isPiece: boolean;
  /** Numbers of the records that have not come yet; undefined: all are wanted. */
  readonly wanted: Set<number> | undefined;
  readonly times: readonly number[] | undefined;
  /** Number of the last record that is accounted for. */
  readonly after: number;
  /** Epoch milliseconds. */
  readonly until: number;
}

export function reader<R>(source: Source<R>, tools: ReaderTools<R>): ReadBody {
  const { router, policy, rejects, signal } = tools;
  const readPage = pageReader(source, tools);

  async function readPages({ chunks }: Body, reading: Reading, outcome: Outcome): Promise<number | undefined> {
    for await (const page of source.decode(chunks, reading.uri)) {
      while (readPage(page, reading, outcome)) await router.sendFull();
      // not one of which nothing is known yet: it may be no object of the source
      if (Date.now() >= reading.until && page.seq > reading.after && policy.isSettled()) return page.seq;
      if (rejects.isFull()) await rejects.flush();
      gcIfGrown();
      if (signal.aborted)
        throw new ReadError('the time of the invocation is over', { uri: reading.uri }, signal.reason);
      if (reading.wanted?.size === 0) break;
    }
    return undefined;
  }

  return async (body, item, outcome, { after, until } = { after: 0, until: Number.POSITIVE_INFINITY }) => {
    const { uri, stays = false, seq: first, only, sink, times } = body;
    const wanted = only && new Set(only);
    router.begin(item, outcome, sink);
    policy.begin(item, outcome, stays && wanted === undefined && after === 0);
    let left: number | undefined;
    let missing = new DecodeError('the object holds no such record any more');
    try {
      const reading = { uri, before: (first ?? 1) - 1, isPiece: first !== undefined, wanted, times, after, until };
      left = await readPages(body, reading, outcome);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      missing = error;
      if (wanted === undefined) policy.reject(error, { uri, seq: 0 }); // the rest of the body
    }
    for (const seq of wanted ?? []) policy.reject(missing, { uri, seq });
    policy.end();
    return left;
  };
}

/** Reads records until the page ends (false) or a batch is full (true). Throws ConfigError. */
function pageReader<R>(source: Source<R>, { router, policy }: ReaderTools<R>) {
  const doc = new Text(64 << 10);
  const facts = blank();
  const from: { uri: string; seq: number; time: number | undefined } = { uri: '', seq: 0, time: undefined };
  return (page: Page<R>, { uri, before, isPiece, wanted, times, after }: Reading, outcome: Outcome): boolean => {
    for (;;) {
      let record: R | undefined;
      try {
        record = page.next();
        if (record === undefined) return false;
        clear(facts);
        from.uri = uri;
        from.seq = page.seq + before;
        from.time = times?.[page.seq - 1];
        if (from.seq <= after) continue;
        if (wanted !== undefined && !wanted.delete(from.seq)) {
          if (isPiece) throw new DecodeError('expected one record, found several');
          continue;
        }
        doc.length = 0;
        const isRecord = source.write(record, from, doc, facts);
        policy.accept();
        if (!isRecord) continue;
      } catch (error) {
        const seq = page.seq + before;
        const isUnwanted = seq <= after || (record === undefined && wanted !== undefined && !wanted.delete(seq));
        if (!isUnwanted) policy.reject(error, { uri, seq }, record && { record, facts });
        continue;
      }
      outcome.read++;
      if (facts.time > outcome.newest) outcome.newest = facts.time;
      if (router.route(record, facts, from, doc)) return true;
    }
  };
}
