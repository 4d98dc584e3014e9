import { describe, expect, test } from '@jest/globals';
import { halving, numbersIn, type Part, type Range } from '../../../../shared/sink/delivery/halving.ts';
import { Batch } from '../../../../shared/text/batch.ts';

function batchOf(count: number, bytes = 100): Batch {
  const batch = new Batch(count * bytes);
  for (let at = 0; at < count; at++) {
    batch.begin(0, 'u', at + 1);
    batch.text.string('x'.repeat(bytes));
  }
  return batch;
}

/** A destination that refuses each request with one of these records in it, and what it was asked and accepted. */
function destination(isBad: (at: number) => boolean, refusal: Partial<Part> = {}) {
  const accepted: number[] = [];
  let requests = 0;
  return {
    accepted,
    requests: () => requests,
    attempt: async (range: Range): Promise<Part> => {
      requests++;
      const numbers = numbersIn([range]);
      if (numbers.some(isBad)) return { kind: 'refused', reason: `400 of ${numbers.length}`, ...refusal } as Part;
      accepted.push(...numbers);
      return { kind: 'settled' };
    },
  };
}

const never = () => false;

test.each([
  [500, [0]],
  [500, [499]],
  [500, [0, 1, 2]],
  [500, [0, 1, 2, 3, 4, 5]],
  [500, [0, 1, 2, 250, 498]],
  [7, [2, 3]],
  [1, []],
])('of %d records those to blame are rejected, all others accepted: %j', async (count, bad) => {
  const { attempt, accepted } = destination((at) => bad.includes(at));
  const { rejected, retry } = await halving()(batchOf(count), attempt);
  expect(rejected.map(({ at }) => at).sort((a, b) => a - b)).toEqual(bad);
  expect(retry).toEqual([]);
  expect(accepted).toHaveLength(count - bad.length);
});

describe('a destination that refuses everything', () => {
  test.each<[string, Partial<Part>, number]>([
    ['in its own words', {}, 16],
    ['through a proxy', { isForeign: true }, 12],
    ['as too large', { isTooLarge: true }, 12],
  ])('%s is to blame itself: a few requests, and everything waits', async (_, refusal, most) => {
    const halve = halving();
    const first = destination(() => true, refusal);
    const answer = await halve(batchOf(500), first.attempt);
    expect(answer).toMatchObject({ rejected: [], reason: expect.stringContaining('refuses every record') });
    expect(answer.retry).toEqual(Array.from({ length: 500 }, (__, at) => at));
    expect(first.requests()).toBeLessThanOrEqual(most);

    const second = destination(() => true, refusal); // of the next batch only one more is tried
    expect((await halve(batchOf(500), second.attempt)).retry).toHaveLength(500);
    expect(second.requests()).toBe(2);

    const well = destination(never);
    expect(await halve(batchOf(500), well.attempt)).toEqual({ rejected: [], retry: [] });
  });

  test.each([{ isForeign: true }, { isTooLarge: true }])('rejects no record that comes alone: %j', async (refusal) => {
    const { attempt } = destination(() => true, refusal);
    expect(await halving()(batchOf(1), attempt)).toMatchObject({ rejected: [], retry: [0] });
  });

  test('is found out by records that come alone', async () => {
    const halve = halving();
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push((await halve(batchOf(1), destination(() => true).attempt)).retry.length);
    expect(answers).toEqual([0, 0, 1, 1, 1]);
  });
});

test('a record of more than 64 KiB may be too large', async () => {
  const { attempt } = destination(() => true, { isTooLarge: true });
  expect(await halving()(batchOf(1, 100_000), attempt)).toMatchObject({ rejected: [{ at: 0 }], retry: [] });
});

test('a named record is rejected, and those before it were accepted', async () => {
  const parts: Part[] = [{ kind: 'bad', at: 3, reason: 'x' }, { kind: 'settled' }];
  const { rejected, retry } = await halving()(batchOf(5), async () => parts.shift()!);
  expect({ rejected, retry }).toEqual({ rejected: [{ at: 3, reason: 'x' }], retry: [] });
});

test('a destination that names the first record of everything is to blame itself', async () => {
  const answer = await halving()(batchOf(100), async ({ first }) => ({ kind: 'bad', at: first, reason: 'code 6' }));
  expect(answer.rejected).toEqual([]);
  expect(answer.retry).toHaveLength(100);
});

test('a destination that stops gets nothing more', async () => {
  const parts: Part[] = [{ kind: 'refused', reason: 'x' }, { kind: 'settled' }, { kind: 'stop' }];
  expect(await halving()(batchOf(8), async () => parts.shift()!)).toEqual({ rejected: [], retry: [] });
});
