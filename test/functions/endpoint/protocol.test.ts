/** What a Beat asks and gets: the handler, called with events of a function URL. */
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ARN, authorized, body, KEY, line, type Stage, stage, storedKey } from './stage.ts';

let at: Stage;
beforeAll(async () => {
  at = await stage();
});
afterEach(() => {
  at.opensearch.documents.clear();
  at.opensearch.refuses = () => undefined;
  at.opensearch.status = undefined;
});
afterAll(() => at.stop());

const three = [
  line(0, 'Nov 24 12:00:00 web-1 a: one'),
  line(30, 'Nov 24 12:00:01 web-1 a: two'),
  line(60, 'Nov 24 12:00:02 web-1 a: three'),
];
const documents = () => [...at.opensearch.documents.values()];

describe('before it sends, a Beat', () => {
  const get = async (path: string, method = 'GET') => at.ask({ path, method, headers: authorized() });

  test.each(['/', '/ingest/filebeat', '/ingest/filebeat/'])('gets the version at %s', async (path) => {
    const { statusCode, body } = await get(path);
    expect({ statusCode, number: JSON.parse(body).version.number }).toEqual({ statusCode: 200, number: '8.19.0' });
  });

  test.each(['/_license', '/ingest/filebeat/_license'])('gets an active license at %s', async (path) => {
    const { statusCode, body } = await get(path);
    expect({ statusCode, ...JSON.parse(body).license }).toMatchObject({
      statusCode: 200,
      status: 'active',
      type: 'basic',
    });
  });

  test.each([
    ['GET', '/_xpack'],
    ['GET', '/_ilm/policy/filebeat'],
    ['PUT', '/_ilm/policy/filebeat'],
    ['HEAD', '/_index_template/filebeat-7.17.29'],
    ['PUT', '/_index_template/filebeat-7.17.29'],
    ['HEAD', '/_alias/filebeat-7.17.29'],
    ['GET', '/_ingest/pipeline/filebeat-7.17.29-system-auth-pipeline'],
    ['PUT', '/_ingest/pipeline/filebeat-7.17.29-system-auth-pipeline'],
    ['PUT', '/%3Cfilebeat-7.17.29-%7Bnow%2Fd%7D-000001%3E'],
    ['HEAD', '/'],
    ['PUT', '/_data_stream/logs-system.syslog-default'],
  ])('finds what it sets up: %s %s', async (method, path) => {
    expect((await get(path, method)).statusCode).toBe(200);
  });

  test('finds no index that has the name of its alias', async () => {
    expect((await get('/filebeat-7.17.29', 'HEAD')).statusCode).toBe(404);
  });
});

describe('_bulk', () => {
  test.each(['/_bulk', '/filebeat-x/_bulk', '/ingest/filebeat/_bulk'])(
    'takes documents at %s, each once',
    async (path) => {
      expect((await at.bulk(body(three), { path })).statuses).toEqual([201, 201, 201]);
      expect((await at.bulk(body(three), { path })).statuses).toEqual([201, 201, 201]);
      expect(
        documents()
          .map(({ message }) => message)
          .sort(),
      ).toHaveLength(3);
    },
  );

  test('takes gzip', async () => {
    const headers = { ...authorized(), 'content-encoding': 'gzip' };
    expect((await at.bulk(gzipSync(body(three)), { headers })).statuses).toEqual([201, 201, 201]);
  });

  test('answers 400 for what OpenSearch refuses for good, in order', async () => {
    at.opensearch.refuses = (_request, { message }) => (/two/.test(message) ? 400 : undefined);
    const { statuses, json } = await at.bulk(body(three));
    expect(statuses).toEqual([201, 400, 201]);
    expect(json.errors).toBe(true);
  });

  test('answers 400 only for what the quarantine has', async () => {
    const broken = `{"create":{"_index":"filebeat-x"}}\n{"message":\n`;
    const { statuses } = await at.bulk(broken + body([line(1, 'good')]) + body([{ message: 'no time' }]));
    expect(statuses).toEqual([400, 201, 400]);
    const kept = await at.read('quarantine.ndjson');
    expect(kept.slice(-2).map(({ raw }) => raw)).toEqual([
      '{"create":{"_index":"filebeat-x"}}\n{"message":\n',
      '{"create":{"_index":"filebeat-7.17.29-2026.11.24"}}\n{"message":"no time"}\n',
    ]);
  });

  test('takes no delete and no update', async () => {
    const { statuses } = await at.bulk(
      `{"delete":{"_index":"filebeat-x","_id":"1"}}\n{"update":{"_index":"filebeat-x","_id":"1"}}\n{"doc":{}}\n${body([line(2, 'good')])}`,
    );
    expect(statuses).toEqual([400, 400, 201]);
  });

  test('answers 409 for an id that the request has twice', async () => {
    const action = { create: { _index: 'filebeat-x', _id: 'same' } };
    expect((await at.bulk(body([line(1, 'a'), line(2, 'b')], action))).statuses).toEqual([201, 409]);
  });

  test('names an index for each dataset, by the day of the event', async () => {
    await at.bulk(
      body([line(0, 'Nov 24 12:00:00 web-1 a: one', { event: { dataset: 'system.syslog', module: 'system' } })]),
    );
    const [key] = [...at.opensearch.documents.keys()];
    expect(key).toMatch(/^endpoint-system\.syslog-2026\.11\.24\//);
  });
});

describe('a body that is no _bulk request is refused as a whole, and nothing of it is kept', () => {
  const gzip = { ...authorized(), 'content-encoding': 'gzip' };
  test.each([
    ['garbage that says that it is gzip', Buffer.from('garbage'), gzip, /not gzip/],
    ['broken gzip', Buffer.concat([gzipSync(body(three)).subarray(0, 60), Buffer.alloc(20)]), gzip, /broken gzip/],
    [
      'a gzip bomb',
      gzipSync(Buffer.alloc(80 << 20, '{"create":{"_index":"filebeat-x"}}\n{}\n')),
      gzip,
      /larger than allowed/,
    ],
    [
      'gzip that a gateway took for a text',
      Buffer.from(gzipSync(body(three)).toString()),
      gzip,
      /compression_level: 0|not gzip/,
    ],
    ['no action in front of a document', Buffer.from('{"message":"x"}\n'), authorized(), /in front of document 1/],
    [
      'a document that is missing',
      Buffer.from('{"create":{"_index":"filebeat-x"}}\n'),
      authorized(),
      /has no document/,
    ],
    ['nothing', Buffer.from(''), authorized(), /holds no actions/],
    [
      'a million actions',
      Buffer.from('{"index":{}}\n{}\n'.repeat(1_000_000)),
      authorized(),
      /more than 100000 actions/,
    ],
  ])('%s', async (_name, body, headers, reason) => {
    const { answer, json } = await at.bulk(body, { headers });
    expect(answer.statusCode).toBe(400);
    expect(json.error.reason).toMatch(reason);
    expect(documents()).toEqual([]);
  });
});

test('of very many actions the first are worked on and the others come again', async () => {
  const action = { index: { _index: 'filebeat-x' } };
  const { statuses } = await at.bulk(body([line(0, 'x')], action).repeat(10_002));
  expect([statuses.length, statuses[0], statuses[1], statuses[10_000]]).toEqual([10_002, 201, 409, 429]);
});

describe('who may send', () => {
  const status = async (headers: Record<string, string>) => (await at.ask({ path: '/_license', headers })).statusCode;
  const set = (keys: object) => at.secrets.values.set(ARN, JSON.stringify({ keys }));
  const basic = { authorization: `Basic ${Buffer.from(`web:${KEY}`).toString('base64')}` };

  test.each([
    ['no header', {}],
    ['a wrong key', authorized('web', 'wrong')],
    ['an unknown id', authorized('who')],
    ['no base64', { authorization: 'ApiKey web:correct-horse' }],
    ['an empty key', authorized('web', '')],
    ['Basic, where it is off', basic],
  ])('%s is 401, which tells nothing', async (_name, headers) => {
    const answer = await at.ask({ path: '/_bulk', method: 'POST', headers, body: body(three) });
    expect(answer.statusCode).toBe(401);
    expect(JSON.parse(answer.body).error.reason).toBe('missing or invalid credentials');
    expect(documents()).toEqual([]);
  });

  test('a right key is let in', async () => {
    expect(await status(authorized())).toBe(200);
  });

  test('an index outside of the list of the key is 403, and the others are kept', async () => {
    const { statuses } = await at.bulk(
      body([line(1, 'a')]) +
        body([line(2, 'b')], { create: { _index: 'secrets' } }) +
        body([line(3, 'c')], { create: {} }),
      { path: '/_bulk' },
    );
    expect(statuses).toEqual([201, 403, 403]);
    set({ web: storedKey() });
  });
});
