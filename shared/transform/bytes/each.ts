/** A list of objects, each made into one by rows of its own. */
import { ABSENT, LIST } from '../../decode/jsonfields.ts';
import type { Field } from '../rows.ts';
import { compile } from './compile.ts';
import type { Emit } from './write.ts';

const COMMA = 44;
const ARRAY = 91;
const ARRAY_END = 93;
const OBJECT = 123;

/**
 * A cast for a list of objects: each becomes what `rows` make of it. A list with anything more in it is kept whole as well,
 * and what is not a list of objects is kept only so.
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
        writeInner(doc, facts, undefined);
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
