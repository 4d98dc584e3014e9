/**
 * All casts of field-map rows, one table for every back end: how a value becomes JSON. `of` says what a cast means; a back end
 * may have a faster way to the same result, and test/shared/transform/conformance.test.ts holds it to that.
 * docs/reference/field-maps.md is made from this table.
 */
import { isIP } from 'node:net';
import { communityId, communityId6, hasCommunityId } from '../enrich/community.ts';
import { epochMs } from '../text/instant.ts';
import { ipv4 } from '../text/ip.ts';
import { flat } from './flat.ts';
import { isRawNumber, numberOf, type RawNumber } from './numbers.ts';
import type { Json, TableCast } from './rows.ts';

export interface Meaning {
  /** For the documentation, a sentence. */
  readonly about: string;
  /** `one`: the first of the row's values that it can take. `all`: the values of all of the row's paths, in their order. */
  readonly takes: 'one' | 'all';
  /** Texts, as every back end can have them, and what they become. */
  readonly examples: readonly (readonly [values: readonly string[], json: Json])[];
  /** undefined: not what the cast takes. */
  of(values: readonly unknown[]): Json | RawNumber | undefined;
}

const one = (
  about: string,
  examples: Readonly<Record<string, Json>>,
  of: (value: unknown) => Json | RawNumber | undefined,
): Meaning => ({
  about,
  takes: 'one',
  examples: Object.entries(examples).map(([value, json]) => [[value], json]),
  of: ([value]) => of(value),
});

const WHOLE = /^-?(?:0|[1-9]\d{0,17})$/; // OpenSearch's `long` takes any of these

export const CASTS = {
  text: one('a text; numbers, true and false become one', { a: 'a', '5': '5' }, text),
  lower: one('a text with its ASCII letters in lower case', { TCP: 'tcp', É: 'É' }, lower),
  int: one('a whole number of up to 18 digits, or a text that is one', { '443': 443, '-1': -1 }, (value) => {
    const digits = isRawNumber(value) ? value.rawJSON : value;
    if (typeof digits === 'string') return WHOLE.test(digits) ? numberOf(digits) : undefined;
    return Number.isSafeInteger(digits) ? (digits as number) : undefined;
  }),
  port: one('a whole number up to 65535', { '443': 443, '0': 0 }, (value) => {
    const port = typeof value === 'string' && !WHOLE.test(value) ? undefined : numberOf(value);
    return port !== undefined && isPort(port) ? port : undefined;
  }),
  float: one('a number that a `float` field can hold, or a text that is one', { '1.5': 1.5, '7': 7 }, float),
  whole: one('a number without its fraction, or a text that is one', { '8.9': 8, '7': 7 }, (value) => {
    const whole = Math.trunc(numberOf(value) ?? Number.NaN);
    return Number.isSafeInteger(whole) ? whole + 0 : undefined;
  }),
  boolean: one('true or false', { true: true, false: false }, (value) =>
    typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : undefined,
  ),
  seconds: one('epoch seconds, as an instant', { '1795527638': '2026-11-24T13:40:38.000Z' }, (value) => {
    const seconds = numberOf(value);
    return seconds === undefined || seconds < 0 ? undefined : iso(seconds * 1000);
  }),
  instant: one(
    'a point in time in any spelling of shared/text/instant.ts: ISO 8601, epoch seconds or milliseconds',
    { '2026-11-24T13:40:38Z': '2026-11-24T13:40:38.000Z', '1795527638': '2026-11-24T13:40:38.000Z' },
    (value) => iso(epochMs(isRawNumber(value) ? numberOf(value) : value)),
  ),
  ip: one('an IPv4 or IPv6 address', { '192.0.2.1': '192.0.2.1', '2001:db8::1': '2001:db8::1' }, address),
  geo: one('an address and, beside it, where it is: `geo` and `as`', { '192.0.2.1': '192.0.2.1' }, address),
  family: one('of an address: `ipv4` or `ipv6`', { '192.0.2.1': 'ipv4', '2001:db8::1': 'ipv6' }, (value) =>
    address(value) === undefined ? undefined : String(value).includes(':') ? 'ipv6' : 'ipv4',
  ),
  ips: {
    about: 'a list of the addresses among all values, each once',
    takes: 'all',
    examples: [
      [
        ['192.0.2.1', '192.0.2.2', '192.0.2.1'],
        ['192.0.2.1', '192.0.2.2'],
      ],
    ],
    of: (values) => filled(values.flatMap((value) => address(value) ?? [])),
  },
  community: {
    about: 'the Community ID of [source address, destination address, protocol number, source port, destination port]',
    takes: 'all',
    // of https://github.com/corelight/community-id-spec
    examples: [[['128.232.110.120', '66.35.250.204', '6', '34855', '80'], '1:LQU9qZlK+B5F3KDmev6m5PMibrg=']],
    of: community,
  },
  differing: {
    about:
      'the first value as a text, unless the second is the same: what mostly repeats another field costs nothing then',
    takes: 'all',
    examples: [[['192.0.2.1', '192.0.2.2'], '192.0.2.1']],
    of: ([value, other]) => (text(value) === text(other) ? undefined : text(value)),
  },
  flat: one(
    'anything, as a `flat_object` field takes it: without nulls, long texts cut, what is not an object as `{"value": …}`',
    { a: { value: 'a' } },
    flat,
  ),
} as const satisfies Readonly<Record<string, Meaning>>;

export type CastName = keyof typeof CASTS;

/** Casts that stand behind all rows of a map, since they hold what those left. */
export const KEEPS = {
  others: 'what no row reads, and values that their row’s cast can’t take, by their paths',
  reshaped: 'the paths of values that the document has otherwise than the record: not as or not where they were',
} as const;

export const isCast = (name: string): name is CastName => Object.hasOwn(CASTS, name);

function text(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isRawNumber(value)) return value.rawJSON;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The `table` cast. */
export function lookUp({ table, strict = false }: TableCast, value: unknown): Json | undefined {
  const key = text(value);
  if (key !== undefined && Object.hasOwn(table, key)) return table[key] ?? undefined;
  return strict ? undefined : key;
}

function lower(value: unknown): string | undefined {
  return typeof value === 'string' ? text(value.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())) : undefined;
}

const FLOAT_MAX = 3.4028234663852886e38;

function float(value: unknown): number | undefined {
  const n = numberOf(value);
  return n !== undefined && Math.abs(n) <= FLOAT_MAX ? n : undefined;
}

const LAST = 253_402_300_799_999; // year 9999, as Text.instant

const iso = (ms: number | undefined): string | undefined =>
  ms === undefined || !(ms <= LAST) ? undefined : new Date(ms).toISOString();

function address(value: unknown): string | undefined {
  return typeof value === 'string' && isIP(value) !== 0 && !value.includes('%') ? value : undefined;
}

const filled = (list: readonly Json[]): readonly Json[] | undefined =>
  list.length === 0 ? undefined : [...new Set(list)];

function community(values: readonly unknown[]): string | undefined {
  const [source, destination] = values.slice(0, 2).map(address);
  const [protocol, sport, dport] = values.slice(2).map((value) => numberOf(value) ?? -1);
  if (source === undefined || destination === undefined || isIP(source) !== isIP(destination)) return undefined;
  if (!isPort(sport) || !isPort(dport) || !(protocol >= 0 && protocol <= 255) || !hasCommunityId(protocol))
    return undefined;
  if (isIP(source) === 4) return `1:${communityId(protocol, packed(source), sport, packed(destination), dport)}`;
  return `1:${communityId6(protocol, source, sport, destination, dport)}`;
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 0 && port <= 65_535;

function packed(address: string): number {
  const bytes = Buffer.from(address);
  return ipv4(bytes, 0, bytes.length);
}
