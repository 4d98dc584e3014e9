/** Reads a body: decodes its records, writes each one's document and gives it to the router. */
import { DecodeError, ReadError } from '../errors.ts';
import type { Body, OpenRecords, Page, SinkName, Source } from '../model.ts';
import { Text } from '../text/text.ts';
import { blank, clear } from './facts.ts';
import { gcIfGrown } from './gc.ts';
import type { Outcome } from './outcome.ts';
import { END } from './progress.ts';
import { waiting } from './ranges.ts';
import type { RejectPolicy } from './rejectpolicy.ts';
import type { Rejects } from './rejects.ts';
import type { Router } from './router.ts';

export interface ReaderTools<R> {
  readonly router: Router<R>;
  readonly policy: RejectPolicy<R>;
  readonly rejects: Rejects;
  readonly signal: AbortSignal;
}

/** How a body is read, and how far it was. */
export interface Turn {
  /** Number of the last record that was read before. */
  readonly after: number;
  /** Records up to there that are still to be accounted for. */
  readonly open?: OpenRecords | undefined;
  /** Nothing of it could be read before: who has not got the reject (`none`) or the event about it. */
  readonly unrouted?: OpenRecords | undefined;
  /** Epoch milliseconds after which a body that can be read again is left. */
  readonly until: number;
  /** Number of the last record that was read. */
  seq: number;
  /** Nothing of it could be read. */
  isUnrouted: boolean;
}

/**
 * `item`: the caller's number. Out: true where the body was left before its end.
 * Throws ConfigError and what reading throws.
 */
export type ReadBody = (body: Body, item: number, outcome: Outcome, turn: Turn) => Promise<boolean>;

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
  /** Number of the last record that was read before, and the sinks that wait for one of those. */
  readonly after: number;
  readonly waiting: (seq: number) => readonly SinkName[];
  readonly turn: Turn;
}

/** Whether a record is still to be accounted for; 0 is the rest of a broken body. */
const isDue = ({ after, waiting }: Reading, seq: number): boolean =>
  seq > after || (seq === 0 && after < END) || waiting(seq).length > 0;

export function reader<R>(source: Source<R>, tools: ReaderTools<R>): ReadBody {
  const { router, policy, rejects, signal } = tools;
  const readPage = pageReader(source, tools);

  async function readPages({ chunks }: Body, reading: Reading, outcome: Outcome): Promise<boolean> {
    const { uri, before, after, turn, wanted } = reading;
    for await (const page of source.decode(chunks, uri)) {
      while (readPage(page, reading, outcome)) await router.sendFull();
      // not one of which nothing is known yet: it may be no object of the source
      if (policy.isSettled()) turn.seq = page.seq + before;
      if (Date.now() >= turn.until && page.seq > after && policy.isSettled()) return true;
      if (rejects.isFull()) await rejects.flush();
      gcIfGrown();
      if (signal.aborted) throw new ReadError('the time of the invocation is over', { uri }, signal.reason);
      if (wanted?.size === 0) break;
    }
    return false;
  }

  return async (body, item, outcome, turn) => {
    const { uri, stays = false, seq: first, only, sink, times } = body;
    const { after, open } = turn;
    const wanted = only && new Set(only);
    router.begin(item, outcome, sink);
    policy.begin(item, outcome, stays && wanted === undefined && after === 0, turn.unrouted);
    const reading: Reading = {
      uri,
      before: (first ?? 1) - 1,
      isPiece: first !== undefined,
      wanted,
      times,
      after,
      waiting: waiting(open),
      turn,
    };
    let isLeft = false;
    let missing = new DecodeError('the object holds no such record any more');
    try {
      isLeft = await readPages(body, reading, outcome);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      missing = error;
      if (wanted === undefined && isDue(reading, 0)) policy.reject(error, { uri, seq: 0 }); // the rest of the body
    }
    for (const seq of wanted ?? []) if (isDue(reading, seq)) policy.reject(missing, { uri, seq });
    turn.isUnrouted = policy.end();
    if (!isLeft) turn.seq = END;
    return isLeft;
  };
}

/** Reads records until the page ends (false) or a batch is full (true). Throws ConfigError. */
function pageReader<R>(source: Source<R>, { router, policy }: ReaderTools<R>) {
  const doc = new Text(64 << 10);
  const facts = blank();
  const from: { uri: string; seq: number; time: number | undefined } = { uri: '', seq: 0, time: undefined };
  return (page: Page<R>, reading: Reading, outcome: Outcome): boolean => {
    const { uri, before, isPiece, wanted, times, after } = reading;
    for (;;) {
      let record: R | undefined;
      let to: readonly SinkName[] | undefined;
      try {
        record = page.next();
        if (record === undefined) return false;
        clear(facts);
        from.uri = uri;
        from.seq = page.seq + before;
        from.time = times?.[page.seq - 1];
        if (wanted !== undefined && !wanted.delete(from.seq)) {
          if (isPiece) throw new DecodeError('expected one record, found several');
          continue;
        }
        if (from.seq <= after) {
          to = reading.waiting(from.seq);
          if (to.length === 0) continue;
        }
        doc.length = 0;
        const isRecord = source.write(record, from, doc, facts);
        policy.accept();
        if (!isRecord) continue;
      } catch (error) {
        const seq = page.seq + before;
        const isWanted = record !== undefined || wanted === undefined || wanted.delete(seq);
        if (isWanted && isDue(reading, seq)) policy.reject(error, { uri, seq }, record && { record, facts });
        continue;
      }
      outcome.read++;
      if (facts.time > outcome.newest) outcome.newest = facts.time;
      if (router.route(record, facts, from, doc, to)) return true;
    }
  };
}
