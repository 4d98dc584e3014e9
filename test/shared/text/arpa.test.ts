import { expect, test } from '@jest/globals';
import { arpaAddress } from '../../../shared/text/arpa.ts';

test('the address of a reverse look-up', () => {
  expect(arpaAddress('7.113.0.203.in-addr.arpa')).toBe('203.0.113.7');
  const v6 = '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa';
  expect(arpaAddress(v6)).toBe('2001:db8::1');
});

test.each([
  '113.0.203.in-addr.arpa',
  '256.113.0.203.in-addr.arpa',
  '1.0-25.113.0.203.in-addr.arpa',
  'lb._dns-sd._udp.0.0.10.10.in-addr.arpa',
  'in-addr.arpa',
  '8.b.d.0.1.0.0.2.ip6.arpa',
  'g.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
  'www.example.com',
  '',
])('%j has none', (name) => {
  expect(arpaAddress(name)).toBeUndefined();
});
