/**
 * An address that moves, the whole way: scans of the local AWS, the published table, its reader, and joined flow logs.
 * moto keeps no delegated prefixes: AWS's answer about one interface is given in its place, in a region of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteNetworkInterfaceCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { flowlogs } from '../../../functions/flowlogs/source.ts';
import type { Assets } from '../../../shared/enrich/assets.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { openAssets } from '../../../shared/enrich/openassets.ts';
import { onAws } from '../../rig/aws/suite.ts';
import { type Any, allWritten } from '../../source.ts';
import { type Between, between } from './between.ts';
import { type Run, type World, world } from './fleet.ts';

const ACCOUNT = '111111111111';
const REGION = 'eu-west-1';
const BUCKET = 'inventory-moving';
const at = (time: string): number => Date.parse(`2026-11-24T${time}:00Z`);

const ADDRESS = '10.0.0.50';
const IPV6 = '2001:db8::50';
const OTHER_REGION = 'eu-central-1';
const DELEGATED = { vpc: 'vpc-0000000000000000d', eni: 'eni-0000000000000000d' };
/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html */
const PREFIXES = `<DescribeNetworkInterfacesResponse><networkInterfaceSet><item>
  <networkInterfaceId>${DELEGATED.eni}</networkInterfaceId><vpcId>${DELEGATED.vpc}</vpcId>
  <ownerId>${ACCOUNT}</ownerId><privateIpAddress>10.0.0.70</privateIpAddress>
  <ipv4PrefixSet><item><ipv4Prefix>10.0.9.0/28</ipv4Prefix></item></ipv4PrefixSet>
  <ipv6PrefixSet><item><ipv6Prefix>2001:db8:0:1:5::/80</ipv6Prefix></item></ipv6PrefixSet>
  <tagSet><item><key>Name</key><value>pods</value></item></tagSet>
</item></networkInterfaceSet></DescribeNetworkInterfacesResponse>`;

/** The 14 columns that a flow log has where none were chosen. */
const DEFAULT =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const CUSTOM = 'version vpc-id srcaddr dstaddr start end';

interface Network {
  readonly vpc: string;
  readonly subnet: string;
}

interface Flow {
  readonly from: string;
  readonly to: string;
  readonly at: string;
  readonly until?: string;
}

await onAws('an address that moves', {}, (aws) => {
  const before = process.env;
  let proxy: Between;
  let one: World;
  let ec2: EC2Client;
  let s3: S3Client;
  let clock = at('04:00');
  let assets: Assets;
  let first: Network;
  let second: Network;
  /** Ids of interfaces by their names. */
  const ids = new Map<string, string>();
  /** Names of assets by their ids. */
  const names = new Map<string, string>();

  async function network(): Promise<Network> {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const vpc = Vpc!.VpcId!;
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: '10.0.0.0/24' }));
    return { vpc, subnet: Subnet!.SubnetId! };
  }

  async function addInterface(name: string, { subnet }: Network, PrivateIpAddress: string, v6: readonly string[] = []) {
    const { NetworkInterface } = await ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: subnet,
        PrivateIpAddress,
        Ipv6Addresses: v6.map((Ipv6Address) => ({ Ipv6Address })),
        TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'Name', Value: name }] }],
      }),
    );
    ids.set(name, NetworkInterface!.NetworkInterfaceId!);
  }

  async function scan(time: string): Promise<Run> {
    const run = await one.run({ at: at(time) });
    for (const { id, name } of run.assets) names.set(id, name);
    return run;
  }

  /** `exact A`, `ambiguous A,B`: both ends of one flow as the document tells them. */
  async function ends(header: string, line: string): Promise<readonly (string | undefined)[]> {
    const source = flowlogs({ geo: noGeo, route: [], assets });
    const [{ document }] = await allWritten(source, `${header}\n${line}\n`);
    return [document.source, document.destination].map(({ asset }: Any) => {
      if (asset?.match !== 'ambiguous') return asset && `${asset.match} ${asset.name}`;
      return `ambiguous ${asset.candidates.map((id: string) => names.get(id)).sort()}`;
    });
  }

  const seconds = ({ at: from, until = from }: Flow): string => `${at(from) / 1000} ${at(until) / 1000}`;
  /** As the interface of this name wrote it. */
  const byInterface = (name: string, flow: Flow) =>
    ends(
      DEFAULT,
      `2 ${ACCOUNT} ${ids.get(name)} ${flow.from} ${flow.to} 49152 443 6 10 840 ${seconds(flow)} ACCEPT OK`,
    );
  const inVpc = (vpc: string, flow: Flow) => ends(CUSTOM, `5 ${vpc} ${flow.from} ${flow.to} ${seconds(flow)}`);

  beforeAll(async () => {
    proxy = await between(aws.url);
    proxy.answer = ({ action, region }) =>
      action === 'DescribeNetworkInterfaces' && region === OTHER_REGION ? { status: 200, body: PREFIXES } : undefined;
    // these interfaces are used by a service that nobody knows; an unused one sends nothing, so it is never certain
    proxy.rewrite = ({ action }, text) =>
      action === 'DescribeNetworkInterfaces' ? text.replaceAll('<status>available<', '<status>in-use<') : text;
    // moto would be asked at <account>.127.0.0.1, which is no host
    process.env = { ...before, AWS_ENDPOINT_URL: proxy.url, AWS_ENDPOINT_URL_S3_CONTROL: 'http://s3-control.invalid' };
    one = await world({ url: proxy.url, accounts: [ACCOUNT], regions: [REGION, OTHER_REGION], bucket: BUCKET });
    ec2 = await one.client(EC2Client, ACCOUNT, REGION);
    s3 = new S3Client({
      endpoint: aws.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    });
    first = await network();
    second = await network();
    await addInterface('A', first, ADDRESS);
    await addInterface('web', first, '10.0.0.60');
    await addInterface('six', first, '10.0.0.61', [IPV6]);
    await addInterface('twin', second, ADDRESS);
    await addInterface('twin-web', second, '10.0.0.62');
    await scan('03:00');
    await scan('04:00');
    const log = { info() {}, warn() {}, error() {} };
    assets = (await openAssets(`s3://${BUCKET}`, { s3, log, invocation: () => 1, now: () => clock, firstMs: 60_000 }))!;
  });
  afterAll(async () => {
    process.env = before;
    s3.destroy();
    await proxy.stop();
  });

  const TO_A = { from: '10.0.0.60', to: ADDRESS };

  test('is the first interface’s as long as nobody has seen another one', async () => {
    await expect(byInterface('web', { ...TO_A, at: '03:30' })).resolves.toEqual(['exact web', 'exact A']);
    await expect(byInterface('web', { ...TO_A, at: '04:30' })).resolves.toEqual(['bounded web', 'bounded A']);
  });

  describe('and was seen elsewhere', () => {
    beforeAll(async () => {
      await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: ids.get('A') }));
      await addInterface('B', first, ADDRESS);
      const { changes } = await scan('05:00');
      expect(changes.map(({ kind, asset }) => `${kind} ${asset.name}`).sort()).toEqual(['created B', 'deleted A']);
      await scan('06:00');
      const old = assets.table;
      clock = at('06:00');
      assets.refresh();
      for (let tries = 0; assets.table === old && tries < 300; tries++) await sleep(10);
      expect(assets.table).not.toBe(old);
    });

    // those of the past are delivered late: the table is that of 06:00
    const HELD: readonly [string, string, string][] = [
      ['02:30', 'bounded A', 'before the first scan'],
      ['03:30', 'exact A', 'between two that saw it'],
      ['04:00', 'exact A', 'at the last one that saw it'],
      ['04:30', 'ambiguous A,B', 'between the last that saw it and the first that saw the other'],
      ['05:00', 'exact B', 'at the first that saw the other'],
      ['05:30', 'exact B', 'between two that saw the other'],
      ['06:30', 'bounded B', 'after the last scan'],
    ];

    test.each(HELD)('at %s is %s: %s', async (time, expected) => {
      const [, destination] = await byInterface('web', { ...TO_A, at: time });
      expect(destination).toBe(expected);
      const [source] = await byInterface('web', { from: ADDRESS, to: '10.0.0.60', at: time });
      expect(source).toBe(expected);
      await expect(inVpc(first.vpc, { ...TO_A, at: time })).resolves.toEqual([expect.any(String), expected]);
    });

    test('is ambiguous for a flow that began with the one and ended with the other', async () => {
      const flow = { ...TO_A, at: '03:50', until: '05:10' };
      await expect(byInterface('web', flow)).resolves.toEqual(['exact web', 'ambiguous A,B']);
    });

    test('is between the scans that of the interface which wrote the flow', async () => {
      const flow = { from: ADDRESS, to: '10.0.0.60', at: '04:30' };
      await expect(byInterface('A', flow)).resolves.toEqual(['bounded A', 'exact web']);
      await expect(byInterface('B', flow)).resolves.toEqual(['bounded B', 'exact web']);
    });

    test.each(['03:30', '04:30', '05:30'])('at %s is never that of the other VPC with the same block', async (time) => {
      const flow = { from: '10.0.0.62', to: ADDRESS, at: time };
      await expect(byInterface('twin-web', flow)).resolves.toEqual(['exact twin-web', 'exact twin']);
      await expect(inVpc(second.vpc, flow)).resolves.toEqual(['exact twin-web', 'exact twin']);
      const [stranger] = await inVpc(first.vpc, flow);
      expect(stranger).toBeUndefined();
      await expect(inVpc(second.vpc, { ...TO_A, at: time })).resolves.toEqual([undefined, 'exact twin']);
    });

    test('may be either VPC’s where a flow names neither VPC nor interface', async () => {
      await expect(inVpc('-', { ...TO_A, at: '05:30' })).resolves.toEqual(['bounded web', 'ambiguous B,twin']);
    });
  });

  test('an IPv6 address is found, in its VPC and from anywhere', async () => {
    const flow = { from: '2001:db8::99', to: IPV6, at: '03:30' };
    await expect(byInterface('six', flow)).resolves.toEqual([undefined, 'exact six']);
    await expect(inVpc(first.vpc, flow)).resolves.toEqual([undefined, 'exact six']);
    await expect(inVpc('-', { ...flow, from: IPV6, to: '2001:db8::51' })).resolves.toEqual(['exact six', undefined]);
  });

  test('addresses of delegated prefixes are those of the interface, in its VPC only', async () => {
    const flow = { from: '10.0.9.1', to: '10.0.9.16', at: '03:30' };
    await expect(inVpc(DELEGATED.vpc, flow)).resolves.toEqual(['exact pods', undefined]);
    await expect(inVpc(first.vpc, flow)).resolves.toEqual([undefined, undefined]);
    const six = { from: '2001:db8:0:1:5::abcd', to: '2001:db8:0:1:6::1', at: '03:30' };
    await expect(inVpc(DELEGATED.vpc, six)).resolves.toEqual(['exact pods', undefined]);
  });
});
