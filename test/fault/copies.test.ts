/**
 * How many copies of an event HEC gets for each kind of fault, as docs/explanation/reliability.md bounds them, and that OpenSearch has
 * each record once. Each delivery runs in a new environment, which knows nothing but what S3 keeps.
 */
import { gzipSync } from 'node:zlib';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { flowlogs } from '../../functions/flowlogs/source.ts';
import { replay } from '../../functions/replay/replay.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import { announcement, s3Bodies } from '../../shared/input/s3.ts';
import { sqsItems } from '../../shared/input/sqs.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { UNROUTED } from '../../shared/pipeline/unrouted.ts';
import { circuitBreaker } from '../../shared/sink/delivery/circuitbreaker.ts';
import { retrying } from '../../shared/sink/delivery/retry.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';
import { splunk } from '../../shared/sink/splunk/sink.ts';
import { checkpoints } from '../../shared/sink/store/checkpoints.ts';
import { quarantine } from '../../shared/sink/store/quarantine.ts';
import { spill } from '../../shared/sink/store/spill.ts';
import { type Buckets, buckets } from '../fake/buckets.ts';
import { type Firehose, firehose } from '../fake/firehose.ts';
import { clientOf } from '../fake/server.ts';
import { type Hec, startHec } from '../rig/hec/hec.ts';
import { type Destinations, destinations } from './destinations.ts';
import { FAULTS, type Fault, type FaultProxy, startProxy } from './proxy.ts';

const [TOKEN, LINES] = ['11111111-2222-4333-8444-555555555555', 60];
const log = { info() {}, warn() {}, error() {} };
const metrics = { add() {}, flush() {} };
const never = () => Number.POSITIVE_INFINITY;
const down: Fault = { answer: { status: 503, retryAfter: 60 } };
const denied: Fault = {
  answer: { status: 403, body: '<Error><Code>AccessDenied</Code><Message>no</Message></Error>' },
};
const source = flowlogs({ geo: noGeo, route: ['opensearch', 'splunk'] });

let [hec, domain, store, stream]: [Hec?, Destinations?, Buckets?, Firehose?] = [];
let proxies: Readonly<Record<'opensearch' | 'splunk' | 's3', FaultProxy>>;
let client: S3Client;
beforeAll(async () => {
  [hec, domain, store, stream] = [
    await startHec({ token: TOKEN }),
    await destinations(),
    await buckets(),
    await firehose(),
  ];
  proxies = {
    opensearch: await startProxy({ url: domain.endpoint }),
    splunk: await startProxy({ url: hec.url }),
    s3: await startProxy({ url: store.endpoint }),
  };
  const endpoint = { ...store, endpoint: proxies.s3.url };
  client = new S3Client({ ...clientOf(endpoint), forcePathStyle: true, maxAttempts: 1 });
});
afterAll(() => Promise.all([...Object.values(proxies), hec!, domain!, store!, stream!].map((each) => each.stop())));
beforeEach(() => {
  for (const proxy of Object.values(proxies)) proxy.always(FAULTS.pass);
  stream!.error = undefined;
});

const line = (i: number, at = Date.UTC(2026, 10, 1) / 1000 + i) =>
  `2 123456789012 eni-0a1b2c3d4e5f60718 10.0.0.${i} 192.0.2.7 ${1024 + i} 443 6 10 840 ${at} ${at + 60} ACCEPT OK`;
const lines = Array.from({ length: LINES }, (_, i) => line(i));

/** Puts an object, and gives the message that announces it. */
function put(key: string, text = lines.join('\n')): string {
  store!.objects.set(`logs/${key}`, { bytes: gzipSync(text) });
  return JSON.stringify(announcement({ bucket: 'logs', key, size: text.length }));
}

/** Those of one batch each: a third of an object. */
const sinksOf = (index = source.index, forSplunk = source.splunk) => {
  const auth = { kind: 'basic', login: async () => ({ username: 'x', password: 'x' }) } as const;
  return {
    opensearch: opensearch({ url: proxies.opensearch.url, auth, index, maxBytes: 15_000 }),
    splunk: splunk({ endpoints: [proxies.splunk.url], token: async () => TOKEN, ...forSplunk, maxBytes: 8_000 }),
  };
};

interface Delivering {
  /** Of the message, as SQS counts. */
  readonly count?: number;
  readonly signal?: AbortSignal;
  /** How long a destination that is down is asked again. Lost answers end by their number, however slow the machine is. */
  readonly patienceMs?: number;
}

const PATIENT = { patienceMs: 60_000 };

/** One delivery of a message in a new environment. True: it is done. */
async function deliver(
  body: string,
  { count = 1, signal = new AbortController().signal, patienceMs = 60 }: Delivering = {},
) {
  const retried = (index = source.index, forSplunk = source.splunk) =>
    Object.values(sinksOf(index, forSplunk)).map((sink) =>
      retrying(sink, { deadline: never, patienceMs, baseMs: 2, maxMs: 20, breaker: circuitBreaker() }),
    );
  const attributes = { ApproximateReceiveCount: String(count) };
  const event = { Records: [{ messageId: `${body}${count}`, body, attributes }] };
  const bodies = s3Bodies(client, { source: 'flowlogs', maxObjectBytes: 1 << 30, log });
  const kept = { client, bucket: 'kept', log };
  const [outcome] = await collect(source, sqsItems(event as never, bodies), {
    sinks: retried(),
    notify: retried(UNROUTED.index, UNROUTED.splunk as typeof source.splunk),
    quarantine: ownQuarantine(),
    spill: spill({ ...kept, prefix: 'spill', source: 'flowlogs', deadline: never }),
    checkpoints: checkpoints({ ...kept, prefix: 'checkpoints/flowlogs' }),
    log,
    metrics,
    signal,
  });
  return outcome.error === undefined;
}

const ownQuarantine = () =>
  quarantine({
    client: new FirehoseClient({ ...clientOf(stream!), maxAttempts: 1 }),
    stream: 'quarantine',
    version: '0',
    log,
    baseMs: 1,
  });

/** Sends each spilled object once. */
async function replayAll(): Promise<void> {
  const closed = { kind: 'closed' } as const;
  const lease = {
    look: async () => closed,
    take: async () => closed,
    onSuccess: async () => {},
    onFailure: async () => 0,
  };
  const spilled = [...store!.objects.keys()].filter((path) => path.startsWith('kept/spill/'));
  for (const path of spilled) {
    const object = { bucket: 'kept', key: path.slice('kept/'.length), size: undefined };
    const tools = {
      s3: client,
      prefix: 'spill',
      sinkOf: ({ sink }: { sink: string }) =>
        retrying(sinksOf()[sink as 'splunk'], { deadline: never, patienceMs: 0, mostLost: 1 }),
      leaseOf: () => lease,
      progress: checkpoints({ client, bucket: 'kept', prefix: 'state/replay-progress', log }),
      quarantine: ownQuarantine(),
      log,
      metrics,
    };
    await replay(object, tools, new AbortController().signal).catch(() => {}); // it stays then
  }
}

/** How often HEC has the events of an object, fewest and most, and how many OpenSearch has. */
function copies(key: string) {
  const counts = new Map<unknown, number>();
  for (const { source: of, fields } of hec!.events()) {
    if (String(of).includes(`/${key}@`)) counts.set(fields?.event_id, (counts.get(fields?.event_id) ?? 0) + 1);
  }
  const ids = new Set(domain!.documents.map(({ id }) => id));
  const both = [...counts.keys()].filter((id) => ids.has(String(id))).length;
  return { ids: counts.size, both, most: Math.max(0, ...counts.values()) };
}

describe('copies of an event in HEC, at most', () => {
  test('one without a fault', async () => {
    expect(await deliver(put('none'))).toBe(true);
    expect(copies('none')).toEqual({ ids: LINES, both: LINES, most: 1 });
  });

  test.each([1, 2, 3])('one more for each of %d lost answers', async (lost) => {
    const key = `lost-${lost}`;
    const isBatch = (path: string) => path.startsWith('/services/collector');
    let left = lost;
    proxies.splunk.always(({ path }) => (isBatch(path) && left-- > 0 ? FAULTS.lost : FAULTS.pass));
    expect(await deliver(put(key, lines.slice(0, 5).join('\n')), PATIENT)).toBe(true); // one batch
    for (let round = 0; round < 3; round++) await replayAll();
    expect(copies(key)).toEqual({ ids: 5, both: 5, most: 1 + lost });
  });

  test('two from an invocation that gets no answer at all, one from each replay', async () => {
    proxies.splunk.always(FAULTS.lost);
    expect(await deliver(put('silent'), PATIENT)).toBe(true);
    expect(copies('silent').most).toBe(2);
    await replayAll();
    expect(copies('silent').most).toBe(3);
    proxies.splunk.always(FAULTS.pass);
    await replayAll();
    await replayAll(); // nothing is left
    expect(copies('silent')).toEqual({ ids: LINES, both: LINES, most: 4 });
  });

  test('one more for each lost answer of OpenSearch: none', async () => {
    proxies.opensearch.script(FAULTS.lost, FAULTS.lost, FAULTS.lost);
    expect(await deliver(put('opensearch-lost'), PATIENT)).toBe(true);
    await replayAll();
    expect(copies('opensearch-lost')).toEqual({ ids: LINES, both: LINES, most: 1 });
  });

  test('one more for each delivery that ends before it stores anything, as one that is killed', async () => {
    const body = put('killed');
    proxies.s3.always(({ method }) => (method === 'PUT' ? denied : FAULTS.pass)); // what a killed one would not store
    proxies.opensearch.always(down);
    for (let count = 1; count <= 3; count++) expect(await deliver(body, { count })).toBe(false);
    proxies.s3.always(FAULTS.pass);
    proxies.opensearch.always(FAULTS.pass);
    expect(await deliver(body, { count: 4 })).toBe(true);
    expect(copies('killed')).toEqual({ ids: LINES, both: LINES, most: 1 + 3 });
  });

  test('two when the time of an invocation ends while HEC has not answered', async () => {
    const body = put('late');
    const over = new AbortController();
    proxies.splunk.always(() => {
      setTimeout(() => over.abort(new Error('the time is over')), 50);
      return { delayAnswerMs: 2_000 };
    });
    const isDone = await deliver(body, { signal: over.signal });
    proxies.splunk.always(FAULTS.pass);
    if (!isDone) expect(await deliver(body, { count: 2 })).toBe(true);
    await replayAll();
    const { most, ...rest } = copies('late');
    expect(rest).toEqual({ ids: LINES, both: LINES });
    expect(most).toBeLessThanOrEqual(2);
  });

  test('one while the quarantine is refused, over five deliveries and a redrive', async () => {
    stream!.error = { status: 400, type: 'AccessDeniedException' };
    const body = put('unquarantined', lines.with(7, 'no flow log').join('\n'));
    for (let count = 1; count <= 5; count++) expect(await deliver(body, { count })).toBe(false);
    stream!.error = undefined;
    expect(await deliver(body)).toBe(true); // a redriven message is counted from 1
    expect(copies('unquarantined')).toEqual({ ids: LINES - 1, both: LINES - 1, most: 1 });
  });

  test('one while the spill is refused, over five deliveries and a redrive', async () => {
    proxies.opensearch.always(down);
    proxies.s3.always(({ method, path }) => (method === 'PUT' && path.includes('/spill/') ? denied : FAULTS.pass));
    const body = put('unspilled');
    for (let count = 1; count <= 5; count++) expect(await deliver(body, { count })).toBe(false);
    for (const proxy of Object.values(proxies)) proxy.always(FAULTS.pass);
    expect(await deliver(body)).toBe(true);
    expect(copies('unspilled')).toEqual({ ids: LINES, both: LINES, most: 1 });
  });

  test('one of the event about an object that can not be read, while the quarantine is refused', async () => {
    stream!.error = { status: 400, type: 'AccessDeniedException' };
    const body = put('unreadable', 'nothing of ours\n'.repeat(30));
    for (let count = 1; count <= 5; count++) expect(await deliver(body, { count })).toBe(false);
    stream!.error = undefined;
    expect(await deliver(body)).toBe(true);
    expect(copies('unreadable')).toEqual({ ids: 1, both: 1, most: 1 });
  });

  test('one while the quarantine refuses what a replay found', async () => {
    proxies.splunk.always(down);
    expect(await deliver(put('replayed', lines.slice(0, 5).join('\n')))).toBe(true);
    stream!.error = { status: 400, type: 'AccessDeniedException' };
    const code6: Fault = {
      answer: { status: 400, body: '{"text":"Invalid data format","code":6,"invalid-event-number":3}' },
    };
    const isFirst = { left: 1 };
    proxies.splunk.always(() => (isFirst.left-- > 0 ? code6 : FAULTS.pass));
    for (let round = 0; round < 5; round++) await replayAll();
    stream!.error = undefined;
    await replayAll();
    expect(copies('replayed').most).toBe(1);
    expect([...store!.objects.keys()].filter((path) => /^kept\/(spill|state)\//.test(path))).toEqual([]);
  });

  test('as many as a message that was done is announced', async () => {
    const body = put('again');
    for (let times = 0; times < 3; times++) expect(await deliver(body)).toBe(true);
    expect(copies('again')).toEqual({ ids: LINES, both: LINES, most: 3 });
  });
});
