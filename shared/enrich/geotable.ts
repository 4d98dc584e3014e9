/**
 * Country and network of an address from one table of sorted intervals, which scripts/geo/table.ts makes of the bundled
 * databases. A look-up takes a third of what the databases take for an address not seen before. The table has 20 MB, as they
 * have. Compressed with zstd it would be 6 MB, but take 40 ms more of each cold start.
 */
import { unpack } from '../asset/packed.ts';
import { packIpv6 } from '../text/ip.ts';
import { type Literal, literal } from '../text/text.ts';
import { type Geo, type GeoOf, geoBy } from './geo.ts';

/** In `.cache/geo`. */
export const GEO_TABLE = 'geo.table';
const MAX_RENDERED = 32_768; // at most about 10 MB while the whole internet knocks

/**
 * Names of the table's arrays. Interval `i` reaches from `starts[…][i]`, one array for each 32 bits, to the next start;
 * `index[h]` is the interval in which addresses with the highest 16 bits `h` begin. A value is the number of a pair of
 * texts, `"geo":{…},` and `"as":{…},`; those of number 0 are empty.
 */
export const ARRAYS = {
  ipv4: { starts: ['ipv4.starts'], values: 'ipv4.values', index: 'ipv4.index' },
  ipv6: { starts: [0, 1, 2, 3].map((word) => `ipv6.starts.${word}`), values: 'ipv6.values', index: 'ipv6.index' },
  /** Two numbers of texts each. */
  pairs: 'pairs',
  texts: 'texts',
  offsets: 'texts.offsets',
} as const;

/** In: what scripts/geo/table.ts made. Throws DecodeError for anything else. */
export function geoTable(table: Uint8Array): Geo {
  const packed = unpack(table);
  const [ipv4, ipv6] = [ARRAYS.ipv4, ARRAYS.ipv6].map(({ starts, values, index }) => ({
    starts: starts.map((name) => packed.numbers(name)),
    values: packed.numbers(values),
    index: packed.numbers(index),
  }));
  const { buffer, byteOffset, length } = packed.bytes(ARRAYS.texts);
  const texts = Buffer.from(buffer, byteOffset, length);
  const offsets = packed.numbers(ARRAYS.offsets);
  const pairs = packed.numbers(ARRAYS.pairs);
  const textAt = (number: number): string => texts.toString('utf8', offsets[number], offsets[number + 1]);
  const text = (value: number): string => textAt(pairs[value * 2]) + textAt(pairs[value * 2 + 1]);

  const rendered = new Array<Literal | undefined>(pairs.length / 2).fill(undefined);
  let count = 0;
  function render(value: number): Literal | undefined {
    if (value === 0) return undefined;
    const known = rendered[value];
    if (known !== undefined) return known;
    if (++count > MAX_RENDERED) {
      rendered.fill(undefined);
      count = 1;
    }
    rendered[value] = literal(text(value));
    return rendered[value];
  }

  const words = new DataView(new ArrayBuffer(16));
  const address = new Uint8Array(words.buffer);
  function valueOfIpv6(ip: string): number {
    packIpv6(ip, address, 0);
    return ipv6.values[intervalOfIpv6(ipv6, words)];
  }
  return geoBy({
    renderedIpv4: (number) => render(ipv4.values[intervalOf(ipv4, number)]),
    renderedIpv6: (ip) => render(valueOfIpv6(ip)),
    ofIpv4: (number) => placeOf(text(ipv4.values[intervalOf(ipv4, number)])),
    ofIpv6: (ip) => placeOf(text(valueOfIpv6(ip))),
  });
}

const placeOf = (fields: string): GeoOf => JSON.parse(`{${fields.slice(0, -1)}}`);

interface Intervals {
  readonly starts: readonly Uint32Array[];
  readonly values: Uint32Array;
  readonly index: Uint32Array;
}

/** The last interval that starts at the address or before it. */
function intervalOf({ starts: [starts], index }: Intervals, address: number): number {
  let low = index[address >>> 16];
  let high = index[(address >>> 16) + 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle] <= address) low = middle;
    else high = middle - 1;
  }
  return low;
}

function intervalOfIpv6({ starts, index }: Intervals, address: DataView): number {
  const highest = address.getUint16(0);
  let low = index[highest];
  let high = index[highest + 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (isAtOrBefore(starts, middle, address)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function isAtOrBefore(starts: readonly Uint32Array[], at: number, address: DataView): boolean {
  for (let word = 0; word < 4; word++) {
    const difference = starts[word][at] - address.getUint32(word * 4);
    if (difference !== 0) return difference < 0;
  }
  return true;
}
