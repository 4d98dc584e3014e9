/** IP addresses in text, by their bytes. */
import { isIPv6 } from 'node:net';

/** An IPv4 address as an unsigned 32-bit number; -1 for any other text. Leading zeros are refused, as OpenSearch does. */
export function ipv4(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 15) return -1;
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i] - 48;
    if (digit >= 0 && digit <= 9) {
      if (octet === 0) return -1;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    } else if (bytes[i] === 46 && octet >= 0 && dots < 3) {
      address = address * 256 + octet;
      octet = -1;
      dots++;
    } else {
      return -1;
    }
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : -1;
}

/** The text, if it is an IPv6 address without a zone. */
export function ipv6(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > 45) return undefined;
  const text = String.fromCharCode(...bytes.subarray(start, end));
  return isIPv6(text) && !text.includes('%') ? text : undefined;
}

/** Writes an IPv6 address's 16 bytes. In: a valid one, as `ipv6` returns it. */
export function packIpv6(text: string, to: Uint8Array, at: number): void {
  let head = text;
  const tail: number[] = [];
  const lastColon = text.lastIndexOf(':');
  if (text.includes('.', lastColon)) {
    const [a, b, c, d] = text
      .slice(lastColon + 1)
      .split('.')
      .map(Number);
    tail.push(a * 256 + b, c * 256 + d);
    head = text.slice(0, text[lastColon - 1] === ':' ? lastColon + 1 : lastColon);
  }
  const [left, right] = head.split('::');
  const groups = (part: string | undefined) => (part ? part.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const before = groups(left);
  const after = [...groups(right), ...tail];
  const all =
    right === undefined
      ? [...before, ...tail]
      : [...before, ...Array(8 - before.length - after.length).fill(0), ...after];
  for (let i = 0; i < 8; i++) {
    to[at + 2 * i] = all[i] >> 8;
    to[at + 2 * i + 1] = all[i] & 255;
  }
}
