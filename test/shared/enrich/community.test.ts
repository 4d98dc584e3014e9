import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { communityId, communityId6, hasCommunityId } from '../../../shared/enrich/community.ts';

/** [what, protocol, source, port, destination, port, id] of the default seed. */
type Vector = readonly [string, number, string, number, string, number, string];

/**
 * https://github.com/corelight/community-id-spec/blob/master/baseline/baseline_deflt.json
 * and, for SCTP with different ports, TCP with the lower port first and plain IP,
 * https://github.com/corelight/pycommunityid/blob/master/tests/communityid_test.py
 */
const VECTORS: readonly Vector[] = [
  ['TCP', 6, '128.232.110.120', 34855, '66.35.250.204', 80, '1:LQU9qZlK+B5F3KDmev6m5PMibrg='],
  ['TCP, in order already', 6, '10.0.0.1', 10, '10.0.0.2', 11569, '1:SXBGMX1lBOwhhoDrZynfROxnhnM='],
  ['UDP', 17, '192.168.1.52', 54585, '8.8.8.8', 53, '1:d/FP5EW3wiY1vCndhwleRRKHowQ='],
  ['SCTP', 132, '192.168.170.8', 7, '192.168.170.56', 7, '1:MP2EtRCAUIZvTw6MxJHLV7N7JDs='],
  ['SCTP, different ports', 132, '192.168.170.8', 7, '192.168.170.56', 80, '1:jQgCxbku+pNGw8WPbEc/TS/uTpQ='],
  ['RSVP', 46, '10.1.12.1', 0, '10.1.12.2', 0, '1:KHlLkgoJW7ifUTyTSgyVfkFHzKw='],
  ['any other protocol', 46, '10.1.24.4', 0, '10.1.12.1', 0, '1:/nQI4Rh/TtY3mf0R2gJFBkVlgS4='],
  [
    'TCP over IPv6',
    6,
    '2001:470:e5bf:dead:4957:2174:e82c:4887',
    63943,
    '2607:f8b0:400c:c03::1a',
    25,
    '1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=',
  ],
];

const packed = (ip: string): number => ip.split('.').reduce((address, octet) => address * 256 + Number(octet), 0);

const idOf = (protocol: number, source: string, sport: number, destination: string, dport: number): string =>
  source.includes(':')
    ? communityId6(protocol, source, sport, destination, dport)
    : communityId(protocol, packed(source), sport, packed(destination), dport);

describe('the Community ID', () => {
  test.each(VECTORS)(
    'of %s is the published one in both directions',
    (_, protocol, source, sport, destination, dport, id) => {
      expect(`1:${idOf(protocol, source, sport, destination, dport)}`).toBe(id);
      expect(`1:${idOf(protocol, destination, dport, source, sport)}`).toBe(id);
    },
  );

  const protocol = fc.constantFrom(0, 6, 17, 47, 50, 132, 255);
  const port = fc.nat({ max: 65535 });

  test.each([
    ['IPv4', fc.ipV4()],
    ['IPv6', fc.ipV6()],
  ])('of %s is the same in both directions, with equal addresses too', (_, address) => {
    fc.assert(
      fc.property(protocol, address, port, address, port, (number, source, sport, destination, dport) => {
        expect(idOf(number, source, sport, destination, dport)).toBe(idOf(number, destination, dport, source, sport));
        expect(idOf(number, source, sport, source, dport)).toBe(idOf(number, source, dport, source, sport));
      }),
    );
  });

  test('of a protocol without ports does not depend on them', () => {
    expect(idOf(47, '10.0.0.1', 1, '10.0.0.2', 2)).toBe(idOf(47, '10.0.0.1', 0, '10.0.0.2', 0));
  });

  test('of one flow leaves nothing behind for the next', () => {
    const [first] = VECTORS;
    idOf(17, '2001:db8::1', 1, '2001:db8::2', 2);
    idOf(46, '255.255.255.255', 0, '255.255.255.254', 0);
    expect(`1:${idOf(first[1], first[2], first[3], first[4], first[5])}`).toBe(first[6]);
  });

  test('is not defined for ICMP without type and code, which a flow log lacks', () => {
    expect([1, 58, 6, 17, 0, 255].map(hasCommunityId)).toEqual([false, false, true, true, true, true]);
  });
});
