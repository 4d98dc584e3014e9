/**
 * How fast calls may be: a bucket of tokens for each action of an account's region, filled at half of what AWS allows, so
 * that the other half is there for those who work in the account. A throttle halves the rate; what goes well wins it back.
 * Every action is asked by one unit of work at a time, so the buckets of one Lambda are enough.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** Calls a second that AWS is known to allow. The first row that fits. */
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
const FLOOR = 0.1; // of the rate it begins with
/** Tokens that may be saved up, in seconds of the rate: a short list is not slowed down. */
const BURST_S = 2;

export interface Clock {
  /** Milliseconds. */
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<unknown>;
}

const CLOCK: Clock = { now: () => performance.now(), sleep: (ms, signal) => sleep(ms, undefined, { signal }) };

export interface Pace {
  /** Resolves when one call may be made. */
  turn(action: string, signal: AbortSignal): Promise<void>;
  /** What came of it. */
  note(action: string, throttled: boolean): void;
}

interface Bucket {
  readonly top: number;
  rate: number;
  tokens: number;
  at: number;
}

/** For one account and region. */
export function pace(clock: Clock = CLOCK): Pace {
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
    async turn(action, signal) {
      const bucket = bucketOf(action);
      fill(bucket);
      bucket.tokens--; // below zero: the place in the queue
      if (bucket.tokens < 0) await clock.sleep((-bucket.tokens / bucket.rate) * 1000, signal);
    },
    note(action, throttled) {
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
