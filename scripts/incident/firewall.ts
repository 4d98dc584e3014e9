/**
 * The incident as AWS Network Firewall saw it, between the company's networks and the internet: the scan, the shell to its command
 * server, and the theft, which a rule ended after a while. Alerts and flows come in objects of their own.
 * https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html
 */

import { gzippedLines, type LogObject, parts } from './object.ts';
import type { Rng } from './random.ts';
import {
  ACCOUNTS,
  ACTS,
  bastion,
  COMMANDER,
  CUSTOMERS,
  DROP,
  database,
  type Host,
  REGION,
  SCANNER,
  web,
} from './scenario.ts';

const FIREWALL = 'egress';

/** In: epoch seconds of the story's first moment. */
export function firewallObjects(start: number, rng: Rng): readonly LogObject[] {
  const place = { at: start + ACTS.end, rng };
  const flows = flowsOf(start, rng);
  return [
    // Splunk gets what a rule matched
    objectOf('flow', flows, { ...place, heldBack: flows.length }),
    objectOf('alert', alertsOf(start, rng), { ...place, heldBack: 0 }),
  ];
}

interface Rule {
  readonly id: number;
  readonly signature: string;
  readonly category: string;
  /** 1 is the highest. */
  readonly severity: number;
}

const SCAN: Rule = {
  id: 1000001,
  signature: 'Port scan from the internet',
  category: 'Attempted Information Leak',
  severity: 3,
};
const SHELL: Rule = {
  id: 1000002,
  signature: 'Reverse shell over TCP 4444',
  category: 'A Network Trojan was detected',
  severity: 1,
};
const UPLOAD: Rule = {
  id: 1000003,
  signature: 'Large upload to an unknown host',
  category: 'Potentially Bad Traffic',
  severity: 2,
};

interface Connection {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly zone: string;
}

const outbound = ({ ip, zone }: Host, at: number, to: string, port: number): Connection => ({
  at,
  from: ip,
  to,
  port,
  zone,
});

/** Customers at the shop, and the uploads as they went through until the rule began to drop them. */
function flowsOf(start: number, rng: Rng): readonly object[] {
  const customers = Array.from({ length: 120 }, (_, i) => {
    const { ip, zone } = web;
    const at = start + 60 + Math.floor((i * (ACTS.end - 120)) / 120);
    return flow({ at, from: rng.of(CUSTOMERS), to: ip, port: 443, zone }, rng, rng.between(2_000, 60_000));
  });
  const uploads = Array.from({ length: 20 }, (_, i) =>
    flow(outbound(database, start + ACTS.theft + i * 12, DROP, 443), rng, rng.between(4_000_000, 9_000_000)),
  );
  return [...customers, ...uploads];
}

function alertsOf(start: number, rng: Rng): readonly object[] {
  const scan = Array.from({ length: 24 }, (_, i) => {
    const connection = { at: start + ACTS.scan + i, from: SCANNER, to: web.ip, port: 20 + i * 7, zone: web.zone };
    return alert(connection, rng, SCAN, 'allowed');
  });
  const shell = Array.from({ length: 6 }, (_, i) =>
    alert(outbound(bastion, start + ACTS.shell + i * 300, COMMANDER, 4444), rng, SHELL, 'allowed'),
  );
  const uploads = Array.from({ length: 18 }, (_, i) =>
    alert(outbound(database, start + ACTS.theft + 240 + i * 30, DROP, 443), rng, UPLOAD, 'blocked'),
  );
  return [...scan, ...shell, ...uploads];
}

function record({ at, from, to, port, zone }: Connection, rng: Rng, kind: string, more: object): object {
  return {
    firewall_name: FIREWALL,
    availability_zone: `${REGION}${ZONE_LETTERS[zone.at(-1)!]}`,
    event_timestamp: String(at),
    event: {
      timestamp: stamp(at),
      flow_id: 1_000_000_000_000_000 + rng.below(2 ** 31),
      event_type: kind,
      src_ip: from,
      src_port: rng.between(32768, 60999),
      dest_ip: to,
      dest_port: port,
      proto: 'TCP',
      ...more,
    },
  };
}

/** Of this account: each has its own order of zones. */
const ZONE_LETTERS: Readonly<Record<string, string>> = { 1: 'a', 2: 'b', 3: 'c' };

/** As Suricata writes it: `2026-11-24T13:40:38.000000+0000`. */
const stamp = (at: number): string => `${new Date(at * 1000).toISOString().slice(0, 19)}.000000+0000`;

const flow = (connection: Connection, rng: Rng, bytes: number): object =>
  record(connection, rng, 'netflow', {
    app_proto: 'tls',
    netflow: {
      pkts: Math.ceil(bytes / 1200),
      bytes,
      start: stamp(connection.at - rng.between(1, 20)),
      end: stamp(connection.at),
      age: 20,
      min_ttl: 62,
      max_ttl: 64,
    },
  });

const alert = (
  connection: Connection,
  rng: Rng,
  { id, signature, category, severity }: Rule,
  action: 'allowed' | 'blocked',
): object =>
  record(connection, rng, 'alert', {
    alert: { action, signature_id: id, rev: 1, signature, category, severity },
    verdict: { action: action === 'blocked' ? 'drop' : 'pass' },
  });

interface Place {
  readonly at: number;
  readonly rng: Rng;
  readonly heldBack: number;
}

/** https://docs.aws.amazon.com/network-firewall/latest/developerguide/logging-s3.html */
function objectOf(log: 'alert' | 'flow', records: readonly object[], { at, rng, heldBack }: Place): LogObject {
  const account = ACCOUNTS.network;
  const [year, month, day, hour, minute] = parts(at);
  const place = `AWSLogs/${account}/network-firewall/${log}/${REGION}/${FIREWALL}/${year}/${month}/${day}/${hour}`;
  const name = `${account}_network-firewall_${log}_${REGION}_${FIREWALL}_${year}${month}${day}${hour}${minute}_${rng.hex(8)}`;
  return {
    key: `${place}/${name}.log.gz`,
    body: gzippedLines(records),
    source: 'networkfirewall',
    records: records.length,
    broken: 0,
    heldBack,
  };
}
