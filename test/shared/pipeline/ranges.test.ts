import { expect, test } from '@jest/globals';
import { seeded } from '../../../scripts/incident/random.ts';
import { merged, openRanges, sizeOf, waiting } from '../../../shared/pipeline/ranges.ts';

test('numbers in their order are one range, and too many ranges make it full', () => {
  const own = openRanges();
  for (const seq of [1, 2, 3, 3, 7, 8, 2]) own.add(seq);
  expect(own.ranges).toEqual([
    [1, 3],
    [7, 8],
    [2, 2],
  ]);
  for (let seq = 10; seq < 20_020; seq += 2) own.add(seq);
  expect(own.isFull).toBe(true);
  expect(own.ranges).toHaveLength(10_000);
});

test('ranges say of each number what a set says', () => {
  const random = seeded(17);
  for (let round = 0; round < 50; round++) {
    const numbers = Array.from({ length: 40 }, () => random.between(1, 100));
    const own = openRanges();
    for (const seq of numbers) own.add(seq);
    const [set, due] = [new Set(numbers), waiting({ splunk: own.ranges, opensearch: [] })];
    expect(sizeOf(own.ranges)).toBe(set.size);
    expect(merged(own.ranges).length).toBeLessThanOrEqual(set.size);
    for (let seq = 0; seq <= 101; seq++) expect([seq, due(seq)]).toEqual([seq, set.has(seq) ? ['splunk'] : []]);
  }
});

test('a record that is in no sink and not in the quarantine is for all of them', () => {
  expect(waiting({ none: [[2, 2]] })(2)).toEqual(['opensearch', 'splunk', 'archive']);
  expect(waiting()(2)).toEqual([]);
});
