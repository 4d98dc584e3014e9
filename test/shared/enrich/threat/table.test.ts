/** The table against a search through all indicators, one by one. */
import { BlockList } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Indicator, targetOf } from '../../../../shared/enrich/threat/indicator.ts';
import { type IndicatorTable, indicatorTable } from '../../../../shared/enrich/threat/table.ts';
import { ipv4, packIpv6 } from '../../../../shared/text/ip.ts';

function indicator(name: string): Indicator[] {
  const target = targetOf(name);
  return typeof target === 'string' ? [] : [{ name, target, about: { provider: 'list' } }];
}

function found(table: IndicatorTable, value: string): string | undefined {
  const bytes = Buffer.from(value);
  const packed = new Uint8Array(16);
  const address = ipv4(bytes, 0, bytes.length);
  if (value.includes(':')) packIpv6(value, packed, 0);
  const number = value.includes(':')
    ? table.ipv6(packed)
    : address >= 0
      ? table.ipv4(address)
      : table.host(bytes, 0, bytes.length);
  return number < 0 ? undefined : table.name(number);
}

/** By Node's own arithmetic of addresses; the longest prefix, then the first. */
function byBlockList(names: readonly string[], address: string): string | undefined {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const matching = names.filter((name) => {
    const [base, bits = family === 'ipv4' ? '32' : '128'] = name.split('/');
    if (base.includes(':') !== (family === 'ipv6')) return false;
    const list = new BlockList();
    list.addSubnet(base, Number(bits), family);
    return list.check(address, family);
  });
  const bitsOf = (name: string) => Number(name.split('/')[1] ?? 128);
  return matching.sort((a, b) => bitsOf(b) - bitsOf(a))[0];
}

const octet = fc.integer({ min: 0, max: 3 });
// few values, so that many lie in each other
const address4 = fc.tuple(fc.constantFrom(5, 6), octet, octet, octet).map((octets) => octets.join('.'));
const address6 = fc.tuple(octet, octet, octet).map(([a, b, c]) => `2001:${a}:${b}::${c}`);
const block4 = fc
  .tuple(address4, fc.integer({ min: 8, max: 32 }))
  .map(([ip, bits]) => (bits === 32 ? ip : `${ip}/${bits}`));
const block6 = fc
  .tuple(address6, fc.integer({ min: 16, max: 128 }))
  .map(([ip, bits]) => (bits === 128 ? ip : `${ip}/${bits}`));

describe('finds what a search through all finds', () => {
  test('of addresses', () => {
    const blocks = fc.uniqueArray(fc.oneof(block4, block6), { maxLength: 40 });
    const asked = fc.array(fc.oneof(address4, address6), { maxLength: 40 });
    fc.assert(
      fc.property(blocks, asked, (names, addresses) => {
        const table = indicatorTable(names.flatMap(indicator));
        for (const each of addresses) {
          const expected = byBlockList(names, each);
          const name = found(table, each);
          // of two names of one block the first counts
          const isSame =
            name === expected || byBlockList([name ?? '', expected ?? ''].filter(Boolean), each) !== undefined;
          expect([each, name?.split('/')[1], isSame]).toEqual([each, expected?.split('/')[1], true]);
        }
      }),
    );
  });

  test('of names', () => {
    const label = fc.constantFrom('a', 'b', 'xn--a', 'A');
    const host = fc.array(label, { minLength: 2, maxLength: 5 }).map((labels) => labels.join('.'));
    const entry = fc.tuple(fc.boolean(), host).map(([isWild, name]) => (isWild ? `*.${name}` : name).toLowerCase());
    fc.assert(
      fc.property(fc.uniqueArray(entry, { maxLength: 30 }), fc.array(host, { maxLength: 30 }), (names, hosts) => {
        const table = indicatorTable(names.flatMap(indicator));
        for (const each of hosts) {
          const name = each.toLowerCase();
          const below = names.filter((one) => one.startsWith('*.') && name.endsWith(one.slice(1)));
          const expected = names.includes(name) ? name : below.sort((a, b) => b.length - a.length)[0];
          expect(found(table, each)).toBe(expected);
          expect(found(table, `${each}.`)).toBe(expected);
        }
      }),
    );
  });
});

test('of equal indicators the first list counts', () => {
  const [one] = indicator('198.51.100.7');
  const table = indicatorTable([
    { ...one, about: { provider: 'a' } },
    { ...one, about: { provider: 'b' } },
  ]);
  expect(table.about(table.ipv4(0xc6336407)).provider).toBe('a');
});

test('an empty table finds nothing', () => {
  const table = indicatorTable([]);
  expect(['198.51.100.7', '2001:db8::1', 'a.example', ''].map((each) => found(table, each))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
