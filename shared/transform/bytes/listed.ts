/**
 * A list of objects, looked at while its record is read: the text of one member of each object, and which objects say more.
 * All by where it stands; nothing is parsed and nothing copied.
 */

import { ABSENT, type Each, JsonFields, STRING } from '../../decode/jsonfields.ts';
import type { Text } from '../../model.ts';
import { type Literal, literal } from '../../text/text.ts';

const NOTHING = 2; // bytes of an empty list or object

export class Listed implements Each {
  readonly fields: JsonFields;
  /** Without quotes. */
  readonly texts = new Spans();
  /** Objects with other fields that are not empty, with their braces. */
  readonly rich = new Spans();
  /** All had a text. */
  isRegular = true;

  /** `name`: of the member; `others`: those that may be there and empty. */
  constructor(name: string, others: readonly string[] = []) {
    this.fields = new JsonFields([name, ...others].map((each) => ({ name: each, isFree: true })));
  }

  begin(): void {
    this.isRegular = true;
    this.texts.clear();
    this.rich.clear();
  }

  look(start: number, end: number): void {
    const { kinds, starts, ends, others } = this.fields;
    if (kinds[0] === STRING) this.texts.add(starts[0], ends[0]);
    else this.isRegular = false;
    let isRich = others.length > 0;
    for (let i = 1; i < kinds.length; i++) isRich ||= kinds[i] !== ABSENT && ends[i] - starts[i] > NOTHING;
    if (isRich) this.rich.add(start, end);
  }

  /** Appends `"key":["…",…],` of the texts, or nothing. `key` is `"key":`, rendered. */
  append(doc: Text, view: DataView, key: Literal): void {
    const { count, starts, ends } = this.texts;
    if (count === 0) return;
    doc.literal(key);
    doc.byte(OPEN);
    for (let i = 0; i < count; i++) {
      doc.byte(QUOTE);
      doc.copy(view, starts[i], ends[i]);
      doc.literal(QUOTE_COMMA);
    }
    doc.bytes[doc.length - 1] = CLOSE;
    doc.byte(COMMA);
  }
}

const QUOTE = 34;
const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;
const QUOTE_COMMA = literal('",');

/** Parts of a record. */
class Spans {
  count = 0;
  starts = new Int32Array(128);
  ends = new Int32Array(128);

  clear(): void {
    this.count = 0;
  }

  add(start: number, end: number): void {
    if (this.count === this.starts.length) {
      this.starts = twice(this.starts);
      this.ends = twice(this.ends);
    }
    this.starts[this.count] = start;
    this.ends[this.count++] = end;
  }
}

function twice(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(numbers.length * 2);
  grown.set(numbers);
  return grown;
}
