/** An instance that Systems Manager lists too, through the declarations, the merge, the classification and the table. */
import { describe, expect, test } from '@jest/globals';
import { classify } from '../../../../functions/asset-inventory/classify/classify.ts';
import { rulesIn } from '../../../../functions/asset-inventory/classify/owner.ts';
import rules from '../../../../functions/asset-inventory/classify/rules.json' with { type: 'json' };
import type { Row } from '../../../../functions/asset-inventory/run/model.ts';
import { merge } from '../../../../functions/asset-inventory/state/merge.ts';
import type { Seen } from '../../../../functions/asset-inventory/state/record.ts';
import { unasked, withSystemsManager } from '../../../../functions/asset-inventory/state/systemsmanager.ts';
import { declarations as ebs } from '../../../../functions/asset-inventory/types/ebs.ts';
import { declarations as ec2 } from '../../../../functions/asset-inventory/types/ec2.ts';
import { declarations as ssm } from '../../../../functions/asset-inventory/types/ssm.ts';
import { historyOf } from '../../../../shared/asset/history.ts';
import { assetIn, byText, isBounded, lookupIn, UNKNOWN } from '../../../../shared/asset/lookup.ts';
import type { Asset, Coverage, Status } from '../../../../shared/asset/model.ts';
import { tableOf } from '../../../../shared/asset/table.ts';
import { observing } from '../observed.ts';

const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';
const ID = 'i-0123456789abcdef0';
const ENI = 'eni-0123456789abcdef0';
const declarations = [...ec2, ...ebs, ...ssm];
const seen = observing(declarations, ACCOUNT, REGION);

const NAMES = [ID, ENI, `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${ID}`];
const instance = seen('AWS::EC2::Instance', {
  InstanceId: ID,
  OwnerId: ACCOUNT,
  VpcId: 'vpc-1',
  PrivateIpAddress: '10.0.0.5',
  Tags: [{ Key: 'owner', Value: 'web' }],
  NetworkInterfaces: [{ NetworkInterfaceId: ENI, PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.5' }] }],
});
const eni = seen('AWS::EC2::NetworkInterface', {
  NetworkInterfaceId: ENI,
  OwnerId: ACCOUNT,
  VpcId: 'vpc-1',
  PrivateIpAddress: '10.0.0.5',
  Attachment: { InstanceId: ID, AttachTime: new Date('2026-11-24T00:00:00Z') },
});
const volume = seen('AWS::EC2::Volume', { VolumeId: 'vol-0123456789abcdef0', Attachments: [{ InstanceId: ID }] });
const view = (version: string) =>
  seen('AWS::SSM::ManagedInstance', {
    InstanceId: ID,
    ComputerName: 'ip-10-0-0-5',
    IPAddress: '10.0.0.5',
    PlatformName: 'Amazon Linux',
    PlatformVersion: '2023',
    AgentVersion: version,
  });

/** One run after another; `status`: of Systems Manager's list. */
function run(hour: number, prior: readonly Asset[], found: readonly Seen[], status: Status = 'ok') {
  const at = new Date(Date.UTC(2026, 10, 24, hour)).toISOString();
  const rows = declarations.map(
    ({ type }): Row => ({
      ...{ scope: `${ACCOUNT}/${REGION}/${type}`, account: ACCOUNT, region: REGION, type },
      ...{ status: type === 'AWS::SSM::ManagedInstance' ? status : 'ok', startedAt: at, endedAt: at },
      ...{ calls: 1, pages: 1, items: 1, retries: 0, throttles: 0, ms: 1 },
    }),
  );
  const options = { rules: rulesIn(rules), accounts: new Map(), before: new Map(prior.map((each) => [each.id, each])) };
  return merge({
    ...{ run: `r${hour}`, at, account: ACCOUNT, region: REGION, prior, rows, gone: new Set<string>() },
    seen: withSystemsManager(found, status),
    before: new Map(rows.map((row): [string, Coverage] => [row.scope, { ...row, lastOkAt: at }])),
    accounts: new Map(),
    classify: (assets, statusOf) => classify(assets, statusOf, options),
  });
}

describe('an instance that Systems Manager lists too', () => {
  const plain = [instance, eni, volume];
  const managed = [view('3.3.1'), ...plain];

  test('is one asset, and its volume, interface, address and owner are answered as without Systems Manager', () => {
    const answers = (found: readonly Seen[]) => {
      const one = run(1, [], found);
      const two = run(2, one.assets, found);
      const runs = [one, two].map(({ assets, coverage }, i) => ({
        manifest: { run: `r${i}`, at: `2026-11-24T0${i + 1}:00:00Z`, accounts: [], coverage },
        assets,
      }));
      const lookup = lookupIn(tableOf(historyOf(runs)));
      const time = Date.UTC(2026, 10, 24, 1, 30) / 1000;
      const address = lookup.byIpv4(0x0a000005, lookup.numberOf('vpc-1'), UNKNOWN, time, time);
      return {
        owners: two.assets.map(({ id, owner }) => [id, owner]),
        found: [address, ...NAMES.map((name) => byText(lookup, name, time))].map((answer) => [
          lookup.id(assetIn(answer)),
          isBounded(answer),
        ]),
      };
    };
    const without = answers(plain);
    expect(without.found).toEqual(without.found.map(() => [instance.id, false]));
    expect(without.owners.map(([, owner]) => (owner as Asset['owner'])?.value)).toEqual(['web', 'web', 'web']);
    expect(answers(managed)).toEqual(without);
    expect(answers(managed.toReversed())).toEqual(without);
  });

  test('has its attributes, and they stay where Systems Manager can not be asked', () => {
    const first = run(1, [], managed);
    const of = (assets: readonly Asset[]) => assets.find(({ nativeId }) => nativeId === ID)!;
    expect(of(first.assets).security).toMatchObject({ ssmAgent: '3.3.1', ssmPlatform: 'Amazon Linux 2023' });
    const denied = run(2, first.assets, plain, 'denied');
    expect(denied.changes).toEqual([]);
    expect(of(denied.assets)).toMatchObject({
      security: { ssmAgent: '3.3.1' },
      gaps: ['ssm:DescribeInstanceInformation denied'],
    });
    const next = run(3, denied.assets, [view('3.3.2'), ...plain]);
    expect(next.changes.flatMap(({ diff }) => diff.map(({ path }) => path))).toEqual(['security.ssmAgent']);
    expect(run(4, next.assets, plain).changes.flatMap(({ diff }) => diff.map(({ path }) => path))).toEqual([
      'security.ssmAgent',
      'security.ssmPlatform',
    ]);
  });

  test('keeps them when an event has it looked up alone', () => {
    expect(unasked(instance).missed).toEqual([
      expect.objectContaining({ fills: expect.arrayContaining(['security.ssmAgent']) }),
    ]);
  });

  test('and a machine from elsewhere is an asset of its own', () => {
    const machine = seen('AWS::SSM::ManagedInstance', { InstanceId: 'mi-0123456789abcdef0', ComputerName: 'rack-7' });
    expect(withSystemsManager([machine, ...plain], 'ok')).toEqual([machine, ...plain]);
  });
});
