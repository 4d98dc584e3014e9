/**
 * Finds the asset that a log means by an address, an interface or a name, at the log's own time. It never guesses: where
 * several assets are possible, the answer is AMBIGUOUS.
 */
import { packIpv6 } from '../text/ip.ts';
import { masked, PUBLIC } from './claims.ts';
import type { AccountFacts } from './history.ts';
import { type Packed, unpack } from './packed.ts';
import {
  type Head,
  hashOf,
  hashOfText,
  hashOfWord,
  mapIn,
  ROW,
  TEXTS,
  textsIn,
  viewOf,
  widthOf,
  wordAt,
} from './table.ts';

/** NONE, AMBIGUOUS (see `candidates`), or an asset's rendered fields. */
export type Answer = number;
export const NONE: Answer = -1;
export const AMBIGUOUS: Answer = -2;

/** `isBounded`: the only possible asset, but no look confirms it at and after the log's time. */
const found = (asset: number, isBounded: boolean): Answer => asset * 2 + (isBounded ? 1 : 0);
export const assetIn = (answer: Answer): number => answer >> 1;
export const isBounded = (answer: Answer): boolean => (answer & 1) === 1;

/** VPC or account of a log that names none. */
export const UNKNOWN = -1;
/** VPC or account that the table does not contain. */
const FOREIGN = -2;

export interface AssetFacts {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly owner: string;
  readonly environment: string;
  readonly criticality: string;
  readonly exposure: string;
  readonly account: string;
  readonly vpc: string;
}

/** Epoch seconds, both inclusive: first and last second of a flow; of an event the same second twice. */
export interface Lookup {
  readonly head: Head;
  readonly bytes: number;
  readonly accounts: ReadonlyMap<string, AccountFacts>;
  /** Numbers of the assets that the last answer chose from. */
  readonly candidates: readonly number[];
  /** The VPC of the interface that was looked up last, or UNKNOWN. */
  readonly network: number;
  /** The number of a VPC or an account; one that is not in the table has a number other than UNKNOWN. */
  numberOf(id: string): number;
  /**
   * Finds by a unique id: an interface, an instance, an ARN, an access key, a user or role id.
   * In: position of the text, with at least four readable bytes behind it.
   */
  byName(view: DataView, start: number, end: number, from: number, to: number): Answer;
  /**
   * Finds by an address as a number: in its VPC, then among public addresses, then, if it is outside of the VPC's own blocks,
   * in the account and everywhere, if only one asset is possible.
   */
  byIpv4(address: number, network: number, account: number, from: number, to: number): Answer;
  /** The same by the text of an IPv6 address. */
  byIpv6(address: string, network: number, account: number, from: number, to: number): Answer;
  /** Number of versions of all assets. */
  readonly versions: number;
  /** The version of an asset at a time. */
  versionAt(asset: number, time: number): number;
  lastVersion(asset: number): number;
  facts(asset: number, version: number): AssetFacts;
  id(asset: number): string;
}

/** Throws DecodeError for bytes that are not a table of this version, or damaged. */
export const lookupIn = (bytes: Uint8Array): Lookup => new Reader(bytes);

/** Rows of one kind of key; the last search found the rows from `first` up to, not including, `last`. */
class Section {
  first = 0;
  last = 0;
  readonly bits: number;
  readonly width: number;
  readonly rows: Uint32Array;
  readonly #slots: Uint32Array;
  readonly #shift: number;

  constructor(packed: Packed<Head>, kind: string) {
    this.bits = Number(kind.split('/')[1]);
    this.width = widthOf(kind);
    this.rows = packed.numbers(`${kind}.rows`);
    this.#slots = packed.numbers(`${kind}.slots`);
    this.#shift = Math.clz32(this.#slots.length - 1) + 1;
  }

  /** Finds the rows of a hash; several keys may share it. */
  open(hash: number): void {
    const slot = hash >>> this.#shift;
    this.first = this.#slots[slot] * this.width;
    this.last = this.#slots[slot + 1] * this.width;
  }

  /** False: no rows. */
  seek(word: number): boolean {
    this.open(hashOfWord(word));
    const { rows, width } = this;
    let at = this.first;
    while (at < this.last && rows[at + ROW.key] !== word) at += width;
    this.first = at;
    while (at < this.last && rows[at + ROW.key] === word) at += width;
    this.last = at;
    return at > this.first;
  }

  seekWords(words: readonly number[]): boolean {
    this.open(hashOf(words));
    const isKey = (at: number) => words.every((word, i) => this.rows[at + ROW.key + i] === word);
    let at = this.first;
    while (at < this.last && !isKey(at)) at += this.width;
    this.first = at;
    while (at < this.last && isKey(at)) at += this.width;
    this.last = at;
    return at > this.first;
  }
}

const scratch = new Uint8Array(16);
const view = new DataView(scratch.buffer);

class Reader implements Lookup {
  readonly head: Head;
  readonly bytes: number;
  readonly accounts: ReadonlyMap<string, AccountFacts>;
  readonly #several: number[] = [];
  // the first holder for the whole time, the first possible holder, and the numbers of both
  #certain = NONE;
  #possible = NONE;
  readonly #othersCertain: number[] = [];
  readonly #othersPossible: number[] = [];
  network = UNKNOWN;
  readonly versions: number;
  readonly #textOf: (number: number) => string;
  readonly #texts: DataView;
  readonly #offsets: Uint32Array;
  readonly #names: Section;
  readonly #ipv4: readonly Section[];
  readonly #ipv6: readonly Section[];
  readonly #ids: Uint32Array;
  readonly #firsts: Uint32Array;
  readonly #from: Uint32Array;
  readonly #columns: ReadonlyMap<string, Uint32Array>;
  readonly #numbers = new Map<string, number>();
  readonly #blocks: ReadonlyMap<number, readonly Block[]>;
  readonly #public: number;
  readonly #near: Uint32Array;

  constructor(bytes: Uint8Array) {
    const packed = unpack<Head>(bytes);
    this.head = packed.head;
    this.bytes = bytes.length;
    this.accounts = mapIn(packed, 'accounts');
    this.#textOf = textsIn(packed);
    const texts = packed.bytes('texts');
    this.#texts = new DataView(texts.buffer, texts.byteOffset); // numbers follow behind the texts
    this.#offsets = packed.numbers('texts.offsets');
    this.#names = new Section(packed, 'name');
    this.#ipv4 = packed.head.ipv4.map((bits) => new Section(packed, `ipv4/${bits}`));
    this.#ipv6 = packed.head.ipv6.map((bits) => new Section(packed, `ipv6/${bits}`));
    this.#ids = packed.numbers('assets.id');
    this.#firsts = packed.numbers('assets.first');
    this.#from = packed.numbers('versions.from');
    this.versions = this.#from.length;
    this.#columns = new Map(TEXTS.map((name) => [name, packed.numbers(`versions.${name}`)]));
    this.#near = nearby(this.#ipv4);
    this.#public = this.numberOf(PUBLIC);
    const networks = mapIn<readonly string[]>(packed, 'networks');
    this.#blocks = new Map([...networks].map(([vpc, blocks]) => [this.numberOf(vpc), blocks.flatMap(blockOf)]));
  }

  numberOf(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#find(id);
    if (this.#numbers.size >= MOST_NUMBERS) this.#numbers.clear();
    this.#numbers.set(id, number);
    return number;
  }

  /** Binary search: texts are sorted. */
  #find(text: string): number {
    let low = 0;
    let high = this.#offsets.length - 2;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const other = this.#textOf(middle);
      if (other === text) return middle;
      if (other < text) low = middle + 1;
      else high = middle - 1;
    }
    return FOREIGN;
  }

  byName(view: DataView, start: number, end: number, from: number, to: number): Answer {
    const names = this.#names;
    this.#begin();
    this.network = UNKNOWN;
    names.open(hashOfText(view, start, end));
    const { rows } = names;
    for (let at = names.first; at < names.last; at += names.width) {
      if (!this.#isText(rows[at + ROW.key], rows[at + ROW.key + 1], view, start, end)) continue;
      this.network = rows[at + ROW.scope];
      this.#consider(rows, at, from, to);
    }
    return this.#answer();
  }

  #isText(from: number, to: number, view: DataView, start: number, end: number): boolean {
    if (to - from !== end - start) return false;
    const texts = this.#texts;
    // ids differ sooner at their ends than at their beginnings
    for (let at = (end - start - 1) & ~3; at >= 0; at -= 4) {
      if (wordAt(texts, from + at, to) !== wordAt(view, start + at, end)) return false;
    }
    return true;
  }

  byIpv4(address: number, network: number, account: number, from: number, to: number): Answer {
    if (this.#isStranger(address)) return NONE;
    let isKnown = false;
    for (let i = 0; i < this.#ipv4.length; i++) {
      const section = this.#ipv4[i];
      if (section.seek(masked(address, section.bits))) isKnown = true;
    }
    if (!isKnown) return NONE;
    return this.#scoped(
      this.#ipv4,
      network,
      account,
      isPrivate(address) && this.#isOutside(address, network),
      from,
      to,
    );
  }

  /** Most internet addresses are in no block of 65,536 that the table has rows in: 8 KB of bits answer for them. */
  #isStranger(address: number): boolean {
    return (this.#near[address >>> 21] & (1 << ((address >>> 16) & 31))) === 0;
  }

  byIpv6(address: string, network: number, account: number, from: number, to: number): Answer {
    if (this.#ipv6.length === 0) return NONE;
    packIpv6(address, scratch, 0);
    const words = [0, 4, 8, 12].map((at) => view.getUint32(at));
    let isKnown = false;
    for (const section of this.#ipv6) {
      const key = words.map((word, i) => maskedWord(word, section.bits - 32 * i));
      if (section.seekWords(key)) isKnown = true;
    }
    if (!isKnown) return NONE;
    // unique local addresses need not be unique; the VPC's blocks of them are not checked
    const mayBeElsewhere = network === UNKNOWN && words[0] >>> 25 === 0x7e;
    return this.#scoped(this.#ipv6, network, account, mayBeElsewhere, from, to);
  }

  /** In: sections that were searched, longest blocks first. */
  #scoped(
    sections: readonly Section[],
    network: number,
    account: number,
    mayBeElsewhere: boolean,
    from: number,
    to: number,
  ): Answer {
    const inside = network === UNKNOWN ? NONE : this.#inScope(sections, network, from, to);
    if (inside !== NONE) return inside;
    const outside = this.#inScope(sections, this.#public, from, to);
    if (outside !== NONE || !mayBeElsewhere) return outside;
    const own = account === UNKNOWN ? NONE : this.#elsewhere(sections, account, from, to);
    return own !== NONE ? own : this.#elsewhere(sections, UNKNOWN, from, to);
  }

  #inScope(sections: readonly Section[], scope: number, from: number, to: number): Answer {
    for (let i = 0; i < sections.length; i++) {
      const section = sections[i];
      this.#begin();
      const { rows, width, last } = section;
      for (let at = section.first; at < last; at += width) {
        if (rows[at + ROW.scope] === scope) this.#consider(rows, at, from, to);
      }
      const answer = this.#answer();
      if (answer !== NONE) return answer;
    }
    return NONE;
  }

  /** In any VPC, of the account or (UNKNOWN) of any account: an answer only if a single asset is possible. */
  #elsewhere(sections: readonly Section[], account: number, from: number, to: number): Answer {
    for (let i = 0; i < sections.length; i++) {
      const section = sections[i];
      this.#begin();
      const { rows, width, last } = section;
      for (let at = section.first; at < last; at += width) {
        const isOf = account === UNKNOWN || rows[at + width - 1] === account;
        if (isOf && rows[at + ROW.scope] !== this.#public) this.#considerEqually(rows, at, from, to);
      }
      const answer = this.#answer();
      if (answer !== NONE) return answer;
    }
    return NONE;
  }

  /** The VPC's blocks are known, and none contains the address. */
  #isOutside(address: number, network: number): boolean {
    if (network === UNKNOWN) return true;
    const blocks = this.#blocks.get(network);
    if (blocks === undefined) return false;
    for (let i = 0; i < blocks.length; i++) if (masked(address, blocks[i].bits) === blocks[i].base) return false;
    return blocks.length > 0;
  }

  get candidates(): readonly number[] {
    const several = this.#several;
    several.length = 0;
    const isCertain = this.#certain !== NONE;
    const first = isCertain ? this.#certain : this.#possible;
    if (first !== NONE) several.push(first, ...(isCertain ? this.#othersCertain : this.#othersPossible));
    return several;
  }

  #begin(): void {
    this.#certain = NONE;
    this.#possible = NONE;
  }

  #consider(rows: Uint32Array, at: number, from: number, to: number): void {
    if (rows[at + ROW.after] >= to || rows[at + ROW.before] <= from) return;
    if (rows[at + ROW.since] <= from && to <= rows[at + ROW.until]) this.#addCertain(rows[at + ROW.asset]);
    else this.#addPossible(rows[at + ROW.asset]);
  }

  /** Candidates in different places do not exclude each other. */
  #considerEqually(rows: Uint32Array, at: number, from: number, to: number): void {
    if (rows[at + ROW.after] < to && from < rows[at + ROW.before]) this.#addPossible(rows[at + ROW.asset]);
  }

  #addCertain(asset: number): void {
    if (this.#certain === NONE) {
      this.#certain = asset;
      if (this.#othersCertain.length > 0) this.#othersCertain.length = 0;
    } else if (asset !== this.#certain && !this.#othersCertain.includes(asset)) {
      this.#othersCertain.push(asset);
    }
  }

  #addPossible(asset: number): void {
    if (this.#possible === NONE) {
      this.#possible = asset;
      if (this.#othersPossible.length > 0) this.#othersPossible.length = 0;
    } else if (asset !== this.#possible && !this.#othersPossible.includes(asset)) {
      this.#othersPossible.push(asset);
    }
  }

  #answer(): Answer {
    if (this.#certain !== NONE) return this.#othersCertain.length > 0 ? AMBIGUOUS : found(this.#certain, false);
    if (this.#possible === NONE) return NONE;
    return this.#othersPossible.length > 0 ? AMBIGUOUS : found(this.#possible, true);
  }

  versionAt(asset: number, time: number): number {
    const first = this.#firsts[asset];
    let version = this.#firsts[asset + 1] - 1;
    while (version > first && this.#from[version] > time) version--;
    return version;
  }

  lastVersion(asset: number): number {
    return this.#firsts[asset + 1] - 1;
  }

  facts(asset: number, version: number): AssetFacts {
    const texts = TEXTS.map((name) => [name, this.#textOf(this.#columns.get(name)![version])]);
    return { id: this.id(asset), ...Object.fromEntries(texts) };
  }

  id(asset: number): string {
    return this.#textOf(this.#ids[asset]);
  }
}

const MOST_NUMBERS = 4096;

/** One bit for each block of 65,536 addresses: whether it has rows. */
function nearby(sections: readonly Section[]): Uint32Array {
  const near = new Uint32Array(2048);
  for (const { rows, width, bits } of sections) {
    if (bits < 16) return near.fill(0xffffffff);
    for (let at = ROW.key; at < rows.length; at += width) near[rows[at] >>> 21] |= 1 << ((rows[at] >>> 16) & 31);
  }
  return near;
}

interface Block {
  readonly base: number;
  readonly bits: number;
}

function blockOf(text: string): readonly Block[] {
  const [address, bits] = text.split('/');
  if (address.includes(':')) return [];
  return [{ base: address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0), bits: Number(bits) }];
}

/** Only these are in many networks at once. https://www.rfc-editor.org/rfc/rfc1918 https://www.rfc-editor.org/rfc/rfc6598 */
function isPrivate(address: number): boolean {
  const first = address >>> 24;
  if (first === 10) return true;
  const second = (address >>> 16) & 255;
  if (first === 172) return second >>> 4 === 1;
  if (first === 192) return second === 168;
  return first === 100 && second >>> 6 === 1;
}

/** The first bits of a word. */
function maskedWord(word: number, bits: number): number {
  if (bits >= 32) return word;
  return bits <= 0 ? 0 : masked(word, bits);
}

/** Answers a name given as text. */
export function byText(lookup: Lookup, name: string, time: number): Answer {
  const { view, end } = viewOf(name);
  return lookup.byName(view, 0, end, time, time);
}
