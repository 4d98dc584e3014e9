import { expect, test } from '@jest/globals';
import { csv, customIn } from '../../../functions/asset-inventory/custom.ts';
import type { Store } from '../../../functions/asset-inventory/store.ts';
import { DecodeError } from '../../../shared/errors.ts';

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
    net: { private: ['192.0.2.7'], v6: ['2001:db8::7'], dns: ['crm.example.com'] },
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

test('a quote that is not closed is refused', () => {
  expect(() => csv('id,name\n1,"x\n')).toThrow(DecodeError);
});
