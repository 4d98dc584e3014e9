/**
 * A sink that tries again what is worth it: full jitter between the tries, for as long as its patience and the invocation's
 * time last; a destination that took nothing until then rests (breaker.ts), and what comes meanwhile is not tried.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
import { setTimeout as wait } from 'node:timers/promises';
import { ConfigError, messageOf } from '../../errors.ts';
import type { Batch, Delivery, Log, Rejected, Sink } from '../../model.ts';
import { type Breaker, breaker } from './circuitbreaker.ts';

export interface RetryingOptions {
  /** Epoch milliseconds; a wait that would end later is not begun. */
  readonly deadline: () => number;
  /** For one batch; a wait that would end later is not begun. */
  readonly patienceMs?: number;
  /** Of the destination, for all that goes there. Default: its own. */
  readonly breaker?: Breaker;
  /** Upper end of the first wait. */
  readonly baseMs?: number;
  /** Upper end of every wait, but for what the destination asks. */
  readonly maxMs?: number;
  readonly log?: Log;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** A restarting node and a busy queue need a few seconds; for more the records are better kept elsewhere. */
const PATIENCE_MS = 15_000;

const sleepUntilAborted = async (ms: number, signal: AbortSignal): Promise<void> => {
  await wait(ms, undefined, { signal }).catch(() => {}); // aborted: the loop looks at the signal itself
};

/**
 * Its Delivery is the last word on every record of the batch, by the batch's own numbers.
 * Throws ConfigError; anything else thrown by the sink counts as: try all again.
 */
export function retrying(sink: Sink, options: RetryingOptions): Sink {
  const { deadline, patienceMs = PATIENCE_MS, log, sleep = sleepUntilAborted, now = Date.now } = options;
  const gate = options.breaker ?? breaker();
  const pause = backoff(options);

  /** Sends until all is settled, or it is too late. */
  async function settled(batch: Batch, until: number, signal: AbortSignal): Promise<Delivery> {
    let open = batch;
    let numbers = all(batch); // of `open`'s records in `batch`
    let accepted = 0;
    let busy = false; // once at least
    const rejected: Rejected[] = [];
    for (let attempt = 1; ; attempt++) {
      const delivery = await tried(sink, open, signal);
      accepted += delivery.accepted;
      busy ||= delivery.busy === true;
      for (const { at, reason } of delivery.rejected) rejected.push({ at: numbers[at], reason });
      const isSame = delivery.retry.length === open.count;
      if (!isSame) numbers = delivery.retry.map((at) => numbers[at]);
      const last = { ...delivery, accepted, retry: numbers, rejected, ...(busy && { busy }) };
      if (numbers.length === 0) return last;
      const waitMs = Math.max(delivery.waitMs ?? 0, pause(attempt));
      if (signal.aborted || now() + waitMs >= Math.min(until, deadline())) return last;
      const { reason } = delivery;
      log?.warn('batch tried again', { sink: sink.name, attempt, records: numbers.length, waitMs, reason });
      await sleep(waitMs, signal);
      if (signal.aborted) return last;
      if (!isSame) open = open.pick(delivery.retry);
    }
  }

  return {
    ...sink,
    async send(batch, signal) {
      const leave = gate.ask();
      if (leave === 'rest') return untaken(batch, `${sink.name} did not answer well lately and rests`);
      try {
        const delivery = await settled(batch, leave === 'probe' ? 0 : now() + patienceMs, signal);
        // who was not heard out, since the invocation's time is over, is not ill for that
        if (delivery.retry.length < batch.count) gate.closed();
        else if (!signal.aborted || leave === 'probe') gate.opened();
        return delivery;
      } catch (error) {
        gate.opened();
        throw error;
      }
    },
  };
}

const all = ({ count }: Batch): number[] => Array.from({ length: count }, (_, at) => at);

/** What it means for a batch that nothing of it was taken. */
export const untaken = (batch: Batch, reason: string): Delivery => ({
  accepted: 0,
  retry: all(batch),
  rejected: [],
  reason,
});

function backoff({ baseMs = 200, maxMs = 20_000, random = Math.random }: RetryingOptions): (attempt: number) => number {
  return (attempt) => Math.round(random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1)));
}

async function tried(sink: Sink, batch: Batch, signal: AbortSignal): Promise<Delivery> {
  try {
    return await sink.send(batch, signal);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    return untaken(batch, messageOf(error));
  }
}
