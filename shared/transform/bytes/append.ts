/** Appends values of a record to a document, as the bytes that they were. */
import { ABSENT, type JsonFields, PLAIN, STRING } from '../../decode/jsonfields.ts';
import { type Literal, literal, type Text } from '../../text/text.ts';

const QUOTE = 34;
const COMMA = 44;
const ARRAY_END = 93;
const QUOTE_COMMA = literal('",');

/** What opens the string, the string and what ends it, at once: 11 ns instead of 20. */
export function text(
  doc: Text,
  { words, length }: Literal,
  { view: from }: JsonFields,
  start: number,
  end: number,
): void {
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

export function copy(doc: Text, { bytes, view }: JsonFields, start: number, end: number): void {
  if (end - start <= 256) doc.copy(view, start, end);
  else doc.append(bytes.subarray(start, end));
}

/** A list of the values' texts, each once. `key` opens the list. */
export function texts(fields: JsonFields, indexes: readonly number[], key: Literal, doc: Text): void {
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
