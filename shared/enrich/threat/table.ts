/**
 * Indicators, to be looked up by address and by name. Of several that match, the longest prefix or name counts; of equal
 * ones, the list that comes first. An address costs one bit in most cases: whether any indicator lies in its /16.
 */
import { type About, type Block, type Host, type Indicator, mask } from './indicator.ts';

/** The number of an indicator; -1: none. */
export type Found = number;

export interface IndicatorTable {
  readonly count: number;
  /** In: an address as an unsigned number. */
  ipv4(address: number): Found;
  /** In: 16 bytes, which it may change. */
  ipv6(bytes: Uint8Array): Found;
  /** In: a name's bytes, in any case, with or without a dot at the end. */
  host(bytes: Uint8Array, start: number, end: number): Found;
  name(found: Found): string;
  about(found: Found): About;
}

export function indicatorTable(indicators: Iterable<Indicator>): IndicatorTable {
  const names: string[] = [];
  const abouts: About[] = [];
  const ipv4 = new Ipv4();
  const ipv6 = new Ipv6();
  const hosts = new Hosts();
  for (const { name, target, about } of indicators) {
    const number = names.push(name) - 1;
    abouts.push(about);
    if (target.kind === 'host') hosts.add(target, number);
    else (target.bytes.length === 4 ? ipv4 : ipv6).add(target, number);
  }
  ipv4.finish();
  ipv6.finish();
  return {
    count: names.length,
    ipv4: (address) => ipv4.find(address),
    ipv6: (bytes) => ipv6.find(bytes),
    host: (bytes, start, end) => hosts.find(bytes, start, end),
    name: (found) => names[found],
    about: (found) => abouts[found],
  };
}

/** By the length of the prefix, the longest first. */
type Levels<K> = { readonly bits: number; readonly known: Map<K, Found> }[];

function levelOf<K>(levels: Levels<K>, bits: number): Map<K, Found> {
  const level = levels.find((each) => each.bits === bits);
  if (level !== undefined) return level.known;
  const known = new Map<K, Found>();
  levels.push({ bits, known });
  return known;
}

function put<K>(known: Map<K, Found>, key: K, number: Found): void {
  if (!known.has(key)) known.set(key, number);
}

class Ipv4 {
  readonly #levels: Levels<number> = [];
  /** A bit for each /16. */
  readonly #near = new Uint8Array(8192);

  add({ bytes, bits }: Block, number: Found): void {
    const address = (bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
    put(levelOf(this.#levels, bits), address, number);
    const first = address >>> 16;
    for (let i = first; i < first + 2 ** Math.max(0, 16 - bits); i++) this.#near[i >> 3] |= 1 << (i & 7);
  }

  finish(): void {
    this.#levels.sort((a, b) => b.bits - a.bits);
  }

  find(address: number): Found {
    const near = address >>> 16;
    if ((this.#near[near >> 3] & (1 << (near & 7))) === 0) return -1;
    for (const { bits, known } of this.#levels) {
      const found = known.get(address & (bits === 32 ? -1 : ~(-1 >>> bits)));
      if (found !== undefined) return found;
    }
    return -1;
  }
}

class Ipv6 {
  readonly #levels: Levels<string> = [];

  add({ bytes, bits }: Block, number: Found): void {
    put(levelOf(this.#levels, bits), keyOf(bytes), number);
  }

  finish(): void {
    this.#levels.sort((a, b) => b.bits - a.bits);
  }

  /** Bits are cleared from the end, so that each prefix is a part of the one before. */
  find(bytes: Uint8Array): Found {
    for (const { bits, known } of this.#levels) {
      mask(bytes, bits);
      const found = known.get(keyOf(bytes));
      if (found !== undefined) return found;
    }
    return -1;
  }
}

const keyOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const FILTER_BITS = 20;
const DOT = 46;

class Hosts {
  readonly #self = new Map<string, Found>();
  readonly #below = new Map<string, Found>();
  /** A bit for each hash of a name: of most names none is set, so that no string is made of them. */
  #filter = new Uint8Array(0);

  add({ host, isSelf, isBelow }: Host, number: Found): void {
    if (isSelf) put(this.#self, host, number);
    if (isBelow) put(this.#below, host, number);
    if (this.#filter.length === 0) this.#filter = new Uint8Array(1 << (FILTER_BITS - 3));
    const bytes = Buffer.from(host, 'latin1');
    let hash = 0;
    for (let i = bytes.length - 1; i >= 0; i--) hash = mixed(hash, bytes[i]);
    this.#filter[slot(hash) >> 3] |= 1 << (slot(hash) & 7);
  }

  find(bytes: Uint8Array, start: number, last: number): Found {
    if (this.#filter.length === 0) return -1;
    const end = last > start && bytes[last - 1] === DOT ? last - 1 : last;
    let found = -1;
    let hash = 0;
    for (let i = end - 1; i >= start; i--) {
      if (bytes[i] === DOT && this.#mayBe(hash)) found = this.#below.get(text(bytes, i + 1, end)) ?? found;
      hash = mixed(hash, lower(bytes[i]));
    }
    if (!this.#mayBe(hash)) return found;
    const name = text(bytes, start, end);
    return this.#self.get(name) ?? found;
  }

  #mayBe(hash: number): boolean {
    return (this.#filter[slot(hash) >> 3] & (1 << (slot(hash) & 7))) !== 0;
  }
}

const mixed = (hash: number, byte: number): number => (Math.imul(hash ^ byte, 0x01000193) + 0x9dc5) | 0;
const slot = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> (32 - FILTER_BITS);
const lower = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte);
const text = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.subarray(start, end)).toString('latin1').toLowerCase();
