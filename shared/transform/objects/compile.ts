/**
 * A field map over JSON paths, compiled into a function: a parsed JSON value → a document.
 * In: rows `[target, path(s), cast?]`, data. A path's fields are joined by dots; `name[]` is each element of an array
 * (or the value itself where there is none). Of several paths the first that gives a value counts.
 * A target that ends in `[]` is a list: all values of all its paths, each once.
 * A value that is absent, null, empty or not what the cast promises leaves its field out.
 */
import { isUtf8 } from 'node:buffer';
import { isIP } from 'node:net';
import { ConfigError, DecodeError } from '../../errors.ts';
import type { Bytes } from '../../model.ts';
import { epochMs } from '../../text/instant.ts';
import type { Field, Json } from '../columns/compile.ts';

export { epochMs } from '../../text/instant.ts';
export { type Field, type Json, override } from '../columns/compile.ts';

/** One value found at a path → the field's value; undefined: none. */
export type Cast = (value: unknown) => Json | undefined;
export type Casts = Readonly<Record<string, Cast>>;

export type JsonObject = { readonly [key: string]: Json };
interface Document {
  [key: string]: Json | Document;
}

/** A record's object, its numbers as `parsed` has them. Throws DecodeError for anything else, and for bytes that are not UTF-8. */
export function parse({ bytes, start, end }: Bytes): JsonObject {
  const record = bytes.subarray(start, end);
  if (!isUtf8(record)) throw new DecodeError('the record is not UTF-8');
  let value: unknown;
  try {
    value = parsed(Buffer.from(record.buffer, record.byteOffset, record.length).toString());
  } catch (cause) {
    throw new DecodeError('the record is not JSON', {}, { cause });
  }
  if (!isObject(value)) throw new DecodeError('the record is not a JSON object');
  return value;
}

/** A number that no double is: it becomes JSON again as it was written. https://github.com/tc39/proposal-json-parse-with-source */
interface RawNumber {
  readonly rawJSON: string;
}

interface Precise {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source: string }) => unknown): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
}
const { parse: parseWith, rawJSON, isRawJSON } = JSON as unknown as Precise;

/** More digits than every double keeps, an exponent, minus zero: rare, and looking at each number takes long. */
const SUSPECT = /[:,[\s](?:-0|-?[\d.]{16}|-?[\d.]+[eE])/;

/** JSON.parse, but that numbers which a double can't hold keep their text: see `isObject`, `numberOf`. Throws SyntaxError. */
export const parsed = (text: string): unknown =>
  SUSPECT.test(text)
    ? parseWith(text, (_key, value, { source }) =>
        typeof value === 'number' && !isExact(value, source) ? rawJSON(source) : value,
      )
    : JSON.parse(text);

const isExact = (value: number, source: string): boolean =>
  String(value) === source || (!Object.is(value, -0) && decimal(String(value)) === decimal(source));

/** One spelling of a number: its digits without zeros at the ends, and where the point stands. */
function decimal(text: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [
    text,
  ];
  const digits = `${whole}${fraction}`;
  const leading = /^0*/.exec(digits)![0].length;
  if (leading === digits.length) return '0';
  return `${sign}${digits.replace(/^0+|0+$/g, '')}e${Number(exponent) + `${whole}`.length - leading}`;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJSON(value);

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
  if (isRawJSON(value)) return value.rawJSON;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A number, or a text that is one; the nearest double of one that no double is. */
export function numberOf(value: unknown): number | undefined {
  const text = isRawJSON(value) ? value.rawJSON : value;
  const n = typeof text === 'string' && text.trim() !== '' ? Number(text) : text;
  return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
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
