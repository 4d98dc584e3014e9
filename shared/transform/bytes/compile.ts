/**
 * A field map over a JSON record's paths, compiled into operations that append its document as bytes: no object and no
 * string per record, and free-form parts are copied as they are.
 * In: rows `[target, path(s), cast?]`, data. Of several paths the first that has a value counts. A target that ends in `[]`
 * is a list: the values of all its paths, each once.
 * A value that is absent, null, empty or not what the cast promises leaves its field out.
 */

import { type Each, JsonFields, type Path } from '../../decode/jsonfields.ts';
import { type Geo, noGeo } from '../../enrich/geo.ts';
import { ConfigError } from '../../errors.ts';
import type { Facts, Text } from '../../model.ts';
import { literal } from '../../text/text.ts';
import { isCast, lookUp } from '../casts.ts';
import { CLOSE, CONSTANT, marked, merged, OPEN, setMark } from '../operations.ts';
import { type Field, list, MAX_DEPTH, type TableCast, type Tree, tree, withoutRemoved } from '../rows.ts';
import { Table } from '../table.ts';
import { firstOf, listOf, type Place, splitPath, standard, tables } from './standard.ts';
import {
  BOOLEAN,
  EMIT,
  type Emit,
  FLAT,
  INSTANT,
  type Operation,
  OTHERS,
  RESHAPED,
  TABLE,
  TEXT,
  TEXTS,
  write,
} from './write.ts';

/**
 * Casts by name: `text` (default) a string or a number · `boolean` · `instant` an ISO date or epoch
 * seconds or milliseconds · `flat` anything, as a flat_object field takes it · `others` what no row names, and named values
 * that aren't what their cast promises · `reshaped` the paths of values that are not as or where they were. These two stand
 * behind all rows whose values they may hold.
 */
const KINDS: Readonly<Record<string, number>> = {
  text: TEXT,
  boolean: BOOLEAN,
  instant: INSTANT,
  flat: FLAT,
  others: OTHERS,
  reshaped: RESHAPED,
};

const NONE: Operation<unknown> = {
  kind: CONSTANT,
  key: literal(''),
  indexes: [],
  table: undefined,
  isStrict: false,
  emit: undefined,
  isTime: false,
};

/** A field map, compiled. `C`: what casts of the source know of the record as a whole. */
export interface FieldMap<C = unknown> {
  /** The values that rows name; `find` fills them. */
  readonly fields: JsonFields;
  /** The number of a path. */
  indexOf(path: string): number;
  /** Appends the document of what `fields` found, sets facts.time by the row of `@timestamp`. */
  write(doc: Text, facts: Facts, context: C): void;
}

export interface Options<C> {
  /** Those that rows name beside the ones of shared/transform/casts.ts. */
  readonly casts?: Readonly<Record<string, Emit<C>>>;
  /** Those that the caller asks for himself. */
  readonly paths?: readonly string[];
  /** What looks at the objects of a path's list. */
  readonly lists?: Readonly<Record<string, Each>> | undefined;
  /** Says where addresses are. */
  readonly geo?: Pick<Geo, 'of'>;
}

/** Throws ConfigError, naming the target, for a cast that nobody knows and for targets that no document can have. */
export function compile<C = unknown>(
  fieldRows: readonly Field[],
  { casts = {}, paths = [], lists = {}, geo = noGeo }: Options<C> = {},
): FieldMap<C> {
  const rows = withoutRemoved(fieldRows);
  const wanted = pathsOf(rows, casts, paths, lists);
  const fields = new JsonFields(wanted);
  const indexes = new Map(wanted.map(({ name }, at) => [name, at]));
  function indexOf(path: string): number {
    const at = indexes.get(path);
    if (at === undefined) throw new ConfigError(`no row and no caller reads ${path}`);
    return at;
  }
  const mark = { ...NONE, kind: EMIT, emit: setMark };
  const operations = marked(merged(flatten(tree(rows), { casts, geo, indexOf })), mark);
  const state = { opened: new Int32Array(MAX_DEPTH), marks: [] };
  return { fields, indexOf, write: (doc, facts, context) => write(operations, state, fields, doc, facts, context) };
}

/** Whether a row takes objects and arrays. */
const isFree = (path: string, cast: Field[2], casts: object): boolean =>
  path.includes('[]') || cast === 'flat' || (typeof cast === 'string' && Object.hasOwn(casts, cast));

function pathsOf(
  rows: readonly Field[],
  casts: object,
  more: readonly string[],
  lists: Readonly<Record<string, Each>>,
): readonly Path[] {
  const byName = new Map<string, boolean>(more.map((name) => [name, false]));
  for (const name of Object.keys(lists)) byName.set(name, true);
  for (const [, paths, cast] of rows) {
    for (const path of list(paths)) {
      const { name } = splitPath(path);
      byName.set(name, byName.get(name) || isFree(path, cast, casts));
    }
  }
  return [...byName].map(([name, free]) => ({ name, isFree: free, each: lists[name] }));
}

interface Known<C> {
  readonly casts: Readonly<Record<string, Emit<C>>>;
  readonly geo: Pick<Geo, 'of'>;
  indexOf(path: string): number;
}

function flatten<C>(node: Tree, known: Known<C>): Operation<C>[] {
  const operations: Operation<C>[] = [];
  for (const [key, value] of node) {
    if (value instanceof Map) {
      operations.push({ ...NONE, kind: OPEN, key: literal(`${JSON.stringify(key)}:{`) });
      operations.push(...flatten(value, known));
      operations.push({ ...NONE, kind: CLOSE });
    } else {
      operations.push(operation(key, value, known));
    }
  }
  return operations;
}

function operation<C>(leaf: string, [target, paths, cast = 'text']: Field, known: Known<C>): Operation<C> {
  const isList = leaf.endsWith('[]');
  const key = `${JSON.stringify(isList ? leaf.slice(0, -2) : leaf)}:`;
  const split = list(paths).map(splitPath);
  const places = split.map(({ name, rest }) => ({ index: known.indexOf(name), rest }));
  const isPlain = !isList && places.every(({ rest }) => rest.length === 0);
  const common = { ...NONE, indexes: places.map(({ index }) => index), isTime: target === '@timestamp' };
  if (typeof cast === 'string') return { ...common, ...named(target, key, cast, { isList, isPlain, places }, known) };
  if ('constant' in cast) return { ...common, key: literal(`${key}${JSON.stringify(cast.constant)},`) };
  if ('tables' in cast) return { ...common, kind: EMIT, key: literal(key), emit: tables(cast.tables, places) };
  if (!('table' in cast)) throw new ConfigError(`field ${target}: its cast is neither a constant nor a table`);
  if (!isPlain) return { ...common, kind: EMIT, key: literal(key), emit: tableOf(cast, isList, places) };
  const table = new Table(cast.table, (value) => `${key}${value},`);
  return { ...common, kind: TABLE, key: literal(`${key}"`), table, isStrict: cast.strict ?? false };
}

interface Shape {
  readonly isList: boolean;
  /** One value, and no path leads through a list. */
  readonly isPlain: boolean;
  readonly places: readonly Place[];
}

function named<C>(
  target: string,
  key: string,
  cast: string,
  shape: Shape,
  { casts, geo }: Known<C>,
): Partial<Operation<C>> {
  const { isList, isPlain, places } = shape;
  const isThere = places.every(({ rest }) => rest.length === 0);
  if (isList && cast === 'text' && isThere) return { kind: TEXTS, key: literal(`${key}[`) };
  if (isPlain && Object.hasOwn(casts, cast)) return { kind: EMIT, key: literal(key), emit: casts[cast] };
  if (isPlain && Object.hasOwn(KINDS, cast)) {
    return { kind: KINDS[cast], key: literal(QUOTED.has(cast) ? `${key}"` : key) };
  }
  if (isCast(cast)) return { kind: EMIT, key: literal(key), emit: standard(cast, isList, geo, places) };
  if (Object.hasOwn(casts, cast))
    throw new ConfigError(`field ${target}: the cast ${cast} makes no list and reads none`);
  throw new ConfigError(`field ${target}: no cast is called ${JSON.stringify(cast)}`);
}

const tableOf = (cast: TableCast, isList: boolean, places: readonly Place[]): Emit =>
  (isList ? listOf : firstOf)((value) => lookUp(cast, value), places);

const QUOTED: ReadonlySet<string> = new Set(['text', 'instant']);
