import { gunzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addressRows, csv, historyRows, writeLookups } from '../../../../functions/asset-inventory/publish/lookups.ts';
import { store } from '../../../../functions/asset-inventory/run/store.ts';
import { historyOf } from '../../../../shared/asset/history.ts';
import { AMBIGUOUS, assetIn, isBounded, lookupIn, NONE, UNKNOWN } from '../../../../shared/asset/lookup.ts';
import { tableOf } from '../../../../shared/asset/table.ts';
import { type Buckets, buckets } from '../../../fake/buckets.ts';
import { SAMPLED } from '../../../shared/asset/given.ts';
import { deleted, eni, run } from '../../../shared/asset/world.ts';

const instance = SAMPLED.find(({ nativeId }) => nativeId === 'i-0123456789abcdef0')!;

describe('who has an address now', () => {
  test('an interface stands for its instance, inside its VPC and outside of all', () => {
    const rows = addressRows(SAMPLED);
    expect(rows.map(({ ip, cim_entity_zone }) => [ip, cim_entity_zone])).toEqual([
      ['203.0.113.61', ''],
      ['10.0.0.5', 'vpc-0a1b2c3d4e5f60718'],
    ]);
    expect(rows[1]).toEqual({
      ip: '10.0.0.5',
      mac: '',
      nt_host: instance.nativeId,
      dns: '',
      owner: 'team-a@example.com',
      priority: 'high',
      bunit: '123456789012',
      category: 'compute|AWS::EC2::Instance|prod|internet',
      cim_entity_zone: 'vpc-0a1b2c3d4e5f60718',
    });
  });

  test('two VPCs with one block have a row each', () => {
    const there = eni('eni-2', '10.0.0.5', { net: { vpc: 'vpc-2' } });
    const rows = addressRows([eni('eni-1', '10.0.0.5'), there]);
    expect(rows.map((row) => [row.cim_entity_zone, row.ip, row.nt_host])).toEqual([
      ['vpc-1', '10.0.0.5', 'eni-1'],
      ['vpc-2', '10.0.0.5', 'eni-2'],
    ]);
  });

  test('of two that claim one address a row tells both, and only what they agree about', () => {
    const common = { criticality: 'low', environment: 'prod' };
    const owner = (value: string) => ({ value, source: 'tag', rule: 'owner', confidence: 95 });
    const rows = addressRows([
      eni('eni-1', '10.0.0.5', { ...common, owner: owner('a') }),
      eni('eni-2', '10.0.0.5', { ...common, owner: owner('b') }),
    ]);
    expect(rows).toMatchObject([{ nt_host: 'eni-1|eni-2', owner: '', priority: 'low' }]);
  });

  test('blocks and IPv6 addresses are spelled as logs spell them; what is deleted has no row', () => {
    const net = { private: [], v6: ['2001:db8:0:0::7'], prefixes: ['10.0.9.0/28'] };
    const gone = deleted(eni('eni-2', '10.0.0.6'), '2026-11-24T00:00:00Z');
    expect(addressRows([eni('eni-1', '', { net }), gone]).map(({ ip }) => ip)).toEqual(['2001:db8::7', '10.0.9.0/28']);
  });

  test('a criticality that Enterprise Security has no word for is unknown', () => {
    expect(addressRows([eni('eni-1', '10.0.0.5', { criticality: 'tier-9' })])).toMatchObject([{ priority: 'unknown' }]);
  });
});

describe('who had an address when', () => {
  const seconds = (time: string) => Date.parse(time) / 1000;
  const [ONE, TWO, THREE] = ['2026-11-24T01:00:00Z', '2026-11-24T02:00:00Z', '2026-11-24T03:00:00Z'];
  const a = eni('eni-a', '10.0.0.50', { owner: { value: 'team-a', source: 'tag', rule: 'owner', confidence: 95 } });
  const b = eni('eni-b', '10.0.0.50');
  const moved = historyOf([run(ONE, [a]), run(TWO, [a]), run(THREE, [deleted(a, THREE), b])]);

  test('an address that moved between two looks is of the first, then of either, then of the other', () => {
    const rows = [...historyRows(moved)].filter(({ ip }) => ip === '10.0.0.50');
    expect(rows.map((row) => [row.asset_id, row.match])).toEqual([
      [a.id, 'bounded'],
      [a.id, 'exact'],
      [`${a.id}|${b.id}`, 'ambiguous'],
      [b.id, 'bounded'],
    ]);
    expect(rows[1]).toMatchObject({ vpc: 'vpc-1', name: 'eni-a', owner: 'team-a', account: '123456789012' });
    expect(rows[2]).toMatchObject({ name: '', owner: '' });
    expect(rows.at(-1)!.end).toBe('');
    expect(Number(rows[1].start)).toBe(seconds(ONE));
  });

  test('any moment is answered as the join answers it, and by one row', () => {
    const lookup = lookupIn(tableOf(moved));
    const rows = [...historyRows(moved)];
    const matches = new Set<string>();
    for (let time = seconds(ONE) - 7200; time < seconds(THREE) + 600; time += 30) {
      const answer = lookup.byIpv4(0x0a000032, lookup.numberOf('vpc-1'), UNKNOWN, time, time);
      expect(answer).not.toBe(NONE);
      const match = answer === AMBIGUOUS ? 'ambiguous' : isBounded(answer) ? 'bounded' : 'exact';
      const said = rows.filter(({ start, end }) => Number(start) <= time && (end === '' || time <= Number(end)));
      expect(said).toMatchObject([{ match }]);
      if (answer !== AMBIGUOUS) expect(said[0].asset_id).toBe(lookup.id(assetIn(answer)));
      matches.add(match);
    }
    expect(matches.size).toBe(3);
  });

  test('a new owner begins a row', () => {
    const owned = { ...a, owner: { value: 'team-b', source: 'tag', rule: 'owner', confidence: 95 } };
    const rows = [...historyRows(historyOf([run(ONE, [a]), run(TWO, [owned])]))];
    expect([...new Set(rows.map(({ owner }) => owner))]).toEqual(['team-a', 'team-b']);
  });
});

test('a cell with a comma, a quote or a line break is quoted, one that says nothing is empty', () => {
  expect([...csv(['a', 'b', 'c'], [{ a: 'x,y', c: 'the "z"\nend' }])]).toEqual(['a,b,c', '"x,y",,"the ""z""\nend"']);
});

describe('what is written', () => {
  let server: Buckets;
  let s3: S3Client;
  const RUN = { run: 'r2', seq: 2 };
  const HOLDERS = [eni('eni-1', '10.0.0.5')];
  const history = historyOf([run('2026-11-24T01:00:00Z', HOLDERS)]);
  const place = () => store(s3, 'inventory', new AbortController().signal);
  const table = (name: string) => gunzipSync(server.objects.get(`inventory/lookups/${name}.csv.gz`)!.bytes).toString();
  const puts = () => server.asked.filter((each) => each.startsWith('PUT') && each.includes('.csv.gz'));

  beforeAll(async () => {
    server = await buckets();
    s3 = new S3Client({
      endpoint: server.endpoint,
      region: 'eu-west-1',
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    });
  });
  afterAll(async () => {
    s3.destroy();
    await server.stop();
  });

  test('is a table of addresses with the columns of Enterprise Security and one of times', async () => {
    await writeLookups(RUN, HOLDERS, history, place());
    expect(table('asset_lookup_by_cidr')).toBe(
      'ip,mac,nt_host,dns,owner,priority,lat,long,city,country,bunit,category,pci_domain,is_expected,should_timesync,' +
        'should_update,requires_av,cim_entity_zone\n' +
        '10.0.0.5,,eni-1,,,unknown,,,,,123456789012,network|AWS::EC2::NetworkInterface|none,,,,,,vpc-1\n',
    );
    expect(table('asset_ip_history')).toMatch(/^start,end,vpc,ip,asset_id,type,name,owner,account,match\n/);
  });

  test('is not written again while it says the same', async () => {
    server.asked.length = 0;
    await writeLookups({ run: 'r3', seq: 3 }, HOLDERS, history, place());
    expect(puts()).toEqual([]);
    await writeLookups({ run: 'r4', seq: 4 }, [eni('eni-2', '10.0.0.5')], history, place());
    expect(puts()).toHaveLength(1);
    expect(table('asset_lookup_by_cidr')).toContain('eni-2');
  });

  test('stays where an older run comes late', async () => {
    server.asked.length = 0;
    await writeLookups(RUN, HOLDERS, history, place());
    expect(puts()).toEqual([]);
  });
});
