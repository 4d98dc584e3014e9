/**
 * Where values stand in a JSON record, by their paths: one pass over its bytes, nothing is parsed and nothing copied.
 * In: records as json.ts cuts them out, whose brackets and separators fit. Strings, numbers and words are checked here, so
 * that whatever is copied from a record is JSON.
 */
import { isUtf8 } from 'node:buffer';
import { DecodeError } from '../errors.ts';
import { MAX_DEPTH } from '../limits.ts';
import type { Bytes } from '../model.ts';
import { isDigit, isHex } from '../text/ascii.ts';

export interface Path {
  /** Names joined by dots. */
  readonly name: string;
  /** Any value is looked for; else one that is not an object and no array. */
  readonly isFree: boolean;
  /** What looks at the objects of its list on the way. */
  readonly each?: Each | undefined;
}

/** Looks at the objects of a list one after the other, each when `fields` has its values. */
export interface Each {
  readonly fields: JsonFields;
  /** There is none yet. */
  begin(): void;
  /** In: where the object starts and ends. */
  look(start: number, end: number): void;
}

/** A value that no path names, or one that a path names and that is an object or an array where it should not be. */
export interface Other {
  /** Names of the objects that it is in, each with a dot; of a value that a path names its whole path. */
  readonly path: string;
  /** Where its own name stands in the record, without quotes; 0 for a value that a path names. */
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly start: number;
  readonly end: number;
  readonly isOdd: boolean;
}

/** Longer strings make a value odd: see `flat` in map/fields.ts. */
export const LONG = 10_000;
/** So do longer names, and numbers with more digits: OpenSearch refuses 1,000. */
export const LONG_NAME = 200;
const LONG_NUMBER = 300;
/** And objects with more members than names are compared of. */
const MANY = 64;

interface Node {
  /** What a path here is numbered, or -1. */
  index: number;
  isFree: boolean;
  each: Each | undefined;
  /** Its name and those of the objects that it is in. */
  readonly name: string;
  readonly keys: Key[];
  /** An object that it is in is wanted whole. */
  isPart: boolean;
  /** So is it or one that it is in: nothing in it is missed. */
  isCovered: boolean;
  /** The key that the last such object began with. */
  first: Key | undefined;
}

interface Key {
  /** `"name":` */
  readonly words: Int32Array;
  readonly lastMask: number;
  readonly length: number;
  readonly node: Node;
  /** The key that followed the last time: objects of a kind mostly look alike. */
  next: Key | undefined;
}

/** Kinds of values. */
export const ABSENT = 0;
export const STRING = 1;
export const PLAIN = 2; // a number, true, false
export const LIST = 3;
export const MAP = 4;

// Why a value is odd: it can't be copied as it is.
const SPACED = 1; // it may hold line breaks
const LONG_STRING = 2;
const NULL = 4;
/** A list whose objects are looked at has something else in it. */
export const MIXED = 8;
/** Two members of an object may have the same name, which OpenSearch refuses; or a name or a number is long. */
const NAMED_TWICE = 16;

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const ARRAY = 91;
const BACKSLASH = 92;
const ARRAY_END = 93;
const OBJECT = 123;
const OBJECT_END = 125;

const FALS = 0x736c6166;
const TRUE = 0x65757274;
const NULL_WORD = 0x6c6c756e;

const LOWEST = 0x80808080 | 0;
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;

/** One record's values; the next `find` overwrites them. */
export class JsonFields {
  bytes: Uint8Array = new Uint8Array(8);
  view = new DataView(this.bytes.buffer);
  /** What each path's value is: ABSENT also where it is null. */
  readonly kinds: Uint8Array;
  /** Where it stands; a string without its quotes. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Is 0 for a value without white space, nulls and long strings. */
  readonly odd: Uint8Array;
  readonly others: Other[] = [];

  readonly #root = nodeOf('');
  readonly #nodes: readonly Node[]; // of the paths
  #buffer = Buffer.from(this.bytes.buffer); // the same bytes: its texts are cheap
  readonly #lists: readonly Each[];
  #flags = 0;
  #depth = 0; // of brackets in a value that is skipped
  #high = 0; // or of all bytes of strings
  #end = 0;
  #known: Bytes | undefined; // the record that `probe` has just found
  #knownEnd = 0;
  /** Hashes of the names of the objects that are open, each object's behind those of the one that it is in. */
  #names = new Int32Array(256);
  #named = 0;
  #isEscaped = false; // the last string has a backslash

  constructor(paths: readonly Path[]) {
    this.kinds = new Uint8Array(paths.length);
    this.starts = new Int32Array(paths.length);
    this.ends = new Int32Array(paths.length);
    this.odd = new Uint8Array(paths.length);
    this.#nodes = paths.map(({ name, isFree, each }, index) =>
      Object.assign(descend(this.#root, name.split('.')), { index, isFree, each }),
    );
    this.#lists = paths.flatMap(({ each }) => each ?? []);
    cover(this.#root, false);
  }

  /** In: a record, or what begins with one. Out: its end. Throws DecodeError where it is not an object or not JSON. */
  find(record: Bytes): number {
    const { bytes, view, start, end } = record;
    const isKnown = record === this.#known && end === this.#knownEnd;
    this.#known = undefined;
    if (isKnown) return end;
    if (this.bytes !== bytes) this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.bytes = bytes;
    this.view = view;
    this.kinds.fill(ABSENT);
    this.others.length = 0;
    this.#flags = 0;
    this.#high = 0;
    this.#depth = 0;
    this.#named = 0;
    this.#end = end;
    for (let i = 0; i < this.#lists.length; i++) this.#lists[i].begin();
    if (bytes[start] !== OBJECT) throw new DecodeError('the record is not a JSON object');
    const found = this.#object(start + 1, this.#root);
    if ((this.#high & LOWEST) !== 0 && !isUtf8(bytes.subarray(start, found))) throw new DecodeError('not UTF-8');
    return found;
  }

  /**
   * The same for a record whose end is not known, all on one line: -1 where it is not whole or anything is odd about it.
   * What was found is found again at no cost, if it is the next that `find` is asked for.
   */
  probe(record: Bytes): number {
    const { end: limit } = record;
    try {
      const end = this.find(record);
      if (end > limit || (this.#flags & SPACED) !== 0) return -1;
      this.#known = record;
      this.#knownEnd = end;
      return end;
    } catch {
      return -1; // whoever looks with more care will say what is wrong
    }
  }

  /** A path's value as text. */
  text(index: number): string | undefined {
    const kind = this.kinds[index];
    if (kind === ABSENT) return undefined;
    const isAscii = (this.#high & LOWEST) === 0;
    const start = this.starts[index];
    const end = this.ends[index];
    const text = isAscii ? this.#buffer.toString('latin1', start, end) : this.#buffer.toString('utf8', start, end);
    return kind === STRING && text.includes('\\') ? JSON.parse(`"${text}"`) : text;
  }

  nameOf(index: number): string {
    return this.#nodes[index].name;
  }

  /** Puts a part of the record in a path's place. */
  set(index: number, kind: number, start: number, end: number): void {
    this.kinds[index] = kind;
    this.starts[index] = start;
    this.ends[index] = end;
    this.odd[index] = 0;
  }

  /** Puts a part of a text in a path's place, without the half of an escape at its end, as of `\/`. */
  part(index: number, start: number, end: number): void {
    let at = end;
    while (at > start && this.bytes[at - 1] === BACKSLASH) at--;
    this.set(index, STRING, start, end - ((end - at) & 1));
  }

  /** Makes a path's value one of the others, unless it is part of one that is wanted whole: it isn't what its path promises. */
  moveToOther(index: number): void {
    if (this.#nodes[index].isPart) return;
    const quote = this.kinds[index] === STRING ? 1 : 0;
    if (quote === 1 && !this.#isQuoted(index)) return; // a part of a text, which is where it was
    this.others.push({
      path: this.#nodes[index].name,
      nameStart: 0,
      nameEnd: 0,
      start: this.starts[index] - quote,
      end: this.ends[index] + quote,
      isOdd: this.odd[index] !== 0 || this.ends[index] - this.starts[index] > LONG,
    });
  }

  #isQuoted(index: number): boolean {
    return this.bytes[this.starts[index] - 1] === QUOTE && this.bytes[this.ends[index]] === QUOTE;
  }

  /** Behind the opening brace → behind the closing one. */
  #object(from: number, node: Node): number {
    const { bytes } = this;
    let last: Key | undefined;
    let key = node.first;
    const named = this.#named;
    let at = this.#spaceEnd(from);
    if (bytes[at] === OBJECT_END) return at + 1;
    for (;;) {
      if (bytes[at] !== QUOTE) throw wrong('name');
      const nameStart = at + 1;
      let nameEnd = nameStart;
      if (key !== undefined && matches(this.view, at, key)) {
        at += key.length;
        if (node.isCovered) this.#name(named, nameStart, at - 2);
      } else {
        nameEnd = this.#string(nameStart);
        if (node.isCovered) this.#name(named, nameStart, nameEnd);
        at = this.#colonEnd(nameEnd + 1);
        key = keyOf(node, bytes, nameStart, nameEnd);
      }
      at = this.#spaceEnd(at);
      const c = bytes[at];
      if (key === undefined) {
        const before = this.#flags;
        this.#flags = 0;
        const start = at;
        at = this.#skip(at);
        if (!node.isCovered && c !== 110) {
          const path = node.name === '' ? '' : `${node.name}.`;
          this.others.push({ path, nameStart, nameEnd, start, end: at, isOdd: this.#flags !== 0 });
        }
        this.#flags |= before;
        key = last?.next;
      } else {
        at = this.#value(at, c, key.node);
        if (last === undefined) node.first = key;
        else last.next = key;
        last = key;
        key = key.next;
      }
      at = this.#next(at, OBJECT_END);
      if (bytes[at - 1] === OBJECT_END) {
        this.#named = named;
        return at;
      }
    }
  }

  /** Takes down a member's name, of an object whose names begin there in the list. */
  #name(first: number, start: number, end: number): void {
    const { view } = this;
    const length = end - start;
    // its first and last four bytes and its length tell most names apart; to tell none apart costs time, and nothing else
    const word = view.getInt32(start, true);
    const isShort = length < 4;
    const text = isShort ? word & ((1 << (length * 8)) - 1) : Math.imul(word, 31) + view.getInt32(end - 4, true);
    const hash = (text + length) | 0;
    const last = this.#named;
    if (this.#isEscaped || length > LONG_NAME || last - first > MANY) this.#flags |= NAMED_TWICE;
    for (let i = first; i < last; i++) if (this.#names[i] === hash) this.#flags |= NAMED_TWICE;
    if (last - first > MANY) return;
    if (last === this.#names.length) {
      const longer = new Int32Array(last * 2);
      longer.set(this.#names);
      this.#names = longer;
    }
    this.#names[last] = hash;
    this.#named = last + 1;
  }

  /** A value under a name that is known. */
  #value(start: number, c: number, node: Node): number {
    const { index } = node;
    if (c === QUOTE && index >= 0) {
      const end = this.#string(start + 1);
      this.set(index, STRING, start + 1, end);
      if (end - start > LONG) this.#flags |= LONG_STRING; // of what it is in
      return end + 1;
    }
    const before = this.#flags;
    this.#flags = 0;
    const isInside = c === OBJECT && node.keys.length > 0;
    const end = isInside
      ? this.#object(start + 1, node)
      : c === ARRAY && node.each !== undefined
        ? this.#list(start + 1, node.each)
        : this.#skip(start);
    const flags = this.#flags;
    this.#flags |= before;
    if (c === 110) return end;
    const kind = c === OBJECT ? MAP : c === ARRAY ? LIST : PLAIN;
    if (index >= 0 && (node.isFree || kind === PLAIN)) {
      this.set(index, kind, start, end);
      this.odd[index] = flags;
    } else if (!isInside && !node.isCovered) {
      this.others.push({ path: node.name, nameStart: 0, nameEnd: 0, start, end, isOdd: flags !== 0 });
    }
    return end;
  }

  /** Behind the opening bracket → behind the closing one. */
  #list(from: number, each: Each): number {
    const { bytes } = this;
    const { fields } = each;
    each.begin();
    fields.#share(this);
    let at = this.#spaceEnd(from);
    if (bytes[at] === ARRAY_END) return at + 1;
    for (;;) {
      if (bytes[at] === OBJECT) {
        const start = at;
        at = fields.#element(at);
        this.#flags |= fields.#flags;
        this.#high |= fields.#high;
        each.look(start, at);
      } else {
        at = this.#skip(at);
        this.#flags |= MIXED;
      }
      at = this.#next(at, ARRAY_END);
      if (bytes[at - 1] === ARRAY_END) return at;
    }
  }

  #share(whole: JsonFields): void {
    this.bytes = whole.bytes;
    this.view = whole.view;
    this.#buffer = whole.#buffer;
    this.#end = whole.#end;
  }

  #element(at: number): number {
    this.kinds.fill(ABSENT);
    this.others.length = 0;
    this.#flags = 0;
    this.#high = 0;
    this.#depth = 0;
    this.#named = 0;
    for (let i = 0; i < this.#lists.length; i++) this.#lists[i].begin();
    return this.#object(at + 1, this.#root);
  }

  /** A value whose inside nobody asks for → behind it. */
  #skip(at: number): number {
    const c = this.bytes[at];
    if (c === OBJECT || c === ARRAY) return this.#inside(at + 1, c);
    if (c !== QUOTE) return this.#plain(at);
    const end = this.#string(at + 1);
    if (end - at > LONG) this.#flags |= LONG_STRING;
    return end + 1;
  }

  /** Behind an opening bracket → behind the closing one. */
  #inside(from: number, opening: number): number {
    const { bytes } = this;
    const closing = opening + 2; // in ASCII they are two apart
    let at = this.#spaceEnd(from);
    if (bytes[at] === closing) return at + 1;
    if (++this.#depth > MAX_DEPTH) throw wrong('depth');
    const named = this.#named;
    for (;;) {
      if (opening === OBJECT) {
        if (bytes[at] !== QUOTE) throw wrong('name');
        const nameEnd = this.#string(at + 1);
        this.#name(named, at + 1, nameEnd);
        at = this.#spaceEnd(this.#colonEnd(nameEnd + 1));
      }
      at = this.#next(this.#skip(at), closing);
      if (bytes[at - 1] === closing) break;
    }
    this.#depth--;
    this.#named = named;
    return at;
  }

  /** Behind a value → where the next one starts, or behind the bracket that closes. */
  #next(from: number, closing: number): number {
    const { bytes } = this;
    const at = this.#spaceEnd(from);
    const c = bytes[at];
    if (c === COMMA) return this.#spaceEnd(at + 1);
    if (c === closing) return at + 1;
    throw wrong('separator');
  }

  /** Behind a name → behind its colon. */
  #colonEnd(from: number): number {
    const at = this.#spaceEnd(from);
    if (this.bytes[at] !== COLON) throw wrong('separator');
    return at + 1;
  }

  #spaceEnd(from: number): number {
    const { bytes } = this;
    let at = from;
    for (; bytes[at] <= 32 && at < this.#end; at++) this.#flags |= SPACED;
    return at;
  }

  /** Behind the opening quote → the closing one. */
  #string(from: number): number {
    const { bytes, view } = this;
    const limit = this.#end;
    this.#isEscaped = false;
    for (let at = from; at < limit; ) {
      const word = view.getInt32(at, true);
      const found = hasBelow(word, 32) | hasBelow(word ^ QUOTES, 1) | hasBelow(word ^ BACKSLASHES, 1);
      this.#high |= word;
      if (found === 0) {
        at += 4;
        continue;
      }
      at += (31 - Math.clz32(found & -found)) >> 3; // borrows spoil higher bytes only
      const c = bytes[at];
      if (c === QUOTE) return at;
      if (c !== BACKSLASH) break;
      this.#isEscaped = true;
      at = escapeEnd(bytes, at);
    }
    throw wrong('string');
  }

  /** A number, true, false or null → behind it. */
  #plain(at: number): number {
    const end = this.#plainEnd(at);
    const c = this.bytes[end];
    if (end - at > LONG_NUMBER) this.#flags |= NAMED_TWICE;
    if (c > 32 && c !== COMMA && c !== OBJECT_END && c !== ARRAY_END) throw wrong('value');
    return end;
  }

  #plainEnd(at: number): number {
    const { bytes, view } = this;
    const word = view.getInt32(at, true);
    if (word === TRUE) return at + 4;
    if (word === FALS && bytes[at + 4] === 101) return at + 5;
    if (word !== NULL_WORD) return numberEnd(bytes, at);
    this.#flags |= NULL;
    return at + 4;
  }
}

/** Of four bytes at once: is there one below `n`? */
const hasBelow = (word: number, n: number) => (word - 0x01010101 * n) & ~word & LOWEST;

const wrong = (what: string) => new DecodeError(`the record is not JSON: unexpected ${what}`);

function descend(root: Node, names: readonly string[]): Node {
  let node = root;
  for (const name of names) {
    const path = node.name === '' ? name : `${node.name}.${name}`;
    let key = node.keys.find((each) => each.node.name === path);
    if (key === undefined) {
      key = keyFor(name, nodeOf(path));
      node.keys.push(key);
    }
    node = key.node;
  }
  return node;
}

function keyFor(name: string, node: Node): Key {
  const bytes = Buffer.from(`${JSON.stringify(name)}:`);
  const words = new Int32Array((bytes.length + 3) >> 2);
  new Uint8Array(words.buffer).set(bytes);
  const lastMask = bytes.length % 4 === 0 ? -1 : (1 << ((bytes.length % 4) * 8)) - 1;
  return { words, lastMask, length: bytes.length, node, next: undefined };
}

const nodeOf = (name: string): Node => ({
  index: -1,
  isFree: false,
  each: undefined,
  name,
  keys: [],
  isPart: false,
  isCovered: false,
  first: undefined,
});

function cover(node: Node, isPart: boolean): void {
  node.isPart = isPart;
  node.isCovered = isPart || node.isFree;
  for (const key of node.keys) cover(key.node, node.isCovered);
}

function matches(view: DataView, at: number, { words, lastMask }: Key): boolean {
  const last = words.length - 1;
  for (let i = 0; i < last; i++) if (view.getInt32(at + i * 4, true) !== words[i]) return false;
  return (view.getInt32(at + last * 4, true) & lastMask) === words[last];
}

/** The key whose name stands there. */
function keyOf({ keys }: Node, bytes: Uint8Array, start: number, end: number): Key | undefined {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (key.length === end - start + 3 && isSame(key, bytes, start - 1)) return key;
  }
  return undefined;
}

function isSame({ words, length }: Key, bytes: Uint8Array, start: number): boolean {
  const name = new Uint8Array(words.buffer);
  for (let i = 0; i < length - 1; i++) if (name[i] !== bytes[start + i]) return false;
  return true;
}

/** At a backslash → behind what it escapes. */
function escapeEnd(bytes: Uint8Array, at: number): number {
  const c = bytes[at + 1];
  // " \ / b f n r t
  if (c === 34 || c === 92 || c === 47 || c === 98 || c === 102 || c === 110 || c === 114 || c === 116) return at + 2;
  if (c !== 117) throw wrong('escape');
  for (let i = at + 2; i < at + 6; i++) if (!isHex(bytes[i])) throw wrong('escape');
  return at + 6;
}

/** https://www.rfc-editor.org/rfc/rfc8259#section-6 */
function numberEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  if (bytes[at] === 45) at++;
  if (bytes[at] === 48) at++;
  else at = digitsEnd(bytes, at);
  if (bytes[at] === 46) at = digitsEnd(bytes, at + 1);
  if ((bytes[at] | 32) === 101) {
    at++;
    if (bytes[at] === 43 || bytes[at] === 45) at++;
    at = digitsEnd(bytes, at);
  }
  return at;
}

function digitsEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at++;
  if (at === from) throw wrong('value');
  return at;
}
