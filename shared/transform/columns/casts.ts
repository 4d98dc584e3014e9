/** Casts for columns that hold the ends of a connection. Addresses are checked: OpenSearch refuses a document with a wrong one. */

import type { Row } from '../../decode/columns.ts';
import { communityId, communityId6, hasCommunityId } from '../../enrich/community.ts';
import type { Geo } from '../../enrich/geo.ts';
import { ipv6 } from '../../text/ip.ts';
import { EMPTY, literal } from '../../text/text.ts';
import { type Emit, notA } from './emit.ts';

type AddressCast = 'geo' | 'family' | 'ips' | 'community' | 'differing' | 'port';

/**
 * `geo` an address and, beside it, where it is (`geo`, `as`) · `family` of an address: ipv4 or ipv6 ·
 * `ips` a list of the distinct addresses · `community` the Community ID of [source, destination, protocol, ports] ·
 * `differing` the first column where the second has another text · `port` a number up to 65535.
 */
export function addressCasts(geo: Geo): Readonly<Record<AddressCast, Emit>> {
  return {
    geo(row, [column], key, doc) {
      const from = row.starts[column];
      const to = row.ends[column];
      if (from === to) return;
      if (!isAddress(row, column)) throw notA('IP address', row.header.names[column], row, column);
      doc.literal(key);
      doc.byte(QUOTE);
      doc.copy(row.view, from, to);
      doc.literal(QUOTE_COMMA);
      doc.literal(geo.rendered(row.bytes, from, to) ?? EMPTY);
    },
    family({ bytes, starts, ends }, [column], key, doc) {
      if (starts[column] === ends[column]) return;
      doc.literal(key);
      doc.literal(includes(bytes, starts[column], ends[column], COLON) ? IPV6 : IPV4);
    },
    ips(row, columns, key, doc) {
      const start = doc.length;
      doc.literal(key);
      doc.byte(OPEN);
      for (let i = 0; i < columns.length; i++) {
        const column = columns[i];
        if (column < 0 || row.starts[column] === row.ends[column] || repeats(row, columns, i)) continue;
        if (!isAddress(row, column)) throw notA('IP address', row.header.names[column], row, column);
        doc.byte(QUOTE);
        doc.copy(row.view, row.starts[column], row.ends[column]);
        doc.literal(QUOTE_COMMA);
      }
      if (doc.bytes[doc.length - 1] === OPEN) {
        doc.length = start;
      } else {
        doc.bytes[doc.length - 1] = CLOSE;
        doc.byte(COMMA);
      }
    },
    community(row, columns, key, doc) {
      for (let i = 0; i < 5; i++) {
        if (columns[i] < 0 || row.starts[columns[i]] === row.ends[columns[i]]) return;
      }
      const protocol = small(row, columns[2], 255);
      const id = hasCommunityId(protocol) ? idOf(row, columns, protocol) : undefined;
      if (id === undefined) return;
      doc.literal(key);
      doc.literal(VERSION_1);
      doc.ascii(id);
      doc.literal(QUOTE_COMMA);
    },
    port(row, [column], key, doc) {
      const { bytes, starts, ends } = row;
      const from = starts[column];
      if (from === ends[column]) return;
      if (bytes[from] === ZERO && ends[column] - from > 1)
        throw notA('whole number', row.header.names[column], row, column);
      doc.literal(key);
      doc.int(small(row, column, 65535));
      doc.byte(COMMA);
    },
    differing(row, columns, key, doc) {
      const [column] = columns;
      if (column < 0 || row.starts[column] === row.ends[column] || isSame(row, column, columns[1])) return;
      doc.literal(key);
      doc.byte(QUOTE);
      if (row.odd) doc.escaped(row.bytes, row.starts[column], row.ends[column]);
      else doc.copy(row.view, row.starts[column], row.ends[column]);
      doc.literal(QUOTE_COMMA);
    },
  };
}

const QUOTE = 34;
const COMMA = 44;
const ZERO = 48;
const COLON = 58;
const OPEN = 91;
const CLOSE = 93;
const QUOTE_COMMA = literal('",');
const IPV4 = literal('"ipv4",');
const IPV6 = literal('"ipv6",');
const VERSION_1 = literal('"1:');

const isAddress = (row: Row, column: number): boolean => row.ipv4(column) >= 0 || v6(row, column) !== undefined;

const v6 = ({ bytes, starts, ends }: Row, column: number) => ipv6(bytes, starts[column], ends[column]);

function idOf(row: Row, columns: readonly number[], protocol: number): string | undefined {
  const sport = small(row, columns[3], 65535);
  const dport = small(row, columns[4], 65535);
  const source = row.ipv4(columns[0]);
  const destination = row.ipv4(columns[1]);
  if (source >= 0 && destination >= 0) return communityId(protocol, source, sport, destination, dport);
  const source6 = v6(row, columns[0]);
  const destination6 = v6(row, columns[1]);
  if (source6 === undefined || destination6 === undefined) return undefined;
  return communityId6(protocol, source6, sport, destination6, dport);
}

function includes(bytes: Uint8Array, from: number, to: number, byte: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] === byte) return true;
  return false;
}

/** The i-th column's text stands in an earlier one too. */
function repeats(row: Row, columns: readonly number[], i: number): boolean {
  for (let k = 0; k < i; k++) if (isSame(row, columns[i], columns[k])) return true;
  return false;
}

function isSame({ bytes, starts, ends }: Row, one: number, other: number): boolean {
  if (other < 0) return false;
  const length = ends[one] - starts[one];
  if (ends[other] - starts[other] !== length) return false;
  let at = 0;
  while (at < length && bytes[starts[other] + at] === bytes[starts[one] + at]) at++;
  return at === length;
}

/** A port or a protocol number. */
function small(row: Row, column: number, most: number): number {
  let n = 0;
  for (let i = row.starts[column]; i < row.ends[column]; i++) {
    const digit = row.bytes[i] - 48;
    if (digit < 0 || digit > 9) throw notA('whole number', row.header.names[column], row, column);
    n = n * 10 + digit;
  }
  if (n > most) throw notA(`number up to ${most}`, row.header.names[column], row, column);
  return n;
}
