import { describe, expect, test } from '@jest/globals';
import { entityManagement, inventoryInfo } from '../../../../functions/asset-inventory/publish/ocsf.ts';
import { lineOf } from '../../../../functions/asset-inventory/state/canonical.ts';
import type { Asset, Change } from '../../../../shared/asset/model.ts';
import { ocsfSchema } from '../../../rig/ocsf/ocsf.ts';
import { assetOf } from '../sample.ts';

const AT = '2026-11-24T03:00:00.000Z';
const RUN = { run: '2026-11-24T03-00-00-000Z', at: AT };

const sample = (type: string, nativeId: string, more: Partial<Asset> = {}): Asset => ({
  ...assetOf(type, nativeId),
  exposure: { level: 'none' },
  ...more,
});

const instance = sample('AWS::EC2::Instance', 'i-0abc', {
  class: 'compute',
  name: 'web-1',
  zone: 'eu-west-1a',
  account: { id: '123456789012', name: 'prod-web', ouPath: 'Root/Prod', orgId: 'o-a1b2c3d4e5' },
  tags: { Name: 'web-1', empty: '' },
  owner: { value: 'team-a@example.com', source: 'tag', rule: 'owner', confidence: 90 },
  environment: 'prod',
  criticality: 'high',
  net: {
    private: ['10.0.1.4', '10.0.1.5'],
    public: ['203.0.113.9'],
    v6: ['2001:db8::9'],
    mac: ['0a:1b:2c:3d:4e:5f'],
    dns: ['ip-10-0-1-4.eu-west-1.compute.internal'],
    sg: ['sg-1'],
  },
  exposure: { level: 'internet', ports: ['tcp/443'], reasons: ['public_ip 203.0.113.9'] },
  security: { imdsv2: true },
  relationships: [
    { type: 'in_vpc', target: 'vpc-1' },
    { type: 'protected_by', target: 'sg-1' },
  ],
  createdAt: '2026-11-01T00:00:00.000Z',
  gaps: ['ec2:DescribeNetworkAcls UnauthorizedOperation'],
});

const stale = sample('AWS::S3::Bucket', 'logs', {
  class: 'storage',
  region: 'global',
  state: 'stale',
  stateReason: 'scope denied',
  lastSeen: '2026-11-23T21:00:00.000Z',
});

const change = (kind: Change['kind'], more: Partial<Change> = {}): Change => ({
  id: 'c-1',
  kind,
  asset: {
    id: instance.id,
    type: instance.type,
    nativeId: instance.nativeId,
    name: instance.name,
    region: instance.region,
    account: instance.account,
  },
  diff: [],
  window: { notAfter: AT },
  scope: '123456789012/eu-west-1/AWS::EC2::Instance',
  run: RUN.run,
  ...more,
});

const opened = change('exposure_changed', {
  diff: [
    { path: 'security.ingress', added: ['tcp/22 0.0.0.0/0'], removed: [] },
    { path: 'exposure.level', from: 'none', to: 'internet' },
  ],
  window: { notBefore: '2026-11-23T21:00:00.000Z', notAfter: AT },
  truncated: true,
  actor: {
    arn: 'arn:aws:iam::123456789012:user/alice',
    eventId: '0d3f3d3c-5a57-4f0b-9f0e-1d2c3b4a5968',
    eventName: 'AuthorizeSecurityGroupIngress',
    time: '2026-11-24T02:41:07.000Z',
    sourceIp: '198.51.100.7',
  },
});

const plain = (event: object | undefined) => JSON.parse(lineOf(event!));

describe('an asset', () => {
  test('is what was collected, with its place, owner, tags and relations', () => {
    expect(plain(inventoryInfo(instance, RUN))).toMatchObject({
      class_uid: 5023,
      category_uid: 5,
      activity_id: 2,
      type_uid: 502302,
      severity_id: 1,
      status_id: 1,
      time: Date.parse(AT),
      metadata: { version: '1.8.0', profiles: ['cloud'], correlation_uid: RUN.run },
      cloud: {
        provider: 'AWS',
        account: { uid: '123456789012', name: 'prod-web', type_id: 10 },
        org: { uid: 'o-a1b2c3d4e5', ou_name: 'Root/Prod' },
        region: 'eu-west-1',
        zone: 'eu-west-1a',
      },
      resources: [
        {
          uid: instance.id,
          uid_alt: 'i-0abc',
          name: 'web-1',
          type: 'AWS::EC2::Instance',
          ip: '10.0.1.4',
          owner: { name: 'team-a@example.com' },
          criticality: 'high',
          labels: ['prod'],
          tags: [
            { name: 'Name', value: 'web-1' },
            { name: 'empty', value: '' },
          ],
          resource_relationship: {
            nodes: [{ uid: instance.id }, { uid: 'vpc-1' }, { uid: 'sg-1' }],
            edges: [
              { relation: 'in_vpc', source: instance.id, target: 'vpc-1' },
              { relation: 'protected_by', source: instance.id, target: 'sg-1' },
            ],
          },
          data: { exposure: instance.exposure, net: instance.net },
        },
      ],
    });
  });

  test('is found by each of its addresses, though a resource has room for one', () => {
    const { observables } = plain(inventoryInfo(instance, RUN));
    const ips = observables.filter(({ type_id }: { type_id: number }) => type_id === 2);
    expect(ips.map(({ value }: { value: string }) => value)).toEqual([
      '10.0.1.4',
      '10.0.1.5',
      '203.0.113.9',
      '2001:db8::9',
    ]);
  });

  test('that could not be seen is told as of when it was, and why', () => {
    expect(plain(inventoryInfo(stale, RUN))).toMatchObject({
      time: Date.parse('2026-11-23T21:00:00.000Z'),
      status_id: 2,
      status_detail: 'scope denied',
    });
  });

  test('that is gone is not told of', () => {
    expect(inventoryInfo({ ...stale, state: 'deleted' }, RUN)).toBeUndefined();
  });

  test.each([
    ['AWS::S3::Bucket', 'databucket', { type_id: 1 }],
    ['AWS::RDS::DBInstance', 'database', { type_id: 1 }],
    ['AWS::DynamoDB::Table', 'table', { name: 'x' }],
  ])('of type %s is a %s too', (type, member, expected) => {
    expect(plain(inventoryInfo(sample(type, 'x'), RUN))).toMatchObject({ [member]: expected });
  });
});

describe('a change', () => {
  test.each([
    ['created', 1],
    ['undeleted', 1],
    ['changed', 3],
    ['exposure_changed', 3],
    ['owner_changed', 3],
    ['deleted', 4],
  ] as const)('of kind %s is activity %d', (kind, activity) => {
    expect(plain(entityManagement(change(kind)))).toMatchObject({
      class_uid: 3004,
      activity_id: activity,
      type_uid: 300400 + activity,
      comment: kind,
      entity: { uid: instance.id, type: 'AWS::EC2::Instance', type_id: 99 },
    });
  });

  test.each(['baseline', 'suspicious_drop'] as const)('of kind %s is of no entity', (kind) => {
    expect(entityManagement(change(kind))).toBeUndefined();
  });

  test('tells what was before and what is now, who did it, when and from where', () => {
    expect(plain(entityManagement(opened))).toMatchObject({
      time: Date.parse('2026-11-24T02:41:07.000Z'),
      start_time: Date.parse('2026-11-23T21:00:00.000Z'),
      end_time: Date.parse(AT),
      metadata: { uid: 'c-1', original_event_uid: opened.actor!.eventId, is_truncated: true },
      entity: { data: { 'exposure.level': 'none' } },
      entity_result: { data: { 'exposure.level': 'internet', 'security.ingress': ['tcp/22 0.0.0.0/0'] } },
      actor: { user: { uid: 'arn:aws:iam::123456789012:user/alice' } },
      api: { operation: 'AuthorizeSecurityGroupIngress' },
      src_endpoint: { ip: '198.51.100.7' },
    });
  });

  test('that a service of AWS made names the service', () => {
    const byService = { ...opened, actor: { ...opened.actor!, arn: '', sourceIp: 'autoscaling.amazonaws.com' } };
    const event = plain(entityManagement(byService));
    expect(event.src_endpoint).toEqual({ svc_name: 'autoscaling.amazonaws.com' });
    expect(event).not.toHaveProperty('actor');
  });
});

describe('by the published schema', () => {
  const every = [
    ...[instance, stale].map((asset) => inventoryInfo(asset, RUN)),
    ...['AWS::RDS::DBInstance', 'AWS::DynamoDB::Table'].map((type) => inventoryInfo(sample(type, 'x'), RUN)),
    ...(['created', 'changed', 'deleted'] as const).map((kind) => entityManagement(change(kind))),
    entityManagement(opened),
  ].map(plain);

  let reason = '';
  const progress = (line: string) => {
    reason = line;
  };

  test('every event is valid, and one that is not is found', async () => {
    const validate = await ocsfSchema(progress);
    if (validate === undefined) {
      if (process.env.CI === 'true') throw new Error(`nothing to hold events against: ${reason}`);
      console.info(`skipped: ${reason}`);
      return;
    }
    await expect(validate(every)).resolves.toEqual([]);
    const { cloud: _, ...placeless } = plain(entityManagement(opened));
    await expect(validate([placeless, { ...every[0], colour: 'red' }])).resolves.toEqual([
      expect.stringContaining("'cloud' is a required property"),
      expect.stringContaining("'colour' was unexpected"),
    ]);
  }, 300_000);
});
