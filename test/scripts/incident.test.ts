import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { CUSTOMERS, CUSTOMERS_IPV6 } from '../../scripts/incident/scenario.ts';
import { incident } from '../../scripts/incident.ts';
import { isSpecial, isSpecialIpv6 } from '../../shared/enrich/special.ts';
import { ipv4, ipv6 } from '../../shared/text/ip.ts';

const AT = new Date('2026-11-24T13:40:38Z');
const { objects, events } = incident(AT);

const flows = objects.filter(({ source }) => source === 'flowlogs');
const bodies = flows.map(({ body }) => gunzipSync(body).toString());
const linesOf = (text: string) => text.replace(/\n$/, '').split('\n');
const isHeader = (line: string) => line.includes('srcaddr');

interface Finding {
  readonly account: string;
  readonly time: string;
  readonly detail: {
    readonly id: string;
    readonly type: string;
    readonly severity: number;
    readonly updatedAt: string;
  };
}
const moments = events.map(({ event }) => event.time);
const findings = events.filter(({ source }) => source === 'guardduty').map(({ event }) => event as unknown as Finding);

test('the same moment gives the same incident, byte for byte', () => {
  expect(incident(AT)).toEqual({ objects, events });
});

test('another moment gives the same story at another time', () => {
  const later = incident(new Date(AT.getTime() + 86_400_000));
  expect(later.objects.map(({ records }) => records)).toEqual(objects.map(({ records }) => records));
  expect(later.objects[0].key).not.toBe(objects[0].key);
});

test('the records it tells are the lines that are no header', () => {
  const counts = bodies.map((text) => linesOf(text).filter((line) => !isHeader(line)).length);
  expect(flows.map(({ records }) => records)).toEqual(counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThan(2000);
  expect(total).toBeLessThan(5000);
});

test('the broken lines it tells are those with a wrong number of columns, a wrong address or a wrong number', () => {
  const broken = bodies.map((text) => {
    let names: string[] = [];
    return linesOf(text).filter((line) => {
      const columns = line.split(' ');
      if (isHeader(line)) names = columns;
      return !isHeader(line) && !isReadable(names, columns);
    }).length;
  });
  expect(flows.map((object) => object.broken)).toEqual(broken);
});

function isReadable(names: readonly string[], columns: readonly string[]): boolean {
  return (
    columns.length === names.length &&
    columns.every((text, i) => {
      if (text === '-') return true;
      if (/addr$/.test(names[i])) return isAddress(text);
      return !/^(bytes|packets|start|end|(src|dst)port)$/.test(names[i]) || /^\d+$/.test(text);
    })
  );
}

function isAddress(text: string): boolean {
  const bytes = Buffer.from(text);
  return ipv4(bytes, 0, bytes.length) >= 0 || ipv6(bytes, 0, bytes.length) !== undefined;
}

test('objects have all shapes: the default, an order of its own, all fields, a transit gateway, IPv6, nothing to tell', () => {
  const headers = bodies.map((text) => linesOf(text).filter(isHeader));
  expect(headers.map((found) => [found.length, found[0].split(' ').length])).toEqual([
    [1, 14],
    [2, 23],
    [1, 40],
    [1, 36],
    [1, 29],
    [1, 29],
  ]);
  expect(bodies.map((text) => [/ NODATA /.test(text), /SKIPDATA/.test(text), /2001:4860/.test(text)])).toEqual([
    [false, false, false],
    [false, true, false],
    [false, false, false],
    [false, false, false],
    [false, false, true],
    [true, false, false],
  ]);
});

test('the other logs hold as many records as they tell, and cookies to be hidden', () => {
  const count = { cloudtrail: 0, waf: 0, dns: 0, networkfirewall: 0, s3access: 0, securityhub: 0 };
  for (const { source, body, records } of objects) {
    if (source === 'flowlogs') continue;
    const text = (isPlain(body) ? body : gunzipSync(body)).toString();
    const found = COUNTS[source](text);
    expect(records).toBe(found);
    count[source] += found;
    expect(/"Cookie"/.test(text)).toBe(source === 'waf');
  }
  expect(count).toEqual({ cloudtrail: 195, waf: 300, dns: 370, networkfirewall: 188, s3access: 149, securityhub: 3 });
});

const isPlain = (body: Buffer): boolean => body[0] !== 0x1f;

const COUNTS = {
  cloudtrail: (text: string): number => JSON.parse(text).Records.length,
  securityhub: (text: string): number => JSON.parse(text).length,
  waf: (text: string) => linesOf(text).length,
  dns: (text: string) => linesOf(text).length,
  networkfirewall: (text: string) => linesOf(text).length,
  s3access: (text: string) => linesOf(text).length,
};

test('keys are those that AWS gives', () => {
  for (const { key } of flows) {
    expect(key).toMatch(
      /^AWSLogs\/(\d{12}\/vpcflowlogs\/ap-northeast-2\/2026\/11\/24|aws-account-id=\d{12}\/aws-service=vpcflowlogs\/aws-region=ap-northeast-2\/year=2026\/month=11\/day=24\/hour=13)\/\d{12}_vpcflowlogs_ap-northeast-2_fl-[0-9a-f]{17}_20261124T1340Z_[0-9a-f]{8}\.log\.gz$/,
    );
  }
  expect(new Set(objects.map(({ key }) => key)).size).toBe(objects.length);
});

test('no address is a stranger: each is private, for documentation, or a well-known resolver', () => {
  const known = new Set([...CUSTOMERS, ...CUSTOMERS_IPV6]);
  const text = `${bodies.join('\n')}\n${JSON.stringify(events)}`;
  const addresses = new Set(
    text.match(/(?<![\d.])(\d{1,3}\.){3}\d{1,3}(?![\d.])|(?<= )[0-9a-f]+(:[0-9a-f]*){2,7}(?= )/g),
  );
  expect(addresses.size).toBeGreaterThan(15);
  const strangers = [...addresses].filter((ip) => isAddress(ip) && !known.has(ip) && !isNobodys(ip));
  expect(strangers).toEqual([]);
});

function isNobodys(ip: string): boolean {
  const number = ipv4(Buffer.from(ip), 0, ip.length);
  return number >= 0 ? isSpecial(number) : isSpecialIpv6(ip);
}

test('everything happens in the hour before', () => {
  const end = AT.getTime() / 1000;
  const times = bodies.flatMap((text) => text.match(/(?<= |^)17\d{8}(?= |$)/gm) ?? []).map(Number);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(end - 3600);
  expect(Math.max(...times)).toBeLessThanOrEqual(end);
  for (const time of moments) {
    expect(Date.parse(time)).toBeLessThanOrEqual(AT.getTime());
    expect(Date.parse(time)).toBeGreaterThan(AT.getTime() - 3_600_000);
  }
});

test('events come in order, from every source of findings, and tell how many documents they become', () => {
  expect(moments).toEqual(moments.toSorted());
  const sum = (source: string, name: 'records' | 'heldBack') =>
    events.filter((event) => event.source === source).reduce((total, event) => total + event[name], 0);
  const sources = ['guardduty', 'securityhub', 'inspector', 'macie', 'shield'];
  expect(sources.map((source) => [sum(source, 'records'), sum(source, 'heldBack')])).toEqual([
    [11, 0],
    [8, 2],
    [3, 0],
    [2, 0],
    [2, 0],
  ]);
});

test('what Security Hub copies and an analyst acts on are the attack sequences of GuardDuty', () => {
  const sequences = findings
    .filter(({ detail }) => detail.type.startsWith('AttackSequence:'))
    .map(({ detail }) => detail.id);
  const told = events
    .filter(({ source }) => source === 'securityhub')
    .map(({ event }) => event.detail as { actionName?: string; findings: { Id?: string }[] });
  const ids = told.map(({ findings }) => findings.map(({ Id = '' }) => Id.split('/').at(-1)));
  expect(ids.slice(-3).toSorted((a, b) => a.length - b.length)).toEqual([...sequences.map((id) => [id]), sequences]);
  expect(told.at(-1)?.actionName).toBe('Page CERT');
});

test('findings of GuardDuty come from several accounts, of every severity, attack sequences among them', () => {
  expect(findings.length).toBeGreaterThanOrEqual(8);
  expect(new Set(findings.map(({ account }) => account)).size).toBe(2);
  expect(new Set(findings.map(({ detail }) => detail.severity))).toEqual(new Set([2, 5, 8, 9, 9.3]));
  expect(findings.filter(({ detail }) => detail.type.startsWith('AttackSequence:'))).toHaveLength(2);
});

test('one finding comes twice, the second time updated', () => {
  const ids = findings.map(({ detail }) => detail.id);
  const twice = findings.filter(({ detail }) => ids.filter((id) => id === detail.id).length === 2);
  expect(new Set(ids).size).toBe(ids.length - 1);
  expect(twice).toHaveLength(2);
  expect(Date.parse(twice[1].detail.updatedAt)).toBeGreaterThan(Date.parse(twice[0].detail.updatedAt));
});

test('findings name addresses that the flow logs hold', () => {
  const flows = bodies.join('\n');
  for (const { event } of events) {
    const addresses = JSON.stringify(event).match(/"ipAddressV4":"[^"]+"/g) ?? [];
    for (const address of addresses) expect(flows).toContain(` ${address.slice(15, -1)} `);
  }
});
