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

const sample = (name: string) => readFile(new URL(`../../sample/waf/${name}.log`, import.meta.url));
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

test('all requests reach OpenSearch, those that a rule saw Splunk; secrets reach nobody', async () => {
  const { handler } = await import('../../../functions/waf/handler.ts');
  const keys = ['allow', 'count', 'block', 'joined', 'broken'].map(
    (name) => `waf/AWSLogs/123456789012/WAFLogs/${name}`,
  );
  for (const key of keys) server.objects.set(`logs/${key}`, { bytes: gzipSync(await sample(key.split('/').at(-1)!)) });

  const answer = (await handler(announced(...keys), context)) as SQSBatchResponse;

  expect(answer.batchItemFailures).toEqual([]);
  const documents = (await lines('waf.opensearch.ndjson'))
    .filter((_, i) => i % 2 === 1)
    .map((line) => JSON.parse(line));
  expect(documents).toHaveLength(3 + 4 + 3 + 7 + 2);
  const events = (await lines('waf.splunk.ndjson')).map((line) => JSON.parse(line));
  expect(events.map(({ sourcetype }) => sourcetype)).toEqual(Array(8).fill('aws:waf'));
  expect(events.map(({ event }) => event.action)).toEqual([
    'COUNT',
    ...Array(4).fill('ALLOW'),
    ...Array(3).fill('BLOCK'),
  ]);
  expect(events[1].event.ruleGroupList[0].nonTerminatingMatchingRules[0]).toMatchObject({
    ruleId: 'SQLi_QUERYARGUMENTS',
    action: 'COUNT',
  });
  const rejects = (await lines('quarantine.ndjson')).map((line) => JSON.parse(line));
  expect(rejects).toHaveLength(3);
  for (const file of ['waf.opensearch.ndjson', 'waf.splunk.ndjson', 'quarantine.ndjson']) {
    expect(await text(file)).not.toContain('s3cr3t');
  }
});
