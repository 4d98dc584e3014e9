/**
 * Lines of text, one record each, for logs of low volume. columns.ts is the fast way for lines whose header names the columns.
 * In: UTF-8 chunks cut anywhere. Out: views of a line without its line break; blank lines are skipped but counted.
 */
import { isUtf8 } from 'node:buffer';
import { DecodeError } from '../errors.ts';
import { KEPT_OF_REFUSED, MAX_LINE_BYTES } from '../limits.ts';
import type { Bytes, Chunk, Decoder, Page } from '../model.ts';

const SLACK = 8; // readable bytes behind a line, see Bytes
const NEWLINE = 10;
const RETURN = 13;

/** `seq` is the line number. Throws DecodeError for a line over MAX_LINE_BYTES, which it then skips. */
export const lines: Decoder<Bytes> = async function* (chunks) {
  const page = new Lines();
  for await (const chunk of chunks) {
    page.fill(chunk);
    yield page;
  }
  page.fill(Uint8Array.of(NEWLINE));
  yield page;
};

class Lines implements Page<Bytes> {
  seq = 0;
  #buffer = Buffer.alloc(SLACK);
  #from = 0;
  #fill = 0;
  #isTooLong = false; // the line that is being read

  fill(chunk: Chunk): void {
    const rest = this.#buffer.subarray(this.#from, this.#fill);
    const buffer = Buffer.alloc(rest.length + chunk.length + SLACK);
    buffer.set(rest);
    buffer.set(chunk, rest.length);
    this.#fill = rest.length + chunk.length;
    this.#buffer = buffer;
    this.#from = 0;
  }

  next(): Bytes | undefined {
    for (;;) {
      const newline = this.#buffer.subarray(0, this.#fill).indexOf(NEWLINE, this.#from);
      const start = this.#from;
      const end = newline < 0 ? this.#fill : newline;
      if (!this.#isTooLong && end - start > MAX_LINE_BYTES) throw this.#refuse(start);
      this.#from = newline < 0 ? (this.#isTooLong ? end : start) : end + 1;
      if (newline < 0) return undefined;
      const isSkipped = this.#isTooLong;
      this.#isTooLong = false;
      if (isSkipped) continue;
      this.seq++;
      const line = lineOf(this.#buffer, start, this.#buffer[end - 1] === RETURN ? end - 1 : end);
      if (line.end > line.start) return line;
    }
  }

  #refuse(start: number): DecodeError {
    this.#isTooLong = true;
    this.seq++;
    const raw = new Uint8Array(this.#buffer.subarray(start, start + KEPT_OF_REFUSED));
    return new DecodeError(`line longer than ${MAX_LINE_BYTES} bytes`, {}, { raw });
  }
}

const lineOf = (buffer: Buffer, start: number, end: number): Bytes => ({
  bytes: buffer,
  view: new DataView(buffer.buffer, buffer.byteOffset, buffer.length),
  start,
  end: Math.max(start, end),
});

/** Throws DecodeError where the line is not UTF-8. */
export function textOf({ bytes, start, end }: Bytes): string {
  const line = bytes.subarray(start, end);
  if (!isUtf8(line)) throw new DecodeError('not UTF-8');
  return Buffer.from(line.buffer, line.byteOffset, line.length).toString();
}
