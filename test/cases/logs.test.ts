/** Logs that other collectors got wrong; test/sample/cases/README.md says what is right. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { cloudtrail } from '../../functions/cloudtrail/source.ts';
import { dns } from '../../functions/dns/source.ts';
import { waf } from '../../functions/waf/source.ts';
import { json } from '../../shared/decode/json.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import { literal } from '../../shared/text/text.ts';
import { type Any, allWritten, readAll } from '../source.ts';

const sample = (name: string): string => readFileSync(new URL(`../sample/cases/${name}`, import.meta.url), 'utf8');
const geo = { ...noGeo, rendered: () => undefined };
const route = ['opensearch'] as const;

describe('waf-asn', () => {
  const located = async (rendered?: string): Promise<Any> => {
    const place = rendered === undefined ? undefined : literal(rendered);
    const source = waf({ geo: { rendered: () => place }, route });
    return (await allWritten(source, sample('waf-asn.json')))[0].document;
  };

  test('the number of the log stands in where our own database has none', async () => {
    expect((await located()).source).toMatchObject({ as: { number: 64500 }, geo: { country_iso_code: 'KR' } });
    expect((await located('"geo":{"country_iso_code":"US"},')).source).toMatchObject({ as: { number: 64500 } });
    expect((await located('"as":{"number":64999},')).source.as).toEqual({ number: 64999 });
    expect((await located()).aws.waf).toMatchObject({ client_asn: 64500, forwarded_asn: 64501 });
  });

  const request = async (change: object, header: readonly string[] = []): Promise<Any> => {
    const record = JSON.parse(sample('waf-asn.json'));
    const headers = header.map((value) => ({ name: 'X-Forwarded-For', value }));
    const httpRequest = { ...record.httpRequest, headers };
    const input = JSON.stringify({ ...record, httpRequest, ...change });
    return (await allWritten(waf({ geo, route }), input))[0].document;
  };

  test.each([[-1], ['64500'], [1.5], [0], [12345678901], [null], [{}]])(
    '%j is not a number of a network',
    async (clientAsn) => {
      expect((await request({ clientAsn })).source.as).toBeUndefined();
    },
  );

  test.each([
    ['203.0.113.9:443', '203.0.113.9'],
    ['203.0.113.9:443, 198.51.100.7', '203.0.113.9'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['unknown:443', undefined],
    ['[x]:1', undefined],
    [':', undefined],
    ['[', undefined],
  ])('X-Forwarded-For %s', async (value, forwarded) => {
    expect((await request({}, [value])).network.forwarded_ip).toBe(forwarded);
  });
});

describe('records of another kind', () => {
  test.each([
    '{"timestamp":1795500000123}',
    '{"timestamp":1795500000123,"message":"x"}',
    '{"timestamp":1,"httpRequest":7}',
  ])('WAF refuses %s', async (input) => {
    await expect(allWritten(waf({ geo, route }), input)).rejects.toMatchObject({ message: 'not a WAF log' });
  });

  test.each(['{"webaclId":"a"}', '{"action":"ALLOW"}', '{"httpRequest":{"uri":"/"}}'])('and takes %s', async (part) => {
    const record = { timestamp: 1795500000123, ...JSON.parse(part) };
    expect(await allWritten(waf({ geo, route }), JSON.stringify(record))).toHaveLength(1);
  });

  test('CloudTrail refuses what has a time alone', async () => {
    const input = '{"eventTime":"2026-11-24T05:06:07Z","message":"x"}';
    await expect(allWritten(cloudtrail({ geo, route }), input)).rejects.toMatchObject({
      message: 'not a CloudTrail event',
    });
  });
});

test('answers that are addresses are no hosts, and no value is in a list twice', async () => {
  const record = JSON.parse(sample('cloudwatch-export-task.dns.log').split('\n')[0].replace(/^\S+ /, ''));
  const answers = [
    { Rdata: '192.0.2.7', Type: 'PTR', Class: 'IN' },
    { Rdata: 'example.com.', Type: 'CNAME', Class: 'IN' },
    { Rdata: 'EXAMPLE.com', Type: 'CNAME', Class: 'IN' },
    { Rdata: '10.0.0.5', Type: 'A', Class: 'IN' },
    { Rdata: '10.0.0.5', Type: 'A', Class: 'IN' },
  ];
  const [{ document }] = await allWritten(dns({ geo, route }), JSON.stringify({ ...record, answers }));
  expect(document.related).toMatchObject({ ip: ['10.0.0.5'], hosts: ['example.com'] });
  expect(document.dns.resolved_ip).toEqual(['10.0.0.5']);
});

describe('cloudwatch-export-task', () => {
  const sources = { cloudtrail: cloudtrail({ geo, route }), dns: dns({ geo, route }), waf: waf({ geo, route }) };

  test.each(Object.entries(sources))('%s: the time in front of a line is passed over', async (name, source) => {
    const lines = sample(`cloudwatch-export-task.${name}.log`).trim().split('\n');
    const alone = lines.map((line) => line.replace(/^\S+ /, '')).join('\n');
    const exported = await readAll(source as typeof sources.waf, lines.join('\n'));
    expect(exported.rejects).toEqual([]);
    expect(exported.lines).toHaveLength(2);
    expect(exported.lines).toEqual((await readAll(source as typeof sources.waf, alone)).lines);
  });

  test('cut at every byte', async () => {
    const text = Buffer.from('2026-11-24T06:00:00.000Z {"a":1}\n2026-11-24T06:00:01.000Z {"a":2}\n');
    for (let cut = 0; cut <= text.length; cut++) {
      const found: string[] = [];
      const chunks = (async function* () {
        yield text.subarray(0, cut);
        yield text.subarray(cut);
      })();
      for await (const page of json()(chunks)) {
        for (let record = page.next(); record !== undefined; record = page.next())
          found.push(Buffer.from(record.bytes.subarray(record.start, record.end)).toString());
      }
      expect(found).toEqual(['{"a":1}', '{"a":2}']);
    }
  });

  test.each(['2026-11-24T06:00:00.000Z', '2026-11-24T06:00:00.000Z text', '2026', '7 {"a":1}'])(
    '%s is not a record',
    async (line) => {
      const { rejects } = await readAll(sources.waf, line);
      expect(rejects).toHaveLength(1);
    },
  );
});
