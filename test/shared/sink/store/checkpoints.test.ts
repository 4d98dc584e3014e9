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
  expect(await own().get('m-1')).toEqual(places);
});

test('what is not there, or is not ours, is no place', async () => {
  expect(await own().get('m-2')).toEqual(new Map());
  store.errors.set(KEY, { status: 403, code: 'AccessDenied' });
  expect(await own().get('m-1')).toEqual(new Map());
  expect(warned).toEqual([]);
  store.errors.set(KEY, { status: 500, code: 'InternalError' });
  expect(await own().get('m-1')).toEqual(new Map());
  expect(warned).toHaveLength(1);
  store.errors.clear();
  for (const text of ['{"objects":{"s3://a@e":{"seq":-1,"read":"x"}}}', '{}', 'hello']) {
    store.objects.set(KEY, { bytes: Buffer.from(text) });
    expect(await own().get('m-1')).toEqual(new Map());
  }
});

test('what can not be stored is told with bucket and key', async () => {
  store.errors.set(KEY, { status: 403, code: 'AccessDenied' });
  await expect(own().put('m-1', places)).rejects.toMatchObject({
    name: 'DeliveryError',
    fields: { bucket: 'kept', key: 'checkpoints/waf/m-1.json' },
  });
});
