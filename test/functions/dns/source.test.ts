import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type DnsOptions, dns } from '../../../functions/dns/source.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { literal } from '../../../shared/text/text.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { readAll, replaceAt } from '../../source.ts';

const SAMPLES = new URL('../../sample/dns/', import.meta.url);
const sample = (name: string): Buffer => readFileSync(new URL(`${name}.log`, SAMPLES));
const names = readdirSync(SAMPLES).flatMap((file) => (file.endsWith('.log') ? [file.slice(0, -4)] : []));

const seoul = literal('"geo":{"country_iso_code":"KR"},"as":{"number":64496,"organization":{"name":"봉수"}},');
const geo: DnsOptions['geo'] = {
  rendered: (bytes, start, end) =>
    Buffer.from(bytes.subarray(start, end)).toString().startsWith('203.0.113.') ? seoul : undefined,
};

const read = (input: string | Uint8Array, options: Partial<DnsOptions> = {}) =>
  readAll(dns({ geo: noGeo, route: ['opensearch'], ...options }), input);

const query = {
  query_timestamp: '2026-09-21T14:13:32Z',
  query_name: 'www.example.com.',
  query_type: 'A',
  query_class: 'IN',
  rcode: 'NOERROR',
  answers: [],
  srcaddr: '10.0.0.5',
  srcport: '56067',
  transport: 'UDP',
};

async function of(over: object, options: Partial<DnsOptions> = {}) {
  const { documents, facts, rejects } = await read(JSON.stringify({ ...query, ...over }), options);
  expect(rejects).toEqual([]);
  return { document: documents[0], facts: facts[0] };
}

const rr = (Type: string, Rdata: unknown, Class = 'IN') => ({ Rdata, Type, Class });

test('samples become the golden documents, byte for byte', async () => {
  const lines: string[] = [];
  for (const name of names) lines.push(...(await read(sample(name), { geo })).lines);
  expectGolden('dns', lines);
});

test.each(names)('%s.log is all read, and what became of it is valid ECS', async (name) => {
  const { documents, rejects } = await read(sample(name), { geo });
  for (const document of documents) expect(ecsFaults(document)).toEqual([]);
  expect(documents.length).toBeGreaterThan(0);
  expect(rejects).toHaveLength(name === 'broken' ? 2 : 0);
});

test('objects with nothing between are as many documents', async () => {
  const { documents } = await read(sample('joined'));
  expect(documents.map((document) => document.dns.question.subdomain)).toEqual(['a', 'b', 'c']);
});

test('Splunk gets the record as AWS wrote it', async () => {
  const { raw } = await read(sample('answers'));
  expect(raw).toEqual(sample('answers').toString().trimEnd().split('\n'));
});

test('four addresses behind a chain of aliases are all there, each under the name that it is of', async () => {
  const addresses = ['203.0.113.10', '203.0.113.11', '203.0.113.12', '203.0.113.13'];
  const { document } = await of({
    query_name: 'WWW.Shop.example.',
    answers: [
      rr('CNAME', 'shop.CDN.example.net.'),
      rr('CNAME', 'd1.cloudfront.net.'),
      ...addresses.map((a) => rr('A', a)),
    ],
  });
  expect(document.dns.answers).toEqual([
    { name: 'www.shop.example', type: 'CNAME', class: 'IN', data: 'shop.cdn.example.net' },
    { name: 'shop.cdn.example.net', type: 'CNAME', class: 'IN', data: 'd1.cloudfront.net' },
    ...addresses.map((data) => ({ name: 'd1.cloudfront.net', type: 'A', class: 'IN', data })),
  ]);
  expect(document.dns.resolved_ip).toEqual(addresses);
  expect(document.related).toEqual({
    ip: ['10.0.0.5', ...addresses],
    hosts: ['www.shop.example', 'shop.cdn.example.net', 'd1.cloudfront.net'],
  });
});

describe('an answer', () => {
  const data = async (type: string, rdata: string) => {
    const { document } = await of({ answers: [rr(type, rdata)] });
    return document.dns.answers[0].data;
  };

  test('that is a name, or has one, is in lower case without the dot at its end', async () => {
    expect(await data('PTR', 'Host.Example.com.')).toBe('host.example.com');
    expect(await data('MX', '10 Mail.Example.com.')).toBe('10 mail.example.com');
    expect(await data('SRV', '0 100 389 DC1.example.com.')).toBe('0 100 389 dc1.example.com');
    expect(await data('NS', '.')).toBe('.');
  });

  test('of any other type stays as it is', async () => {
    expect(await data('TXT', '"V=spf1 Ends in a dot."')).toBe('"V=spf1 Ends in a dot."');
    expect(await data('TYPE65', '1 . alpn=h3.')).toBe('1 . alpn=h3.');
  });

  test('that should be an address and is none is not an address', async () => {
    const { document } = await of({ answers: [rr('A', '1.2.3'), rr('AAAA', '2001:db8::1'), rr('A', '198.51.100.1')] });
    expect(document.dns.answers).toHaveLength(3);
    expect(document.dns.resolved_ip).toEqual(['2001:db8::1', '198.51.100.1']);
  });

  test('of which there are many is there all the same', async () => {
    const { document } = await of({ answers: Array.from({ length: 1024 }, (_, i) => rr('TXT', String(i))) });
    expect(document.dns.answers).toHaveLength(1024);
    expect(document).not.toHaveProperty('aws');
    const more = await of({ answers: Array.from({ length: 1030 }, (_, i) => rr('TXT', String(i))) });
    expect(more.document.dns.answers).toHaveLength(1024);
    expect(more.document.aws.dns.other.answers).toHaveLength(1030);
  });
});

describe('a question', () => {
  const question = async (query_name: string) => (await of({ query_name })).document.dns.question;

  test('has its parts by the public suffix list', async () => {
    expect(await question('A.b.Example.CO.KR.')).toEqual({
      name: 'a.b.example.co.kr',
      registered_domain: 'example.co.kr',
      subdomain: 'a.b',
      top_level_domain: 'co.kr',
      type: 'A',
      class: 'IN',
    });
    expect(await question('com.')).toEqual({ name: 'com', top_level_domain: 'com', type: 'A', class: 'IN' });
    expect(await question('.')).toEqual({ name: '.', type: 'A', class: 'IN' });
  });

  test('is the same for the same name, whatever was asked between', async () => {
    const asked = Array.from({ length: 6000 }, (_, i) => `h${i % 4500}.example.com.`);
    const { documents } = await read(asked.map((query_name) => JSON.stringify({ ...query, query_name })).join('\n'));
    expect(documents.map((document) => document.dns.question.subdomain)).toEqual(
      asked.map((name) => name.split('.')[0]),
    );
  });

  test.each([
    ['7.113.0.203.in-addr.arpa.', '203.0.113.7'],
    ['7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.IP6.ARPA.', '2001:db8::7'],
  ])('%s is about an address', async (query_name, address) => {
    const { document } = await of({ query_name, query_type: 'PTR', answers: [rr('PTR', 'host.example.com.')] });
    expect(document.related).toEqual({ ip: ['10.0.0.5', address], hosts: ['host.example.com'] });
  });
});

describe('an outcome', () => {
  const outcome = async (over: object) => {
    const { document, facts } = await of(over);
    expect(facts.outcome).toBe(document.event.outcome);
    return document.event.outcome;
  };

  test.each([
    ['NOERROR', 'success'],
    ['NXDOMAIN', 'failure'],
    ['SERVFAIL', 'failure'],
    ['REFUSED', 'failure'],
  ])('of %s is %s', async (rcode, expected) => {
    expect(await outcome({ rcode })).toBe(expected);
    expect((await of({ rcode })).document.dns.response_code).toBe(rcode);
  });

  test('is a failure where DNS Firewall blocks, whatever it says to the client', async () => {
    expect(await outcome({ firewall_rule_action: 'BLOCK' })).toBe('failure');
    expect(await outcome({ rcode: undefined })).toBeUndefined();
  });
});

test.each([
  ['BLOCK', true, ['protocol', 'denied']],
  ['ALERT', true, ['protocol', 'allowed']],
  ['ALLOW', false, ['protocol', 'allowed']],
  [undefined, false, ['protocol']],
])('a query that DNS Firewall said %s to is detected: %p', async (firewall_rule_action, isDetected, types) => {
  const { document, facts } = await of({ firewall_rule_action, firewall_rule_group_id: 'rslvr-frg-1' });
  expect(facts.detected).toBe(isDetected);
  expect(document.event.type).toEqual(types);
  expect(document.event.category.includes('intrusion_detection')).toBe(isDetected);
  expect(document.event.action).toBe(firewall_rule_action?.toLowerCase());
  expect(document.rule).toEqual({ ruleset: 'rslvr-frg-1' });
});

describe('a document', () => {
  test('says who asked, and where that is', async () => {
    const srcids = { instance: 'i-1', resolver_endpoint: 'rslvr-in-1', resolver_network_interface: 'rni-1' };
    const { document } = await of({ srcaddr: '203.0.113.7', account_id: '123456789012', srcids }, { geo });
    expect(document.source).toMatchObject({ ip: '203.0.113.7', port: 56067, geo: { country_iso_code: 'KR' } });
    expect(document.network).toEqual({ transport: 'udp', type: 'ipv4', protocol: 'dns' });
    expect(document.cloud).toMatchObject({ account: { id: '123456789012' }, instance: { id: 'i-1' } });
    expect(document.aws.dns).toEqual({ resolver_endpoint: 'rslvr-in-1', resolver_network_interface: 'rni-1' });
    expect((await of({ srcaddr: '2001:db8::5' })).document.network.type).toBe('ipv6');
  });

  test('keeps what is not as AWS gives it, and says where', async () => {
    const { document } = await of({
      srcaddr: 'somewhere',
      srcport: [53],
      transport: { a: 1 },
      query_name: 7,
      answers: [rr('A', ['x']), 'text', { ...rr('A', '203.0.113.1'), Ttl: 60 }],
      flags: ['qr'],
    });
    expect(document.aws.dns.other).toEqual({
      srcaddr: 'somewhere',
      srcport: [53],
      transport: { a: 1 },
      query_name: 7,
      answers: [rr('A', ['x']), 'text', { ...rr('A', '203.0.113.1'), Ttl: 60 }],
      flags: ['qr'],
    });
    expect(document.aws.dns.reshaped.sort()).toEqual(['answers', 'query_name', 'srcaddr', 'srcport', 'transport']);
    expect(document.dns.answers).toEqual([{ type: 'A', class: 'IN', data: '203.0.113.1' }]);
  });

  test('is valid and loses nothing, whatever shape a record has', async () => {
    const whole = JSON.parse(sample('answers').toString().split('\n')[0]);
    const value = fc.constantFrom<unknown>(null, 1, 'text', '', [], {}, ['m4rk'], { m4rk: [1, null] }, [{ m4rk: 1 }]);
    const path = fc.array(fc.nat(), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(path, value, fc.constantFrom(0, 1), async (at, put, width) => {
        const record = structuredClone(whole);
        replaceAt(record, at, put);
        const { lines, rejects } = await read(JSON.stringify(record, undefined, width));
        if (typeof record.query_timestamp === 'string' && record.query_timestamp.length > 5)
          expect(rejects).toEqual([]);
        for (const line of lines) {
          expect(ecsFaults(JSON.parse(line))).toEqual([]);
          if (JSON.stringify(put).includes('m4rk')) expect(line).toContain('m4rk');
        }
      }),
      { numRuns: 500 },
    );
  });

  test('has the time and no id: it is that of the place in the object', async () => {
    expect((await of({})).facts).toMatchObject({ id: '', time: 1_790_000_012_000 });
    const { rejects } = await read(JSON.stringify({ ...query, query_timestamp: '2017-03-16T19:20:177Z' }));
    expect(rejects).toEqual(['1: query_timestamp is not a date']);
  });

  test('follows the rows that a user adds, replaces or removes', async () => {
    const { document } = await of(
      { region: 'eu-west-1' },
      {
        fields: [
          ['labels.region', 'region'],
          ['dns.resolved_ip', null],
        ],
      },
    );
    expect(document.labels).toEqual({ region: 'eu-west-1' });
    expect(() => dns({ geo: noGeo, route: [], fields: [['a', 'b', 'nothing']] })).toThrow(ConfigError);
  });
});
