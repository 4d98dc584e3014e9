/** Hands each record to the batchers of the sinks that its source routes it to and that admit it. */
import type { Bytes, Facts, Origin, SinkName, Source, Text } from '../model.ts';
import type { Batcher } from './batcher.ts';
import type { Outcome, SinkCounts } from './outcome.ts';

/** Whether a sink gets a record that is routed to it. */
export type Admits = (sink: SinkName, facts: Facts, from: Origin) => boolean;

export interface Router<R> {
  /** The next records are those of this item. `only`: the one sink that gets them. */
  begin(item: number, outcome: Outcome, only: SinkName | undefined): void;
  /** `to`: the only sinks that still wait for it. Default: all. True: a batch is full. */
  route(record: R, facts: Facts, from: Origin, doc: Text, to?: readonly SinkName[]): boolean;
  /** Sends the batches that are full. Throws ConfigError. */
  sendFull(): Promise<unknown>;
}

/** The event that a record came in, for the archive and the quarantine. */
export const eventOf = <R>(source: Source<R>, record: R, facts: Facts): Bytes =>
  source.event?.(record) ?? source.raw(record, facts);

export function router<R>(source: Source<R>, batchers: readonly Batcher[], admits: Admits = () => true): Router<R> {
  let item = 0;
  let counts: readonly SinkCounts[] = [];
  let only: SinkName | undefined;
  return {
    begin(number, outcome, sink) {
      item = number;
      counts = batchers.map(({ name }) => outcome.counts[name]!);
      only = sink;
    },
    route(record, facts, from, doc, to) {
      const names = source.route(facts);
      let isFull = false;
      for (let i = 0; i < batchers.length; i++) {
        const { name, append } = batchers[i];
        const isFor = names.includes(name) && (only === undefined || only === name) && (to?.includes(name) ?? true);
        if (!isFor || !admits(name, facts, from)) counts[i].filtered++;
        else {
          const raw = name === 'archive' ? eventOf(source, record, facts) : source.raw(record, facts);
          if (append(item, facts, from, doc, raw)) isFull = true;
        }
      }
      return isFull;
    },
    sendFull: () => Promise.all(batchers.map((each) => each.sendFull())),
  };
}
