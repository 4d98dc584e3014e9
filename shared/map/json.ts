/**
 * A field map over JSON paths, compiled into a function: a parsed JSON value → a document.
 * In: rows `[target, path(s), cast?]`, data. A path's members are joined by dots; `name[]` is each element of an array
 * (or the value itself where there is none). Of several paths the first that gives a value counts.
 * A target that ends in `[]` is a list: all values of all its paths, each once.
 * A value that is absent, null, empty or not what the cast promises leaves its field out.
 */
import { isIP } from 'node:net';
import { ConfigError, DecodeError } from '../errors.ts';
import type { Bytes } from '../model.ts';
import type { Field, Json } from './columns.ts';

export { type Field, type Json, override } from './columns.ts';

/** One value found at a path → the field's value; undefined: none. */
export type Cast = (value: unknown) => Json | undefined;
export type Casts = Readonly<Record<string, Cast>>;

export type JsonObject = { readonly [key: string]: Json };
interface Document {
  [key: string]: Json | Document;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A record's object. Throws DecodeError for anything else, and for bytes that are not UTF-8. */
export function parse({ bytes, start, end }: Bytes): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes.subarray(start, end)));
  } catch (cause) {
    throw new DecodeError('the record is not JSON', {}, { cause });
  }
  if (!isObject(value)) throw new DecodeError('the record is not a JSON object');
  return value;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Casts by name: `text` (default) · `lower` · `int` a whole number · `float` · `boolean` · `instant` an ISO date or epoch
 * seconds or milliseconds · `ip` a valid address · `flat` anything, as a flat_object takes it.
 */
const CASTS: Casts = {
  text,
  lower: (value) => text(value)?.toLowerCase(),
  int: (value) => {
    const n = numberOf(value);
    return Number.isSafeInteger(n) ? n : undefined;
  },
  float: numberOf,
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  instant: (value) => {
    const ms = epochMs(value);
    return ms === undefined ? undefined : new Date(ms).toISOString();
  },
  ip: (value) => (typeof value === 'string' && isIP(value) !== 0 && !value.includes('%') ? value : undefined),
  flat,
};

function text(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A number, or a text that is one. */
export function numberOf(value: unknown): number | undefined {
  const n = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;
const SECONDS_BELOW = 1e11; // as milliseconds this is 1973, as seconds 5138

/** Epoch milliseconds of an ISO date (UTC where it names no zone) or of epoch seconds or milliseconds; undefined: neither. */
export function epochMs(value: unknown): number | undefined {
  let ms = Number.NaN;
  if (typeof value === 'number') ms = Math.round(value < SECONDS_BELOW ? value * 1000 : value);
  const zone = typeof value === 'string' ? ISO.exec(value) : null;
  if (zone !== null) ms = Date.parse(zone[3] === undefined ? `${value}Z` : String(value));
  return ms >= 0 && ms <= 253_402_300_799_999 ? ms : undefined; // year 9999, as Text.instant
}

// flat_object indexes each leaf as a keyword, and one above 32,766 bytes refuses the whole document: 10,000 characters are
// at most 30,000 bytes, which leaves room for the path that is indexed along with it.
// https://docs.opensearch.org/latest/field-types/supported-field-types/flat-object/
const MOST_CHARACTERS = 10_000;

/** A copy of free-form detail as a flat_object field takes it: without nulls, with long strings cut. */
export function flat(value: unknown): Json | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return value.length > MOST_CHARACTERS ? `${value.slice(0, MOST_CHARACTERS)}…` : value;
  if (Array.isArray(value)) return value.map(flat).filter((element) => element !== undefined);
  if (!isObject(value)) return value as Json;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const kept = flat(inner);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return Object.fromEntries(entries);
}

/** The first value at a path, whatever it is. */
export const find = (value: unknown, path: string): unknown => follow(value, steps(path), 0).next().value;

interface Step {
  readonly key: string;
  readonly isEach: boolean;
}
type Path = readonly Step[];

interface Operation {
  readonly target: readonly string[];
  readonly isList: boolean;
  readonly paths: readonly Path[];
  readonly constant: Json | undefined;
  readonly cast: Cast;
}

/** Throws ConfigError, naming the row's target, for a cast that neither this file nor `casts` knows. */
export function compile(fields: readonly Field[], casts: Casts = {}): (value: unknown) => JsonObject {
  const operations = fields.map((field) => operation(field, { ...CASTS, ...casts }));
  return (value) => {
    const document: Document = {};
    for (const each of operations) {
      const result = fieldOf(each, value);
      if (result !== undefined) put(document, each.target, result);
    }
    return document as JsonObject;
  };
}

function operation([target, paths, cast = 'text']: Field, casts: Casts): Operation {
  const isList = target.endsWith('[]');
  return {
    target: (isList ? target.slice(0, -2) : target).split('.'),
    isList,
    paths: (typeof paths === 'string' ? [paths] : (paths ?? [])).map(steps),
    constant: typeof cast === 'object' && 'constant' in cast ? cast.constant : undefined,
    cast: castOf(target, cast, casts),
  };
}

function castOf(target: string, cast: NonNullable<Field[2]>, casts: Casts): Cast {
  if (typeof cast === 'string') {
    if (Object.hasOwn(casts, cast)) return casts[cast];
    throw new ConfigError(`${target}: there is no cast ${cast}`, { known: Object.keys(casts) });
  }
  if ('constant' in cast) return () => cast.constant;
  if (!('table' in cast)) throw new ConfigError(`${target}: its cast is for columns only`);
  const { table, strict } = cast;
  return (value) => {
    const key = text(value);
    if (key !== undefined && Object.hasOwn(table, key)) return table[key] ?? undefined;
    return strict ? undefined : key;
  };
}

const steps = (path: string): Path =>
  path.split('.').map((name) => {
    const isEach = name.endsWith('[]');
    return { key: isEach ? name.slice(0, -2) : name, isEach };
  });

function fieldOf({ paths, constant, cast, isList }: Operation, value: unknown): Json | undefined {
  if (constant !== undefined) return constant;
  const list = new Set<Json>();
  for (const path of paths) {
    for (const found of follow(value, path, 0)) {
      const result = cast(found);
      if (result === undefined) continue;
      if (!isList) return result;
      list.add(result);
    }
  }
  return list.size === 0 ? undefined : [...list];
}

function* follow(value: unknown, path: Path, at: number): Generator<unknown> {
  if (at === path.length) {
    yield value;
    return;
  }
  const { key, isEach } = path[at];
  if (!isObject(value) || !Object.hasOwn(value, key)) return;
  const inner: unknown = value[key];
  if (!isEach || !Array.isArray(inner)) yield* follow(inner, path, at + 1);
  else for (const element of inner) yield* follow(element, path, at + 1);
}

function put(document: Document, target: readonly string[], value: Json): void {
  let at = document;
  for (const key of target.slice(0, -1)) {
    if (!isObject(at[key])) at[key] = {};
    at = at[key] as Document;
  }
  at[target[target.length - 1]] = value;
}
