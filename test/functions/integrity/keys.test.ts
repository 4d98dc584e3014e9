import { generateKeyPairSync } from 'node:crypto';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Keys, publicKeys } from '../../../functions/integrity/keys.ts';
import { type CloudTrail, cloudtrail } from '../../fake/cloudtrail.ts';
import { clientOf } from '../../fake/server.ts';

const AT = Date.parse('2026-11-24T13:00:00Z');
const { signal } = new AbortController();
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs1 = publicKey.export({ format: 'der', type: 'pkcs1' });
const spki = publicKey.export({ format: 'der', type: 'spki' });

let aws: CloudTrail;
let keys: Keys;
beforeAll(async () => {
  aws = await cloudtrail();
});
beforeEach(() => {
  aws.asked.length = 0;
  aws.keys.length = 0;
  aws.error = undefined;
  keys = publicKeys((region) => new CloudTrailClient({ ...clientOf(aws), region }));
});
afterAll(() => aws.stop());

test('a key is asked for once, in its region, around the time of the digest', async () => {
  aws.keys.push({ fingerprint: 'a1', value: pkcs1 });
  expect((await keys('us-east-1', 'a1', AT, signal))!.equals(publicKey)).toBe(true);
  expect((await keys('us-east-1', 'a1', AT + 3_600_000, signal))!.equals(publicKey)).toBe(true);
  expect(aws.asked).toEqual([{ StartTime: AT / 1000 - 7200, EndTime: AT / 1000 + 7200, region: 'us-east-1' }]);
});

test('the key of one region is not that of another', async () => {
  aws.keys.push({ fingerprint: 'a1', value: pkcs1 });
  await keys('us-east-1', 'a1', AT, signal);
  aws.keys.length = 0;
  expect(await keys('eu-west-1', 'a1', AT, signal)).toBeUndefined();
});

test('pages are followed', async () => {
  aws.keys.push({ fingerprint: 'a1', value: pkcs1 }, { fingerprint: 'a2', value: pkcs1 });
  aws.pageSize = 1;
  expect(await keys('us-east-1', 'a2', AT, signal)).toBeDefined();
  expect(aws.asked).toHaveLength(2);
});

test('a key in the other usual form is one too; what is no key is none', async () => {
  aws.keys.push({ fingerprint: 'a1', value: Buffer.from('no key') }, { fingerprint: 'a2', value: spki });
  expect(await keys('us-east-1', 'a1', AT, signal)).toBeUndefined();
  expect((await keys('us-east-1', 'a2', AT, signal))!.equals(publicKey)).toBe(true);
});

test('a time that CloudTrail takes for none has no keys', async () => {
  aws.error = { status: 400, type: 'InvalidTimeRangeException' };
  expect(await keys('us-east-1', 'a1', Date.parse('9998-01-01T00:00:00Z'), signal)).toBeUndefined();
});

test('who cannot ask does not say that there is no key', async () => {
  aws.error = { status: 400, type: 'AccessDeniedException' };
  await expect(keys('us-east-1', 'a1', AT, signal)).rejects.toMatchObject({
    name: 'ReadError',
    fields: { region: 'us-east-1' },
  });
});
