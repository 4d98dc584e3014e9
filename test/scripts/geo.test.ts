import { expect, test } from '@jest/globals';
import { type CountryResponse, Reader } from 'mmdb-lib';
import { Tree } from '../../scripts/geo.ts';

const address = (ip: string): bigint => ip.split('.').reduce((number, octet) => number * 256n + BigInt(octet), 0n);

const read = (tree: Tree) => new Reader<CountryResponse>(tree.mmdb('Test', 'made up'));

test('a range is found from its first to its last address and nowhere else', () => {
  const tree = new Tree();
  tree.add(address('8.8.8.3'), address('8.8.9.128'), 32, { name: 'A' });
  const reader = read(tree);
  const found = ['8.8.8.2', '8.8.8.3', '8.8.8.255', '8.8.9.128', '8.8.9.129'].map((ip) => reader.get(ip));
  expect(found).toEqual([null, { name: 'A' }, { name: 'A' }, { name: 'A' }, null]);
});

test('where ranges overlap the later one counts', () => {
  const tree = new Tree();
  tree.add(address('1.0.0.0'), address('1.0.0.255'), 32, { name: 'wide' });
  tree.add(address('1.0.0.7'), address('1.0.0.7'), 32, { name: 'narrow' });
  const reader = read(tree);
  expect(['1.0.0.6', '1.0.0.7', '1.0.0.8'].map((ip) => reader.get(ip))).toEqual([
    { name: 'wide' },
    { name: 'narrow' },
    { name: 'wide' },
  ]);
});

test('every one of many ranges is found, however often the tree grew', () => {
  const tree = new Tree();
  const ranges = Array.from({ length: 5000 }, (_, i) => 0x01000000n + BigInt(i) * 65_537n);
  for (const [i, first] of ranges.entries()) tree.add(first, first + 2n, 32, { number: i });
  const reader = read(tree);
  const text = (ip: bigint) => [24n, 16n, 8n, 0n].map((shift) => (ip >> shift) & 255n).join('.');
  expect(ranges.map((first) => reader.get(text(first + 1n)))).toEqual(ranges.map((_, number) => ({ number })));
});

test('IPv6 and IPv4 stand side by side', () => {
  const tree = new Tree();
  tree.add(0x2001_4860n << 96n, (0x2001_4861n << 96n) - 1n, 128, { name: 'six' });
  tree.add(address('1.0.0.0'), address('1.255.255.255'), 32, { name: 'four' });
  const reader = read(tree);
  expect([reader.get('2001:4860:ffff::1'), reader.get('2001:4861::'), reader.get('1.2.3.4')]).toEqual([
    { name: 'six' },
    null,
    { name: 'four' },
  ]);
});

test('names of any length and alphabet survive', () => {
  const tree = new Tree();
  const names = ['', 'x'.repeat(28), 'x'.repeat(29), 'x'.repeat(200), 'Société "Générale" – 회사'];
  for (const [i, name] of names.entries()) tree.add(BigInt(i) << 24n, BigInt(i) << 24n, 32, { nested: { name } });
  const reader = read(tree);
  expect(names.map((_, i) => reader.get(`${i}.0.0.0`))).toEqual(names.map((name) => ({ nested: { name } })));
});
