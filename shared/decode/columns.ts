/**
 * Lines of columns, separated by single spaces, whose header line names them (VPC flow logs).
 * In: UTF-8 chunks cut anywhere. Out: rows, views of a window that is reused.
 * A header can come again anywhere: objects may have been joined. Blank lines are skipped; \r\n ends a line too.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */
import { isAscii } from 'node:buffer';
import { DecodeError } from '../errors.ts';
import { KEPT_OF_REFUSED, MAX_COLUMN_NAME_BYTES, MAX_COLUMNS, MAX_LINE_BYTES } from '../limits.ts';
import type { Bytes, Chunk, Decoder, Page } from '../model.ts';
import { ipv4 } from '../text/ip.ts';
import { giveWindow, takeWindow } from './window.ts';

const WINDOW = MAX_LINE_BYTES;

const SPACE = 32;
const NEWLINE = 10;

/** The names of the columns. One object per header line: compare by identity. */
export interface Header {
  readonly names: readonly string[];
}

/** One line. Column `i` is `bytes[starts[i]…ends[i]]`; an absent value ("-") is empty. */
export interface Row extends Bytes {
  readonly header: Header;
  readonly count: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Some byte needs care: not ASCII, a control character, a quote or a backslash. */
  readonly odd: boolean;
  /** A column's IPv4 address as a number, -1 for anything else; found once per row. */
  ipv4(column: number): number;
}

export interface ColumnsOptions {
  /** Tells a header line from a record by its columns. */
  readonly isHeader: (columns: readonly string[]) => boolean;
  /** Names the columns of a body without a header line, by its first line and its uri; undefined: not known. */
  readonly headless: (columns: readonly string[], uri?: string) => readonly string[] | undefined;
}

export const columns = (options: ColumnsOptions): Decoder<Row> =>
  async function* (chunks: AsyncIterable<Chunk>, uri?: string) {
    const lines = new Lines(options, uri);
    try {
      for await (const chunk of chunks) {
        for (let at = 0; at < chunk.length; ) {
          at += lines.fill(chunk, at);
          yield lines;
        }
      }
      if (lines.close()) yield lines;
    } finally {
      giveWindow(lines.bytes);
    }
  };

class Lines implements Page<Row>, Row {
  readonly bytes = takeWindow(WINDOW + 64);
  readonly view = new DataView(this.bytes.buffer);
  readonly starts = new Int32Array(MAX_COLUMNS);
  readonly ends = new Int32Array(MAX_COLUMNS);
  readonly #addresses = new Float64Array(MAX_COLUMNS);
  readonly #addressSeqs = new Float64Array(MAX_COLUMNS); // the line that an address was found in
  header: Header = { names: [] };
  seq = 0;
  start = 0;
  end = 0;
  count = 0;
  odd = false;
  #from = 0; // the next line
  #fill = 0; // behind the last byte read
  #isSuspect = false; // some byte read so far is not plain
  #skipping = false; // inside a line that is too long
  readonly #options: ColumnsOptions;
  readonly #uri: string | undefined;

  constructor(options: ColumnsOptions, uri: string | undefined) {
    this.#options = options;
    this.#uri = uri;
  }

  /** Takes some of a chunk, how much it says. */
  fill(chunk: Chunk, at: number): number {
    this.bytes.copyWithin(0, this.#from, this.#fill);
    this.#fill -= this.#from;
    this.#from = 0;
    const taken = Math.min(chunk.length - at, WINDOW - this.#fill);
    const part = chunk.subarray(at, at + taken);
    this.bytes.set(part, this.#fill);
    this.#isSuspect ||= !isPlain(part);
    this.#fill += taken;
    return taken;
  }

  /** Closes a last line that has no newline; false when there is none. */
  close(): boolean {
    if (this.#from === this.#fill) return false;
    this.bytes[this.#fill++] = 10;
    return true;
  }

  next(): Row | undefined {
    for (;;) {
      if (this.#skipping && !this.#skip()) return undefined;
      if (!this.#scan()) {
        if (this.#fill - this.#from < WINDOW) return undefined;
        this.#skipping = true;
        this.seq++;
        const raw = this.bytes.slice(this.#from, this.#from + KEPT_OF_REFUSED);
        throw new DecodeError('line too long', { limit: WINDOW }, { raw });
      }
      this.seq++;
      if (this.end === this.start || this.#isHeader()) continue;
      const expected = this.header.names.length;
      if (this.count !== expected) {
        throw new DecodeError(`expected ${expected} columns, found ${this.count}`, {}, { raw: this.#line() });
      }
      return this;
    }
  }

  ipv4(column: number): number {
    if (this.#addressSeqs[column] !== this.seq) {
      this.#addressSeqs[column] = this.seq;
      this.#addresses[column] = ipv4(this.bytes, this.starts[column], this.ends[column]);
    }
    return this.#addresses[column];
  }

  /** Finds the next line's end and its columns. False: the line's end has not been read yet. */
  #scan(): boolean {
    const { bytes, view, starts, ends } = this;
    const fill = this.#fill;
    let start = this.#from;
    let column = 0;
    let hasControl = false;
    for (let at = start; ; at++) {
      // four bytes at a time to the next one that is not above a space: the lowest flag is exact, higher ones may be carries
      for (;;) {
        const word = view.getInt32(at, true);
        const flags = (word - 0x21212121) & ~word & 0x80808080;
        if (flags !== 0) {
          at += (31 - Math.clz32(flags & -flags)) >> 3;
          break;
        }
        at += 4;
        if (at >= fill) return false;
      }
      if (at >= fill) return false;
      const c = bytes[at];
      if (c < SPACE && c !== NEWLINE) {
        hasControl = true;
        continue;
      }
      const end = c === NEWLINE && hasControl && bytes[at - 1] === 13 ? at - 1 : at;
      if (column < MAX_COLUMNS) {
        starts[column] = start;
        ends[column] = end - start === 1 && bytes[start] === 45 ? start : end;
      }
      column++;
      start = at + 1;
      if (c === SPACE) continue;
      this.start = this.#from;
      this.end = end;
      this.count = column;
      this.odd = hasControl || (this.#isSuspect && isOdd(bytes, this.#from, end));
      this.#from = start;
      return true;
    }
  }

  /** Drops the rest of a line that is too long. False: its end has not been read yet. */
  #skip(): boolean {
    const at = this.bytes.subarray(0, this.#fill).indexOf(10, this.#from);
    this.#from = at < 0 ? this.#fill : at + 1;
    this.#skipping = at < 0;
    return at >= 0;
  }

  #isHeader(): boolean {
    const first = this.header.names.length === 0;
    if (!first) {
      for (let i = 0; i < this.count && i < MAX_COLUMNS; i++) {
        const c = this.bytes[this.starts[i]];
        if (c < 97 || c > 122) return false; // the names all start with a letter a…z, records hold numbers
      }
    }
    const found = Buffer.from(this.#line()).toString().split(' ');
    if (this.#options.isHeader(found)) {
      const fault = faultOf(found);
      if (fault !== undefined) throw new DecodeError(fault, {}, { raw: this.#line() });
      this.header = { names: found };
      return true;
    }
    if (first) {
      const names = this.#options.headless(found, this.#uri);
      if (names === undefined) {
        throw new DecodeError('no header line names the columns', {}, { raw: this.#line() });
      }
      this.header = { names };
    }
    return false;
  }

  #line(): Uint8Array {
    return this.bytes.slice(this.start, this.end);
  }
}

/** Why a header line can't be one. */
function faultOf(names: readonly string[]): string | undefined {
  if (names.length > MAX_COLUMNS) return `too many columns: ${names.length}, at most ${MAX_COLUMNS}`;
  const isLong = (name: string) => Buffer.byteLength(name) > MAX_COLUMN_NAME_BYTES;
  if (names.some(isLong)) return `the name of a column is longer than ${MAX_COLUMN_NAME_BYTES} bytes`;
  return names.includes('') ? 'a column has no name' : undefined;
}

const QUOTE = 34;
const BACKSLASH = 92;

/** Holds nothing that JSON would escape, but for control characters. Native scans, so it costs next to nothing. */
const isPlain = (bytes: Uint8Array): boolean =>
  isAscii(bytes) && bytes.indexOf(QUOTE) < 0 && bytes.indexOf(BACKSLASH) < 0;

function isOdd(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] > 127 || bytes[i] === QUOTE || bytes[i] === BACKSLASH) return true;
  return false;
}
