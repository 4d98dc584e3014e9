/** Matching behind sources of all three back ends. */
import { describe, expect, test } from '@jest/globals';
import { dns } from '../../../../functions/dns/source.ts';
import { flowlogs } from '../../../../functions/flowlogs/source.ts';
import { networkfirewall } from '../../../../functions/networkfirewall/source.ts';
import { noGeo } from '../../../../shared/enrich/geo.ts';
import { listIn } from '../../../../shared/enrich/threat/lists.ts';
import { withIndicators } from '../../../../shared/enrich/threat/match.ts';
import { indicatorTable } from '../../../../shared/enrich/threat/table.ts';
import type { Facts, Source } from '../../../../shared/model.ts';
import { blank } from '../../../../shared/pipeline/facts.ts';
import { Text } from '../../../../shared/text/text.ts';

const metrics = { add() {} };
const options = { geo: noGeo, route: ['opensearch'] as const };
const indicatorsOf = (list: string) => ({ table: indicatorTable(listIn('list.txt', list).indicators), refresh() {} });

interface Written {
  readonly document: Record<string, unknown> & { readonly threat?: { indicator: unknown } };
  readonly facts: Facts;
}

/** Each record of a body, behind another document in the same buffer. */
async function written<R>(source: Source<R>, body: string): Promise<readonly Written[]> {
  const all: Written[] = [];
  const doc = new Text(16);
  for await (const page of source.decode(
    (async function* () {
      yield Buffer.concat([Buffer.from(body), Buffer.alloc(16)]).subarray(0, body.length);
    })(),
    's3://b/k@e',
  )) {
    for (let record = page.next(); record !== undefined; record = page.next()) {
      const facts = blank();
      const start = doc.length;
      source.write(record, { uri: 's3://b/k@e', seq: page.seq }, doc, facts);
      all.push({ document: JSON.parse(Buffer.from(doc.slice(start)).toString()), facts });
    }
  }
  return all;
}

const flow = (from: string, to: string) => `srcaddr dstaddr end\n${from} ${to} 1795530000\n`;
const query = (name: string, more: object = {}) =>
  JSON.stringify({ query_timestamp: '2026-11-24T13:40:38Z', srcaddr: '10.0.3.17', query_name: `${name}.`, ...more });
const alert = (from: string, to: string) =>
  JSON.stringify({
    firewall_name: 'f',
    event_timestamp: '1795530000',
    event: { timestamp: '2026-11-24T13:40:38.000000+0000', event_type: 'netflow', src_ip: from, dest_ip: to },
  });

describe('a record that matches has the indicator', () => {
  const list = '198.51.100.0/24\n*.evil.example\n2001:db8::/32\n';
  const addressed = { type: 'ipv4-addr', name: '198.51.100.0/24', ip: '198.51.100.7', provider: 'list.txt' };

  test.each([
    ['columns', flowlogs(options) as Source<unknown>, flow('10.0.3.17', '198.51.100.7')],
    ['objects', networkfirewall({ ...options, geo: noGeo }) as Source<unknown>, alert('198.51.100.7', '10.0.3.17')],
    [
      'bytes',
      dns(options) as Source<unknown>,
      query('a.example', { answers: [{ Rdata: '198.51.100.7', Type: 'A', Class: 'IN' }] }),
    ],
  ])('by an address, from %s', async (_, source, body) => {
    const [{ document, facts }] = await written(withIndicators(source, indicatorsOf(list), metrics), body);
    expect(document.threat).toEqual({ indicator: addressed });
    expect(facts).toMatchObject({ detected: true, indicator: '198.51.100.0/24', threatList: 'list.txt' });
  });

  test('by a name, and as a list where there are several', async () => {
    const source = withIndicators(dns(options), indicatorsOf(list), metrics);
    const body = query('c2.evil.example', { answers: [{ Rdata: '2001:db8::7', Type: 'AAAA', Class: 'IN' }] });
    const [{ document }] = await written(source, body);
    expect(document.threat?.indicator).toEqual([
      { type: 'ipv6-addr', name: '2001:db8::/32', ip: '2001:db8::7', provider: 'list.txt' },
      { type: 'domain-name', name: '*.evil.example', url: { domain: 'c2.evil.example' }, provider: 'list.txt' },
    ]);
  });
});

test('a record that matches nothing is the same to the byte', async () => {
  const body = `${flow('10.0.3.17', '203.0.113.9')}10.0.3.17 - 1795530000\n`;
  const plain = await written(flowlogs(options), body);
  expect(await written(withIndicators(flowlogs(options), indicatorsOf('198.51.100.0/24\n'), metrics), body)).toEqual(
    plain,
  );
});

test('without a table records go on', async () => {
  const source = withIndicators(flowlogs(options), { table: undefined, refresh() {} }, metrics);
  expect(await written(source, flow('10.0.3.17', '198.51.100.7'))).toHaveLength(1);
});

test('an indicator matches until its own end, by the time of the record', async () => {
  const until = (valid_until: string) => {
    const objects = [{ type: 'indicator', pattern: "[ipv4-addr:value = '198.51.100.7']", valid_until }];
    return withIndicators(flowlogs(options), indicatorsOf(JSON.stringify({ type: 'bundle', objects })), metrics);
  };
  const body = flow('10.0.3.17', '198.51.100.7'); // 2026-11-24T09:00:00Z
  const [before] = await written(until('2026-11-24T14:20:01Z'), body);
  const [after] = await written(until('2026-11-24T00:00:00Z'), body);
  expect([before.document.threat !== undefined, after.document.threat]).toEqual([true, undefined]);
});

describe('a document that has members of the same names', () => {
  const source = (text: string) =>
    withIndicators<string>(
      {
        ...(flowlogs(options) as unknown as Source<string>),
        write(record, _from, doc) {
          doc.string(record);
          return true;
        },
      },
      indicatorsOf('198.51.100.0/24\n'),
      metrics,
    ).write(text, { uri: '', seq: 1 }, doc, blank());
  const doc = new Text(1024);
  const made = (text: string) => {
    doc.length = 0;
    source(text);
    return JSON.parse(Buffer.from(doc.slice()).toString());
  };
  const bad = '{"ip":["198.51.100.7"]}';
  const good = '{"ip":["203.0.113.9"]}';

  test('inside of others is judged by its own', () => {
    expect(made(`{"a":{"related":${bad}},"b":1}`).threat).toBeUndefined();
    expect(made(`{"a":{"related":${bad}},"related":${good}}`).threat).toBeUndefined();
    expect(made(`{"a":{"related":${good}},"related":${bad}}`).threat).toBeDefined();
    expect(made(`{"related":${bad},"a":{"related":${good}}}`).threat).toBeDefined();
    expect(made(`{"a":"\\"related\\":{","related":${bad}}`).threat).toBeDefined();
    expect(made(`{"\\"related":${good},"related":${bad}}`).threat).toBeDefined();
  });

  test('is left as it is behind the documents before', () => {
    made(`{"related":${bad}}`);
    expect(made('{"a":1}')).toEqual({ a: 1 });
  });

  test('keeps what it says about a threat', () => {
    expect(made(`{"threat":{"tactic":{"id":["TA1"]}},"related":${bad}}`).threat).toEqual({
      tactic: { id: ['TA1'] },
      indicator: expect.objectContaining({ ip: '198.51.100.7' }),
    });
  });
});
