import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ipv4, ipv6, packIpv6 } from '../../../shared/text/ip.ts';

/** Reads an address that stands between other digits. */
function within<T>(read: (bytes: Uint8Array, start: number, end: number) => T, text: string): T {
  const bytes = Buffer.from(`1${text}1`, 'latin1');
  return read(bytes, 1, bytes.length - 1);
}

const numberOf = (text: string): number => {
  const [a, b, c, d] = text.split('.').map(Number);
  return ((a * 256 + b) * 256 + c) * 256 + d;
};

/** Addresses with something changed. */
const almost = (address: fc.Arbitrary<string>) =>
  fc
    .tuple(address, fc.nat(), fc.constantFrom('', '0', '1', '9', '.', ':', '::', 'f', 'g', '-', ' ', '%', '/'))
    .map(([text, place, inserted]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + inserted + text.slice(at + (inserted === '' ? 1 : 0));
    });

describe('IPv4', () => {
  test('addresses become numbers', () => {
    fc.assert(fc.property(fc.ipV4(), (text) => expect(within(ipv4, text)).toBe(numberOf(text))));
    expect(within(ipv4, '255.255.255.255')).toBe(0xffffffff);
    expect(within(ipv4, '0.0.0.0')).toBe(0);
  });

  test('texts that are almost addresses are told apart as Node does', () => {
    fc.assert(
      fc.property(almost(fc.ipV4()), (text) => {
        expect(within(ipv4, text)).toBe(isIPv4(text) ? numberOf(text) : -1);
      }),
      { numRuns: 20_000 },
    );
  });

  test.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '1.2.3.4.',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.1.1.256',
    '1.1.1.1000',
    '01.2.3.4',
    '1.2.3.00',
    '1.2.3.-4',
    '1.2.3.4 ',
    '1.2.3.4/8',
    '0x1.2.3.4',
    '1234567890123456',
    '::1',
  ])('%j is none', (text) => {
    expect(within(ipv4, text)).toBe(-1);
  });
});

describe('IPv6', () => {
  test('addresses are recognized', () => {
    fc.assert(fc.property(fc.ipV6(), (text) => expect(within(ipv6, text)).toBe(text)));
  });

  test('texts that are almost addresses are told apart as Node does, and zones refused', () => {
    fc.assert(
      fc.property(almost(fc.ipV6()), (text) => {
        expect(within(ipv6, text)).toBe(isIPv6(text) && !text.includes('%') ? text : undefined);
      }),
      { numRuns: 20_000 },
    );
  });

  test.each([
    '',
    ':',
    ':::',
    '1::2::3',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    '::ffff:1.2.3',
    '::ffff:01.2.3.4',
    '10.0.0.1',
    `${'0'.repeat(46)}::1`,
  ])('%j is none', (text) => {
    expect(within(ipv6, text)).toBe(undefined);
  });

  test.each([
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['1::', '00010000000000000000000000000000'],
    ['2001:DB8::8a2e:370:7334', '20010db8000000000000' + '8a2e03707334'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['::ffff:192.0.2.128', '00000000000000000000ffffc0000280'],
    ['64:ff9b::192.0.2.33', '0064ff9b0000000000000000c0000221'],
    ['::192.0.2.33', '000000000000000000000000c0000221'],
    ['1:2:3:4:5:6:192.0.2.33', '000100020003000400050006c0000221'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['::2:3:4:5:6:7:8', '00000002000300040005000600070008'],
  ])('%s is packed into its 16 bytes', (text, hex) => {
    const to = new Uint8Array(20).fill(0xee);
    packIpv6(text, to, 2);
    expect(Buffer.from(to).toString('hex')).toBe(`eeee${hex}eeee`);
  });

  test('packing loses nothing: unpacked it is the same address', () => {
    const canonical = (address: string) => new SocketAddress({ address, family: 'ipv6' }).address;
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const to = new Uint8Array(16);
        packIpv6(text, to, 0);
        const groups = Buffer.from(to).toString('hex').match(/.{4}/g)!.join(':');
        expect(canonical(groups)).toBe(canonical(text));
      }),
    );
  });
});
