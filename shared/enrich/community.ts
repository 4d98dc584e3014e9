/**
 * Community ID v1: one id for both directions of a flow, the same in every tool that computes it.
 * `1:` + base64(SHA-1(seed, lower end's address, other's, protocol, 0, lower end's port, other's)); seed 0.
 * ICMP is left out: the id needs type and code, which flow logs don't have.
 * https://github.com/corelight/community-id-spec
 */
import { hash } from 'node:crypto';
import { packIpv6 } from '../text/ip.ts';

const TCP = 6;
const UDP = 17;
const SCTP = 132;
const ICMP = 1;
const ICMPV6 = 58;

// seed (2 bytes, 0), addresses, protocol, 0, ports
const tuple = new Uint8Array(2 + 16 + 16 + 6);
const view = new DataView(tuple.buffer);
const tuples = new Map(
  [4, 16].flatMap((size) => [2, 6].map((tail) => [2 * size + tail, tuple.subarray(0, 2 + 2 * size + tail)] as const)),
);

/** Whether the id is defined for a protocol. */
export const hasCommunityId = (protocol: number): boolean => protocol !== ICMP && protocol !== ICMPV6;

/** The part behind `1:` for IPv4 addresses as numbers. */
export function communityId(
  protocol: number,
  source: number,
  sport: number,
  destination: number,
  dport: number,
): string {
  const isFirst = source < destination || (source === destination && sport <= dport);
  view.setUint32(2, isFirst ? source : destination);
  view.setUint32(6, isFirst ? destination : source);
  return digest(4, protocol, isFirst ? sport : dport, isFirst ? dport : sport);
}

/** The part behind `1:` for IPv6 addresses as text. */
export function communityId6(
  protocol: number,
  source: string,
  sport: number,
  destination: string,
  dport: number,
): string {
  packIpv6(source, tuple, 2);
  packIpv6(destination, tuple, 18);
  const order = Buffer.compare(tuple.subarray(2, 18), tuple.subarray(18, 34)) || sport - dport;
  if (order > 0) {
    packIpv6(destination, tuple, 2);
    packIpv6(source, tuple, 18);
  }
  return digest(16, protocol, order > 0 ? dport : sport, order > 0 ? sport : dport);
}

function digest(size: number, protocol: number, low: number, high: number): string {
  const at = 2 + 2 * size;
  tuple[at] = protocol;
  tuple[at + 1] = 0;
  const hasPorts = protocol === TCP || protocol === UDP || protocol === SCTP;
  if (hasPorts) {
    view.setUint16(at + 2, low);
    view.setUint16(at + 4, high);
  }
  return hash('sha1', tuples.get(2 * size + (hasPorts ? 6 : 2))!, 'base64');
}
