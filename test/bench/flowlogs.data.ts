/** Made-up VPC flow logs, the same for the same seed: about 250 bytes a line in the version 5 format. */
const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path';
const SERVICES = ['-', '-', '-', '-', 'S3', 'DYNAMODB', 'AMAZON', 'EC2'];
const PORTS = [443, 443, 443, 80, 53, 22, 3306, 5432, 6379, 8080];
const FLAGS = [0, 2, 3, 18, 19, 1, 4];

/** mulberry32 */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Of the first flow, epoch seconds. */
export const FIRST_SECOND = 1_790_000_000;

export interface Interface {
  readonly eni: string;
  readonly address: string;
  readonly instance: string;
  readonly vpc: string;
  readonly subnet: string;
  readonly zone: string;
}

function interfacesOf(next: () => number): readonly Interface[] {
  const below = (n: number) => Math.floor(next() * n);
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join('');
  return Array.from({ length: 400 }, (_, i) => ({
    eni: `eni-0${hex(16)}`,
    address: `10.${i % 4}.${below(256)}.${below(254) + 1}`,
    instance: i % 5 === 0 ? '-' : `i-0${hex(16)}`,
    vpc: `vpc-0${hex(16)}`,
    subnet: `subnet-0${hex(16)}`,
    zone: `apne2-az${(i % 3) + 1}`,
  }));
}

/** Whose flows these are. */
export const interfaces = (seed = 1): readonly Interface[] => interfacesOf(random(seed));

/** Lines without a newline, the header first. */
export function* flowlogs(records: number, seed = 1): Generator<string> {
  const next = random(seed);
  const below = (n: number) => Math.floor(next() * n);
  const interfaces = interfacesOf(next);
  // busy services and a long tail of strangers
  const peers = Array.from(
    { length: 20_000 },
    () => `${below(190) + 11}.${below(256)}.${below(256)}.${below(254) + 1}`,
  );
  yield HEADER;
  for (let i = 0; i < records; i++) {
    const own = interfaces[below(interfaces.length)];
    const peer =
      next() < 0.5 ? interfaces[below(interfaces.length)].address : peers[Math.floor(next() ** 3 * peers.length)];
    const isOut = next() < 0.5;
    const port = PORTS[below(PORTS.length)];
    const high = 32768 + below(28000);
    const ends = isOut ? `${own.address} ${peer} ${high} ${port}` : `${peer} ${own.address} ${port} ${high}`;
    const packets = 1 + Math.floor(next() ** 4 * 5000);
    const start = FIRST_SECOND + Math.floor(i / 2000);
    const direction = isOut ? 'egress' : 'ingress';
    const pkt = isOut ? `${own.address} ${peer}` : `${peer} ${own.address}`;
    yield `5 123456789012 ${own.eni} ${ends} ${next() < 0.9 ? 6 : 17} ${packets} ${packets * (40 + below(1400))} ${start} ${start + 60} ${next() < 0.95 ? 'ACCEPT' : 'REJECT'} OK ${own.vpc} ${own.subnet} ${own.instance} ${FLAGS[below(FLAGS.length)]} IPv4 ${pkt} ap-northeast-2 ${own.zone} - - ${SERVICES[below(8)]} ${SERVICES[below(8)]} ${direction} ${isOut ? 1 + below(8) : '-'}`;
  }
}
