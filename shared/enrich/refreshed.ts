/** Data in S3 that an environment reads again while it lives. A read that fails delays and fails nothing: it is logged once per invocation. */
import { messageOf } from '../errors.ts';

export interface RefreshOptions {
  /** Takes over what is newer. What it throws is the fault. */
  read(): Promise<void>;
  /** Logs a fault, at most once per invocation. */
  warn(fault: string): void;
  /** Another value in each invocation. */
  invocation(): number;
  /** Epoch milliseconds. Default: the clock. */
  readonly now?: (() => number) | undefined;
  /** How long the first read is waited for; one that takes longer is used as soon as it ends. */
  readonly firstMs: number;
  /** From the start of one read to the start of the next, at least. */
  readonly everyMs: number;
  /** At most this much is added at random, so that environments that began together do not read together. */
  readonly jitterMs: number;
}

/** Reads once; the function that it resolves to, called in each invocation, reads again when that is due and reports a fault. */
export async function refreshed(options: RefreshOptions): Promise<() => void> {
  const { read, warn, invocation, now = Date.now, firstMs, everyMs, jitterMs } = options;
  let fault: string | undefined = `not read within ${firstMs} ms`;
  let reported = Number.NaN;
  let dueAt = 0;
  let underWay: Promise<void> | undefined;

  async function start(): Promise<void> {
    dueAt = now() + everyMs + Math.random() * jitterMs;
    try {
      await read();
      fault = undefined;
    } catch (error) {
      fault = messageOf(error);
    } finally {
      underWay = undefined;
    }
  }

  underWay = start();
  await Promise.race([underWay, pause(firstMs)]);
  return () => {
    if (underWay === undefined && now() >= dueAt) underWay = start();
    if (fault === undefined || reported === invocation()) return;
    reported = invocation();
    warn(fault);
  };
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
