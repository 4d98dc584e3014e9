import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { ConfigError } from '../../../../shared/errors.ts';
import { blank } from '../../../../shared/pipeline/facts.ts';
import { retrying } from '../../../../shared/sink/delivery/retry.ts';
import { type SplunkOptions, splunk } from '../../../../shared/sink/splunk/sink.ts';
import { Text } from '../../../../shared/text/text.ts';
import { selfSigned } from '../../../rig/hec/certificate.ts';
import { type Hec, type HecFault, type HecOptions, startHec } from '../../../rig/hec/hec.ts';
import { startVictoriaLogs } from '../../../rig/victorialogs/victorialogs.ts';
import { batchOf, ids, type Line, lines, NEVER, sent, TOKEN, URI } from '../events.ts';

const SOURCETYPE = 'aws:cloudwatchlogs:vpcflow';

const running: Hec[] = [];
afterEach(() => Promise.all(running.splice(0).map((hec) => hec.stop())));

async function hecWith(options: Partial<HecOptions> = {}): Promise<Hec> {
  const hec = await startHec({ token: TOKEN, ...options });
  running.push(hec);
  return hec;
}

const sinkTo = (hec: Hec, options: Partial<SplunkOptions> = {}) =>
  splunk({ endpoints: [hec.url], token: async () => TOKEN, sourcetype: SOURCETYPE, format: 'text', ...options });

/** Sends so many events to a HEC that answers so. */
async function answered(count: number, ...script: readonly HecFault[]) {
  const hec = await hecWith({ script });
  const sink = sinkTo(hec);
  return { hec, delivery: await sink.send(batchOf(sink, lines(count)), NEVER) };
}

describe('an event', () => {
  const rendered = (options: Partial<SplunkOptions>, record: Line) => {
    const sink = splunk({
      endpoints: [],
      token: async () => TOKEN,
      sourcetype: SOURCETYPE,
      format: 'text',
      ...options,
    });
    return Buffer.from(batchOf(sink, [record]).text.slice()).toString();
  };

  test('of text is a JSON string', () => {
    expect(rendered({}, { raw: '2 "봉수" \\ ok' })).toBe(
      '{"time":"1790000000.123","source":"s3://logs/AWSLogs/a \\"b\\".log.gz@1f","sourcetype":"aws:cloudwatchlogs:vpcflow",' +
        '"event":"2 \\"봉수\\" \\\\ ok","fields":{"event_id":"id-0"}}\n',
    );
  });

  test('of JSON is the bytes that came', () => {
    const record = {
      raw: '{"a": 1.0}',
      facts: { severity: 'critical', time: 1_790_000_000_007, current: 'f"1' },
    } as const;
    const event = rendered({ format: 'json', host: 'h"', index: 'main' }, record);
    expect(event).toBe(
      '{"time":"1790000000.007","host":"h\\"","source":"s3://logs/AWSLogs/a \\"b\\".log.gz@1f",' +
        '"sourcetype":"aws:cloudwatchlogs:vpcflow","index":"main","event":{"a": 1.0},' +
        '"fields":{"event_id":"id-0","severity":"critical","finding_uid":"f\\"1"}}\n',
    );
  });

  test('is found with the finding that it tells of', () => {
    expect(rendered({}, { raw: 'x', facts: { about: 'f1' } })).toContain('"event_id":"id-0","finding_uid":"f1"}');
  });

  test('may look otherwise than others of its source', () => {
    const sink = splunk({
      endpoints: ['https://hec.invalid'],
      token: async () => '',
      sourcetype: 'usual',
      format: 'text',
    });
    const types = ['', 'other', 'other', ''].map((sourcetype) => ({ raw: 'x', facts: { sourcetype } }));
    const events = Buffer.from(batchOf(sink, types).text.slice()).toString().trimEnd().split('\n');
    expect(events.map((event) => JSON.parse(event).sourcetype)).toEqual(['usual', 'other', 'other', 'usual']);
  });

  test('without an id of its own gets one of its origin', () => {
    const { fields } = JSON.parse(rendered({}, { raw: 'x', facts: { id: '' } })) as { fields: { event_id: string } };
    expect(fields.event_id).toMatch(/^[\w-]+-1$/);
  });
});

test.each([
  ['s3://logs/key@etag', 's3://logs/key@etag'],
  ['eventbridge:aws.guardduty/6a7e8feb', 'eventbridge:aws.guardduty'],
  ['cloudwatchlogs:/aws/route53/a@b@374', 'cloudwatchlogs:/aws/route53/a@b'],
  ['cloudwatchlogs:0beec7b5', 'cloudwatchlogs:0beec7b5'],
])('%s has the source %s: one of an event is not its own', (uri, source) => {
  const sink = splunk({ endpoints: [], token: async () => TOKEN, sourcetype: SOURCETYPE, format: 'json' });
  const [text, raw] = [new Text(1000), new Text(10)];
  raw.string('{}');
  sink.append(text, blank(), { uri, seq: 1 }, raw, { bytes: raw.bytes, view: raw.view, start: 0, end: raw.length });
  expect(JSON.parse(Buffer.from(text.slice()).toString())).toMatchObject({ source });
});

describe('what HEC answers', () => {
  test.each([0, 24, 25])('code %i: accepted', async (code) => {
    const { hec, delivery } = await answered(3, { status: 200, code });
    expect(delivery).toEqual({ accepted: 3, retry: [], rejected: [], ...(code !== 0 && { busy: true }) });
    expect(ids(hec)).toEqual(sent(3));
  });

  test.each<[number, number | undefined, string]>([
    [401, 2, 'the token is empty'],
    [401, 3, 'the secret must hold the token alone'],
    [403, 1, 'enable the token'],
    [403, 4, 'no such token in Splunk'],
    [400, 5, 'No data'],
    [400, 7, 'Incorrect index: add the index'],
    [400, 10, 'switch indexer acknowledgement off'],
    [400, 11, 'Invalid data channel'],
    [400, 14, 'ACK is disabled'],
    [400, 16, 'Query string authorization is not enabled'],
    [429, 26, 'HEC queue at capacity'],
    [429, 27, 'HEC ACK channel at capacity'],
    [500, 8, 'Internal server error'],
    [503, 9, 'Server is busy'],
    [503, 18, 'HEC is unhealthy, queues are full'],
    [503, 19, 'ack service unavailable'],
    [503, 20, 'HEC is unhealthy'],
    [503, 23, 'Server is shutting down'],
    [404, undefined, '404'],
    [405, undefined, '405'],
    [408, undefined, '408'],
    [415, undefined, '415'],
    [502, undefined, '502'],
    [504, undefined, '504'],
  ])('%i, code %s: nothing is dropped, all wait', async (status, code, reason) => {
    const fault = { status, ...(code !== undefined && { code }) };
    const { hec, delivery } = await answered(3, fault, fault);
    expect(delivery).toMatchObject({ accepted: 0, retry: [0, 1, 2], rejected: [] });
    expect(delivery.reason).toContain(reason);
    expect(delivery.busy).toBe(status === 429 || status === 503 ? true : undefined);
    expect(hec.events()).toEqual([]);
  });

  test.each<[string, HecFault]>([
    ['another JSON', { status: 200, body: '{"status":"ok"}' }],
    ['a page', { status: 200, body: '<html>' }],
    ['null', { status: 200, body: 'null' }],
    ['a code of refusal', { status: 200, code: 6 }],
  ])('200 with %s is no acknowledgement', async (_, fault) => {
    const { delivery } = await answered(2, fault);
    expect(delivery).toMatchObject({ accepted: 0, retry: [0, 1], rejected: [] });
  });

  test.each([6, 12, 13, 15])('code %i: the named event is rejected, the others arrive once', async (code) => {
    const { hec, delivery } = await answered(5, { status: 400, code, invalidEventNumber: 3 });
    expect(delivery).toMatchObject({ accepted: 4, retry: [], rejected: [{ at: 3 }] });
    expect(delivery.rejected[0].reason).toContain(`code ${code}`);
    expect(ids(hec)).toEqual(['id-0', 'id-1', 'id-2', 'id-4']);
  });

  test('several named one after the other keep their numbers', async () => {
    const bad = { status: 400, code: 6 };
    const { hec, delivery } = await answered(6, { ...bad, invalidEventNumber: 1 }, { ...bad, invalidEventNumber: 2 });
    expect(delivery).toMatchObject({ accepted: 4, rejected: [{ at: 1 }, { at: 4 }] });
    expect(ids(hec)).toEqual(['id-0', 'id-2', 'id-3', 'id-5']);
  });

  test('the last one named leaves nothing to send', async () => {
    const { hec, delivery } = await answered(2, { status: 400, code: 6, invalidEventNumber: 1 });
    expect(delivery).toMatchObject({ accepted: 1, rejected: [{ at: 1 }] });
    expect(hec.requests()).toHaveLength(1);
  });

  test('code 7 for an event: those before it are in and are not sent again', async () => {
    const { hec, delivery } = await answered(10, { status: 400, code: 7, invalidEventNumber: 3 });
    expect(delivery).toMatchObject({ accepted: 3, retry: [3, 4, 5, 6, 7, 8, 9], rejected: [] });
    expect(ids(hec)).toEqual(sent(3));
  });

  test.each([undefined, 99, -1])(
    'a refusal that names event %s: halves are sent until the bad one is alone',
    async (at) => {
      const body = JSON.stringify({ text: 'Invalid data format', code: 6, 'invalid-event-number': at });
      const bad = { status: 400, code: 6, body };
      // refused: 0–3, then 0–1, then 1
      const { hec, delivery } = await answered(4, bad, bad, {}, bad);
      expect(delivery).toMatchObject({ accepted: 3, retry: [], rejected: [{ at: 1 }] });
      expect(ids(hec)).toEqual(['id-0', 'id-2', 'id-3']);
    },
  );

  test('413: halves are sent, and who is too large alone is rejected', async () => {
    const hec = await hecWith({ maxBytes: 1000 });
    const sink = sinkTo(hec);
    const records = [...lines(8), { raw: 'x'.repeat(1000) }];
    expect(await sink.send(batchOf(sink, records), NEVER)).toMatchObject({
      accepted: 8,
      retry: [],
      rejected: [{ at: 8 }],
    });
    expect(ids(hec)).toEqual(sent(8));
  });

  test('code 6 for event 0 of more than 5 MiB may mean the size: halves are sent', async () => {
    const hec = await hecWith({ script: [{ status: 400, code: 6, invalidEventNumber: 0 }] });
    const sink = sinkTo(hec);
    const records = Array.from({ length: 6 }, () => ({ raw: 'x'.repeat(1 << 20) }));
    expect(await sink.send(batchOf(sink, records), NEVER)).toEqual({ accepted: 6, retry: [], rejected: [] });
    expect(ids(hec)).toEqual(sent(6));
  });

  test.each<[string, HecFault]>([
    ['413', { status: 413 }],
    ['code 6 for the first event', { status: 400, code: 6, invalidEventNumber: 0 }],
    ['code 6 without a number', { status: 400, code: 6, body: '{"code":6,"text":"Invalid data format"}' }],
  ])('a receiver that answers %s to everything: a few requests, then all events wait', async (_, fault) => {
    const { hec, delivery } = await answered(500, ...Array(30).fill(fault));
    expect(delivery).toMatchObject({
      accepted: 0,
      rejected: [],
      reason: expect.stringContaining('refuses every record'),
    });
    expect(delivery.retry).toHaveLength(500);
    expect(hec.requests().length).toBeLessThan(18);
  });

  test('a broken half does not lose what the other told', async () => {
    const { hec, delivery } = await answered(4, { status: 413 }, {}, { status: 503, code: 9 });
    expect(delivery).toMatchObject({ accepted: 2, retry: [2, 3], rejected: [] });
    expect(ids(hec)).toEqual(sent(2));
  });

  test('events behind a rejected one wait with their own numbers', async () => {
    const { delivery } = await answered(5, { status: 400, code: 6, invalidEventNumber: 1 }, { status: 503, code: 9 });
    expect(delivery).toMatchObject({ accepted: 1, retry: [2, 3, 4], rejected: [{ at: 1 }] });
  });

  test('Retry-After is told in milliseconds', async () => {
    expect((await answered(1, { status: 503, code: 9, retryAfter: 7 })).delivery.waitMs).toBe(7000);
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const { delivery } = await answered(1, { status: 429, code: 26, retryAfter: date });
    expect(delivery.waitMs).toBeGreaterThan(0);
    expect((await answered(1, { status: 503, retryAfter: 'soon' })).delivery).not.toHaveProperty('waitMs');
  });

  test('an empty batch asks nobody', async () => {
    const { hec, delivery } = await answered(0);
    expect(delivery).toEqual({ accepted: 0, retry: [], rejected: [] });
    expect(hec.requests()).toEqual([]);
  });
});

describe('the token', () => {
  test('is asked for anew when it is refused, once', async () => {
    const hec = await hecWith();
    const asked: (boolean | undefined)[] = [];
    const token = async (options?: { fresh?: boolean }) => {
      asked.push(options?.fresh);
      return options?.fresh === true ? TOKEN : 'old';
    };
    const sink = sinkTo(hec, { token });
    expect(await sink.send(batchOf(sink, lines(2)), NEVER)).toMatchObject({ accepted: 2 });
    expect(asked).toEqual([false, true]);
    expect(hec.requests().map(({ code }) => code)).toEqual([4, 0]);
  });

  test('stands in no reason, even if the answer repeats it', async () => {
    const text = `no such token: ${TOKEN}`;
    const fault = { body: JSON.stringify({ code: 4, text }), status: 403 };
    const { delivery } = await answered(1, fault, fault);
    expect(delivery.reason).toContain('no such token: ***');
    const { delivery: other } = await answered(1, { status: 400, body: JSON.stringify({ code: 6, text }) });
    expect(JSON.stringify(other)).not.toContain(TOKEN);
  });

  test('that cannot be had lets all wait, unless the configuration is to blame', async () => {
    const hec = await hecWith();
    const failing = (error: Error) => sinkTo(hec, { token: () => Promise.reject(error) });
    const throttled = failing(new Error('throttled'));
    expect(await throttled.send(batchOf(throttled, lines(1)), NEVER)).toMatchObject({ retry: [0] });
    const wrong = failing(new ConfigError('no such secret'));
    await expect(wrong.send(batchOf(wrong, lines(1)), NEVER)).rejects.toThrow('no such secret');
  });
});

describe('the wire', () => {
  test('carries gzip', async () => {
    const { hec } = await answered(1);
    expect(hec.requests()).toMatchObject([{ path: '/services/collector/event', encoding: 'gzip' }]);
  });

  test('is cut: all wait', async () => {
    const { delivery } = await answered(2, { cut: 'before' });
    expect(delivery).toMatchObject({ accepted: 0, retry: [0, 1], rejected: [] });
    expect(delivery.reason).toContain('127.0.0.1');
  });

  test('is cut after the events are in: they come again under the same id', async () => {
    const hec = await hecWith({ script: [{ cut: 'after' }] });
    const sink = retrying(sinkTo(hec), { deadline: () => Number.POSITIVE_INFINITY, sleep: async () => {} });
    expect(await sink.send(batchOf(sink, lines(1)), NEVER)).toMatchObject({ accepted: 1, retry: [] });
    expect(hec.events('id-0')).toHaveLength(2);
  });

  test('that broke while idle is replaced at once', async () => {
    const hec = await hecWith({ script: [{}, { cut: 'before' }] });
    const sink = sinkTo(hec);
    const batch = batchOf(sink, lines(1));
    await sink.send(batch, NEVER);
    const later = Date.now() + 5_000;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(later);
    expect(await sink.send(batch, NEVER)).toMatchObject({ accepted: 1, retry: [] });
    clock.mockRestore();
  });

  test('that broke right after another request is told, since the events may be in', async () => {
    const hec = await hecWith({ script: [{}, { cut: 'after' }] });
    const sink = sinkTo(hec);
    const batch = batchOf(sink, lines(1));
    await sink.send(batch, NEVER);
    expect(await sink.send(batch, NEVER)).toMatchObject({ accepted: 0, retry: [0], unconfirmed: true });
    expect(hec.events('id-0')).toHaveLength(2);
  });

  test('that loses every answer after the events are in: two copies of each event at most, then all wait', async () => {
    const hec = await hecWith({ script: Array.from({ length: 500 }, (): HecFault => ({ cut: 'after' })) });
    const sink = retrying(sinkTo(hec), { deadline: () => Number.POSITIVE_INFINITY, sleep: async () => {} });
    for (let i = 0; i < 4; i++) {
      const delivery = await sink.send(batchOf(sink, lines(100)), NEVER);
      expect(delivery).toMatchObject({ accepted: 0, rejected: [] });
      expect(delivery.retry).toHaveLength(100);
      if (i === 0)
        expect(delivery).toMatchObject({ unconfirmed: true, reason: expect.stringContaining('may have been taken') });
    }
    expect(hec.requests()).toHaveLength(2); // what the others have is kept for later: the circuit breaker is open
    expect(hec.events('id-7')).toHaveLength(2);
  });

  test('with a server that is not there leaves no doubt', async () => {
    const hec = await hecWith();
    await hec.stop();
    const sink = sinkTo(hec);
    expect(await sink.send(batchOf(sink, lines(1)), NEVER)).not.toHaveProperty('unconfirmed');
  });

  test('is silent for too long, or time is over: all wait', async () => {
    const hec = await hecWith({ script: [{ delayMs: 60_000 }, { delayMs: 60_000 }] });
    const sink = sinkTo(hec, { timeoutMs: 50 });
    const batch = batchOf(sink, lines(1));
    const late = await sink.send(batch, NEVER);
    expect(late).toMatchObject({ retry: [0] });
    expect(late.reason).toContain('timeout');
    expect(await sink.send(batch, AbortSignal.abort(new Error('over')))).toMatchObject({ retry: [0] });
  });

  test('is encrypted, to a server whose certificate the given authority vouches for', async () => {
    const hec = await hecWith({ tls: selfSigned() });
    const trusting = sinkTo(hec, { ca: await readFile(hec.caFile!, 'utf8') });
    const batch = batchOf(trusting, lines(2));
    expect(await sinkTo(hec).send(batch, NEVER)).toMatchObject({ retry: [0, 1] });
    expect(hec.requests()).toEqual([]);
    expect(await trusting.send(batch, NEVER)).toMatchObject({ accepted: 2 });
  });

  test.each(['http://splunk.example:8088', 'splunk:8088', 'x'])('%s is no endpoint', (endpoint) => {
    expect(() => splunk({ endpoints: [endpoint], token: async () => TOKEN, sourcetype: '', format: 'text' })).toThrow(
      ConfigError,
    );
  });
});

describe('several endpoints', () => {
  const sinkToAll = (hecs: readonly { url: string }[]) =>
    splunk({ endpoints: hecs.map(({ url }) => url), token: async () => TOKEN, sourcetype: SOURCETYPE, format: 'text' });

  test('take turns', async () => {
    const hecs = [await hecWith(), await hecWith(), await hecWith()];
    const sink = sinkToAll(hecs);
    for (let i = 0; i < 6; i++) await sink.send(batchOf(sink, lines(1)), NEVER);
    expect(hecs.map((hec) => hec.requests().length)).toEqual([2, 2, 2]);
  });

  test.each<[string, HecFault]>([
    ['is busy', { status: 503, code: 9 }],
    ['shuts down', { status: 503, code: 23 }],
    ['cuts the connection', { cut: 'before' }],
  ])('one that %s rests while the other works', async (_, fault) => {
    const [ill, well] = [await hecWith({ script: [fault] }), await hecWith()];
    const sink = sinkToAll([ill, well]);
    expect(await sink.send(batchOf(sink, lines(1)), NEVER)).toMatchObject({ retry: [0] });
    for (let i = 0; i < 3; i++) expect(await sink.send(batchOf(sink, lines(1)), NEVER)).toMatchObject({ accepted: 1 });
    expect([ill.requests().length, well.requests().length]).toEqual([1, 3]);
  });

  test('one that is gone leaves all to the other', async () => {
    const gone = await startHec({ token: TOKEN });
    await gone.stop();
    const well = await hecWith();
    const sink = retrying(sinkToAll([gone, well]), { deadline: () => Number.POSITIVE_INFINITY, sleep: async () => {} });
    expect(await sink.send(batchOf(sink, lines(2)), NEVER)).toMatchObject({ accepted: 2, retry: [] });
    expect(ids(well)).toEqual(sent(2));
  });

  test('that all rest are tried nonetheless', async () => {
    const busy = { status: 503, code: 9 };
    const hecs = [await hecWith({ script: [busy] }), await hecWith({ script: [busy] })];
    const sink = retrying(sinkToAll(hecs), { deadline: () => Number.POSITIVE_INFINITY, sleep: async () => {} });
    expect(await sink.send(batchOf(sink, lines(1)), NEVER)).toMatchObject({ accepted: 1 });
  });
});

test('503, then 400 for event 3, then success: one event is rejected, the others arrive once', async () => {
  const hec = await hecWith({
    script: [
      { status: 503, code: 9 },
      { status: 400, code: 6, invalidEventNumber: 3 },
    ],
  });
  const sink = retrying(sinkTo(hec), { deadline: () => Number.POSITIVE_INFINITY, sleep: async () => {} });
  const delivery = await sink.send(batchOf(sink, lines(10)), NEVER);
  expect(delivery).toMatchObject({ accepted: 9, retry: [], rejected: [{ at: 3 }] });
  expect(hec.requests().map(({ status }) => status)).toEqual([503, 400, 200]);
  expect(ids(hec)).toEqual(sent(10).filter((id) => id !== 'id-3'));
});

test('a bad event among many is found by a receiver that judges for itself', async () => {
  const hec = await hecWith();
  const sink = sinkTo(hec, { format: 'json' });
  const records = Array.from({ length: 20 }, (_, i) => ({ raw: i === 7 ? '{"cut":' : i === 11 ? '""' : `{"n":${i}}` }));
  expect(await sink.send(batchOf(sink, records), NEVER)).toMatchObject({
    accepted: 18,
    rejected: [{ at: 7 }, { at: 11 }],
  });
  expect(ids(hec)).toEqual(sent(20).filter((id) => id !== 'id-7' && id !== 'id-11'));
});

describe('an independent receiver', () => {
  test('stores what was sent, as it was sent', async () => {
    const store = await startVictoriaLogs();
    if ('skipped' in store) {
      console.warn(`not checked against VictoriaLogs: ${store.skipped}`);
      return;
    }
    try {
      const sink = splunk({
        endpoints: [store.hecUrl],
        token: async () => TOKEN,
        sourcetype: SOURCETYPE,
        format: 'text',
        host: 'h',
        index: 'main',
      });
      const records = [
        { raw: '2 123456789012 eni-1 192.0.2.1 198.51.100.2 443 49152 6 1 40 1790000000 1790000060 ACCEPT OK' },
        { raw: 'quotes " and \\ backslashes, tabs\t and 봉수 😀', facts: { severity: 'high' as const } },
        ...lines(3000).slice(2),
      ];
      expect(await sink.send(batchOf(sink, records), NEVER)).toEqual({ accepted: 3000, retry: [], rejected: [] });
      const stored = await store.query(`{sourcetype="${SOURCETYPE}"}`);
      const messages = new Map(stored.map((event) => [event['fields.event_id'], event._msg]));
      expect(stored).toHaveLength(3000);
      expect(messages).toEqual(new Map(records.map(({ raw }, i) => [`id-${i}`, raw])));
      const [event] = await store.query('"fields.event_id":="id-1"');
      expect(event).toMatchObject({ _time: '2026-09-21T14:13:20.123Z', host: 'h', index: 'main', source: URI });
      expect(event).toHaveProperty(['fields.severity'], 'high');

      const json = splunk({
        endpoints: [store.hecUrl],
        token: async () => TOKEN,
        sourcetype: 'aws:waf',
        format: 'json',
      });
      await json.send(batchOf(json, [{ raw: '{"action":"BLOCK","httpRequest":{"clientIp":"192.0.2.1"}}' }]), NEVER);
      expect(await store.query('{sourcetype="aws:waf"}')).toMatchObject([
        { 'event.action': 'BLOCK', 'event.httpRequest.clientIp': '192.0.2.1', 'fields.event_id': 'id-0' },
      ]);
    } finally {
      await store.stop();
    }
  });
});
