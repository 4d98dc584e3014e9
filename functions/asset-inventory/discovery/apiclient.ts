/**
 * The API client of a unit of work. It makes SDK clients with the unit's credentials, limits the rate of calls, retries
 * throttled calls, and counts each attempt. The SDK's own retries are off, so that each attempt is counted here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { At, ClientConfig } from './declaration.ts';
import { codeOf, failureOf, httpStatusOf, isExpired } from './outcome.ts';
import type { RateLimit } from './ratelimit.ts';

/** Calls made for one scope. */
export interface CallCounts {
  calls: number;
  retries: number;
  throttles: number;
}

export const callCounts = (): CallCounts => ({ calls: 0, retries: 0, throttles: 0 });

export interface ApiClientOptions {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  readonly config: Omit<ClientConfig, 'region'>;
  readonly limit: RateLimit;
  readonly signal: AbortSignal;
  /** Longest wait before the second attempt, in milliseconds; it doubles with each attempt. Default: 500. */
  readonly baseMs?: number;
  /** Milliseconds for one attempt. Default: 30,000. */
  readonly timeoutMs?: number;
}

const ATTEMPTS = 5;
/** A call that times out twice is given up: a third attempt would cost another half minute. */
const ATTEMPTS_IN_SILENCE = 2;
const TIMEOUT_MS = 30_000;

export interface ApiClient extends At {
  /** Counts the calls that follow in `counts`, and allows only these actions. */
  track(callCounts: CallCounts, actions: readonly string[]): void;
  /** Whether credentials were obtained. False: a failure is one of assuming the role. */
  isEntered(): boolean;
  /** The IAM action of the call that threw this error. */
  actionOf(error: unknown): string | undefined;
}

export function createApiClient({
  partition,
  account,
  region,
  config,
  limit,
  signal,
  baseMs = 500,
  timeoutMs = TIMEOUT_MS,
}: ApiClientOptions): ApiClient {
  const clients = new Map<unknown, Map<string, unknown>>();
  const failed = new WeakMap<object, string>();
  let isEntered = false;
  let isExpiredNow = false;
  const credentials = async () => {
    const found = await config.credentials(isExpiredNow ? { forceRefresh: true } : undefined);
    isExpiredNow = false;
    isEntered = true;
    return found;
  };
  let counts = callCounts();
  let allowed: readonly string[] = [];

  async function attempt<T>(action: string, send: Parameters<At['call']>[1]): Promise<T> {
    for (let attempts = 1; ; attempts++) {
      await limit.acquire(action, signal);
      counts.calls++;
      const patience = AbortSignal.timeout(timeoutMs);
      const abortSignal = AbortSignal.any([signal, patience]);
      try {
        const answer = (await send({ abortSignal })) as T;
        limit.report(action, false);
        return answer;
      } catch (cause) {
        signal.throwIfAborted();
        const error = patience.aborted ? patience.reason : cause; // to the SDK either is an AbortError
        const { status } = failureOf(error);
        const throttled = status === 'throttled';
        const most = status === 'timeout' ? ATTEMPTS_IN_SILENCE : ATTEMPTS;
        limit.report(action, throttled);
        if (throttled) counts.throttles++;
        const isRenewable = isExpired(error) && attempts === 1;
        if (isRenewable) {
          isExpiredNow = true;
          clients.clear(); // they keep the credentials that they have
        }
        if (attempts >= most || !(isRenewable || isWorthAnother(error, throttled))) {
          if (typeof error === 'object' && error !== null) failed.set(error, action);
          throw error;
        }
        counts.retries++;
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
    call(action, send) {
      if (!allowed.includes(action)) throw new Error(`${action} is not declared`);
      return attempt(action, send);
    },
    arn: (service, resource, owner = account, where = region) =>
      `arn:${partition}:${service}:${where}:${owner}:${resource}`,
    track(next, actions) {
      counts = next;
      allowed = actions;
    },
    isEntered: () => isEntered,
    actionOf: (error) => (typeof error === 'object' && error !== null ? failed.get(error) : undefined),
  };
}

const WIRE = /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|TimeoutError|UND_ERR|NetworkingError)/;

const isWorthAnother = (error: unknown, throttled: boolean): boolean =>
  throttled || (httpStatusOf(error) ?? 0) >= 500 || WIRE.test(codeOf(error));
