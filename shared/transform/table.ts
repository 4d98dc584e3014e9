/** A table of texts → JSON, looked up by the bytes of a text. */
import { EMPTY, type Literal, literal } from '../text/text.ts';
import type { Json } from './rows.ts';

const SLOTS = 64;

/** Literals by a short text, found by its bytes. */
export class Table {
  readonly #slots: readonly Entry[][];

  /** `render` puts a value's JSON into what is emitted for it. */
  constructor(rows: Readonly<Record<string, Json>>, render: (json: string) => string) {
    this.#slots = Array.from({ length: SLOTS }, () => []);
    for (const [text, value] of Object.entries(rows)) {
      const bytes = Buffer.from(text);
      const slot = hash(bytes, 0, bytes.length);
      const json = value === null ? EMPTY : literal(render(JSON.stringify(value)));
      this.#slots[slot].push({ text: bytes, value, json });
    }
  }

  get(bytes: Uint8Array, from: number, to: number): Entry | undefined {
    const entries = this.#slots[hash(bytes, from, to)];
    for (let i = 0; i < entries.length; i++) {
      const { text } = entries[i];
      if (text.length === to - from && same(text, bytes, from)) return entries[i];
    }
    return undefined;
  }
}

export interface Entry {
  readonly text: Uint8Array;
  readonly value: Json;
  /** What is emitted for it. */
  readonly json: Literal;
}

const hash = (bytes: Uint8Array, from: number, to: number): number =>
  (to - from + bytes[from] * 7 + bytes[to - 1] * 3) & (SLOTS - 1);

function same(text: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < text.length; i++) if (text[i] !== bytes[from + i]) return false;
  return true;
}
