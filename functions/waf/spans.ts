/** Texts in a record by where they stand, without their quotes. */
import type { Text } from '../../shared/model.ts';
import { type Literal, literal } from '../../shared/text/text.ts';

const QUOTE = 34;
const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;
const QUOTE_COMMA = literal('",');

export class Spans {
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

  /** Appends a list of them, or nothing. */
  append(doc: Text, view: DataView, key: Literal): void {
    if (this.count === 0) return;
    doc.literal(key);
    doc.byte(OPEN);
    for (let i = 0; i < this.count; i++) {
      doc.byte(QUOTE);
      doc.copy(view, this.starts[i], this.ends[i]);
      doc.literal(QUOTE_COMMA);
    }
    doc.bytes[doc.length - 1] = CLOSE;
    doc.byte(COMMA);
  }
}

function twice(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(numbers.length * 2);
  grown.set(numbers);
  return grown;
}
