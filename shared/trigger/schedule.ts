/**
 * Ticks of a schedule of EventBridge: for what AWS sends to nobody and has to be asked for.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
 */
import type { Body } from '../model.ts';
import { opened } from './message.ts';
import type { Bodies } from './sqs.ts';

export interface Tick {
  /** The account and the region that the schedule stands in. */
  readonly account: string;
  readonly region: string;
  /** Epoch milliseconds at which it was due; the message may have waited since. */
  readonly time: number;
}

/** The bodies of a tick are what `poll` gives, those of any other message what `others` makes of it. */
export const onTick =
  (poll: (tick: Tick, signal: AbortSignal) => AsyncIterable<Body>, others: Bodies): Bodies =>
  (message, signal) => {
    const tick = tickIn(message);
    return tick === undefined ? others(message, signal) : poll(tick, signal);
  };

/** Throws ReadError where the message is no JSON object. */
function tickIn(message: unknown): Tick | undefined {
  const { value } = opened(message);
  if (value['detail-type'] !== 'Scheduled Event' || value.source !== 'aws.events') return undefined;
  return { account: String(value.account), region: String(value.region), time: Date.parse(String(value.time)) };
}
