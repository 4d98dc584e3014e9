import { setImmediate as turn } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openIndicators } from '../../../../shared/enrich/threat/openindicators.ts';
import { ConfigError } from '../../../../shared/errors.ts';
import { s3 as fakeS3, type S3 } from '../../../fake/s3.ts';
import { clientOf } from '../../../fake/server.ts';

let server: S3;
let s3: S3Client;
let clock: number;
let invocation: number;
let warnings: object[];
let counted: Record<string, number>;
const metrics = {
  add(name: string, value: number) {
    counted[name] = value;
  },
};
/** Of each test its own: a request of the one before may still be under way. */
let bucket = 'lists-0';
let number = 0;
const log = {
  info() {},
  error() {},
  warn: (message: string, fields?: object) => void warnings.push({ message, ...fields }),
};

beforeAll(async () => {
  server = await fakeS3();
});
beforeEach(() => {
  s3 = new S3Client({ ...clientOf(server), forcePathStyle: true });
  bucket = `lists-${++number}`;
  server.objects.clear();
  server.asked.length = 0;
  clock = 1_000_000;
  invocation = 1;
  warnings = [];
  counted = {};
});
afterEach(() => s3.destroy());
afterAll(() => server.stop());

const store = (name: string, text: string, etag = 'one') =>
  server.objects.set(`${bucket}/threat/${name}`, { bytes: Buffer.from(text), etag });
const BOUNDS = { lists: 10, bytesOfList: 1000, indicators: 3, objects: 5000 };
const open = (bounds = BOUNDS) =>
  openIndicators(`s3://${bucket}/threat`, {
    s3,
    log,
    metrics,
    invocation: () => invocation,
    now: () => clock,
    firstMs: 60_000,
    bounds,
  });
const asked = (isList: boolean) =>
  server.asked
    .filter((path) => path.startsWith(`/${bucket}/`) && path.includes('list-type') === isList)
    .map((path) => path.split('?')[0].slice(bucket.length + 2));
const read = () => asked(false);

async function until(is: () => boolean): Promise<void> {
  while (!is()) await turn();
}

test('every object below the prefix is a list, and no other', async () => {
  store('a.txt', '198.51.100.7\n');
  store(
    'misp/b.json',
    JSON.stringify({ Event: { Attribute: [{ type: 'domain', value: 'bad.example', to_ids: true }] } }),
  );
  server.objects.set(`${bucket}/threats/c.txt`, { bytes: Buffer.from('203.0.113.9\n') });
  server.objects.set(`${bucket}/threat/folder/`, { bytes: Buffer.alloc(0) });
  const { table } = await open();
  expect([table?.count, table?.about(table.ipv4(0xc6336407)).provider]).toEqual([2, 'a.txt']);
  expect(read()).toEqual(['threat/a.txt', 'threat/misp/b.json']);
  expect(counted).toEqual({ Indicators: 2 });
});

test('lists are read again when one of them has another ETag', async () => {
  store('a.txt', '198.51.100.7\n');
  const indicators = await open();
  clock += 400_000;
  indicators.refresh();
  await until(() => asked(true).length === 2);
  expect(read()).toHaveLength(1);
  store('a.txt', '198.51.100.7\n198.51.100.8\n', 'two');
  await until(() => {
    clock += 400_000;
    indicators.refresh();
    return indicators.table?.count === 2;
  });
  expect(read()).toHaveLength(2);
});

test('within its time nothing is asked again', async () => {
  const indicators = await open();
  indicators.refresh();
  expect(asked(true)).toHaveLength(1);
});

test('what goes beyond a bound is left out whole, by its name', async () => {
  store('a.txt', '198.51.100.7\n198.51.100.8\n');
  store('b.txt', '198.51.100.9\n198.51.100.10\n');
  store('c.txt', `${'#'.repeat(1000)}\n198.51.100.11\n`);
  store('d.txt', '198.51.100.12\n');
  const { table } = await open();
  expect(table?.count).toBe(3);
  expect(warnings).toMatchObject([
    { message: 'threat list refused', list: 'b.txt', reason: 'it has 2 indicators, 1 of 3 are left' },
    { message: 'threat list refused', list: 'c.txt', reason: 'it has 1015 bytes, at most 1000 are read' },
  ]);
  expect(counted.IndicatorListsRefused).toBe(1);
});

const numbered = (number: number) => `list-${String(number).padStart(4, '0')}.txt`;

test('objects beyond the first page are listed, and each list beyond the bound is named', async () => {
  for (let number = 0; number < 1200; number++) store(numbered(number), number > 1 ? '' : `198.51.100.${number}\n`);
  store(numbered(1100), '198.51.100.2\n');
  store(numbered(1150), '198.51.100.3\n');
  store(numbered(1199), '198.51.100.4\n');
  const { table } = await open({ ...BOUNDS, lists: 3 });
  expect(table?.count).toBe(3);
  expect(read()).toEqual([0, 1, 1100].map((number) => `threat/${numbered(number)}`));
  expect(warnings).toEqual([
    {
      message: 'threat lists refused',
      lists: [numbered(1150), numbered(1199)],
      reason: 'there are more than 3 lists',
    },
  ]);
  expect(counted.IndicatorListsRefused).toBe(2);
});

test('a listing that is cut is logged, with the last name that was looked at', async () => {
  for (let number = 0; number < 1005; number++) store(numbered(number), number > 1 ? '' : `198.51.100.${number}\n`);
  const { table } = await open({ ...BOUNDS, objects: 1002 });
  expect(table?.count).toBe(2);
  expect(warnings).toEqual([
    {
      message: 'threat lists not listed',
      after: numbered(1001),
      reason: 'at most 1002 objects of the prefix are listed',
    },
  ]);
});

test('a list that can not be read costs no other one', async () => {
  store('a.json', '{"a":1}');
  store('b.txt', '198.51.100.7\n');
  expect((await open()).table?.count).toBe(1);
  expect(warnings).toMatchObject([{ list: 'a.json', reason: expect.stringContaining('neither') }]);
});

test('while lists can not be read, the older ones stay, and each invocation says so once', async () => {
  store('a.txt', '198.51.100.7\n');
  const indicators = await open();
  server.objects.set(`${bucket}/threat/a.txt`, {
    bytes: Buffer.from('x'),
    etag: 'two',
    error: { status: 403, code: 'AccessDenied' },
  });
  await until(() => {
    clock += 400_000;
    indicators.refresh();
    return warnings.length > 0;
  });
  indicators.refresh();
  expect(warnings).toMatchObject([{ message: 'threat lists not refreshed', url: `s3://${bucket}/threat` }]);
  expect(indicators.table?.count).toBe(1);
});

test('a place without a prefix is refused', async () => {
  const tools = { s3, log, metrics, invocation: () => 1 };
  await expect(openIndicators('s3://lists', tools)).rejects.toThrow(ConfigError);
});
