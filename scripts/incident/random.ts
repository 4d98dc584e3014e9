/** A random number generator: the same seed gives the same numbers. */
export interface Rng {
  /** 0 ≤ whole number < n. */
  below(n: number): number;
  between(least: number, most: number): number;
  of<T>(choices: readonly T[]): T;
  hex(digits: number): string;
}

/** mulberry32 */
export function seeded(seed: number): Rng {
  let state = seed;
  function below(n: number): number {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  }
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    of: (choices) => choices[below(choices.length)],
    hex: (digits) => Array.from({ length: digits }, () => below(16).toString(16)).join(''),
  };
}
