/** Numbers that look like chance and are the same for the same seed. */
export interface Chance {
  /** 0 ≤ whole number < n. */
  below(n: number): number;
  between(least: number, most: number): number;
  of<T>(choices: readonly T[]): T;
  hex(digits: number): string;
}

/** mulberry32 */
export function chance(seed: number): Chance {
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
