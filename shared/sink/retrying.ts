/**
 * A sink that tries again what another one says is worth it: full jitter, exponential, within the invocation's time.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
import { setTimeout as wait } from 'node:timers/promises';
import { ConfigError, messageOf } from '../errors.ts';
import type { Batch, Delivery, Log, Rejected, Sink } from '../model.ts';

export interface RetryingOptions {
  /** Epoch milliseconds; a wait that would end later is not begun. */
  readonly deadline: () => number;
  /** Of sending, the first included. Default: as many as the deadline allows. */
  readonly attempts?: number;
  /** Upper end of the first wait. */
  readonly baseMs?: number;
  /** Upper end of every wait, but for what the destination asks. */
  readonly maxMs?: number;
  readonly log?: Log;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In [0, 1). */
  readonly random?: () => number;
}

const sleepUntilAborted = async (ms: number, signal: AbortSignal): Promise<void> => {
  await wait(ms, undefined, { signal }).catch(() => {}); // aborted: the loop looks at the signal itself
};

/**
 * Its Delivery is the last word on every record of the batch, by the batch's own numbers.
 * Throws ConfigError; anything else thrown by the sink counts as: try all again.
 */
export function retrying(sink: Sink, options: RetryingOptions): Sink {
  const { attempts = Number.POSITIVE_INFINITY, deadline, log, sleep = sleepUntilAborted } = options;
  const pause = backoff(options);
  return {
    name: sink.name,
    maxBytes: sink.maxBytes,
    append: sink.append.bind(sink),
    async send(batch, signal) {
      let open = batch;
      let numbers = Array.from({ length: batch.count }, (_, at) => at); // of `open`'s records in `batch`
      let accepted = 0;
      const rejected: Rejected[] = [];
      for (let attempt = 1; ; attempt++) {
        const delivery = await tried(sink, open, signal);
        accepted += delivery.accepted;
        for (const { at, reason } of delivery.rejected) rejected.push({ at: numbers[at], reason });
        const isSame = delivery.retry.length === open.count;
        if (!isSame) numbers = delivery.retry.map((at) => numbers[at]);
        const waitMs = Math.max(delivery.waitMs ?? 0, pause(attempt));
        const isLast = attempt >= attempts || signal.aborted || Date.now() + waitMs >= deadline();
        if (numbers.length === 0 || isLast) return { ...delivery, accepted, retry: numbers, rejected };
        const { reason } = delivery;
        log?.warn('batch tried again', { sink: sink.name, attempt, records: numbers.length, waitMs, reason });
        await sleep(waitMs, signal);
        if (signal.aborted) return { ...delivery, accepted, retry: numbers, rejected };
        if (!isSame) open = open.pick(delivery.retry);
      }
    },
  };
}

function backoff({ baseMs = 200, maxMs = 20_000, random = Math.random }: RetryingOptions): (attempt: number) => number {
  return (attempt) => Math.round(random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1)));
}

async function tried(sink: Sink, batch: Batch, signal: AbortSignal): Promise<Delivery> {
  try {
    return await sink.send(batch, signal);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    return {
      accepted: 0,
      retry: Array.from({ length: batch.count }, (_, at) => at),
      rejected: [],
      reason: messageOf(error),
    };
  }
}
