/** Events for tests of the way to Splunk: batches of them, and what a receiver has of them. */

import type { Facts, Sink } from '../../../shared/model.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { Batch } from '../../../shared/text/batch.ts';
import { Text } from '../../../shared/text/text.ts';
import type { Hec } from '../../rig/hec/hec.ts';

export const TOKEN = '11111111-2222-4333-8444-555555555555';
export const URI = 's3://logs/AWSLogs/a "b".log.gz@1f';
export const NEVER = new AbortController().signal;
const FACTS: Facts = { ...blank(), time: 1_790_000_000_123 };

export interface Line {
  readonly raw: string;
  readonly facts?: Partial<Facts>;
}

/** Their ids: `id-0`, `id-1`, … */
export function batchOf(sink: Sink, records: readonly Line[]): Batch {
  const batch = new Batch(1024);
  const doc = new Text(0);
  records.forEach(({ raw, facts }, i) => {
    const source = new Text(raw.length * 3);
    source.string(raw);
    const from = { uri: URI, seq: i + 1 };
    batch.begin(0, from.uri, from.seq);
    const bytes = { bytes: source.bytes, view: source.view, start: 0, end: source.length };
    sink.append(batch.text, { ...FACTS, id: `id-${i}`, ...facts }, from, doc, bytes);
  });
  return batch;
}

export const lines = (count: number): Line[] => Array.from({ length: count }, (_, i) => ({ raw: `line ${i}` }));
export const sent = (count: number) => Array.from({ length: count }, (_, i) => `id-${i}`);
/** Of what arrived, in its order. */
export const ids = (hec: Hec) => hec.events().map(({ fields }) => fields?.event_id);
