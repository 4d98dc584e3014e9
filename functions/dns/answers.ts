/**
 * The answers of a query: `[{"Rdata":"203.0.113.9","Type":"A","Class":"IN"},…]`.
 * The log does not say whose record an answer is. Resolvers give a chain of aliases in its order: what stands behind an alias
 * is of the name that it points to, everything else of the name that was asked for.
 */

import { ABSENT, type Each, JsonFields, STRING } from '../../shared/decode/jsonfields.ts';
import type { Text } from '../../shared/model.ts';
import { isIp } from '../../shared/text/ip.ts';
import { type Literal, literal } from '../../shared/text/text.ts';
import { appendLower } from '../../shared/transform/bytes/casts.ts';
import { Table } from '../../shared/transform/table.ts';
import type { Question } from './question.ts';

const REPEATED = 1; // an address that an answer before has
const ADDRESS = 2;
const HOST = 3; // a name alone
const ALIAS = 4; // and what stands behind it is its
const NAMES = 5; // names among other words
const KINDS = {
  A: ADDRESS,
  AAAA: ADDRESS,
  CNAME: ALIAS,
  DNAME: HOST,
  NS: HOST,
  PTR: HOST,
  MX: NAMES,
  SOA: NAMES,
  SRV: NAMES,
};
const TYPES = new Table(KINDS, String);

const QUOTE = 34;
const COMMA = 44;
const DOT = 46;
const OBJECT = 123;
const OBJECT_END = 125;
const QUOTE_COMMA = literal('",');
const NAME = literal('"name":"');
const TYPE = literal('"type":"');
const CLASS = literal('"class":"');
const DATA = literal('"data":"');

const MOST = 1024; // of a message of 64 KiB; further ones are in `other`

export class Answers implements Each {
  readonly fields = new JsonFields([
    { name: 'Rdata', isFree: false },
    { name: 'Type', isFree: false },
    { name: 'Class', isFree: false },
  ]);
  /** All were no more than an answer. */
  isRegular = true;
  #count = 0;
  readonly #kinds = new Uint8Array(MOST);
  // three for each answer: data, type, class; empty where it has none
  readonly #starts = new Int32Array(MOST * 3);
  readonly #ends = new Int32Array(MOST * 3);

  begin(): void {
    this.#count = 0;
    this.isRegular = true;
  }

  look(): void {
    const { bytes, kinds, starts, ends, others } = this.fields;
    const hasData = kinds[0] === STRING && starts[0] < ends[0];
    const hasType = kinds[1] === STRING && starts[1] < ends[1];
    if (!hasData || !hasType || this.#count === MOST) {
      this.isRegular = false;
      return;
    }
    this.isRegular &&= others.length === 0;
    const at = this.#count * 3;
    for (let i = 0; i < 3; i++) {
      this.#starts[at + i] = starts[i];
      this.#ends[at + i] = kinds[i] === ABSENT ? starts[i] : ends[i];
    }
    const kind = this.#kindOf(bytes, at);
    this.#kinds[this.#count] = kind === ADDRESS && this.#isKnown(bytes, at) ? REPEATED : kind;
    this.#count++;
  }

  /** An address that is none is text, and so is a name that is an address. */
  #kindOf(bytes: Uint8Array, at: number): number {
    const kind = Number(TYPES.get(bytes, this.#starts[at + 1], this.#ends[at + 1])?.value ?? 0);
    if (kind === 0 || kind === NAMES) return kind;
    const start = this.#starts[at];
    const end = this.#ends[at];
    return isIp(bytes, start, end) === (kind === ADDRESS) ? kind : 0;
  }

  /** Has an answer before the same address, as it is written? */
  #isKnown(bytes: Uint8Array, at: number): boolean {
    for (let i = 0; i < this.#count; i++) {
      if (this.#kinds[i] !== ADDRESS) continue;
      if (isSame(bytes, this.#starts[i * 3], this.#ends[i * 3], this.#starts[at], this.#ends[at])) return true;
    }
    return false;
  }

  /** Appends each as `{"name","type","class","data"},`. */
  append(doc: Text, view: DataView, asked: Question | undefined): void {
    let alias = -1;
    for (let i = 0; i < this.#count; i++) {
      const at = i * 3;
      doc.byte(OBJECT);
      if (alias >= 0 || asked !== undefined) {
        doc.literal(NAME);
        if (alias >= 0) this.#data(doc, view, alias);
        else asked!.appendName(doc);
        doc.literal(QUOTE_COMMA);
      }
      this.#member(doc, view, TYPE, at + 1);
      this.#member(doc, view, CLASS, at + 2);
      doc.literal(DATA);
      this.#data(doc, view, i);
      doc.byte(QUOTE);
      doc.byte(OBJECT_END);
      doc.byte(COMMA);
      if (this.#kinds[i] === ALIAS) alias = i;
    }
  }

  #member(doc: Text, view: DataView, key: Literal, at: number): void {
    if (this.#starts[at] === this.#ends[at]) return;
    doc.literal(key);
    doc.copy(view, this.#starts[at], this.#ends[at]);
    doc.literal(QUOTE_COMMA);
  }

  /** Names in lower case, without the dot at the end. */
  #data(doc: Text, view: DataView, i: number): void {
    const start = this.#starts[i * 3];
    const end = this.#ends[i * 3];
    if (this.#kinds[i] < HOST) {
      doc.copy(view, start, end);
      return;
    }
    appendLower(doc, view, start, end);
    if (end - start > 1 && doc.bytes[doc.length - 1] === DOT) doc.length--;
  }

  /** Appends the addresses as `"…",`, each once, but for one that stands at a place of the record. */
  appendAddresses(doc: Text, view: DataView, start = 0, end = 0): void {
    const { bytes } = this.fields;
    for (let i = 0; i < this.#count; i++) {
      const from = this.#starts[i * 3];
      const to = this.#ends[i * 3];
      if (this.#kinds[i] !== ADDRESS || isSame(bytes, start, end, from, to)) continue;
      doc.byte(QUOTE);
      doc.copy(view, from, to);
      doc.literal(QUOTE_COMMA);
    }
  }

  /** Appends the names that answers consist of, as `"…",`. */
  appendHosts(doc: Text, view: DataView): void {
    for (let i = 0; i < this.#count; i++) {
      if (this.#kinds[i] !== HOST && this.#kinds[i] !== ALIAS) continue;
      doc.byte(QUOTE);
      this.#data(doc, view, i);
      doc.literal(QUOTE_COMMA);
    }
  }
}

/** Compares from the end, where addresses differ. */
function isSame(bytes: Uint8Array, start: number, end: number, from: number, to: number): boolean {
  if (end - start !== to - from) return false;
  for (let a = end - 1, b = to - 1; a >= start; a--, b--) if (bytes[a] !== bytes[b]) return false;
  return true;
}
