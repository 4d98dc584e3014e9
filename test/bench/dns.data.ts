/** Made-up Route 53 Resolver query logs, the same for the same seed: about 500 bytes a query. */
import { random } from './flowlogs.data.ts';

const ZONES = ['example.com', 'example.co.kr', 'amazonaws.com', 'cloudfront.net', 'internal.example.net'];
const HOSTS = ['www', 'api', 'sqs.ap-northeast-2', 'db-1', 'd111111abcdef8', 'login'];

/** Lines without a newline. */
export function* dns(records: number, seed = 1): Generator<string> {
  const next = random(seed);
  const below = (n: number) => Math.floor(next() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)];
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join('');
  const hosts = Array.from({ length: 300 }, (_, i) => ({
    address: `10.${i % 4}.${below(256)}.${below(254) + 1}`,
    instance: `i-0${hex(16)}`,
  }));
  const names = Array.from({ length: 5000 }, () => `${next() < 0.3 ? `${hex(8)}.` : ''}${pick(HOSTS)}.${pick(ZONES)}.`);
  const address = () => `${below(190) + 11}.${below(256)}.${below(256)}.${below(254) + 1}`;
  for (let i = 0; i < records; i++) {
    const host = pick(hosts);
    const name = names[Math.floor(next() ** 3 * names.length)];
    const isPtr = next() < 0.05;
    const isMissing = next() < 0.1;
    const addresses = Array.from({ length: 1 + below(4) }, () => ({ Rdata: address(), Type: 'A', Class: 'IN' }));
    const alias = next() < 0.3 ? [{ Rdata: `lb-${hex(6)}.elb.amazonaws.com.`, Type: 'CNAME', Class: 'IN' }] : [];
    const pointer = [{ Rdata: name, Type: 'PTR', Class: 'IN' }];
    yield JSON.stringify({
      version: '1.100000',
      account_id: '123456789012',
      region: 'ap-northeast-2',
      vpc_id: 'vpc-0a1b2c3d4e5f60718',
      query_timestamp: new Date(1_790_000_000_000 + Math.floor(i / 200) * 1000).toISOString().replace('.000Z', 'Z'),
      query_name: isPtr ? `${address()}.in-addr.arpa.` : name,
      query_type: isPtr ? 'PTR' : next() < 0.8 ? 'A' : 'AAAA',
      query_class: 'IN',
      rcode: isMissing ? 'NXDOMAIN' : 'NOERROR',
      answers: isMissing ? [] : isPtr ? pointer : [...alias, ...addresses],
      srcaddr: host.address,
      srcport: String(1024 + below(60_000)),
      transport: next() < 0.97 ? 'UDP' : 'TCP',
      srcids: { instance: host.instance },
    });
  }
}
