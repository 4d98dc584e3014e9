/**
 * Parquet's hybrid of run lengths and bit packing: small whole numbers, as levels and as indices into a dictionary.
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
 */
import { DecodeError } from '../../errors.ts';

const MOST_BITS = 24; // a word of 32 less the bits in front of the value

/** A cursor. At least 4 readable bytes follow `end`. Throws DecodeError where the bytes end before the values do. */
export class Hybrid {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #width: number;
  readonly #mask: number;
  #at: number;
  #left = 0; // of the run
  #isPacked = false;
  #value = 0; // of all in a run that is not packed
  #bit = 0; // where the next packed value starts

  constructor(bytes: Uint8Array, start: number, end: number, width: number) {
    if (width > MOST_BITS) throw new DecodeError(`values of ${width} bits, at most ${MOST_BITS}`);
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#width = width;
    this.#mask = 2 ** width - 1;
  }

  next(): number {
    while (this.#left === 0) this.#run();
    this.#left--;
    if (!this.#isPacked) return this.#value;
    const bytes = this.#bytes;
    const at = this.#bit >> 3;
    const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    const value = (word >>> (this.#bit & 7)) & this.#mask;
    this.#bit += this.#width;
    return value;
  }

  #run(): void {
    if (this.#at >= this.#end) throw new DecodeError('a page ends before its values do');
    const header = this.#varint();
    this.#isPacked = (header & 1) === 1;
    if (this.#isPacked) {
      const groups = header >>> 1;
      this.#left = groups * 8;
      this.#bit = this.#at * 8;
      this.#at += groups * this.#width;
    } else {
      this.#left = header >>> 1;
      this.#value = 0;
      for (let shift = 0; shift < this.#width; shift += 8) this.#value |= this.#bytes[this.#at++] << shift;
    }
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
      if (shift > 28) throw new DecodeError('a page has a run without an end');
    }
  }
}
