import { describe, expect, test } from '@jest/globals';
import { exposureOf, fleetOf } from '../../../../functions/asset-inventory/classify/exposure.ts';
import { managedInterfaceOwner } from '../../../../functions/asset-inventory/classify/managedinterface.ts';
import type { Unclassified } from '../../../../functions/asset-inventory/state/merge.ts';
import type { Exposure, Status } from '../../../../shared/asset/model.ts';
import type { JsonObject } from '../../../../shared/transform/objects/compile.ts';
import { assetOf } from '../sample.ts';

const group = (...ingress: string[]) => assetOf('AWS::EC2::SecurityGroup', 'sg-1', { security: { ingress } });
const routes = (...all: string[]) =>
  assetOf('AWS::EC2::RouteTable', 'rtb-1', { net: { vpc: 'vpc-1' }, security: { main: true, routes: all } });
const acl = (...entries: string[]) =>
  assetOf('AWS::EC2::NetworkAcl', 'acl-1', { net: { vpc: 'vpc-1' }, security: { default: true, entries } });
const instance = (more: Partial<Unclassified['net']> = {}) =>
  assetOf('AWS::EC2::Instance', 'i-1', {
    net: { private: ['10.0.1.4'], public: ['203.0.113.9'], vpc: 'vpc-1', subnets: ['subnet-1'], sg: ['sg-1'], ...more },
  });

const OPEN = [
  group('tcp/443 0.0.0.0/0', 'tcp/22 192.0.2.0/24'),
  routes('10.0.0.0/16 local', '0.0.0.0/0 igw-1'),
  acl('in 100 allow all 0.0.0.0/0', 'in 32767 deny all 0.0.0.0/0'),
];

function classified(
  asset: Unclassified,
  others: readonly Unclassified[],
  blind: readonly string[] = [],
  before?: Exposure,
): Exposure {
  const statusOf = (type: string): Status => (blind.includes(type) ? 'denied' : 'ok');
  return exposureOf(asset, fleetOf([asset, ...others], statusOf), before);
}

describe('an instance with a public address', () => {
  test('is on the internet by its group, its route and its network ACL, and all are named', () => {
    expect(classified(instance(), OPEN)).toEqual({
      level: 'internet',
      ports: ['tcp/443'],
      reasons: ['public_ip 203.0.113.9', 'route:rtb-1 0.0.0.0/0 igw-1', 'sg:sg-1 tcp/443 0.0.0.0/0'],
    });
  });

  test.each([
    ['no address', instance({ public: [] }), OPEN],
    ['a group for some only', instance(), [group('tcp/443 192.0.2.0/24'), OPEN[1], OPEN[2]]],
    ['a route that ends nowhere', instance(), [OPEN[0], routes('0.0.0.0/0 igw-1 blackhole'), OPEN[2]]],
    ['a route through a NAT gateway', instance(), [OPEN[0], routes('0.0.0.0/0 nat-1'), OPEN[2]]],
    [
      'a network ACL that denies first',
      instance(),
      [OPEN[0], OPEN[1], acl('in 50 deny tcp/443 0.0.0.0/0', 'in 100 allow all 0.0.0.0/0')],
    ],
    ['a network ACL for another port', instance(), [OPEN[0], OPEN[1], acl('in 100 allow tcp/80 0.0.0.0/0')]],
  ])('and %s is not', (_what, asset, others) => {
    expect(classified(asset, others).level).toBe('internal');
  });

  test('is in doubt where the network ACL could not be looked at', () => {
    const exposure = classified(instance(), OPEN.slice(0, 2), ['AWS::EC2::NetworkAcl'], { level: 'internal' });
    expect(exposure).toMatchObject({ level: 'unknown', was: 'internal', missing: ['ec2:DescribeNetworkAcls'] });
  });

  test('that would be closed anyway is in no doubt', () => {
    const others = [group('tcp/443 192.0.2.0/24'), OPEN[1]];
    expect(classified(instance(), others, ['AWS::EC2::NetworkAcl']).level).toBe('internal');
  });

  test('is open by IPv6 too', () => {
    const six = instance({ public: [], v6: ['2001:db8::4'] });
    const others = [group('all ::/0'), routes('::/0 igw-1'), acl('in 100 allow all ::/0')];
    expect(classified(six, others)).toMatchObject({ level: 'internet', ports: ['all'] });
  });
});

test('what is behind a load balancer of the internet is reached by it alone', () => {
  const balancer = assetOf('AWS::ElasticLoadBalancingV2::LoadBalancer', 'app/web/1', {
    security: { scheme: 'internet-facing', listeners: ['tcp/443'] },
    relationships: [{ type: 'routes_to', target: 'i-1' }],
  });
  const hidden = instance({ public: [] });
  expect(classified(hidden, [...OPEN, balancer])).toEqual({
    level: 'conditional',
    ports: ['tcp/443'],
    reasons: [`behind ${balancer.id}`],
  });
});

describe('a bucket', () => {
  const bucket = (security: JsonObject, gaps: readonly string[] = []) =>
    assetOf('AWS::S3::Bucket', 'logs', { security, gaps });
  const account = (security: JsonObject) => assetOf('AWS::S3::AccountPublicAccessBlock', '1', { security });
  const everyone = 'READ http://acs.amazonaws.com/groups/global/AllUsers';

  test.each([
    ['a policy for anybody', { policyPublic: true }, {}, 'internet'],
    ['an ACL for anybody', { policyPublic: false, acl: [everyone] }, {}, 'internet'],
    ['neither', { policyPublic: false, acl: ['FULL_CONTROL abc'] }, {}, 'none'],
    ['a policy that the bucket blocks', { policyPublic: true, restrictPublicBuckets: true }, {}, 'none'],
    ['a policy that the account blocks', { policyPublic: true }, { restrictPublicBuckets: true }, 'none'],
    ['an ACL that the account ignores', { policyPublic: false, acl: [everyone] }, { ignorePublicAcls: true }, 'none'],
  ] as const)('with %s', (_what, security, block, level) => {
    expect(classified(bucket(security as JsonObject), [account(block)]).level).toBe(level);
  });

  test('whose policy could not be looked at is in doubt', () => {
    const exposure = classified(bucket({}, ['s3:GetBucketPolicyStatus AccessDenied']), [account({})]);
    expect(exposure).toEqual({ level: 'unknown', missing: ['s3:GetBucketPolicyStatus'] });
  });
});

describe('a resource with a policy', () => {
  const statement = (more: object) =>
    JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:*', ...more }] });

  test.each([
    [statement({}), 'internet'],
    [statement({ Principal: { AWS: '*' } }), 'internet'],
    [statement({ Condition: { ArnLike: {} } }), 'conditional'],
    [statement({ Principal: { AWS: 'arn:aws:iam::123456789012:root' } }), 'none'],
    [statement({ Effect: 'Deny' }), 'none'],
    ['no policy', 'none'],
  ])('%s', (policy, level) => {
    expect(classified(assetOf('AWS::SQS::Queue', 'q', { security: { policy } }), []).level).toBe(level);
  });
});

describe('an endpoint of AWS', () => {
  test.each([
    [{ urlAuth: 'NONE' }, 'internet'],
    [{ urlAuth: 'AWS_IAM' }, 'conditional'],
    [{ endpoint: 'public' }, 'internet'],
    [{ endpoint: 'public', publicCidrs: ['192.0.2.0/24'] }, 'conditional'],
    [{ endpoint: 'public', publicCidrs: ['0.0.0.0/0'] }, 'internet'],
    [{ endpoint: 'private' }, 'internal'],
  ] as const)('%j', (security, level) => {
    expect(classified(assetOf('AWS::X::Y', 'x', { security: security as unknown as JsonObject }), []).level).toBe(
      level,
    );
  });
});

describe('a network interface is told by its description', () => {
  const arn = (rest: string) => `arn:aws:${rest.replace(' ', ':eu-west-1:123456789012:')}`;

  test.each([
    ['ELB app/web/50dc6c495c0c9188', arn('elasticloadbalancing loadbalancer/app/web/50dc6c495c0c9188')],
    ['ELB net/tcp/50dc6c495c0c9188', arn('elasticloadbalancing loadbalancer/net/tcp/50dc6c495c0c9188')],
    ['ELB gwy/inspect/50dc6c495c0c9188', arn('elasticloadbalancing loadbalancer/gwy/inspect/50dc6c495c0c9188')],
    ['ELB classic', arn('elasticloadbalancing loadbalancer/classic')],
    ['Interface for NAT Gateway nat-0a1b2c3d', 'nat-0a1b2c3d'],
    ['VPC Endpoint Interface vpce-0a1b2c3d', 'vpce-0a1b2c3d'],
    ['VPC Endpoint GatewayLoadBalancer Interface vpce-0a1b2c3d', 'vpce-0a1b2c3d'],
    ['ClientVPN Endpoint resource cvpn-endpoint-0a1b2c3d', 'cvpn-endpoint-0a1b2c3d'],
    ['EFS mount target for fs-0a1b2c3d (fsmt-0a1b2c3d)', 'fs-0a1b2c3d'],
    ['AWS Lambda VPC ENI-orders-api-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f', arn('lambda function:orders-api')],
    ['Amazon EKS prod', arn('eks cluster/prod')],
    ['aws-K8S-i-0a1b2c3d', 'i-0a1b2c3d'],
    ['ElastiCache sessions-001', arn('elasticache cluster:sessions-001')],
    ['ES search', arn('es domain/search')],
    ['Network Interface for Transit Gateway Attachment tgw-attach-0a1b2c3d', 'tgw-attach-0a1b2c3d'],
    ['Route 53 Resolver: rslvr-in-0a1b2c3d:rni-0a1b2c3d', 'rslvr-in-0a1b2c3d'],
    ['AWS created network interface for directory d-9067f0a1b2', 'd-9067f0a1b2'],
    ['arn:aws:ecs:eu-west-1:123456789012:attachment/0a1b', 'arn:aws:ecs:eu-west-1:123456789012:attachment/0a1b'],
    ['RDSNetworkInterface', undefined],
    ['RedshiftNetworkInterface', undefined],
    ['DMSNetworkInterface', undefined],
    ['Created By Amazon Workspaces for AWS Account Id 123456789012', undefined],
    ['my own', undefined],
  ])('%s', (description, target) => {
    const eni = assetOf('AWS::EC2::NetworkInterface', 'eni-1', { security: { description } });
    expect(managedInterfaceOwner(eni)?.target).toBe(target);
  });
});
