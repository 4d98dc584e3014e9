/**
 * Unrouted objects: those with another source's key, or with content that the source can't read. The object stays in its
 * bucket, the quarantine gets its location, and the source's destinations get one event about it.
 */

import type { Bytes, Facts, Log, Metrics, Sink, Source } from '../model.ts';
import { Text } from '../text/text.ts';
import type { Batcher } from './batcher.ts';
import { blank } from './facts.ts';

/** The index and the sourcetype of the events. */
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
  /** Names of the destinations that have no event yet. Absent: none has, and the object is new. */
  readonly to?: readonly string[];
}

export interface UnroutedTools {
  /** Where the events go. Default: nowhere. */
  readonly notify?: readonly Sink[];
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Counts new objects and sends one event for each. `open` makes a batcher for a sink. Throws ConfigError. */
export async function notifyUnrouted(
  all: readonly Unrouted[],
  { notify = [], log, metrics }: UnroutedTools,
  open: (sink: Sink) => Batcher,
): Promise<void> {
  if (all.length === 0) return;
  const count = all.filter(({ to }) => to === undefined).length;
  if (count > 0) metrics.add('Unrouted', count);
  const doc = new Text(4 << 10);
  const batchers = notify.map(open);
  const time = Date.now();
  for (const each of all) {
    const { item, source, uri, reason, to } = each;
    log.warn('object not routed', { source, uri, reason });
    doc.length = 0;
    doc.json(documentOf(each, time));
    const facts: Facts = { ...blank(), id: `${source}:${uri}`, time, outcome: 'failure' };
    const raw: Bytes = { bytes: doc.bytes, view: doc.view, start: 0, end: doc.length };
    const due = batchers.filter(({ name }) => to === undefined || to.includes(name));
    for (const each of due) if (each.append(item, facts, { uri, seq: 0 }, doc, raw)) await each.sendFull();
  }
  await Promise.all(batchers.map((each) => each.flush()));
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
// names in requests, as WAF logs them: a value that nobody may see follows
const SECRETIVE = /cookie|authorization|token|secret|passw|credential|api-?key/i;

/** Its first bytes as ASCII, up to the first word that may announce a secret. */
function sampleOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, SAMPLE_BYTES)).toString('latin1');
  return text.split(SECRETIVE, 1)[0].replaceAll(/[^\x20-\x7e]/g, '.');
}
