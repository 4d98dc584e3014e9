/**
 * The `saddr` of a SOCKADDR record: a struct sockaddr in hexadecimal, its family in the byte order of the host (all that AWS has are
 * little-endian), its port in that of the network. https://man7.org/linux/man-pages/man3/sockaddr.3type.html
 */

export interface Address {
  readonly family: 'ipv4' | 'ipv6' | 'unix' | 'netlink';
  readonly ip?: string;
  readonly port?: number;
  /** Of a unix socket; `@` in front of one in the abstract namespace. */
  readonly path?: string;
}

const MAX_HEX = 512; // struct sockaddr_storage has 128 bytes

/** Undefined: another family, or broken. */
export function address(saddr: string | undefined): Address | undefined {
  if (saddr === undefined || saddr.length > MAX_HEX || !/^(?:[\dA-Fa-f]{2}){2,}$/.test(saddr)) return undefined;
  const bytes = Buffer.from(saddr, 'hex');
  switch (bytes.readUInt16LE(0)) {
    case 1:
      return { family: 'unix', ...unixPath(bytes.subarray(2)) };
    case 2:
      if (bytes.length < 8) return undefined;
      return { family: 'ipv4', ip: bytes.subarray(4, 8).join('.'), port: bytes.readUInt16BE(2) };
    case 10:
      if (bytes.length < 24) return undefined;
      return { family: 'ipv6', ip: ipv6(bytes.subarray(8, 24)), port: bytes.readUInt16BE(2) };
    case 16:
      return { family: 'netlink' };
    default:
      return undefined;
  }
}

function unixPath(bytes: Buffer): { path?: string } {
  const isAbstract = bytes[0] === 0;
  const from = isAbstract ? 1 : 0;
  const end = bytes.indexOf(0, from);
  const path = bytes.subarray(from, end < 0 ? undefined : end).toString();
  return path === '' ? {} : { path: isAbstract ? `@${path}` : path };
}

/** In its short form, as a URL has it. */
function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
