/**
 * The `At` of a unit of work: clients with its credentials, and every call at its pace, tried again while throttled and
 * booked. The SDK does not try again of itself, so that each attempt is seen and counted.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { At, ClientConfig } from './declaration.ts';
import { codeOf, failureOf, httpStatusOf } from './outcome.ts';
import type { Pace } from './ratelimit.ts';

/** What calls cost, of one scope. */
export interface Books {
  calls: number;
  retries: number;
  throttles: number;
}

export const books = (): Books => ({ calls: 0, retries: 0, throttles: 0 });

export interface Asking {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  readonly config: Omit<ClientConfig, 'region'>;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  /** Upper end of the first wait before another attempt; it doubles. Default: 500. */
  readonly baseMs?: number;
  /** Of one attempt. Default: 30,000. */
  readonly timeoutMs?: number;
}

const ATTEMPTS = 5;
/** Who is silent for half a minute twice has nothing to say. */
const ATTEMPTS_IN_SILENCE = 2;
const TIMEOUT_MS = 30_000;

export interface Asker extends At {
  /** What the calls that follow are booked to, and the actions that they may be. */
  book(books: Books, actions: readonly string[]): void;
  /** Whether there were credentials for it: else what failed was to get them. */
  isEntered(): boolean;
  /** The action that ended in this error. */
  actionOf(error: unknown): string | undefined;
}

export function asker({
  partition,
  account,
  region,
  config,
  pace,
  signal,
  baseMs = 500,
  timeoutMs = TIMEOUT_MS,
}: Asking): Asker {
  const clients = new Map<unknown, Map<string, unknown>>();
  const failed = new WeakMap<object, string>();
  let isEntered = false;
  const credentials = async () => {
    const found = await config.credentials();
    isEntered = true;
    return found;
  };
  let booked = books();
  let allowed: readonly string[] = [];

  async function attempt<T>(action: string, send: Parameters<At['ask']>[1]): Promise<T> {
    for (let attempts = 1; ; attempts++) {
      await pace.turn(action, signal);
      booked.calls++;
      const patience = AbortSignal.timeout(timeoutMs);
      const abortSignal = AbortSignal.any([signal, patience]);
      try {
        const answer = (await send({ abortSignal })) as T;
        pace.note(action, false);
        return answer;
      } catch (cause) {
        signal.throwIfAborted();
        const error = patience.aborted ? patience.reason : cause; // to the SDK either is an AbortError
        const { status } = failureOf(error);
        const throttled = status === 'throttled';
        const most = status === 'timeout' ? ATTEMPTS_IN_SILENCE : ATTEMPTS;
        pace.note(action, throttled);
        if (throttled) booked.throttles++;
        if (attempts >= most || !isWorthAnother(error, throttled)) {
          if (typeof error === 'object' && error !== null) failed.set(error, action);
          throw error;
        }
        booked.retries++;
        await sleep(Math.random() * baseMs * 2 ** attempts, undefined, { signal });
      }
    }
  }

  return {
    partition,
    account,
    region,
    client(kind, where = region) {
      const made = clients.get(kind) ?? new Map();
      clients.set(kind, made);
      if (!made.has(where)) made.set(where, new kind({ ...config, credentials, region: where }));
      return made.get(where) as InstanceType<typeof kind>;
    },
    ask(action, send) {
      if (!allowed.includes(action)) throw new Error(`${action} is not declared`);
      return attempt(action, send);
    },
    arn: (service, resource, owner = account, where = region) =>
      `arn:${partition}:${service}:${where}:${owner}:${resource}`,
    book(next, actions) {
      booked = next;
      allowed = actions;
    },
    isEntered: () => isEntered,
    actionOf: (error) => (typeof error === 'object' && error !== null ? failed.get(error) : undefined),
  };
}

const WIRE = /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|TimeoutError|UND_ERR|NetworkingError)/;

const isWorthAnother = (error: unknown, throttled: boolean): boolean =>
  throttled || (httpStatusOf(error) ?? 0) >= 500 || WIRE.test(codeOf(error));
