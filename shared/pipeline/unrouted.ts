/**
 * What a source can't read: an object with another source's key, or with content of another kind. It stays in its bucket,
 * its place is in the quarantine, and one event tells the source's destinations of it.
 */

import type { Bytes, Facts, Log, Metrics, Sink, Source } from '../model.ts';
import { Text } from '../text/text.ts';
import type { Lane } from './batcher.ts';
import { blank } from './facts.ts';

/** How the events are called and where they go. */
export const UNROUTED: Pick<Source<never>, 'name' | 'index' | 'splunk'> = {
  name: 'unrouted',
  index: { name: 'aws-unrouted', period: 'month' },
  splunk: { sourcetype: 'bongsu:unrouted', format: 'json' },
};

export interface Unrouted {
  /** The caller's number of the item that it came with. */
  readonly item: number;
  /** Name of the source that can't read it. */
  readonly source: string;
  readonly uri: string;
  readonly reason: string;
  /** The first record that was refused. */
  readonly first: Uint8Array;
}

export interface UnroutedTools {
  /** Where the events go. Default: nowhere. */
  readonly aside?: readonly Sink[];
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Counts them and sends one event each. `open`: a way into a sink for them. Throws ConfigError. */
export async function tell(
  all: readonly Unrouted[],
  { aside = [], log, metrics }: UnroutedTools,
  open: (sink: Sink) => Lane,
): Promise<void> {
  if (all.length === 0) return;
  metrics.add('Unrouted', all.length);
  const doc = new Text(4 << 10);
  const lanes = aside.map(open);
  const time = Date.now();
  for (const each of all) {
    const { item, source, uri, reason } = each;
    log.warn('object not routed', { source, uri, reason });
    doc.length = 0;
    doc.json(documentOf(each, time));
    const facts: Facts = { ...blank(), id: `${source}:${uri}`, time, outcome: 'failure' };
    const raw: Bytes = { bytes: doc.bytes, view: doc.view, start: 0, end: doc.length };
    for (const lane of lanes) if (lane.append(item, facts, { uri, seq: 0 }, doc, raw)) await lane.ship();
  }
  await Promise.all(lanes.map((lane) => lane.flush()));
}

/** https://www.elastic.co/docs/reference/ecs/ecs-allowed-values-event-kind#ecs-event-kind-pipeline_error */
function documentOf({ source, uri, reason, first }: Unrouted, time: number): object {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*?)(?:@[0-9a-f-]*)?$/s.exec(uri) ?? [];
  return {
    '@timestamp': new Date(time).toISOString(),
    ecs: { version: '9.4.0' },
    message: `${source} can't read ${uri}: ${reason}`,
    event: { kind: 'pipeline_error', dataset: 'bongsu.unrouted', outcome: 'failure', reason },
    error: { message: reason },
    cloud: { provider: 'aws' },
    log: { file: { path: uri } },
    aws: {
      ...(bucket !== undefined && { s3: { bucket: { name: bucket }, object: { key } } }),
      unrouted: { source, ...(first.length > 0 && { sample: sampleOf(first) }) },
    },
  };
}

const SAMPLE_BYTES = 256;
// what WAF logs have in requests, and their like: a value that nobody may see follows its name
const SECRETIVE = /cookie|authorization|token|secret|passw|credential|api-?key/i;

/** How it begins, in ASCII and up to the first word that may announce a secret. */
function sampleOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, SAMPLE_BYTES)).toString('latin1');
  return text.split(SECRETIVE, 1)[0].replaceAll(/[^\x20-\x7e]/g, '.');
}
