/**
 * Client-side rate limit: one token bucket for each action of an account's region, at half of AWS's quota, so that the other
 * half is left for the account's own users. A throttled call halves the rate; successful calls raise it again.
 * One unit of work makes all calls of an action, so buckets in one Lambda's memory are enough.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** AWS's quotas in calls per second. The first row that matches decides. */
const QUOTAS: readonly (readonly [action: RegExp, perSecond: number])[] = [
  [/^route53:/, 5], // of the whole account: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html
  [/^wafv2:/, 5],
  [/^cloudfront:/, 5],
  [/^kinesis:/, 5],
  [/^organizations:/, 5],
  [/^lambda:(List|GetPolicy)/, 15], // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  [/^iam:/, 15],
  [/^apigateway:/, 10],
  [/^elasticloadbalancing:/, 10],
  [/^s3:/, 100],
  [/./, 20],
];

const SHARE = 0.5;
const FLOOR = 0.1; // of the initial rate
/** Burst, in seconds of the rate: short lists are not slowed down. */
const BURST_S = 2;

export interface Clock {
  /** Milliseconds. */
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<unknown>;
}

const CLOCK: Clock = { now: () => performance.now(), sleep: (ms, signal) => sleep(ms, undefined, { signal }) };

export interface RateLimit {
  /** Resolves when one call may be made. */
  acquire(action: string, signal: AbortSignal): Promise<void>;
  /** Reports the outcome of a call. */
  report(action: string, throttled: boolean): void;
}

interface Bucket {
  readonly top: number;
  rate: number;
  tokens: number;
  at: number;
}

/** Rate limits of one account and region. */
export function rateLimit(clock: Clock = CLOCK): RateLimit {
  const buckets = new Map<string, Bucket>();

  function bucketOf(action: string): Bucket {
    let bucket = buckets.get(action);
    if (bucket === undefined) {
      const top = QUOTAS.find(([pattern]) => pattern.test(action))![1] * SHARE;
      bucket = { top, rate: top, tokens: top * BURST_S, at: clock.now() };
      buckets.set(action, bucket);
    }
    return bucket;
  }

  function fill(bucket: Bucket): void {
    const now = clock.now();
    bucket.tokens = Math.min(bucket.rate * BURST_S, bucket.tokens + ((now - bucket.at) / 1000) * bucket.rate);
    bucket.at = now;
  }

  return {
    async acquire(action, signal) {
      const bucket = bucketOf(action);
      fill(bucket);
      bucket.tokens--; // below zero: the caller's position in the queue
      if (bucket.tokens < 0) await clock.sleep((-bucket.tokens / bucket.rate) * 1000, signal);
    },
    report(action, throttled) {
      const bucket = bucketOf(action);
      fill(bucket);
      if (throttled) {
        bucket.rate = Math.max(bucket.top * FLOOR, bucket.rate / 2);
        bucket.tokens = Math.min(bucket.tokens, 0);
      } else {
        bucket.rate = Math.min(bucket.top, bucket.rate + bucket.top * 0.02);
      }
    },
  };
}
