/**
 * The story of a record: items hand out bodies, a source decodes them into records, writes each one's document and routes
 * it; sinks take them in batches. What can't be decoded or won't ever be taken is quarantined, what is not taken now is
 * spilled; an object of which nothing can be decoded is quarantined by its place, and told of. At the end the books balance,
 * or the item comes again.
 */
import { ConfigError, DecodeError, DeliveryError, messageOf } from '../errors.ts';
import type {
  Body,
  BookEntry,
  Facts,
  Item,
  Ledger,
  Log,
  Metrics,
  Origin,
  Page,
  Quarantine,
  Reject,
  Sink,
  SinkName,
  Source,
  Spill,
} from '../model.ts';
import { Text } from '../text/text.ts';
import { type Lane, lane } from './batcher.ts';
import { blank, clear } from './facts.ts';
import { relieve } from './gc.ts';
import { type Rejects, rejecting } from './rejects.ts';
import { tell, type Unrouted } from './unrouted.ts';

export interface Tools {
  readonly sinks: readonly Sink[];
  /** Whether a sink gets a record that is routed to it. Default: yes. */
  readonly admits?: (sink: SinkName, facts: Facts, from: Origin) => boolean;
  /** For events that tell of objects which are not the source's. Default: none. */
  readonly aside?: readonly Sink[];
  readonly quarantine: Quarantine;
  /** Default: items fail of which a record was not taken. */
  readonly spill?: Spill | undefined;
  /** Is told of the objects that were read. Default: nobody. */
  readonly ledger?: Ledger | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Fires when the time for this work is over: items that are not done by then fail. */
  readonly signal: AbortSignal;
}

/** Records of one item by what became of them. */
export interface Outcome {
  readonly id: string;
  /** Why the item has to come again. */
  error?: unknown;
  read: number;
  /** Quarantined, since they could not be decoded. */
  undecodable: number;
  /** Epoch milliseconds of the newest record; 0: none was read. */
  newest: number;
  readonly books: Partial<Record<SinkName, Book>>;
}

/** One sink's part of an item. Unless the item comes again, read = undecodable + filtered + sent + rejected + spilled. */
export interface Book {
  /** Not routed there, or not admitted. */
  filtered: number;
  sent: number;
  /** Quarantined, since the sink will never take them. */
  rejected: number;
  /** Kept for later, since the sink does not take them now. */
  spilled: number;
}

/**
 * Gives one outcome per item, in their order; what goes wrong with an item is in its outcome.
 * Throws ConfigError where a sink or a source's settings can't ever work.
 */
export async function collect<R>(source: Source<R>, items: Iterable<Item>, tools: Tools): Promise<Outcome[]> {
  const { signal } = tools;
  const outcomes: Outcome[] = [];
  const rejects = rejecting(tools.quarantine, signal, (item, error) => {
    outcomes[item].error ??= error;
  });
  const open = (sink: Sink, isBooked: boolean) =>
    lane(sink, fates(sink.name, source.name, outcomes, rejects, tools, isBooked), tools.spill);
  const lanes = tools.sinks.map((sink) => open(sink, true));
  const unrouted: Unrouted[] = [];
  const finished: (BookEntry & { readonly item: number })[] = [];
  const records = pipe(source, lanes, rejects, unrouted, tools.admits);

  for (const item of items) {
    const books = Object.fromEntries(lanes.map(({ name }) => [name, blankBook()]));
    const outcome: Outcome = { id: item.id, read: 0, undecodable: 0, newest: 0, books };
    const number = outcomes.push(outcome) - 1;
    try {
      signal.throwIfAborted();
      for await (const body of item.bodies(signal)) {
        const before = outcome.read;
        await records(body, number, outcome, signal);
        if (body.stays && body.only === undefined)
          finished.push({ item: number, source: source.name, uri: body.uri, read: outcome.read - before });
      }
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      outcome.error = error;
    }
  }
  await Promise.all(lanes.map((each) => each.flush()));
  await tell(unrouted, tools, (sink) => open(sink, false));
  await rejects.flush();
  for (const outcome of outcomes) report(source.name, outcome, tools);
  for (const { item, ...entry } of finished) if (outcomes[item].error === undefined) tools.ledger?.put(entry);
  await tools.ledger?.flush(signal);
  return outcomes;
}

const blankBook = (): Book => ({ filtered: 0, sent: 0, rejected: 0, spilled: 0 });

/** So much refused and nothing read: the body is not the source's, and its rejects are no longer kept one by one. */
const isEnough = (refused: readonly Reject[]): boolean =>
  refused.length === 20 || refused.reduce((bytes, { raw }) => bytes + raw.length, 0) > 1 << 20;

/** The body that is being read. */
interface Reading {
  readonly uri: string;
  /** Of its first record, less one. */
  readonly before: number;
  readonly isPiece: boolean;
  /** Numbers of records that have not come yet; undefined: all are wanted. */
  readonly wanted: Set<number> | undefined;
  readonly sink: SinkName | undefined;
}

/** Takes a body's records to the lanes. */
function pipe<R>(
  source: Source<R>,
  lanes: readonly Lane[],
  rejects: Rejects,
  unrouted: Unrouted[],
  admits: Tools['admits'] = () => true,
) {
  const doc = new Text(64 << 10);
  const facts = blank();
  const from = { uri: '', seq: 0 };
  const event = (record: R) => source.event?.(record) ?? source.raw(record);
  /** What is refused of a body that stays, until one of its records could be read. */
  let doubts: Reject[] | undefined;

  /** Until the page ends (false) or a batch is full (true). */
  function take(page: Page<R>, reading: Reading, item: number, outcome: Outcome): boolean {
    const { uri, before, isPiece, wanted, sink } = reading;
    const books = lanes.map(({ name }) => outcome.books[name]!);
    for (;;) {
      let record: R | undefined;
      try {
        record = page.next();
        if (record === undefined) return false;
        from.uri = uri;
        from.seq = page.seq + before;
        if (wanted !== undefined && !wanted.delete(from.seq)) {
          if (isPiece) throw new DecodeError('more than one record where one stood');
          continue;
        }
        doc.length = 0;
        clear(facts);
        const isRecord = source.write(record, from, doc, facts);
        if (doubts !== undefined) trust(doubts, item);
        if (!isRecord) continue;
      } catch (error) {
        const seq = page.seq + before;
        const isOther = record === undefined && wanted !== undefined && !wanted.delete(seq);
        if (!isOther) reject(error, { uri, seq }, record, item, outcome);
        continue;
      }
      outcome.read++;
      if (facts.time > outcome.newest) outcome.newest = facts.time;
      const route = source.route(facts);
      let isFull = false;
      for (let i = 0; i < lanes.length; i++) {
        const { name, append } = lanes[i];
        const isFor = route.includes(name) && (sink === undefined || sink === name);
        if (!isFor || !admits(name, facts, from)) books[i].filtered++;
        else if (append(item, facts, from, doc, name === 'archive' ? event(record) : source.raw(record))) isFull = true;
      }
      if (isFull) return true;
    }
  }

  /** Whatever else `next` and `write` throw is about the record: they are pure, so another try would end the same. */
  function reject(error: unknown, from: Origin, record: R | undefined, item: number, outcome: Outcome): void {
    if (error instanceof ConfigError) throw error;
    outcome.read++;
    outcome.undecodable++;
    let raw = error instanceof DecodeError ? error.raw : undefined;
    if (raw === undefined && record !== undefined) {
      const { bytes, start, end } = event(record);
      raw = bytes.slice(start, end);
    }
    const one = { source: source.name, reason: messageOf(error), ...from, raw: raw ?? NO_BYTES };
    if (doubts === undefined) rejects.put(item, one);
    else if (!isEnough(doubts)) doubts.push(one);
  }

  /** A record could be read: the body is the source's, unless enough others said that it is not. */
  function trust(refused: readonly Reject[], item: number): void {
    if (isEnough(refused)) return;
    for (const each of refused) rejects.put(item, each);
    doubts = undefined;
  }

  /** The body is not the source's: what is refused of it is kept where it is. */
  function leave({ reason, raw: first, ...place }: Reject, item: number): void {
    unrouted.push({ ...place, item, reason, first });
    rejects.put(item, { ...place, reason: `not routed: ${reason}`, seq: 0, raw: NO_BYTES });
  }

  return async (body: Body, item: number, outcome: Outcome, signal: AbortSignal): Promise<void> => {
    const { uri, chunks, stays, seq: first, only, sink } = body;
    const wanted = only && new Set(only);
    const reading: Reading = { uri, before: (first ?? 1) - 1, isPiece: first !== undefined, wanted, sink };
    let lost = new DecodeError('no record stands there any more');
    doubts = stays && wanted === undefined ? [] : undefined;
    try {
      for await (const page of source.decode(chunks)) {
        while (take(page, reading, item, outcome)) await Promise.all(lanes.map((each) => each.ship()));
        if (rejects.isFull()) await rejects.flush();
        relieve();
        signal.throwIfAborted();
        if (wanted?.size === 0) break;
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      lost = error;
      if (wanted === undefined) reject(error, { uri, seq: 0 }, undefined, item, outcome); // the rest of the body
    }
    for (const seq of wanted ?? []) reject(lost, { uri, seq }, undefined, item, outcome);
    if (doubts?.[0] !== undefined) leave(doubts[0], item);
  };
}

const NO_BYTES = new Uint8Array();

/** Books what a sink says of each item's records; those that tell of an object are not the item's own. */
function fates(
  sink: SinkName,
  source: string,
  outcomes: readonly Outcome[],
  rejects: Rejects,
  tools: Tools,
  isBooked: boolean,
): Parameters<typeof lane>[1] {
  const book = (item: number, fate: keyof Book, count: number) => {
    if (isBooked) outcomes[item].books[sink]![fate] += count;
  };
  return {
    signal: tools.signal,
    sent: (item, count) => book(item, 'sent', count),
    spilled: (item, count) => book(item, 'spilled', count),
    rejected({ item, uri, seq }, reason, raw) {
      book(item, 'rejected', 1);
      rejects.put(item, { source, sink, reason, uri, seq, raw });
    },
    failed(item, reason) {
      outcomes[item].error ??= new DeliveryError(`${sink}: ${reason}`);
    },
    comesAgain: (item) => outcomes[item].error !== undefined,
    took: (ms) => tools.metrics.add('DeliveryMs', ms, sink),
  };
}

/** Names of the metrics, one for each sink. */
const METRICS: Readonly<Record<keyof Book, string>> = {
  filtered: 'Filtered',
  sent: 'Delivered',
  rejected: 'Rejected',
  spilled: 'Spilled',
};

/** Looks whether the books balance, and tells of the item. */
function report(source: string, outcome: Outcome, { log, metrics }: Tools): void {
  const { id, read, undecodable, newest, books } = outcome;
  metrics.add('Records', read);
  metrics.add('Undecodable', undecodable);
  if (newest > 0) metrics.add('AgeMs', Math.max(0, Date.now() - newest));
  for (const [sink, book] of Object.entries(books) as [SinkName, Book][]) {
    for (const [fate, count] of Object.entries(book)) metrics.add(METRICS[fate as keyof Book], count, sink);
    const missing = read - undecodable - book.filtered - book.sent - book.rejected - book.spilled;
    const isOff = missing !== 0 && outcome.error === undefined; // what comes again is not settled yet
    metrics.add('Unbalanced', isOff ? Math.abs(missing) : 0);
    if (isOff) outcome.error = new DeliveryError('the books do not balance', { sink, missing });
  }
  const { error } = outcome;
  const fields = { source, item: id, read, undecodable, ...books };
  if (error === undefined) log.info('item collected', fields);
  else log.error('item failed', { ...fields, error });
}
