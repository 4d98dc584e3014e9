import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AdaptiveLimit, adaptiveLimit } from '../../../../shared/sink/delivery/adaptivelimit.ts';

const MAX = { maxBytes: 5 << 20, maxInFlight: 2 };
const seen = (it: AdaptiveLimit) => ({ bytes: it.bytes(), inFlight: it.inFlight() });

function repeated(times: number, report: () => void): void {
  for (let i = 0; i < times; i++) report();
}

describe('a destination that pushes back', () => {
  test('gets the maximum until it does', () => {
    const it = adaptiveLimit(MAX);
    expect(seen(it)).toEqual({ bytes: MAX.maxBytes, inFlight: 2 });
    repeated(3, it.onSuccess);
    expect(seen(it)).toEqual({ bytes: MAX.maxBytes, inFlight: 2 });
  });

  test('gets half of it at once, and one batch at a time', () => {
    const it = adaptiveLimit(MAX);
    it.onBusy();
    expect(seen(it)).toEqual({ bytes: MAX.maxBytes / 2, inFlight: 1 });
    it.onBusy();
    expect(seen(it)).toEqual({ bytes: MAX.maxBytes / 4, inFlight: 1 });
  });

  test('always gets 256 KiB', () => {
    const it = adaptiveLimit(MAX);
    repeated(20, it.onBusy);
    expect(seen(it)).toEqual({ bytes: 256 << 10, inFlight: 1 });
  });

  test('gets more by the same step with each batch that it takes, and all after 16', () => {
    const it = adaptiveLimit(MAX);
    repeated(20, it.onBusy);
    const sizes = Array.from({ length: 16 }, () => {
      it.onSuccess();
      return it.bytes();
    });
    const steps = sizes.map((size, i) => size - (sizes[i - 1] ?? 256 << 10));
    expect(new Set(steps.slice(0, -1))).toEqual(new Set([MAX.maxBytes / 16]));
    expect(seen(it)).toEqual({ bytes: MAX.maxBytes, inFlight: 2 });
  });

  test('has batches beside each other again as its share grows', () => {
    const it = adaptiveLimit({ maxBytes: 16 << 20, maxInFlight: 4 });
    repeated(20, it.onBusy);
    const counts = Array.from({ length: 16 }, () => {
      it.onSuccess();
      return it.inFlight();
    });
    expect(counts).toEqual([1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4]);
  });

  test('whose maximum is below 256 KiB keeps its batches and gets one at a time', () => {
    const it = adaptiveLimit({ maxBytes: 100_000, maxInFlight: 1 });
    it.onBusy();
    expect(seen(it)).toEqual({ bytes: 100_000, inFlight: 1 });
  });
});

describe('whatever the destination says', () => {
  const maxima = fc.record({
    maxBytes: fc.integer({ min: 1, max: 1 << 30 }),
    maxInFlight: fc.integer({ min: 1, max: 64 }),
  });
  const reports = fc.array(fc.constantFrom<'onSuccess' | 'onBusy'>('onSuccess', 'onBusy'), { maxLength: 200 });

  test('the limit stays between its bounds, and comes back to the maximum', () => {
    fc.assert(
      fc.property(maxima, reports, (max, words) => {
        const it = adaptiveLimit(max);
        for (const word of words) {
          it[word]();
          expect(it.bytes()).toBeLessThanOrEqual(max.maxBytes);
          expect(it.bytes()).toBeGreaterThanOrEqual(Math.min(max.maxBytes, 256 << 10));
          expect(it.inFlight()).toBeLessThanOrEqual(max.maxInFlight);
          expect(it.inFlight()).toBeGreaterThanOrEqual(1);
          expect(Number.isInteger(it.bytes()) && Number.isInteger(it.inFlight())).toBe(true);
        }
        repeated(16, it.onSuccess);
        expect(seen(it)).toEqual({ bytes: max.maxBytes, inFlight: max.maxInFlight });
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  test('ten that share a server without knowing of each other are refused seldom, and use it', () => {
    // the server takes a fifth of what they could send together: at a fixed limit it would refuse eight of ten
    const senders = Array.from({ length: 10 }, () => adaptiveLimit({ maxBytes: 5 << 20, maxInFlight: 2 }));
    const takes = 20 << 20;
    let refused = 0;
    let taken = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round++) {
      let left = takes;
      // nobody is first twice
      for (let i = 0; i < senders.length; i++) {
        const it = senders[(i + round) % senders.length];
        const load = it.bytes() * it.inFlight();
        if (load > left) {
          refused++;
          it.onBusy();
        } else {
          left -= load;
          taken += load;
          it.onSuccess();
        }
      }
    }
    expect(refused / (rounds * senders.length)).toBeLessThan(0.25);
    expect(taken / (rounds * takes)).toBeGreaterThan(0.6);
  });
});
