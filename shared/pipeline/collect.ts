/**
 * A record's way: items hand out bodies, a source decodes them into records, writes each one's document and routes it; sinks
 * send them in batches. A record that can't be decoded or that a sink rejects is quarantined, one that a sink does not
 * accept now is spilled. At the end each record is accounted for, or the item comes again.
 */
import { ConfigError } from '../errors.ts';
import type { Item, Ledger, LedgerEntry, Log, Metrics, Quarantine, Sink, Source, Spill } from '../model.ts';
import { type Batcher, batcher } from './batcher.ts';
import { deliveryCallbacks } from './callbacks.ts';
import { newOutcome, type Outcome, report } from './outcome.ts';
import { type ReadBody, reader } from './reader.ts';
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
  const rejects = rejecting(deps.quarantine, signal, (item, error) => {
    outcomes[item].error ??= error;
  });
  const open = opener(source.name, outcomes, rejects, deps);
  const batchers = deps.sinks.map((sink) => open(sink, true));
  const unrouted: Unrouted[] = [];
  const policy = rejectPolicy(source, rejects, unrouted);
  const read = reader(source, { router: router(source, batchers, deps.admits), policy, rejects, signal });
  const entries: Read[] = [];

  for (const item of items) {
    const outcome = newOutcome(
      item.id,
      batchers.map(({ name }) => name),
    );
    const number = outcomes.push(outcome) - 1;
    for await (const entry of readItem(item, number, outcome, read, signal)) {
      entries.push({ ...entry, source: source.name });
    }
  }
  await Promise.all(batchers.map((each) => each.flush()));
  await notifyUnrouted(unrouted, deps, (sink) => open(sink, false));
  await rejects.flush();
  for (const outcome of outcomes) report(source.name, outcome, deps);
  for (const { item, ...entry } of entries) if (outcomes[item].error === undefined) ledger?.put(entry);
  await ledger?.flush(signal);
  return outcomes;
}

type Opener = (sink: Sink, isCounted: boolean) => Batcher;

const opener =
  (source: string, outcomes: readonly Outcome[], rejects: Rejects, { metrics, signal, spill }: Dependencies): Opener =>
  (sink, isCounted) =>
    batcher(sink, deliveryCallbacks({ sink: sink.name, source, outcomes, rejects, metrics, signal, isCounted }), spill);

/**
 * Yields an entry for each object that was read whole. A body that can't be read fails the item, after its other bodies were
 * read. Throws ConfigError.
 */
async function* readItem(
  item: Item,
  number: number,
  outcome: Outcome,
  read: ReadBody,
  signal: AbortSignal,
): AsyncGenerator<Omit<Read, 'source'>> {
  const fail = (error: unknown) => {
    if (error instanceof ConfigError) throw error;
    outcome.error ??= error;
  };
  try {
    signal.throwIfAborted();
    for await (const body of item.bodies(signal)) {
      const before = outcome.read;
      let isRead = true;
      await read(body, number, outcome).catch((error) => {
        isRead = false;
        fail(error);
      });
      if (isRead && body.stays && body.only === undefined)
        yield { item: number, uri: body.uri, read: outcome.read - before };
      if (signal.aborted) return;
    }
  } catch (error) {
    fail(error);
  }
}
