/**
 * What happens to a record that can't be decoded: it is quarantined. Rejects of an object are pending until one of its
 * records can be read; where none can, the object is not the source's: it is marked unrouted once, instead of one reject per
 * record.
 */
import { ConfigError, DecodeError, messageOf } from '../errors.ts';
import type { Facts, OpenRecords, Origin, Reject, Source } from '../model.ts';
import type { Outcome } from './outcome.ts';
import type { Rejects } from './rejects.ts';
import { eventOf } from './router.ts';
import type { Unrouted } from './unrouted.ts';

export interface RejectPolicy<R> {
  /**
   * The next rejects are those of a body. `isPending`: hold them back until a record of it can be read. `missing`: it was
   * unrouted before, and who has not got that reject or event.
   */
  begin(item: number, outcome: Outcome, isPending: boolean, missing?: OpenRecords): void;
  /** A record of the body could be read. */
  accept(): void;
  /** Counts and quarantines what `next` or `write` threw. Throws ConfigError. */
  reject(error: unknown, from: Origin, refused?: Refused<R>): void;
  /** Whether no rejects are held back. */
  isSettled(): boolean;
  /** The body was read to its end. True: nothing of it could be read. */
  end(): boolean;
}

/** A record that could be cut out, and what was known of it when it was refused. */
export interface Refused<R> {
  readonly record: R;
  readonly facts: Facts;
}

const NO_BYTES = new Uint8Array();

/** With so many refused and none read, the body is not the source's: its rejects are no longer kept one by one. */
const isEnough = (refused: readonly Reject[]): boolean =>
  refused.length === 20 || refused.reduce((bytes, { raw }) => bytes + raw.length, 0) > 1 << 20;

/** `unrouted` receives the objects of which nothing could be read. */
export function rejectPolicy<R>(source: Source<R>, rejects: Rejects, unrouted: Unrouted[]): RejectPolicy<R> {
  let pending: Reject[] | undefined;
  let item = 0;
  let outcome: Outcome;
  let missing: OpenRecords | undefined;

  function markUnrouted({ reason, raw: first, ...place }: Reject): void {
    unrouted.push({ ...place, item, reason, first, ...(missing && { to: Object.keys(missing) }) });
    if (missing === undefined || missing.none !== undefined)
      rejects.put(item, { ...place, reason: `not routed: ${reason}`, seq: 0, raw: NO_BYTES });
  }

  return {
    begin(number, of, isPending, open) {
      item = number;
      missing = open;
      outcome = of;
      pending = isPending ? [] : undefined;
    },
    accept() {
      if (pending === undefined || isEnough(pending)) return;
      for (const each of pending) rejects.put(item, each);
      pending = undefined;
    },
    // whatever else `next` and `write` throw is about the record: they are pure, so another try would end the same
    reject(error, from, refused) {
      if (error instanceof ConfigError) throw error;
      outcome.read++;
      outcome.undecodable++;
      const raw = bytesOf(error, source, refused);
      const one = { source: source.name, reason: messageOf(error), ...from, raw };
      if (pending === undefined) rejects.put(item, one);
      else if (!isEnough(pending)) pending.push(one);
    },
    isSettled: () => pending === undefined,
    end() {
      const first = pending?.[0];
      if (first !== undefined) markUnrouted(first);
      return first !== undefined;
    },
  };
}

function bytesOf<R>(error: unknown, source: Source<R>, refused: Refused<R> | undefined): Uint8Array {
  const raw = error instanceof DecodeError ? error.raw : undefined;
  if (raw !== undefined || refused === undefined) return raw ?? NO_BYTES;
  const { bytes, start, end } = eventOf(source, refused.record, refused.facts);
  return bytes.slice(start, end);
}
