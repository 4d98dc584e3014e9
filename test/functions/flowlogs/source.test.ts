import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type FlowlogsOptions, flowlogs } from '../../../functions/flowlogs/source.ts';
import { type Geo, noGeo } from '../../../shared/enrich/geo.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { literal, Text } from '../../../shared/text/text.ts';
import type { Field } from '../../../shared/transform/rows.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { readAll } from '../../source.ts';

/**
 * The published examples, in account 123456789012 and with addresses of RFC 5737 and 3849.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
 */
const SAMPLES = new URL('../../sample/flowlogs/', import.meta.url);
const sample = (name: string): Buffer => readFileSync(new URL(`${name}.log`, SAMPLES));
const names = readdirSync(SAMPLES).flatMap((file) => (file.endsWith('.log') ? [file.slice(0, -4)] : []));

const DELIVERED = '123456789012_vpcflowlogs_ap-northeast-2_fl-1234abcd_20260921T1415Z_fe123456.log.gz';
const uriOf = (folder: string) => `s3://logs/${folder}/${DELIVERED}@9b2cf535f27731c974343645a3985328`;
const URI = uriOf('AWSLogs/123456789012/vpcflowlogs/ap-northeast-2/2026/09/21');

const seoul = literal('"geo":{"country_iso_code":"KR"},"as":{"number":64496,"organization":{"name":"봉수"}},');
const geo: Geo = {
  rendered: (bytes, start, end) =>
    Buffer.from(bytes.subarray(start, end)).toString().startsWith('203.0.113.') ? seoul : undefined,
  of: () => undefined,
};

function read(input: string | Uint8Array, { uri = URI, ...rest }: Partial<FlowlogsOptions> & { uri?: string } = {}) {
  return readAll(flowlogs({ geo: noGeo, route: ['opensearch'], ...rest }), input, uri);
}

/** Lines of an object that are no headers. */
const recordsOf = (name: string) =>
  sample(name)
    .toString('latin1')
    .split(/\r?\n/)
    .filter((line) => line !== '' && !/\bsrcaddr\b/.test(line)).length;

describe.each(names)('%s.log', (name) => {
  test('becomes the golden documents, byte for byte', async () => {
    const { lines } = await read(sample(name), { geo });
    expectGolden(`flowlogs/${name}`, lines);
  });

  test('is all read: each record is a valid ECS document or a reject', async () => {
    const { documents, rejects } = await read(sample(name), { geo });
    expect(documents.length + rejects.length).toBe(recordsOf(name));
    expect(rejects.length > 0).toBe(name === 'broken');
    for (const document of documents) expect(ecsFaults(document)).toEqual([]);
  });
});

test('broken lines are refused with their number and a reason, and only they', async () => {
  const { documents, rejects, raw } = await read(sample('broken'));
  expect(rejects).toEqual([
    '3: expected 14 columns, found 4',
    '4: expected 14 columns, found 15',
    '5: srcaddr is not an IP address: "172.31.16.256"',
    '6: srcport is not a whole number: "ssh"',
    '7: srcport is not a number up to 65535: "70000"',
    '8: packets is not a whole number: "2.5"',
    '9: end is not a time in epoch seconds: "yesterday"',
    '10: no start or end time',
    '11: not UTF-8',
  ]);
  expect(documents.map(({ event }) => event.action)).toEqual(['accept', 'reject']);
  expect(raw[1]).toMatch(/^2 123456789012 .* REJECT OK$/);
});

describe('a document', () => {
  const HEADER = 'version account-id interface-id srcaddr dstaddr srcport dstport protocol action log-status start end';
  const line = '2 123456789012 eni-1 203.0.113.12 10.0.0.5 40000 443 6 ACCEPT OK 1790000010 1790000070';
  const one = async (record: string, options: Parameters<typeof read>[1] = {}, header = HEADER) => {
    const { documents, facts, rejects } = await read(`${header}\n${record}\n`, options);
    expect(rejects).toEqual([]);
    return { document: documents[0], facts: facts[0] };
  };

  test('and its facts have the time of the end of the flow', async () => {
    const { document, facts } = await one(line);
    expect(document['@timestamp']).toBe('2026-09-21T14:14:30Z');
    expect(document.event).toMatchObject({ start: '2026-09-21T14:13:30Z' });
    expect(facts.time).toBe(1_790_000_070_000);
    expect(facts.id).toBe('');
  });

  test('and its facts say whether the flow was let through', async () => {
    expect((await one(line)).facts.outcome).toBe('success');
    const refused = await one(line.replace('ACCEPT', 'REJECT'));
    expect(refused.facts.outcome).toBe('failure');
    expect(refused.document.event).toMatchObject({ outcome: 'failure', type: ['connection', 'denied'] });
    expect((await one(line.replace('ACCEPT', '-'))).facts.outcome).toBe(undefined);
    expect((await one(line.replace('ACCEPT', 'DROPPED'))).facts.outcome).toBe(undefined);
  });

  test('has no account where AWS does not know it', async () => {
    expect((await one(line)).document.cloud).toEqual({ provider: 'aws', account: { id: '123456789012' } });
    expect((await one(line.replace('123456789012', 'unknown'))).document.cloud).toEqual({ provider: 'aws' });
  });

  test('has no addresses and counts where there was no data', async () => {
    const { documents } = await read(sample('nodata'));
    for (const { source, destination, network, related } of documents) {
      expect([source, destination, network, related]).toEqual([undefined, undefined, undefined, undefined]);
    }
    expect(documents.map(({ event }) => event.type)).toEqual([['info'], ['info'], ['info'], ['info']]);
    expect(documents.map(({ aws }) => aws.vpcflow.log_status)).toEqual(['NODATA', 'SKIPDATA', 'NODATA', 'SKIPDATA']);
    expect(documents[3].aws.vpcflow).not.toHaveProperty('interface_id');
  });

  test('has the ends of the packets beside those that the interface sees', async () => {
    const { document } = await one(
      '10.0.0.5 10.0.0.9 10.0.0.5 203.0.113.9 1',
      {},
      'srcaddr dstaddr pkt-srcaddr pkt-dstaddr end',
    );
    expect(document.source.ip).toBe('10.0.0.5');
    expect(document.destination.ip).toBe('10.0.0.9');
    expect(document.aws.vpcflow).toEqual({ pkt_dstaddr: '203.0.113.9' }); // its source is the interface's
    expect(document.related.ip).toEqual(['10.0.0.5', '10.0.0.9', '203.0.113.9']);
  });

  test('says where public addresses are', async () => {
    const { document } = await one(line, { geo });
    expect(document.source).toMatchObject({ ip: '203.0.113.12', port: 40000, geo: { country_iso_code: 'KR' } });
    expect(document.destination).toEqual({ ip: '10.0.0.5', port: 443 });
  });

  test('has tcp flags by their names, and none for 0', async () => {
    const flags = async (sum: string) =>
      (await one(`10.0.0.5 10.0.0.6 1790000070 ${sum}`, {}, 'srcaddr dstaddr end tcp-flags')).document.aws.vpcflow;
    expect(await flags('19')).toEqual({ tcp_flags: 19, tcp_flags_array: ['fin', 'syn', 'ack'] });
    expect(await flags('2')).toEqual({ tcp_flags: 2, tcp_flags_array: ['syn'] });
    expect(await flags('0')).toEqual({ tcp_flags: 0 });
  });

  const COMMUNITY = ['srcaddr', 'dstaddr', 'protocol', 'srcport', 'dstport'];

  test('has a Community ID where a row asks for one, the same for the way back', async () => {
    const fields: Field[] = [['network.community_id', COMMUNITY, 'community']];
    const network = async (text: string) => (await one(text, { fields })).document.network;
    const back = '2 123456789012 eni-1 10.0.0.5 203.0.113.12 443 40000 6 ACCEPT OK 1790000010 1790000070';
    const { community_id: id } = await network(line);
    expect(id).toMatch(/^1:[\w+/]{27}=$/);
    expect((await network(back)).community_id).toBe(id);
    expect(await network(line.replace(' 6 ', ' 1 '))).not.toHaveProperty('community_id');
  });

  test('repeats nothing unless rows ask for it', async () => {
    const fields: Field[] = [
      ['network.bytes', 'bytes', 'int'],
      ['network.packets', 'packets', 'int'],
      ['event.end', 'end', 'seconds'],
    ];
    const { document } = await one(line);
    expect(document.network).not.toHaveProperty('bytes');
    expect(document.network).not.toHaveProperty('community_id');
    expect(document.event).not.toHaveProperty('end');
    const whole = (await one(line, { fields })).document;
    expect(whole.network.bytes).toBe(document.source.bytes);
    expect(whole.event.end).toBe(document['@timestamp']);
  });

  test('keeps columns that nobody knows yet', async () => {
    const { document } = await one(`${line} "봉수" -`, {}, `${HEADER} beacon-id x.y`);
    expect(document.aws.vpcflow.beacon_id).toBe('"봉수"');
    expect(document.aws.vpcflow).not.toHaveProperty('x_y');
  });

  test('follows the rows that a user adds, replaces or removes', async () => {
    const { document, facts } = await one(line, {
      fields: [
        ['cloud.account.name', 'account-id', { table: { '123456789012': 'shop' } }],
        ['@timestamp', 'start', 'seconds'],
        ['related.ip', null],
      ],
    });
    expect(document.cloud.account).toEqual({ id: '123456789012', name: 'shop' });
    expect(document['@timestamp']).toBe('2026-09-21T14:13:30Z');
    expect(facts.time).toBe(1_790_000_010_000);
    expect(document).not.toHaveProperty('related');
  });
});

describe('lines without a header', () => {
  const flow = '2 123456789012 eni-1 10.0.0.5 10.0.0.6 443 40000 6 10 840 1790000010 1790000070 ACCEPT OK';

  test('have the columns that AWS gives where none were chosen', async () => {
    const { documents, rejects } = await read(`${flow}\n`);
    expect(rejects).toEqual([]);
    expect(documents[0].destination).toEqual({ ip: '10.0.0.6', port: 40000 });
  });

  test('have the columns of the format that is set, those of tomorrow too', async () => {
    const formats = [{ names: ['version', 'end', 'dstaddr', 'beacon-id'] }];
    const { documents, rejects } = await read('11 1790000070 10.0.0.6 b-1\n', { formats });
    expect(rejects).toEqual([]);
    expect(documents[0]).toMatchObject({ destination: { ip: '10.0.0.6' }, aws: { vpcflow: { beacon_id: 'b-1' } } });
    expect((await read('1790000070 10.0.0.6\n', { formats: [{ names: ['end', 'dstaddr'] }] })).documents).toHaveLength(
      1,
    );
  });

  test('are not taken for what they are not', async () => {
    const formats = [{ names: ['version', 'end', 'dstaddr', 'beacon-id'] }];
    for (const line of ['these are four words', '11 1790000070 10.0.0.6']) {
      expect((await read(`${line}\n`, { formats })).rejects).toEqual(['1: no header line names the columns']);
    }
    expect((await read(`${flow.replace('2', '5')}\n`)).rejects).toEqual(['1: no header line names the columns']);
  });

  test('of a transit gateway and of VPCs are told apart beside a format of their own', async () => {
    const tgw = readFileSync(new URL('../../sample/flowlogs/tgw-headerless.log', import.meta.url), 'utf8');
    const formats = [{ names: ['version', 'end', 'dstaddr', 'beacon-id'] }];
    for (const line of [flow, tgw.trimEnd(), '11 1790000070 10.0.0.6 b-1'])
      expect((await read(`${line}\n`, { formats })).rejects).toEqual([]);
    const { facts, documents } = await read(tgw);
    expect(facts[0]).toMatchObject({ sourcetype: 'aws:transitgateway:flowlogs', columns: '' });
    expect(documents[0]).toMatchObject({ source: { ip: '10.1.0.5' }, aws: { vpcflow: { tgw_id: 'tgw-0a1' } } });
  });

  test('have the format of their own log group', async () => {
    const formats = [{ group: '/vpc/shop', names: ['end', 'dstaddr'] }, { names: ['start', 'srcaddr'] }];
    const own = await read('1790000070 10.0.0.6\n', { formats, uri: 'cloudwatchlogs:/vpc/shop/eni-1@37' });
    expect(own.documents[0].destination).toEqual({ ip: '10.0.0.6' });
    const other = await read('1790000070 10.0.0.6\n', { formats, uri: 'cloudwatchlogs:/vpc/other/eni-1@37' });
    expect(other.documents[0].source).toEqual({ ip: '10.0.0.6' });
  });

  test('name their columns to Splunk where the order is not the usual one', async () => {
    expect((await read(`${flow}\n`)).facts[0].columns).toBe('');
    const { facts } = await read('end dstaddr\n1790000070 10.0.0.6\n');
    expect(facts[0]).toMatchObject({ columns: 'end dstaddr', sourcetype: '' });
  });

  test('do not hide a header that comes after all', async () => {
    const { documents } = await read(`end dstaddr\n1790000070 10.0.0.6\n`, {
      formats: [{ names: ['version', 'end'] }],
    });
    expect(documents[0].destination.ip).toBe('10.0.0.6');
  });
});

describe('a format without start and end', () => {
  test('takes the time of delivery from the name of the object, Hive-style keys too', async () => {
    const hive =
      'AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=ap-northeast-2/year=2026/month=09/day=21/hour=14';
    for (const uri of [URI, uriOf(hive), `file:out/${DELIVERED}`]) {
      const { documents, facts, rejects } = await read(sample('noclock'), { uri });
      expect(rejects).toEqual([]);
      expect(documents.map((document) => document['@timestamp'])).toEqual(Array(3).fill('2026-09-21T14:15:00Z'));
      expect(facts.map(({ time }) => time)).toEqual(Array(3).fill(Date.parse('2026-09-21T14:15:00Z')));
    }
  });

  test.each([
    's3://logs/renamed.log.gz@1',
    's3://logs/x_20261332T9999Z_fe123456.log.gz@1',
    's3://logs/x_20260921T1415Z_/fe123456.log.gz@1',
    'eventbridge:1',
  ])('is refused where the name does not tell: %s', async (uri) => {
    const { lines, rejects } = await read(sample('noclock'), { uri });
    expect(lines).toEqual([]);
    expect(rejects).toEqual([2, 3, 4].map((seq) => `${seq}: no start or end time`));
  });

  test('is not mistaken for one with a clock that stands in another block of the object', async () => {
    const { documents, rejects } = await read(
      'srcaddr end\n10.0.0.5 1790000070\nsrcaddr\n10.0.0.6\nend srcaddr\n- 10.0.0.7\n',
    );
    expect(documents.map((document) => document['@timestamp'])).toEqual([
      '2026-09-21T14:14:30Z',
      '2026-09-21T14:15:00Z',
    ]);
    expect(rejects).toEqual(['6: no start or end time']);
  });
});

describe('a source', () => {
  test('refuses rows that can never be, before any record', () => {
    const make = (fields: FlowlogsOptions['fields']) => () => flowlogs({ geo, route: [], fields: fields! });
    expect(make([['event.action', 'action', 'upper']])).toThrow(ConfigError);
    expect(make([['source', 'srcaddr']])).toThrow('field source: it has fields of its own');
    expect(make([['source.ip.text', 'srcaddr']])).toThrow(
      "field source.ip.text: source.ip has a value and can't have fields",
    );
    expect(make([['labels.x', 'a-column-of-tomorrow', 'nope']])).toThrow('no cast is called "nope"');
  });

  test('reads one object after another, each by its own header', async () => {
    const source = flowlogs({ geo: noGeo, route: ['opensearch', 'splunk'] });
    const seen: string[] = [];
    for (const input of ['srcaddr dstaddr end\n10.0.0.5 10.0.0.6 1\n', 'dstaddr end srcaddr\n10.0.0.6 1 10.0.0.5\n']) {
      async function* chunks() {
        yield Buffer.from(input);
      }
      for await (const page of source.decode(chunks(), URI)) {
        const doc = new Text(16);
        const facts = blank();
        source.write(page.next()!, { uri: URI, seq: page.seq }, doc, facts);
        seen.push(Buffer.from(doc.slice()).toString());
        expect(source.route(facts)).toEqual(['opensearch', 'splunk']);
      }
    }
    expect(seen[0]).toBe(seen[1]);
  });
});

test('a header line whose names are at odds with the field map costs its own lines only', async () => {
  const fields = [['aws.vpcflow.note.text', 'note-text']] as const;
  const [header, flow] = sample('v2').toString().split('\n');
  const { lines, rejects } = await read(`${header} note note-text\n${flow} x x\n${flow} y y\n${header}\n${flow}\n`, {
    fields,
  });
  expect(lines).toHaveLength(1);
  expect(rejects).toHaveLength(2);
  expect(rejects.join()).toContain("the header line can't be mapped: field aws.vpcflow.note");
});
