/** One sink's way: records are appended to a batch while earlier batches are on the wire, and each one's fate is told. */
import { ConfigError, messageOf } from '../errors.ts';
import type { Bytes, Delivery, Facts, Origin, Sink, SinkName, Text } from '../model.ts';
import { Batch, type Place } from '../text/batch.ts';

// one more fills or waits meanwhile: memory per sink is (2 + 1) × maxBytes and the compressed bodies
const ON_THE_WIRE = 2;

export interface Fates {
  readonly signal: AbortSignal;
  sent(item: number, count: number): void;
  rejected(place: Place, reason: string, raw: Uint8Array): void;
  /** The item has records that were not taken and may be later. */
  failed(item: number, reason: string): void;
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

export function lane(sink: Sink, fates: Fates): Lane {
  const spare: Batch[] = [];
  const sending = new Set<Promise<void>>();
  let fatal: ConfigError | undefined;
  const fresh = () => spare.pop() ?? new Batch(sink.maxBytes + (64 << 10));
  let batch = fresh();
  const isFull = () => batch.bytes >= sink.maxBytes;

  async function send(full: Batch): Promise<void> {
    const started = performance.now();
    settle(full, await deliver(full));
    fates.took(performance.now() - started);
    full.clear();
    spare.push(full);
  }

  async function deliver(full: Batch): Promise<Delivery> {
    try {
      return await sink.send(full, fates.signal);
    } catch (error) {
      if (error instanceof ConfigError) fatal = error;
      return {
        accepted: 0,
        retry: Array.from({ length: full.count }, (_, at) => at),
        rejected: [],
        reason: messageOf(error),
      };
    }
  }

  function settle(full: Batch, { retry, rejected, reason = 'not taken' }: Delivery): void {
    const counts = full.tally();
    const untaken = (at: number): Place => {
      const place = full.place(at);
      counts.set(place.item, counts.get(place.item)! - 1);
      return place;
    };
    for (const { at, reason } of rejected) fates.rejected(untaken(at), reason, full.slice(at).slice());
    for (const at of retry) fates.failed(untaken(at).item, reason);
    for (const [item, count] of counts) fates.sent(item, count);
  }

  async function ship(): Promise<void> {
    while (sending.size >= ON_THE_WIRE) await Promise.race(sending);
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
