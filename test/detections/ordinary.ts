/** Ten thousand events of an ordinary day, the same each time: services that call each other, people with MFA, web traffic, names. */
import { FOLDER, samplesIn } from '../../scripts/detections/load.ts';
import type { Event } from '../../scripts/detections/proof/cases.ts';
import { isFields } from '../../scripts/detections/yaml.ts';

const samples = samplesIn(`${FOLDER}/samples`);

/** Numbers that look like chance. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

type Record_ = Event['record'];

function event(name: string, at: number, change: (record: Record<string, unknown>) => void): Event {
  const { service, record } = samples.get(name)!;
  const copy = structuredClone(record) as Record<string, unknown>;
  change(copy);
  return { service, record: copy as Record_, at, joined: {} };
}

const DAY = 86_400;
const READS = [
  ['ec2.amazonaws.com', 'DescribeInstances'],
  ['s3.amazonaws.com', 'ListBuckets'],
  ['logs.amazonaws.com', 'DescribeLogGroups'],
  ['cloudwatch.amazonaws.com', 'GetMetricData'],
  ['kms.amazonaws.com', 'Decrypt'],
] as const;

function calls(count: number, luck: (below: number) => number): Event[] {
  return Array.from({ length: count }, (_, number) => {
    const at = Math.floor((number * DAY) / count);
    const kind = luck(10);
    if (kind < 2) return event('call-by-service', at, () => {});
    if (kind < 3)
      return event('console-login', at, (record) => Object.assign(record, { sourceIPAddress: '203.0.113.7' }));
    if (kind < 5)
      return event('s3-data', at, (record) =>
        Object.assign(record, { eventName: ['GetObject', 'PutObject'][luck(2)] }),
      );
    const [eventSource, eventName] = READS[luck(READS.length)];
    return event('call-by-role', at, (record) => Object.assign(record, { eventSource, eventName, readOnly: true }));
  });
}

function flows(count: number, luck: (below: number) => number): Event[] {
  return Array.from({ length: count }, (_, number) =>
    event('flow', Math.floor((number * DAY) / count), (record) => {
      const host = `10.0.0.${luck(40) + 5}`;
      const kind = luck(10);
      if (kind < 6)
        Object.assign(record, {
          srcaddr: host,
          dstaddr: `198.51.100.${luck(250) + 1}`,
          bytes: String(luck(5_000_000)),
        });
      else if (kind < 9) Object.assign(record, { srcaddr: host, dstaddr: '10.0.1.9', dstport: '5432' });
      // the internet knocks, each address once in a while
      else
        Object.assign(record, {
          srcaddr: `192.0.2.${luck(250) + 1}`,
          dstaddr: host,
          dstport: String(luck(1024)),
          action: 'REJECT',
          'flow-direction': 'ingress',
        });
    }),
  );
}

const NAMES = [
  'www.example.com.',
  'api.example.net.',
  'sqs.eu-west-1.amazonaws.com.',
  'cdn.example.org.',
  'time.aws.com.',
];

const names = (count: number, luck: (below: number) => number): Event[] =>
  Array.from({ length: count }, (_, number) =>
    event('query', Math.floor((number * DAY) / count), (record) => {
      const isMissing = luck(20) === 0;
      const query_name = isMissing ? `old${luck(5)}.example.org.` : NAMES[luck(NAMES.length)];
      Object.assign(record, {
        query_name,
        srcaddr: `10.0.0.${luck(40) + 5}`,
        ...(isMissing && { rcode: 'NXDOMAIN', answers: [] }),
      });
    }),
  );

const requests = (count: number, luck: (below: number) => number): Event[] =>
  Array.from({ length: count }, (_, number) => {
    const at = Math.floor((number * DAY) / count);
    const isBlocked = luck(50) === 0;
    return event(isBlocked ? 'blocked' : 'allowed', at, (record) => {
      const request = record.httpRequest as Record<string, unknown>;
      Object.assign(request, {
        clientIp: `${isBlocked ? '192.0.2' : '198.51.100'}.${luck(250) + 1}`,
        httpMethod: isBlocked ? 'GET' : ['GET', 'GET', 'POST'][luck(3)],
      });
    });
  });

/** Connections through the firewall, some of which a rule of low priority told of. */
const connections = (count: number, luck: (below: number) => number): Event[] =>
  Array.from({ length: count }, (_, number) =>
    event(luck(40) === 0 ? 'firewall-alert' : 'firewall-flow', Math.floor((number * DAY) / count), (record) => {
      const { alert, ...rest } = record.event as Record<string, unknown>;
      const told = isFields(alert) && {
        alert: { ...alert, severity: 3, signature: 'a policy', category: 'Not Suspicious Traffic' },
      };
      record.event = { ...rest, ...told, src_ip: `10.0.0.${luck(40) + 5}`, dest_ip: `198.51.100.${luck(250) + 1}` };
    }),
  );

const objects = (count: number, luck: (below: number) => number): Event[] =>
  Array.from({ length: count }, (_, number) =>
    event('object-read', Math.floor((number * DAY) / count), (record) => {
      const isRefused = luck(50) === 0;
      Object.assign(record, {
        key: `report-${luck(1000)}.csv`,
        ...(luck(3) === 0 && { operation: 'REST.PUT.OBJECT' }),
        ...(isRefused && { status: 403, error_code: 'AccessDenied' }),
      });
    }),
  );

export function ordinary(): readonly Event[] {
  const luck = chance(7);
  return [
    ...calls(3000, luck),
    ...flows(3500, luck),
    ...names(1900, luck),
    ...requests(1000, luck),
    ...connections(300, luck),
    ...objects(300, luck),
  ];
}
