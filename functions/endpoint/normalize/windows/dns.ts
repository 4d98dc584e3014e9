/** A query of DNS as Sysmon tells it: `type:  5 edge.example.net;::ffff:192.0.2.7;2001:db8::7;`. */
import type { Fields } from '../document.ts';
import { MAX_ELEMENTS } from '../limits.ts';
import { ip } from '../values.ts';

const TYPES: Readonly<Record<string, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  35: 'NAPTR',
  39: 'DNAME',
  43: 'DS',
  46: 'RRSIG',
  47: 'NSEC',
  48: 'DNSKEY',
  64: 'SVCB',
  65: 'HTTPS',
  255: 'ANY',
};

/** Win32 errors of DNS → names of RFC 6895. */
const CODES: Readonly<Record<string, string>> = {
  0: 'NOERROR',
  9001: 'FORMERR',
  9002: 'SERVFAIL',
  9003: 'NXDOMAIN',
  9004: 'NOTIMP',
  9005: 'REFUSED',
  9501: 'NOERROR',
  9701: 'NXDOMAIN',
};

interface Answer {
  readonly type: string;
  readonly data: string;
}

export function dnsFields(name: string | undefined, results: string | undefined, status: string | undefined): Fields {
  const answers = (results ?? '').split(';', MAX_ELEMENTS).flatMap(answerOf);
  return {
    'dns.question.name': name,
    'dns.answers': answers,
    'dns.resolved_ip': [...new Set(answers.flatMap(({ data }) => ip(data) ?? []))],
    'dns.response_code': status !== undefined && Object.hasOwn(CODES, status) ? CODES[status] : undefined,
  };
}

function answerOf(text: string): Answer[] {
  const record = /^type: {1,8}(\d{1,5}) (\S{1,255})$/.exec(text.trim());
  if (record !== null) return [{ type: TYPES[record[1]] ?? record[1], data: ip(record[2]) ?? record[2] }];
  const address = ip(text.trim());
  return address === undefined ? [] : [{ type: address.includes(':') ? 'AAAA' : 'A', data: address }];
}
