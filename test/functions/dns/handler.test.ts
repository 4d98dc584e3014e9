import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { type S3, s3 } from '../../fake/s3.ts';

const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
const write = process.stdout.write;
const before = process.env;
let server: S3;
let folder: string;
beforeAll(async () => {
  server = await s3();
  folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
  process.env = {
    ...before,
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_MAX_ATTEMPTS: '1',
    ROUTE: 'opensearch,splunk',
    GEO_URL: 'off',
    OPENSEARCH_URL: `file:${folder}`,
    SPLUNK_HEC_URL: `file:${folder}`,
    QUARANTINE_STREAM: `file:${folder}`,
    FILTER: '{"splunk":{"detected":true}}',
  };
  process.stdout.write = (() => true) as typeof write;
});
afterAll(async () => {
  process.stdout.write = write;
  process.env = before;
  await server.stop();
  await rm(folder, { recursive: true });
});

const sample = (name: string) => readFile(new URL(`../../sample/dns/${name}.log`, import.meta.url));
const text = (name: string) => readFile(join(folder, name), 'utf8');
const lines = async (name: string) => (await text(name)).trimEnd().split('\n');

/** The SQS event that tells of objects, a message each. */
const announced = (...keys: readonly string[]) => ({
  Records: keys.map((key, at) => ({
    messageId: `m${at + 1}`,
    eventSource: 'aws:sqs',
    body: JSON.stringify({
      Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'logs' }, object: { key, size: 9 } } }],
    }),
  })),
});

test('queries become documents; Splunk may get those alone that DNS Firewall saw, as AWS wrote them', async () => {
  const { handler } = await import('../../../functions/dns/handler.ts');
  const keys = ['answers', 'firewall', 'broken'].map((name) => `AWSLogs/123456789012/vpcdnsquerylogs/vpc-1/${name}`);
  for (const key of keys) server.objects.set(`logs/${key}`, { bytes: gzipSync(await sample(key.split('/').at(-1)!)) });

  const answer = (await handler(announced(...keys), context)) as SQSBatchResponse;

  expect(answer.batchItemFailures).toEqual([]);
  const actions = (await lines('dns.opensearch.ndjson')).filter((_, i) => i % 2 === 0).map((line) => JSON.parse(line));
  expect(actions).toHaveLength(7 + 3 + 2);
  expect(new Set(actions.map(({ create }) => create._index))).toEqual(new Set(['aws-dns-2026.09.21']));
  expect(new Set(actions.map(({ create }) => create._id)).size).toBe(actions.length);
  const events = (await lines('dns.splunk.ndjson')).map((line) => JSON.parse(line));
  const [blocked, alerted] = (await sample('firewall')).toString().split('\n');
  expect(events.map(({ event }) => event)).toEqual([JSON.parse(blocked), JSON.parse(alerted)]);
  expect(events[0].sourcetype).toBe('aws:route53');
  expect(await lines('quarantine.ndjson')).toHaveLength(2);
});
