/** The peer of a call or of a logon. */
import type { Fields } from '../document.ts';
import { ip, peer, port } from '../values.ts';
import { plain } from './encoded.ts';
import type { AuditRecord } from './record.ts';
import { address } from './sockaddr.ts';

/** Calls whose address is the one that came in, or the host's own. */
const SOURCES: ReadonlySet<string> = new Set(['accept', 'accept4', 'recvfrom', 'recvmsg', 'bind']);
const DIRECTIONS: Readonly<Record<string, string>> = { connect: 'egress', accept: 'ingress', accept4: 'ingress' };

export function socketFields(saddr: string | undefined, call: string | undefined, of: AuditRecord): Fields {
  const found = address(saddr);
  if (found === undefined) return logonFields(of);
  const side = SOURCES.has(call ?? '') ? 'source' : 'destination';
  return {
    'auditd.socket.family': found.family,
    'auditd.socket.path': found.path,
    [`${side}.address`]: found.ip ?? found.path,
    [`${side}.ip`]: ip(found.ip),
    [`${side}.port`]: port(found.port),
    'network.type': found.ip === undefined ? undefined : found.family,
    'network.direction': found.ip === undefined ? undefined : DIRECTIONS[call ?? ''],
  };
}

/** `hostname=203.0.113.7 addr=203.0.113.7 terminal=ssh` of USER_… records; `rport` of those about encryption. */
function logonFields({ values }: AuditRecord): Fields {
  const host = plain(values.get('addr')) ?? plain(values.get('hostname'));
  return peer('source', host, values.get('rport'));
}
