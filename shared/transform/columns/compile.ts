/**
 * A field map over columns, compiled for one header into operations that append a record's document as bytes: no object and
 * no string per record. In: rows `[target, column, cast?]`, data. Out: a writer.
 * Rows whose columns the header lacks vanish; an absent value leaves its field out, and an object without fields too.
 * Of several columns, a cast that takes one gets the first that the header has.
 */

import type { Row } from '../../decode/columns.ts';
import { type Geo, noGeo } from '../../enrich/geo.ts';
import { ConfigError } from '../../errors.ts';
import type { Facts, Outcome } from '../../model.ts';
import { EMPTY, type Literal, literal, type Text } from '../../text/text.ts';
import { isCast } from '../casts.ts';
import { CLOSE, CONSTANT, close, marked, merged, OPEN, setMark } from '../operations.ts';
import { type Field, isConstant, type Json, list, MAX_DEPTH, type Tree, tree, withoutRemoved } from '../rows.ts';
import { Table } from '../table.ts';
import { type Emit, notA } from './emit.ts';
import { others, standard } from './standard.ts';

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

export type Writer = (row: Row, doc: Text, facts: Facts) => void;

type Casts = Readonly<Record<string, Emit>>;

/**
 * Compiles rows for one header; `casts` are those that rows name beside the built-in ones. The writer appends one document
 * to `doc`, sets facts.time by the row of `@timestamp` (`seconds`) and facts.outcome by that of `event.outcome` (`table`),
 * and throws DecodeError, naming the column, for a value that its cast can't take.
 * Throws ConfigError, naming the target, for a cast that nobody knows and for targets that no document can have.
 */
export function compile(
  fields: readonly Field[],
  names: readonly string[],
  casts: Casts = {},
  geo: Pick<Geo, 'of'> = noGeo,
): Writer {
  const rows = withoutRemoved(fields);
  const found = rows.filter(
    ([, columns, cast]) => needsNoColumn(cast) || list(columns).some((name) => names.includes(name)),
  );
  const mark = { ...NONE, kind: EMIT, emit: setMark };
  const operations = marked(merged(flatten(tree(found), { rows, names, casts, geo })), mark);
  return (row, doc, facts) => write(operations, names, row, doc, facts);
}

const needsNoColumn = (cast: Field[2]): boolean => isConstant(cast) || cast === 'others' || cast === 'reshaped';

interface Known {
  readonly rows: readonly Field[];
  readonly names: readonly string[];
  readonly casts: Casts;
  readonly geo: Pick<Geo, 'of'>;
}

function flatten(node: Tree, known: Known): Operation[] {
  const operations: Operation[] = [];
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

function operation(leaf: string, field: Field, known: Known): Operation {
  const [target, columnsOf, cast = 'text'] = field;
  const isList = leaf.endsWith('[]');
  const name = `${JSON.stringify(isList ? leaf.slice(0, -2) : leaf)}:`;
  const columns = list(columnsOf).map((column) => known.names.indexOf(column));
  const common: Operation = {
    ...NONE,
    columns,
    column: columns.find((column) => column >= 0) ?? 0,
    isTime: target === '@timestamp',
    isOutcome: target === 'event.outcome',
  };
  if (typeof cast === 'string') return { ...common, ...named(target, name, cast, isList, known) };
  if ('constant' in cast)
    return { ...common, kind: CONSTANT, key: literal(`${name}${JSON.stringify(cast.constant)},`) };
  if ('table' in cast) {
    const table = new Table(cast.table, (value) => `${name}${value},`);
    return { ...common, kind: TABLE, key: literal(`${name}"`), table, isStrict: cast.strict ?? false };
  }
  if ('tables' in cast) return { ...common, kind: EMIT, key: literal(`${name}[`), emit: listed(cast.tables) };
  throw new ConfigError(`field ${target}: its cast is neither a constant nor a table`);
}

/** Casts that have a kind of their own, by name; `"` opens the value. */
const KINDS: Readonly<Record<string, readonly [kind: number, opening: string]>> = {
  text: [TEXT, '"'],
  int: [INT, ''],
  seconds: [SECONDS, '"'],
};

function named(target: string, name: string, cast: string, isList: boolean, known: Known): Partial<Operation> {
  const { rows, names, casts, geo } = known;
  const emitted = (emit: Emit) => ({ kind: EMIT, key: literal(name), emit });
  if (!isList && Object.hasOwn(KINDS, cast)) return { kind: KINDS[cast][0], key: literal(name + KINDS[cast][1]) };
  if (Object.hasOwn(casts, cast) && !(isList && isCast(cast))) return emitted(casts[cast]);
  if (cast === 'others') return emitted(others(rows, names));
  if (cast === 'reshaped') return emitted(() => {}); // columns stand where they are
  if (isCast(cast)) return emitted(standard(cast, isList, geo));
  throw new ConfigError(`field ${target}: no cast is called ${JSON.stringify(cast)}`);
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

const MAX_TIME = Date.UTC(9999, 11, 31);

/** JSON's and OpenSearch's `long`: digits without a leading zero, below 10^18. */
function isInt(bytes: Uint8Array, start: number, to: number): boolean {
  const from = bytes[start] === 45 && to - start > 1 ? start + 1 : start;
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
