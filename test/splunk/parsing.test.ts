/** The app's settings for parsing, held against real shapes: long events arrive whole, and their time is found. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { publishedEvents } from './cim/more.ts';
import { sampleEvents, sent } from './events.ts';
import { loadApps } from './props/app.ts';
import { searched } from './props/event.ts';
import { broken, timeOf, truncated } from './props/indexing.ts';

const splunk = join(import.meta.dirname, '../../splunk');
const app = loadApps(join(splunk, 'bongsu'), join(splunk, 'bongsu_aws'));
/** What an indexer has: it needs only this app. */
const main = loadApps(join(splunk, 'bongsu'));
const cases = join(import.meta.dirname, '../../../shared/cases/splunk-truncate');

const headers = Array.from({ length: 120 }, (_, i) => ({ name: `x-h${i}`, value: 'v'.repeat(80) }));
const LONG = JSON.stringify({
  timestamp: 1_790_000_012_771,
  webaclId: 'arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/1',
  terminatingRuleId: 'SQLi',
  terminatingRuleType: 'REGULAR',
  action: 'BLOCK',
  httpSourceId: 'x',
  httpRequest: {
    clientIp: '203.0.113.7',
    country: 'KR',
    headers: [...headers, { name: 'User-Agent', value: 'curl' }],
    uri: '/a',
    args: '',
    httpMethod: 'GET',
  },
});

test('a WAF record of 13 kB is whole, and the fields behind its 10,240th character are there', () => {
  expect(LONG.length).toBeGreaterThan(12_000);
  expect(truncated(LONG, undefined)).toHaveLength(10_000); // Splunk's default
  expect(broken(`${LONG}\n${LONG}\n`, 'aws:waf', main)).toEqual([LONG, LONG]);
  const fields = searched({ raw: LONG, sourcetype: 'aws:waf' }, app);
  expect(Object.fromEntries(fields)).toMatchObject({ http_user_agent: 'curl', http_method: 'GET', src: '203.0.113.7' });
});

test('the long events that were cut once are whole', async () => {
  if (!existsSync(cases)) return console.warn('skipped: no shared cases beside the project');
  const waf = readFileSync(join(cases, 'waf-long-headers.log'), 'utf8');
  const [record] = await sent('waf', waf, 'case');
  expect(record.raw.length).toBeGreaterThan(12_000);
  expect(broken(record.raw, record.sourcetype, main)).toEqual([record.raw]);
  const attack = readFileSync(join(cases, 'attack-sequence-40-signals.json'), 'utf8');
  const [finding] = await sent('guardduty', attack, 'case');
  expect(finding.raw.length).toBeGreaterThan(28_000);
  expect(truncated(finding.raw, main.props.get(finding.sourcetype))).toBe(finding.raw);
  const { severity, signature } = Object.fromEntries(searched(finding, app));
  expect({ severity, signature }).toEqual({ severity: 'critical', signature: expect.any(String) });
});

test('every sourcetype that is sent has settings for parsing, and its time is found by them', async () => {
  const names = [
    'cloudtrail',
    'waf',
    'dns',
    'guardduty',
    'securityhub',
    'macie',
    'inspector',
    'shield',
    'networkfirewall',
    's3access',
    'flowlogs',
  ] as const;
  const events = [...(await Promise.all(names.map((name) => sampleEvents(name)))).flat(), ...publishedEvents()];
  const without = new Set<string>();
  const timeless = new Set<string>();
  for (const { raw, sourcetype } of events) {
    if (main.props.get(sourcetype)?.get('TRUNCATE') === undefined) without.add(sourcetype);
    if (timeOf(raw, sourcetype, main) === undefined) timeless.add(sourcetype);
  }
  expect([...without]).toEqual([]);
  // some in each of these have none: answers of an API spell members otherwise, a custom order has no fixed place
  const odd = ['aws:cloudwatch:guardduty', 'aws:cloudwatchlogs:vpcflow', 'aws:inspector:v2:findings', 'aws:shield'];
  expect([...timeless].sort()).toEqual(odd);
});
