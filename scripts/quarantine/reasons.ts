/** Reasons of rejects, so that what happened for one reason is one group. */

const MAX_LENGTH = 160;

/** Quotes, numbers and names that machines gave are one and the same. Names of fields stay. */
const VARIES: readonly (readonly [RegExp, string])[] = [
  [/\.? Preview of field's value:.*/s, ''],
  [/'[^']*'|"(?:[^"\\]|\\.)*"/g, '"…"'],
  [/\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{8,}\b/gi, '#'], // ids, hashes, indices of a day
  [/\d+(?:[.,:]\d+)*/g, '#'],
  [/\s+/g, ' '],
];

export function patternOf(reason: string): string {
  const pattern = VARIES.reduce((text, [what, instead]) => text.replace(what, instead), reason.slice(0, 2000));
  return pattern.length > MAX_LENGTH ? `${pattern.slice(0, MAX_LENGTH)}…` : pattern;
}
