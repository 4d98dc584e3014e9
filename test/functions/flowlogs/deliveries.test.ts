import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { type S3, s3 } from '../../fake/s3.ts';

const sample = (name: string): Buffer => readFileSync(new URL(`../../sample/deliveries/${name}`, import.meta.url));
const text = sample('flows.log').toString();
const [header, ...flows] = text.trimEnd().split('\n');
const LOGGED = 1_790_000_060_000;
const messages = (lines: readonly string[], messageType = 'DATA_MESSAGE', logGroup = 'flows') =>
  JSON.stringify({
    messageType,
    owner: '123456789012',
    logGroup,
    logStream: 'eni-0123456789abcdef0-all',
    subscriptionFilters: ['all'],
    logEvents: lines.map((message, at) => ({ id: `3195${at}`, timestamp: LOGGED + at, message })),
  });

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
    ROUTE: 'opensearch',
    GEO_URL: 'off',
    FLOWLOG_FORMAT: header
      .split(' ')
      .map((name) => `\${${name}}`)
      .join(' ')
      .concat('; no-clock=version srcaddr dstaddr'),
    OPENSEARCH_URL: `file:${folder}`,
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

const written = (name: string): string => {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};
const FILES = ['flowlogs.opensearch.ndjson', 'unrouted.opensearch.ndjson', 'quarantine.ndjson'] as const;

// biome-ignore lint/suspicious/noExplicitAny: documents are asked for what tests know of them
type Any = any;

/** What an event adds to each file, parsed. */
async function run(event: unknown): Promise<readonly (readonly Any[])[]> {
  const { handler } = await import('../../../functions/flowlogs/handler.ts');
  const lengths = FILES.map((name) => written(name).length);
  expect(await handler(event, context)).toBeUndefined();
  return FILES.map((name, at) => {
    const added = written(name).slice(lengths[at]).trimEnd();
    return added === '' ? [] : added.split('\n').map((line) => JSON.parse(line));
  });
}

const FLOWS_KEY = 'AWSLogs/123456789012/vpcflowlogs/ap-northeast-2/2026/09/21/x.log.parquet';

function object(bytes: string | Uint8Array, key = FLOWS_KEY): unknown {
  server.objects.set(`logs/${key}`, { bytes: Buffer.from(bytes), etag: '0123abcd' });
  return { Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'logs' }, object: { key, size: 9 } } }] };
}

const subscription = (payload: string) => ({ awslogs: { data: gzipSync(payload).toString('base64') } });

describe('the same flow log', () => {
  let expected: readonly Any[];
  beforeAll(async () => {
    const [documents] = await run(object(text));
    expected = documents.filter((_, at) => at % 2 === 1);
    expect(expected).toHaveLength(200);
  });

  const deliveries: readonly [string, () => unknown][] = [
    ['as gzip', () => object(gzipSync(text))],
    ['as Parquet with Snappy', () => object(sample('flows.snappy.parquet'))],
    ['as Parquet with gzip', () => object(sample('flows.gzip.parquet'))],
    ['as Parquet with Zstandard and deltas', () => object(sample('flows.delta.parquet'))],
    ['as Parquet that is plain', () => object(sample('flows.plain.parquet'))],
    ['from CloudWatch Logs', () => subscription(messages(flows))],
    ['from Firehose, as lines', () => object(`${flows.join('\n')}\n`, 'firehose/1')],
    [
      'from Firehose, sent there directly',
      () => object(flows.map((message) => JSON.stringify({ message })).join(''), 'f'),
    ],
    [
      'from Firehose, sent there by CloudWatch Logs',
      () => object(Buffer.concat([flows.slice(0, 9), flows.slice(9)].map((part) => gzipSync(messages(part)))), 'f'),
    ],
  ];
  test.each(deliveries)('gives the same documents %s', async (_, event) => {
    const [lines, unrouted, rejects] = await run(event());
    expect(lines.filter((_line, at) => at % 2 === 1)).toEqual(expected);
    expect(new Set(lines.filter((_line, at) => at % 2 === 0).map(({ create }) => create._id)).size).toBe(200);
    expect([unrouted, rejects]).toEqual([[], []]);
  });

  test('has the same ids when CloudWatch Logs sends it again', async () => {
    const [first] = await run(subscription(messages(flows)));
    expect(await run(subscription(messages(flows)))).toEqual([first, [], []]);
  });
});

describe('a flow log without a clock has the time at which CloudWatch Logs got each record', () => {
  const lines = ['5 10.0.0.5 10.0.0.6', '5 10.0.0.6 10.0.0.5'];
  const packed = messages(lines, 'DATA_MESSAGE', 'no-clock');
  test('by subscription', async () => {
    const [written, unrouted, rejects] = await run(subscription(packed));
    expect([unrouted, rejects]).toEqual([[], []]);
    const documents = written.filter((_line, at) => at % 2 === 1);
    expect(documents.map((document) => Date.parse(document['@timestamp']))).toEqual([LOGGED, LOGGED + 1]);
  });

  test('through Firehose', async () => {
    const [written, , rejects] = await run(object(gzipSync(messages(['version srcaddr dstaddr', lines[0]])), 'f'));
    expect(rejects).toEqual([]);
    expect(Date.parse(written[1]['@timestamp'])).toBe(LOGGED + 1);
  });
});

test('CloudWatch Logs asking whether somebody is there is no record', async () => {
  expect(await run(subscription(messages(['CWL CONTROL MESSAGE'], 'CONTROL_MESSAGE')))).toEqual([[], [], []]);
});

test('lines of CloudWatch Logs that do not have the format are kept one by one', async () => {
  const [documents, unrouted, rejects] = await run(
    subscription(messages(['2 123456789012 eni-1', ...flows.slice(0, 1)])),
  );
  expect(documents).toHaveLength(2);
  expect(unrouted).toEqual([]);
  expect(rejects).toMatchObject([{ raw: '2 123456789012 eni-1', seq: 1 }]);
});

test('an event of CloudWatch Logs that is torn is kept whole', async () => {
  const data = subscription(messages(flows)).awslogs.data.slice(0, 1000);
  const [documents, unrouted, rejects] = await run({ awslogs: { data } });
  expect([documents, unrouted]).toEqual([[], []]);
  expect(rejects).toMatchObject([{ reason: 'the event holds no messages of CloudWatch Logs', raw: data }]);
});

describe('what is no flow log is one event and one place in the quarantine', () => {
  beforeEach(() => {
    server.asked.length = 0;
  });

  const page = `<!DOCTYPE html>\n<html>\n${'<p>Access denied</p>\n'.repeat(100)}</html>\n`;
  const events = { Records: Array.from({ length: 50 }, () => ({ eventVersion: '1.11', eventName: 'GetObject' })) };
  const strangers: readonly [string, string | Uint8Array, string][] = [
    ['CloudTrail', JSON.stringify(events), '{"Records":[{"eventVersion":"1.11","eventName":"GetObject"}'],
    ['a random binary', randomBytes(3 << 20), ''],
    ['an HTML page', page, '<!DOCTYPE html>'],
    ['an empty JSON', '{}', '{}'],
    ['a page of WAF logs', '{"timestamp":1,"formatVersion":1}\n'.repeat(5000), '{"timestamp":1,"formatVersion":1}'],
    ['nested Parquet', sample('nested.parquet'), ''],
    ['broken gzip', gzipSync(text).subarray(0, 50), ''],
  ];
  test.each(strangers)('%s', async (_, bytes, begin) => {
    const [documents, unrouted, rejects] = await run(object(bytes, 'some/key'));
    expect(documents).toEqual([]);
    expect(rejects).toEqual([
      expect.objectContaining({ source: 'flowlogs', uri: 's3://logs/some/key@0123abcd', seq: 0, raw: '' }),
    ]);
    expect(rejects[0].reason).toMatch(/^not routed: /);
    expect(unrouted).toHaveLength(2);
    expect(unrouted[1].aws.s3).toEqual({ bucket: { name: 'logs' }, object: { key: 'some/key' } });
    expect(unrouted[1].aws.unrouted.sample ?? '').toContain(begin);
  });

  test("a key of another source's, which is not even read", async () => {
    const key = 'AWSLogs/123456789012/vpcdnsquerylogs/vpc-0123456789abcdef0/2026/09/21/x.log.gz';
    const [documents, unrouted, rejects] = await run(object(text, key));
    expect(documents).toEqual([]);
    expect(rejects).toMatchObject([
      { reason: 'not routed: this key is of dns, not of flowlogs', uri: `s3://logs/${key}` },
    ]);
    expect(unrouted[1].message).toBe(`flowlogs can't read s3://logs/${key}: this key is of dns, not of flowlogs`);
    expect(server.asked).toEqual([]);
  });
});

test('digests and tests of services are passed over in silence', async () => {
  expect(await run(object('{}', 'AWSLogs/123456789012/CloudTrail-Digest/eu-west-1/x.json.gz'))).toEqual([[], [], []]);
  expect(await run(object('x', 'AWSLogs/123456789012/Config/ConfigWritabilityCheckFile'))).toEqual([[], [], []]);
});
