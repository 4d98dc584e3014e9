/**
 * Ticks of a schedule: for what AWS sends to nobody and has to be asked for. In: an event as EventBridge's schedules have it,
 * or as resources/source/schedule.yml spells it, with the place where a poller keeps what it has to know at the next tick:
 * `{"detail-type":"Scheduled Event","source":"aws.events","account":"…","region":"…","detail":{"state":"s3://bucket/key"}}`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
 */
import type { Body } from '../model.ts';
import { isRecord, opened } from './message.ts';
import type { Bodies } from './sqs.ts';

export interface Tick {
  /** The account and the region that the schedule stands in. */
  readonly account: string;
  readonly region: string;
  readonly state: Place | undefined;
}

/** An object of S3. */
export interface Place {
  readonly bucket: string;
  readonly key: string;
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
  const { value, isAnnouncement } = opened(message);
  if (isAnnouncement || value['detail-type'] !== 'Scheduled Event' || value.source !== 'aws.events') return undefined;
  const { account, region, detail } = value;
  return {
    account: String(account),
    region: String(region),
    state: isRecord(detail) ? place(detail.state) : undefined,
  };
}

function place(url: unknown): Place | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(String(url)) ?? [];
  return bucket === undefined ? undefined : { bucket, key };
}
