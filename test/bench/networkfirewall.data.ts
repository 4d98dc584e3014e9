/** Made-up Network Firewall logs, the same for the same seed: nine flows to one alert, about 600 bytes a record. */
import { FIRST_SECOND, interfaces, random } from './flowlogs.data.ts';

const NAMES = ['www.example.org', 'api.example.com', 'updates.example.net', 'login.example.com'];
const SIGNATURES = ['outdated TLS', 'unusual port', 'blocked domain', 'known scanner'];

/** Lines without a newline. */
export function* networkfirewall(records: number, seed = 1): Generator<string> {
  const next = random(seed);
  const below = (n: number) => Math.floor(next() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)];
  const own = interfaces();
  for (let i = 0; i < records; i++) {
    const seconds = FIRST_SECOND + Math.floor(i / 2000);
    const at = (ago: number) => new Date((seconds - ago) * 1000).toISOString().replace('Z', '123+0000');
    const isAlert = next() < 0.1;
    const packets = 1 + Math.floor(next() ** 4 * 5000);
    const common = {
      timestamp: at(0),
      flow_id: below(2 ** 31) * 1000 + below(1000),
      event_type: isAlert ? 'alert' : 'netflow',
      src_ip: pick(own).address,
      src_port: 32768 + below(28000),
      dest_ip: `${below(190) + 11}.${below(256)}.${below(256)}.${below(254) + 1}`,
      dest_port: pick([443, 443, 443, 80, 53, 22]),
      proto: 'TCP',
      app_proto: 'tls',
    };
    const event = isAlert
      ? {
          ...common,
          tls: { sni: pick(NAMES), version: 'TLS 1.3', ja3: {}, ja3s: {} },
          alert: {
            action: pick(['allowed', 'blocked']),
            signature_id: 1_000_000 + below(4),
            rev: 1,
            signature: pick(SIGNATURES),
            category: 'Potentially Bad Traffic',
            severity: 1 + below(3),
          },
        }
      : {
          ...common,
          netflow: {
            pkts: packets,
            bytes: packets * 700,
            start: at(60),
            end: at(0),
            age: 60,
            min_ttl: 64,
            max_ttl: 64,
          },
          tcp: { tcp_flags: '1b', syn: true, fin: true, psh: true, ack: true },
        };
    yield JSON.stringify({
      firewall_name: 'egress',
      availability_zone: pick(['ap-northeast-2a', 'ap-northeast-2c']),
      event_timestamp: String(seconds),
      event,
    });
  }
}
