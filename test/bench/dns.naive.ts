/**
 * The naive way, to compare with: the whole object as one string, split, an object per record, JSON.stringify, one joined
 * body per 5 MiB. It makes the same documents as functions/dns, which a test holds it to.
 */
import { gunzipSync } from 'node:zlib';
import { domain } from '../../shared/enrich/domain.ts';

interface Answer {
  readonly Rdata: string;
  readonly Type: string;
  readonly Class: string;
}

interface Query {
  readonly version: string;
  readonly account_id: string;
  readonly region: string;
  readonly vpc_id: string;
  readonly query_timestamp: string;
  readonly query_name: string;
  readonly query_type: string;
  readonly query_class: string;
  readonly rcode: string;
  readonly answers: readonly Answer[];
  readonly srcaddr: string;
  readonly srcport: string;
  readonly transport: string;
  readonly srcids: { readonly instance?: string };
}

const HOSTS = new Set(['CNAME', 'PTR']);
const orNone = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);
const host = (name: string): string => name.toLowerCase().replace(/\.$/, '');

function chained(name: string, answers: readonly Answer[]): object[] {
  let owner = name;
  return answers.map(({ Rdata, Type, Class }) => {
    const data = HOSTS.has(Type) ? host(Rdata) : Rdata;
    const answer = { name: owner, type: Type, class: Class, data };
    if (Type === 'CNAME') owner = data;
    return answer;
  });
}

export function document(query: Query): object {
  const { name, registered, subdomain, suffix } = domain(query.query_name);
  const addresses = query.answers.filter(({ Type }) => Type === 'A' || Type === 'AAAA').map(({ Rdata }) => Rdata);
  const isReverse = name.endsWith('.in-addr.arpa');
  const pointer = isReverse ? [name.slice(0, -'.in-addr.arpa'.length).split('.').reverse().join('.')] : [];
  const names = query.answers.filter(({ Type }) => HOSTS.has(Type)).map(({ Rdata }) => host(Rdata));
  return {
    '@timestamp': new Date(query.query_timestamp).toISOString().replace('.000Z', 'Z'),
    ecs: { version: '9.4.0' },
    event: {
      kind: 'event',
      category: ['network'],
      type: ['protocol'],
      dataset: 'aws.dns',
      outcome: query.rcode === 'NOERROR' ? 'success' : 'failure',
    },
    cloud: {
      provider: 'aws',
      account: { id: query.account_id },
      region: query.region,
      instance: query.srcids.instance === undefined ? undefined : { id: query.srcids.instance },
    },
    source: { ip: query.srcaddr, address: query.srcaddr, port: Number(query.srcport) },
    network: {
      transport: query.transport.toLowerCase(),
      type: query.srcaddr.includes(':') ? 'ipv6' : 'ipv4',
      protocol: 'dns',
    },
    dns: {
      type: 'answer',
      question: {
        name,
        registered_domain: registered,
        subdomain,
        top_level_domain: suffix,
        type: query.query_type,
        class: query.query_class,
      },
      response_code: query.rcode,
      answers: orNone(chained(name, query.answers)),
      resolved_ip: orNone(addresses),
    },
    related: {
      ip: [query.srcaddr, ...pointer, ...addresses],
      hosts: orNone([...(isReverse ? [] : [name]), ...names]),
    },
    aws: { dns: { version: query.version, vpc_id: query.vpc_id } },
  };
}

/** Calls `send` with each body. Returns how many documents there were. */
export function naive(object: Buffer, send: (body: string) => void): number {
  let body = '';
  let count = 0;
  for (const line of gunzipSync(object).toString().split('\n')) {
    if (line === '') continue;
    const query: Query = JSON.parse(line);
    const day = query.query_timestamp.slice(0, 10).replaceAll('-', '.');
    const action = { create: { _index: `aws-dns-${day}`, _id: `bongsu-bench-${count++}` } };
    body += `${JSON.stringify(action)}\n${JSON.stringify(document(query))}\n`;
    if (body.length > 5 << 20) {
      send(body);
      body = '';
    }
  }
  send(body);
  return count;
}
