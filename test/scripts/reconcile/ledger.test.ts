import { gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readLedger } from '../../../scripts/reconcile/ledger.ts';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { clientOf } from '../../fake/server.ts';

const since = Date.parse('2026-11-24T00:00:00Z');

let store: Buckets;
let s3: S3Client;
beforeEach(async () => {
  store = await buckets();
  store.pageSize = 2;
  s3 = new S3Client(clientOf(store));
});
afterEach(async () => {
  s3.destroy();
  await store.stop();
});

describe('a ledger', () => {
  const write = (key: string, modified: string, ...entries: readonly [source: string, uri: string][]) => {
    const lines = entries.map(([source, uri]) => `${JSON.stringify({ at: modified, source, uri, read: 1 })}\n`);
    store.objects.set(`kept/${key}`, { bytes: gzipSync(lines.join('')), modified });
  };
  const read = () => readLedger(s3, 'kept', 'books/', 'waf', since);

  test('knows what a source read since, and when it begins', async () => {
    write('books/2026/11/20/a.gz', '2026-11-20T10:00:00.000Z', ['waf', 'old']);
    write('books/2026/11/24/a.gz', '2026-11-24T10:00:00.000Z', ['waf', 'a'], ['dns', 'b']);
    write('books/2026/11/25/a.gz', '2026-11-25T10:00:00.000Z', ['waf', 'c']);
    write('2026/11/24/a.gz', '2026-11-24T10:00:00.000Z', ['waf', 'reject']);
    const ledger = await read();
    expect(['a', 'b', 'c', 'old', 'reject'].filter(ledger.has)).toEqual(['a', 'c']);
    expect(ledger.beginning).toBe(Date.parse('2026-11-20T10:00:00Z'));
    expect(store.asked.join()).not.toMatch(/GET kept\/books\/2026\/11\/20/);
  });

  test('may be empty', async () => {
    expect((await read()).beginning).toBeUndefined();
  });
});
