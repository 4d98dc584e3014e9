/**
 * The incident as VPC and transit gateway flow logs saw it: S3 objects in every shape that a subscription can choose.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
 */
import { gzipSync } from 'node:zlib';
import type { LogObject } from './object.ts';
import type { Rng } from './random.ts';
import {
  ACCOUNTS,
  ACTS,
  bastion,
  COMMANDER,
  CUSTOMERS,
  CUSTOMERS_IPV6,
  DROP,
  DROP_IPV6,
  database,
  GUESSER,
  type Host,
  idle,
  REGION,
  SCANNER,
  TRANSIT,
  web,
} from './scenario.ts';

/** One line's values by column; others are absent ("-"). */
type Flow = Readonly<Record<string, string | number>> & { readonly start: number; readonly end: number };

const V2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const V3_TO_V5 =
  'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path';
const V7_AND_V8 =
  'ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id reject-reason';

const FORMATS = {
  v2: { version: 2, columns: V2.split(' ') },
  v5: { version: 5, columns: `${V2} ${V3_TO_V5}`.split(' ') },
  custom: {
    version: 5,
    columns:
      'end start log-status action instance-id interface-id vpc-id flow-direction srcaddr srcport dstaddr dstport pkt-srcaddr pkt-dstaddr protocol tcp-flags packets bytes traffic-path az-id region account-id version'.split(
        ' ',
      ),
  },
  v8: { version: 8, columns: `${V2} ${V3_TO_V5} ${V7_AND_V8}`.split(' ') },
  transit: {
    version: 6,
    columns:
      'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service'.split(
        ' ',
      ),
  },
} as const;

const SYN = 2;
const FIN = 1;
const RST = 4;
const SYN_ACK = 18;

/** In: epoch seconds of the story's first moment. */
export function flowObjects(start: number, rng: Rng): readonly LogObject[] {
  const stage: Stage = { start, rng };
  const object = writer(stage);
  return [
    object({
      account: ACCOUNTS.shop,
      format: 'v2',
      flows: [...shopping(stage), ...scan(stage)],
      breaks: [(line) => line.split(' ').slice(0, 9).join(' '), replacing('bytes', 'plenty')],
    }),
    object({
      account: ACCOUNTS.shop,
      format: 'custom',
      flows: [...guesses(stage), ...shell(stage), ...silence(stage, [bastion], 'SKIPDATA')],
      breaks: [replacing('srcaddr', '198.51.100.999')],
      members: 2,
    }),
    object({
      account: ACCOUNTS.data,
      format: 'v8',
      flows: [...orders(stage), ...spread(stage), ...theft(stage)],
      breaks: [replacing('start', 'yesterday'), (line) => `${line} surplus`],
      hive: true,
    }),
    object({ account: ACCOUNTS.network, format: 'transit', flows: crossings(stage), breaks: [] }),
    object({
      account: ACCOUNTS.shop,
      format: 'v5',
      flows: [...shoppingByIpv6(stage), ...theftByIpv6(stage)],
      breaks: [replacing('dstaddr', '2001:db8::20::17')],
    }),
    object({ account: ACCOUNTS.shop, format: 'v5', flows: silence(stage, idle, 'NODATA'), breaks: [] }),
  ];
}

interface Stage {
  readonly start: number;
  readonly rng: Rng;
}

interface Exchange {
  /** Seconds from the story's first moment. */
  readonly at: number;
  readonly lasts: number;
  readonly peer: string;
  readonly peerPort: number;
  readonly port: number;
  readonly packets: number;
  readonly bytes: number;
  readonly flags: number;
  readonly protocol?: number;
  readonly action?: 'ACCEPT' | 'REJECT';
}

/** Both ends as the host's interface saw them. */
function flow({ start }: Stage, host: Host, direction: 'ingress' | 'egress', exchange: Exchange): Flow {
  const { at, lasts, peer, peerPort, port, packets, bytes, flags, protocol = 6, action = 'ACCEPT' } = exchange;
  const isIpv6 = peer.includes(':');
  const own = { address: isIpv6 ? host.ipv6! : host.ip, port };
  const other = { address: peer, port: peerPort };
  const [from, to] = direction === 'ingress' ? [other, own] : [own, other];
  return {
    ...identity(host),
    srcaddr: from.address,
    dstaddr: to.address,
    srcport: from.port,
    dstport: to.port,
    protocol,
    packets,
    bytes,
    start: start + at,
    end: start + at + lasts,
    action,
    'log-status': 'OK',
    'tcp-flags': flags,
    type: isIpv6 ? 'IPv6' : 'IPv4',
    'pkt-srcaddr': from.address,
    'pkt-dstaddr': to.address,
    'flow-direction': direction,
    ...(direction === 'egress' && { 'traffic-path': host.publicIp === undefined && !isIpv6 ? 1 : 8 }),
    ...(action === 'REJECT' && { 'reject-reason': 'SG' }),
  };
}

const identity = ({ account, eni, vpc, subnet, instance, zone }: Host) => ({
  'account-id': account,
  'interface-id': eni,
  'vpc-id': vpc,
  'subnet-id': subnet,
  'instance-id': instance,
  region: REGION,
  'az-id': zone,
});

const ephemeral = (rng: Rng): number => rng.between(32768, 60999);

const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** Customers fetch pages, and get them. */
function visits(stage: Stage, customers: readonly string[], count: number): Flow[] {
  const { rng } = stage;
  return many(count, () => {
    const common = {
      at: rng.below(ACTS.end - 60),
      lasts: rng.between(5, 59),
      peer: rng.of(customers),
      peerPort: ephemeral(rng),
      port: 443,
    };
    const request = { ...common, packets: rng.between(8, 40), bytes: rng.between(900, 9000), flags: SYN | FIN };
    const answer = {
      ...common,
      packets: rng.between(12, 300),
      bytes: rng.between(8000, 400_000),
      flags: SYN_ACK | FIN,
    };
    return [flow(stage, web, 'ingress', request), flow(stage, web, 'egress', answer)];
  }).flat();
}

const shopping = (stage: Stage): Flow[] => visits(stage, CUSTOMERS, 420);
const shoppingByIpv6 = (stage: Stage): Flow[] => visits(stage, CUSTOMERS_IPV6, 90);

/** Each port of the web server is tried once; two are open. */
function scan(stage: Stage): Flow[] {
  const { rng } = stage;
  return many(640, (i) =>
    flow(stage, web, 'ingress', {
      at: ACTS.scan + Math.floor(i / 4),
      lasts: 1,
      peer: SCANNER,
      peerPort: 54321,
      port: i + 1,
      packets: 1,
      bytes: rng.of([40, 44, 60]),
      flags: SYN,
      action: i + 1 === 443 || i + 1 === 80 ? 'ACCEPT' : 'REJECT',
    }),
  );
}

/** An attacker tries passwords, a few in each connection, until one is right. */
function guesses(stage: Stage): Flow[] {
  const { rng } = stage;
  return many(320, (i) => {
    const common = {
      at: ACTS.guess + Math.floor(i * 2.5),
      lasts: 3,
      peer: GUESSER,
      peerPort: ephemeral(rng),
      port: 22,
    };
    const attempt = { ...common, packets: rng.between(14, 22), bytes: rng.between(2100, 3300), flags: SYN | FIN };
    const refusal = { ...common, packets: rng.between(12, 18), bytes: rng.between(2400, 3900), flags: SYN_ACK | RST };
    return [flow(stage, bastion, 'ingress', attempt), flow(stage, bastion, 'egress', refusal)];
  }).flat();
}

/** The shell that was planted calls home every minute. */
function shell(stage: Stage): Flow[] {
  const { rng } = stage;
  return many(Math.floor((ACTS.end - ACTS.shell) / 60), (i) => {
    const common = {
      at: ACTS.shell + i * 60,
      lasts: 2,
      peer: COMMANDER,
      peerPort: 4444,
      port: ephemeral(rng),
      flags: 0, // the handshake was long ago
    };
    const call = { ...common, packets: rng.between(5, 9), bytes: rng.between(380, 720) };
    const order = { ...common, packets: rng.between(4, 30), bytes: rng.between(300, 5200) };
    return [flow(stage, bastion, 'egress', call), flow(stage, bastion, 'ingress', order)];
  }).flat();
}

/** The shop queries its database, as usual. */
function orders(stage: Stage): Flow[] {
  const { rng } = stage;
  return many(190, () => {
    const common = {
      at: rng.below(ACTS.end - 60),
      lasts: rng.between(10, 59),
      peer: web.ip,
      peerPort: ephemeral(rng),
      port: 5432,
    };
    const query = { ...common, packets: rng.between(6, 60), bytes: rng.between(700, 12_000), flags: SYN | FIN };
    const rows = { ...common, packets: rng.between(6, 90), bytes: rng.between(900, 90_000), flags: SYN_ACK | FIN };
    return [flow(stage, database, 'ingress', query), flow(stage, database, 'egress', rows)];
  }).flat();
}

/** The bastion tries the database's ports for the first time. */
function spread(stage: Stage): Flow[] {
  const ports = [
    21, 22, 23, 25, 80, 111, 139, 443, 445, 1433, 1521, 2049, 3306, 3389, 5432, 5900, 6379, 8080, 9200, 27017,
  ];
  return ports.map((port, i) =>
    flow(stage, database, 'ingress', {
      at: ACTS.spread + i * 2,
      lasts: 1,
      peer: bastion.ip,
      peerPort: ephemeral(stage.rng),
      port,
      packets: 2,
      bytes: 120,
      flags: SYN,
      action: port === 5432 || port === 22 ? 'ACCEPT' : 'REJECT',
    }),
  );
}

/** The table of orders is copied out, a part each minute over several connections. */
const theft = (stage: Stage): Flow[] => leaving(stage, database, DROP, 40);
const theftByIpv6 = (stage: Stage): Flow[] => leaving(stage, web, DROP_IPV6, 12);

function leaving(stage: Stage, host: Host, peer: string, count: number): Flow[] {
  const { rng } = stage;
  return many(count, (i) => {
    const common = {
      at: ACTS.theft + Math.floor((i * (ACTS.end - ACTS.theft - 60)) / count),
      lasts: 59,
      peer,
      peerPort: 443,
      port: ephemeral(rng),
    };
    const bytes = rng.between(40_000_000, 90_000_000);
    const sent = { ...common, packets: Math.ceil(bytes / 1400), bytes, flags: SYN | FIN };
    const acknowledged = {
      ...common,
      packets: Math.ceil(bytes / 4200),
      bytes: Math.ceil(bytes / 80),
      flags: SYN_ACK | FIN,
    };
    return [flow(stage, host, 'egress', sent), flow(stage, host, 'ingress', acknowledged)];
  }).flat();
}

/** The transit gateway logs the traffic between accounts. */
function crossings(stage: Stage): Flow[] {
  const { start, rng } = stage;
  return many(240, (i) => {
    const from = i % 12 === 0 ? bastion : web;
    const at = from === bastion ? rng.between(ACTS.spread, ACTS.end - 60) : rng.below(ACTS.end - 60);
    return {
      'resource-type': 'TransitGateway',
      'account-id': ACCOUNTS.network,
      'tgw-id': TRANSIT.gateway,
      'tgw-attachment-id': TRANSIT.shop,
      'tgw-src-vpc-account-id': from.account,
      'tgw-dst-vpc-account-id': database.account,
      'tgw-src-vpc-id': from.vpc,
      'tgw-dst-vpc-id': database.vpc,
      'tgw-src-subnet-id': from.subnet,
      'tgw-dst-subnet-id': database.subnet,
      'tgw-src-eni': from.eni,
      'tgw-dst-eni': database.eni,
      'tgw-src-az-id': from.zone,
      'tgw-dst-az-id': database.zone,
      'tgw-pair-attachment-id': TRANSIT.data,
      srcaddr: from.ip,
      dstaddr: database.ip,
      srcport: ephemeral(rng),
      dstport: from === bastion ? 22 : 5432,
      protocol: 6,
      packets: rng.between(4, 90),
      bytes: rng.between(300, 90_000),
      start: start + at,
      end: start + at + rng.between(5, 59),
      'log-status': 'OK',
      type: 'IPv4',
      'packets-lost-no-route': 0,
      'packets-lost-blackhole': 0,
      'packets-lost-mtu-exceeded': 0,
      'packets-lost-ttl-expired': 0,
      'tcp-flags': SYN | FIN,
      region: REGION,
      'flow-direction': 'ingress',
    };
  });
}

/** Windows of ten minutes without data (NODATA, SKIPDATA). */
function silence({ start }: Stage, hosts: readonly Host[], status: 'NODATA' | 'SKIPDATA'): Flow[] {
  return hosts.flatMap((host) =>
    many(2, (i) => ({ ...identity(host), start: start + i * 600, end: start + i * 600 + 599, 'log-status': status })),
  );
}

type Format = (typeof FORMATS)[keyof typeof FORMATS];
/** Makes a valid line unreadable. */
type Break = (line: string, columns: readonly string[]) => string;

const replacing =
  (column: string, value: string): Break =>
  (line, columns) =>
    line
      .split(' ')
      .map((text, i) => (columns[i] === column ? value : text))
      .join(' ');

interface Outline {
  readonly account: string;
  readonly format: keyof typeof FORMATS;
  readonly flows: readonly Flow[];
  /** Each is used once, on a line added for it. */
  readonly breaks: readonly Break[];
  readonly hive?: boolean;
  /** gzip members with a header line each, as concatenated objects have. */
  readonly members?: number;
}

function writer({ start, rng }: Stage): (outline: Outline) => LogObject {
  return ({ account, format: name, flows, breaks, hive = false, members = 1 }) => {
    const format = FORMATS[name];
    const lines = flows.toSorted((a, b) => a.end - b.end).map((each) => text(each, format));
    for (const each of breaks) lines.splice(rng.below(lines.length), 0, each(rng.of(lines), format.columns));
    const size = Math.ceil(lines.length / members);
    const parts = many(members, (i) => [format.columns.join(' '), ...lines.slice(i * size, (i + 1) * size)].join('\n'));
    return {
      key: key({ account, hive, id: `fl-0${rng.hex(16)}`, hash: rng.hex(8) }, start + ACTS.end),
      // the last line has no newline
      body: Buffer.concat(parts.map((part, i) => gzipSync(i + 1 < members ? `${part}\n` : part))),
      source: 'flowlogs',
      records: flows.length + breaks.length,
      broken: breaks.length,
      heldBack: 0,
    };
  };
}

const text = (values: Flow, { version, columns }: Format): string =>
  columns.map((column) => (column === 'version' ? version : (values[column] ?? '-'))).join(' ');

interface Naming {
  readonly account: string;
  readonly hive: boolean;
  readonly id: string;
  readonly hash: string;
}

function key({ account, hive, id, hash }: Naming, at: number): string {
  const [year, month, day, hour, minute] = new Date(at * 1000).toISOString().split(/\D/);
  const folder = hive
    ? `aws-account-id=${account}/aws-service=vpcflowlogs/aws-region=${REGION}/year=${year}/month=${month}/day=${day}/hour=${hour}`
    : `${account}/vpcflowlogs/${REGION}/${year}/${month}/${day}`;
  return `AWSLogs/${folder}/${account}_vpcflowlogs_${REGION}_${id}_${year}${month}${day}T${hour}${minute}Z_${hash}.log.gz`;
}
