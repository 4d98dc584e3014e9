/** IP addresses in text, by their bytes. */
import { isHex } from './ascii.ts';

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

const COLON = 58;
const DOT = 46;
const LONGEST = 45; // '0000:0000:0000:0000:0000:ffff:255.255.255.255'

/** Is it an IPv6 address without a zone? https://www.rfc-editor.org/rfc/rfc4291#section-2.2 */
export function isIpv6(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2 || end - start > LONGEST) return false;
  if (bytes[start] === COLON && bytes[start + 1] !== COLON) return false;
  let groups = 0;
  let digits = 0;
  let from = start; // of the group
  let hasGap = false;
  for (let at = bytes[start] === COLON ? start + 1 : start; at < end; at++) {
    const c = bytes[at];
    if (isHex(c)) {
      if (++digits > 4) return false;
    } else if (c === COLON) {
      from = at + 1;
      if (digits === 0) {
        if (hasGap) return false;
        hasGap = true;
      } else if (from === end || ++groups > 7) {
        return false;
      }
      digits = 0;
    } else {
      if (c !== DOT || ipv4(bytes, from, end) < 0) return false;
      groups += 2;
      return hasGap ? groups < 8 : groups === 8;
    }
  }
  if (digits > 0) groups++;
  return hasGap ? groups < 8 : groups === 8;
}

/** The text, if it is an IPv6 address without a zone. */
export function ipv6(bytes: Uint8Array, start: number, end: number): string | undefined {
  return isIpv6(bytes, start, end) ? String.fromCharCode(...bytes.subarray(start, end)) : undefined;
}

/** Is it an IPv4 or an IPv6 address, without a zone? */
export const isIp = (bytes: Uint8Array, start: number, end: number): boolean =>
  ipv4(bytes, start, end) >= 0 || isIpv6(bytes, start, end);

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
