/**
 * An event on its late way: collected while both destinations are down, kept in the spill, sent again hours later. And how often
 * each product alerts on it, by what its documentation says; the alerting plugin and Splunk themselves can't run here.
 */
import { S3Client } from '@aws-sdk/client-s3';
import { cloudtrail } from '../../functions/cloudtrail/source.ts';
import { lease } from '../../functions/replay/lease.ts';
import { type ReplayTools, replay } from '../../functions/replay/replay.ts';
import type { Stanza } from '../../scripts/detections/savedsearch.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import type { Item, Sink } from '../../shared/model.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { retrying } from '../../shared/sink/delivery/retry.ts';
import type { ClientOptions } from '../../shared/sink/opensearch/client.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';
import { splunk } from '../../shared/sink/splunk/sink.ts';
import { checkpoints } from '../../shared/sink/store/checkpoints.ts';
import { spill } from '../../shared/sink/store/spill.ts';
import { type Buckets, buckets } from '../fake/buckets.ts';
import { clientOf } from '../fake/server.ts';

const log = { info() {}, warn() {}, error() {} };
const metrics = { add() {}, flush() {} };
const quarantine = { put() {}, flush: async () => {} };
const signal = new AbortController().signal;
const never = () => Promise.reject(new Error('nothing is sent'));

/** Sends nothing: the destination is down. */
const down = (sink: Sink): Sink =>
  retrying({ ...sink, append: sink.append.bind(sink), send: never }, { deadline: () => 0 });

export interface Late {
  /** What Splunk got, each time that it was replayed. */
  readonly sent: readonly { readonly time: number; readonly fields: { readonly event_id: string } }[];
}

/** Collects a CloudTrail record while both are down, and replays what was spilled `times` times. */
export async function spilledAndReplayed(record: object, access: ClientOptions, times: number): Promise<Late> {
  const store = await buckets();
  const s3 = new S3Client(clientOf(store));
  try {
    await collectDown(record, s3);
    return await replayed(store, s3, access, times);
  } finally {
    s3.destroy();
    await store.stop();
  }
}

async function collectDown(record: object, s3: S3Client): Promise<void> {
  const source = cloudtrail({ geo: noGeo, route: ['opensearch', 'splunk'] });
  const item: Item = {
    id: 'm1',
    async *bodies() {
      yield { uri: 's3://logs/a@e', chunks: chunksOf(JSON.stringify({ Records: [record] })) };
    },
  };
  const nowhere = { url: 'https://down.invalid', auth: { kind: 'basic', login: never } } as const;
  const [{ error }] = await collect(source, [item], {
    sinks: [
      down(opensearch({ ...nowhere, index: source.index })),
      down(splunk({ ...source.splunk, endpoints: [nowhere.url], token: never })),
    ],
    spill: spill({
      client: s3,
      bucket: 'kept',
      prefix: 'spill',
      source: 'cloudtrail',
      deadline: () => Date.now() + 9000,
    }),
    quarantine,
    log,
    metrics,
    signal,
  });
  if (error !== undefined) throw error;
}

async function* chunksOf(body: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(body);
}

async function replayed(store: Buckets, s3: S3Client, access: ClientOptions, times: number): Promise<Late> {
  const sent: Late['sent'][number][] = [];
  const index = { name: 'spilled', period: 'day', current: 'spilled' } as const;
  const toSplunk: Sink = {
    name: 'splunk',
    maxBytes: 1e6,
    append() {},
    async send(batch) {
      for (let at = 0; at < batch.count; at++) sent.push(JSON.parse(Buffer.from(batch.slice(at)).toString()));
      return { accepted: batch.count, retry: [], rejected: [] };
    },
  };
  const tools: ReplayTools = {
    s3,
    prefix: 'spill',
    sinkOf: ({ sink }) => (sink === 'splunk' ? toSplunk : opensearch({ ...access, index })),
    leaseOf: (sink, of) => lease({ s3, bucket: 'kept', key: `state/${sink}-${of}.json`, leaseMs: 120_000 }),
    progress: checkpoints({ client: s3, bucket: 'kept', prefix: 'state/replay-progress', log }),
    quarantine,
    log,
    metrics,
  };
  const kept = [...store.objects].filter(([path]) => path.startsWith('kept/spill/'));
  for (let round = 0; round < times; round++) {
    for (const [path, object] of kept) {
      store.objects.set(path, object); // SQS delivers at least once
      await replay({ bucket: 'kept', key: path.slice('kept/'.length), size: undefined }, tools, signal);
    }
  }
  return { sent };
}

/**
 * Messages of a bucket-level monitor: an action runs for the keys that had no alert at the run before.
 * https://docs.opensearch.org/latest/observing-your-data/alerting/actions/
 */
export function messagesOf(runs: readonly (readonly string[])[]): readonly string[] {
  let active: ReadonlySet<string> = new Set();
  return runs.flatMap((keys) => {
    const fresh = keys.filter((key) => !active.has(key));
    active = new Set(keys);
    return fresh;
  });
}

const MINUTE = 60_000;
const MS = { m: MINUTE, h: 60 * MINUTE, d: 1440 * MINUTE } as const;
const span = (text: string): number => Number(text.slice(0, -1)) * MS[text.slice(-1) as keyof typeof MS];

export interface Indexed {
  readonly id: string;
  /** Its own time and that of its indexing, epoch milliseconds. */
  readonly time: number;
  readonly indexed: number;
}

/**
 * Alerts of a saved search that its schedule starts at some times: what was indexed in its window, once per id, and suppressed
 * by it. https://docs.splunk.com/Documentation/Splunk/latest/Alert/ThrottleAlerts
 */
export function alertsOf(
  { settings }: Stanza,
  events: readonly Indexed[],
  starts: readonly number[],
): readonly string[] {
  const [, window = ''] = /_index_earliest=-(\d+[mhd])@m _index_latest=now/.exec(settings.search) ?? [];
  const [, oldest = ''] = /^-(\d+[mhd])@/.exec(settings['dispatch.earliest_time']) ?? [];
  if (settings['alert.suppress.fields'] !== 'event_id') throw new Error('the search is not suppressed by the id');
  const lastAt = new Map<string, number>();
  return starts.flatMap((start) => {
    const earliest = Math.floor((start - span(window)) / MINUTE) * MINUTE;
    const seen = events.filter(
      ({ time, indexed }) => indexed >= earliest && indexed <= start && time >= start - span(oldest),
    );
    const ids = [...new Set(seen.map(({ id }) => id))];
    const fresh = ids.filter(
      (id) => !(start - (lastAt.get(id) ?? Number.NEGATIVE_INFINITY) < span(settings['alert.suppress.period'])),
    );
    for (const id of fresh) lastAt.set(id, start);
    return fresh;
  });
}
