import { describe, expect, test } from '@jest/globals';
import { networkfirewall } from '../../../functions/networkfirewall/source.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { readAll, samplesOf } from '../../source.ts';

const known = { geo: { country_iso_code: 'KR' }, as: { number: 64496 } };
const geo = { of: (ip: string) => (ip === '203.0.113.4' ? known : undefined) };
const source = networkfirewall({ geo, route: ['opensearch', 'splunk'] });
const sample = (name: string) =>
  samplesOf('networkfirewall')
    .find(([file]) => file === name)![1]
    .toString();

test('samples become the golden documents, byte for byte', async () => {
  const lines: string[] = [];
  for (const [, content] of samplesOf('networkfirewall')) {
    const read = await readAll(source, content);
    expect(read.rejects).toEqual([]);
    for (const document of read.documents) expect(ecsFaults(document)).toEqual([]);
    expect(read.raw.join('\n')).toBe(content.toString().trimEnd());
    lines.push(...read.lines);
  }
  expectGolden('networkfirewall', lines);
});

describe('a record', () => {
  test('of an alert is detected, with the rule’s priority as severity', async () => {
    const { documents, facts } = await readAll(source, sample('alert.log'));
    expect(facts.map(({ severity, detected, outcome }) => [severity, detected, outcome])).toEqual([
      ['high', true, 'success'],
      ['medium', true, 'failure'],
    ]);
    expect(documents[0]).toMatchObject({ event: { kind: 'alert', severity: 70, type: ['allowed'] }, source: known });
    expect(documents[1]).toMatchObject({ event: { action: 'drop', type: ['denied'] }, tls: { version: '1.2' } });
  });

  test('may hold a name twice: the last value counts', async () => {
    const [, twice] = (await readAll(source, sample('flow.log'))).documents;
    expect(twice.network).toMatchObject({ protocol: 'dns', bytes: 120, type: 'ipv6', transport: 'udp' });
  });

  test('of TLS inspection has texts for ports, and what failed', async () => {
    const [failed, revoked] = (await readAll(source, sample('tls.log'))).documents;
    expect(failed).toMatchObject({ event: { outcome: 'failure' }, destination: { port: 443 } });
    expect(failed.error.message).toContain('Match Failed');
    expect(revoked).toMatchObject({ event: { action: 'drop', type: ['denied'], reason: 'REVOKED' } });
    expect(revoked.tls.client.server_name).toBe('revoked-rsa-ev.example.com');
  });

  test('has its account by its key', async () => {
    const uri = 's3://logs/AWSLogs/123456789012/network-firewall/flow/eu-west-1/fw/2026/11/24/x.log.gz@e';
    const { documents } = await readAll(source, sample('flow.log'), uri);
    expect(documents[0].cloud).toMatchObject({ account: { id: '123456789012' }, region: 'eu-west-1' });
  });

  test('of another kind is refused', async () => {
    const { rejects } = await readAll(source, '{"timestamp":1}\n{"firewall_name":"x","event":{}}\n');
    expect(rejects).toEqual(['1: not a Network Firewall log', '2: the record has no time']);
  });
});

test('a row that can’t be compiled is a ConfigError', () => {
  expect(() => networkfirewall({ geo: noGeo, route: [], fields: [['a', 'firewall_name', 'txt']] })).toThrow(
    ConfigError,
  );
});
