import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { historyOf } from '../../../shared/asset/history.ts';
import { publish } from '../../../shared/asset/publish.ts';
import { historyIn, tableOf } from '../../../shared/asset/table.ts';
import { unzipped } from '../../../shared/asset/zipped.ts';
import { DeliveryError, ReadError } from '../../../shared/errors.ts';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { eni, run } from './world.ts';

const KEY = 'inventory/a/lookup/current';
const options = { bucket: 'inventory', prefix: 'a/', signal: new AbortController().signal };

let server: Buckets;
let s3: S3Client;

beforeAll(async () => {
  server = await buckets();
});
beforeEach(() => {
  server.objects.clear();
  server.errors.clear();
  server.asked.length = 0;
  s3 = new S3Client({
    endpoint: server.endpoint,
    region: 'eu-west-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  });
});
afterEach(() => s3.destroy());
afterAll(() => server.stop());

const RUNS = ['01', '02', '03'].map((hour) =>
  run(`2026-11-24T${hour}:00:00Z`, [eni('eni-0000000000000000a', '10.0.0.50')]),
);
const kept = async () => historyIn(await unzipped(server.objects.get(KEY)!.bytes));

test('runs that are published one after the other are the table that all of them make', async () => {
  for (const each of RUNS) await expect(publish([each], { s3, ...options })).resolves.toMatchObject({ isNew: true });
  expect(Buffer.from(tableOf(await kept())).equals(tableOf(historyOf(RUNS)))).toBe(true);
});

test('a run that is published again changes nothing', async () => {
  await publish(RUNS, { s3, ...options });
  server.asked.length = 0;
  await expect(publish(RUNS.slice(1), { s3, ...options })).resolves.toMatchObject({ isNew: false });
  expect(server.asked.filter((each) => each.startsWith('PUT'))).toEqual([]);
});

test('of two who publish at once the second is refused', async () => {
  await publish([RUNS[0]], { s3, ...options });
  const between = {
    async send(command: object, ...rest: []) {
      if (command.constructor.name === 'PutObjectCommand') await publish([RUNS[1]], { s3, ...options });
      return s3.send(command as never, ...rest);
    },
  };
  await expect(publish([RUNS[2]], { s3: between as never, ...options })).rejects.toThrow(DeliveryError);
  expect((await kept()).run).toBe(RUNS[1].manifest.run);
});

test('a table that can’t be read any more is made anew, and says that it may have shrunk', async () => {
  server.objects.set(KEY, { bytes: Buffer.from('what somebody else put there') });
  await expect(publish(RUNS, { s3, ...options })).resolves.toMatchObject({ isNew: true, wasDamaged: true });
  const bytes = await unzipped(server.objects.get(KEY)!.bytes);
  expect(Buffer.from(bytes).toString('latin1')).toContain('"mayShrink":true');
});

test('what S3 does not answer is no empty history', async () => {
  await publish([RUNS[0]], { s3, ...options });
  server.errors.set(KEY, { status: 503, code: 'SlowDown' });
  await expect(publish([RUNS[1]], { s3, ...options })).rejects.toThrow(ReadError);
});
