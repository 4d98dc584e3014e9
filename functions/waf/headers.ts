/**
 * The headers of a request: `[{"name":"Host","value":"www.example.com"},…]`, every repeat of them.
 * The first of a name stands where rows find it, as `header.<name>`; values that nobody may see are told of.
 */
import type { MemberMap } from '../../shared/map/members.ts';
import { type Each, Members, STRING } from '../../shared/split/members.ts';

/** A part of a record, and what stands there instead; undefined: that it is redacted. */
export interface Patch {
  readonly start: number;
  readonly end: number;
  readonly json: string | undefined;
}

/** A header that somebody asks for. */
interface Wanted {
  /** In lower case. */
  readonly name: Uint8Array;
  /** The number of its path; -1: nobody may see its value. */
  readonly slot: number;
}

const HEADER = 'header.';
const SECRET = -1;
const BACKSLASH = 92;
const REDACTED = Buffer.from('REDACTED');

export class Headers implements Each {
  readonly members = new Members([
    { name: 'name', isFree: false },
    { name: 'value', isFree: false },
  ]);
  count = 0;
  /** All were a name and its value, both texts. */
  isRegular = true;
  /** There is a header whose value nobody may see, hidden already or not. */
  hasSecret = false;
  /** Where such values stand, with their quotes. */
  readonly patches: Patch[] = [];

  readonly #secrets: readonly string[];
  #wanted: readonly Wanted[] = [];
  #whole: Members | undefined;

  /** In: names of headers whose values nobody may see, in lower case. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** In: the compiled map, and all paths that rows name. */
  bind({ members, slot }: MemberMap, paths: readonly string[]): void {
    const names = paths.filter((path) => path.startsWith(HEADER)).map((path) => path.slice(HEADER.length));
    const open = [...new Set(names)].filter((name) => !this.#secrets.includes(name));
    this.#whole = members;
    this.#wanted = [
      ...this.#secrets.map((name) => ({ name: Buffer.from(name), slot: SECRET })),
      ...open.map((name) => ({ name: Buffer.from(name), slot: slot(HEADER + name) })),
    ];
  }

  begin(): void {
    this.count = 0;
    this.isRegular = true;
    this.hasSecret = false;
    this.patches.length = 0;
  }

  look(): void {
    this.count++;
    const { bytes, kinds, starts, ends, others } = this.members;
    if (kinds[0] !== STRING || kinds[1] !== STRING || others.length > 0) {
      this.isRegular = false;
      return;
    }
    const start = starts[0];
    const length = ends[0] - start;
    for (let i = 0; i < this.#wanted.length; i++) {
      const { name, slot } = this.#wanted[i];
      if (name.length !== length || !isSame(name, bytes, start)) continue;
      if (slot === SECRET) this.#hide(bytes, starts[1], ends[1]);
      else if (this.#whole!.kinds[slot] !== STRING) this.#whole!.set(slot, STRING, starts[1], ends[1]);
      return;
    }
    if (isEscaped(bytes, start, ends[0])) this.isRegular = false;
  }

  #hide(bytes: Uint8Array, start: number, end: number): void {
    this.hasSecret = true;
    if (start === end || (end - start === REDACTED.length && isSame(REDACTED, bytes, start))) return;
    this.patches.push({ start: start - 1, end: end + 1, json: undefined });
  }
}

/** `name` has no capital letters, or the bytes have the same. */
function isSame(name: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < name.length; i++) {
    const c = bytes[start + i];
    if (name[i] !== c && name[i] !== (c >= 65 && c <= 90 ? c + 32 : c)) return false;
  }
  return true;
}

/** Nobody knows such a name by its bytes. */
function isEscaped(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === BACKSLASH) return true;
  return false;
}
