/** Who the ends of flows are. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { flowlogs } from '../../../functions/flowlogs/source.ts';
import type { Assets } from '../../../shared/enrich/assets.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { Text } from '../../../shared/text/text.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { assetsOf, NO_TABLE, owned } from '../../shared/asset/given.ts';
import { asset, deleted, eni, run, vpc } from '../../shared/asset/world.ts';
import type { Any } from '../../source.ts';

const V2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

async function lines(input: string, assets: Assets | undefined): Promise<string[]> {
  const source = flowlogs({ geo: noGeo, route: [], assets });
  async function* chunks() {
    yield Buffer.from(input);
  }
  const found: string[] = [];
  for await (const page of source.decode(chunks())) {
    for (let row = page.next(); row !== undefined; row = page.next()) {
      const doc = new Text(16);
      source.write(row, { uri: 's3://logs/x', seq: page.seq }, doc, blank());
      found.push(Buffer.from(doc.slice()).toString());
    }
  }
  return found;
}

const seconds = (time: string) => Date.parse(`2026-11-24T${time}Z`) / 1000;

interface Flow {
  readonly eni?: string;
  readonly from: string;
  readonly to: string;
  readonly at: string;
  readonly until?: string;
  readonly more?: Readonly<Record<string, string>>;
}

/** `match name` of both ends. */
async function ends(assets: Assets, { eni = '-', from, to, at, until = at, more = {} }: Flow) {
  const header = `${V2} ${Object.keys(more).join(' ')}`.trim();
  const row = `2 123456789012 ${eni} ${from} ${to} 1 2 6 1 1 ${seconds(at)} ${seconds(until)} ACCEPT OK ${Object.values(more).join(' ')}`;
  const [line] = await lines(`${header}\n${row.trim()}\n`, assets);
  const { source, destination }: Any = JSON.parse(line);
  const shown = ({ asset }: Any) =>
    asset && (asset.match === 'ambiguous' ? `ambiguous ${asset.count}` : `${asset.match} ${asset.name}`);
  return [shown(source), shown(destination)];
}

const A = eni('eni-0000000000000000a', '10.0.0.50', { name: 'A' });
const B = eni('eni-0000000000000000b', '10.0.0.50', { name: 'B' });
const web = eni('eni-0000000000000000c', '10.0.0.60', { name: 'web', net: { public: ['203.0.113.9'] } });
const net = { vpc: 'vpc-2' };
const twin = eni('eni-0000000000000000d', '10.0.0.50', { name: 'twin', net });
const twinWeb = eni('eni-0000000000000000e', '10.0.0.61', { name: 'twin-web', net });
const blocks = [vpc('vpc-1', '10.0.0.0/16'), vpc('vpc-2', '10.0.0.0/16')];
const still = [web, twin, twinWeb, ...blocks];
const gone = deleted(A, '2026-11-24T03:00:00Z');
const assets = assetsOf(
  run('2026-11-24T01:00:00Z', [A, ...still]),
  run('2026-11-24T02:00:00Z', [A, ...still]),
  run('2026-11-24T03:00:00Z', [gone, B, ...still]),
  run('2026-11-24T04:00:00Z', [gone, B, ...still]),
);

describe('the ends of a flow', () => {
  const of = (flow: Flow) => ends(assets, flow);

  test('are what held the addresses in the VPC of the interface, at the time of the flow', async () => {
    const flow = { eni: web.nativeId, from: '10.0.0.60', to: '10.0.0.50' };
    await expect(of({ ...flow, at: '01:30:00' })).resolves.toEqual(['exact web', 'exact A']);
    await expect(of({ ...flow, at: '02:30:00' })).resolves.toEqual(['exact web', 'ambiguous 2']);
    await expect(of({ ...flow, at: '03:30:00' })).resolves.toEqual(['exact web', 'exact B']);
    await expect(of({ ...flow, at: '01:50:00', until: '03:10:00' })).resolves.toEqual(['exact web', 'ambiguous 2']);
  });

  test('are told by the interface where the address alone does not tell', async () => {
    const flow = { from: '10.0.0.50', to: '10.0.0.60', at: '02:30:00' };
    await expect(of({ ...flow, eni: A.nativeId })).resolves.toEqual(['bounded A', 'exact web']);
    await expect(of({ ...flow, eni: B.nativeId })).resolves.toEqual(['bounded B', 'exact web']);
  });

  test('are never those of another VPC with the same block', async () => {
    await expect(of({ eni: twin.nativeId, from: '10.0.0.50', to: '10.0.0.60', at: '01:30:00' })).resolves.toEqual([
      'exact twin',
      undefined,
    ]);
    await expect(of({ eni: web.nativeId, from: '10.0.0.61', to: '10.0.0.60', at: '01:30:00' })).resolves.toEqual([
      undefined,
      'exact web',
    ]);
    await expect(of({ from: '10.0.0.50', to: '10.0.0.60', at: '01:30:00' })).resolves.toEqual([
      'ambiguous 2',
      'bounded web',
    ]);
  });

  test('are told by a column with the VPC, and of a transit gateway by each end’s', async () => {
    const flow = { from: '10.0.0.50', to: '10.0.0.61', at: '01:30:00' };
    await expect(of({ ...flow, more: { 'vpc-id': 'vpc-2' } })).resolves.toEqual(['exact twin', 'exact twin-web']);
    const more = { 'tgw-src-vpc-id': 'vpc-1', 'tgw-dst-vpc-id': 'vpc-2' };
    await expect(of({ ...flow, more })).resolves.toEqual(['exact A', 'exact twin-web']);
  });

  test('include ours by its public address', async () => {
    await expect(of({ eni: twin.nativeId, from: '10.0.0.50', to: '203.0.113.9', at: '01:30:00' })).resolves.toEqual([
      'exact twin',
      'exact web',
    ]);
    await expect(of({ eni: twin.nativeId, from: '10.0.0.50', to: '203.0.113.10', at: '01:30:00' })).resolves.toEqual([
      'exact twin',
      undefined,
    ]);
  });

  test('include the interface’s own, by an address that nobody has seen yet', async () => {
    const flow = { eni: web.nativeId, from: '10.0.0.99', to: '198.51.100.7', at: '01:30:00' };
    await expect(of({ ...flow, more: { 'flow-direction': 'egress' } })).resolves.toEqual(['exact web', undefined]);
    await expect(of({ ...flow, to: '10.0.0.50' })).resolves.toEqual(['exact web', 'exact A']);
    await expect(of(flow)).resolves.toEqual([undefined, undefined]);
  });
});

test('a flow tells who its ends are in fields of our own, and its account by name', async () => {
  const own = 'eni-1235b8ca123456789';
  const instance = asset({
    type: 'AWS::EC2::Instance',
    nativeId: 'i-01234567890123456',
    name: 'bastion',
    net: { eni: [own], vpc: 'vpc-abcdefab012345678' },
    ...owned,
  });
  const addresses = {
    private: ['172.31.16.139', '172.31.9.12', '10.40.1.175'],
    v6: ['2001:db8:1234:a102:3304:8879:34cf:4071'],
    vpc: 'vpc-abcdefab012345678',
  };
  const world = [
    instance,
    eni(own, '', { net: addresses }),
    eni('eni-00000000000000001', '203.0.113.12', { name: 'nat', net: { public: ['203.0.113.12'], private: [] } }),
  ];
  const given = assetsOf(run('2026-09-21T00:00:00Z', world), run('2026-11-24T00:00:00Z', world));
  const sample = (name: string) => readFileSync(new URL(`../../sample/flowlogs/${name}.log`, import.meta.url), 'utf8');
  const made = (await Promise.all(['v2', 'v5', 'ipv6', 'nodata'].map((name) => lines(sample(name), given)))).flat();
  expectGolden('joined/flowlogs', made);
  for (const line of made) expect(ecsFaults(JSON.parse(line))).toEqual([]);
  expect(JSON.parse(made[0])).toMatchObject({
    cloud: { account: { id: '123456789012', name: 'prod-web' } },
    source: {
      asset: {
        id: instance.id,
        type: 'AWS::EC2::Instance',
        name: 'bastion',
        owner: 'team-a@example.com',
        environment: 'prod',
        criticality: 'high',
        exposure: 'internet',
        vpc: 'vpc-abcdefab012345678',
        account: { id: '123456789012', name: 'prod-web' },
        match: 'exact',
      },
    },
    aws: { account: { ou_path: 'Root/Prod' } },
  });
});

test('without a table flows are as they are without assets', async () => {
  const sample = readFileSync(new URL('../../sample/flowlogs/v5.log', import.meta.url), 'utf8');
  await expect(lines(sample, NO_TABLE)).resolves.toEqual(await lines(sample, undefined));
});
