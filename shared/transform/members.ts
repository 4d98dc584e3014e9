/**
 * A field map over a JSON record's paths, compiled into operations that append its document as bytes: no object and no
 * string per record, and free-form parts are copied as they are.
 * In: rows `[target, path(s), cast?]`, data. Of several paths the first that has a value counts. A target that ends in `[]`
 * is a list: the values of all its paths, each once.
 * A value that is absent, null, empty or not what the cast promises leaves its field out.
 */

import { ABSENT, type Each, LIST, LONG, MAP, Members, type Path, PLAIN, STRING } from '../decode/members.ts';
import { ConfigError } from '../errors.ts';
import type { Facts } from '../model.ts';
import { type Literal, literal, type Text } from '../text/text.ts';
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
} from './columns.ts';
import { epochMs, isObject, parsed } from './json.ts';

export type { Field } from './columns.ts';

/**
 * Appends `"key":value,` for the values of some paths, or nothing. `key` is `"key":`, rendered; `slots` are the paths' numbers.
 */
export type Emit = (members: Members, slots: readonly number[], key: Literal, doc: Text, facts: Facts) => void;

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
  readonly slots: readonly number[];
  readonly table: Table | undefined;
  readonly isStrict: boolean;
  readonly emit: Emit | undefined;
  /** Fills facts.time. */
  readonly isTime: boolean;
}

const NONE: Operation = {
  kind: CONSTANT,
  key: literal(''),
  slots: [],
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
export interface MemberMap {
  /** The values that rows name; `find` fills them. */
  readonly members: Members;
  /** The number of a path. */
  slot(path: string): number;
  /** Appends the document of what `members` found, sets facts.time by the row of `@timestamp`. */
  write(doc: Text, facts: Facts): void;
}

/**
 * Compiles rows; `casts` are those that rows name beside the built-in ones, `paths` those that the caller asks for himself,
 * `lists` what looks at the objects of a path's list.
 * Throws ConfigError, naming the target, for a cast that nobody knows and for targets that no document can have.
 */
export function compile(
  fields: readonly Field[],
  casts: Readonly<Record<string, Emit>> = {},
  paths: readonly string[] = [],
  lists: Readonly<Record<string, Each>> = {},
): MemberMap {
  const wanted = pathsOf(fields, casts, paths, lists);
  const members = new Members(wanted);
  const slots = new Map(wanted.map(({ name }, at) => [name, at]));
  function slot(path: string): number {
    const at = slots.get(path);
    if (at === undefined) throw new ConfigError(`nobody asks for ${path}`);
    return at;
  }
  const operations = merged(flatten(tree(fields), casts, slot));
  const state = { opened: new Int32Array(MAX_DEPTH), marks: [] };
  return { members, slot, write: (doc, facts) => write(operations, state, members, doc, facts) };
}

/** Whether a row takes objects and arrays. */
const isFree = (cast: Field[2], casts: object): boolean =>
  cast === 'flat' || (typeof cast === 'string' && Object.hasOwn(casts, cast));

function pathsOf(
  fields: readonly Field[],
  casts: object,
  more: readonly string[],
  lists: Readonly<Record<string, Each>>,
): readonly Path[] {
  const byName = new Map<string, boolean>(more.map((name) => [name, false]));
  for (const name of Object.keys(lists)) byName.set(name, true);
  for (const [target, names, cast] of fields) {
    for (const name of list(names)) {
      if (name.includes('[]')) throw new ConfigError(`field ${target}: ${name} leads into a list, which is kept whole`);
      byName.set(name, byName.get(name) || isFree(cast, casts));
    }
  }
  return [...byName].map(([name, free]) => ({ name, isFree: free, each: lists[name] }));
}

type SlotOf = (path: string) => number;

function flatten(node: Tree, casts: Readonly<Record<string, Emit>>, slotOf: SlotOf): Operation[] {
  const operations: Operation[] = [];
  for (const [key, value] of node) {
    if (value instanceof Map) {
      operations.push({ ...NONE, kind: OPEN, key: literal(`${JSON.stringify(key)}:{`) });
      operations.push(...flatten(value, casts, slotOf));
      operations.push({ ...NONE, kind: CLOSE });
    } else {
      operations.push(operation(key, value, casts, slotOf));
    }
  }
  return operations;
}

function operation(
  leaf: string,
  [target, names, cast = 'text']: Field,
  casts: Readonly<Record<string, Emit>>,
  slotOf: SlotOf,
): Operation {
  const isList = leaf.endsWith('[]');
  const key = `${JSON.stringify(isList ? leaf.slice(0, -2) : leaf)}:`;
  const common = { ...NONE, slots: list(names).map(slotOf), isTime: target === '@timestamp' };
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

function write(operations: readonly Operation[], state: State, members: Members, doc: Text, facts: Facts): void {
  const { opened, marks } = state;
  const { kinds } = members;
  let depth = 0;
  marks.length = 0;
  doc.byte(OBJECT);
  for (let i = 0; i < operations.length; i++) {
    const op = operations[i];
    const { kind, key, slots } = op;
    if (kind === TEXT) {
      const slot = present(members, slots);
      if (slot < 0) continue;
      text(doc, key, members, members.starts[slot], members.ends[slot]);
    } else if (kind === OPEN) {
      opened[depth++] = doc.length;
      doc.literal(key);
    } else if (kind === CLOSE) {
      close(doc, opened[--depth]);
    } else if (kind === CONSTANT) {
      doc.literal(key);
    } else if (kind === EMIT) {
      op.emit!(members, slots, key, doc, facts);
    } else if (kind === TEXTS) {
      texts(members, slots, key, doc);
    } else if (kind === OTHERS) {
      others(members, key, doc, marks);
    } else if (kind === RESHAPED) {
      if (marks.length === 0) continue;
      doc.literal(key);
      doc.json(marks);
      doc.byte(COMMA);
    } else {
      for (let k = 0; k < slots.length; k++) {
        if (kinds[slots[k]] === ABSENT) continue;
        if (typed(op, members, slots[k], doc, facts, marks)) break;
      }
    }
  }
  if (doc.bytes[doc.length - 1] === OBJECT) doc.byte(OBJECT_END);
  else doc.bytes[doc.length - 1] = OBJECT_END;
}

/** The first path with a text or a number, or -1. */
function present({ kinds, starts, ends }: Members, slots: readonly number[]): number {
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i];
    const kind = kinds[slot];
    if (kind === PLAIN || (kind === STRING && starts[slot] < ends[slot])) return slot;
  }
  return -1;
}

/** What opens the string, the string and what ends it, at once: 11 ns instead of 20. */
function text(doc: Text, { words, length }: Literal, { view: from }: Members, start: number, end: number): void {
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

function copy(doc: Text, { bytes, view }: Members, start: number, end: number): void {
  if (end - start <= 256) doc.copy(view, start, end);
  else doc.append(bytes.subarray(start, end));
}

/** False: the value is not of the type. */
function typed(
  { kind, key, table, isStrict, isTime }: Operation,
  members: Members,
  slot: number,
  doc: Text,
  facts: Facts,
  marks: string[],
): boolean {
  const start = members.starts[slot];
  const end = members.ends[slot];
  if (start === end) return false;
  if (kind === FLAT) {
    flat(members, slot, key, doc, marks);
    return true;
  }
  if (kind === TABLE) {
    const found = table!.get(members.bytes, start, end);
    if (found !== undefined) doc.literal(found.json);
    if (found !== undefined || isStrict) return true;
    doc.literal(key);
    copy(doc, members, start, end);
    doc.literal(QUOTE_COMMA);
    return true;
  }
  if (kind === BOOLEAN) {
    const value = booleanOf(members, start, end);
    if (value === undefined) return disown(members, slot);
    doc.literal(key);
    doc.literal(value);
    return true;
  }
  const ms = instantOf(members, slot);
  if (ms === undefined) return disown(members, slot);
  if (isTime) facts.time = ms;
  doc.literal(key);
  doc.instant(ms);
  doc.literal(QUOTE_COMMA);
  return true;
}

function disown(members: Members, slot: number): false {
  members.disown(slot);
  return false;
}

const TRUE = literal('true,');
const FALSE = literal('false,');
const isWord = (view: DataView, start: number, word: number) => view.getInt32(start, true) === word;

function booleanOf({ bytes, view }: Members, start: number, end: number): Literal | undefined {
  if (end - start === 4 && isWord(view, start, 0x65757274)) return TRUE;
  if (end - start === 5 && isWord(view, start, 0x736c6166) && bytes[end - 1] === 101) return FALSE;
  return undefined;
}

let day = '';
let dayMs = Number.NaN;

/** Epoch milliseconds; most often of `2026-11-24T13:40:38Z`. */
function instantOf(members: Members, slot: number): number | undefined {
  const { bytes } = members;
  const at = members.starts[slot];
  if (members.kinds[slot] === PLAIN) return epochMs(Number(members.text(slot)));
  if (members.ends[slot] - at === 20 && bytes[at + 10] === 84 && bytes[at + 19] === 90) {
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
  return epochMs(members.text(slot));
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
function flat(members: Members, slot: number, key: Literal, doc: Text, marks: string[]): void {
  const kind = members.kinds[slot];
  const quote = kind === STRING ? 1 : 0;
  const start = members.starts[slot] - quote;
  const end = members.ends[slot] + quote;
  const name = members.nameOf(slot);
  doc.literal(key);
  if (kind !== MAP) {
    marks.push(name);
    doc.literal(WRAP);
  }
  free(members, start, end, members.odd[slot] !== 0 || end - start > LONG, name, doc, marks);
  if (kind !== MAP) doc.byte(OBJECT_END);
  doc.byte(COMMA);
}

const WRAP = literal('{"value":');

function free(
  members: Members,
  start: number,
  end: number,
  isOdd: boolean,
  path: string,
  doc: Text,
  marks: string[],
): void {
  if (!isOdd) copy(doc, members, start, end);
  else doc.json(tamed(parsed(Buffer.from(members.bytes.subarray(start, end)).toString()) as Json, path, marks) ?? null);
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

function others(members: Members, key: Literal, doc: Text, marks: string[]): void {
  if (members.others.length === 0) return;
  doc.literal(key);
  doc.byte(OBJECT);
  for (const { path, nameStart, nameEnd, start, end, isOdd } of members.others) {
    const own = Buffer.from(members.bytes.subarray(nameStart, nameEnd)).toString();
    doc.byte(QUOTE);
    doc.string(path + own);
    doc.literal(NAME_END);
    if (nameStart === 0) marks.push(path);
    free(members, start, end, isOdd, path + own, doc, marks);
    doc.byte(COMMA);
  }
  doc.bytes[doc.length - 1] = OBJECT_END;
  doc.byte(COMMA);
}

const NAME_END = literal('":');

function texts(members: Members, slots: readonly number[], key: Literal, doc: Text): void {
  const { kinds, starts, ends } = members;
  const before = doc.length;
  doc.literal(key);
  const first = doc.length;
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i];
    const kind = kinds[slot];
    if ((kind !== STRING && kind !== PLAIN) || starts[slot] === ends[slot] || repeats(members, slots, i)) continue;
    doc.byte(QUOTE);
    copy(doc, members, starts[slot], ends[slot]);
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
function repeats({ bytes, kinds, starts, ends }: Members, slots: readonly number[], i: number): boolean {
  const from = starts[slots[i]];
  const length = ends[slots[i]] - from;
  for (let k = 0; k < i; k++) {
    const slot = slots[k];
    if (kinds[slot] === ABSENT || ends[slot] - starts[slot] !== length) continue;
    let at = 0;
    while (at < length && bytes[starts[slot] + at] === bytes[from + at]) at++;
    if (at === length) return true;
  }
  return false;
}

/**
 * A cast for a list of objects: each becomes what `fields` make of it. A list with anything more in it is kept whole as well,
 * and what is no list of objects is kept only so.
 */
export function each(fields: readonly Field[]): Emit {
  const { members: inner, write: writeInner } = compile(fields);
  return (members, [slot], key, doc, facts) => {
    const kind = members.kinds[slot];
    if (kind === ABSENT) return;
    const { bytes, view } = members;
    const end = members.ends[slot];
    const before = doc.length;
    let isList = kind === LIST;
    let hasMore = false;
    doc.literal(key);
    doc.byte(ARRAY);
    for (let at = members.starts[slot] + 1; isList && at < end - 1; ) {
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
    if (!isList || hasMore) members.disown(slot);
    if (!isList || doc.bytes[doc.length - 1] === ARRAY) {
      doc.length = before;
    } else {
      doc.bytes[doc.length - 1] = ARRAY_END;
      doc.byte(COMMA);
    }
  };
}

const SLOTS = 4096;
const MOST_REMEMBERED = 1024; // bytes of one; most are below 100

/** What `compute` makes of some paths' values, once for the same values: some hundreds are remembered. */
export function remembering<T>(members: Members, slots: readonly number[], compute: () => T): () => T {
  const known = new Array<{ readonly text: Uint8Array; readonly result: T } | undefined>(SLOTS).fill(undefined);
  return () => {
    const at = hash(members, slots);
    const found = known[at];
    if (found !== undefined && isSame(members, slots, found.text)) return found.result;
    const result = compute();
    if (size(members, slots) <= MOST_REMEMBERED) known[at] = { text: joined(members, slots), result };
    return result;
  };
}

function size({ kinds, starts, ends }: Members, slots: readonly number[]): number {
  let bytes = 0;
  for (let i = 0; i < slots.length; i++) if (kinds[slots[i]] !== ABSENT) bytes += ends[slots[i]] - starts[slots[i]];
  return bytes;
}

/** By the length and both ends of each value. */
function hash({ view, kinds, starts, ends }: Members, slots: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i];
    if (kinds[slot] === ABSENT) continue;
    sum = Math.imul(sum ^ view.getInt32(starts[slot], true), 0x01000193);
    sum = Math.imul(sum ^ view.getInt32(ends[slot] - 4, true), 0x01000193);
    sum = Math.imul(sum ^ (ends[slot] - starts[slot]), 0x01000193);
  }
  return (sum ^ (sum >>> 16)) & (SLOTS - 1);
}

/** Behind each value stands what no JSON has. */
function joined({ bytes, kinds, starts, ends }: Members, slots: readonly number[]): Uint8Array {
  const parts = slots.flatMap((slot) =>
    kinds[slot] === ABSENT ? NONE_END : [bytes.subarray(starts[slot], ends[slot]), END],
  );
  return new Uint8Array(Buffer.concat(parts)); // else 8 KiB of a pool live as long
}

const END = Uint8Array.of(0);
const NONE_END = Uint8Array.of(1);

function isSame({ bytes, kinds, starts, ends }: Members, slots: readonly number[], text: Uint8Array): boolean {
  let to = 0;
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i];
    const isThere = kinds[slot] !== ABSENT;
    if (isThere) for (let at = starts[slot]; at < ends[slot]; at++) if (text[to++] !== bytes[at]) return false;
    if (text[to++] !== (isThere ? 0 : 1)) return false;
  }
  return to === text.length;
}
