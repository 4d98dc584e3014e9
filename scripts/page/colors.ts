/**
 * Colours of charts. A chart is drawn once for light and dark: inks are CSS variables, and the others have a contrast of at
 * least 3:1 with both backgrounds.
 */
export const INK = 'var(--ink)';
export const FAINT = 'var(--faint)';
export const LAND = 'var(--land)';

const SERIES = [
  '#3b82c4',
  '#d9822b',
  '#1b8fa3',
  '#a05fc9',
  '#c2577f',
  '#7f8c2d',
  '#4f7f9e',
  '#b0603a',
  '#6a76d1',
  '#8a8a8a',
];

/** Words that have the same colour everywhere. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(critical)$/i, '#d13d5b'],
  [/^(high)$/i, '#df6a2e'],
  [/^(medium)$/i, '#b98a1d'],
  [/^(low)$/i, '#3f8fd0'],
  [/^(informational|none|unknown)$/i, '#8a93a5'],
  [/^(failure|failed|denied|reject|block|blocked|drop|deleted|internet)$/i, '#d13d5b'],
  [/^(success|passed|allowed|accept|allow|pass|ok|noerror)$/i, '#2f9e77'],
];

export function colorOf(word: string, at: number): string {
  return WORDS.find(([pattern]) => pattern.test(word))?.[1] ?? SERIES[at % SERIES.length];
}

/** From few to many, for maps. */
export const SHADES = ['#e3c079', '#df6a2e', '#a61e3d'];
