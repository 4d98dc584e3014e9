/** Free-form parts of a record: what flat_object fields take, and what no row reads. */
import { type JsonFields, LONG, MAP, STRING } from '../../decode/jsonfields.ts';
import { type Literal, literal, type Text } from '../../text/text.ts';
import { isObject, parsed } from '../numbers.ts';
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

export function others(fields: JsonFields, key: Literal, doc: Text, marks: string[]): void {
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
