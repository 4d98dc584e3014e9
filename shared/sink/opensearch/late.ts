/**
 * Late events: the index of their day or month accepts nothing any more, since it is in UltraWarm, read-only or closed. They
 * go to one more index, `aws-flowlogs-late` for `aws-flowlogs-2026.08.24`, under the same ids.
 */
import type { Delivery } from '../../model.ts';
import { Batch } from '../../text/batch.ts';
import type { Refusal } from '../delivery/halving.ts';
import { appendTo, indexOf, isPast, lateIndexOf } from './action.ts';
import type { BulkDelivery, Rerouted } from './bulk.ts';

/**
 * A delivery of some records by their own numbers, or: something in there, or the whole, is not acceptable, or: the request was
 * sent and got no answer, for that reason.
 */
export type Answer<D> = D | { readonly refused: Refusal } | { readonly unanswered: string };

/** `actions`: how many each record has. */
export type Ask<D> = (
  batch: Batch,
  actions: readonly number[],
  signal: AbortSignal,
  timeoutMs: number,
) => Promise<Answer<D>>;

type Rest<F extends (batch: Batch, ...rest: never[]) => unknown> = F extends (batch: Batch, ...rest: infer R) => unknown
  ? R
  : never;

export interface LateOptions {
  /** Called with the number of records of a batch that were accepted as late ones. */
  readonly late?: ((records: number) => void) | undefined;
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined;
}

/** An index that accepts nothing is not tried again for so long: then neither is every batch sent twice, nor rerouted for ever. */
const SHUT_MS = 5 * 60_000;

/**
 * Sends records again whose index turns out to be shut, and uses the late index at once where that is known already.
 * An index whose day or month is not over was shut by mistake or for a while: its records wait.
 */
export function diverting(ask: Ask<BulkDelivery>, { late = () => {}, now = Date.now }: LateOptions): Ask<Delivery> {
  const shut = memory(now);

  /** The same records, but those of `numbers` are created in the index for late ones. */
  function diverted(batch: Batch, numbers: ReadonlySet<number>): Batch {
    if (numbers.size === 0) return batch;
    const other = new Batch(batch.bytes);
    for (let at = 0; at < batch.count; at++) {
      const { item, uri, seq } = batch.place(at);
      const record = batch.slice(at);
      other.begin(item, uri, seq);
      if (numbers.has(at)) appendTo(other.text, lateIndexOf(indexOf(record)), record);
      else other.text.append(record);
    }
    return other;
  }

  async function again(batch: Batch, numbers: readonly number[], ...[actions, ...how]: Rest<Ask<BulkDelivery>>) {
    const part = diverted(batch.pick(numbers), new Set(numbers.keys()));
    const partActions = numbers.map((at) => actions[at]);
    const answer = await ask(part, partActions, ...how);
    // what is at fault in there is found by the next try, which goes there first
    if ('refused' in answer) return { ...NOTHING, retry: numbers, reason: answer.refused.reason };
    if ('unanswered' in answer) return { ...NOTHING, retry: numbers, reason: answer.unanswered };
    return renumbered(answer, numbers);
  }

  return async (batch, actions, ...how) => {
    const diverts = new Set(shut.size() === 0 ? [] : numbersOf(batch, shut.has));
    const first = await ask(diverted(batch, diverts), actions, ...how);
    if ('refused' in first || 'unanswered' in first) return first;
    const indexAt = (at: number) => indexOf(batch.slice(at));
    const time = now();
    const isFound = ({ at }: Rerouted) => !diverts.has(at) && isPast(indexAt(at), time);
    const found = first.reroute.filter(isFound);
    const left = first.reroute.filter((each) => !isFound(each));
    for (const each of found) shut.add(indexAt(each.at));
    const second = found.length === 0 ? NOTHING : await again(batch, numbersIn(found), actions, ...how);
    const delivery = sum({ ...first, reroute: left }, second);
    const lates = new Set([...diverts, ...numbersIn(found)]);
    for (const number of [...delivery.retry, ...numbersIn(delivery.rejected)]) lates.delete(number);
    if (lates.size > 0) late(lates.size);
    return delivery;
  };
}

const numbersIn = (each: readonly { readonly at: number }[]): number[] => each.map(({ at }) => at);

const NOTHING: BulkDelivery = { accepted: 0, retry: [], rejected: [], reroute: [] };

function memory(now: () => number) {
  /** By index, epoch milliseconds. */
  const since = new Map<string, number>();
  return {
    size: () => since.size,
    add: (index: string) => void since.set(index, now()),
    has(index: string): boolean {
      const ago = now() - (since.get(index) ?? Number.NEGATIVE_INFINITY);
      if (ago >= 0 && ago < SHUT_MS) return true; // a clock that was set back keeps nothing shut
      since.delete(index);
      return false;
    },
  };
}

/** Records that go to such an index. */
const numbersOf = (batch: Batch, isSuch: (index: string) => boolean): number[] =>
  Array.from({ length: batch.count }, (_, at) => at).filter((at) => isSuch(indexOf(batch.slice(at))));

/** In: of a part of a batch, and the numbers of its records in the batch. */
function renumbered(delivery: BulkDelivery, numbers: readonly number[]): BulkDelivery {
  const moved = <T extends { readonly at: number }>(each: T): T => ({ ...each, at: numbers[each.at] });
  return {
    ...delivery,
    retry: delivery.retry.map((at) => numbers[at]),
    rejected: delivery.rejected.map(moved),
    reroute: delivery.reroute.map(moved),
  };
}

/** What still has no index waits. */
function sum(first: BulkDelivery, second: BulkDelivery): Delivery {
  const reroute = [...first.reroute, ...second.reroute];
  const retry = [...first.retry, ...second.retry, ...numbersIn(reroute)].sort((a, b) => a - b);
  const reason = first.reason ?? second.reason ?? reroute[0]?.reason;
  const waitMs = Math.max(first.waitMs ?? 0, second.waitMs ?? 0);
  const perIndex = [first, second].every(({ retry, perIndex }) => retry.length === 0 || perIndex === true);
  return {
    accepted: first.accepted + second.accepted,
    retry,
    rejected: [...first.rejected, ...second.rejected],
    ...(reason !== undefined && { reason }),
    ...(waitMs > 0 && { waitMs }),
    ...((first.busy || second.busy) && { busy: true }),
    ...(retry.length > 0 && perIndex && { perIndex: true }),
  };
}
