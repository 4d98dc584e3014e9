/** Free-form detail as a flat_object field takes it. */
import { LONG, LONG_NAME } from '../decode/jsonfields.ts';
import { isObject, isRawNumber } from './numbers.ts';
import type { Json } from './rows.ts';

// flat_object indexes each leaf as a keyword, and its path along with it; one above 32,766 bytes refuses the whole document:
// 10,000 characters are at most 30,000 bytes, which leaves room for the path.
// https://docs.opensearch.org/latest/field-types/supported-field-types/flat-object/
const LONG_PATH = 2_000;
const LONG_NUMBER = 300; // OpenSearch reads numbers of up to 1,000 digits

/** What a flat_object field takes: an object or a list of objects; anything else becomes `{"value": …}`. */
export function flat(value: unknown): Json | undefined {
  const kept = trimmed(value);
  if (kept === undefined || isObject(kept)) return kept;
  return Array.isArray(kept) && kept.every(isObject) ? kept : { value: kept };
}

/** A copy without nulls, with long texts, names, numbers and paths cut. In: where it stands, and what hears of each cut there. */
export function trimmed(value: unknown, path = '', cut: (path: string) => void = () => {}): Json | undefined {
  if (value === null || value === undefined) return undefined;
  const inside = (inner: unknown, name = ''): Json | undefined =>
    trimmed(inner, name === '' ? path : `${path}.${name}`, cut);
  const short = (text: string, longest: number): string => {
    if (text.length <= longest) return text;
    cut(path);
    return `${text.slice(0, longest)}…`;
  };
  if (typeof value === 'string') return short(value, LONG);
  if (isRawNumber(value))
    return value.rawJSON.length > LONG_NUMBER ? short(value.rawJSON, LONG_NUMBER) : (value as never);
  if (path.length > LONG_PATH && typeof value === 'object') return short(JSON.stringify(value), LONG);
  if (Array.isArray(value)) return value.map((each) => inside(each)).filter((each) => each !== undefined);
  if (!isObject(value)) return value as Json;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const name = short(key, LONG_NAME);
    const kept = inside(inner, name);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return Object.fromEntries(entries);
}
