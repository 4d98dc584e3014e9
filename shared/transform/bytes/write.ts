/** Runs the operations of a compiled field map over one record. */
import { ABSENT, type JsonFields, PLAIN, STRING } from '../../decode/jsonfields.ts';
import type { Facts } from '../../model.ts';
import { type Literal, literal, type Text } from '../../text/text.ts';
import { CLOSE, CONSTANT, close, OPEN } from '../operations.ts';
import type { Table } from '../table.ts';
import { copy, text, texts } from './append.ts';
import { flat, others } from './freeform.ts';
import { instantOf } from './instant.ts';

/**
 * Appends `"key":value,` for the values of some paths, or nothing. `key` is `"key":`, rendered; `indexes` are the paths' numbers;
 * `context` is what the source has found out of the record as a whole.
 */
export type Emit<C = unknown> = (
  fields: JsonFields,
  indexes: readonly number[],
  key: Literal,
  doc: Text,
  facts: Facts,
  context: C,
) => void;

export const EMIT = 3;
export const TEXT = 4;
export const BOOLEAN = 5;
export const INSTANT = 6;
export const TABLE = 7;
export const FLAT = 8;
export const OTHERS = 9;
export const RESHAPED = 10;
export const TEXTS = 11;

/** All operations have the same shape, so that the loop over them stays monomorphic. */
export interface Operation<C> {
  readonly kind: number;
  /** `"key":` with what opens the value. */
  readonly key: Literal;
  readonly indexes: readonly number[];
  readonly table: Table | undefined;
  readonly isStrict: boolean;
  readonly emit: Emit<C> | undefined;
  /** Fills facts.time. */
  readonly isTime: boolean;
}

const COMMA = 44;
const OBJECT = 123;
const OBJECT_END = 125;
const QUOTE_COMMA = literal('",');

export interface State {
  /** Where the objects that are open began. */
  readonly opened: Int32Array;
  /** Paths of values that the document has otherwise. */
  readonly marks: string[];
}

export function write<C>(
  operations: readonly Operation<C>[],
  state: State,
  fields: JsonFields,
  doc: Text,
  facts: Facts,
  context: C,
): void {
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
      op.emit!(fields, indexes, key, doc, facts, context);
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

/** False: the value is not of the type. */
function typed(
  { kind, key, table, isStrict, isTime }: Operation<never>,
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
