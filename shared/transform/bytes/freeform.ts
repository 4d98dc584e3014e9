/** Free-form parts of a record: what flat_object fields take, and what no row reads. */
import { type JsonFields, LONG, LONG_NAME, MAP, type Other, STRING } from '../../decode/jsonfields.ts';
import { type Literal, literal, type Text } from '../../text/text.ts';
import { trimmed } from '../flat.ts';
import { parsed } from '../numbers.ts';
import type { Json } from '../rows.ts';
import { copy } from './append.ts';

const QUOTE = 34;
const COMMA = 44;
const OBJECT = 123;
const OBJECT_END = 125;

/** Free-form detail as a flat_object takes it: an object, without nulls, with long strings cut. */
export function flat(fields: JsonFields, index: number, key: Literal, doc: Text, marks: string[]): void {
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

/** The same as transform/flat.ts, and what was cut is told. */
const tamed = (value: Json, path: string, marks: string[]): Json | undefined =>
  trimmed(value, path, (cut) => {
    const shown = cut.length > LONG_NAME ? path : cut;
    if (!marks.includes(shown)) marks.push(shown);
  });

export function others(fields: JsonFields, key: Literal, doc: Text, marks: string[]): void {
  if (fields.others.length === 0) return;
  doc.literal(key);
  doc.byte(OBJECT);
  // of members with the same name the last counts, as in any JSON
  const byName = new Map(fields.others.map((other) => [nameOf(fields, other), other]));
  for (const [name, { path, nameStart, start, end, isOdd }] of byName) {
    doc.byte(QUOTE);
    doc.string(name);
    doc.literal(NAME_END);
    if (nameStart === 0) marks.push(path);
    free(fields, start, end, isOdd || end - start > LONG, name, doc, marks);
    doc.byte(COMMA);
  }
  doc.bytes[doc.length - 1] = OBJECT_END;
  doc.byte(COMMA);
}

const NAME_END = literal('":');

function nameOf({ bytes }: JsonFields, { path, nameStart, nameEnd }: Other): string {
  const name = path + Buffer.from(bytes.subarray(nameStart, nameEnd)).toString();
  return name.length > LONG_NAME ? `${name.slice(0, LONG_NAME)}…` : name;
}
