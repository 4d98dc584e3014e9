/**
 * One sink's batches: records are appended to a batch while earlier batches are in flight; callbacks report what became of
 * each record. What the sink did not accept is spilled, unless its item comes again anyway.
 */
import { ConfigError, messageOf } from '../errors.ts';
import type { Bytes, Delivery, Facts, Origin, Sink, SinkName, Spill, Text } from '../model.ts';
import { type AdaptiveLimit, adaptiveLimit } from '../sink/delivery/adaptivelimit.ts';
import { retryAll } from '../sink/delivery/retry.ts';
import { Batch, type Place } from '../text/batch.ts';

// one more fills or waits meanwhile: memory per sink is (2 + 1) × maxBytes and the compressed bodies
const MAX_IN_FLIGHT = 2;

/** What one invocation keeps of a sink for the next. */
interface Kept {
  /** How much the sink takes at once. */
  readonly limit: AdaptiveLimit;
  /** Empty batches: to allocate one takes longer than to collect a small object. */
  readonly spare: Batch[];
}

const kept = new WeakMap<Sink, Kept>();

function keptOf(sink: Sink): Kept {
  const { maxBytes, maxInFlight = MAX_IN_FLIGHT } = sink;
  const known = kept.get(sink) ?? { limit: adaptiveLimit({ maxBytes, maxInFlight }), spare: [] };
  kept.set(sink, known);
  return known;
}

/** What the batcher reports of the records; `item` is the caller's number. */
export interface DeliveryCallbacks {
  readonly signal: AbortSignal;
  onSent(item: number, count: number): void;
  onRejected(place: Place, reason: string, raw: Uint8Array): void;
  onSpilled(item: number, count: number): void;
  /** A record was neither accepted nor spilled. Without an error: its item comes again anyway. */
  onFailed(place: Place, error?: unknown): void;
  /** Whether the item comes again as a whole; its records need not be spilled then. */
  comesAgain(item: number): boolean;
  /** Milliseconds that one batch took, retries included. */
  onDelivered(ms: number): void;
}

export interface Batcher {
  readonly name: SinkName;
  /** True: the batch is full, call `sendFull` before appending more. */
  append(item: number, facts: Facts, from: Origin, doc: Text, raw: Bytes): boolean;
  /** Starts to send a full batch; waits only while too many are in flight. Throws ConfigError. */
  sendFull(): Promise<void>;
  /** Sends what is left and waits for all. Throws ConfigError. */
  flush(): Promise<void>;
}

/** Without a `spill`, an item fails when one of its records is not accepted, and a ConfigError of the sink is thrown. */
export function batcher(sink: Sink, callbacks: DeliveryCallbacks, spill?: Spill): Batcher {
  const { limit, spare } = keptOf(sink);
  const inFlight = new Set<Promise<void>>();
  let fatal: ConfigError | undefined;
  const capacity = sink.maxBytes + (64 << 10);
  const newBatch = () => spare.pop() ?? new Batch(capacity);
  const reuse = (empty: Batch) => empty.capacity < 2 * capacity && spare.push(empty); // not one that a long record made larger
  let batch: Batch | undefined; // that is being filled
  const { bytes: maxBytes } = limit;
  const isFull = (filled: Batch | undefined): filled is Batch => filled !== undefined && filled.bytes >= maxBytes();
  const settle = settler(sink, callbacks, spill);

  async function deliver(full: Batch): Promise<Delivery> {
    try {
      return await sink.send(full, callbacks.signal);
    } catch (error) {
      if (error instanceof ConfigError && spill === undefined) fatal = error;
      return retryAll(full, messageOf(error));
    }
  }

  async function send(full: Batch): Promise<void> {
    const started = performance.now();
    const delivery = whole(full, await deliver(full));
    callbacks.onDelivered(performance.now() - started);
    if (delivery.busy) limit.onBusy();
    else if (delivery.retry.length === 0) limit.onSuccess();
    await settle(full, delivery);
    full.clear();
    reuse(full);
  }

  async function sendNext(full: Batch): Promise<void> {
    while (inFlight.size >= limit.inFlight()) await Promise.race(inFlight);
    if (fatal !== undefined) throw fatal;
    batch = undefined;
    if (full.bytes > sink.maxBytes && full.count > 1) {
      batch = newBatch();
      full.moveLast(batch);
    }
    const done = send(full).finally(() => inFlight.delete(done));
    inFlight.add(done);
  }

  return {
    name: sink.name,
    append(item, facts, from, doc, raw) {
      batch ??= newBatch();
      batch.begin(item, from.uri, from.seq);
      sink.append(batch.text, facts, from, doc, raw);
      return isFull(batch);
    },
    async sendFull() {
      if (isFull(batch)) await sendNext(batch);
    },
    async flush() {
      while (batch !== undefined) await sendNext(batch);
      while (inFlight.size > 0) await Promise.race(inFlight);
      if (fatal !== undefined) throw fatal;
    },
  };
}

/** A Delivery that does not account for each record of the batch says nothing about any of them. */
function whole(batch: Batch, delivery: Delivery): Delivery {
  const { accepted, retry, rejected } = delivery;
  const isWhole = accepted + retry.length + rejected.length === batch.count;
  return isWhole ? delivery : retryAll(batch, 'the sink did not account for each record of the batch');
}

/** Reports a delivery record by record and spills what was not accepted. */
function settler(sink: Sink, callbacks: DeliveryCallbacks, spill: Spill | undefined) {
  async function keep(batch: Batch, numbers: readonly number[], reason: string): Promise<void> {
    const places = numbers.map((at) => batch.place(at));
    try {
      if (spill === undefined) throw new Error(reason);
      await spill.put(sink, batch, numbers, reason);
      for (const { item } of places) callbacks.onSpilled(item, 1);
    } catch (error) {
      for (const place of places) callbacks.onFailed(place, error);
    }
  }

  return async (batch: Batch, { retry, rejected, reason = 'not accepted' }: Delivery): Promise<void> => {
    const counts = batch.tally();
    const without = (at: number): Place => {
      const place = batch.place(at);
      counts.set(place.item, counts.get(place.item)! - 1);
      return place;
    };
    for (const { at, reason } of rejected) callbacks.onRejected(without(at), reason, batch.slice(at).slice());
    const open = retry.filter((at) => {
      const place = without(at);
      const isKept = !callbacks.comesAgain(place.item);
      if (!isKept) callbacks.onFailed(place);
      return isKept;
    });
    for (const [item, count] of counts) callbacks.onSent(item, count);
    if (open.length > 0) await keep(batch, open, reason);
  };
}
