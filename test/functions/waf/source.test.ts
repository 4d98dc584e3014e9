import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type WafOptions, waf } from '../../../functions/waf/source.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { literal } from '../../../shared/text/text.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { type Any, readAll } from '../../source.ts';

const SAMPLES = new URL('../../sample/waf/', import.meta.url);
const sample = (name: string): Buffer => readFileSync(new URL(`${name}.log`, SAMPLES));
const names = readdirSync(SAMPLES).flatMap((file) => (file.endsWith('.log') ? [file.slice(0, -4)] : []));

const SECRET = 's3cr3t';

const seoul = literal('"geo":{"country_iso_code":"KR"},"as":{"number":64496,"organization":{"name":"봉수"}},');
const geo: WafOptions['geo'] = {
  rendered: (bytes, start, end) =>
    Buffer.from(bytes.subarray(start, end)).toString().startsWith('203.0.113.') ? seoul : undefined,
};

const read = (input: string | Uint8Array, options: Partial<WafOptions> = {}) =>
  readAll(waf({ geo: noGeo, route: ['opensearch', 'splunk'], ...options }), input);

const header = (name: string, value: unknown) => ({ name, value });

const request = {
  clientIp: '203.0.113.7',
  country: 'DE',
  headers: [header('Host', 'www.example.com')],
  uri: '/a',
  args: '',
  httpVersion: 'HTTP/1.1',
  httpMethod: 'GET',
  requestId: 'r1',
};
const log = {
  timestamp: 1_790_000_012_771,
  webaclId: 'arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/1EXAMPLE',
  terminatingRuleId: 'Default_Action',
  terminatingRuleType: 'REGULAR',
  action: 'ALLOW',
  httpRequest: request,
};

async function of(record: object, inside: object = {}, options: Partial<WafOptions> = {}) {
  const all = await read(JSON.stringify({ ...log, ...record, httpRequest: { ...request, ...inside } }), options);
  expect(all.rejects).toEqual([]);
  const [document] = all.documents;
  return { document, facts: all.facts[0], raw: JSON.parse(all.raw[0]) };
}

test('samples become the golden documents, byte for byte', async () => {
  const lines: string[] = [];
  for (const name of names) lines.push(...(await read(sample(name), { geo })).lines);
  expectGolden('waf', lines);
});

test.each(names)('%s.log is all read, and what became of it is valid ECS', async (name) => {
  const { documents, rejects } = await read(sample(name), { geo });
  for (const document of documents) expect(ecsFaults(document)).toEqual([]);
  expect(documents.length).toBeGreaterThan(0);
  expect(rejects).toHaveLength(name === 'broken' ? 3 : 0);
});

test('seven objects with nothing between are seven documents', async () => {
  const text = sample('joined').toString();
  expect(text).not.toContain('\n');
  const { documents } = await read(text);
  expect(documents.map(({ event }) => event.id)).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => `1-6a2f41d5-${i}`));
});

describe('what nobody may see', () => {
  test.each(names)('is in no document of %s.log, in nothing that Splunk gets and in no reject', async (name) => {
    const { lines, raw, refused } = await read(sample(name));
    expect([...lines, ...raw, ...refused.map(({ raw }) => raw)].join('\n')).not.toContain(SECRET);
  });

  test('is replaced where it stands; everything else that Splunk gets is as AWS wrote it', async () => {
    const headers = [header('Host', 'a'), header('COOKIE', 'a=1'), header('x', 'y'), header('cookie', 'b="2"\\')];
    const { document, raw } = await of({}, { headers });
    const hidden = [headers[0], header('COOKIE', 'REDACTED'), headers[2], header('cookie', 'REDACTED')];
    expect(document.aws.waf.request.headers).toEqual(hidden);
    expect(raw).toEqual({ ...log, httpRequest: { ...request, headers: hidden } });
  });

  test('are values of the headers that are asked for', async () => {
    const headers = [header('X-Api-Key', 'k3y'), header('Cookie', 'a=1')];
    const { raw } = await of({}, { headers }, { redact: ['x-api-key'] });
    expect(raw.httpRequest.headers).toEqual([header('X-Api-Key', 'REDACTED'), header('Cookie', 'a=1')]);
    expect((await of({}, { headers }, { redact: [] })).raw.httpRequest.headers).toEqual(headers);
  });

  const match = (over: object) => ({ conditionType: 'XSS', matchedData: ['a', 'b'], ...over });
  const matched = async (details: object, headers: readonly object[] = request.headers) => {
    const { document, raw } = await of({ terminatingRuleMatchDetails: [details] }, { headers });
    const [shown] = raw.terminatingRuleMatchDetails;
    expect(document.aws.waf.rules.terminatingRuleMatchDetails).toEqual([shown]);
    return shown.matchedData;
  };

  test('is hidden again where a rule looked at it', async () => {
    expect(await matched(match({ location: 'HEADER', matchedFieldName: 'Cookie' }))).toEqual(['REDACTED']);
    expect(await matched(match({ location: 'COOKIE', matchedFieldName: 'sid' }))).toEqual(['REDACTED']);
    expect(await matched(match({ location: 'COOKIES', matchedData: 'a' }))).toBe('REDACTED');
    expect(await matched(match({ location: 'HEADER', matchedFieldName: 'x-a' }))).toEqual(['a', 'b']);
    expect(await matched(match({ location: 'QUERY_ARGS' }))).toEqual(['a', 'b']);
  });

  test('may be what a rule found in a header without saying in which', async () => {
    const cookie = [header('Cookie', 'a=b')];
    expect(await matched(match({ location: 'HEADER' }))).toEqual(['a', 'b']);
    expect(await matched(match({ location: 'HEADER' }), cookie)).toEqual(['REDACTED']);
    expect(await matched(match({ location: 'ALL_HEADERS' }), cookie)).toEqual(['REDACTED']);
  });

  test('is hidden in groups of rules and in rate-based rules too', async () => {
    const details = [match({ location: 'COOKIE' })];
    const { raw } = await of({
      ruleGroupList: [
        {
          ruleGroupId: 'g',
          nonTerminatingMatchingRules: [{ ruleId: 'r', action: 'COUNT', ruleMatchDetails: details }],
        },
      ],
      rateBasedRuleList: [{ customValues: [{ key: 'COOKIE', name: 'sid', value: 'x' }] }],
    });
    expect(raw.ruleGroupList[0].nonTerminatingMatchingRules[0].ruleMatchDetails[0].matchedData).toEqual(['REDACTED']);
    expect(raw.rateBasedRuleList[0].customValues[0].value).toBe('REDACTED');
  });

  /** Puts a value anywhere but in the place of what tells that a secret stands beside it. */
  function spoil(object: Any, [first = 0, ...rest]: readonly number[], value: unknown): void {
    const keys = Object.keys(object).filter((key) => !LABELS.has(key));
    if (keys.length === 0) return;
    const key = keys[first % keys.length];
    const inner = object[key];
    if (rest.length > 0 && typeof inner === 'object' && inner !== null) spoil(inner, rest, value);
    else object[key] = value;
  }
  const LABELS = new Set(['name', 'key', 'location', 'matchedFieldName']);

  test('stays hidden whatever shape a record has', async () => {
    const whole = JSON.parse(sample('block').toString().split('\n')[2]);
    const value = fc.constantFrom<unknown>(null, 1, 'text', [], {}, ['x', 1], [{ name: 'Cookie' }], {
      Cookie: SECRET,
      authorization: [SECRET],
      deep: [{ name: 'cookie', value: { a: SECRET } }],
    });
    const path = fc.array(fc.nat(), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(path, value, fc.constantFrom(0, 1), async (at, put, width) => {
        const record = structuredClone(whole);
        spoil(record, at, put);
        const { lines, raw, refused } = await read(JSON.stringify(record, undefined, width));
        expect([...lines, ...raw, ...refused.map(({ raw }) => raw)].join('')).not.toContain(SECRET);
        expect(lines.length + refused.length).toBe(1);
        for (const line of lines) expect(ecsFaults(JSON.parse(line))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('is hidden in what is cut off anywhere', async () => {
    const line = sample('block').toString().split('\n')[2];
    const least = line.indexOf(SECRET);
    for (let end = least; end < line.length - 1; end += 7) {
      const { refused } = await read(line.slice(0, end));
      expect(refused).toHaveLength(1);
      expect(refused[0].raw).not.toContain(SECRET);
    }
  });
});

describe('a rule', () => {
  const group = (over: object) => ({
    ruleGroupId: 'g',
    terminatingRule: null,
    nonTerminatingMatchingRules: [],
    ...over,
  });

  test.each(['BLOCK', 'CAPTCHA', 'CHALLENGE', 'COUNT', 'SOMETHING_NEW'])('that said %s is detected', async (action) => {
    expect((await of({ action })).facts.detected).toBe(true);
  });

  test('that let a request through is not, nor one that asked for a token which was there', async () => {
    const passed = [{ ruleId: 'r', action: 'CHALLENGE' }];
    const through = group({ terminatingRule: { ruleId: 'r', action: 'ALLOW' } });
    for (const record of [{}, { nonTerminatingMatchingRules: passed }, { ruleGroupList: [group({}), through] }]) {
      const { facts, document } = await of(record);
      expect(facts.detected).toBe(false);
      expect(document.event.category).toEqual(['web', 'network']);
      expect(document.aws.waf).not.toHaveProperty('counted_rules');
    }
  });

  test.each([
    ['itself', { nonTerminatingMatchingRules: [{ ruleId: 'r', action: 'COUNT' }] }],
    ['in a group', { ruleGroupList: [group({ nonTerminatingMatchingRules: [{ ruleId: 'r', action: 'COUNT' }] })] }],
    ['excluded', { ruleGroupList: [group({ excludedRules: [{ exclusionType: 'EXCLUDED_AS_COUNT', ruleId: 'r' }] })] }],
    ['of a group that counts', { ruleGroupList: [group({ terminatingRule: { ruleId: 'r', action: 'BLOCK' } })] }],
  ])('that counted, %s, is detected and named', async (_what, record) => {
    const { facts, document } = await of(record);
    expect(facts.detected).toBe(true);
    expect(document.event).toMatchObject({
      category: ['web', 'network', 'intrusion_detection'],
      type: ['access', 'allowed'],
      action: 'allow',
      outcome: 'success',
    });
    expect(document.aws.waf.counted_rules).toEqual(['r']);
  });

  test('of a group that decided is named with its group', async () => {
    const { document, facts } = await of({
      action: 'BLOCK',
      terminatingRuleId: 'managed',
      terminatingRuleType: 'MANAGED_RULE_GROUP',
      ruleGroupList: [group({ ruleGroupId: 'first' }), group({ terminatingRule: { ruleId: 'r', action: 'BLOCK' } })],
    });
    expect(document.rule).toEqual({ id: 'managed', name: 'r', ruleset: 'g', category: 'MANAGED_RULE_GROUP' });
    expect(document.event).toMatchObject({ type: ['access', 'denied'], action: 'block', outcome: 'failure' });
    expect(facts.outcome).toBe('failure');
    expect(document.aws.waf.rule_groups).toEqual(['first', 'g']);
    expect(document.aws.waf.rules.ruleGroupList).toEqual([
      { ruleGroupId: 'g', nonTerminatingMatchingRules: [], terminatingRule: { ruleId: 'r', action: 'BLOCK' } },
    ]);
  });
});

describe('a document', () => {
  test('says where the client is by our database, else by the country of the log', async () => {
    expect((await of({}, {}, { geo })).document.source).toMatchObject({ geo: { country_iso_code: 'KR' } });
    const at = { ip: '203.0.113.7', address: '203.0.113.7' };
    expect((await of({})).document.source).toEqual({ ...at, geo: { country_iso_code: 'DE' } });
    expect((await of({}, { country: '-' })).document.source).toEqual(at);
  });

  test('names the host in lower case, by the member or the header, with its port', async () => {
    const host = async (value: string, inside: object = {}) =>
      (await of({}, { headers: [header('host', value)], ...inside })).document.url;
    expect(await host('Www.Example.com:8443')).toMatchObject({ domain: 'www.example.com', port: 8443 });
    expect(await host('[2001:db8::1]:443')).toMatchObject({ domain: '[2001:db8::1]', port: 443 });
    expect((await host('[2001:db8::1]')).domain).toBe('[2001:db8::1]');
    expect(await host('a', { host: 'b.example.com' })).toMatchObject({ domain: 'b.example.com' });
    expect(await host('')).not.toHaveProperty('domain');
  });

  test.each(['localhost:0989', 'localhost:0', 'x:99999999999999999999', 'a\\/b:080', '\\\\:01'])(
    'is JSON whatever a client says its host is: %s',
    async (host) => {
      const { lines, rejects } = await read(sample('block').toString().split('\n')[0].replace('localhost:1989', host));
      expect(rejects).toEqual([]);
      expect(lines.map((line) => JSON.parse(line).url.domain)).toEqual([expect.any(String)]);
    },
  );

  test('has the address that a proxy passed on, where it is one', async () => {
    const forwarded = async (value: string) =>
      (await of({}, { headers: [header('X-Forwarded-For', value)] })).document.network.forwarded_ip;
    expect(await forwarded(' 2001:db8::9 , 10.0.0.1')).toBe('2001:db8::9');
    expect(await forwarded('198.51.100.4')).toBe('198.51.100.4');
    expect(await forwarded('unknown, 198.51.100.4')).toBeUndefined();
    expect(await forwarded('')).toBeUndefined();
  });

  test('tells regional ACLs from those of CloudFront, and knows an id of WAF Classic', async () => {
    const acl = async (webaclId: string) => {
      const { cloud, aws } = (await of({ webaclId })).document;
      return { region: cloud.region, account: cloud.account?.id, ...aws.waf.web_acl };
    };
    const arn = 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/front/2EXAMPLE';
    expect(await acl(arn)).toEqual({
      region: 'us-east-1',
      account: '123456789012',
      arn,
      id: '2EXAMPLE',
      name: 'front',
      scope: 'global',
    });
    expect(await acl('f5eb8a5e-EXAMPLE')).toEqual({ id: 'f5eb8a5e-EXAMPLE' });
  });

  test('keeps repeats of a header, and the first one where fields take one', async () => {
    const headers = [
      header('User-Agent', 'a'),
      header('user-agent', 'b'),
      header('Accept', 'c'),
      header('Accept', 'd'),
    ];
    const { document } = await of({}, { headers });
    expect(document.aws.waf.request.headers).toEqual(headers);
    expect(document.user_agent.original).toBe('a');
  });

  test('has values over the limit of a term cut, and only there', async () => {
    const long = 'x'.repeat(40_000);
    const { document, raw } = await of({}, { headers: [header('x', long), header('Cookie', long)], uri: `/${long}` });
    const [x, cookie] = document.aws.waf.request.headers;
    expect(x.value).toHaveLength(10_001);
    expect(cookie.value).toBe('REDACTED');
    expect(document.url.path).toHaveLength(40_001);
    expect(raw.httpRequest.headers).toEqual([header('x', long), header('Cookie', 'REDACTED')]);
  });

  test('keeps what nobody knows yet', async () => {
    const { document } = await of({ newAsn: 64496, verdict: { a: [{ b: 1 }] } }, { tls: 'x' });
    expect(document.aws.waf.other).toEqual({ newAsn: 64496, verdict: { a: [{ b: 1 }] }, 'httpRequest.tls': 'x' });
  });

  test('has the time and no id: it is that of the place in the object', async () => {
    const { document, facts } = await of({});
    expect(document['@timestamp']).toBe('2026-09-21T14:13:32.771Z');
    expect(facts).toMatchObject({ id: '', time: 1_790_000_012_771 });
  });

  test('follows the rows that a user adds, of headers too', async () => {
    const fields: WafOptions['fields'] = [
      ['organization.id', 'header.x-tenant'],
      ['aws.waf.secret', 'header.cookie'],
      ['related.hosts', null],
    ];
    const headers = [header('X-Tenant', 't1'), header('Cookie', 'a=b'), header('Host', 'x')];
    const { document } = await of({}, { headers }, { fields });
    expect(document.organization.id).toBe('t1');
    expect(document.aws.waf).not.toHaveProperty('secret');
    expect(document.related).not.toHaveProperty('hosts');
    expect(() => waf({ geo: noGeo, route: [], fields: [['a', 'b', 'nothing']] })).toThrow(ConfigError);
  });
});

test('broken lines are refused one by one', async () => {
  const { documents, refused } = await read(sample('broken'));
  expect(documents).toHaveLength(2);
  expect(refused.map(({ error }) => error.message)).toEqual([
    'timestamp is no time',
    expect.stringContaining('the record is not JSON'),
    'the input ends inside a record',
  ]);
});
