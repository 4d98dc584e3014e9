/** `npm run detections -- test --on <folder>`: which rules fire on which of somebody's own logs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { UsageError } from '../../scripts/command.ts';
import { library } from '../../scripts/detections/load.ts';
import { firedOn, triedOn } from '../../scripts/detections/logs.ts';
import { FIRED } from './real.fired.ts';
import { realFiles, realFolder } from './real.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const call = (eventName: string, more: object = {}) => ({
  ...{ eventTime: '2026-11-24T03:00:00Z', eventSource: 'cloudtrail.amazonaws.com', eventName, eventID: eventName },
  ...{ recipientAccountId: '123456789012', awsRegion: 'eu-west-1', ...more },
});

function tried(service = 'cloudtrail', only?: string): string {
  const lines: string[] = [];
  triedOn(folder, service, only, (line) => lines.push(line));
  return lines.join('\n');
}

test('a trail that is stopped, in an object of CloudTrail: one row that names rule, technique and event', () => {
  const records = [call('StopLogging'), call('DescribeTrails')];
  writeFileSync(join(folder, 'a.json.gz'), gzipSync(JSON.stringify({ Records: records })));
  writeFileSync(join(folder, 'b.json'), JSON.stringify([call('StopLogging', { eventTime: '2026-11-24T04:00:00Z' })]));
  expect(tried()).toContain('\n| cloudtrail_stopped | critical | T1562.008 | 2 | StopLogging × 2 |\n');
  expect(tried()).toMatch(/\n1 of \d+ detections fired\.$/);
  expect(tried('cloudtrail', 'dns')).toMatch(/\n0 of \d+ detections fired\.$/);
});

test('records of another log source, one a line', () => {
  const query = { query_timestamp: '2026-11-24T03:00:00Z', query_name: 'bad.example.com.', query_type: 'A' };
  const lines = [{ ...query, firewall_rule_action: 'BLOCK' }, query].map((each) => JSON.stringify(each));
  writeFileSync(join(folder, 'dns.log'), `${lines.join('\n')}\n`);
  expect(tried('route53resolver')).toContain('| firewall_alert | medium |');
});

test.each([
  ['an empty folder', undefined, 'has no records'],
  ['text that is not JSON', 'version account-id\n2 123456789012\n', "can't be read: Unexpected token"],
  ['a record without a time', '{"Records":[{"eventName":"StopLogging"}]}', 'has a record without a time'],
  ['a list of texts', '["StopLogging"]', "can't be read: expected records that are JSON objects"],
])('%s is refused with its path', (_, text, why) => {
  if (text !== undefined) writeFileSync(join(folder, 'a.json'), text);
  expect(() => tried()).toThrow(UsageError);
  expect(() => tried()).toThrow(why);
  expect(() => tried()).toThrow(folder);
});

test('a log source whose records are not JSON, and a detection that does not exist', () => {
  expect(() => tried('vpcflow')).toThrow('Unknown log source "vpcflow": expected cloudtrail, route53resolver');
  expect(() => tried('cloudtrail', 'nosuch')).toThrow('There is no detection or group "nosuch"');
});

const real = 'on real records the same detections fire as on a node';
if (realFiles().length === 0) test.skip(`${real}: skipped, ../shared/data/cloudtrail is not there`, () => {});
else
  test(real, () => {
    const { kept, lists } = library();
    const fired = firedOn(realFolder, 'cloudtrail', kept, lists);
    expect(fired.map(({ detection }) => detection.name).sort()).toEqual(Object.keys(FIRED).sort());
  });
