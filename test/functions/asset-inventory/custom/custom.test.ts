import { expect, test } from '@jest/globals';
import { classify } from '../../../../functions/asset-inventory/classify/classify.ts';
import { rulesIn } from '../../../../functions/asset-inventory/classify/owner.ts';
import rules from '../../../../functions/asset-inventory/classify/rules.json' with { type: 'json' };
import { customIn, withMap } from '../../../../functions/asset-inventory/custom/custom.ts';
import type { Store } from '../../../../functions/asset-inventory/run/store.ts';
import { assetOf } from '../sample.ts';

/** The objects of a bucket, as far as they are read here. */
const bucket = (objects: Readonly<Record<string, string>>): Store =>
  ({
    keys: async (prefix: string) => Object.keys(objects).filter((key) => key.startsWith(prefix)),
    text: async (key: string) => objects[key],
  }) as unknown as Store;

const CSV = `id,Name,cidr,owner,environment\r
office-1,"Seoul, 3rd floor",192.0.2.0/24 198.51.100.0/24,facilities,prod\r
office-2,"the ""annex""",203.0.113.0/24,,\r
`;

test('a table of ranges becomes assets with owners', async () => {
  const { seen, rows } = await customIn(bucket({ 'custom/offices.csv': CSV }));
  expect(seen).toMatchObject([
    {
      id: 'custom:office-1',
      name: 'Seoul, 3rd floor',
      account: { id: 'custom' },
      tags: { owner: 'facilities', environment: 'prod' },
      net: { prefixes: ['192.0.2.0/24', '198.51.100.0/24'] },
    },
    { id: 'custom:office-2', name: 'the "annex"', tags: {} },
  ]);
  expect(rows.map(({ type, status, items }) => [type, status, items])).toEqual([
    ['Custom::Asset', 'ok', 2],
    ['*', 'ok', 2],
  ]);
});

test('an export as JSON has lists and a type', async () => {
  const one = {
    id: 7,
    type: 'Custom::SaaS',
    ip: ['192.0.2.7', '2001:db8::7'],
    dns: 'crm.example.com',
    tags: { team: 'a' },
  };
  const { seen } = await customIn(bucket({ 'custom/cmdb.json': JSON.stringify([one]) }));
  expect(seen[0]).toMatchObject({
    type: 'Custom::SaaS',
    nativeId: '7',
    net: { public: ['192.0.2.7'], v6: ['2001:db8::7'], dns: ['crm.example.com'] },
    tags: { team: 'a' },
  });
});

test.each([
  ['a table without ids', { 'custom/a.csv': 'name\nx\n' }],
  ['half of a JSON', { 'custom/a.json': '[{' }],
  ['no list', { 'custom/a.json': '{}' }],
  ['an asset without an id', { 'custom/a.json': '[{"name":"x"}]' }],
])('%s proves nothing, and is named', async (_what, objects) => {
  const { seen, rows } = await customIn(bucket({ ...objects, 'custom/b.csv': 'id\ngood\n' }));
  expect(seen.map(({ nativeId }) => nativeId)).toEqual(['good']);
  expect(rows.every(({ status }) => status === 'partial')).toBe(true);
  expect(rows[0].message).toContain(Object.keys(objects)[0]);
});

test('other objects are none', async () => {
  expect((await customIn(bucket({ 'custom/readme.txt': 'x', 'runs/a.json': '[' }))).seen).toEqual([]);
});

test('a row that is wrong is told with its file and line, and the others count', async () => {
  const table = 'id,ip,cidr\na,10.0.0.1,\nb,10.0.0,\nc\n,,\nd,,10.0.0.0/33\ne,,10.1.0.0/16\n';
  const lines = '{"id":"f"}\n{"id":\n\n[1]\n{"id":"g"}\n';
  const { seen, rows } = await customIn(bucket({ 'custom/cmdb.csv': table, 'custom/saas.ndjson': lines }));
  expect(seen.map(({ nativeId }) => nativeId)).toEqual(['a', 'e', 'f', 'g']);
  expect(rows.every(({ status }) => status === 'partial')).toBe(true);
  const { message = '' } = rows[0];
  expect(message.match(/custom\/\S+ line \d/g)?.sort()).toEqual([
    'custom/cmdb.csv line 3',
    'custom/cmdb.csv line 4',
    'custom/cmdb.csv line 5',
    'custom/cmdb.csv line 6',
    'custom/saas.ndjson line 2',
    'custom/saas.ndjson line 4',
  ]);
  expect(message).toContain('custom/cmdb.csv line 6: no address or block: 10.0.0.0/33');
});

test('a table whose quote is not closed counts up to there', async () => {
  const { seen, rows } = await customIn(bucket({ 'custom/a.csv': 'id,name\ngood,x\nbad,"y\n' }));
  expect(seen.map(({ nativeId }) => nativeId)).toEqual(['good']);
  expect(rows[0]).toMatchObject({ status: 'partial', message: expect.stringContaining('custom/a.csv line') });
});

test('a range needs no id, and what is in a VPC is in no other network', async () => {
  const table =
    'ip,cidr,vpc,tags\n,10.9.0.0/16,,site=seoul; floor=3\n10.0.0.7 203.0.113.7,192.0.2.9/32,,\n198.51.100.7,,vpc-1,\n';
  const { seen } = await customIn(bucket({ 'custom/a.csv': table }));
  expect(seen).toMatchObject([
    { id: 'custom:10.9.0.0/16', type: 'Custom::Range', tags: { site: 'seoul', floor: '3' } },
    {
      id: 'custom:10.0.0.7',
      type: 'Custom::Asset',
      net: { private: ['10.0.0.7'], public: ['192.0.2.9', '203.0.113.7'] },
    },
    { net: { vpc: 'vpc-1', private: ['198.51.100.7'] } },
  ]);
});

test('a row with an id of AWS tells of the asset that has it, before all rules, and is not an asset itself', async () => {
  const instance = assetOf('AWS::EC2::Instance', 'i-0123456789abcdef0', { tags: { owner: 'team-a', env: 'dev' } });
  const topic = assetOf('AWS::SNS::Topic', 'alerts', { id: 'arn:aws:sns:eu-west-1:123456789012:alerts' });
  const other = assetOf('AWS::EC2::Instance', 'i-0123456789abcdef1', { tags: { owner: 'team-a' } });
  const store = bucket({
    'custom/cmdb.csv': `id,owner,environment\n${instance.nativeId},team-b,prod\n${topic.id},team-c,\n`,
    'custom/more.json': JSON.stringify([{ id: topic.id, criticality: 'critical' }]),
  });
  expect((await customIn(store)).seen).toEqual([]);
  const judging = { rules: await withMap(rulesIn(rules), store), accounts: new Map(), before: new Map() };
  const classified = classify([instance, topic, other], () => 'ok', judging);
  expect(classified).toMatchObject([
    {
      owner: { value: 'team-b', source: 'map', rule: 'custom/cmdb.csv', confidence: 100 },
      environment: 'prod',
      criticality: 'medium', // by the rule for prod
    },
    { owner: { value: 'team-c', source: 'map' }, criticality: 'critical' },
    { owner: { value: 'team-a', source: 'tag' } },
  ]);
});
