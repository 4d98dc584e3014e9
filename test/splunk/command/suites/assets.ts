/** Who held an address, asked of documents as the inventory writes them (functions/asset-inventory/fields.ts). */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Site } from '../rig/site.ts';

const CURRENT = 'aws-assets-current';
const CHANGES = 'aws-assets-changes-2026.11';
const VPC = 'arn:aws:ec2:ap-northeast-2:123456789012:vpc/vpc-1';
const instance = (id: string) => `arn:aws:ec2:ap-northeast-2:123456789012:instance/${id}`;

const state = (id: string, at: string, ips: readonly string[], aws: object = {}) => ({
  '@timestamp': at,
  event: { kind: 'state' },
  cloud: { account: { id: '123456789012', name: 'shop' }, region: 'ap-northeast-2' },
  host: { ip: ips },
  asset: { id, type: 'AWS::EC2::Instance', name: id.slice(-3), owner: 'web', exposure: 'internal', vpc: 'vpc-1' },
  aws: { asset: { state: 'active', last_changed: at, security: { imdsv2: true }, ...aws } },
});

const change = (id: string, start: string, end: string) => ({
  '@timestamp': end,
  event: { kind: 'event', action: 'changed', start, end },
  asset: { id },
});

export function assets({ search, index }: Site): void {
  describe('elasticsearchasset', () => {
    beforeAll(() =>
      index([
        { index: CHANGES, source: state(instance('i-a'), '2026-11-01T00:00:00Z', ['10.0.1.15', '203.0.113.9']) },
        { index: CHANGES, source: state(instance('i-a'), '2026-11-10T00:00:00Z', ['10.0.1.99']) },
        {
          index: CURRENT,
          source: state(instance('i-a'), '2026-11-29T00:00:00Z', ['10.0.1.99'], {
            last_changed: '2026-11-10T00:00:00Z',
          }),
        },
        { index: CHANGES, source: change(instance('i-a'), '2026-11-09T00:00:00Z', '2026-11-10T00:00:00Z') },
        { index: CHANGES, source: state(instance('i-b'), '2026-11-12T00:00:00Z', ['10.0.1.15']) },
        { index: CURRENT, source: state(instance('i-b'), '2026-11-12T00:00:00Z', ['10.0.1.15']) },
        { index: CURRENT, source: state(VPC, '2026-11-01T00:00:00Z', [], { net: { prefixes: ['10.0.0.0/16'] } }) },
      ]),
    );

    const who = async (...args: readonly string[]) => {
      const { rows, errors, warnings } = await search(args, { command: 'elasticsearchasset' });
      expect(errors).toEqual([]);
      return { warnings, held: rows.map((row) => [row['asset.id'], row.held, row.since ?? '', row.until ?? '']) };
    };

    test('an address that moved, at each time', async () => {
      const a = [instance('i-a'), 'yes', '2026-11-01T00:00:00Z', '2026-11-10T00:00:00Z'];
      expect((await who('ip=10.0.1.15', 'time=2026-11-05T00:00:00Z')).held).toEqual([a]);
      expect((await who('ip=203.0.113.9', 'time=2026-11-05T00:00:00Z')).held).toEqual([a]);
      expect((await who('ip=10.0.1.15', 'time=2026-11-09T12:00:00Z')).held).toEqual([[a[0], 'unsure', a[2], a[3]]]);
      const b = [instance('i-b'), 'yes', '2026-11-12T00:00:00Z', ''];
      expect((await who('ip=10.0.1.15', 'time=2026-11-20T00:00:00Z')).held).toEqual([b]);
      expect((await who('ip=10.0.1.15', 'time=2026-11-12T09:00', 'timezone=Asia/Seoul')).held).toEqual([b]);
    });

    test('an address between two owners, and one that nobody had, are in the range of the VPC', async () => {
      const range = [VPC, 'range', '2026-11-01T00:00:00Z', ''];
      expect((await who('ip=10.0.1.15', 'time=2026-11-11T00:00:00Z')).held).toEqual([range]);
      expect((await who('ip=10.0.77.77', 'time=2026-11-11T00:00:00Z')).held).toEqual([range]);
    });

    test('an address that is not in the inventory', async () => {
      expect(await who('ip=198.51.100.7')).toEqual({
        held: [],
        warnings: ['no asset is known to have held 198.51.100.7'],
      });
      expect((await who('ip=10.0.1.15', 'vpc=vpc-2', 'time=2026-11-05')).held).toEqual([]);
    });

    test('what the asset is', async () => {
      const { rows, type } = await search(['ip=10.0.1.15', 'time=2026-11-20'], { command: 'elasticsearchasset' });
      expect(type).toBe('reporting');
      expect(rows[0]).toMatchObject({
        ip: '10.0.1.15',
        'asset.type': 'AWS::EC2::Instance',
        'asset.owner': 'web',
        'cloud.account.name': 'shop',
        why: 'the inventory saw it',
      });
    });

    test('a name is not an address', async () => {
      const { errors } = await search(['ip=web1'], { command: 'elasticsearchasset' });
      expect(errors).toEqual(['ip= must be one IPv4 or IPv6 address, not "web1"']);
    });
  });
}
