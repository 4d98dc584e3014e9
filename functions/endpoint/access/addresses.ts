/** Addresses that may send: `198.51.100.0/24`, `2001:db8::/32`, single addresses. An empty list: all may. */
import { BlockList, isIP, isIPv6 } from 'node:net';

const family = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');
const BITS = { ipv4: 32, ipv6: 128 } as const;

interface Range {
  readonly address: string;
  readonly bits: number;
}

/** undefined: not an address or a range. */
export function rangeOf(text: string): Range | undefined {
  const [, address, length] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  if (address === undefined || isIP(address) === 0) return undefined;
  const most = BITS[family(address)];
  const bits = length === undefined ? most : Number(length);
  return bits <= most ? { address, bits } : undefined;
}

/** In: valid ranges. */
export function allowing(ranges: readonly string[]): (address: string) => boolean {
  if (ranges.length === 0) return () => true;
  const list = new BlockList();
  for (const { address, bits } of ranges.map((each) => rangeOf(each)!)) list.addSubnet(address, bits, family(address));
  return (address) => isIP(address) !== 0 && list.check(address, family(address));
}
