/** An EventBridge event as an AWS service sends it, and what should become of it. */

import type { Rng } from './random.ts';
import { REGION } from './scenario.ts';

export interface FindingEvent {
  readonly source: 'guardduty' | 'securityhub' | 'inspector' | 'macie' | 'shield';
  readonly event: Envelope;
  /** Documents that it becomes. */
  readonly records: number;
  /** Those of them that Splunk does not get, since it has the finding already. */
  readonly heldBack: number;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
export interface Envelope {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: object;
}

/** When the story began, in epoch seconds, and its random numbers. */
export interface Setting {
  readonly start: number;
  readonly rng: Rng;
}

export const iso = (start: number, seconds: number): string => new Date((start + seconds) * 1000).toISOString();

export const uuid = (rng: Rng): string => [8, 4, 4, 4, 12].map((digits) => rng.hex(digits)).join('-');

interface Told {
  readonly source: string;
  readonly type: string;
  readonly account: string;
  /** Seconds from the story's first moment. */
  readonly at: number;
  readonly resources?: readonly string[];
  readonly detail: object;
}

export function envelope(
  { start, rng }: Setting,
  { source, type, account, at, resources = [], detail }: Told,
): Envelope {
  return {
    version: '0',
    id: uuid(rng),
    'detail-type': type,
    source,
    account,
    time: iso(start, at),
    region: REGION,
    resources,
    detail,
  };
}
