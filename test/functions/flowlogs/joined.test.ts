/** A Lambda with ASSETS_URL, from the object to the document. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { historyOf } from '../../../shared/asset/history.ts';
import { TABLE_KEY, tableOf } from '../../../shared/asset/table.ts';
import { type S3, s3 } from '../../fake/s3.ts';
import { owned } from '../../shared/asset/given.ts';
import { eni, run } from '../../shared/asset/world.ts';

const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
const write = process.stdout.write;
const before = process.env;
let server: S3;
let folder: string;
let out = '';

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
    ASSETS_URL: 's3://inventory',
    OPENSEARCH_URL: `file:${folder}`,
    QUARANTINE_STREAM: `file:${folder}`,
  };
  process.stdout.write = (text) => {
    out += text;
    return true;
  };
});
afterAll(async () => {
  process.stdout.write = write;
  process.env = before;
  await server.stop();
  await rm(folder, { recursive: true });
});

const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const flow = '2 123456789012 eni-0123456789abcdef0 10.0.0.5 203.0.113.7 1 443 6 10 840 1795527600 1795527660 ACCEPT OK';
const event = (key: string) => ({
  Records: [
    {
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'logs' }, object: { key, size: 9 } },
    },
  ],
});

async function documents() {
  const lines = (await readFile(join(folder, 'flowlogs.opensearch.ndjson'), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line)).filter((line) => '@timestamp' in line);
}

test('a flow log is joined with the table of the inventory', async () => {
  const { handler } = await import('../../../functions/flowlogs/handler.ts');
  const web = eni('eni-0123456789abcdef0', '10.0.0.5', { name: 'web', ...owned });
  const at = (hour: string) => run(`2026-11-24T${hour}:00:00Z`, [web]);
  const packed = zstdCompressSync(tableOf(historyOf([at('01'), at('23')])));
  server.objects.set('logs/a.log.gz', { bytes: gzipSync(`${HEADER}\n${flow}\n`) });

  server.objects.set(`inventory/${TABLE_KEY}`, { bytes: packed });
  await handler(event('a.log.gz'), context);
  const [document] = await documents();
  expect(document.source).toMatchObject({
    ip: '10.0.0.5',
    asset: { name: 'web', owner: 'team-a@example.com', match: 'exact' },
  });
  expect(document.cloud.account).toEqual({ id: '123456789012', name: 'prod-web' });
  expect(out).not.toContain('assets not joined');
});
