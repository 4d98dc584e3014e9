import { describe, expect, test } from '@jest/globals';
import { listIn } from '../../../../shared/enrich/threat/lists.ts';
import { comparisonsIn } from '../../../../shared/enrich/threat/pattern.ts';
import { DecodeError } from '../../../../shared/errors.ts';

const namesOf = (text: string) => listIn('list', text).indicators.map(({ name }) => name);
const stix = (...objects: object[]) =>
  JSON.stringify({ type: 'bundle', id: 'bundle--1', objects: objects.map((each) => ({ type: 'indicator', ...each })) });

describe('lines', () => {
  test('have addresses, blocks and names, with comments in any style', () => {
    const text =
      '# DROP\n198.51.100.7\r\n203.0.113.0/24 ; SBL1\n; no\n// no\n\n2001:DB8::/32,x\nBad.example.com.\n*.evil.example\n';
    expect(namesOf(text)).toEqual([
      '198.51.100.7',
      '203.0.113.0/24',
      '2001:db8::/32',
      'bad.example.com.',
      '*.evil.example',
    ]);
  });

  test('of a hosts file have the name behind the address', () => {
    expect(namesOf('127.0.0.1 localhost\n0.0.0.0 bad.example.com\n0.0.0.0 0.0.0.0\n')).toEqual(['bad.example.com']);
  });

  test('that would match half of the internet or every VPC are not used, by reason', () => {
    const { indicators, skipped } = listIn(
      'list',
      '0.0.0.0/0\n10.0.0.0/8\n10.1.2.3\n192.168.0.0/16\nfc00::/7\n1.2.3.4/33\nword\n1.2.3\n',
    );
    expect(indicators).toEqual([]);
    expect(skipped).toEqual({ broad: 2, private: 3, unreadable: 3 });
  });
});

describe('a STIX bundle', () => {
  test('has indicators with what it says about them', () => {
    const { indicators } = listIn(
      'feed.json',
      stix({
        pattern: "[ipv4-addr:value = '198.51.100.7']",
        pattern_type: 'stix',
        name: 'C2 of X',
        confidence: 80,
        valid_until: '2026-12-01T00:00:00Z',
        external_references: [{ source_name: 'a' }, { source_name: 'b', url: 'https://ti.example/1' }],
      }),
    );
    expect(indicators).toMatchObject([
      {
        name: '198.51.100.7',
        about: {
          provider: 'feed.json',
          description: 'C2 of X',
          confidence: 'High',
          reference: 'https://ti.example/1',
          until: Date.parse('2026-12-01T00:00:00Z'),
        },
      },
    ]);
  });

  test.each([
    [0, 'None'],
    [29, 'Low'],
    [30, 'Medium'],
    [69, 'Medium'],
    [100, 'High'],
    [undefined, undefined],
  ])('says a confidence of %s in ECS as %s', (confidence, expected) => {
    const { indicators } = listIn('list', stix({ pattern: "[domain-name:value = 'a.example']", confidence }));
    expect(indicators[0].about.confidence).toBe(expected);
  });

  test('counts what is revoked, of another pattern language or about something else', () => {
    const text = stix(
      { pattern: "[ipv4-addr:value = '198.51.100.7']", revoked: true },
      { pattern: 'alert tcp', pattern_type: 'snort' },
      { pattern: "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']" },
      { pattern: "[ipv4-addr:value = '198.51.100.7' AND domain-name:value = 'a.example']" },
      { pattern: "[domain-name:value LIKE 'a%']" },
    );
    expect(listIn('list', text)).toEqual({ indicators: [], skipped: { revoked: 1, unsupported: 4 } });
  });

  test.each([
    ["[ipv4-addr:value = '1.2.3.4' OR ipv6-addr:value = '2001:db8::1']", ['1.2.3.4', '2001:db8::1']],
    ["[ipv4-addr:value ISSUBSET '198.51.100.0/24'] OR [domain-name:value = 'it\\'s']", ['198.51.100.0/24', "it's"]],
    ["[network-traffic:dst_ref.value IN ('1.2.3.4','1.2.3.5')]", ['1.2.3.4', '1.2.3.5']],
    ["[domain-name:value LIKE '%.example.com']", ['%.example.com']],
    ["[ipv4-addr:value = '1.2.3.4'] FOLLOWEDBY [ipv4-addr:value = '1.2.3.5']", undefined],
    ["[ipv4-addr:value != '1.2.3.4']", undefined],
    ["[ipv4-addr:value = '1.2.3.4'", undefined],
    ['[ipv4-addr:value = 1]', undefined],
    ['', undefined],
  ])('pattern %s', (pattern, expected) => {
    expect(comparisonsIn(pattern)?.map(({ text }) => text)).toEqual(expected);
  });
});

describe('a MISP feed', () => {
  const attribute = (type: string, value: string, more: object = {}) => ({ type, value, to_ids: true, ...more });
  const event = (Attribute: object[], Object_: object[] = []) => ({
    Event: { info: 'A campaign', Attribute, Object: Object_ },
  });

  test('has attributes that are meant for detection, those of objects too', () => {
    const text = JSON.stringify(
      event(
        [
          attribute('ip-dst', '198.51.100.7', { comment: 'C2' }),
          attribute('ip-src|port', '198.51.100.8|443'),
          attribute('domain|ip', 'bad.example|203.0.113.9'),
          attribute('hostname', 'www.bad.example'),
          attribute('ip-dst', '198.51.100.9', { to_ids: false }),
          attribute('ip-dst', '198.51.100.10', { deleted: true }),
          attribute('md5', 'd41d8cd98f00b204e9800998ecf8427e'),
        ],
        [{ Attribute: [attribute('domain', 'evil.example')] }],
      ),
    );
    const { indicators } = listIn('misp/1.json', text);
    expect(
      indicators.map(({ name, target, about }) => [name, about.description, 'isBelow' in target && target.isBelow]),
    ).toEqual([
      ['198.51.100.7', 'C2', false],
      ['198.51.100.8', 'A campaign', false],
      ['bad.example', 'A campaign', true],
      ['203.0.113.9', 'A campaign', false],
      ['www.bad.example', 'A campaign', false],
      ['evil.example', 'A campaign', true],
    ]);
  });

  test('has a manifest, which names events', () => {
    const manifest = { '5a1f0c52-0a52-4f0e-9f1e-2a6f2f5c0009': { info: 'A campaign', Orgc: { name: 'CERT' } } };
    expect(listIn('manifest.json', JSON.stringify(manifest))).toEqual({ indicators: [], skipped: {} });
  });

  test('may be an export of several events', () => {
    expect(namesOf(JSON.stringify({ response: [event([attribute('domain', 'a.example')]), event([])] }))).toEqual([
      'a.example',
    ]);
  });
});

test.each(['{"a":1}', '[1]', '{"type":'])('JSON that is not a list is refused: %s', (text) => {
  expect(() => listIn('list', text)).toThrow(DecodeError);
});
