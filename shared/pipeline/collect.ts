/**
 * A record's way: items hand out bodies, a source decodes them into records, writes each one's document and routes it; sinks
 * send them in batches. A record that can't be decoded or that a sink rejects is quarantined, one that a sink does not
 * accept now is spilled. At the end each record is accounted for, or the item comes again.
 */
import { ConfigError, ReadError } from '../errors.ts';
import type {
  Checkpoint,
  Checkpoints,
  Item,
  Ledger,
  LedgerEntry,
  Log,
  Metrics,
  Quarantine,
  Sink,
  Source,
  Spill,
} from '../model.ts';
import { type Batcher, batcher } from './batcher.ts';
import { deliveryCallbacks } from './callbacks.ts';
import { newOutcome, type Outcome, report } from './outcome.ts';
import { END, MAX_LOGGED, type Progress, progressOf } from './progress.ts';
import { type ReadBody, reader, type Turn } from './reader.ts';
import { rejectPolicy } from './rejectpolicy.ts';
import { type Rejects, rejecting } from './rejects.ts';
import { type Admits, router } from './router.ts';
import { notifyUnrouted, type Unrouted } from './unrouted.ts';

export type { Outcome, SinkCounts } from './outcome.ts';

export interface Dependencies {
  readonly sinks: readonly Sink[];
  /** Default: a sink gets every record that is routed to it. */
  readonly admits?: Admits;
  /** Sinks of the events that report objects which are not the source's. Default: none. */
  readonly notify?: readonly Sink[];
  readonly quarantine: Quarantine;
  /** Default: an item fails when one of its records is not accepted. */
  readonly spill?: Spill | undefined;
  /** Default: an item that can't be ended in time comes again as a whole. */
  readonly checkpoints?: Checkpoints | undefined;
  /** Epoch milliseconds until which the invocation may work. Default: for ever. */
  readonly deadline?: (() => number) | undefined;
  /** Records the objects that were read. Default: none does. */
  readonly ledger?: Ledger | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Fires when the time for this work is over: items that are not done by then fail. */
  readonly signal: AbortSignal;
}

type Read = LedgerEntry & { readonly item: number };

/**
 * Gives one outcome per item, in their order; what goes wrong with an item is in its outcome.
 * Throws ConfigError where a sink or a source's settings can't ever work.
 */
export async function collect<R>(source: Source<R>, items: Iterable<Item>, deps: Dependencies): Promise<Outcome[]> {
  const { signal, ledger } = deps;
  const outcomes: Outcome[] = [];
  const progress: Progress[] = [];
  const all: Item[] = [];
  const rejects = rejecting(deps.quarantine, signal, (item, { uri, seq, sink }, error) => {
    progress[item].open({ uri, seq }, sink);
    deps.metrics.add('NotStored', 1);
    outcomes[item].error ??= error;
  });
  const open = opener(source.name, { outcomes, progress, rejects }, deps);
  const batchers = deps.sinks.map((sink) => open(sink, true));
  const unrouted: Unrouted[] = [];
  const policy = rejectPolicy(source, rejects, unrouted);
  const read = reader(source, { router: router(source, batchers, deps.admits), policy, rejects, signal });
  const entries: Read[] = [];
  const left = new Set<number>(); // items whose time was over

  const readUntil = shares(Array.isArray(items) ? items.length : 1, deps);
  for (const item of items) {
    const outcome = newOutcome(
      item.id,
      batchers.map(({ name }) => name),
    );
    const number = outcomes.push(outcome) - 1;
    progress.push(await recalled(item, deps));
    all.push(item);
    const turn = { number, outcome, progress: progress[number], read, until: readUntil(number) };
    for await (const entry of readItem(item, turn, () => left.add(number), signal)) {
      entries.push({ ...entry, source: source.name });
    }
  }
  await Promise.all(batchers.map((each) => each.flush()));
  await notifyUnrouted(unrouted, deps, (sink) => open(sink, false));
  await rejects.flush();
  await Promise.all(
    outcomes.map(async (outcome, number) => {
      const isOff = report(source.name, outcome, urisOf(all[number], progress[number]), deps);
      if (!isOff) await remember(outcome, progress[number], left.has(number), deps);
    }),
  );
  for (const { item, ...entry } of entries) if (outcomes[item].error === undefined) ledger?.put(entry);
  await ledger?.flush(signal);
  return outcomes;
}

/** Of the bodies that were read, or of those that it announces. */
function urisOf(item: Item, progress: Progress): readonly string[] {
  const read = progress.uris();
  return read.length > 0 ? read : (item.uris?.() ?? []).slice(0, MAX_LOGGED);
}

type Opener = (sink: Sink, isCounted: boolean) => Batcher;

/** Outcome and progress of all items, by their numbers, and the rejects. */
interface Tracking {
  readonly outcomes: readonly Outcome[];
  readonly progress: readonly Progress[];
  readonly rejects: Rejects;
}

const opener =
  (source: string, tracking: Tracking, { metrics, signal, spill }: Dependencies): Opener =>
  (sink, isCounted) =>
    batcher(sink, deliveryCallbacks({ sink: sink.name, source, ...tracking, metrics, signal, isCounted }), spill);

/** So long before the end nothing more is read, so that what is on the wire arrives; of a short invocation a quarter. */
const DRAIN_MS = 3_000;

/**
 * Until when an item is read, epoch milliseconds, by its number: each gets the same share of the time that is left, so that one
 * long object leaves some to the next.
 */
function shares(items: number, { deadline, checkpoints }: Dependencies): (number: number) => number {
  if (deadline === undefined || checkpoints === undefined) return () => Number.POSITIVE_INFINITY;
  const left = deadline() - Date.now();
  const end = deadline() - Math.min(DRAIN_MS, left / 4);
  return (number) => {
    const now = Date.now();
    return now + (end - now) / Math.max(1, items - number);
  };
}

interface ItemTurn {
  readonly number: number;
  readonly outcome: Outcome;
  readonly progress: Progress;
  readonly read: ReadBody;
  /** Epoch milliseconds. */
  readonly until: number;
}

/**
 * Yields an entry for each object that was read whole. A body that can't be read fails the item, after its other bodies were
 * read. Calls `leave` where the time was over before the item. Throws ConfigError.
 */
async function* readItem(
  item: Item,
  { number, outcome, progress, read, until }: ItemTurn,
  leave: () => void,
  signal: AbortSignal,
): AsyncGenerator<Omit<Read, 'source'>> {
  const fail = (error: unknown) => {
    if (error instanceof ConfigError) throw error;
    outcome.error ??= error;
  };
  try {
    signal.throwIfAborted();
    for await (const body of item.bodies(signal)) {
      const isWhole = body.stays === true && body.only === undefined;
      const last = progress.known(body);
      if (last?.seq === END && last.open === undefined) {
        if (isWhole) yield { item: number, uri: body.uri, read: last.read };
        continue;
      }
      const before = outcome.read;
      const turn = turnOf(last, isWhole ? until : Number.POSITIVE_INFINITY);
      const isLeft = await read(body, number, outcome, turn).catch(fail);
      const isSame = body.stays === true || body.isFixed === true; // what a poll brings is something else next time
      if (!isSame) progress.forget(body);
      else if (turn.isUnrouted) progress.unroute(body, outcome.read - before);
      else progress.reach(body, turn.seq, outcome.read - before);
      if (isLeft) return leave();
      if (isLeft === false && isWhole) {
        yield { item: number, uri: body.uri, read: (last?.read ?? 0) + outcome.read - before };
      }
      if (signal.aborted) return;
    }
  } catch (error) {
    fail(error);
  }
}

/** A body of which nothing could be read is read as though for the first time. */
const turnOf = ({ seq = 0, open, isUnrouted }: Partial<Checkpoint> = {}, until: number): Turn => ({
  after: isUnrouted ? 0 : seq,
  open: isUnrouted ? undefined : open,
  unrouted: isUnrouted && open,
  until,
  seq: 0,
  isUnrouted: false,
});

/** Reads the checkpoints of earlier deliveries of the item. */
async function recalled(item: Item, { checkpoints, signal }: Dependencies): Promise<Progress> {
  const key = (checkpoints && item.key?.()) ?? item.id;
  if (checkpoints === undefined || signal.aborted) return progressOf(key, NOWHERE);
  return progressOf(key, await checkpoints.get(key, item.isRepeat === true));
}

const NOWHERE: ReadonlyMap<string, Checkpoint> = new Map();

/** Stores the checkpoints of an item that comes again; deletes those of an item that is done. */
async function remember(
  outcome: Outcome,
  progress: Progress,
  isLeft: boolean,
  { checkpoints, log }: Dependencies,
): Promise<void> {
  const { id, error } = outcome;
  if (error === undefined && !isLeft) {
    if (progress.isKnown) await checkpoints?.remove(progress.key);
    return;
  }
  const places = progress.places();
  try {
    if (places.size > 0) await checkpoints?.put(progress.key, places);
  } catch (fault) {
    outcome.error ??= fault;
    log.error('checkpoint not stored', { item: id, objects: progress.uris(), error: fault });
    return;
  }
  if (error !== undefined) return;
  outcome.error = new ReadError('the time of the invocation is over, the rest is collected next', { item: id });
  log.info('item collected in part', { item: id, places: Object.fromEntries(places) });
}
