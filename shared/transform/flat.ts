/** Free-form detail as a flat_object field takes it. */
import { isObject } from './numbers.ts';
import type { Json } from './rows.ts';

// flat_object indexes each leaf as a keyword, and one above 32,766 bytes refuses the whole document: 10,000 characters are
// at most 30,000 bytes, which leaves room for the path that is indexed along with it.
// https://docs.opensearch.org/latest/field-types/supported-field-types/flat-object/
const MOST_CHARACTERS = 10_000;

/** What a flat_object field takes: an object or a list of objects; anything else becomes `{"value": …}`. */
export function flat(value: unknown): Json | undefined {
  const kept = trimmed(value);
  if (kept === undefined || isObject(kept)) return kept;
  return Array.isArray(kept) && kept.every(isObject) ? kept : { value: kept };
}

/** A copy without nulls, with long texts cut. */
export function trimmed(value: unknown): Json | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return value.length > MOST_CHARACTERS ? `${value.slice(0, MOST_CHARACTERS)}…` : value;
  if (Array.isArray(value)) return value.map(trimmed).filter((element) => element !== undefined);
  if (!isObject(value)) return value as Json;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const kept = trimmed(inner);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return Object.fromEntries(entries);
}
