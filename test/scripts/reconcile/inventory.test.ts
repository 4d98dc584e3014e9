import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { inventory } from '../../../scripts/reconcile/inventory.ts';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { all } from '../../fake/read.ts';
import { clientOf } from '../../fake/server.ts';

const span = { since: Date.parse('2026-11-24T00:00:00Z'), until: Date.parse('2026-11-24T18:00:00Z') };

let store: Buckets;
let s3: S3Client;
beforeEach(async () => {
  store = await buckets();
  store.pageSize = 2;
  s3 = new S3Client(clientOf(store));
});
afterEach(async () => {
  s3.destroy();
  await store.stop();
});

const put = (key: string, modified = '2026-11-24T10:00:00.000Z') =>
  store.objects.set(`logs/${key}`, { bytes: Buffer.from(key), modified });
const list = async (prefix: string) => (await all(inventory(s3, 'logs', prefix, span))).map(({ key }) => key);

describe('an inventory', () => {
  test('has the objects below a prefix that came in the time, in the order of their keys', async () => {
    for (const key of ['waf/a', 'waf/b/c', 'waf/b/d', 'waf/e', 'wafer', 'dns/a']) put(key);
    put('waf/b/early', '2026-11-23T23:59:59.000Z');
    put('waf/b/late', '2026-11-24T18:00:01.000Z');
    expect((await list('waf/')).toSorted()).toEqual(['waf/a', 'waf/b/c', 'waf/b/d', 'waf/e']);
    expect(await list('waf')).toContain('wafer');
    const [one] = await all(inventory(s3, 'logs', 'waf/a', span));
    const etag = createHash('md5').update('waf/a').digest('hex');
    expect(one).toEqual({ key: 'waf/a', size: 5, etag, modified: Date.parse('2026-11-24T10:00:00Z') });
  });

  test('looks into no folder of a day that is far from it', async () => {
    const days = [
      '2025/12/31',
      '2026/10/30',
      '2026/11/21',
      '2026/11/22',
      '2026/11/23',
      '2026/11/24',
      '2026/11/26',
      '2026/11/27',
      '2027/01/01',
    ];
    for (const day of days) put(`waf/AWSLogs/123456789012/WAFLogs/eu-west-1/${day}/a`);
    put('hive/AWSLogs/aws-account-id=123456789012/year=2026/month=11/day=24/a');
    put('hive/AWSLogs/aws-account-id=123456789012/year=2026/month=10/day=24/a');
    const found = (await list('waf/')).map((key) => key.slice(-12, -2));
    expect(found).toEqual(['2026/11/22', '2026/11/23', '2026/11/24', '2026/11/26']);
    expect(await list('hive/')).toHaveLength(1);
    const asked = store.asked.map((line) => new URL(line.split(' ')[1], 'http://s3').searchParams.get('prefix') ?? '');
    expect(asked.filter((prefix) => /2025|2027|2026\/10|11\/21|11\/27|month=10/.test(prefix))).toEqual([]);
  });

  test('finds the objects of a backfill in folders of old days where all are wanted, and else says which it left out', async () => {
    for (const day of ['2024/02/29', '2026/11/24', '2026/10/01']) put(`waf/AWSLogs/${day}/a`);
    put('waf/AWSLogs/2025/01/01/old', '2025-01-01T00:00:00.000Z');
    const leftOut: string[] = [];
    const some = await all(inventory(s3, 'logs', 'waf/', span, { onLeftOut: (folder) => void leftOut.push(folder) }));
    expect(some.map(({ key }) => key)).toEqual(['waf/AWSLogs/2026/11/24/a']);
    expect(leftOut).toEqual(['waf/AWSLogs/2024/', 'waf/AWSLogs/2025/', 'waf/AWSLogs/2026/10/']);
    const every = await all(inventory(s3, 'logs', 'waf/', span, { allDays: true }));
    expect(every.map(({ key }) => key.slice(12, 22)).toSorted()).toEqual(['2024/02/29', '2026/10/01', '2026/11/24']);
  });

  test('knows prefixes in which anything may stand', async () => {
    for (const account of ['111111111111', '222222222222']) {
      put(`org/AWSLogs/${account}/CloudTrail/a`);
      put(`org/AWSLogs/${account}/Config/a`);
    }
    expect(await list('org/AWSLogs/*/CloudTrail/')).toEqual([
      'org/AWSLogs/111111111111/CloudTrail/a',
      'org/AWSLogs/222222222222/CloudTrail/a',
    ]);
  });
});
