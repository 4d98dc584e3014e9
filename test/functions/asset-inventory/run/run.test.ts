import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteNetworkInterfaceCommand,
  DescribeRouteTablesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { onAws } from '../../../rig/aws/suite.ts';
import { type Asked, type Between, between, refusal, restRefusal, s3Refusal } from '../between.ts';
import { type Run, type World, world } from '../fleet.ts';

const ACCOUNTS = ['111111111111', '222222222222', '333333333333'];
const [ACCOUNT] = ACCOUNTS;
const REGION = 'eu-west-1';

await onAws('a run of the inventory', {}, (aws) => {
  const before = process.env;
  let proxy: Between;
  let buckets = 0;

  beforeAll(async () => {
    proxy = await between(aws.url);
    // moto would be asked at <account>.127.0.0.1, which is no host
    process.env = { ...before, AWS_ENDPOINT_URL: proxy.url, AWS_ENDPOINT_URL_S3_CONTROL: 'http://s3-control.invalid' };
  });
  afterEach(() => {
    proxy.answer = () => undefined;
  });
  afterAll(async () => {
    process.env = before;
    await proxy.stop();
  });

  const fleet = (accounts: readonly string[], regions: readonly string[]): Promise<World> =>
    world({ url: proxy.url, accounts, regions, bucket: `inventory-${++buckets}` });

  const refusing = (isMeant: (asked: Asked) => boolean, answer = refusal('UnauthorizedOperation')) => {
    proxy.answer = (asked) => (isMeant(asked) ? answer : undefined);
  };

  const kinds = ({ changes }: Run): string[] => changes.map(({ kind }) => kind).sort();

  describe('what could not be seen', () => {
    const INTERFACES = `${ACCOUNT}/${REGION}/AWS::EC2::NetworkInterface`;
    let one: World;
    let ec2: EC2Client;
    let subnet: string;
    let first: Run;

    const interfacesOf = ({ assets }: Run) => assets.filter(({ type }) => type === 'AWS::EC2::NetworkInterface');

    const addInterface = async (PrivateIpAddress: string): Promise<string> => {
      const { NetworkInterface } = await ec2.send(
        new CreateNetworkInterfaceCommand({ SubnetId: subnet, PrivateIpAddress }),
      );
      return NetworkInterface!.NetworkInterfaceId!;
    };

    beforeAll(async () => {
      one = await fleet([ACCOUNT], [REGION]);
      ec2 = await one.client(EC2Client, ACCOUNT, REGION);
      const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
      const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc!.VpcId, CidrBlock: '10.0.1.0/24' }));
      subnet = Subnet!.SubnetId!;
      await addInterface('10.0.1.50');
      await addInterface('10.0.1.51');
      first = await one.run();
    });

    test('the first run is a baseline, not a creation of everything', () => {
      expect(new Set(kinds(first))).toEqual(new Set(['baseline']));
      expect(first.changes.find(({ scope }) => scope === INTERFACES)?.count).toBe(2);
      expect(first.manifest.summary.okPercent).toBe(100);
    });

    test('the same world again is the same bytes, and no change', async () => {
      const again = await one.run();
      expect(again.changes).toEqual([]);
      expect(again.manifest.shards).toEqual(first.manifest.shards);
    });

    test.each([
      ['denied', refusal('UnauthorizedOperation'), 'denied'],
      [
        'denied by an SCP',
        refusal('UnauthorizedOperation', 'with an explicit deny in a service control policy'),
        'scp_denied',
      ],
      ['throttled', refusal('RequestLimitExceeded', 'slow down', 503), 'throttled'],
      ['broken', refusal('InternalError', 'oops', 500), 'error'],
      ['never answered', { status: 0, body: '', silentMs: 4000 }, 'timeout'],
    ])('a call that is %s deletes nothing, and the report says so', async (_how, answer, status) => {
      refusing(({ action }) => action === 'DescribeNetworkInterfaces', answer);
      const blind = await one.run();
      expect(blind.changes).toEqual([]);
      expect(blind.row(INTERFACES)).toMatchObject({ status, items: 0, staleAssets: 2 });
      expect(interfacesOf(blind).map(({ state, stateReason }) => [state, stateReason])).toEqual([
        ['stale', `scope ${status}`],
        ['stale', `scope ${status}`],
      ]);
      expect(blind.manifest.summary).toMatchObject({ stale: 2, oldestAt: expect.any(String) });
      const { missing, statement } = blind.row(INTERFACES)!;
      if (status.endsWith('denied')) {
        expect(missing).toEqual(['ec2:DescribeNetworkInterfaces']);
        expect(statement).toEqual({ Effect: 'Allow', Action: ['ec2:DescribeNetworkInterfaces'], Resource: '*' });
      } else {
        expect(missing).toBeUndefined();
      }

      proxy.answer = () => undefined;
      const seeing = await one.run();
      expect(seeing.changes).toEqual([]);
      expect(seeing.manifest.summary).toMatchObject({ stale: 0, okPercent: 100 });
      expect(seeing.manifest.shards).toEqual(first.manifest.shards);
    });

    test('a whole account that can not be entered for a run is stale, and afterwards as before', async () => {
      refusing(({ action }) => action === 'AssumeRole', restRefusal('AccessDenied'));
      const blind = await one.run();
      expect(blind.changes).toEqual([]);
      expect(blind.row(`${ACCOUNT}/*`)).toMatchObject({ status: 'assume_role_failed', code: 'AccessDenied' });
      expect(blind.assets.every(({ state }) => state === 'stale')).toBe(true);
      proxy.answer = () => undefined;
      const seeing = await one.run();
      expect(seeing.changes).toEqual([]);
      expect(seeing.manifest.shards).toEqual(first.manifest.shards);
    });

    test('what is really gone is deleted once, and AWS was asked for it', async () => {
      const id = await addInterface('10.0.1.52');
      const created = await one.run();
      expect(created.changes.map(({ kind, asset }) => [kind, asset.nativeId])).toEqual([['created', id]]);
      await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
      const deleted = await one.run();
      expect(deleted.changes).toEqual([
        expect.objectContaining({
          kind: 'deleted',
          asset: expect.objectContaining({ nativeId: id }),
          window: { notBefore: created.manifest.at, notAfter: deleted.manifest.at },
        }),
      ]);
      expect(kinds(await one.run())).toEqual([]);
    });

    test('what AWS can not be asked for is gone when two runs do not name it', async () => {
      const id = await addInterface('10.0.1.53');
      await one.run();
      await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
      refusing(({ action, body }) => action === 'DescribeNetworkInterfaces' && body.includes(id));
      const once = await one.run();
      expect(once.changes).toEqual([]);
      expect(interfacesOf(once).find(({ nativeId }) => nativeId === id)).toMatchObject({
        state: 'stale',
        stateReason: 'absent once',
      });
      expect(kinds(await one.run())).toEqual(['deleted']);
    });

    test('a third of a scope that vanishes at once is held, and somebody is told', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 60; i++) ids.push(await addInterface(`10.0.1.${100 + i}`));
      await one.run();
      for (const id of ids) await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
      const dropped = await one.run();
      expect(dropped.changes).toEqual([
        expect.objectContaining({ kind: 'suspicious_drop', scope: INTERFACES, count: 60 }),
      ]);
      expect(dropped.manifest.summary.stale).toBe(60);
    });
  });

  describe('a bucket that is denied one question', () => {
    const POLICY = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::closed-b/*' }],
    });
    let one: World;

    const bucketOf = ({ assets }: Run, name: string) => assets.find(({ nativeId }) => nativeId === name)!;

    beforeAll(async () => {
      one = await fleet(['444444444444'], [REGION]);
      const s3 = await one.client(S3Client, '444444444444', 'us-east-1');
      for (const Bucket of ['open-a', 'closed-b']) await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(new PutBucketPolicyCommand({ Bucket: 'closed-b', Policy: POLICY }));
      await one.run();
    });

    test('keeps what was known, has a gap, and no change is told', async () => {
      refusing(({ action }) => /closed-b.*policyStatus/.test(action), s3Refusal('AccessDenied'));
      const run = await one.run();
      expect(run.changes).toEqual([]);
      const closed = bucketOf(run, 'closed-b');
      expect(closed.security.policyPublic).toBe(true);
      expect(closed.gaps).toContain('s3:GetBucketPolicyStatus AccessDenied');
      expect(closed.exposure).toMatchObject({ level: 'unknown' });
      expect(bucketOf(run, 'open-a').gaps).toEqual([]);
      expect(run.row('444444444444/global/AWS::S3::Bucket')).toMatchObject({
        status: 'ok',
        items: 2,
        missing: ['s3:GetBucketPolicyStatus'],
      });
    });
  });

  test('assets of our own come and go with their file', async () => {
    const one = await fleet([], [REGION]);
    const write = (rows: readonly object[]) => one.store.write('custom/offices.json', rows);
    await write([{ id: 'a', cidr: '192.0.2.0/24', owner: 'facilities' }, { id: 'b' }]);
    const first = await one.run();
    expect(first.assets.map(({ id, owner }) => [id, owner?.value])).toEqual([
      ['custom:a', 'facilities'],
      ['custom:b', undefined],
    ]);
    await write([{ id: 'a', cidr: '192.0.2.0/24', owner: 'security' }]);
    expect(kinds(await one.run())).toEqual(['changed', 'owner_changed']);
    await one.store.writeLines('custom/offices.json', ['no JSON any more']);
    expect(kinds(await one.run())).toEqual([]);
    await write([{ id: 'a', cidr: '192.0.2.0/24', owner: 'security' }]);
    expect((await one.run()).changes).toMatchObject([{ kind: 'deleted', asset: { id: 'custom:b' } }]);
  });

  test('an owner that a file names for an asset of AWS counts before its tags, and only as long as it does', async () => {
    const one = await fleet([ACCOUNT], [REGION]);
    const s3 = await one.client(S3Client, ACCOUNT, REGION);
    await s3.send(new CreateBucketCommand({ Bucket: 'mapped-data' }));
    await one.run();
    const write = (rows: readonly object[]) => one.store.write('custom/cmdb.json', rows);
    await write([{ id: 'arn:aws:s3:::mapped-data', owner: 'team-data', criticality: 'critical' }]);
    const mapped = await one.run();
    expect(mapped.changes).toMatchObject([
      { kind: 'owner_changed', asset: { name: 'mapped-data', owner: 'team-data' } },
    ]);
    expect(mapped.assets.find(({ name }) => name === 'mapped-data')).toMatchObject({
      owner: { source: 'map', rule: 'custom/cmdb.json' },
      criticality: 'critical',
    });
    expect(mapped.assets.filter(({ account }) => account.id === 'custom')).toEqual([]);
    await write([]);
    expect(kinds(await one.run())).toEqual(['owner_changed']);
  });

  describe('a fleet of three accounts and four regions', () => {
    const REGIONS = ['ap-east-1', 'ap-northeast-2', 'eu-west-1', 'us-east-1'];
    const [ok, scp, noRole] = ACCOUNTS;

    test('is looked at as far as it lets, and the grid says how far', async () => {
      const all = await fleet(ACCOUNTS, REGIONS);
      proxy.answer = ({ action, account, region, service, body }) => {
        if (action === 'AssumeRole' && body.includes(noRole)) return restRefusal('AccessDenied', 'not authorized');
        if (account === scp && region === 'us-east-1' && action === 'DescribeVpcs')
          return refusal('UnauthorizedOperation', 'explicit deny in a service control policy');
        if (account === ok && region === 'ap-northeast-2' && action === 'DescribeInstances')
          return refusal('RequestLimitExceeded', 'Request limit exceeded.', 503);
        if (account === scp && service === 'iam') return restRefusal('AccessDenied');
        return undefined;
      };
      const run = await all.run();
      const status = (scope: string) => run.row(scope)?.status;
      expect(status(`${noRole}/*`)).toBe('assume_role_failed');
      expect(status(`${scp}/us-east-1/AWS::EC2::VPC`)).toBe('scp_denied');
      expect(status(`${ok}/ap-northeast-2/AWS::EC2::Instance`)).toBe('throttled');
      expect(status(`${ok}/ap-east-1/*`)).toBe('region_disabled');
      expect(status(`${scp}/global/AWS::IAM::Role`)).toBe('denied');
      expect(status(`${ok}/eu-west-1/AWS::EC2::VPC`)).toBe('ok');
      expect(status(`${ok}/eu-west-1/AWS::EC2::EIP`)).toBe('empty');
      expect(run.row(`${ok}/ap-northeast-2/AWS::EC2::Instance`)).toMatchObject({ throttles: 5, retries: 4 });
      expect(run.manifest.summary.okPercent).toBeLessThan(100);
    });

    test('is asked under a name of its own', () => {
      const members = proxy.asked.filter(({ account }) => ACCOUNTS.includes(account));
      const own = members.filter(({ userAgent }) => userAgent.includes('bongsu-asset-inventory'));
      expect(own.length).toBeGreaterThan(100);
      const entered = proxy.asked.filter(({ action, body }) => action === 'AssumeRole' && body.includes('Policy='));
      expect(entered.length).toBeGreaterThan(0);
      for (const { body } of entered) {
        expect(new URLSearchParams(body).get('RoleSessionName')).toBe('asset-inventory');
        expect(new URLSearchParams(body).get('ExternalId')).toBe('test');
      }
    });
  });

  describe('a run that is stopped after every page', () => {
    const AT = Date.parse('2026-11-24T06:00:00Z');

    const account = '555555555555';
    const KEYS = `${account}/global/AWS::IAM::AccessKey`;

    beforeAll(async () => {
      const iam = await (await fleet([account], [REGION])).client(IAMClient, account, 'us-east-1');
      for (let i = 0; i < 20; i++) {
        await iam.send(new CreateRoleCommand({ RoleName: `role-${i}`, AssumeRolePolicyDocument: '{}' }));
        await iam.send(new CreateUserCommand({ UserName: `user-${i}` }));
        await iam.send(new CreateAccessKeyCommand({ UserName: `user-${i}` }));
      }
    });

    test('with every message twice and out of order makes the same snapshot, byte by byte', async () => {
      const whole = await fleet([account], [REGION]);
      const expected = await whole.run({ at: AT });
      const cut = await fleet([account], [REGION]);
      const actual = await cut.run({ at: AT, stops: true, twice: true });
      expect(expected.row(KEYS)).toMatchObject({ status: 'ok', pages: 21, items: 20 });
      expect(actual.row(KEYS)).toMatchObject({ status: 'ok', pages: 21, items: 20 });
      expect(actual.manifest.shards).toEqual(expected.manifest.shards);
    });

    test('a page that fails leaves the type known in part, and deletes nothing', async () => {
      const one = await fleet([account], [REGION]);
      await one.run({ at: AT });
      refusing(
        ({ action, body }) => action === 'ListAccessKeys' && body.includes('UserName=user-7'),
        restRefusal('ServiceFailure', 'oops', 500),
      );
      const part = await one.run();
      expect(part.changes).toEqual([]);
      const { status, items, staleAssets } = part.row(KEYS)!;
      expect(status).toBe('partial');
      expect(items).toBeGreaterThan(0);
      expect(items + staleAssets!).toBe(20);
    });
  });

  describe('a port that is opened to everybody', () => {
    const EVENT = 'c0ffee00-0000-4000-8000-000000000001';

    interface Web {
      readonly one: World;
      readonly group: string;
      readonly open: (port: number) => Promise<unknown>;
      readonly evidence: readonly string[];
      readonly eni: string;
    }

    /** A network interface with a public address and a way to the internet, behind a group that lets nobody in. */
    async function web(account: string): Promise<Web> {
      const one = await fleet([account], [REGION]);
      const ec2 = await one.client(EC2Client, account, REGION);
      const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
      const VpcId = Vpc!.VpcId!;
      const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24' }));
      const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
      const { InternetGatewayId: GatewayId } = InternetGateway!;
      await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: GatewayId, VpcId }));
      const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
      const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
      const [{ RouteTableId }] = RouteTables!;
      await ec2.send(new CreateRouteCommand({ RouteTableId, GatewayId, DestinationCidrBlock: '0.0.0.0/0' }));
      const { GroupId } = await ec2.send(
        new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId }),
      );
      const allow = (port: number, CidrIp: string) =>
        ec2.send(
          new AuthorizeSecurityGroupIngressCommand({
            GroupId,
            IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp }] }],
          }),
        );
      await allow(443, '192.0.2.0/24');
      await allow(8443, '198.51.100.0/24');
      const { NetworkInterface } = await ec2.send(
        new CreateNetworkInterfaceCommand({ SubnetId: Subnet!.SubnetId, Groups: [GroupId!] }),
      );
      const { NetworkInterfaceId } = NetworkInterface!;
      const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
      await ec2.send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId }));
      await one.run();
      return {
        one,
        group: GroupId!,
        open: (port) => allow(port, '0.0.0.0/0'),
        evidence: [
          `public_ip ${PublicIp}`,
          `route:${RouteTableId} 0.0.0.0/0 ${GatewayId}`,
          `sg:${GroupId} tcp/22 0.0.0.0/0`,
        ],
        eni: NetworkInterfaceId!,
      };
    }

    const authorized = (account: string, groupId: string, eventTime: string) => ({
      source: 'aws.ec2',
      'detail-type': 'AWS API Call via CloudTrail',
      account,
      region: REGION,
      detail: {
        eventSource: 'ec2.amazonaws.com',
        eventName: 'AuthorizeSecurityGroupIngress',
        readOnly: false,
        awsRegion: REGION,
        recipientAccountId: account,
        requestParameters: { groupId },
        eventID: EVENT,
        eventTime,
        sourceIPAddress: '198.51.100.7',
        userIdentity: { arn: `arn:aws:iam::${account}:user/eve` },
      },
    });

    test('is one change with its path, and one of exposure with the evidence', async () => {
      const { one, group, open, evidence, eni } = await web('666666666666');
      await open(22);
      const { changes } = await one.run();
      expect(changes.filter(({ kind }) => kind === 'changed')).toEqual([
        expect.objectContaining({
          asset: expect.objectContaining({ nativeId: group }),
          diff: [{ path: 'security.ingress', added: ['tcp/22 0.0.0.0/0'] }],
        }),
      ]);
      expect(changes.filter(({ kind }) => kind === 'exposure_changed')).toEqual([
        expect.objectContaining({
          asset: expect.objectContaining({ nativeId: eni }),
          exposure: {
            from: expect.objectContaining({ level: 'internal' }),
            to: { level: 'internet', ports: ['tcp/22'], reasons: evidence },
          },
        }),
      ]);
      expect(changes).toHaveLength(2);
    });

    test('is told with who did it when the event comes before the run, once', async () => {
      const account = '777777777777';
      const { one, group, open, evidence } = await web(account);
      await open(22);
      const told = await one.hear(authorized(account, group, '2026-11-24T03:30:00Z'));
      expect(told.map(({ kind }) => kind).sort()).toEqual(['changed', 'exposure_changed']);
      for (const { actor, window } of told) {
        expect(actor).toMatchObject({ arn: `arn:aws:iam::${account}:user/eve`, eventId: EVENT });
        expect(window).toEqual({ notBefore: '2026-11-24T03:30:00.000Z', notAfter: '2026-11-24T03:30:00.000Z' });
      }
      expect(told.find(({ exposure }) => exposure)?.exposure?.to.reasons).toEqual(evidence);
      expect(await one.hear(authorized(account, group, '2026-11-24T03:30:00Z'))).toEqual([]);
      const run = await one.run();
      expect(run.told.flatMap(({ committed }) => committed?.changes ?? [])).toEqual([]);
      expect(run.changes.map(({ id }) => id).sort()).toEqual(told.map(({ id }) => id).sort());
      expect(kinds(await one.run())).toEqual([]);
    });

    test('is told again with who did it, as the same change, when the event comes after the run', async () => {
      const account = '888888888888';
      const { one, group, open } = await web(account);
      await open(22);
      const { changes, manifest } = await one.run();
      const time = new Date(Date.parse(manifest.at) - 60_000).toISOString();
      const told = await one.hear(authorized(account, group, time));
      expect(told.map(({ id }) => id).sort()).toEqual(changes.map(({ id }) => id).sort());
      expect(told.every(({ actor }) => actor?.eventId === EVENT)).toBe(true);
    });
  });
});
