import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Batch } from '../../../shared/text/batch.ts';

interface Entry {
  readonly item: number;
  readonly uri: string;
  readonly seq: number;
  readonly value: string;
}

function batchOf(entries: readonly Entry[]): Batch {
  const batch = new Batch(16);
  for (const { item, uri, seq, value } of entries) {
    batch.begin(item, uri, seq);
    batch.text.string(value);
  }
  return batch;
}

const entriesOf = (batch: Batch): Entry[] =>
  Array.from({ length: batch.count }, (_, at) => ({
    ...batch.place(at),
    value: Buffer.from(batch.slice(at)).toString(),
  }));

const entry = fc.record({
  item: fc.nat({ max: 3 }),
  uri: fc.constantFrom('s3://a/1', 's3://a/2'),
  seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  value: fc.string({ maxLength: 12 }),
});
const entries = fc.array(entry, { maxLength: 30 });

describe('a batch', () => {
  test('gives each record its bytes and its place', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const batch = batchOf(all);
        expect(batch.count).toBe(all.length);
        expect(batch.bytes).toBe(Buffer.byteLength(all.map(({ value }) => value).join('')));
        expect(entriesOf(batch)).toEqual(all);
      }),
    );
  });

  test('holds more records than it first had room for', () => {
    const all = Array.from({ length: 5000 }, (_, i) => ({
      item: i % 7 === 0 ? 1 : 0,
      uri: `s3://bucket/${i >> 8}`,
      seq: i + 1,
      value: `record ${i}`,
    }));
    expect(entriesOf(batchOf(all))).toEqual(all);
  });

  test('picks some of its records as a batch of their own', () => {
    fc.assert(
      fc.property(entries, fc.array(fc.nat()), (all, numbers) => {
        const chosen = all.length === 0 ? [] : numbers.map((n) => n % all.length);
        const batch = batchOf(all);
        expect(entriesOf(batch.pick(chosen))).toEqual(chosen.map((at) => all[at]));
        expect(entriesOf(batch)).toEqual(all);
      }),
    );
  });

  test('moves its last record to another and goes on', () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 20 }), entries, entry, (from, to, next) => {
        const batch = batchOf(from);
        const other = batchOf(to);
        batch.moveLast(other);
        expect(entriesOf(batch)).toEqual(from.slice(0, -1));
        expect(entriesOf(other)).toEqual([...to, from.at(-1)]);
        batch.begin(next.item, next.uri, next.seq);
        batch.text.string(next.value);
        expect(entriesOf(batch)).toEqual([...from.slice(0, -1), next]);
      }),
    );
  });

  test('tells how many records each item has', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const expected = new Map<number, number>();
        for (const { item } of all) expected.set(item, (expected.get(item) ?? 0) + 1);
        expect(batchOf(all).tally()).toEqual(expected);
      }),
    );
  });

  test('forgets everything when cleared, and keeps its memory', () => {
    fc.assert(
      fc.property(entries, entries, (before, after) => {
        const batch = batchOf(before);
        const { bytes } = batch.text;
        batch.clear();
        expect([batch.count, batch.bytes, batch.tally().size]).toEqual([0, 0, 0]);
        expect(batch.text.bytes).toBe(bytes);
        for (const { item, uri, seq, value } of after) {
          batch.begin(item, uri, seq);
          batch.text.string(value);
        }
        expect(entriesOf(batch)).toEqual(after);
      }),
    );
  });
});
