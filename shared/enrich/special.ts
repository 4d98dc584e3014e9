/**
 * Addresses that are nobody's place: private, loopback, link-local, shared (CGNAT), documentation, benchmarking, multicast.
 * Some databases hold entries for a few of them.
 * https://www.iana.org/assignments/iana-ipv4-special-registry · https://www.iana.org/assignments/iana-ipv6-special-registry
 */

const SPECIAL: readonly (readonly [block: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

interface Block {
  readonly address: number;
  readonly mask: number;
}

/** The special blocks that an address may lie in, by its first octet. */
const BLOCKS: readonly (readonly Block[])[] = Array.from({ length: 256 }, (_, octet) =>
  SPECIAL.map(([block, bits]) => ({
    address: block.split('.').reduce((address, part) => (address << 8) | Number(part), 0),
    mask: -1 << (32 - bits),
  })).filter(({ address, mask }) => ((octet << 24) & mask) === (address & mask & 0xff000000)),
);

/** In: an IPv4 address as a number. */
export function isSpecial(address: number): boolean {
  const blocks = BLOCKS[address >>> 24];
  for (let i = 0; i < blocks.length; i++) if ((address & blocks[i].mask) === blocks[i].address) return true;
  return false;
}

// ::/16 holds loopback and IPv4 in IPv6, fc00::/6 the private, link-local and multicast ones
const SPECIAL_IPV6 = /^(?:0{0,4}:|f[c-f][0-9a-f]{2}:|2001:0?db8:|3fff:0?[0-9a-f]{0,3}:)/i;

/** In: a valid IPv6 address. */
export const isSpecialIpv6 = (ip: string): boolean => SPECIAL_IPV6.test(ip);
