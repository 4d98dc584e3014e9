/**
 * The incident as the Route 53 Resolver saw it: the shop's look-ups, the shell that looks for its command server under random names,
 * and data hidden in names.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html
 */

import { jsonLines, type LogObject } from './object.ts';
import type { Rng } from './random.ts';
import { ACCOUNTS, ACTS, bastion, COMMANDER, database, type Host, REGION, web } from './scenario.ts';

interface Answer {
  readonly Rdata: string;
  readonly Type: string;
}

/** In: epoch seconds of the story's first moment. */
export function lookupObjects(start: number, rng: Rng): readonly LogObject[] {
  const shop = [
    ...Array.from({ length: 160 }, () => query(web, start + rng.below(ACTS.end), rng, 'pay.example.com', 'A', PAY)),
    ...Array.from({ length: 90 }, (_, i) => {
      const found = i === 89 ? [{ Rdata: COMMANDER, Type: 'A' }] : [];
      return query(bastion, start + ACTS.shell + i, rng, `${rng.hex(14)}.example`, 'A', found);
    }),
  ];
  const data = Array.from({ length: 120 }, (_, i) =>
    query(database, start + ACTS.theft + i * 6, rng, `${rng.hex(60)}.${i}.drop.example`, 'TXT', [
      { Rdata: '"ok"', Type: 'TXT' },
    ]),
  );
  return [objectOf(web, shop, start, rng), objectOf(database, data, start, rng)];
}

const PAY: readonly Answer[] = [
  { Rdata: 'pay.cdn.example.net.', Type: 'CNAME' },
  { Rdata: '198.51.100.10', Type: 'A' },
  { Rdata: '198.51.100.11', Type: 'A' },
];

function objectOf({ account, vpc }: Host, queries: readonly Query[], start: number, rng: Rng): LogObject {
  const sorted = queries.toSorted((a, b) => a.query_timestamp.localeCompare(b.query_timestamp));
  return jsonLines('dns', sorted, { account, place: `vpcdnsquerylogs/${vpc}`, at: start + ACTS.end, rng });
}

type Query = ReturnType<typeof query>;

function query(host: Host, at: number, rng: Rng, name: string, type: string, answers: readonly Answer[]) {
  return {
    version: '1.100000',
    account_id: host.account,
    region: REGION,
    vpc_id: host.vpc,
    query_timestamp: new Date(at * 1000).toISOString().replace('.000Z', 'Z'),
    query_name: `${name}.`,
    query_type: type,
    query_class: 'IN',
    rcode: answers.length > 0 ? 'NOERROR' : 'NXDOMAIN',
    answers: answers.map((answer) => ({ ...answer, Class: 'IN' })),
    srcaddr: host.ip,
    srcport: String(rng.between(32768, 60999)),
    transport: 'UDP',
    srcids: { instance: host.instance },
    ...(host.account === ACCOUNTS.data && {
      firewall_rule_action: 'ALERT',
      firewall_rule_group_id: 'rslvr-frg-0123456789abcdef',
      firewall_domain_list_id: 'rslvr-fdl-0123456789abcdef',
    }),
  };
}
