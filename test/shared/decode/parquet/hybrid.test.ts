import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Hybrid } from '../../../../shared/decode/parquet/hybrid.ts';
import { DecodeError } from '../../../../shared/errors.ts';

type Part = { run: number; value: number } | { packed: readonly number[] };

const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]);

/** A value repeated: count << 1, then the value in whole bytes. Packed: groups of eight << 1 | 1, then their bits. */
function encoded(parts: readonly Part[], width: number): number[] {
  return parts.flatMap((part) => {
    if ('run' in part) {
      const bytes = Array.from({ length: Math.ceil(width / 8) }, (_, i) => (part.value >>> (8 * i)) & 255);
      return [...varint(part.run << 1), ...bytes];
    }
    const bits = part.packed.flatMap((value) => Array.from({ length: width }, (_, i) => (value >>> i) & 1));
    const bytes = Array.from({ length: bits.length / 8 }, (_, i) =>
      bits.slice(8 * i, 8 * i + 8).reduce((byte, bit, at) => byte | (bit << at), 0),
    );
    return [...varint(((part.packed.length / 8) << 1) | 1), ...bytes];
  });
}

const cursor = (bytes: readonly number[], width: number): Hybrid => {
  const roomy = Uint8Array.from([...bytes, 255, 255, 255, 255, 255, 255, 255, 255]);
  return new Hybrid(roomy, 0, bytes.length, width);
};

const cases = fc.integer({ min: 0, max: 24 }).chain((width) => {
  const value = fc.integer({ min: 0, max: 2 ** width - 1 });
  const run = fc.record({ run: fc.integer({ min: 1, max: 300 }), value });
  const packed = fc
    .integer({ min: 1, max: 40 })
    .chain((groups) => fc.array(value, { minLength: groups * 8, maxLength: groups * 8 }))
    .map((values) => ({ packed: values }));
  return fc.record({ width: fc.constant(width), parts: fc.array(fc.oneof(run, packed), { maxLength: 8 }) });
});

test('runs and packed values of any width come back in their order, and no more', () =>
  fc.assert(
    fc.property(cases, ({ width, parts }) => {
      const values = parts.flatMap((part) => ('run' in part ? Array(part.run).fill(part.value) : part.packed));
      const hybrid = cursor(encoded(parts, width), width);
      expect(values.map(() => hybrid.next())).toEqual(values);
      expect(() => hybrid.next()).toThrow(DecodeError);
    }),
  ));

test('the example of the format: 0 to 7 in 3 bits', () => {
  const hybrid = cursor([0b11, 0b10001000, 0b11000110, 0b11111010], 3);
  expect(Array.from({ length: 8 }, () => hybrid.next())).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('what can be no hybrid is refused', () => {
  expect(() => cursor([], 25)).toThrow('values of 25 bits');
  expect(() => cursor([255, 255, 255, 255, 255, 255], 1).next()).toThrow('a run without an end');
});
