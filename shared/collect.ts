/**
 * The story of a record: items hand out bodies, a source decodes them into records, writes each one's document and routes
 * it; sinks take them in batches. What can't be decoded or won't ever be taken is quarantined; an object of which nothing can
 * be decoded is quarantined by its place, and told of. At the end the books balance.
 */
import { ConfigError, DecodeError, DeliveryError, messageOf } from './errors.ts';
import { blank, clear } from './facts.ts';
import type {
  Body,
  Facts,
  Item,
  Log,
  Metrics,
  Origin,
  Page,
  Quarantine,
  Reject,
  Sink,
  SinkName,
  Source,
} from './model.ts';
import { relieve } from './relief.ts';
import { type Lane, lane } from './sink/lane.ts';
import { type Rejects, rejecting } from './sink/rejects.ts';
import { Text } from './text/text.ts';
import { tell, type Unrouted } from './unrouted.ts';

export interface Tools {
  readonly sinks: readonly Sink[];
  /** Whether a sink gets a record that is routed to it. Default: yes. */
  readonly admits?: (sink: SinkName, facts: Facts, from: Origin) => boolean;
  /** For events that tell of objects which are not the source's. Default: none. */
  readonly aside?: readonly Sink[];
  readonly quarantine: Quarantine;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Fires when the time for this work is over: items that are not done by then fail. */
  readonly signal: AbortSignal;
}

/** Records of one item by what became of them. Per sink: read = sent + not routed there + rejected. */
export interface Outcome {
  readonly id: string;
  /** Why the item has to come again. */
  error?: unknown;
  read: number;
  /** Routed to no sink, or admitted by none. */
  filtered: number;
  /** Quarantined: not decodable, or refused for good by a sink. */
  rejected: number;
  readonly sent: Partial<Record<SinkName, number>>;
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
  const lanes = tools.sinks.map((sink) => lane(sink, fates(sink.name, source.name, outcomes, rejects, tools)));
  const unrouted: Unrouted[] = [];
  const records = pipe(source, lanes, rejects, unrouted, tools.admits);

  for (const item of items) {
    const outcome: Outcome = { id: item.id, read: 0, filtered: 0, rejected: 0, sent: {} };
    const number = outcomes.push(outcome) - 1;
    try {
      signal.throwIfAborted();
      for await (const body of item.bodies(signal)) await records(body, number, outcome, signal);
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      outcome.error = error;
    }
  }
  await Promise.all(lanes.map((each) => each.flush()));
  await tell(unrouted, tools, (sink) =>
    lane(sink, { ...fates(sink.name, source.name, outcomes, rejects, tools), sent() {} }),
  );
  await rejects.flush();
  for (const outcome of outcomes) report(source.name, outcome, tools);
  return outcomes;
}

/** So much refused and nothing read: the body is not the source's, and its rejects are no longer kept one by one. */
const isEnough = (refused: readonly Reject[]): boolean =>
  refused.length === 20 || refused.reduce((bytes, { raw }) => bytes + raw.length, 0) > 1 << 20;

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
  function take(page: Page<R>, uri: string, item: number, outcome: Outcome): boolean {
    for (;;) {
      let record: R | undefined;
      try {
        record = page.next();
        if (record === undefined) return false;
        from.uri = uri;
        from.seq = page.seq;
        doc.length = 0;
        clear(facts);
        const isRecord = source.write(record, from, doc, facts);
        if (doubts !== undefined) trust(doubts, item);
        if (!isRecord) continue;
      } catch (error) {
        reject(error, { uri, seq: page.seq }, record, item, outcome);
        continue;
      }
      outcome.read++;
      const route = source.route(facts);
      let isFiltered = true;
      let isFull = false;
      for (const { name, append } of lanes) {
        if (!route.includes(name) || !admits(name, facts, from)) continue;
        isFiltered = false;
        if (append(item, facts, from, doc, name === 'archive' ? event(record) : source.raw(record))) isFull = true;
      }
      if (isFiltered) outcome.filtered++;
      if (isFull) return true;
    }
  }

  /** Whatever else `next` and `write` throw is about the record: they are pure, so another try would end the same. */
  function reject(error: unknown, from: Origin, record: R | undefined, item: number, outcome: Outcome): void {
    if (error instanceof ConfigError) throw error;
    outcome.read++;
    outcome.rejected++;
    let raw = error instanceof DecodeError ? error.raw : undefined;
    if (raw === undefined && record !== undefined) {
      const { bytes, start, end } = source.raw(record);
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

  return async ({ uri, chunks, stays }: Body, item: number, outcome: Outcome, signal: AbortSignal): Promise<void> => {
    doubts = stays ? [] : undefined;
    try {
      for await (const page of source.decode(chunks)) {
        while (take(page, uri, item, outcome)) await Promise.all(lanes.map((each) => each.ship()));
        if (rejects.isFull()) await rejects.flush();
        relieve();
        signal.throwIfAborted();
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      reject(error, { uri, seq: 0 }, undefined, item, outcome); // the rest of the body
    }
    if (doubts?.[0] !== undefined) leave(doubts[0], item);
  };
}

const NO_BYTES = new Uint8Array();

/** Books what a sink says of each item's records. */
function fates(
  sink: SinkName,
  source: string,
  outcomes: readonly Outcome[],
  rejects: Rejects,
  tools: Tools,
): Parameters<typeof lane>[1] {
  return {
    signal: tools.signal,
    sent(item, count) {
      const { sent } = outcomes[item];
      sent[sink] = (sent[sink] ?? 0) + count;
    },
    rejected({ item, uri, seq }, reason, raw) {
      outcomes[item].rejected++;
      rejects.put(item, { source, sink, reason, uri, seq, raw });
    },
    failed(item, reason) {
      outcomes[item].error ??= new DeliveryError(`${sink}: ${reason}`);
    },
    took: (ms) => tools.metrics.add('DeliveryMs', ms, sink),
  };
}

function report(source: string, { id, error, read, filtered, rejected, sent }: Outcome, { log, metrics }: Tools): void {
  metrics.add('Records', read);
  metrics.add('Filtered', filtered);
  metrics.add('Rejected', rejected);
  for (const [sink, count] of Object.entries(sent)) metrics.add('Delivered', count, sink as SinkName);
  const fields = { source, item: id, read, filtered, rejected, sent };
  if (error === undefined) log.info('item collected', fields);
  else log.error('item failed', { ...fields, error });
}
