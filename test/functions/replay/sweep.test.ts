import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { isSweep, sweep } from '../../../functions/replay/sweep.ts';
import { objects } from '../../../shared/input/s3.ts';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { clientOf } from '../../fake/server.ts';
import { type Sqs, sqs } from '../../fake/sqs.ts';

const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/123456789012/bongsu-dev-replay';
const DAY = 86_400_000;
const { signal } = new AbortController();

let [store, queues]: [Buckets?, Sqs?] = [];
let s3: S3Client;
let client: SQSClient;
beforeAll(async () => {
  [store, queues] = [await buckets(), await sqs()];
  store.pageSize = 3;
  s3 = new S3Client(clientOf(store));
  client = new SQSClient({ ...clientOf(queues), useQueueUrlAsEndpoint: false });
});
afterAll(() => Promise.all([store!.stop(), queues!.stop()]));

let now: number;
beforeEach(() => {
  store!.objects.clear();
  queues!.queues.clear();
  queues!.refuses = () => false;
  now = Date.parse('2026-11-24T12:00:00Z');
});

const spilled = (key: string, days: number) => {
  const modified = new Date(now - days * DAY).toISOString();
  store!.objects.set(`kept/spill/splunk/waf/${key}`, { bytes: Buffer.from(key), modified });
};
const swept = () =>
  sweep({ s3, sqs: client, bucket: 'kept', prefix: 'spill', queueUrl: QUEUE, now: () => now }, signal);
const keys = () => queues!.bodies(QUEUE).map((body) => objects(body)[0].key.split('/').at(-1));

test('an object whose message has expired gets one more every 14 days', async () => {
  spilled('young', 13.9);
  for (let i = 0; i < 12; i++) spilled(`old-${i}`, 14.5 + i);
  store!.objects.set('kept/2026/11/01/reject.gz', { bytes: Buffer.from('x'), modified: '2026-10-01T00:00:00.000Z' });
  expect(await swept()).toBe(12);
  expect(keys().toSorted()).toEqual(Array.from({ length: 12 }, (_, i) => `old-${i}`).toSorted());
  now += 3_600_000;
  expect(await swept()).toBe(0);
  now += 3_600_000 * 3;
  expect(await swept()).toBe(1);
  expect(keys().at(-1)).toBe('young');
  now += 14 * DAY - 3_600_000;
  expect(await swept()).toBe(13);
  now += 3_600_000;
  expect(await swept()).toBe(0);
});

test('a sweep that fails is done again by the next one', async () => {
  spilled('a', 15);
  queues!.refuses = () => true;
  await expect(swept()).rejects.toThrow('SQS did not take a message');
  queues!.refuses = () => false;
  expect(await swept()).toBe(1);
});

test('the schedule asks for it, and an object of S3 does not', () => {
  expect(isSweep('{"detail-type":"Scheduled Event","source":"aws.events","detail":{"sweep":true}}')).toBe(true);
  expect(isSweep('{"Records":[]}')).toBe(false);
});
