/** What a threat list names: blocks of addresses and host names, each with what the list says about it. */
import { isIPv4, isIPv6 } from 'node:net';
import { packIpv6 } from '../../text/ip.ts';

export interface Indicator {
  /** As shown: `198.51.100.7`, `198.51.100.0/24`, `*.example.com`. */
  readonly name: string;
  readonly target: Block | Host;
  readonly about: About;
}

/** An address is a block of all its bits. */
export interface Block {
  readonly kind: 'block';
  /** 4 or 16; the bits behind the prefix are 0. */
  readonly bytes: Uint8Array;
  readonly bits: number;
}

export interface Host {
  readonly kind: 'host';
  /** Lower case, without a dot at the end. */
  readonly host: string;
  /** What it matches: the name, the names below it. */
  readonly isSelf: boolean;
  readonly isBelow: boolean;
}

/** ECS's `threat.indicator`. https://www.elastic.co/docs/reference/ecs/ecs-threat */
export interface About {
  /** Name of the list. */
  readonly provider: string;
  readonly description?: string;
  readonly confidence?: 'None' | 'Low' | 'Medium' | 'High';
  readonly reference?: string;
  /** Epoch milliseconds; it matches no record of that time or later. */
  readonly until?: number;
}

/** Why an entry is not used. */
export type Skip = 'unreadable' | 'unsupported' | 'private' | 'broad' | 'revoked';

/** An entry of a list. */
export type Entry = Indicator | Skip;

/** Shorter prefixes would match a large part of the internet by a slip. */
const LEAST_BITS = { 4: 8, 16: 16 } as const;
const LONGEST_HOST = 253;

/** In: `198.51.100.7`, `198.51.100.0/24`, `2001:db8::/32`. */
export function blockOf(text: string): Block | Skip {
  const [, address, length] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const bytes = bytesOf(address ?? '');
  if (bytes === undefined) return 'unreadable';
  const all = bytes.length * 8;
  const bits = length === undefined ? all : Number(length);
  if (bits > all) return 'unreadable';
  if (bits < LEAST_BITS[bytes.length as 4 | 16]) return 'broad';
  mask(bytes, bits);
  return isPrivate(bytes) ? 'private' : { kind: 'block', bytes, bits };
}

function bytesOf(address: string): Uint8Array | undefined {
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number);
  if (!isIPv6(address)) return undefined;
  const bytes = new Uint8Array(16);
  packIpv6(address, bytes, 0);
  return bytes;
}

/** Clears the bits behind a prefix. */
export function mask(bytes: Uint8Array, bits: number): void {
  for (let i = bits >> 3, keep = bits & 7; i < bytes.length; i++, keep = 0) bytes[i] &= 0xff00 >> keep;
}

const PRIVATE: readonly (readonly [bytes: readonly number[], bits: number])[] = [
  [[0], 8],
  [[10], 8],
  [[100, 64], 10],
  [[127], 8],
  [[169, 254], 16],
  [[172, 16], 12],
  [[192, 168], 16],
  [[224], 3],
];

/** Lists of "bogons" have these, and every VPC would match. */
function isPrivate(bytes: Uint8Array): boolean {
  if (bytes.length === 16) return (bytes[0] === 0 && bytes[1] === 0) || bytes[0] >= 0xfc;
  return PRIVATE.some(([block, bits]) => {
    const prefix = bytes.slice(0, 4);
    mask(prefix, bits);
    return prefix.every((byte, i) => byte === (block[i] ?? 0));
  });
}

/** In: `bad.example.com`; `*.example.com` is what lies below it, as in DNS Firewall. `isBelow`: the name and what lies below. */
export function hostOf(text: string, isBelow = false): Host | Skip {
  const lower = text.toLowerCase().replace(/\.$/, '');
  const isWild = lower.startsWith('*.');
  const host = isWild ? lower.slice(2) : lower;
  if (host.length > LONGEST_HOST || !/^[a-z\d_-]{1,63}(\.[a-z\d_-]{1,63})+$/.test(host)) return 'unreadable';
  if (/\.\d+$/.test(host)) return 'unreadable'; // a wrong address
  return { kind: 'host', host, isSelf: !isWild, isBelow: isBelow || isWild };
}

/** Either of the two. */
export function targetOf(text: string, isBelow = false): Block | Host | Skip {
  const block = blockOf(text);
  return block === 'unreadable' ? hostOf(text, isBelow) : block;
}
