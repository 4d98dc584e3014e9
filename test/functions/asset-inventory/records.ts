/** An instance, a change of its exposure, and a coverage row of another type. */
import type { Asset, Change, Coverage } from '../../../shared/asset/model.ts';

export const AT = '2026-11-24T03:00:00.000Z';
export const RUN = '2026-11-24T03-00-00-000Z';

export const instance: Asset = {
  id: 'arn:aws:ec2:eu-west-1:123456789012:instance/i-0abc',
  idSynthetic: false,
  type: 'AWS::EC2::Instance',
  class: 'compute',
  nativeId: 'i-0abc',
  name: 'web-1',
  partition: 'aws',
  region: 'eu-west-1',
  zone: 'euw1-az1',
  account: { id: '123456789012', name: 'prod-web', ouPath: 'Root/Prod' },
  tags: { Name: 'web-1', owner: 'team-a@example.com' },
  owner: { value: 'team-a@example.com', source: 'tag', rule: 'owner', confidence: 95 },
  environment: 'prod',
  criticality: 'high',
  net: { private: ['10.0.1.4'], public: ['203.0.113.9'], mac: ['02:00:5e:10:00:01'], eni: ['eni-1'], vpc: 'vpc-1' },
  exposure: { level: 'internet', ports: ['tcp/443'], reasons: ['public_ip 203.0.113.9'] },
  security: { imdsv2: true },
  relationships: [{ type: 'in_vpc', target: 'vpc-1' }],
  firstSeen: AT,
  lastChanged: AT,
  state: 'active',
  hash: 'a'.repeat(64),
  gaps: [],
};

export const change: Change = {
  id: 'b'.repeat(64),
  kind: 'exposure_changed',
  asset: {
    id: instance.id,
    type: instance.type,
    nativeId: 'i-0abc',
    name: 'web-1',
    region: 'eu-west-1',
    account: instance.account,
    owner: 'team-a@example.com',
  },
  diff: [{ path: 'exposure.level', from: 'internal', to: 'internet' }],
  exposure: { from: { level: 'internal' }, to: instance.exposure },
  window: { notBefore: '2026-11-23T03:00:00.000Z', notAfter: AT },
  scope: '123456789012/eu-west-1/AWS::EC2::Instance',
  run: RUN,
};

export const row: Coverage = {
  scope: '123456789012/eu-west-1/AWS::EC2::NetworkInterface',
  account: '123456789012',
  region: 'eu-west-1',
  type: 'AWS::EC2::NetworkInterface',
  status: 'denied',
  calls: 1,
  pages: 0,
  items: 0,
  retries: 0,
  throttles: 0,
  ms: 12,
  code: 'UnauthorizedOperation',
  missing: ['ec2:DescribeNetworkInterfaces'],
  statement: { Effect: 'Allow', Action: ['ec2:DescribeNetworkInterfaces'], Resource: '*' },
};
