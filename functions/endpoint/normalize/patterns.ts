/** A message by the first pattern that it matches. */
import type { Fields } from './document.ts';

export type Groups = Readonly<Record<string, string | undefined>>;

/** Each pattern is anchored and has no repetition inside of a repetition, so that a hostile message can't stall it. */
export type Pattern = readonly [RegExp, (groups: Groups) => Fields];

export function firstOf(patterns: readonly Pattern[], text: string): Fields | undefined {
  for (const [pattern, fieldsOf] of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return fieldsOf(match.groups ?? {});
  }
  return undefined;
}
