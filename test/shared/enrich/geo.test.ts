import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { tableOf } from '../../../scripts/geo/table.ts';
import { Tree, type Value } from '../../../scripts/geo.ts';
import { type Geo, geoFrom, noGeo } from '../../../shared/enrich/geo.ts';
import { geoTable } from '../../../shared/enrich/geotable.ts';
import { Text } from '../../../shared/text/text.ts';

type Row = readonly [first: string, last: string, value: Value];

function file(rows: readonly Row[]): Buffer {
  const tree = new Tree();
  for (const [first, last, value] of rows) {
    const bits = first.includes(':') ? 128 : 32;
    tree.add(number(first), number(last), bits, value);
  }
  return tree.mmdb('Test', 'made up');
}

function number(ip: string): bigint {
  if (!ip.includes(':')) return ip.split('.').reduce((address, octet) => address * 256n + BigInt(octet), 0n);
  return ip.split(':').reduce((address, group) => (address << 16n) | BigInt(`0x${group}`), 0n);
}

const country = file([
  ['1.0.0.0', '1.255.255.255', { country: { iso_code: 'KR' }, registered_country: { iso_code: 'US' } }],
  ['2.0.0.0', '2.0.0.255', { country_code: 'de' }],
  ['3.0.0.0', '3.0.0.255', { country_code: '' }],
  ['4.0.0.0', '4.0.0.255', { continent: { code: 'EU' } }],
  ['192.0.2.0', '192.0.2.255', { country_code: 'US' }],
  ['2a00:0:0:0:0:0:0:0', '2a00:0:ffff:ffff:ffff:ffff:ffff:ffff', { country_code: 'FR' }],
  ['2001:db8:0:0:0:0:0:0', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', { country_code: 'JP' }],
]);
const asn = file([
  ['1.0.0.0', '1.0.0.255', { autonomous_system_number: 4766, autonomous_system_organization: 'Korea "Telecom"' }],
  ['3.0.0.0', '3.0.0.255', { autonomous_system_number: 7 }],
  ['5.0.0.0', '5.0.0.255', { autonomous_system_number: 0, autonomous_system_organization: 'Not routed' }],
  ['2a00:0:0:0:0:0:0:0', '2a00:0:0:ffff:ffff:ffff:ffff:ffff', { autonomous_system_number: 4200000000 }],
]);

/** The members of an address that stands in the middle of other bytes, as text. */
function members(from: Geo, ip: string): string | undefined {
  const bytes = Buffer.from(`1.${ip}.1 and more`);
  const found = from.rendered(bytes, 2, 2 + ip.length);
  if (found === undefined) return undefined;
  const text = new Text(8);
  text.literal(found);
  return Buffer.from(text.slice()).toString();
}

const KR = { geo: { country_iso_code: 'KR' } };
const TELECOM = { as: { number: 4766, organization: { name: 'Korea "Telecom"' } } };

const CASES: readonly [ip: string, place: object | undefined][] = [
  ['1.0.0.1', { ...KR, ...TELECOM }],
  ['1.2.3.4', KR],
  ['2.0.0.200', { geo: { country_iso_code: 'DE' } }],
  ['3.0.0.1', { as: { number: 7 } }],
  ['2a00::5', { geo: { country_iso_code: 'FR' }, as: { number: 4200000000 } }],
  ['2a00:0:1::5', { geo: { country_iso_code: 'FR' } }],
  ['4.0.0.1', undefined],
  ['5.0.0.1', undefined],
  ['6.6.6.6', undefined],
  ['10.0.0.1', undefined],
  ['192.0.2.1', undefined],
  ['2001:db8::1', undefined],
  ['fe80::1', undefined],
  ['2b00::1', undefined],
  ['::ffff:1.0.0.1', undefined],
  ['1.0.0.256', undefined],
  ['1.0.0', undefined],
  ['zz::1', undefined],
  ['unknown', undefined],
  ['', undefined],
];

describe.each([
  ['both files', geoFrom(country, asn)],
  ['one table of both', geoTable(tableOf(country, asn))],
])('%s', (_, both) => {
  test.each(CASES)('%s as an object', (ip, place) => {
    expect(both.of(ip)).toEqual(place);
  });

  test.each(CASES)('%s as JSON members that say the same, first and again', (ip, place) => {
    for (let i = 0; i < 2; i++) {
      const text = members(both, ip);
      expect(text === undefined ? undefined : JSON.parse(`{${text.slice(0, -1)}}`)).toEqual(place);
      expect(text?.endsWith('},') ?? true).toBe(true);
    }
  });

  test('addresses at equal places share one literal', () => {
    const [one, other] = ['1.2.3.4', '1.200.0.9'].map((ip) => both.rendered(Buffer.from(ip), 0, ip.length));
    expect(one).toBeDefined();
    expect(one).toBe(other);
  });

  test('more addresses than are remembered all get their own place', () => {
    for (let i = 0; i < 200_000; i++) {
      const ip = `${1 + (i & 1)}.0.${(i >> 9) & 255}.${(i >> 1) & 255}`;
      const found = both.rendered(Buffer.from(ip), 0, ip.length);
      const expected = both.of(ip);
      if ((found === undefined) !== (expected === undefined)) throw new Error(ip);
    }
  });
});

test('a table says at the ends of each range, and beside them, what the databases say', () => {
  const range = (bits: 32 | 128) => {
    const top = 2n ** BigInt(bits) - 1n;
    return fc
      .tuple(fc.bigInt({ min: 0n, max: top }), fc.integer({ min: 0, max: bits === 32 ? 12 : 100 }), fc.nat({ max: 5 }))
      .map(([at, size, name]) => {
        const last = at + 2n ** BigInt(size) + 6n;
        return { first: at, last: last > top ? top : last, bits, name };
      });
  };
  const ranges = fc.array(fc.oneof(range(32), range(128)), { maxLength: 12 });
  const made = (all: readonly Range[], value: (name: number) => Value) => {
    const tree = new Tree();
    for (const { first, last, bits, name } of all) tree.add(first, last, bits, value(name));
    return tree.mmdb('Test', 'made up');
  };
  fc.assert(
    fc.property(ranges, ranges, (countries, systems) => {
      const files = [
        made(countries, (name) => ({ country_code: `A${'ABCDEF'[name]}` })),
        made(systems, (name) => ({ autonomous_system_number: name + 1 })),
      ] as const;
      const [databases, table] = [geoFrom(...files), geoTable(tableOf(...files))];
      for (const { first, last, bits } of [...countries, ...systems]) {
        for (const at of [first - 1n, first, first + 1n, last - 1n, last, last + 1n]) {
          if (at < 0n || at >= 2n ** BigInt(bits)) continue;
          const ip = bits === 32 ? ipv4Text(at) : ipv6Text(at);
          expect([ip, table.of(ip)]).toEqual([ip, databases.of(ip)]);
          expect([ip, members(table, ip)]).toEqual([ip, members(databases, ip)]);
        }
      }
    }),
  );
});

interface Range {
  readonly first: bigint;
  readonly last: bigint;
  readonly bits: 32 | 128;
  readonly name: number;
}

const ipv4Text = (at: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (at >> shift) & 255n).join('.');
const ipv6Text = (at: bigint): string =>
  Array.from({ length: 8 }, (_, group) => ((at >> BigInt(112 - group * 16)) & 0xffffn).toString(16)).join(':');

test('what is not a table is refused, and so is a damaged one', () => {
  expect(() => geoTable(Buffer.from('not one'))).toThrow('this is not a table');
  const damaged = Buffer.from(tableOf(country, asn));
  damaged[damaged.length - 9] ^= 1;
  expect(() => geoTable(damaged)).toThrow('the table is damaged');
});

describe('one file or none', () => {
  test('countries alone', () => {
    expect(geoFrom(country).of('1.0.0.1')).toEqual(KR);
    expect(members(geoFrom(country), '1.0.0.1')).toBe('"geo":{"country_iso_code":"KR"},');
  });

  test('systems alone', () => {
    expect(geoFrom(undefined, asn).of('1.0.0.1')).toEqual(TELECOM);
  });

  test('neither', () => {
    for (const none of [geoFrom(), noGeo]) {
      expect(none.of('1.0.0.1')).toBeUndefined();
      expect(members(none, '1.0.0.1')).toBeUndefined();
    }
  });

  test('a file that is no MaxMind DB throws', () => {
    expect(() => geoFrom(Buffer.from('not one'))).toThrow();
  });
});

/** The same file with larger records in its tree, as MaxMind's larger files have them. */
function widened(from: Buffer, bits: 28 | 32): Buffer {
  const at = (key: string): number => from.lastIndexOf(key) + key.length;
  const nodes = from.readUInt32BE(at('node_count') + 1);
  const tree = Buffer.alloc((nodes * bits) / 4);
  for (let i = 0; i < nodes; i++) {
    const [left, right] = [from.readUIntBE(i * 6, 3), from.readUIntBE(i * 6 + 3, 3)];
    if (bits === 28) {
      tree.writeUIntBE(left, i * 7, 3);
      tree.writeUIntBE(right, i * 7 + 4, 3);
    } else {
      tree.writeUInt32BE(left, i * 8);
      tree.writeUInt32BE(right, i * 8 + 4);
    }
  }
  const rest = Buffer.from(from.subarray(nodes * 6));
  rest.writeUInt16BE(bits, at('record_size') + 1 - nodes * 6);
  return Buffer.concat([tree, rest]);
}

test.each([28, 32] as const)('records of %i bits give the same places', (bits) => {
  const wide = geoFrom(widened(country, bits), widened(asn, bits));
  for (const [ip, place] of CASES) {
    expect(wide.of(ip)).toEqual(place);
    expect(members(wide, ip) === undefined).toBe(place === undefined);
  }
});

test('a file of IPv4 alone knows no IPv6 address', () => {
  const wide = file([['0.0.0.0', '255.255.255.255', { country_code: 'KR' }]]);
  const at = wide.lastIndexOf('ip_version') + 'ip_version'.length;
  const narrow = Buffer.from(wide);
  narrow.writeUInt16BE(4, at + 1);
  expect(geoFrom(narrow).of('2a00::1')).toBeUndefined();
  expect(members(geoFrom(narrow), '2a00::1')).toBeUndefined();
});

test('a file that is damaged inside knows nothing, and says so without an error', () => {
  const damaged = Buffer.from(country);
  const nodes = country.readUInt32BE(country.lastIndexOf('node_count') + 'node_count'.length + 1);
  damaged.fill(0, nodes * 6 + 16, country.lastIndexOf('MaxMind.com') - 3); // the data section
  const from = geoFrom(damaged, asn);
  expect(from.of('1.0.0.1')).toEqual(TELECOM);
  expect(members(from, '1.0.0.1')).toBe('"as":{"number":4766,"organization":{"name":"Korea \\"Telecom\\""}},');
});
