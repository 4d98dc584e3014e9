/** The answers to late logs, held against the second-by-second truth of a random network. */
import { describe, expect, test } from '@jest/globals';
import { scored, watched } from './measured.ts';
import { network } from './random.ts';

const start = Date.UTC(2026, 10, 20) / 1000;
const HOURS = 3600;

describe.each([
  [1, 0],
  [2, 0.7],
])('a random network (seed %i) of which CloudTrail tells a share of %f', (seed, told) => {
  const seconds = 24 * HOURS;
  const of = network({ seed, start, seconds, nodes: 100, moving: 5 });
  const watching = { from: start, to: start + seconds, every: 15 * 60, told, seed };
  const scores = scored(of, watched(of, watching), 20_000, watching);

  test.each(['primary', 'secondary', 'prefix', 'public', 'elastic', 'interface'] as const)(
    'a %s looked at every 15 minutes is never exactly another’s',
    (kind) => {
      const { asked, exact, exactWrong } = scores.get(kind)!;
      expect(asked).toBeGreaterThan(200);
      expect(exactWrong).toBe(0);
      expect(exact / asked).toBeGreaterThan(0.3);
    },
  );
});
