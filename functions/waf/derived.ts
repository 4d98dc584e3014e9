/** What rows can't say: parts of a record's values, put where rows find them as `derived.*`. */
import { isAddress } from '../../shared/map/membercasts.ts';
import type { MemberMap } from '../../shared/map/members.ts';
import { ABSENT, PLAIN, STRING } from '../../shared/split/members.ts';

/** Paths that are read here. */
export const DERIVED = [
  'timestamp',
  'webaclId',
  'httpRequest.clientIp',
  'httpRequest.host',
  'httpRequest.httpVersion',
  'header.host',
  'header.x-forwarded-for',
  'derived.acl.region',
  'derived.acl.account',
  'derived.acl.scope',
  'derived.acl.name',
  'derived.acl.id',
  'derived.acl.arn',
  'derived.ip',
  'derived.forwarded',
  'derived.host',
  'derived.port',
  'derived.http.version',
];

const SPACE = 32;
const COMMA = 44;
const SLASH = 47;
const COLON = 58;
const BRACKET_END = 93;

const isDigit = (c: number): boolean => c >= 48 && c <= 57;

/** Fills `derived.*` from what was found. */
export function deriver({ members, slot }: MemberMap): () => void {
  const [timestamp, acl, client, host, version, hostHeader, forwardedFor, ...rest] = DERIVED.map(slot);
  const [region, account, scope, name, id, arn, ip, forwarded, domain, port, number] = rest;
  const { kinds, starts, ends } = members;
  const has = (at: number) => kinds[at] === STRING && starts[at] < ends[at];
  const part = (to: number, start: number, end: number) => members.set(to, STRING, start, end);

  /** `arn:aws:wafv2:<region>:<account>:<scope>/webacl/<name>/<id>`; of WAF Classic only an id. */
  function webAcl(): void {
    if (!has(acl)) return;
    const { bytes } = members;
    const start = starts[acl];
    const end = ends[acl];
    const afterService = behind(bytes, start, end, COLON, 3);
    const afterRegion = behind(bytes, afterService, end, COLON, 1);
    const afterAccount = behind(bytes, afterRegion, end, COLON, 1);
    if (afterAccount === end) {
      part(id, start, end);
      return;
    }
    part(arn, start, end);
    part(region, afterService, afterRegion - 1);
    part(account, afterRegion, afterAccount - 1);
    const afterScope = behind(bytes, afterAccount, end, SLASH, 1);
    const afterKind = behind(bytes, afterScope, end, SLASH, 1);
    const afterName = behind(bytes, afterKind, end, SLASH, 1);
    if (afterName === end) return;
    part(scope, afterAccount, afterScope - 1);
    part(name, afterKind, afterName - 1);
    part(id, afterName, end);
  }

  function addresses(): void {
    if (isAddress(members, client)) part(ip, starts[client], ends[client]);
    else if (kinds[client] !== ABSENT) members.disown(client);
    if (!has(forwardedFor)) return;
    const { bytes } = members;
    let start = starts[forwardedFor];
    while (bytes[start] === SPACE) start++;
    let end = start;
    while (end < ends[forwardedFor] && bytes[end] !== COMMA && bytes[end] !== SPACE) end++;
    part(forwarded, start, end);
    if (!isAddress(members, forwarded)) kinds[forwarded] = ABSENT;
  }

  /** `www.example.com:8443`, `[2001:db8::1]` */
  function authority(): void {
    const from = has(host) ? host : hostHeader;
    if (!has(from)) return;
    const { bytes } = members;
    const start = starts[from];
    const end = ends[from];
    let at = end;
    while (at > start && isDigit(bytes[at - 1])) at--;
    const hasPort = at > start + 1 && at < end && bytes[at - 1] === COLON && isHost(bytes, start, at - 1);
    part(domain, start, hasPort ? at - 1 : end);
    if (hasPort) part(port, at, end);
  }

  /** `HTTP/2.0` → `2.0` */
  function protocol(): void {
    if (!has(version)) return;
    const { bytes } = members;
    let at = ends[version];
    while (at > starts[version] && bytes[at - 1] !== SLASH) at--;
    part(number, at, ends[version]);
  }

  /** A text of digits is as good as a number. */
  function time(): void {
    if (!has(timestamp)) return;
    const { bytes } = members;
    for (let at = starts[timestamp]; at < ends[timestamp]; at++) if (!isDigit(bytes[at])) return;
    kinds[timestamp] = PLAIN;
  }

  return () => {
    time();
    webAcl();
    addresses();
    authority();
    protocol();
  };
}

/** Behind the n-th such byte, or the end. */
function behind(bytes: Uint8Array, start: number, end: number, byte: number, n: number): number {
  let left = n;
  for (let at = start; at < end; at++) if (bytes[at] === byte && --left === 0) return at + 1;
  return end;
}

/** Without a colon, or all of it in brackets. */
function isHost(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[end - 1] === BRACKET_END) return true;
  for (let at = start; at < end; at++) if (bytes[at] === COLON) return false;
  return true;
}
