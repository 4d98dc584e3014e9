/**
 * A sink that retries: full jitter between the attempts, until the sink's patience or the invocation's time ends. A
 * destination that accepted nothing by then opens the circuit breaker (circuitbreaker.ts), and later batches are not sent.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
import { setTimeout as wait } from 'node:timers/promises';
import { ConfigError, messageOf } from '../../errors.ts';
import type { Batch, Delivery, Log, Rejected, Sink } from '../../model.ts';
import { type CircuitBreaker, circuitBreaker } from './circuitbreaker.ts';

export interface RetryingOptions {
  /** Epoch milliseconds; no wait is begun that would end later. */
  readonly deadline: () => number;
  /** For one batch; no wait is begun that would end later. */
  readonly patienceMs?: number;
  /** A batch is not sent again after so many lost answers: each time may be another copy. */
  readonly mostLost?: number;
  /** Of the destination, for all that goes there. Default: its own. */
  readonly breaker?: CircuitBreaker;
  /** Upper end of the first wait. */
  readonly baseMs?: number;
  /** Upper end of every wait, unless the destination asks for a longer one. */
  readonly maxMs?: number;
  readonly log?: Log;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** A restarting node and a busy queue need a few seconds; for longer outages the records are spilled. */
const PATIENCE_MS = 15_000;
const MOST_LOST = 2;

const sleepUntilAborted = async (ms: number, signal: AbortSignal): Promise<void> => {
  await wait(ms, undefined, { signal }).catch(() => {}); // aborted: the loop checks the signal itself
};

/**
 * The Delivery is final for every record of the batch, by the batch's own numbers.
 * Throws ConfigError; anything else that the sink throws counts as: retry all.
 */
export function retrying(sink: Sink, options: RetryingOptions): Sink {
  const {
    deadline,
    patienceMs = PATIENCE_MS,
    mostLost = MOST_LOST,
    log,
    sleep = sleepUntilAborted,
    now = Date.now,
  } = options;
  const breaker = options.breaker ?? circuitBreaker();
  const pause = backoff(options);

  /** Sends until every record is accepted or rejected, or the time is over. */
  async function sendUntilSettled(batch: Batch, until: number, signal: AbortSignal): Promise<Delivery> {
    let open = batch;
    let numbers = all(batch); // of `open`'s records in `batch`
    let accepted = 0;
    let busy = false; // once at least
    let lost = 0; // answers
    const rejected: Rejected[] = [];
    for (let attempt = 1; ; attempt++) {
      const delivery = await attempted(sink, open, signal);
      accepted += delivery.accepted;
      busy ||= delivery.busy === true;
      for (const { at, reason } of delivery.rejected) rejected.push({ at: numbers[at], reason });
      const isSame = delivery.retry.length === open.count;
      if (!isSame) numbers = delivery.retry.map((at) => numbers[at]);
      const last = { ...delivery, accepted, retry: numbers, rejected, ...(busy && { busy }) };
      if (delivery.unconfirmed) lost++;
      if (numbers.length === 0 || lost === mostLost) return last;
      const waitMs = Math.max(delivery.waitMs ?? 0, pause(attempt));
      if (signal.aborted || now() + waitMs >= Math.min(until, deadline())) return last;
      const { reason } = delivery;
      const { uri } = open.place(0);
      log?.warn('batch retried', { sink: sink.name, attempt, records: numbers.length, first: uri, waitMs, reason });
      await sleep(waitMs, signal);
      if (signal.aborted) return last;
      if (!isSame) open = open.pick(delivery.retry);
    }
  }

  return {
    ...sink,
    async send(batch, signal) {
      const state = breaker.enter();
      if (state === 'open') return retryAll(batch, `${sink.name}: circuit breaker open`);
      try {
        const delivery = await sendUntilSettled(batch, state === 'half-open' ? 0 : now() + patienceMs, signal);
        // an aborted request does not count as a destination failure
        if (delivery.retry.length < batch.count) breaker.onSuccess();
        else if (!signal.aborted || state === 'half-open') breaker.onFailure();
        return delivery;
      } catch (error) {
        breaker.onFailure();
        throw error;
      }
    },
  };
}

const all = ({ count }: Batch): number[] => Array.from({ length: count }, (_, at) => at);

/** The Delivery of a batch of which nothing was accepted and everything is worth another attempt. */
export const retryAll = (batch: Batch, reason: string): Delivery => ({
  accepted: 0,
  retry: all(batch),
  rejected: [],
  reason,
});

function backoff({ baseMs = 200, maxMs = 20_000, random = Math.random }: RetryingOptions): (attempt: number) => number {
  return (attempt) => Math.round(random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1)));
}

async function attempted(sink: Sink, batch: Batch, signal: AbortSignal): Promise<Delivery> {
  try {
    return await sink.send(batch, signal);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    return retryAll(batch, messageOf(error));
  }
}
