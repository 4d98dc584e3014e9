import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { groups } from '../../../scripts/quarantine/groups.ts';
import { rejects, type StoredReject, type Wanted } from '../../../scripts/quarantine/rejects.ts';
import { bucketStore, folderStore, type QuarantineStore } from '../../../scripts/quarantine/store.ts';
import type { Reject } from '../../../shared/model.ts';
import { fileQuarantine } from '../../../shared/sink/store/quarantine.ts';
import { lines } from '../../../shared/sink/store/reject.ts';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { clientOf } from '../../fake/server.ts';

const ALL: Wanted = { since: 0, until: Number.POSITIVE_INFINITY };

let store: Buckets;
let client: S3Client;
let quarantine: QuarantineStore;
let onUnreadable: string[];

beforeEach(async () => {
  store = await buckets();
  client = new S3Client(clientOf(store));
  quarantine = bucketStore(client, 'kept');
  onUnreadable = [];
});
afterEach(async () => {
  client.destroy();
  await store.stop();
});

const reject = (part: Partial<Reject> = {}): Reject => ({
  source: 'waf',
  reason: 'too few columns: 3',
  uri: 's3://logs/a@1',
  seq: 1,
  raw: Buffer.from('a b c'),
  ...part,
});

/** Puts lines into an object, with the time at which they were written. */
function keep(key: string, written: readonly Buffer[], at = '2026-11-24T12:00:00.000Z'): void {
  const text = Buffer.concat(written)
    .toString()
    .replaceAll(/"@timestamp":"[^"]*"/g, `"@timestamp":"${at}"`);
  store.objects.set(`kept/${key}`, { bytes: gzipSync(text) });
}

async function read(wanted: Partial<Wanted> = {}, from = quarantine): Promise<StoredReject[]> {
  const found: StoredReject[] = [];
  const each = rejects(from, { ...ALL, ...wanted }, ({ key, line }, why) => onUnreadable.push(`${key}:${line} ${why}`));
  for await (const one of each) found.push(one);
  return found;
}
const shown = (found: readonly StoredReject[]) => found.map(({ positions, raw }) => [positions, raw().toString()]);

describe('rejects', () => {
  test('come one after another, each with its lines and its bytes', async () => {
    keep('2026/11/24/a.gz', [
      ...lines(reject(), '1'),
      ...lines(reject({ seq: 2, raw: Buffer.from('x\u2028y\n') }), '1'),
    ]);
    keep('2026/11/24/b.gz', lines(reject({ sink: 'splunk', seq: 3 }), '1'));
    const found = await read();
    expect(shown(found)).toEqual([
      [[{ key: '2026/11/24/a.gz', line: 1 }], 'a b c'],
      [[{ key: '2026/11/24/a.gz', line: 2 }], 'x\u2028y\n'],
      [[{ key: '2026/11/24/b.gz', line: 1 }], 'a b c'],
    ]);
    expect(found[2]).toMatchObject({ source: 'waf', sink: 'splunk', uri: 's3://logs/a@1', seq: 3, version: '1' });
    expect(onUnreadable).toEqual([]);
  });

  test('that are several lines are put together, whatever lies between and in whatever order', async () => {
    const raw = randomBytes(3000).toString('hex');
    const [first, ...others] = lines(reject({ raw: Buffer.from(raw) }), '1', 1000);
    expect(others.length).toBeGreaterThan(2);
    keep('2026/11/24/a.gz', [...others.toReversed(), ...lines(reject({ seq: 2 }), '1'), others[0]]);
    keep('2026/11/25/a.gz', [first]);
    const [small, large, ...none] = await read();
    expect(none).toEqual([]);
    expect(small.seq).toBe(2);
    expect(large.raw().toString()).toBe(raw);
    expect(large.positions).toHaveLength(others.length + 2); // one line is there twice
    expect(onUnreadable).toEqual([]);
  });

  test('of which a part is missing, and lines that are none, are told of', async () => {
    const [, ...others] = lines(reject({ raw: randomBytes(3000) }), '1', 1000);
    keep('2026/11/24/a.gz', [Buffer.from('{"half\n'), ...others, ...lines(reject(), '1')]);
    expect(await read()).toHaveLength(1);
    expect(onUnreadable).toEqual([
      '2026/11/24/a.gz:1 this is no JSON',
      '2026/11/24/a.gz:2 a part of the reject is missing',
    ]);
  });

  const wishes: readonly [string, Partial<Wanted>, readonly number[]][] = [
    ['a source', { source: 'dns' }, [2]],
    ['a sink', { sink: 'splunk' }, [3]],
    ['none', { sink: 'none' }, [1, 2]],
    ['a reason', { reason: 'few columns: 3' }, [1, 2]],
    ['a reason as it is grouped', { reason: 'columns: #' }, [1, 2]],
  ];
  test.each(wishes)('are chosen by %s', async (_, wanted, seqs) => {
    const more = [reject({ seq: 2, source: 'dns' }), reject({ seq: 3, sink: 'splunk', reason: 'too large' })];
    keep(
      '2026/11/24/a.gz',
      [reject(), ...more].flatMap((each) => lines(each, '1')),
    );
    expect((await read(wanted)).map(({ seq }) => seq)).toEqual(seqs);
  });

  test('of some time are found without reading the objects of others, or what else is in the bucket', async () => {
    store.pageSize = 2;
    const days = ['2026/11/20', '2026/11/23', '2026/11/24', '2026/11/25', '2026/11/28'];
    days.forEach((day, i) => {
      const at = `${day.replaceAll('/', '-')}T10:00:00.000Z`;
      keep(`${day}/a.gz`, lines(reject({ seq: i }), '1'), at);
    });
    keep('2026/11/25/late.gz', lines(reject({ seq: 9 }), '1'), '2026-11-24T23:59:00.000Z');
    store.objects.set('kept/state/shield.json', { bytes: Buffer.from('{}') });
    const since = Date.parse('2026-11-24T00:00:00Z');
    const until = Date.parse('2026-11-25T00:00:00Z');
    expect((await read({ since, until })).map(({ seq }) => seq)).toEqual([2, 9]);
    const asked = store.asked.filter((line) => /^GET kept\/[^?]/.test(line)).map((line) => line.split('?')[0]);
    expect(asked).toEqual(
      ['2026/11/23/a.gz', '2026/11/24/a.gz', '2026/11/25/a.gz', '2026/11/25/late.gz'].map((key) => `GET kept/${key}`),
    );
    expect((await read({ since })).map(({ seq }) => seq)).toEqual([2, 3, 9, 4]);
  });

  test('of a dry run are in a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bongsu-quarantine-'));
    try {
      await expect(folderStore(folder)).rejects.toThrow(/has no quarantine.ndjson/);
      const quarantine = fileQuarantine(folder, '1');
      quarantine.put(reject({ raw: Buffer.from([255, 0]) }));
      await quarantine.flush(new AbortController().signal);
      const [one] = await read({}, await folderStore(folder));
      expect([one.positions, one.raw()]).toEqual([[{ key: 'quarantine.ndjson', line: 1 }], Buffer.from([255, 0])]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('groups count what was refused for the same reason, from the first to the last, with one of them', async () => {
  keep(
    '2026/11/24/a.gz',
    [reject(), reject({ seq: 2, reason: 'too few columns: 4' })].flatMap((each) => lines(each, '1')),
  );
  keep(
    '2026/11/25/a.gz',
    lines(reject({ seq: 3, sink: 'splunk', reason: 'too large' }), '1'),
    '2026-11-25T01:00:00.000Z',
  );
  keep('2026/11/25/b.gz', lines(reject({ seq: 4, reason: 'too few columns: 5' }), '1'), '2026-11-25T02:00:00.000Z');
  const all = groups();
  for (const each of await read()) all.add(each, each.seq === 2);
  expect(
    all
      .table('s3://kept/')
      .split('\n')
      .map((line) => line.trim().replaceAll(/ {2,}/g, '|')),
  ).toEqual([
    'records|replayed|source|sink|first|last|reason',
    '3|1|waf|-|2026-11-24T12:00Z|2026-11-25T02:00Z|too few columns: #',
    's3://logs/a@1 1',
    's3://kept/2026/11/24/a.gz:1',
    '1|0|waf|splunk|2026-11-25T01:00Z|2026-11-25T01:00Z|too large',
    's3://logs/a@1 3',
    's3://kept/2026/11/25/a.gz:1',
    '4 records',
    '',
  ]);
});

test('groups count a record once, however often it was rejected, and say how often that was', () => {
  const all = groups();
  const raw = () => Buffer.alloc(0);
  for (let delivery = 0; delivery < 5; delivery++) {
    for (const seq of [1, 2]) {
      const place = { '@timestamp': '2026-11-24T12:00:00.000Z', version: '1', positions: [{ key: 'a', line: 1 }] };
      all.add({ source: 'waf', reason: `too few columns: ${delivery}`, uri: 'u', seq, ...place, raw }, seq === 1);
    }
  }
  const [, row, , , sum] = all.table('').split('\n');
  expect(row).toMatch(/^ +2 +1 +waf /);
  expect(sum).toBe('2 records, rejected 10 times');
});

test('groups stay few, whatever destinations say', () => {
  const all = groups();
  const letters = (i: number) => [...String(i)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
  for (let i = 0; i < 3000; i++) {
    const raw = () => Buffer.alloc(0);
    const at = '2026-11-24T12:00:00.000Z';
    const place = { '@timestamp': at, version: '1', positions: [{ key: 'a', line: i }], raw };
    all.add({ source: 'waf', reason: `no ${letters(i)}`, uri: 'u', seq: i, ...place }, false);
  }
  const rows = all
    .table('')
    .split('\n')
    .filter((line) => / waf /.test(line));
  expect(rows).toHaveLength(1001);
  expect(rows[0]).toMatch(/^ +2000 .*\(other reasons\)$/);
});
