/**
 * Everything that can break on the wire, before each destination and before S3, while messages come twice and in any order:
 * each record ends in OpenSearch once, in Splunk at least once and always under the same id, or in quarantine with a reason.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { putAll } from '../../functions/bootstrap/put.ts';
import { templates } from '../../functions/bootstrap/templates.ts';
import { flowlogs } from '../../functions/flowlogs/source.ts';
import { lease } from '../../functions/replay/lease.ts';
import { replay } from '../../functions/replay/replay.ts';
import { seeded } from '../../scripts/incident/random.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import { s3Bodies } from '../../shared/input/s3.ts';
import { sqsItems } from '../../shared/input/sqs.ts';
import type { Reject, Sink } from '../../shared/model.ts';
import { collect, type Dependencies } from '../../shared/pipeline/collect.ts';
import { circuitBreaker } from '../../shared/sink/delivery/circuitbreaker.ts';
import { retrying } from '../../shared/sink/delivery/retry.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';
import { splunk } from '../../shared/sink/splunk/sink.ts';
import { checkpoints } from '../../shared/sink/store/checkpoints.ts';
import { spill } from '../../shared/sink/store/spill.ts';
import { type Buckets, buckets } from '../fake/buckets.ts';
import { clientOf } from '../fake/server.ts';
import { type Hec, startHec } from '../rig/hec/hec.ts';
import { asker } from '../rig/opensearch/asker.ts';
import { onOpenSearch } from '../rig/opensearch/put.ts';
import { onNode } from '../rig/opensearch/suite.ts';
import { dice, FAULTS, type Fault, type FaultProxy, startProxy } from './proxy.ts';

const TOKEN = '11111111-2222-4333-8444-555555555555';
const [OBJECTS, LINES] = [6, 120];

const quiet = { info() {}, warn() {}, error() {} };
const metrics = { add() {}, flush() {} };
const forEver = () => Date.now() + 3_600_000;

/** Where a fault strikes. */
type Place = 'opensearch' | 'splunk' | 's3';
const PLACES: readonly Place[] = ['opensearch', 'splunk', 's3'];

await onNode('with a fault', (node) => {
  const ca = readFileSync(node.caFile, 'utf8');
  const login = async () => node;
  const ask = asker({ url: node.url, auth: { kind: 'basic', login }, ca });
  const source = flowlogs({ geo: noGeo, route: ['opensearch', 'splunk'] });
  let hec: Hec;
  let store: Buckets;
  let proxies: Readonly<Record<Place, FaultProxy>>;
  let direct: S3Client;
  let through: S3Client;
  let clock: () => number;
  const realNow = Date.now;

  beforeAll(async () => {
    const access = { url: node.url, auth: { kind: 'basic', login }, ca } as const;
    await putAll(templates({ shards: 1, replicas: 0 }), onOpenSearch(access));
    [hec, store] = [await startHec({ token: TOKEN }), await buckets()];
    proxies = {
      opensearch: await startProxy({ url: node.url, ca }),
      splunk: await startProxy({ url: hec.url }),
      s3: await startProxy({ url: store.endpoint }),
    };
    direct = new S3Client({ ...clientOf(store), forcePathStyle: true });
    through = new S3Client({ ...clientOf({ ...store, endpoint: proxies.s3.url }), forcePathStyle: true });
  });
  afterAll(() => Promise.all([hec.stop(), store.stop(), ...Object.values(proxies).map((proxy) => proxy.stop())]));
  beforeEach(() => {
    store.objects.clear();
    clock = realNow;
    Date.now = () => clock();
  });
  afterAll(() => {
    Date.now = realNow;
  });

  /** Flow logs of a day of their own; their messages, each twice and in any order. */
  function messages(day: string, seed: number): readonly string[] {
    const random = seeded(seed);
    const start = Date.parse(`${day}T00:00:00Z`) / 1000;
    const keys = Array.from({ length: OBJECTS }, (_, object) => {
      const lines = Array.from({ length: LINES }, (_, i) => {
        const at = start + object * LINES + i;
        return `2 123456789012 eni-0a1b2c3d4e5f60718 10.0.${object}.${i} 192.0.2.7 ${1024 + i} 443 6 10 840 ${at} ${at + 60} ACCEPT OK\n`;
      });
      const key = `flowlogs/${day}/${object}.log.gz`;
      store.objects.set(`logs/${key}`, { bytes: gzipSync(lines.join('')) });
      return key;
    });
    const all = [...keys, ...keys].map((key) => ({ key, order: random.below(1 << 30) }));
    return all.sort((a, b) => a.order - b.order).map(({ key }) => notification(key));
  }

  const notification = (key: string): string => {
    const { bytes } = store.objects.get(`logs/${key}`)!;
    const s3 = { bucket: { name: 'logs' }, object: { key, size: bytes.length } };
    return JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put', s3 }] });
  };

  const plain: Readonly<Record<'opensearch' | 'splunk', () => Sink>> = {
    opensearch: () =>
      opensearch({
        url: proxies.opensearch.url,
        auth: { kind: 'basic', login },
        index: source.index,
        maxBytes: 40_000,
        timeoutMs: 5_000,
      }),
    splunk: () =>
      splunk({
        endpoints: [proxies.splunk.url],
        token: async () => TOKEN,
        ...source.splunk,
        maxBytes: 15_000,
        timeoutMs: 5_000,
      }),
  };

  /** Delivers until every message was worked off and everything that was spilled has been replayed. */
  async function settled(day: string, seed: number, mend: () => void): Promise<Reject[]> {
    const rejects: Reject[] = [];
    const quarantine: Dependencies['quarantine'] = {
      put: (reject) => void rejects.push(reject),
      flush: async () => {},
    };
    const patience = { deadline: forEver, patienceMs: 60, baseMs: 2, maxMs: 20 };
    const sinks = (['opensearch', 'splunk'] as const).map((name) =>
      retrying(plain[name](), { ...patience, breaker: circuitBreaker({ openMs: 10 }) }),
    );
    const bodies = s3Bodies(through, { source: 'flowlogs', maxObjectBytes: 1 << 30, log: quiet });
    const kept = spill({ client: direct, bucket: 'kept', prefix: 'spill', source: 'flowlogs', deadline: forEver });
    let open = messages(day, seed).map((body, i) => ({ messageId: `m${i}`, body }));
    for (let round = 0; open.length > 0 && round < 50; round++) {
      const batch = open.splice(0, 4);
      const items = sqsItems({ Records: batch } as never, bodies);
      const { signal } = new AbortController();
      const outcomes = await collect(source, items, { sinks, quarantine, spill: kept, log: quiet, metrics, signal });
      const again = new Set(outcomes.filter(({ error }) => error !== undefined).map(({ id }) => id));
      open = [...open, ...batch.filter(({ messageId }) => again.has(messageId))];
      if (round === 30) mend(); // a fault that strikes always has an end
    }
    expect(open).toEqual([]);
    mend();
    const tools = {
      s3: direct,
      prefix: 'spill',
      sinkOf: ({ sink }: { sink: string }) => plain[sink as keyof typeof plain](),
      leaseOf: (name: string) => lease({ s3: direct, bucket: 'kept', key: `state/${name}`, leaseMs: 1000 }),
      progress: checkpoints({ client: direct, bucket: 'kept', prefix: 'state/replay-progress', log: quiet }),
      quarantine,
      log: quiet,
      metrics,
    };
    const spilled = [...store.objects.keys()].filter((path) => path.startsWith('kept/spill/'));
    for (const path of spilled) {
      const object = { bucket: 'kept', key: path.slice('kept/'.length), size: undefined };
      await replay(object, tools, new AbortController().signal);
    }
    expect([...store.objects.keys()].filter((path) => path.startsWith('kept/spill/'))).toEqual([]);
    return rejects;
  }

  /** Ids by destination. */
  async function arrived(day: string) {
    const index = `aws-flowlogs-${day.replaceAll('-', '.')}`;
    await ask('POST', `/${index}/_refresh?ignore_unavailable=true`);
    const query = { size: 10_000, _source: false };
    type Found = { hits: { hits: { _id: string }[] } };
    const { hits } = (await ask('POST', `/${index}/_search?ignore_unavailable=true`, query)) as Found;
    const events = hec.events().filter((event) => String(event.source).includes(`/${day}/`));
    return {
      opensearch: hits.hits.map(({ _id }) => _id).sort(),
      splunk: [...new Set(events.map(({ fields }) => String(fields?.event_id)))].sort(),
    };
  }

  async function expectAll(day: string, rejects: readonly Reject[]): Promise<void> {
    const all = OBJECTS * LINES;
    const found = await arrived(day);
    for (const name of ['opensearch', 'splunk'] as const) {
      const own = rejects.filter((reject) => reject.sink === name);
      expect(own.every(({ reason }) => reason !== '')).toBe(true);
      // one that was refused may have been delivered by the other of its two messages
      const missing = all - found[name].length;
      expect(missing).toBeLessThanOrEqual(new Set(own.map(({ uri, seq }) => `${uri} ${seq}`)).size);
      if (own.length === 0) expect(missing).toBe(0);
    }
    expect(rejects.filter(({ sink }) => sink === undefined)).toEqual([]);
    if (rejects.length === 0) expect(found.opensearch).toEqual(found.splunk);
  }

  let day = Date.UTC(2026, 0, 1);
  const nextDay = (): string => {
    day += 86_400_000;
    return new Date(day).toISOString().slice(0, 10);
  };

  const faults: readonly (readonly [string, Fault])[] = Object.entries(FAULTS).filter(([name]) => name !== 'pass');
  const cases = PLACES.flatMap((place) => faults.map(([name, fault]) => [place, name, fault] as const));

  // one that says of a record that it is too large is believed
  test.each(cases)('before %s: %s', async (place, name, fault) => {
    const [today, seed] = [nextDay(), cases.findIndex(([p, n]) => p === place && n === name) + 1];
    proxies[place].always(dice(seed, [[1, FAULTS.pass], [1, fault]])); // biome-ignore format: one line
    const before = proxies[place].seen().length;
    const rejects = await settled(today, seed, () => proxies[place].always(FAULTS.pass));
    const struck = proxies[place].seen().slice(before);
    expect(struck.map((each) => each.fault)).toContain(fault);
    if (name !== 'tooLarge') expect(rejects).toEqual([]);
    await expectAll(today, rejects);
  });

  test('all of them at once, everywhere', async () => {
    const today = nextDay();
    const odds = [[12, FAULTS.pass], ...faults.map(([, fault]) => [1, fault] as const)] as const;
    const safe = odds.filter(([, fault]) => fault !== FAULTS.tooLarge);
    PLACES.forEach((place, i) => {
      proxies[place].always(dice(90 + i, safe));
    });
    await expectAll(
      today,
      await settled(today, 99, () => {
        for (const place of PLACES) proxies[place].always(FAULTS.pass);
      }),
    );
  });

  test('a clock that jumps by hours, forth and back', async () => {
    const today = nextDay();
    const random = seeded(7);
    clock = () => realNow() + (random.below(3) - 1) * 3_600_000;
    proxies.splunk.always(dice(5, [[2, FAULTS.pass], [1, FAULTS.busy]])); // biome-ignore format: one line
    const rejects = await settled(today, 7, () => {
      proxies.splunk.always(FAULTS.pass);
      clock = realNow;
    });
    expect(rejects).toEqual([]);
    await expectAll(today, rejects);
  });
});
