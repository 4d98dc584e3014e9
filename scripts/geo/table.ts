/**
 * Makes one table of sorted intervals of two MaxMind databases, country and autonomous system: shared/enrich/geotable.ts.
 * Takes 2 s for the bundled ones.
 */
import { type AsnResponse, type CountryResponse, Reader, type Response } from 'mmdb-lib';
import { pack } from '../../shared/asset/packed.ts';
import { as, fieldOf, type GeoOf, geo, recordReader } from '../../shared/enrich/geo.ts';
import { ARRAYS } from '../../shared/enrich/geotable.ts';

/** Four unsigned 32-bit numbers, the highest first. */
type Address = [number, number, number, number];

/** Both files: IPv6 with IPv4 in ::/96. Throws where one is for IPv4 alone. */
export function tableOf(country: Buffer, asn: Buffer): Uint8Array {
  const databases = [tree<CountryResponse>(country, 'geo', geo), tree<Partial<AsnResponse>>(asn, 'as', as)] as const;
  const texts = new Numbered<string>(['']);
  const pairs = new Numbered<string>(['0,0']);
  const ipv4 = new Intervals(1);
  const ipv6 = new Intervals(4);
  walk(databases, (address, records) => {
    const pair = databases.map((each, i) => texts.number(each.fields(records[i], address)));
    const value = pairs.number(pair.join());
    const isIpv4 = address[0] === 0 && address[1] === 0 && address[2] === 0;
    if (isIpv4) ipv4.add([address[3]], value);
    if (!isIpv4 || address[3] === 0) ipv6.add(address, value);
  });
  return pack(
    {},
    { ...ipv4.arrays(ARRAYS.ipv4), ...ipv6.arrays(ARRAYS.ipv6), ...textArrays(texts.all), ...pairArrays(pairs.all) },
  );
}

interface Tree {
  readonly nodes: number;
  next(node: number, right: number): number;
  /** The fields of a record at an address, `"geo":{…},`, or nothing. */
  fields(record: number, address: Address): string;
}

function tree<R extends Response>(file: Buffer, name: keyof GeoOf, shape: (record: R) => object | undefined): Tree {
  const database = new Reader<R>(file);
  const { nodeCount: nodes, recordSize, ipVersion } = database.metadata;
  if (ipVersion !== 6) throw new Error(`the database of ${name} is for IPv4 alone`);
  const next = recordReader(file, recordSize);
  const known = new Map<number, string>([[nodes, '']]);
  return {
    nodes,
    next,
    fields(record, address) {
      let fields = known.get(record);
      if (fields === undefined) {
        const found = database.get(textOf(address));
        const value = found === null ? undefined : shape(found);
        fields = value === undefined ? '' : fieldOf(name, value);
        known.set(record, fields);
      }
      return fields;
    },
  };
}

const textOf = (address: Address): string =>
  address.flatMap((word) => [word >>> 16, word & 0xffff].map((group) => group.toString(16))).join(':');

type Visit = (address: Address, records: readonly [number, number]) => void;

/** Calls `visit` with the first address of each block in which neither database says two things, in their order. */
function walk([a, b]: readonly [Tree, Tree], visit: Visit): void {
  const address: Address = [0, 0, 0, 0];
  const below = (left: number, right: number, depth: number): void => {
    if (left >= a.nodes && right >= b.nodes) {
      visit(address, [left, right]);
      return;
    }
    const word = depth >> 5;
    const bit = 2 ** (31 - (depth & 31));
    for (const side of [0, 1]) {
      address[word] += side * bit;
      below(left < a.nodes ? a.next(left, side) : left, right < b.nodes ? b.next(right, side) : right, depth + 1);
    }
    address[word] -= bit;
  };
  below(0, 0, 0);
}

/** Adjacent intervals with the same value are one. */
class Intervals {
  readonly #starts: readonly number[][];
  readonly #values: number[] = [];

  /** `words`: of 32 bits, in an address. */
  constructor(words: number) {
    this.#starts = Array.from({ length: words }, () => []);
  }

  add(start: readonly number[], value: number): void {
    if (this.#values.at(-1) === value) return;
    for (const [word, starts] of this.#starts.entries()) starts.push(start[word]);
    this.#values.push(value);
  }

  arrays(names: { readonly starts: readonly string[]; readonly values: string; readonly index: string }) {
    return {
      ...Object.fromEntries(names.starts.map((name, word) => [name, Uint32Array.from(this.#starts[word])])),
      [names.values]: Uint32Array.from(this.#values),
      [names.index]: this.#index(),
    };
  }

  /** For each number of 16 bits the interval that its first address lies in, and one more: the last interval. */
  #index(): Uint32Array<ArrayBuffer> {
    const index = new Uint32Array((1 << 16) + 1);
    const last = this.#values.length - 1;
    let at = 0;
    for (let highest = 0; highest < 1 << 16; highest++) {
      while (at < last && this.#isAtOrBefore(at + 1, highest)) at++;
      index[highest] = at;
    }
    index[1 << 16] = last;
    return index;
  }

  #isAtOrBefore(interval: number, highest: number): boolean {
    const [first, ...rest] = this.#starts.map((starts) => starts[interval]);
    if (first !== highest * 2 ** 16) return first < highest * 2 ** 16;
    return rest.every((word) => word === 0);
  }
}

/** Gives each value a number, those given at first from 0 on. */
class Numbered<T> {
  readonly #numbers: Map<T, number>;

  constructor(first: readonly T[]) {
    this.#numbers = new Map(first.map((value, number) => [value, number]));
  }

  number(value: T): number {
    const number = this.#numbers.get(value) ?? this.#numbers.size;
    this.#numbers.set(value, number);
    return number;
  }

  get all(): readonly T[] {
    return [...this.#numbers.keys()];
  }
}

function textArrays(texts: readonly string[]) {
  const bytes = texts.map((text) => Buffer.from(text));
  const offsets = new Uint32Array(bytes.length + 1);
  for (const [i, each] of bytes.entries()) offsets[i + 1] = offsets[i] + each.length;
  return { [ARRAYS.texts]: new Uint8Array(Buffer.concat(bytes)), [ARRAYS.offsets]: offsets };
}

const pairArrays = (pairs: readonly string[]) => ({
  [ARRAYS.pairs]: Uint32Array.from(pairs.flatMap((pair) => pair.split(',').map(Number))),
});
