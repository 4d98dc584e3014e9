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

/**
 * Without nulls, with long texts, names, numbers and paths cut: a copy, or the value itself where there is nothing to change.
 * In: where it stands, and what hears of each cut there.
 */
export function trimmed(value: unknown, path = '', cut: (path: string) => void = () => {}): Json | undefined {
  return isTame(value, path.length) ? value : trimmedCopy(value, path, cut);
}

/** Nothing in it is left out or cut. In: the length of the path that it stands at, at most. */
function isTame(value: unknown, path: number): value is Json {
  if (typeof value === 'string') return value.length <= LONG;
  if (value === null || value === undefined) return false;
  if (typeof value !== 'object') return true;
  if (isRawNumber(value)) return value.rawJSON.length <= LONG_NUMBER;
  if (path > LONG_PATH) return false;
  if (Array.isArray(value)) return value.every((each) => isTame(each, path));
  if (!isObject(value)) return false;
  for (const name in value) if (name.length > LONG_NAME || !isTame(value[name], path + 1 + name.length)) return false;
  return true;
}

function trimmedCopy(value: unknown, path: string, cut: (path: string) => void): Json | undefined {
  if (value === null || value === undefined) return undefined;
  const inside = (inner: unknown, name = ''): Json | undefined =>
    trimmedCopy(inner, name === '' ? path : `${path}.${name}`, cut);
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
