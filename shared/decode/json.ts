/**
 * JSON objects one after another: records by their bytes, never parsed here.
 * In: UTF-8 chunks cut anywhere; white space, commas or nothing between the objects, or the time of a line that CloudWatch Logs
 * exported. Out: views of a window that is reused.
 * The elements of a top-level array are records too, and those of a named member's array: `{"Records":[…]}`.
 * Brackets, quotes and separators are checked, so that a record that was torn does not swallow the ones behind it: the next
 * one starts at a line with a bracket, or where something begins as the first record did (`{"eventVersion":`).
 * https://www.rfc-editor.org/rfc/rfc8259
 */
import { DecodeError } from '../errors.ts';
import { KEPT_OF_REFUSED, MAX_DEPTH, MAX_RECORD_BYTES } from '../limits.ts';
import type { Bytes, Chunk, Decoder, Page } from '../model.ts';
import { isDigit } from '../text/ascii.ts';
import { giveWindow, takeWindow } from './window.ts';

export interface JsonOptions {
  /** A top-level object with an array under this name is not a record: the array's elements are. */
  readonly member?: string;
  /** A larger record is refused, and skipped without being kept. Default: that of limits.ts. */
  readonly maxRecordBytes?: number;
  /** Brackets open at once in one record. Default: that of limits.ts. */
  readonly maxDepth?: number;
  /**
   * Finds quickly where the record ends that starts there, or says that it can't (-1): such a record is looked at with care.
   * In: what was read from its start.
   */
  readonly probe?: ((from: Bytes) => number) | undefined;
}

const SLACK = 8; // readable bytes behind a record, see Bytes
const MOST_OF_HINT = 128;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z $/;
const TIME_BYTES = 25;

const NEWLINE = 10;
const QUOTE = 34;
const COMMA = 44;
const ARRAY = 91;
const BACKSLASH = 92;
const ARRAY_END = 93;
const OBJECT = 123;

/** What the cursor is at. */
const BETWEEN = 0; // records
const RECORD = 1;
const REFUSED = 2; // the rest of a record that is too large or too deep
const GARBAGE = 3; // up to where the next record may start
type Mode = typeof BETWEEN | typeof RECORD | typeof REFUSED | typeof GARBAGE;

/** What holds the records. */
const NOTHING = 0;
const TOP_ARRAY = 1;
const MEMBER_ARRAY = 2;
type Holder = typeof NOTHING | typeof TOP_ARRAY | typeof MEMBER_ARRAY;

/** What garbage is, by how it begins. */
const LINE = 0; // text where no array is open
const TORN = 1; // like a record
const ELEMENT_OF_ARRAY = 2;
type Kind = typeof LINE | typeof TORN | typeof ELEMENT_OF_ARRAY;

/** What may come next in a record, as bits. */
const VALUE = 1;
const ELEMENT = 2; // a value or the array's end
const KEY = 4;
const NAME = 8; // a key or the object's end
const SEPARATOR = 16; // the colon behind a key
const AFTER = 32; // a comma or the end
const INSIDE = 64; // more of a number, true, false, null; or as AFTER

/** Kinds of bytes outside of strings: where each may stand. */
const SPACE = 0;
const STRING = 1;
const OPEN = 2;
const CLOSE_OBJECT = 3;
const CLOSE_ARRAY = 4;
const COLON = 5;
const NEXT = 6; // comma
const PLAIN = 7; // of a number, true, false, null
const BAD = 8;
const ALLOWED = Uint8Array.of(
  255,
  VALUE | ELEMENT | KEY | NAME,
  VALUE | ELEMENT,
  NAME | AFTER | INSIDE,
  ELEMENT | AFTER | INSIDE,
  SEPARATOR,
  AFTER | INSIDE,
  VALUE | ELEMENT | INSIDE,
  0,
);
const SPELLED: readonly (readonly [kind: number, characters: string])[] = [
  [SPACE, ' \t\n\r'],
  [STRING, '"'],
  [OPEN, '{['],
  [CLOSE_OBJECT, '}'],
  [CLOSE_ARRAY, ']'],
  [COLON, ':'],
  [NEXT, ','],
  [PLAIN, '-+.0123456789Eaeflnrstu'],
];
const KINDS = Uint8Array.from(
  { length: 256 },
  (_, c) => SPELLED.find(([, characters]) => characters.includes(String.fromCharCode(c)))?.[0] ?? BAD,
);

/** How a scan ended. */
const MORE = 0; // at the end of what was read
const END = 1;
const WRONG = 2;
const DEEP = 3;
const HELD = 4; // in front of the first record of the named member

/**
 * Each record's bytes, in their order. `seq` counts records from 1, refused ones and garbage too.
 * Refused (DecodeError with the offset in the body and up to 64 KiB of the bytes) are: what is not an object or array, up to
 * the next newline or, in an array, the end of the element; a record whose brackets or separators don't fit, up to where the
 * next one starts; one too large or too deep, up to its end or a line that starts with a bracket; a body that ends inside a
 * record or an array.
 */
export const json = (options: JsonOptions = {}): Decoder<Bytes> =>
  async function* (chunks: AsyncIterable<Chunk>) {
    const records = new Records(options);
    try {
      for await (const chunk of chunks) {
        records.fill(chunk);
        yield records;
      }
      records.close();
      yield records;
    } finally {
      giveWindow(records.bytes);
    }
  };

class Records implements Page<Bytes>, Bytes {
  bytes = new Uint8Array(SLACK);
  view = new DataView(this.bytes.buffer);
  start = 0;
  end = 0;
  seq = 0;

  #read = Buffer.from(this.bytes.buffer, 0, 0); // of the window: a Buffer hops faster than an Uint8Array
  #fill = 0; // behind the last byte read
  #at = 0; // the next byte to look at; one behind #fill when that one is escaped
  #from = 0; // where the record or the garbage starts
  #offset = 0; // of the window in the body
  #closed = false;
  #lastLine = -1; // where the last newline is, of a window that has one

  #mode: Mode = BETWEEN;
  #holder: Holder = NOTHING;
  #depth = 0;
  #expect = VALUE;
  #inString = false;
  #keyAt = 0; // of the last key of the outermost object, from #from
  #isTrailer = false; // what an object has behind the array that held the records
  #hint: Buffer | undefined; // how the first record began, up to the end of its first key
  #garbage: Garbage = { message: '', offset: 0, kind: LINE, hint: undefined, kept: [], bytes: 0 };

  readonly #opened: Uint8Array; // what closes each bracket that is open
  readonly #member: Uint8Array | undefined; // with its closing quote
  readonly #maxBytes: number;
  readonly #maxDepth: number;
  readonly #probe: JsonOptions['probe'];

  constructor({ member, maxRecordBytes = MAX_RECORD_BYTES, maxDepth = MAX_DEPTH, probe }: JsonOptions) {
    this.#member = member === undefined ? undefined : new TextEncoder().encode(JSON.stringify(member).slice(1));
    this.#maxBytes = maxRecordBytes;
    this.#maxDepth = maxDepth;
    this.#probe = probe;
    this.#opened = new Uint8Array(maxDepth + 1);
  }

  /** Takes a chunk behind what is still needed of the window. */
  fill(chunk: Chunk): void {
    if (this.#fill + chunk.length + SLACK > this.bytes.length) this.#makeRoom(chunk.length);
    this.bytes.set(chunk, this.#fill);
    this.#fill += chunk.length;
    this.#read = Buffer.from(this.bytes.buffer, 0, this.#fill);
    if (this.#probe !== undefined) this.#lastLine = this.#read.lastIndexOf(NEWLINE);
  }

  #makeRoom(more: number): void {
    const needed = this.#mode === RECORD ? this.#from : Math.min(this.#at, this.#fill);
    const left = this.#fill - needed;
    const least = left + more + SLACK;
    if (least > this.bytes.length / 2) {
      const bytes = takeWindow(least * 2); // so that a long record is moved only now and then
      bytes.set(this.bytes.subarray(needed, this.#fill));
      giveWindow(this.bytes);
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer);
    } else {
      this.bytes.copyWithin(0, needed, this.#fill);
    }
    this.#fill = left;
    this.#at -= needed;
    this.#from -= needed;
    this.#offset += needed;
  }

  /** No more chunks will come. */
  close(): void {
    this.#closed = true;
  }

  next(): Bytes | undefined {
    for (;;) {
      if (this.#mode === BETWEEN) {
        if (!this.#seek()) return this.#finish();
      } else if (this.#mode === RECORD) {
        const found = this.#take();
        if (found === END) return this;
        if (found === MORE) return undefined;
      } else if (this.#mode === GARBAGE) {
        if (!this.#skipGarbage()) return undefined;
      } else if (!this.#skip()) {
        return this.#finish();
      }
    }
  }

  /** Goes to the next record, or to what is none. False: neither in what was read. */
  #seek(): boolean {
    const bytes = this.#read;
    for (; this.#at < this.#fill; this.#at++) {
      const c = bytes[this.#at];
      if (KINDS[c] === SPACE || c === COMMA) continue;
      if (c === ARRAY && this.#holder === NOTHING) {
        this.#holder = TOP_ARRAY;
      } else if (c === ARRAY_END && this.#holder === TOP_ARRAY) {
        this.#holder = NOTHING;
      } else if (c === ARRAY_END && this.#holder === MEMBER_ARRAY) {
        this.#at++;
        this.#leaveMember();
        return true;
      } else {
        const behind = this.#holder === NOTHING ? this.#timeEnd(this.#at) : this.#at;
        if (behind > this.#fill) return false;
        if (behind > this.#at) {
          this.#at = behind - 1;
          continue;
        }
        this.#from = this.#at;
        if (c === OBJECT || c === ARRAY) this.#begin();
        else this.#spoil('expected a JSON object', this.#holder === NOTHING ? LINE : ELEMENT_OF_ARRAY);
        return true;
      }
    }
    return false;
  }

  /**
   * Behind `2026-11-24T06:00:00.000Z `, if a record follows; where it began if not. More than was read: that is not known yet.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html
   */
  #timeEnd(start: number): number {
    const end = start + TIME_BYTES;
    if (!isDigit(this.bytes[start])) return start;
    if (end >= this.#fill) return this.#closed ? start : end + 1;
    const isTime = TIME.test(this.#read.toString('latin1', start, end));
    return isTime && this.bytes[end] === OBJECT ? end : start;
  }

  #begin(): void {
    this.#mode = RECORD;
    this.#isTrailer = false;
    this.#depth = 0;
    this.#expect = VALUE;
    this.#inString = false;
  }

  /** Goes on in the object that holds the array. */
  #leaveMember(): void {
    this.#begin();
    this.#holder = NOTHING;
    this.#isTrailer = true;
    this.#from = this.#at;
    this.#depth = 1;
    this.#opened[1] = CLOSE_OBJECT;
    this.#expect = AFTER;
  }

  /** Goes on in a record. Throws DecodeError where it is refused at once. */
  #take(): number {
    const found = this.#isProbed() ? END : this.#scan();
    if (found === HELD) {
      this.#holder = MEMBER_ARRAY;
      this.#mode = BETWEEN;
    } else if (found === DEEP) {
      throw this.#refuse(`record deeper than ${this.#maxDepth} brackets`, REFUSED);
    } else if (found === WRONG) {
      this.#spoil('brackets, quotes or separators of the record do not fit', TORN);
    } else if (this.#at - this.#from > this.#maxBytes) {
      throw this.#refuse(`record larger than ${this.#maxBytes} bytes`, found === END ? BETWEEN : REFUSED);
    } else if (found === END) {
      this.#mode = BETWEEN;
      if (this.#isTrailer) return HELD;
      this.start = this.#from;
      this.end = this.#at;
      this.seq++;
      this.#hint ??= this.#hintAt(this.#from, this.#at);
    } else if (this.#closed) {
      this.#spoil(this.#isTrailer ? CUT_ARRAY : 'the input ends inside a record', TORN);
      return WRONG;
    }
    return found;
  }

  /** How the object there begins: `{"name"`. Undefined where it begins otherwise. */
  #hintAt(start: number, end: number): Buffer | undefined {
    const limit = Math.min(end, start + MOST_OF_HINT);
    let at = start + 1;
    while (at < limit && KINDS[this.bytes[at]] === SPACE) at++;
    if (this.bytes[start] !== OBJECT || this.bytes[at] !== QUOTE) return undefined;
    const close = stringEnd(this.#read, this.view, at + 1, limit);
    return close >= limit || close === at + 1 ? undefined : Buffer.from(this.#read.subarray(start, close + 1));
  }

  /** The record has been found by the quick way. What may hold the records is none. */
  #isProbed(): boolean {
    if (this.#probe === undefined || this.#at !== this.#from || this.bytes[this.#from] !== OBJECT) return false;
    if (this.#isTrailer) return false;
    if (this.#member !== undefined && this.#holder === NOTHING) return false;
    if (this.#from > this.#lastLine && this.#lastLine >= 0) return false; // most likely not whole
    this.start = this.#from;
    this.end = Math.min(this.#fill, this.#from + this.#maxBytes);
    const end = this.#probe(this);
    if (end < 0) return false;
    this.#at = end;
    return true;
  }

  #refuse(message: string, mode: Mode): DecodeError {
    this.#mode = mode;
    this.seq++;
    const last = mode === REFUSED ? 1 : 0; // with the bracket that was one too many
    const end = Math.min(this.#at + last, this.#fill, this.#from + KEPT_OF_REFUSED);
    return new DecodeError(message, { offset: this.#offset + this.#from }, { raw: this.bytes.slice(this.#from, end) });
  }

  /** Scans to the record's end or, one byte after the most that it may have, no further. */
  #scan(): number {
    const { view } = this;
    const bytes = this.#read;
    const opened = this.#opened;
    const limit = Math.min(this.#fill, this.#from + this.#maxBytes + 1);
    let at = this.#at;
    let depth = this.#depth;
    let expect = this.#expect;
    let inString = this.#inString;
    let found = MORE;
    for (; at < limit; at++) {
      if (inString) {
        at = stringEnd(bytes, view, at, limit);
        if (at >= limit) break;
        inString = false;
        continue;
      }
      const c = bytes[at];
      const kind = KINDS[c];
      if ((ALLOWED[kind] & expect) === 0) {
        found = WRONG;
        break;
      }
      if (kind === STRING) {
        const isKey = (expect & (KEY | NAME)) !== 0;
        if (isKey && depth === 1) this.#keyAt = at + 1 - this.#from;
        expect = isKey ? SEPARATOR : AFTER;
        inString = true;
      } else if (kind === PLAIN) {
        expect = INSIDE;
      } else if (kind === SPACE) {
        if (expect === INSIDE) expect = AFTER;
      } else if (kind === COLON) {
        expect = VALUE;
      } else if (kind === NEXT) {
        expect = opened[depth] === CLOSE_OBJECT ? KEY : VALUE;
      } else if (kind === OPEN) {
        if (c === ARRAY && depth === 1 && this.#isMember()) {
          found = HELD;
          at++;
          break;
        }
        if (depth === this.#maxDepth) {
          found = DEEP;
          break;
        }
        opened[++depth] = c === OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY;
        expect = c === OBJECT ? NAME : ELEMENT;
      } else if (opened[depth] !== kind) {
        found = WRONG;
        break;
      } else {
        depth--;
        expect = AFTER;
        if (depth === 0) {
          found = END;
          at++;
          break;
        }
      }
    }
    this.#at = at;
    this.#depth = depth;
    this.#expect = expect;
    this.#inString = inString;
    return found;
  }

  /** Was the last key of a top-level object the member that holds the records? */
  #isMember(): boolean {
    const member = this.#member;
    if (member === undefined || this.#holder !== NOTHING) return false;
    const at = this.#from + this.#keyAt;
    for (let i = 0; i < member.length; i++) if (this.bytes[at + i] !== member[i]) return false;
    return true;
  }

  /**
   * Skips to the end of what is open, without keeping it, or to a line that starts with a bracket: inside of a text there is
   * none, so that line is another record's. False: neither has been read yet.
   */
  #skip(): boolean {
    const bytes = this.#read;
    const { at: line, isFinal } = this.#lineEnd(Math.min(this.#at, this.#fill));
    for (; this.#at < line; this.#at++) {
      if (this.#inString) {
        this.#at = stringEnd(bytes, this.view, this.#at, line);
        if (this.#at >= line) break;
        this.#inString = false;
        continue;
      }
      const kind = KINDS[bytes[this.#at]];
      if (kind === STRING) this.#inString = true;
      else if (kind === OPEN) this.#depth++;
      else if ((kind === CLOSE_OBJECT || kind === CLOSE_ARRAY) && --this.#depth === 0) {
        this.#at++;
        this.#mode = BETWEEN;
        return true;
      }
    }
    if (!isFinal || line === this.#fill) return false;
    this.#at = line;
    this.#mode = BETWEEN;
    return true;
  }

  /** From #from on there is no record. */
  #spoil(message: string, kind: Kind): void {
    const hint = this.#hint ?? this.#hintAt(this.#from, this.#fill);
    this.#mode = GARBAGE;
    this.#at = this.#from;
    this.#inString = false;
    this.#garbage = { message, offset: this.#offset + this.#from, kind, hint, kept: [], bytes: 0 };
  }

  /** Throws DecodeError at the garbage's end. False: the end has not been read yet. */
  #skipGarbage(): false {
    const end = this.#garbageEnd();
    const { message, offset, kept } = this.#garbage;
    const most = Math.min(end.at, this.#at + KEPT_OF_REFUSED - this.#garbage.bytes);
    kept.push(this.bytes.slice(this.#at, most));
    this.#garbage.bytes += most - this.#at;
    this.#at = end.at;
    if (!end.isFinal) return false;
    this.#mode = BETWEEN;
    this.seq++;
    throw new DecodeError(message, { offset }, { raw: Buffer.concat(kept) });
  }

  /** Where the next record may start, whichever sign of it comes first. */
  #garbageEnd(): Place {
    const { kind } = this.#garbage;
    const end = kind === TORN ? this.#lineEnd(this.#at) : kind === LINE ? this.#newline() : this.#elementEnd();
    const { hint } = this.#garbage;
    if (hint === undefined) return end;
    const isStart = this.#garbage.bytes === 0 && this.#at === this.#from;
    const at = this.#read.indexOf(hint, isStart ? this.#at + 1 : this.#at);
    if (at >= 0 && at < end.at) return { at, isFinal: true };
    if (end.isFinal) return end;
    // the hint may have been read in part
    return { at: Math.max(this.#at, Math.min(end.at, this.#fill - hint.length + 1)), isFinal: false };
  }

  #newline(): Place {
    const at = this.#read.indexOf(NEWLINE, this.#at);
    return at < 0 ? { at: this.#fill, isFinal: this.#closed } : { at, isFinal: true };
  }

  /** The newline in front of an opening bracket: lines of an indented record have none. */
  #lineEnd(from: number): Place {
    const bytes = this.#read;
    for (let at = from; ; at++) {
      at = bytes.indexOf(NEWLINE, at);
      if (at < 0) return { at: this.#fill, isFinal: this.#closed };
      if (at + 1 === this.#fill) return { at: this.#closed ? at + 1 : at, isFinal: this.#closed };
      if (KINDS[bytes[at + 1]] === OPEN) return { at, isFinal: true };
    }
  }

  /** The comma or bracket behind it, or a newline. */
  #elementEnd(): Place {
    const bytes = this.#read;
    for (let at = this.#at; at < this.#fill; at++) {
      if (this.#inString) {
        at = stringEnd(bytes, this.view, at, this.#fill);
        if (at >= this.#fill) return { at, isFinal: this.#closed };
        this.#inString = false;
        continue;
      }
      const c = bytes[at];
      if (c === QUOTE) this.#inString = true;
      else if (c === COMMA || c === ARRAY_END || c === NEWLINE) return { at, isFinal: true };
    }
    return { at: this.#fill, isFinal: this.#closed };
  }

  /** At the end of what was read: throws DecodeError where the body ends too early. */
  #finish(): undefined {
    if (!this.#closed) return;
    const message = this.#mode === REFUSED ? 'the input ends inside a record that was refused' : CUT_ARRAY;
    const isOpen = this.#holder !== NOTHING || this.#mode === REFUSED;
    this.#holder = NOTHING;
    this.#mode = BETWEEN;
    if (!isOpen) return;
    this.seq++;
    throw new DecodeError(message, { offset: this.#offset + this.#fill });
  }
}

const CUT_ARRAY = 'the input ends before its array does';

interface Place {
  readonly at: number;
  /** Nothing that is read later moves it. */
  readonly isFinal: boolean;
}

interface Garbage {
  readonly message: string;
  /** Of its start in the body. */
  readonly offset: number;
  readonly kind: Kind;
  /** How the next record may begin. */
  readonly hint: Buffer | undefined;
  readonly kept: Uint8Array[];
  /** Kept so far. */
  bytes: number;
}

const LOWEST = 0x80808080 | 0;
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;

/** Of four bytes at once: is one of them zero? https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord */
const hasZero = (word: number) => (word - 0x01010101) & ~word & LOWEST;

/** Where the string closes. From `limit` on: where to go on once there is more, past a byte that is escaped. */
function stringEnd(bytes: Buffer, view: DataView, from: number, limit: number): number {
  let at = from;
  while (at < limit) {
    for (; at + 4 <= limit; at += 4) {
      const word = view.getInt32(at, true);
      if (hasZero(word ^ QUOTES) | hasZero(word ^ BACKSLASHES)) break;
    }
    for (const stop = Math.min(at + 4, limit); at < stop; at++) {
      const c = bytes[at];
      if (c === QUOTE) return at;
      if (c === BACKSLASH) at++;
    }
  }
  return at;
}
