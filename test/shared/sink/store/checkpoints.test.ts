import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { checkpoints } from '../../../../shared/sink/store/checkpoints.ts';
import { type Buckets, buckets } from '../../../fake/buckets.ts';
import { clientOf } from '../../../fake/server.ts';

let store: Buckets;
let client: S3Client;
beforeAll(async () => {
  store = await buckets();
  client = new S3Client({ ...clientOf(store), forcePathStyle: true });
});
afterAll(() => store.stop());

let warned: unknown[];
const log = { info() {}, warn: (...line: unknown[]) => void warned.push(line), error() {} };
beforeEach(() => {
  warned = [];
  store.objects.clear();
  store.errors.clear();
});

const KEY = 'kept/checkpoints/waf/m-1.json';
const own = () => checkpoints({ client, bucket: 'kept', prefix: 'checkpoints/waf', log });
const places = new Map([['s3://logs/a b@e', { seq: 12, read: 10 }]]);

test('what was put is there for the next invocation', async () => {
  await own().put('m-1', places);
  expect([...store.objects.keys()]).toEqual([KEY]);
  expect(await own().get('m-1', true)).toEqual(places);
});

test('what is not there, or is not ours, is no place', async () => {
  expect(await own().get('m-2', true)).toEqual(new Map());
  store.errors.set(KEY, { status: 403, code: 'AccessDenied' });
  expect(await own().get('m-1', true)).toEqual(new Map());
  expect(warned).toEqual([]);
  store.errors.set(KEY, { status: 500, code: 'InternalError' });
  expect(await own().get('m-1', true)).toEqual(new Map());
  expect(warned).toHaveLength(1);
  store.errors.clear();
  for (const text of ['{"objects":{"s3://a@e":{"seq":-1,"read":"x"}}}', '{}', 'hello']) {
    store.objects.set(KEY, { bytes: Buffer.from(text) });
    expect(await own().get('m-1', true)).toEqual(new Map());
  }
});

test('what can not be stored is told with bucket and key', async () => {
  store.errors.set(KEY, { status: 403, code: 'AccessDenied' });
  await expect(own().put('m-1', places)).rejects.toMatchObject({
    name: 'DeliveryError',
    fields: { bucket: 'kept', key: 'checkpoints/waf/m-1.json' },
  });
});

test('of what comes for the first time only what is listed is asked for, once a minute', async () => {
  await own().put('m-1', places);
  let clock = 0;
  const all = checkpoints({ client, bucket: 'kept', prefix: 'checkpoints/waf', log, now: () => clock });
  store.asked.length = 0;
  expect(await all.get('m-1', false)).toEqual(places);
  expect(await all.get('m-2', false)).toEqual(new Map());
  await own().put('m-3', places);
  clock = 59_999;
  expect(await all.get('m-3', false)).toEqual(new Map());
  expect(store.asked.filter((line) => line.includes('list-type'))).toHaveLength(1);
  clock = 60_000;
  expect(await all.get('m-3', false)).toEqual(places);
  store.errors.set('?kept/checkpoints/waf/', { status: 403, code: 'AccessDenied' });
  clock = 120_000;
  expect(await all.get('m-4', false)).toEqual(new Map());
  expect(warned).toHaveLength(1);
});

test('what S3 does not take is known in this environment, and what is done is forgotten', async () => {
  const all = own();
  store.errors.set(KEY, { status: 403, code: 'AccessDenied' });
  await expect(all.put('m-1', places)).rejects.toBeDefined();
  expect(await all.get('m-1', false)).toEqual(places);
  store.errors.clear();
  await all.put('m-1', places);
  expect([...store.objects.keys()]).toEqual([KEY]);
  await all.remove('m-1');
  expect([...store.objects.keys()]).toEqual([]);
  expect(await all.get('m-1', true)).toEqual(new Map());
});

test('records that are open are kept by their sink; a checkpoint with a wrong list of ranges is ignored', async () => {
  const open = { splunk: [[3, 5] as const], none: [[7, 7] as const] };
  await own().put('m-1', new Map([['u', { seq: 12, read: 8, open }]]));
  expect(await own().get('m-1', true)).toEqual(new Map([['u', { seq: 12, read: 8, open }]]));
  for (const bad of ['{"splunk":[3]}', '{"splunk":[[5,3]]}', '{"splunk":7}', 'null']) {
    store.objects.set(KEY, { bytes: Buffer.from(`{"objects":{"u":{"seq":1,"read":1,"open":${bad}}}}`) });
    expect([bad, await own().get('m-1', true)]).toEqual([bad, new Map()]);
  }
});
