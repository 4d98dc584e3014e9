import { readFile } from 'node:fs/promises';
import * as https from 'node:https';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { selfSigned } from './certificate.ts';
import { type Hec, type HecOptions, startHec } from './hec.ts';

const TOKEN = '11111111-2222-4333-8444-555555555555';
const CHANNEL = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const GOOD = '{"event":"a","fields":{"event_id":"1"}}';

let hec: Hec;
afterEach(() => hec.stop());

interface Request {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

async function ask({ path = '/services/collector/event', method = 'POST', headers = {}, body = '' }: Request) {
  const response = await fetch(hec.url + path, {
    method,
    headers: { authorization: `Splunk ${TOKEN}`, ...headers },
    ...(method === 'POST' && { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, ...(JSON.parse(text) as Record<string, unknown>) };
}

const start = async (options: Partial<HecOptions> = {}) => {
  hec = await startHec({ token: TOKEN, ...options });
};

describe('the token', () => {
  test.each<[string, Partial<HecOptions>, Request, number, number]>([
    ['none', {}, { headers: { authorization: '' } }, 401, 3],
    ['of another scheme', {}, { headers: { authorization: `Bearer ${TOKEN}` } }, 401, 3],
    ['unknown', {}, { headers: { authorization: 'Splunk x' } }, 403, 4],
    ['switched off', { disabled: true }, {}, 403, 1],
    ['as a password', {}, { headers: { authorization: `Basic ${btoa(`x:${TOKEN}`)}` }, body: GOOD }, 200, 0],
  ])('%s', async (_, options, request, status, code) => {
    await start(options);
    expect(await ask(request)).toMatchObject({ status, code });
  });

  test('absent, or in the query string', async () => {
    await start();
    const bare = async (query: string) =>
      (await fetch(`${hec.url}/services/collector${query}`, { method: 'POST' })).json();
    expect(await bare('')).toEqual({ text: 'Token is required', code: 2 });
    expect(await bare(`?token=${TOKEN}`)).toEqual({ text: 'Query string authorization is not enabled', code: 16 });
  });
});

describe('the request', () => {
  test.each<[string, Request, number]>([
    ['an unknown path', { path: '/services/x' }, 404],
    ['another method', { method: 'GET' }, 405],
    ['deflate', { headers: { 'content-encoding': 'deflate' }, body: GOOD }, 415],
    ['a body over the limit', { body: GOOD.repeat(3) }, 413],
    [
      'a body over the limit once unzipped',
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(GOOD.repeat(3)) },
      413,
    ],
  ])('%s is refused', async (_, request, status) => {
    await start({ maxBytes: 100 });
    expect(await ask(request)).toMatchObject({ status });
    expect(hec.events()).toEqual([]);
  });

  test.each(['/services/collector', '/services/collector/event', '/services/collector/event/1.0'])(
    '%s takes events, gzipped or not',
    async (path) => {
      await start();
      await ask({ path, body: GOOD });
      await ask({ path, headers: { 'content-encoding': 'gzip' }, body: gzipSync(`${GOOD}\n${GOOD}`) });
      expect(hec.events('1')).toHaveLength(3);
      expect(hec.requests()).toMatchObject([
        { path, status: 200, code: 0, events: 1 },
        { encoding: 'gzip', events: 2 },
      ]);
    },
  );

  test('health needs no token', async () => {
    await start();
    const answer = await fetch(`${hec.url}/services/collector/health`);
    expect(await answer.json()).toEqual({ text: 'HEC is healthy', code: 17 });
  });
});

describe('events', () => {
  test.each<[string, string, number, number | undefined, number]>([
    ['nothing', ' ', 5, undefined, 0],
    ['no JSON', `${GOOD}{"event":}`, 6, 1, 1],
    ['an object that does not end', `${GOOD}{"event":"`, 6, 1, 1],
    ['an array', `[${GOOD}]`, 6, 0, 0],
    ['no event', `${GOOD}${GOOD}{"time":1}${GOOD}`, 12, 2, 2],
    ['a blank event', `${GOOD}{"event":""}`, 13, 1, 1],
    ['milliseconds', '{"event":"a","time":1790000000123}', 6, 0, 0],
    ['a time in words', '{"event":"a","time":"now"}', 6, 0, 0],
    ['a host that is not a text', '{"event":"a","host":1}', 6, 0, 0],
    ['nested fields', '{"event":"a","fields":{"a":{"b":1}}}', 15, 0, 0],
    ['a foreign index', `{"event":"a","index":"main"}{"event":"a","index":"x"}${GOOD}`, 7, 2, 1],
    ['an unknown key alone', '{"event":"a","ip":"x"}', 5, undefined, 0],
  ])('%s: those before it are indexed', async (_, body, code, at, indexed) => {
    await start({ indexes: ['main'] });
    const answer = await ask({ body });
    expect(answer).toMatchObject({ status: 400, code });
    expect(answer).toHaveProperty('text');
    expect((answer as Record<string, unknown>)['invalid-event-number']).toBe(at);
    expect(hec.events()).toHaveLength(indexed);
  });

  test('an unknown key loses its event and all behind it, with success', async () => {
    await start();
    expect(await ask({ body: `${GOOD}{"event":"b","ip":"x"}${GOOD}` })).toMatchObject({ status: 200, code: 0 });
    expect(hec.events()).toHaveLength(1);
  });

  test('fields without an event are skipped', async () => {
    await start();
    expect(await ask({ body: `{"fields":{"a":"b"}}${GOOD}` })).toMatchObject({ status: 200 });
    expect(hec.events()).toHaveLength(1);
  });

  test('braces and quotes inside strings do not end an object', async () => {
    await start();
    const event = { event: 'a } " \\ { "}', time: '1790000000.123', fields: { list: ['}', '{'] } };
    await ask({ body: `${JSON.stringify(event)}\n${GOOD}` });
    expect(hec.events()[0]).toEqual(event);
    expect(hec.events()).toHaveLength(2);
  });

  test('only the newest are kept', async () => {
    await start({ keep: 2 });
    await ask({ body: '{"event":1}{"event":2}{"event":3}' });
    expect(hec.events()).toEqual([{ event: 2 }, { event: 3 }]);
  });
});

describe('acknowledgement', () => {
  const headers = { 'x-splunk-request-channel': CHANNEL };
  const acks = async (body: string, channel = CHANNEL) =>
    ask({ path: `/services/collector/ack?channel=${channel}`, body });

  test('a token that demands it wants a channel', async () => {
    await start({ ack: true });
    expect(await ask({ body: GOOD })).toMatchObject({ status: 400, code: 10 });
    expect(await ask({ body: GOOD, headers: { 'x-splunk-request-channel': 'x' } })).toMatchObject({
      status: 400,
      code: 11,
    });
    expect(await ask({ path: '/services/collector/ack', body: '{"acks":[0]}' })).toMatchObject({
      status: 400,
      code: 10,
    });
  });

  test('ids count per channel and say true once', async () => {
    await start({ ack: true });
    expect(await ask({ body: GOOD, headers })).toMatchObject({ code: 0, ackId: 0 });
    expect(await ask({ body: `${GOOD}{}`, headers })).toMatchObject({ code: 12, ackId: 1 });
    const other = CHANNEL.replace('a', 'b');
    expect(await ask({ body: GOOD, headers: { 'x-splunk-request-channel': other } })).toMatchObject({ ackId: 0 });
    expect(await acks('{"acks":[0,1,2]}')).toMatchObject({ acks: { 0: true, 1: true, 2: false } });
    expect(await acks('{"acks":[0]}')).toMatchObject({ acks: { 0: false } });
    expect(await acks('{"acks":[0]}', other)).toMatchObject({ acks: { 0: true } });
    expect(await acks('{"acks":0}')).toMatchObject({ status: 400, code: 6 });
  });

  test('a token without it has none to tell', async () => {
    await start();
    expect(await acks('{"acks":[0]}')).toMatchObject({ status: 400, code: 14 });
  });
});

describe('a scripted fault', () => {
  test('takes the place of one answer and indexes nothing', async () => {
    await start({ script: [{ status: 503, code: 9, retryAfter: 7 }] });
    hec.script({ status: 200, body: 'hello' });
    const first = await ask({ body: GOOD });
    expect(first).toMatchObject({ status: 503, code: 9, text: 'Server is busy' });
    expect(first.headers.get('retry-after')).toBe('7');
    await expect(ask({ body: GOOD })).rejects.toThrow('hello');
    expect(hec.events()).toEqual([]);
    expect(await ask({ body: GOOD })).toMatchObject({ status: 200, code: 0 });
    expect(hec.events()).toHaveLength(1);
  });

  test('with an event number lets those before it in', async () => {
    await start({ script: [{ status: 400, code: 6, invalidEventNumber: 2 }] });
    expect(await ask({ body: GOOD.repeat(4) })).toMatchObject({ status: 400, code: 6, 'invalid-event-number': 2 });
    expect(hec.events()).toHaveLength(2);
  });

  test('cuts the connection before or after the events are in', async () => {
    await start({ script: [{ cut: 'before' }, { cut: 'after' }] });
    await expect(ask({ body: GOOD })).rejects.toThrow();
    expect(hec.events()).toEqual([]);
    await expect(ask({ body: GOOD })).rejects.toThrow();
    expect(hec.events()).toHaveLength(1);
    expect(hec.requests()).toMatchObject([
      { status: 0, events: 0 },
      { status: 0, events: 1 },
    ]);
  });

  test('that only delays lets the request go its way', async () => {
    await start({ script: [{ delayMs: 1 }] });
    expect(await ask({ body: GOOD })).toMatchObject({ status: 200, code: 0 });
  });
});

test('its own certificate is trusted by whoever takes the file for an authority, by nobody else', async () => {
  await start({ tls: selfSigned() });
  const status = (ca?: string) =>
    new Promise((resolve, reject) => {
      const options = { agent: false, ...(ca !== undefined && { ca }) };
      https
        .get(`${hec.url}/services/collector/health`, options, ({ statusCode }) => resolve(statusCode))
        .on('error', reject);
    });
  expect(await status(await readFile(hec.caFile!, 'utf8'))).toBe(200);
  await expect(status()).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});
