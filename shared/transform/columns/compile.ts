/**
 * A field map over columns, compiled for one header into operations that append a record's document as bytes: no object and
 * no string per record. In: rows `[target, column, cast?]`, data. Out: a writer.
 * Rows whose columns the header lacks vanish; an absent value leaves its field out, and an object without fields too.
 * Of several columns, a cast that takes one gets the first that the header has.
 */

import type { Row } from '../../decode/columns.ts';
import { ConfigError, DecodeError } from '../../errors.ts';
import type { Facts, Outcome } from '../../model.ts';
import { EMPTY, type Literal, literal, type Text } from '../../text/text.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * Appends `"key":value,` for some columns of a row, or nothing. `key` is `"key":`, rendered; `columns` are positions, -1 for
 * one that the header lacks. Throws DecodeError.
 */
export type Emit = (row: Row, columns: readonly number[], key: Literal, doc: Text) => void;

/**
 * How a value becomes JSON. Default: a string.
 * `int` a whole number · `seconds` epoch seconds as an instant · `constant` no column at all ·
 * `table` by the column's text: null leaves the field out, and with `strict` other texts do, which else stay as they are ·
 * `tables` a list: for each column what its table says · any other name: one of the casts that `compile` was given.
 */
export type Cast =
  | string
  | { readonly constant: Json }
  | { readonly table: Readonly<Record<string, Json>>; readonly strict?: boolean }
  | { readonly tables: readonly Readonly<Record<string, Json>>[] };

/** Target path (dotted), column or columns, cast. `null` for the columns removes the target. */
export type Field = readonly [target: string, columns: string | readonly string[] | null, cast?: Cast];

/** Later rows replace earlier ones of the same target. */
export function override(fields: readonly Field[], by: readonly Field[]): readonly Field[] {
  const byTarget = new Map<string, Field>();
  for (const field of [...fields, ...by]) {
    if (field[1] === null) byTarget.delete(field[0]);
    else byTarget.set(field[0], field);
  }
  return [...byTarget.values()];
}

export const OPEN = 0;
export const CLOSE = 1;
export const CONSTANT = 2;
const EMIT = 3;
// of one column, nothing where it is absent
const TEXT = 4;
const INT = 5;
const SECONDS = 6;
const TABLE = 7;

/** All operations have the same shape, so that the loop over them stays monomorphic. */
interface Operation {
  readonly kind: number;
  /** `"key":` with what opens the value. */
  readonly key: Literal;
  readonly column: number;
  readonly columns: readonly number[];
  readonly table: Table | undefined;
  /** Texts that the table lacks are left out. */
  readonly isStrict: boolean;
  readonly emit: Emit | undefined;
  /** Fills facts.time. */
  readonly isTime: boolean;
  /** Fills facts.outcome. */
  readonly isOutcome: boolean;
}

const NONE: Operation = {
  kind: CONSTANT,
  key: EMPTY,
  column: 0,
  columns: [],
  table: undefined,
  isStrict: false,
  emit: undefined,
  isTime: false,
  isOutcome: false,
};

const QUOTE_END = literal('",');

/** Tree of the targets' paths. */
export type Tree = Map<string, Tree | Field>;

export type Writer = (row: Row, doc: Text, facts: Facts) => void;

type Casts = Readonly<Record<string, Emit>>;

/**
 * Compiles rows for one header; `casts` are those that rows name beside the built-in ones. The writer appends one document
 * to `doc`, sets facts.time by the row of `@timestamp` (`seconds`) and facts.outcome by that of `event.outcome` (`table`),
 * and throws DecodeError, naming the column, for a value that its cast can't take.
 * Throws ConfigError, naming the target, for a cast that nobody knows and for targets that no document can have.
 */
export function compile(fields: readonly Field[], names: readonly string[], casts: Casts = {}): Writer {
  const found = fields.filter(
    ([, columns, cast]) => isConstant(cast) || list(columns).some((name) => names.includes(name)),
  );
  const operations = merged(flatten(tree(found), names, casts));
  return (row, doc, facts) => write(operations, names, row, doc, facts);
}

export const isConstant = (cast: Cast | undefined): boolean => typeof cast === 'object' && 'constant' in cast;

/** Throws ConfigError for targets that no document can have. */
export function tree(fields: readonly Field[]): Tree {
  const root: Tree = new Map();
  for (const field of fields) {
    const [target] = field;
    const path = target.split('.');
    if (path.includes('')) throw new ConfigError(`field ${JSON.stringify(target)}: a part of its name is empty`);
    if (path.length > MAX_DEPTH) throw new ConfigError(`field ${target}: its name has more than ${MAX_DEPTH} parts`);
    const leaf = path.pop()!;
    const node = path.reduce((parent, key) => branch(parent, key, target), root);
    if (node.has(leaf)) throw new ConfigError(`field ${target}: it has fields of its own, or stands here twice`);
    node.set(leaf, field);
  }
  return root;
}

function branch(parent: Tree, key: string, target: string): Tree {
  const known = parent.get(key);
  if (known instanceof Map) return known;
  if (known !== undefined) throw new ConfigError(`field ${target}: ${known[0]} has a value and can't have fields`);
  const made: Tree = new Map();
  parent.set(key, made);
  return made;
}

export const list = (columns: Field[1]): readonly string[] =>
  columns === null ? [] : typeof columns === 'string' ? [columns] : columns;

function flatten(node: Tree, names: readonly string[], casts: Casts): Operation[] {
  const operations: Operation[] = [];
  for (const [key, value] of node) {
    const name = `${JSON.stringify(key)}:`;
    if (value instanceof Map) {
      operations.push({ ...NONE, kind: OPEN, key: literal(`${name}{`) });
      operations.push(...flatten(value, names, casts));
      operations.push({ ...NONE, kind: CLOSE });
    } else {
      operations.push(operation(name, value, names, casts));
    }
  }
  return operations;
}

function operation(name: string, [target, names, cast = 'text']: Field, header: readonly string[], casts: Casts) {
  const columns = list(names).map((column) => header.indexOf(column));
  const common: Operation = {
    ...NONE,
    columns,
    column: columns.find((column) => column >= 0) ?? 0,
    isTime: target === '@timestamp',
    isOutcome: target === 'event.outcome',
  };
  if (typeof cast === 'string') {
    if (cast === 'text') return { ...common, kind: TEXT, key: literal(`${name}"`) };
    if (cast === 'int') return { ...common, kind: INT, key: literal(name) };
    if (cast === 'seconds') return { ...common, kind: SECONDS, key: literal(`${name}"`) };
    if (!Object.hasOwn(casts, cast))
      throw new ConfigError(`field ${target}: no cast is called ${JSON.stringify(cast)}`);
    return { ...common, kind: EMIT, key: literal(name), emit: casts[cast] };
  }
  if ('constant' in cast)
    return { ...common, kind: CONSTANT, key: literal(`${name}${JSON.stringify(cast.constant)},`) };
  if ('table' in cast) {
    const table = new Table(cast.table, (value) => `${name}${value},`);
    return { ...common, kind: TABLE, key: literal(`${name}"`), table, isStrict: cast.strict ?? false };
  }
  if ('tables' in cast) return { ...common, kind: EMIT, key: literal(`${name}[`), emit: listed(cast.tables) };
  throw new ConfigError(`field ${target}: its cast is neither a constant nor a table`);
}

/** A list of what each column's table says. */
function listed(tables: readonly Readonly<Record<string, Json>>[]): Emit {
  const compiled = tables.map((table) => new Table(table, (value) => `${value},`));
  return ({ bytes, starts, ends }, columns, key, doc) => {
    const start = doc.length;
    doc.literal(key);
    for (let i = 0; i < columns.length; i++) {
      const found = columns[i] < 0 ? undefined : compiled[i].get(bytes, starts[columns[i]], ends[columns[i]]);
      if (found !== undefined) doc.literal(found.json);
    }
    if (doc.bytes[doc.length - 1] === 91) {
      doc.length = start;
    } else {
      doc.bytes[doc.length - 1] = 93;
      doc.byte(44);
    }
  };
}

/** Constants in a row become one. */
export function merged<O extends Pick<Operation, 'kind' | 'key'>>(operations: readonly O[]): readonly O[] {
  const result: O[] = [];
  for (const next of operations) {
    const last = result.at(-1);
    if (next.kind === CONSTANT && last?.kind === CONSTANT) {
      result[result.length - 1] = { ...last, key: joined(last.key, next.key) };
    } else {
      result.push(next);
    }
  }
  return result;
}

const joined = (a: Literal, b: Literal): Literal => literal(spell(a) + spell(b));
const spell = (l: Literal): string => Buffer.from(l.words.buffer, 0, l.length).toString();

export const MAX_DEPTH = 16;
const opened = new Int32Array(MAX_DEPTH);

function write(operations: readonly Operation[], names: readonly string[], row: Row, doc: Text, facts: Facts): void {
  const { bytes, view, starts, ends } = row;
  let depth = 0;
  doc.byte(123);
  for (let i = 0; i < operations.length; i++) {
    const op = operations[i];
    const { kind, key } = op;
    if (kind >= TEXT) {
      const from = starts[op.column];
      const to = ends[op.column];
      if (from === to) continue;
      if (kind === TABLE) {
        const found = op.table!.get(bytes, from, to);
        if (found !== undefined) {
          doc.literal(found.json);
          if (op.isOutcome) facts.outcome = found.value as Outcome;
        }
        if (found !== undefined || op.isStrict) continue;
      } else if (kind === SECONDS) {
        const ms = seconds(bytes, from, to) * 1000;
        if (!(ms <= MAX_TIME)) throw notA('time in epoch seconds', names[op.column], row, op.column);
        if (op.isTime) facts.time = ms;
        doc.literal(key);
        doc.instant(ms);
        doc.literal(QUOTE_END);
        continue;
      } else if (kind === INT) {
        if (!isInt(bytes, from, to)) throw notA('whole number', names[op.column], row, op.column);
        doc.literal(key);
        doc.copy(view, from, to);
        doc.byte(44);
        continue;
      }
      doc.literal(key);
      if (row.odd) doc.escaped(bytes, from, to);
      else doc.copy(view, from, to);
      doc.literal(QUOTE_END);
    } else if (kind === OPEN) {
      opened[depth++] = doc.length;
      doc.literal(key);
    } else if (kind === CLOSE) {
      close(doc, opened[--depth]);
    } else if (kind === CONSTANT) {
      doc.literal(key);
    } else {
      op.emit!(row, op.columns, key, doc);
    }
  }
  if (doc.bytes[doc.length - 1] === 123) doc.byte(125);
  else doc.bytes[doc.length - 1] = 125;
}

/** Ends an object: its last comma becomes a brace; an empty one is taken back. */
export function close(doc: Text, start: number): void {
  if (doc.bytes[doc.length - 1] === 123) {
    doc.length = start;
  } else {
    doc.bytes[doc.length - 1] = 125;
    doc.byte(44);
  }
}

const MAX_TIME = Date.UTC(9999, 11, 31);

/** JSON's and OpenSearch's `long`: digits without a leading zero, below 10^18. */
function isInt(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > 18 || (bytes[from] === 48 && to - from > 1)) return false;
  for (let i = from; i < to; i++) if (bytes[i] < 48 || bytes[i] > 57) return false;
  return true;
}

/** NaN where it isn't one. */
function seconds(bytes: Uint8Array, from: number, to: number): number {
  if (to - from > 12) return Number.NaN;
  let n = 0;
  for (let i = from; i < to; i++) {
    const digit = bytes[i] - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    n = n * 10 + digit;
  }
  return n;
}

/** The error for a value that isn't what its column promises. */
export function notA(what: string, name: string, row: Row, column: number): DecodeError {
  const found = Buffer.from(row.bytes.subarray(row.starts[column], row.ends[column])).toString().slice(0, 80);
  return new DecodeError(`${name} is no ${what}: ${JSON.stringify(found)}`, { column: name });
}

const SLOTS = 64;

/** Literals by a short text, found by its bytes. */
export class Table {
  readonly #slots: readonly Entry[][];

  /** `render` puts a value's JSON into what is emitted for it. */
  constructor(rows: Readonly<Record<string, Json>>, render: (json: string) => string) {
    this.#slots = Array.from({ length: SLOTS }, () => []);
    for (const [text, value] of Object.entries(rows)) {
      const bytes = Buffer.from(text);
      const slot = hash(bytes, 0, bytes.length);
      const json = value === null ? EMPTY : literal(render(JSON.stringify(value)));
      this.#slots[slot].push({ text: bytes, value, json });
    }
  }

  get(bytes: Uint8Array, from: number, to: number): Entry | undefined {
    const entries = this.#slots[hash(bytes, from, to)];
    for (let i = 0; i < entries.length; i++) {
      const { text } = entries[i];
      if (text.length === to - from && same(text, bytes, from)) return entries[i];
    }
    return undefined;
  }
}

export interface Entry {
  readonly text: Uint8Array;
  readonly value: Json;
  /** What is emitted for it. */
  readonly json: Literal;
}

const hash = (bytes: Uint8Array, from: number, to: number): number =>
  (to - from + bytes[from] * 7 + bytes[to - 1] * 3) & (SLOTS - 1);

function same(text: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < text.length; i++) if (text[i] !== bytes[from + i]) return false;
  return true;
}
