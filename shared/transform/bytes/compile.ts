/**
 * A field map over a JSON record's paths, compiled into operations that append its document as bytes: no object and no
 * string per record, and free-form parts are copied as they are.
 * In: rows `[target, path(s), cast?]`, data. Of several paths the first that has a value counts. A target that ends in `[]`
 * is a list: the values of all its paths, each once.
 * A value that is absent, null, empty or not what the cast promises leaves its field out.
 */

import { ABSENT, type Each, JsonFields, LIST, LONG, MAP, type Path, PLAIN, STRING } from '../../decode/jsonfields.ts';
import { ConfigError } from '../../errors.ts';
import type { Facts } from '../../model.ts';
import { type Literal, literal, type Text } from '../../text/text.ts';
import {
  CLOSE,
  CONSTANT,
  close,
  type Field,
  isConstant,
  type Json,
  list,
  MAX_DEPTH,
  merged,
  OPEN,
  Table,
  type Tree,
  tree,
} from '../columns/compile.ts';
import { epochMs, isObject, parsed } from '../objects/compile.ts';

export type { Field } from '../columns/compile.ts';

/**
 * Appends `"key":value,` for the values of some paths, or nothing. `key` is `"key":`, rendered; `indexes` are the paths' numbers.
 */
export type Emit = (fields: JsonFields, indexes: readonly number[], key: Literal, doc: Text, facts: Facts) => void;

const EMIT = 3;
const TEXT = 4;
const BOOLEAN = 5;
const INSTANT = 6;
const TABLE = 7;
const FLAT = 8;
const OTHERS = 9;
const RESHAPED = 10;
const TEXTS = 11;

/**
 * Casts by name: `text` (default) a string or a number · `boolean` · `instant` an ISO date or epoch
 * seconds or milliseconds · `flat` anything, as a flat_object field takes it · `others` what no row names, and named values
 * that aren't what their cast promises · `reshaped` the paths of values that are not as or where they were. These two stand
 * behind all rows that they tell of.
 */
const KINDS: Readonly<Record<string, number>> = {
  text: TEXT,
  boolean: BOOLEAN,
  instant: INSTANT,
  flat: FLAT,
  others: OTHERS,
  reshaped: RESHAPED,
};

/** All operations have the same shape, so that the loop over them stays monomorphic. */
interface Operation {
  readonly kind: number;
  /** `"key":` with what opens the value. */
  readonly key: Literal;
  readonly indexes: readonly number[];
  readonly table: Table | undefined;
  readonly isStrict: boolean;
  readonly emit: Emit | undefined;
  /** Fills facts.time. */
  readonly isTime: boolean;
}

const NONE: Operation = {
  kind: CONSTANT,
  key: literal(''),
  indexes: [],
  table: undefined,
  isStrict: false,
  emit: undefined,
  isTime: false,
};

const QUOTE = 34;
const COMMA = 44;
const ARRAY = 91;
const ARRAY_END = 93;
const OBJECT = 123;
const OBJECT_END = 125;
const QUOTE_COMMA = literal('",');

/** A field map, compiled. */
export interface FieldMap {
  /** The values that rows name; `find` fills them. */
  readonly fields: JsonFields;
  /** The number of a path. */
  indexOf(path: string): number;
  /** Appends the document of what `fields` found, sets facts.time by the row of `@timestamp`. */
  write(doc: Text, facts: Facts): void;
}

/**
 * Compiles rows; `casts` are those that rows name beside the built-in ones, `paths` those that the caller asks for himself,
 * `lists` what looks at the objects of a path's list.
 * Throws ConfigError, naming the target, for a cast that nobody knows and for targets that no document can have.
 */
export function compile(
  rows: readonly Field[],
  casts: Readonly<Record<string, Emit>> = {},
  paths: readonly string[] = [],
  lists: Readonly<Record<string, Each>> = {},
): FieldMap {
  const wanted = pathsOf(rows, casts, paths, lists);
  const fields = new JsonFields(wanted);
  const indexes = new Map(wanted.map(({ name }, at) => [name, at]));
  function indexOf(path: string): number {
    const at = indexes.get(path);
    if (at === undefined) throw new ConfigError(`no row and no caller reads ${path}`);
    return at;
  }
  const operations = merged(flatten(tree(rows), casts, indexOf));
  const state = { opened: new Int32Array(MAX_DEPTH), marks: [] };
  return { fields, indexOf, write: (doc, facts) => write(operations, state, fields, doc, facts) };
}

/** Whether a row takes objects and arrays. */
const isFree = (cast: Field[2], casts: object): boolean =>
  cast === 'flat' || (typeof cast === 'string' && Object.hasOwn(casts, cast));

function pathsOf(
  rows: readonly Field[],
  casts: object,
  more: readonly string[],
  lists: Readonly<Record<string, Each>>,
): readonly Path[] {
  const byName = new Map<string, boolean>(more.map((name) => [name, false]));
  for (const name of Object.keys(lists)) byName.set(name, true);
  for (const [target, names, cast] of rows) {
    for (const name of list(names)) {
      if (name.includes('[]')) throw new ConfigError(`field ${target}: ${name} leads into a list, which is kept whole`);
      byName.set(name, byName.get(name) || isFree(cast, casts));
    }
  }
  return [...byName].map(([name, free]) => ({ name, isFree: free, each: lists[name] }));
}

type IndexOf = (path: string) => number;

function flatten(node: Tree, casts: Readonly<Record<string, Emit>>, indexOf: IndexOf): Operation[] {
  const operations: Operation[] = [];
  for (const [key, value] of node) {
    if (value instanceof Map) {
      operations.push({ ...NONE, kind: OPEN, key: literal(`${JSON.stringify(key)}:{`) });
      operations.push(...flatten(value, casts, indexOf));
      operations.push({ ...NONE, kind: CLOSE });
    } else {
      operations.push(operation(key, value, casts, indexOf));
    }
  }
  return operations;
}

function operation(
  leaf: string,
  [target, names, cast = 'text']: Field,
  casts: Readonly<Record<string, Emit>>,
  indexOf: IndexOf,
): Operation {
  const isList = leaf.endsWith('[]');
  const key = `${JSON.stringify(isList ? leaf.slice(0, -2) : leaf)}:`;
  const common = { ...NONE, indexes: list(names).map(indexOf), isTime: target === '@timestamp' };
  if (isConstant(cast)) {
    return { ...common, key: literal(`${key}${JSON.stringify((cast as { constant: Json }).constant)},`) };
  }
  if (typeof cast === 'object' && 'table' in cast) {
    const table = new Table(cast.table, (value) => `${key}${value},`);
    return { ...common, kind: TABLE, key: literal(`${key}"`), table, isStrict: cast.strict ?? false };
  }
  if (typeof cast !== 'string') throw new ConfigError(`field ${target}: its cast is for columns only`);
  if (isList) {
    if (cast !== 'text') throw new ConfigError(`field ${target}: a list takes no cast`);
    return { ...common, kind: TEXTS, key: literal(`${key}[`) };
  }
  if (Object.hasOwn(casts, cast)) return { ...common, kind: EMIT, key: literal(key), emit: casts[cast] };
  if (!Object.hasOwn(KINDS, cast)) throw new ConfigError(`field ${target}: no cast is called ${JSON.stringify(cast)}`);
  return { ...common, kind: KINDS[cast], key: literal(QUOTED.has(cast) ? `${key}"` : key) };
}

const QUOTED: ReadonlySet<string> = new Set(['text', 'instant']);

interface State {
  /** Where the objects that are open began. */
  readonly opened: Int32Array;
  /** Paths of values that the document has otherwise. */
  readonly marks: string[];
}

function write(operations: readonly Operation[], state: State, fields: JsonFields, doc: Text, facts: Facts): void {
  const { opened, marks } = state;
  const { kinds } = fields;
  let depth = 0;
  marks.length = 0;
  doc.byte(OBJECT);
  for (let i = 0; i < operations.length; i++) {
    const op = operations[i];
    const { kind, key, indexes } = op;
    if (kind === TEXT) {
      const index = present(fields, indexes);
      if (index < 0) continue;
      text(doc, key, fields, fields.starts[index], fields.ends[index]);
    } else if (kind === OPEN) {
      opened[depth++] = doc.length;
      doc.literal(key);
    } else if (kind === CLOSE) {
      close(doc, opened[--depth]);
    } else if (kind === CONSTANT) {
      doc.literal(key);
    } else if (kind === EMIT) {
      op.emit!(fields, indexes, key, doc, facts);
    } else if (kind === TEXTS) {
      texts(fields, indexes, key, doc);
    } else if (kind === OTHERS) {
      others(fields, key, doc, marks);
    } else if (kind === RESHAPED) {
      if (marks.length === 0) continue;
      doc.literal(key);
      doc.json(marks);
      doc.byte(COMMA);
    } else {
      for (let k = 0; k < indexes.length; k++) {
        if (kinds[indexes[k]] === ABSENT) continue;
        if (typed(op, fields, indexes[k], doc, facts, marks)) break;
      }
    }
  }
  if (doc.bytes[doc.length - 1] === OBJECT) doc.byte(OBJECT_END);
  else doc.bytes[doc.length - 1] = OBJECT_END;
}

/** The first path with a text or a number, or -1. */
function present({ kinds, starts, ends }: JsonFields, indexes: readonly number[]): number {
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i];
    const kind = kinds[index];
    if (kind === PLAIN || (kind === STRING && starts[index] < ends[index])) return index;
  }
  return -1;
}

/** What opens the string, the string and what ends it, at once: 11 ns instead of 20. */
function text(doc: Text, { words, length }: Literal, { view: from }: JsonFields, start: number, end: number): void {
  doc.reserve(length + end - start + 8);
  const { view } = doc;
  let to = doc.length;
  for (let i = 0, at = to; i < words.length; i++, at += 8) view.setBigInt64(at, words[i], true);
  to += length;
  for (let i = start, at = to; i < end; i += 8, at += 8) view.setBigInt64(at, from.getBigInt64(i, true), true);
  to += end - start;
  view.setInt16(to, 0x2c22, true); // ",
  doc.length = to + 2;
}

function copy(doc: Text, { bytes, view }: JsonFields, start: number, end: number): void {
  if (end - start <= 256) doc.copy(view, start, end);
  else doc.append(bytes.subarray(start, end));
}

/** False: the value is not of the type. */
function typed(
  { kind, key, table, isStrict, isTime }: Operation,
  fields: JsonFields,
  index: number,
  doc: Text,
  facts: Facts,
  marks: string[],
): boolean {
  const start = fields.starts[index];
  const end = fields.ends[index];
  if (start === end) return false;
  if (kind === FLAT) {
    flat(fields, index, key, doc, marks);
    return true;
  }
  if (kind === TABLE) {
    const found = table!.get(fields.bytes, start, end);
    if (found !== undefined) doc.literal(found.json);
    if (found !== undefined || isStrict) return true;
    doc.literal(key);
    copy(doc, fields, start, end);
    doc.literal(QUOTE_COMMA);
    return true;
  }
  if (kind === BOOLEAN) {
    const value = booleanOf(fields, start, end);
    if (value === undefined) return moveToOther(fields, index);
    doc.literal(key);
    doc.literal(value);
    return true;
  }
  const ms = instantOf(fields, index);
  if (ms === undefined) return moveToOther(fields, index);
  if (isTime) facts.time = ms;
  doc.literal(key);
  doc.instant(ms);
  doc.literal(QUOTE_COMMA);
  return true;
}

function moveToOther(fields: JsonFields, index: number): false {
  fields.moveToOther(index);
  return false;
}

const TRUE = literal('true,');
const FALSE = literal('false,');
const isWord = (view: DataView, start: number, word: number) => view.getInt32(start, true) === word;

function booleanOf({ bytes, view }: JsonFields, start: number, end: number): Literal | undefined {
  if (end - start === 4 && isWord(view, start, 0x65757274)) return TRUE;
  if (end - start === 5 && isWord(view, start, 0x736c6166) && bytes[end - 1] === 101) return FALSE;
  return undefined;
}

let day = '';
let dayMs = Number.NaN;

/** Epoch milliseconds; most often of `2026-11-24T13:40:38Z`. */
function instantOf(fields: JsonFields, index: number): number | undefined {
  const { bytes } = fields;
  const at = fields.starts[index];
  if (fields.kinds[index] === PLAIN) return epochMs(Number(fields.text(index)));
  if (fields.ends[index] - at === 20 && bytes[at + 10] === 84 && bytes[at + 19] === 90) {
    const hour = pair(bytes, at + 11);
    const minute = pair(bytes, at + 14);
    const second = pair(bytes, at + 17);
    if (!isDay(bytes, at)) {
      day = String.fromCharCode(...bytes.subarray(at, at + 10));
      dayMs = epochMs(`${day}T00:00:00Z`) ?? Number.NaN;
    }
    if (hour < 24 && minute < 60 && second < 60 && dayMs >= 0)
      return dayMs + ((hour * 60 + minute) * 60 + second) * 1000;
  }
  return epochMs(fields.text(index));
}

function isDay(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[at + i] !== day.charCodeAt(i)) return false;
  return true;
}

/** Two digits; NaN or beyond 99 for what is none. */
function pair(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - 48;
  const ones = bytes[at + 1] - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 100;
}

/** Free-form detail as a flat_object takes it: an object, without nulls, with long strings cut. */
function flat(fields: JsonFields, index: number, key: Literal, doc: Text, marks: string[]): void {
  const kind = fields.kinds[index];
  const quote = kind === STRING ? 1 : 0;
  const start = fields.starts[index] - quote;
  const end = fields.ends[index] + quote;
  const name = fields.nameOf(index);
  doc.literal(key);
  if (kind !== MAP) {
    marks.push(name);
    doc.literal(WRAP);
  }
  free(fields, start, end, fields.odd[index] !== 0 || end - start > LONG, name, doc, marks);
  if (kind !== MAP) doc.byte(OBJECT_END);
  doc.byte(COMMA);
}

const WRAP = literal('{"value":');

function free(
  fields: JsonFields,
  start: number,
  end: number,
  isOdd: boolean,
  path: string,
  doc: Text,
  marks: string[],
): void {
  if (!isOdd) copy(doc, fields, start, end);
  else doc.json(tamed(parsed(Buffer.from(fields.bytes.subarray(start, end)).toString()) as Json, path, marks) ?? null);
}

/** flat_object indexes each leaf as a keyword, and one above 32,766 bytes refuses the document: see LONG. */
function tamed(value: Json, path: string, marks: string[]): Json | undefined {
  if (value === null) return undefined;
  if (typeof value === 'string') {
    if (value.length <= LONG) return value;
    if (!marks.includes(path)) marks.push(path);
    return `${value.slice(0, LONG)}…`;
  }
  if (Array.isArray(value))
    return value.map((element) => tamed(element, path, marks)).filter((element) => element !== undefined);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const kept = tamed(inner, `${path}.${key}`, marks);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return Object.fromEntries(entries);
}

function others(fields: JsonFields, key: Literal, doc: Text, marks: string[]): void {
  if (fields.others.length === 0) return;
  doc.literal(key);
  doc.byte(OBJECT);
  for (const { path, nameStart, nameEnd, start, end, isOdd } of fields.others) {
    const own = Buffer.from(fields.bytes.subarray(nameStart, nameEnd)).toString();
    doc.byte(QUOTE);
    doc.string(path + own);
    doc.literal(NAME_END);
    if (nameStart === 0) marks.push(path);
    free(fields, start, end, isOdd, path + own, doc, marks);
    doc.byte(COMMA);
  }
  doc.bytes[doc.length - 1] = OBJECT_END;
  doc.byte(COMMA);
}

const NAME_END = literal('":');

function texts(fields: JsonFields, indexes: readonly number[], key: Literal, doc: Text): void {
  const { kinds, starts, ends } = fields;
  const before = doc.length;
  doc.literal(key);
  const first = doc.length;
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i];
    const kind = kinds[index];
    if ((kind !== STRING && kind !== PLAIN) || starts[index] === ends[index] || repeats(fields, indexes, i)) continue;
    doc.byte(QUOTE);
    copy(doc, fields, starts[index], ends[index]);
    doc.literal(QUOTE_COMMA);
  }
  if (doc.length === first) {
    doc.length = before;
  } else {
    doc.bytes[doc.length - 1] = ARRAY_END;
    doc.byte(COMMA);
  }
}

/** The i-th path's value is an earlier one's too. */
function repeats({ bytes, kinds, starts, ends }: JsonFields, indexes: readonly number[], i: number): boolean {
  const from = starts[indexes[i]];
  const length = ends[indexes[i]] - from;
  for (let k = 0; k < i; k++) {
    const index = indexes[k];
    if (kinds[index] === ABSENT || ends[index] - starts[index] !== length) continue;
    let at = 0;
    while (at < length && bytes[starts[index] + at] === bytes[from + at]) at++;
    if (at === length) return true;
  }
  return false;
}

/**
 * A cast for a list of objects: each becomes what `rows` make of it. A list with anything more in it is kept whole as well,
 * and what is no list of objects is kept only so.
 */
export function each(rows: readonly Field[]): Emit {
  const { fields: inner, write: writeInner } = compile(rows);
  return (fields, [index], key, doc, facts) => {
    const kind = fields.kinds[index];
    if (kind === ABSENT) return;
    const { bytes, view } = fields;
    const end = fields.ends[index];
    const before = doc.length;
    let isList = kind === LIST;
    let hasMore = false;
    doc.literal(key);
    doc.byte(ARRAY);
    for (let at = fields.starts[index] + 1; isList && at < end - 1; ) {
      if (bytes[at] === OBJECT) {
        at = inner.find({ bytes, view, start: at, end });
        writeInner(doc, facts);
        doc.byte(COMMA);
        hasMore ||= inner.others.length > 0;
      } else {
        isList = bytes[at] <= 32 || bytes[at] === COMMA;
        at++;
      }
    }
    if (!isList || hasMore) fields.moveToOther(index);
    if (!isList || doc.bytes[doc.length - 1] === ARRAY) {
      doc.length = before;
    } else {
      doc.bytes[doc.length - 1] = ARRAY_END;
      doc.byte(COMMA);
    }
  };
}

const INDEXES = 4096;
const MOST_REMEMBERED = 1024; // bytes of one; most are below 100

/** What `compute` makes of some paths' values, once for the same values: some hundreds are remembered. */
export function remembering<T>(fields: JsonFields, indexes: readonly number[], compute: () => T): () => T {
  const known = new Array<{ readonly text: Uint8Array; readonly result: T } | undefined>(INDEXES).fill(undefined);
  return () => {
    const at = hash(fields, indexes);
    const found = known[at];
    if (found !== undefined && isSame(fields, indexes, found.text)) return found.result;
    const result = compute();
    if (size(fields, indexes) <= MOST_REMEMBERED) known[at] = { text: joined(fields, indexes), result };
    return result;
  };
}

function size({ kinds, starts, ends }: JsonFields, indexes: readonly number[]): number {
  let bytes = 0;
  for (let i = 0; i < indexes.length; i++)
    if (kinds[indexes[i]] !== ABSENT) bytes += ends[indexes[i]] - starts[indexes[i]];
  return bytes;
}

/** By the length and both ends of each value. */
function hash({ view, kinds, starts, ends }: JsonFields, indexes: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i];
    if (kinds[index] === ABSENT) continue;
    sum = Math.imul(sum ^ view.getInt32(starts[index], true), 0x01000193);
    sum = Math.imul(sum ^ view.getInt32(ends[index] - 4, true), 0x01000193);
    sum = Math.imul(sum ^ (ends[index] - starts[index]), 0x01000193);
  }
  return (sum ^ (sum >>> 16)) & (INDEXES - 1);
}

/** Behind each value stands what no JSON has. */
function joined({ bytes, kinds, starts, ends }: JsonFields, indexes: readonly number[]): Uint8Array {
  const parts = indexes.flatMap((index) =>
    kinds[index] === ABSENT ? NONE_END : [bytes.subarray(starts[index], ends[index]), END],
  );
  return new Uint8Array(Buffer.concat(parts)); // else 8 KiB of a pool live as long
}

const END = Uint8Array.of(0);
const NONE_END = Uint8Array.of(1);

function isSame({ bytes, kinds, starts, ends }: JsonFields, indexes: readonly number[], text: Uint8Array): boolean {
  let to = 0;
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i];
    const isThere = kinds[index] !== ABSENT;
    if (isThere) for (let at = starts[index]; at < ends[index]; at++) if (text[to++] !== bytes[at]) return false;
    if (text[to++] !== (isThere ? 0 : 1)) return false;
  }
  return to === text.length;
}
