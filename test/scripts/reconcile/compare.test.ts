import { expect, test } from '@jest/globals';
import { type Counts, missing } from '../../../scripts/reconcile/compare.ts';
import type { Listed } from '../../../scripts/reconcile/inventory.ts';
import { all } from '../../fake/read.ts';

const TEN = Date.parse('2026-11-24T10:00:00Z');
const NINE = Date.parse('2026-11-24T09:00:00Z');
const of = (service: string) => `waf/AWSLogs/123456789012/${service}/eu-west-1/2026/11/24/a.log.gz`;

async function* listed(objects: readonly Partial<Listed>[]): AsyncGenerator<Listed> {
  for (const object of objects) yield { key: 'waf/a', size: 10, etag: 'new', modified: TEN, ...object };
}

const zero = (): Counts => ({ objects: 0, read: 0, unknown: 0, missing: 0, missingBytes: 0, oldest: undefined });

test('what was never read is left, and nothing that is not for the source to read', async () => {
  const objects: readonly Partial<Listed>[] = [
    { key: of('WAFLogs') },
    { key: of('vpcflowlogs') },
    { key: of('CloudTrail-Digest') },
    { key: 'waf/b' },
    { key: 'waf/c' },
    { key: 'waf/empty', size: 0 },
    { key: 'waf/folder/' },
    { key: 'waf/older', modified: NINE, size: 7 },
    { key: 'waf/rewritten' },
  ];
  const read = new Set([`s3://logs/${of('WAFLogs')}@new`, 's3://logs/waf/b@new', 's3://logs/waf/rewritten@old']);
  const ledger = { beginning: 0, has: (uri: string) => read.has(uri) };
  const counts = zero();
  const found = await all(missing(listed(objects), { source: 'waf', bucket: 'logs', ledger }, counts));
  expect(found.map(({ key }) => key)).toEqual(['waf/c', 'waf/older', 'waf/rewritten']);
  expect(counts).toEqual({ objects: 5, read: 2, unknown: 0, missing: 3, missingBytes: 27, oldest: NINE });
});

test.each([
  ['begins later', TEN],
  ['is empty', undefined],
])('objects from before a ledger that %s count as unknown', async (_, beginning) => {
  const objects = [{ key: 'waf/old', modified: NINE }, { key: 'waf/read', modified: NINE }, { key: 'waf/new' }];
  const ledger = { beginning, has: (uri: string) => uri.includes('/read@') };
  const counts = zero();
  const found = await all(missing(listed(objects), { source: 'waf', bucket: 'logs', ledger }, counts));
  const isEmpty = beginning === undefined;
  expect(found.map(({ key }) => key)).toEqual(isEmpty ? [] : ['waf/new']);
  expect(counts).toMatchObject({ objects: 3, read: 1, unknown: isEmpty ? 2 : 1, missing: isEmpty ? 0 : 1 });
});
