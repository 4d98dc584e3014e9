/**
 * A field map over JSON paths, compiled into a function: a parsed JSON value → a document.
 * In: rows `[target, path(s), cast?]`, data. A path's fields are joined by dots; `name[]` is each element of an array
 * (or the value itself where there is none). Of several paths the first that gives a value counts.
 * A target that ends in `[]` is a list: all values of all its paths, each once.
 * A value that is absent, null, empty or not what the cast promises leaves its field out.
 */
import { isUtf8 } from 'node:buffer';
import { type Geo, noGeo } from '../../enrich/geo.ts';
import { ConfigError, DecodeError } from '../../errors.ts';
import type { Bytes } from '../../model.ts';
import { epochMs as instant } from '../../text/instant.ts';
import { CASTS, isCast, lookUp } from '../casts.ts';
import { flat } from '../flat.ts';
import { isObject, isRawNumber, type JsonObject, numberOf, parsed } from '../numbers.ts';
import { type Field, type Json, list, tablesOf, tree, withoutRemoved } from '../rows.ts';

export { flat } from '../flat.ts';
export { isObject, type JsonObject, numberOf, parsed, spelled } from '../numbers.ts';
export { type Field, type Json, override } from '../rows.ts';

/** One value found at a path → the field's value; undefined: none. */
export type Cast = (value: unknown) => Json | undefined;
export type Casts = Readonly<Record<string, Cast>>;

/** As text/instant.ts has it; a number that no double is counts as well. */
export const epochMs = (value: unknown): number | undefined => instant(isRawNumber(value) ? numberOf(value) : value);

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
  readonly write: Write;
}

/** What an operation makes of a record's values, put where its target is. */
type Write = (operation: Operation, value: unknown, document: Document) => void;

/**
 * `casts` are those that rows name beside the ones of shared/transform/casts.ts; `geo` says where addresses are.
 * Throws ConfigError, naming the row's target, for a cast that nobody knows and for targets that no document can have.
 */
export function compile(
  fields: readonly Field[],
  casts: Casts = {},
  geo: Pick<Geo, 'of'> = noGeo,
): (value: unknown) => JsonObject {
  const rows = withoutRemoved(fields);
  tree(rows);
  const named = new Set(rows.flatMap(([, paths]) => list(paths).map((path) => path.split(/[.[]/)[0])));
  const operations = rows.map((row) => operation(row, { casts, geo, named }));
  return (value) => {
    const document: Document = {};
    for (const each of operations) each.write(each, value, document);
    return document as JsonObject;
  };
}

interface Known {
  readonly casts: Casts;
  readonly geo: Pick<Geo, 'of'>;
  /** First parts of the paths that rows read. */
  readonly named: ReadonlySet<string>;
}

function operation([target, paths, cast = 'text']: Field, known: Known): Operation {
  const isList = target.endsWith('[]');
  return {
    target: (isList ? target.slice(0, -2) : target).split('.'),
    isList,
    paths: list(paths).map(steps),
    write: writeOf(target, cast, isList, known),
  };
}

function writeOf(target: string, cast: NonNullable<Field[2]>, isList: boolean, { casts, geo, named }: Known): Write {
  if (typeof cast === 'object') {
    if ('constant' in cast) return (own, _value, document) => put(document, own.target, cast.constant);
    if ('table' in cast) return found((value) => lookUp(cast, value), isList);
    if ('tables' in cast) return all((values) => tablesOf(cast.tables, values));
    throw new ConfigError(`field ${target}: its cast is neither a constant nor a table`);
  }
  if (Object.hasOwn(casts, cast)) return found(casts[cast], isList);
  if (cast === 'others') return (own, value, document) => put(document, own.target, othersOf(value, named));
  if (cast === 'reshaped') return () => {}; // an object has nothing that stands elsewhere
  if (!isCast(cast)) throw new ConfigError(`field ${target}: no cast is called ${JSON.stringify(cast)}`);
  const { takes, of } = CASTS[cast];
  if (takes === 'all') return all(of as (values: readonly unknown[]) => Json | undefined);
  const write = found((value) => of([value]) as Json | undefined, isList);
  return cast === 'geo' && !isList ? withGeo(write, geo) : write;
}

/** Fields that no row reads. `derived` is what sources add to a record. */
function othersOf(value: unknown, named: ReadonlySet<string>): Json | undefined {
  const others = isObject(value)
    ? Object.entries(value).filter(([name]) => name !== 'derived' && !named.has(name))
    : [];
  return others.length === 0 ? undefined : flat(Object.fromEntries(others));
}

/** The first value that the cast takes; of a list all, each once. */
const found =
  (cast: Cast, isList: boolean): Write =>
  ({ paths, target }, value, document) => {
    const results = new Set<Json>();
    for (const path of paths) {
      for (const each of follow(value, path, 0)) {
        const result = cast(each);
        if (result === undefined) continue;
        if (!isList) {
          put(document, target, result);
          return;
        }
        results.add(result);
      }
    }
    if (results.size > 0) put(document, target, [...results]);
  };

const all =
  (of: (values: readonly unknown[]) => Json | undefined): Write =>
  ({ paths, target }, value, document) =>
    put(document, target, of(paths.map((path) => follow(value, path, 0).next().value)));

/** Beside an address, where it is. */
const withGeo =
  (write: Write, geo: Pick<Geo, 'of'>): Write =>
  (own, value, document) => {
    write(own, value, document);
    const ip = find(document, own.target.join('.'));
    const place = typeof ip === 'string' ? geo.of(ip) : undefined;
    for (const [name, inner] of Object.entries(place ?? {}))
      put(document, [...own.target.slice(0, -1), name], inner as Json);
  };

const steps = (path: string): Path =>
  path.split('.').map((name) => {
    const isEach = name.endsWith('[]');
    return { key: isEach ? name.slice(0, -2) : name, isEach };
  });

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

function put(document: Document, target: readonly string[], value: Json | undefined): void {
  if (value === undefined) return;
  let at = document;
  for (const key of target.slice(0, -1)) {
    if (!isObject(at[key])) at[key] = {};
    at = at[key] as Document;
  }
  at[target[target.length - 1]] = value;
}
