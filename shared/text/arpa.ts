/** Addresses in the names that reverse look-ups ask for. https://www.rfc-editor.org/rfc/rfc3596#section-2.5 */
import { isIPv4 } from 'node:net';

const IPV4 = '.in-addr.arpa';
const IPV6 = '.ip6.arpa';
const NIBBLES = /^([0-9a-f]\.){31}[0-9a-f]$/;

/**
 * `7.113.0.203.in-addr.arpa` → `203.0.113.7`; an IPv6 address in its short form.
 * Undefined for every other name, also for that of a zone. In: lower case, without the dot at the end.
 */
export function arpaAddress(name: string): string | undefined {
  if (name.endsWith(IPV4)) {
    const address = name.slice(0, -IPV4.length).split('.').reverse().join('.');
    return isIPv4(address) ? address : undefined;
  }
  if (!name.endsWith(IPV6)) return undefined;
  const nibbles = name.slice(0, -IPV6.length);
  if (!NIBBLES.test(nibbles)) return undefined;
  const hex = nibbles.split('.').reverse().join('');
  const groups = hex.match(/.{4}/g)!.join(':');
  return new URL(`http://[${groups}]`).hostname.slice(1, -1);
}
