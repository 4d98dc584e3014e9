/**
 * The naive way, to compare with: the whole object as one string, split, an object per record, JSON.stringify, one joined
 * body per 5 MiB. It makes the same documents as functions/flowlogs, which a test holds it to.
 */
import { gunzipSync } from 'node:zlib';
import { PROTOCOLS } from '../../shared/table/protocols.ts';
import { TCP_FLAGS } from '../../shared/table/tcpflags.ts';

type Record_ = Record<string, string | undefined>;

const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
const instant = (text: string | undefined) =>
  text === undefined ? undefined : new Date(Number(text) * 1000).toISOString().replace('.000Z', 'Z');
const differing = (text: string | undefined, other: string | undefined) => (text === other ? undefined : text);

export function document(r: Record_): object {
  return {
    '@timestamp': instant(r.end),
    ecs: { version: '9.4.0' },
    event: {
      kind: 'event',
      category: ['network'],
      type: ['connection', r.action === 'ACCEPT' ? 'allowed' : 'denied'],
      dataset: 'aws.vpcflow',
      action: r.action?.toLowerCase(),
      outcome: r.action === 'ACCEPT' ? 'success' : 'failure',
      start: instant(r.start),
    },
    cloud: {
      provider: 'aws',
      account: { id: r['account-id'] },
      region: r.region,
      availability_zone: r['az-id'],
      instance: r['instance-id'] === undefined ? undefined : { id: r['instance-id'] },
    },
    source: { ip: r.srcaddr, port: number(r.srcport), bytes: number(r.bytes), packets: number(r.packets) },
    destination: { ip: r.dstaddr, port: number(r.dstport) },
    network: {
      iana_number: r.protocol,
      transport: PROTOCOLS[r.protocol ?? ''],
      type: r.srcaddr?.includes(':') ? 'ipv6' : 'ipv4',
      direction: r['flow-direction'],
    },
    related: {
      ip: [...new Set([r.srcaddr, r.dstaddr, r['pkt-srcaddr'], r['pkt-dstaddr']].filter((ip) => ip !== undefined))],
    },
    aws: {
      vpcflow: {
        version: r.version,
        log_status: r['log-status'],
        type: r.type,
        tcp_flags: number(r['tcp-flags']),
        tcp_flags_array: TCP_FLAGS[r['tcp-flags'] ?? ''],
        traffic_path: number(r['traffic-path']),
        interface_id: r['interface-id'],
        vpc_id: r['vpc-id'],
        subnet_id: r['subnet-id'],
        pkt_srcaddr: differing(r['pkt-srcaddr'], r.srcaddr),
        pkt_dstaddr: differing(r['pkt-dstaddr'], r.dstaddr),
        sublocation_type: r['sublocation-type'],
        sublocation_id: r['sublocation-id'],
        pkt_src_aws_service: r['pkt-src-aws-service'],
        pkt_dst_aws_service: r['pkt-dst-aws-service'],
      },
    },
  };
}

/** Calls `send` with each body. Returns how many documents there were. */
export function naive(object: Buffer, send: (body: string) => void): number {
  const [header, ...lines] = gunzipSync(object).toString().split('\n');
  const names = header.split(' ');
  let body = '';
  let count = 0;
  for (const line of lines) {
    if (line === '') continue;
    const values = line.split(' ');
    const record: Record_ = {};
    for (let i = 0; i < names.length; i++) if (values[i] !== '-') record[names[i]] = values[i];
    const day = new Date(Number(record.end) * 1000).toISOString().slice(0, 10).replaceAll('-', '.');
    const action = { create: { _index: `aws-flowlogs-${day}`, _id: `bongsu-bench-${count++}` } };
    body += `${JSON.stringify(action)}\n${JSON.stringify(document(record))}\n`;
    if (body.length > 5 << 20) {
      send(body);
      body = '';
    }
  }
  send(body);
  return count;
}
