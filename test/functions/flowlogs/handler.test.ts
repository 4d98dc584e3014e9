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
  };
  process.stdout.write = (() => true) as typeof write;
});
afterAll(async () => {
  process.stdout.write = write;
  process.env = before;
  await server.stop();
  await rm(folder, { recursive: true });
});

const flow = (port: number) =>
  `2 123456789012 eni-0123456789abcdef0 10.0.0.5 203.0.113.7 ${port} 443 6 10 840 1795527600 1795527660 ACCEPT OK`;
const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

const announce = (key: string) =>
  JSON.stringify({
    Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'logs' }, object: { key, size: 9 } } }],
  });

async function lines(name: string): Promise<string[]> {
  return (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');
}

test('one broken message of many is given back alone; the records of the others arrive, broken lines in quarantine', async () => {
  const { handler } = await import('../../../functions/flowlogs/handler.ts');
  server.objects.set('logs/a.log.gz', { bytes: gzipSync([HEADER, flow(1), 'not a flow', flow(2)].join('\n')) });
  server.objects.set('logs/b.log.gz', { bytes: gzipSync([HEADER, flow(3), ''].join('\n')) });
  server.objects.set('logs/cut.log.gz', { bytes: gzipSync([HEADER, flow(4)].join('\n')).subarray(0, 60) });
  const bodies = [
    announce('a.log.gz'),
    '{"broken',
    announce('b.log.gz'),
    announce('none.log.gz'),
    announce('cut.log.gz'),
  ];
  const Records = bodies.map((body, at) => ({ messageId: `m${at + 1}`, eventSource: 'aws:sqs', body }));

  const answer = (await handler({ Records }, context)) as SQSBatchResponse;

  expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['m2', 'm4']);
  expect(await lines('flowlogs.opensearch.ndjson')).toHaveLength(2 * 3);
  expect(await lines('flowlogs.splunk.ndjson')).toHaveLength(3);
  const rejects = (await lines('quarantine.ndjson')).map((line) => JSON.parse(line));
  expect(rejects.map(({ uri, seq, raw }) => ({ uri, seq, raw }))).toEqual([
    { uri: 's3://logs/a.log.gz@etag', seq: 3, raw: 'not a flow' },
    { uri: 's3://logs/cut.log.gz@etag', seq: 0, raw: '' },
  ]);
});

test('an S3 event that comes directly works too, and throws where its object is missing', async () => {
  const { handler } = await import('../../../functions/flowlogs/handler.ts');
  server.objects.set('logs/c.log', { bytes: Buffer.from([HEADER, flow(5)].join('\n')) });
  expect(await handler(JSON.parse(announce('c.log')), context)).toBeUndefined();
  expect((await lines('flowlogs.splunk.ndjson')).at(-1)).toContain(' 5 443 ');
  await expect(handler(JSON.parse(announce('none')), context)).rejects.toMatchObject({ name: 'ReadError' });
});
