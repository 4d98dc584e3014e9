/**
 * One sink's way: records are appended to a batch while earlier batches are on the wire, and each one's fate is told. What
 * the sink did not take is spilled, unless its item comes again anyway.
 */
import { ConfigError, messageOf } from '../errors.ts';
import type { Bytes, Delivery, Facts, Origin, Sink, SinkName, Spill, Text } from '../model.ts';
import { type Pace, pace } from '../sink/delivery/adaptivelimit.ts';
import { untaken } from '../sink/delivery/retry.ts';
import { Batch, type Place } from '../text/batch.ts';

// one more fills or waits meanwhile: memory per sink is (2 + 1) × maxBytes and the compressed bodies
const ON_THE_WIRE = 2;

/** What was learnt of a sink's pace outlives an invocation. */
const paces = new WeakMap<Sink, Pace>();

function paceOf(sink: Sink): Pace {
  const known = paces.get(sink) ?? pace({ maxBytes: sink.maxBytes, maxInFlight: sink.maxInFlight ?? ON_THE_WIRE });
  paces.set(sink, known);
  return known;
}

export interface Fates {
  readonly signal: AbortSignal;
  sent(item: number, count: number): void;
  rejected(place: Place, reason: string, raw: Uint8Array): void;
  /** Kept for later. */
  spilled(item: number, count: number): void;
  /** The item has records that were not taken and may be later. */
  failed(item: number, reason: string): void;
  /** The item comes again, as a whole. */
  comesAgain(item: number): boolean;
  took(ms: number): void;
}

export interface Lane {
  readonly name: SinkName;
  /** True: the batch is full, call `ship` before appending more. */
  append(item: number, facts: Facts, from: Origin, doc: Text, raw: Bytes): boolean;
  /** Sends a full batch on its way; waits only while too many are. Throws ConfigError. */
  ship(): Promise<void>;
  /** Sends what is left and waits for all. Throws ConfigError. */
  flush(): Promise<void>;
}

/** Without a `spill`, items of which a record was not taken fail, and a ConfigError of the sink is thrown. */
export function lane(sink: Sink, fates: Fates, spill?: Spill): Lane {
  const spare: Batch[] = [];
  const sending = new Set<Promise<void>>();
  let fatal: ConfigError | undefined;
  const fresh = () => spare.pop() ?? new Batch(sink.maxBytes + (64 << 10));
  let batch = fresh();
  const { bytes, inFlight, pushedBack, delivered } = paceOf(sink);
  const isFull = () => batch.bytes >= bytes();

  async function send(full: Batch): Promise<void> {
    const started = performance.now();
    const delivery = await deliver(full);
    fates.took(performance.now() - started);
    if (delivery.busy) pushedBack();
    else if (delivery.retry.length === 0) delivered();
    await settle(full, delivery);
    full.clear();
    spare.push(full);
  }

  async function deliver(full: Batch): Promise<Delivery> {
    try {
      const delivery = await sink.send(full, fates.signal);
      const { accepted, retry, rejected } = delivery;
      const isWhole = accepted + retry.length + rejected.length === full.count;
      return isWhole ? delivery : untaken(full, 'the delivery does not add up');
    } catch (error) {
      if (error instanceof ConfigError && spill === undefined) fatal = error;
      return untaken(full, messageOf(error));
    }
  }

  async function settle(full: Batch, { retry, rejected, reason = 'not taken' }: Delivery): Promise<void> {
    const counts = full.tally();
    const without = (at: number): Place => {
      const place = full.place(at);
      counts.set(place.item, counts.get(place.item)! - 1);
      return place;
    };
    for (const { at, reason } of rejected) fates.rejected(without(at), reason, full.slice(at).slice());
    const untold = retry.filter((at) => !fates.comesAgain(without(at).item));
    for (const [item, count] of counts) fates.sent(item, count);
    if (untold.length > 0) await keep(full, untold, reason);
  }

  async function keep(full: Batch, numbers: readonly number[], reason: string): Promise<void> {
    const items = numbers.map((at) => full.place(at).item);
    try {
      if (spill === undefined) throw new Error(reason);
      await spill.put(sink, full, numbers, reason);
      for (const item of items) fates.spilled(item, 1);
    } catch (error) {
      for (const item of items) fates.failed(item, messageOf(error));
    }
  }

  async function ship(): Promise<void> {
    while (sending.size >= inFlight()) await Promise.race(sending);
    if (fatal !== undefined) throw fatal;
    const full = batch;
    batch = fresh();
    if (full.bytes > sink.maxBytes && full.count > 1) full.moveLast(batch);
    const done = send(full).finally(() => sending.delete(done));
    sending.add(done);
  }

  return {
    name: sink.name,
    append(item, facts, from, doc, raw) {
      batch.begin(item, from.uri, from.seq);
      sink.append(batch.text, facts, from, doc, raw);
      return isFull();
    },
    async ship() {
      if (isFull()) await ship();
    },
    async flush() {
      while (batch.count > 0) await ship();
      while (sending.size > 0) await Promise.race(sending);
      if (fatal !== undefined) throw fatal;
    },
  };
}
