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
    OWN_ROLE_PREFIX: 'bongsu-prod-',
  };
  process.stdout.write = (() => true) as typeof write;
});
afterAll(async () => {
  process.stdout.write = write;
  process.env = before;
  await server.stop();
  await rm(folder, { recursive: true });
});

const sample = (name: string) => readFile(new URL(`../../sample/cloudtrail/${name}.json`, import.meta.url));
const lines = async (name: string) => (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');

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

const keyOf = (folders: string, kind: string) =>
  `${folders}AWSLogs/123456789012/${kind}/eu-west-1/2026/11/24/123456789012_${kind}_eu-west-1_20261124T0305Z_0123456789abcdef.json.gz`;

test('log files of any trail become documents, own calls labelled; digests are passed over', async () => {
  const { handler } = await import('../../../functions/cloudtrail/handler.ts');
  const objects = {
    [keyOf('', 'CloudTrail')]: await sample('management'),
    [keyOf('', 'CloudTrail-Insight')]: await sample('insight'),
    [keyOf('o-exampleorgid/', 'CloudTrail')]: await sample('sts'), // Control Tower
    [keyOf('a/prefix/', 'CloudTrail').replace('AWSLogs/', 'AWSLogs/o-exampleorgid/')]: await sample('s3-data'),
    [keyOf('', 'CloudTrail-Digest')]: Buffer.from('{"digestStartTime":"2026-11-24T02:00:00Z"}'),
    'anything.json': Buffer.from('{"digestStartTime":"2026-11-24T02:00:00Z"}'),
  };
  for (const [key, body] of Object.entries(objects)) server.objects.set(`logs/${key}`, { bytes: gzipSync(body) });

  const answer = (await handler(announced(...Object.keys(objects)), context)) as SQSBatchResponse;

  expect(answer.batchItemFailures).toEqual([]);
  const made = Object.values(objects).reduce((sum, body) => sum + (JSON.parse(String(body)).Records ?? []).length, 0);
  expect(await lines('cloudtrail.splunk.ndjson')).toHaveLength(made);
  const documents = (await lines('cloudtrail.opensearch.ndjson')).filter((_, at) => at % 2 === 1);
  expect(documents).toHaveLength(made);
  expect(documents.filter((line) => line.includes('"tags":["collector"]'))).toHaveLength(2);
  const rejects = (await lines('quarantine.ndjson')).map((line) => JSON.parse(line));
  expect(rejects.map(({ reason, uri }) => [reason, uri])).toEqual([
    ['not routed: a digest of log files is not a log file', 's3://logs/anything.json@etag'],
  ]);
});
