/** Events a second that a client may send, in one environment of the Lambda: a token bucket for each, which holds ten seconds. */
import type { Client } from './client.ts';

const SECONDS = 10;
const MOST = 10_000; // clients that are remembered; there may be any number of IAM principals

interface Bucket {
  tokens: number;
  at: number;
}

/** Takes all or none; returns how many may pass. `now`: epoch milliseconds. */
export function rates(): (client: Client, events: number, now: number) => number {
  const buckets = new Map<string, Bucket>();
  return ({ id, eventsPerSecond: rate }, events, now) => {
    if (rate === undefined) return events;
    const bucket = buckets.get(id) ?? { tokens: rate * SECONDS, at: now };
    if (buckets.size >= MOST) buckets.clear();
    buckets.set(id, bucket);
    const gained = Math.max(0, (now - bucket.at) / 1000) * rate;
    bucket.tokens = Math.min(rate * SECONDS, bucket.tokens + gained);
    bucket.at = now;
    if (bucket.tokens < 1) return 0;
    bucket.tokens -= events; // may fall below zero: cutting a request could separate the records of one event
    return events;
  };
}
