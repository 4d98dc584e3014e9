import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  fitsMonth,
  MAX_SHARD_BYTES,
  MAX_SHARD_DOCUMENTS,
  shardsFor,
} from '../../../../shared/sink/opensearch/shards.ts';

const GIB = 2 ** 30;
const LUCENE = 2 ** 31 - 128;
const TB = 1e12;

/** Flow logs as AWS delivers them: 250 bytes a record, in OpenSearch from 40 to 330. */
const day = (delivered: number, bytesPerDocument: number) => {
  const documents = delivered / 250;
  return { documents, bytes: documents * bytesPerDocument };
};

/** From 1 GB to 10 TB a day, and domains as large as such a volume needs. */
const VOLUMES = [1e9, 1e10, 5e10, 1e11, 2.5e11, 5e11, 1e12, 2e12, 5e12, 10 * TB];
const nodesFor = (delivered: number) => Math.max(3, 3 * Math.ceil(delivered / 1e12));

describe.each([40, 75, 170, 330])('flow logs of %i bytes a document', (bytes) => {
  test.each(VOLUMES)('%d bytes a day', (delivered) => {
    const today = day(delivered, bytes);
    const { shards, isShort } = shardsFor([today, day(delivered * 0.8, bytes)], nodesFor(delivered));
    const expected = { bytes: today.bytes * 1.2, documents: today.documents * 1.2 };
    expect(isShort).toBe(false);
    expect(expected.documents / shards).toBeLessThan(LUCENE);
    expect(expected.bytes / shards).toBeLessThanOrEqual(MAX_SHARD_BYTES);
    // two halves of what is little more than one shard are smaller, and shards that are full by count, too
    const isByCount = Math.ceil(expected.documents / MAX_SHARD_DOCUMENTS) === shards;
    if (shards > 2 && !isByCount) expect(expected.bytes / shards).toBeGreaterThanOrEqual(30 * GIB);
    if (shards > nodesFor(delivered) * 3) expect(shards % nodesFor(delivered)).toBe(0);
  });
});

test('a simulated year that grows from 1 GB to 10 TB a day never fills a shard', () => {
  const growth = ((10 * TB) / 1e9) ** (1 / 364);
  const volumes = Array.from({ length: 365 }, (_, n) => day(1e9 * growth ** n, 75));
  for (let n = 7; n < volumes.length; n++) {
    const { shards } = shardsFor(volumes.slice(n - 7, n), nodesFor(volumes[n].documents * 250));
    expect(volumes[n].bytes / shards).toBeLessThanOrEqual(MAX_SHARD_BYTES);
    expect(volumes[n].documents / shards).toBeLessThan(LUCENE);
  }
});

test('a day of three times the volume is slow, and is taken: the next day has its shards', () => {
  const usual = day(TB, 75);
  const peak = day(3 * TB, 75);
  const first = shardsFor([usual, usual], 6).shards;
  expect(peak.documents / first).toBeLessThan(LUCENE);
  expect(shardsFor([usual, peak], 6).shards).toBeGreaterThan(2 * first);
});

test('nothing known, nothing written, no data node: one shard', () => {
  expect(shardsFor([], 3)).toEqual({ shards: 1, isShort: false });
  expect(shardsFor([{ bytes: 0, documents: 0 }], 3).shards).toBe(1);
  expect(shardsFor([], 0).shards).toBe(1);
});

test('too few data nodes: ten shards each, and it is said', () => {
  expect(shardsFor([{ bytes: 10 * TB, documents: 1e9 }], 3)).toEqual({ shards: 30, isShort: true });
});

test('a shard that would be full counts more than the limit of a node', () => {
  const { shards } = shardsFor([{ bytes: 10 * TB, documents: 1e11 }], 1);
  expect((1e11 * 1.2) / shards).toBeLessThan(LUCENE);
});

test('any volume on any domain has 1 to 1,024 shards', () => {
  const whole = fc.record({ bytes: fc.nat(1e15), documents: fc.nat(1e12), nodes: fc.nat(200) });
  fc.assert(
    fc.property(whole, ({ bytes, documents, nodes }) => {
      const { shards } = shardsFor([{ bytes, documents }], nodes);
      expect(shards).toBeGreaterThanOrEqual(1);
      expect(shards).toBeLessThanOrEqual(1024);
      expect(Number.isInteger(shards)).toBe(true);
    }),
  );
});

test('a month of small days fits into one shard', () => {
  expect(fitsMonth([{ bytes: GIB, documents: 1 }])).toBe(true);
  expect(fitsMonth([{ bytes: 2 * GIB, documents: 1 }])).toBe(false);
  expect(fitsMonth([])).toBe(false);
});
