import { expect, test } from '@jest/globals';
import { ecsFaults } from './ecs.ts';

const valid = {
  '@timestamp': '2026-11-24T13:40:38.123Z',
  ecs: { version: '9.4.0' },
  message: 'text',
  event: {
    kind: 'event',
    category: ['network'],
    type: ['connection', 'denied'],
    severity: 8.95,
    start: '2026-11-24T13:40:38Z',
  },
  cloud: { provider: 'aws', account: { id: '123456789012' } },
  source: {
    ip: '2001:db8::1',
    port: 443,
    bytes: 0,
    geo: { country_iso_code: 'KR', location: { lat: 37.5, lon: 127 } },
    as: { number: 1, organization: { name: 'X' } },
  },
  dns: { answers: [{ data: '192.0.2.1', type: 'A' }], question: { name: 'example.com' } },
  host: { mac: ['00-00-5E-00-53-23'], ip: ['192.0.2.1'] },
  related: { ip: ['192.0.2.1', '2001:db8::1'] },
  labels: { any: 'thing' },
  finding: { uid: 'f1', severity: 'high', way: 's3' },
  aws: { vpcflow: { whatever: [1, null, {}] } },
};

test('a valid document has no faults', () => {
  expect(ecsFaults(valid)).toEqual([]);
});

test.each<[path: string, value: unknown, fault: string]>([
  ['@timestamp', undefined, '@timestamp: missing'],
  ['@timestamp', 1764000000000, '@timestamp: 1764000000000 is not a date'],
  ['@timestamp', '2026-11-24 13:40:38', '@timestamp: "2026-11-24 13:40:38" is not a date'],
  ['@timestamp', '2026-13-24T13:40:38Z', '@timestamp: "2026-13-24T13:40:38Z" is not a date'],
  ['ecs.version', undefined, 'ecs.version: missing'],
  ['flow', { x: 1 }, 'flow: no field of ECS'],
  ['source.adress', 'x', 'source.adress: no field of ECS'],
  ['source', '192.0.2.1', 'source: "192.0.2.1" is not an object'],
  ['source.ip', '-', 'source.ip: "-" is not an ip'],
  ['source.ip', '192.0.2.256', 'source.ip: "192.0.2.256" is not an ip'],
  ['source.ip', 'fe80::1%eth0', 'source.ip: "fe80::1%eth0" is not an ip'],
  ['source.ip', ['192.0.2.1'], 'source.ip: a list'],
  ['source.ip', null, 'source.ip: null is not an ip'],
  ['source.port', '443', 'source.port: "443" is not a long'],
  ['source.bytes', 1.5, 'source.bytes: 1.5 is not a long'],
  ['source.bytes', 2 ** 60, 'source.bytes: 1152921504606847000 is not a long'],
  ['source.geo.location', { lat: 91, lon: 0 }, 'source.geo.location: {"lat":91,"lon":0} is not a geo_point'],
  ['cloud.account.id', 123456789012, 'cloud.account.id: 123456789012 is not a keyword'],
  ['cloud.account.id', '', 'cloud.account.id: "" is not a keyword'],
  ['event.kind', 'finding', 'event.kind: finding is not allowed'],
  ['event.kind', ['event'], 'event.kind: a list'],
  ['event.category', 'network', 'event.category: not a list'],
  ['event.category', ['flow'], 'event.category: flow is not allowed'],
  ['event.type', ['blocked'], 'event.type: blocked is not allowed'],
  ['event.type', ['indicator'], 'event.type: indicator is not expected with network'],
  ['event.outcome', 'ok', 'event.outcome: ok is not allowed'],
  ['event.severity', '8', 'event.severity: "8" is not a float'],
  ['related.ip', [], 'related.ip: empty'],
  ['related.ip', ['192.0.2.1', 'x'], 'related.ip: "x" is not an ip'],
  ['host.mac', ['00:00:5e:00:53:23'], 'host.mac: 00:00:5e:00:53:23 does not match ^[A-F0-9]{2}(-[A-F0-9]{2}){5,}$'],
  ['dns.answers', [{ rdata: 'x' }], 'dns.answers.rdata: no field of ECS'],
  ['finding.severity', 'HIGH', 'finding.severity: HIGH is not allowed'],
  ['finding.status', 'new', 'finding.status: no field of ECS'],
])('%s = %j is found', (path, value, fault) => {
  const document: Record<string, unknown> = structuredClone(valid);
  const names = path.split('.');
  const last = names.pop() ?? '';
  const parent = names.reduce((at, name) => at[name] as Record<string, unknown>, document);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  expect(ecsFaults(document)).toContain(fault);
});
