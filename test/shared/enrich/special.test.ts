import { expect, test } from '@jest/globals';
import { isSpecial, isSpecialIpv6 } from '../../../shared/enrich/special.ts';

const number = (ip: string): number => ip.split('.').reduce((address, octet) => address * 256 + Number(octet), 0);

test.each([
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['169.254.0.0', '169.254.255.255'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '255.255.255.255'],
])('%s to %s is special and its neighbours are not', (first, last) => {
  expect([number(first), number(last)].map(isSpecial)).toEqual([true, true]);
  const outside = [number(first) - 1, number(last) + 1].filter((address) => address >= 0 && address < 2 ** 32);
  expect(outside.map(isSpecial)).toEqual(outside.map(() => false));
});

test.each([
  '::',
  '::1',
  '0:0:0:0:0:0:0:1',
  '::ffff:8.8.8.8',
  'fe80::1',
  'FD00::1',
  'fc00::',
  'ff02::1',
  '2001:db8::1',
  '2001:0DB8:1::',
  '3fff:fff::1',
])('%s is special', (ip) => {
  expect(isSpecialIpv6(ip)).toBe(true);
});

test.each(['2001:4860:4860::8888', '2600::', '2001:db80::1', '3fff:1000::', 'f::1', 'fe:1::'])(
  '%s is not special',
  (ip) => {
    expect(isSpecialIpv6(ip)).toBe(false);
  },
);
