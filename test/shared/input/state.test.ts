import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readState, writeState } from '../../../shared/input/state.ts';
import { type S3, s3 } from '../../fake/s3.ts';
import { clientOf } from '../../fake/server.ts';

const place = { bucket: 'kept', key: 'state/x.json' };
const { signal } = new AbortController();
let fake: S3;
let client: S3Client;
beforeAll(async () => {
  fake = await s3();
  client = new S3Client({ ...clientOf(fake), forcePathStyle: true });
});
afterAll(() => fake.stop());

test('what is written is read again; before that there is nothing', async () => {
  expect(await readState(client, place, signal)).toBeUndefined();
  await writeState(client, place, { seen: ['봉수'] }, signal);
  expect(await readState(client, place, signal)).toEqual({ seen: ['봉수'] });
});

test.each([
  ['is no JSON', { bytes: Buffer.from('{') }],
  ['may not be read', { bytes: Buffer.from('{}'), error: { status: 403, code: 'AccessDenied' } }],
])('a state that %s is a ReadError with its place', async (_what, stored) => {
  fake.objects.set('kept/broken.json', stored);
  await expect(readState(client, { bucket: 'kept', key: 'broken.json' }, signal)).rejects.toMatchObject({
    name: 'ReadError',
    fields: { bucket: 'kept', key: 'broken.json' },
  });
});

test('a state that could not be written is a DeliveryError', async () => {
  const stopped = AbortSignal.abort();
  await expect(writeState(client, place, {}, stopped)).rejects.toMatchObject({ name: 'DeliveryError' });
});
