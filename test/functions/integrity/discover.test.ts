import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { digestFolders } from '../../../functions/integrity/discover.ts';
import { s3Objects } from '../../../functions/integrity/objects.ts';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { clientOf } from '../../fake/server.ts';

const MINE = 'AWSLogs/123456789012/CloudTrail-Digest/eu-west-1/';
const THEIRS = 'central/AWSLogs/o-exampleorgid/111111111111/CloudTrail-Digest/us-east-1/';
const KEYS = [
  `${MINE}2026/11/24/digest`,
  `${THEIRS}2026/11/24/digest`,
  'AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11/24/log',
  'AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/11/24/log',
  'AWSLogs/123456789012/CloudTrail-DigestS/eu-west-1/x',
  'backup/AWSLogs/123456789012/CloudTrail-Digest/eu-west-1/2026/11/24/digest',
];

let s3: Buckets;
beforeAll(async () => {
  s3 = await buckets();
  for (const key of KEYS) s3.objects.set(`logs/${key}`, { bytes: Buffer.from('x') });
});
afterAll(() => s3.stop());

const found = (prefix: string) => {
  s3.asked.length = 0;
  const objects = s3Objects(new S3Client({ ...clientOf(s3), forcePathStyle: true }));
  return digestFolders(objects, 'logs', prefix, new AbortController().signal);
};

test.each([
  ['', [MINE]],
  ['AWSLogs/', [MINE]],
  ['AWSLogs/123456789012/', [MINE]],
  ['AWSLogs/123456789012/CloudTrail-Digest/', [MINE]],
  ['central/', [THEIRS]],
  ['central/AWSLogs/o-', [THEIRS]],
  ['elsewhere/', []],
])('below "%s" are %j', async (prefix, folders) => {
  expect(await found(prefix)).toEqual(folders);
});

test('logs are not listed on the way', async () => {
  await found('');
  expect(s3.asked.filter((request) => /CloudTrail%2F|vpcflowlogs/.test(request))).toEqual([]);
});
