import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Log } from '../../../../shared/model.ts';
import { batcher } from '../../../../shared/pipeline/batcher.ts';
import { blank } from '../../../../shared/pipeline/facts.ts';
import { retrying } from '../../../../shared/sink/delivery/retry.ts';
import { type SplunkOptions, splunk } from '../../../../shared/sink/splunk/sink.ts';
import { Text } from '../../../../shared/text/text.ts';
import { FAULTS, type FaultProxy, startProxy } from '../../../fault/proxy.ts';
import { type Hec, type HecOptions, startHec } from '../../../rig/hec/hec.ts';
import { batchOf, ids, lines, NEVER, sent, TOKEN } from '../events.ts';

const running: { stop(): Promise<void> }[] = [];
afterEach(() => Promise.all(running.splice(0).map((each) => each.stop())));

async function hecWith(options: Partial<HecOptions> = {}): Promise<Hec> {
  const hec = await startHec({ token: TOKEN, ack: true, ...options });
  running.push(hec);
  return hec;
}

async function proxyTo(hec: Hec): Promise<FaultProxy> {
  const proxy = await startProxy(hec);
  running.push(proxy);
  return proxy;
}

const FAST = { firstMs: 1, maxMs: 2 };
const sinkTo = (urls: readonly string[], options: Partial<SplunkOptions> = {}) =>
  splunk({ endpoints: urls, token: async () => TOKEN, sourcetype: 'x', format: 'text', ack: FAST, ...options });
const FOREVER = () => Number.POSITIVE_INFINITY;
const tirelessly = (sink: ReturnType<typeof splunk>) =>
  retrying(sink, {
    deadline: FOREVER,
    patienceMs: Number.POSITIVE_INFINITY,
    mostLost: Number.POSITIVE_INFINITY,
    sleep: async () => {},
  });

const questions = (hec: Hec) => hec.requests().filter(({ path }) => path === '/services/collector/ack');
const posts = (hec: Hec) => hec.requests().filter(({ path }) => path === '/services/collector/event');
const channels = (hec: Hec) => [...new Set(posts(hec).map(({ channel }) => channel))];

test('events are accepted once they are in the index, not before', async () => {
  const hec = await hecWith();
  hec.slow(3);
  const sink = sinkTo([hec.url]);
  expect(await sink.send(batchOf(sink, lines(2)), NEVER)).toEqual({ accepted: 2, retry: [], rejected: [] });
  expect(questions(hec)).toHaveLength(4);
  expect(posts(hec)).toHaveLength(1);
  expect(questions(hec)[0].channel).toBe(posts(hec)[0].channel);
});

test('without it the channel is not named and nothing is asked', async () => {
  const hec = await hecWith({ ack: false });
  const sink = sinkTo([hec.url], { ack: undefined });
  expect(await sink.send(batchOf(sink, lines(1)), NEVER)).toMatchObject({ accepted: 1 });
  expect(hec.requests()).toMatchObject([{ channel: undefined }]);
});

test('many batches on the wire share a channel and their questions', async () => {
  const hec = await hecWith();
  hec.slow(5);
  const sink = sinkTo([hec.url], { ack: { firstMs: 50, maxMs: 50 } });
  const batches = Array.from({ length: 16 }, () => batchOf(sink, lines(1)));
  const deliveries = await Promise.all(batches.map((batch) => sink.send(batch, NEVER)));
  expect(deliveries).toEqual(batches.map(() => ({ accepted: 1, retry: [], rejected: [] })));
  expect(channels(hec)).toHaveLength(1);
  expect(questions(hec).length).toBeLessThan(16 * 6);
});

test('batches that wait for the index hold up others only when they are sixteen', async () => {
  const hec = await hecWith();
  const sink = { ...sinkTo([hec.url], { ack: { firstMs: 60_000 } }), maxBytes: 1 };
  const time = new AbortController();
  const callbacks = {
    onSent() {},
    onRejected() {},
    onSpilled() {},
    onFailed: jest.fn(),
    comesAgain: () => false,
    onDelivered() {},
  };
  const batches = batcher(sink, { ...callbacks, signal: time.signal });
  const text = new Text(8);
  text.string('x');
  const raw = { bytes: text.bytes, view: text.view, start: 0, end: 1 };
  for (let i = 0; i < 16; i++) {
    batches.append(0, blank(), { uri: 'u', seq: i }, text, raw);
    await batches.sendFull();
  }
  batches.append(0, blank(), { uri: 'u', seq: 16 }, text, raw);
  const last = batches.sendFull();
  while (posts(hec).length < 16) await new Promise(setImmediate);
  time.abort();
  await last;
  await batches.flush();
  expect(callbacks.onFailed).toHaveBeenCalledTimes(17);
});

test('`true` is said once and remembered: nobody is asked for it again', async () => {
  const hec = await hecWith();
  const sink = sinkTo([hec.url]);
  await sink.send(batchOf(sink, lines(1)), NEVER);
  hec.slow(1);
  await sink.send(batchOf(sink, lines(1)), NEVER);
  expect(posts(hec)).toHaveLength(2);
  expect(questions(hec)).toHaveLength(3);
});

test('`true` for others and for nobody changes nothing', async () => {
  const hec = await hecWith();
  hec.scriptAcks({ status: 200, body: '{"acks":{"7":true,"x":true}}' }, { status: 200, body: '{"acks":{"0":"true"}}' });
  const sink = sinkTo([hec.url]);
  expect(await sink.send(batchOf(sink, lines(1)), NEVER)).toMatchObject({ accepted: 1 });
  expect(questions(hec)).toHaveLength(3);
});

test('never `true`: after a while all have to be sent again, under the same ids', async () => {
  const hec = await hecWith();
  hec.slow(Number.POSITIVE_INFINITY);
  const sink = sinkTo([hec.url], { ack: { ...FAST, patienceMs: 20 } });
  const batch = batchOf(sink, lines(2));
  const delivery = await sink.send(batch, NEVER);
  expect(delivery).toMatchObject({ accepted: 0, retry: [0, 1], rejected: [] });
  expect(delivery.reason).toContain('not in the index after 0.02 s');
  hec.slow(0);
  expect(await sink.send(batch, NEVER)).toMatchObject({ accepted: 2, retry: [] });
  expect(ids(hec)).toEqual([...sent(2), ...sent(2)]);
});

test('who has no news is asked less and less often', async () => {
  const hec = await hecWith();
  hec.slow(Number.POSITIVE_INFINITY);
  const sink = sinkTo([hec.url], { ack: { firstMs: 10, maxMs: 1_000, patienceMs: 300 } });
  await sink.send(batchOf(sink, lines(1)), NEVER);
  expect(questions(hec).length).toBeLessThan(12); // every 10 ms: 30 and more
});

test('time is over: what is not in the index is left to others, and nobody is asked any more', async () => {
  const hec = await hecWith();
  hec.slow(Number.POSITIVE_INFINITY);
  const sink = sinkTo([hec.url]);
  const time = new AbortController();
  const delivery = sink.send(batchOf(sink, lines(2)), time.signal);
  while (questions(hec).length < 2) await new Promise(setImmediate);
  time.abort();
  expect(await delivery).toMatchObject({
    accepted: 0,
    retry: [0, 1],
    reason: expect.stringContaining('time was over'),
  });
  const late = await sink.send(batchOf(sink, lines(1)), time.signal);
  expect(late).toMatchObject({ retry: [0] });
});

test.each([
  ['503', { status: 503, code: 19, retryAfter: 0 }],
  ['429', { status: 429, code: 27 }],
  ['500', { status: 500, code: 8 }],
  ['404', { status: 404 }],
  ['a page', { status: 200, body: '<html>' }],
  ['another JSON', { status: 200, body: '{"acks":[]}' }],
  ['null', { status: 200, body: 'null' }],
  ['a cut', { cut: 'before' as const }],
])('a question that is answered with %s is asked again', async (_, fault) => {
  const hec = await hecWith();
  hec.scriptAcks(fault, fault);
  const sink = sinkTo([hec.url]);
  expect(await sink.send(batchOf(sink, lines(2)), NEVER)).toEqual({ accepted: 2, retry: [], rejected: [] });
  expect(posts(hec)).toHaveLength(1);
});

test('the reason tells what the last question was answered with', async () => {
  const hec = await hecWith();
  hec.scriptAcks(...Array.from({ length: 99 }, () => ({ status: 503, code: 19 })));
  const sink = sinkTo([hec.url], { ack: { ...FAST, patienceMs: 10 } });
  const { reason } = await sink.send(batchOf(sink, lines(1)), NEVER);
  expect(reason).toContain('answered 503, code 19');
});

test('a `true` that is lost on its way is never said again: the events go once more', async () => {
  const hec = await hecWith();
  hec.scriptAcks({ cut: 'after' });
  const sink = tirelessly(sinkTo([hec.url], { ack: { ...FAST, patienceMs: 20 } }));
  expect(await sink.send(batchOf(sink, lines(1)), NEVER)).toMatchObject({ accepted: 1, retry: [] });
  expect(ids(hec)).toEqual(['id-0', 'id-0']);
});

test.each([10, 11, 28])('the channel is lost (code %i): the events go again, by another', async (code) => {
  const hec = await hecWith();
  hec.slow(Number.POSITIVE_INFINITY);
  hec.scriptAcks({ status: 400, code });
  const sink = sinkTo([hec.url]);
  const batch = batchOf(sink, lines(2));
  const delivery = await sink.send(batch, NEVER);
  expect(delivery).toMatchObject({ accepted: 0, retry: [0, 1] });
  expect(delivery.reason).toContain('the channel is lost');
  hec.slow(0);
  expect(await sink.send(batch, NEVER)).toMatchObject({ accepted: 2 });
  expect(channels(hec)).toHaveLength(2);
});

test.each([10, 11, 503])('a POST that is refused (%i) opens another channel', async (code) => {
  const hec = await hecWith({ script: [code === 503 ? { status: 503, code: 9 } : { status: 400, code }] });
  const sink = tirelessly(sinkTo([hec.url]));
  expect(await sink.send(batchOf(sink, lines(1)), NEVER)).toMatchObject({ accepted: 1 });
  expect(channels(hec)).toHaveLength(2);
  expect(ids(hec)).toEqual(['id-0']);
});

test('a channel that idled for minutes, as a frozen Lambda does, is not used again: it may have been forgotten', async () => {
  const hec = await hecWith();
  const sink = sinkTo([hec.url]);
  await sink.send(batchOf(sink, lines(1)), NEVER);
  hec.restart();
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 6 * 60_000);
  try {
    expect(await sink.send(batchOf(sink, lines(1)), NEVER)).toMatchObject({ accepted: 1, retry: [] });
  } finally {
    clock.mockRestore();
  }
  expect(channels(hec)).toHaveLength(2);
});

describe('a receiver that is restarted', () => {
  test('before the events are in the index: they go again', async () => {
    const hec = await hecWith();
    hec.slow(Number.POSITIVE_INFINITY);
    const sink = tirelessly(sinkTo([hec.url], { ack: { ...FAST, patienceMs: 20 } }));
    const delivery = sink.send(batchOf(sink, lines(1)), NEVER);
    while (questions(hec).length < 1) await new Promise(setImmediate);
    hec.restart();
    hec.slow(0);
    expect(await delivery).toMatchObject({ accepted: 1, retry: [] });
    expect(ids(hec)).toEqual(['id-0', 'id-0']);
  });

  test('counts from 0 again: its `true` is not taken for that of other events', async () => {
    const hec = await hecWith();
    hec.slow(Number.POSITIVE_INFINITY);
    const sink = sinkTo([hec.url], { ack: { firstMs: 60_000 } });
    const before = sink.send(batchOf(sink, lines(2)), NEVER);
    while (posts(hec).length < 1) await new Promise(setImmediate);
    hec.restart();
    hec.slow(0);
    const after = await sink.send(batchOf(sink, lines(1)), NEVER);
    expect(after).toMatchObject({ accepted: 0, retry: [0], reason: expect.stringContaining('given twice') });
    expect(await before).toMatchObject({ accepted: 0, retry: [0, 1] });
  });
});

test('events before a refused one are accepted by their own ackId', async () => {
  const hec = await hecWith();
  hec.slow(2);
  const sink = sinkTo([hec.url], { format: 'json' });
  const records = lines(6).map((_, i) => ({ raw: i === 3 ? '{"cut":' : `{"n":${i}}` }));
  expect(await sink.send(batchOf(sink, records), NEVER)).toMatchObject({
    accepted: 5,
    retry: [],
    rejected: [{ at: 3 }],
  });
  expect(ids(hec)).toEqual(sent(6).filter((id) => id !== 'id-3'));
});

test('events before a refused one without an ackId go again, and the others as well', async () => {
  const body = JSON.stringify({ text: 'Invalid data format', code: 6, 'invalid-event-number': 2 });
  const hec = await hecWith({ script: [{ status: 400, body }] });
  const sink = tirelessly(sinkTo([hec.url]));
  expect(await sink.send(batchOf(sink, lines(4)), NEVER)).toMatchObject({
    accepted: 3,
    retry: [],
    rejected: [{ at: 2 }],
  });
  expect(ids(hec).sort()).toEqual(['id-0', 'id-1', 'id-3']);
});

test('one part of a batch may get into the index and the other not', async () => {
  const hec = await hecWith({ script: [{ status: 413 }] });
  hec.scriptAcks({ status: 200, body: '{"acks":{"1":true}}' });
  hec.slow(Number.POSITIVE_INFINITY);
  const sink = sinkTo([hec.url], { ack: { firstMs: 50, patienceMs: 60 } });
  expect(await sink.send(batchOf(sink, lines(4)), NEVER)).toMatchObject({ accepted: 2, retry: [0, 1], rejected: [] });
});

describe('a token without acknowledgement', () => {
  const logged = () => {
    const warn = jest.fn<Log['warn']>();
    return { warn, log: { info() {}, warn, error() {} } };
  };

  test('is told of once, and its answers have to do', async () => {
    const hec = await hecWith({ ack: false });
    const { warn, log } = logged();
    const sink = sinkTo([hec.url], { log });
    for (let i = 0; i < 3; i++) expect(await sink.send(batchOf(sink, lines(1)), NEVER)).toMatchObject({ accepted: 1 });
    expect(warn.mock.calls).toEqual([
      ['this token has no acknowledgement', { sink: 'splunk', host: new URL(hec.url).host }],
    ]);
    expect(questions(hec)).toEqual([]);
  });

  test('that had it a moment ago has accepted what it took', async () => {
    const hec = await hecWith();
    hec.scriptAcks({ status: 400, code: 14 });
    const sink = sinkTo([hec.url]);
    expect(await sink.send(batchOf(sink, lines(2)), NEVER)).toMatchObject({ accepted: 2, retry: [] });
    expect(questions(hec)).toHaveLength(1);
  });
});

test('a token that is refused by a question is looked up again', async () => {
  const hec = await hecWith();
  let current = TOKEN;
  const token = async (options?: { fresh?: boolean }) => {
    if (options?.fresh === true) current = TOKEN;
    return current;
  };
  const sink = sinkTo([hec.url], { token });
  const delivery = sink.send(batchOf(sink, lines(1)), NEVER);
  hec.slow(1);
  while (posts(hec).length < 1) await new Promise(setImmediate);
  current = 'old';
  expect(await delivery).toMatchObject({ accepted: 1 });
  expect(questions(hec).map(({ code }) => code)).toContain(4);
});

describe('several endpoints', () => {
  test('each is asked for what it took, by a channel of its own', async () => {
    const hecs = [await hecWith(), await hecWith()];
    const sink = sinkTo(hecs.map(({ url }) => url));
    const batches = Array.from({ length: 6 }, () => batchOf(sink, lines(1)));
    for (const delivery of await Promise.all(batches.map((batch) => sink.send(batch, NEVER)))) {
      expect(delivery).toMatchObject({ accepted: 1, retry: [] });
    }
    expect(hecs.map((hec) => posts(hec).length)).toEqual([3, 3]);
    expect(hecs.map((hec) => channels(hec).length)).toEqual([1, 1]);
    expect(channels(hecs[0])).not.toEqual(channels(hecs[1]));
  });

  test('one that indexes nothing rests, and its events go to another', async () => {
    const [ill, well] = [await hecWith(), await hecWith()];
    ill.slow(Number.POSITIVE_INFINITY);
    const sink = tirelessly(sinkTo([ill.url, well.url], { ack: { ...FAST, patienceMs: 20 } }));
    for (let i = 0; i < 3; i++) expect(await sink.send(batchOf(sink, lines(1)), NEVER)).toMatchObject({ accepted: 1 });
    expect([posts(ill).length, posts(well).length]).toEqual([1, 3]);
  });
});

describe('behind a balancer', () => {
  test('the first answer leads all that follow to the same indexer', async () => {
    const cookie = 'AWSALB=abc; Path=/; Expires=Tue, 01 Dec 2026 00:00:00 GMT';
    const hec = await hecWith({ script: [{ cookie, delayMs: 5 }] });
    const sink = sinkTo([hec.url]);
    const batches = Array.from({ length: 4 }, () => batchOf(sink, lines(1)));
    await Promise.all(batches.map((batch) => sink.send(batch, NEVER)));
    expect(posts(hec).map((post) => post.cookie)).toEqual([undefined, 'AWSALB=abc', 'AWSALB=abc', 'AWSALB=abc']);
    expect(new Set(questions(hec).map((question) => question.cookie))).toEqual(new Set(['AWSALB=abc']));
  });

  test('who waited for a first answer that never came goes without it', async () => {
    const hec = await hecWith();
    const proxy = await proxyTo(hec);
    proxy.script(FAULTS.reset);
    const sink = sinkTo([proxy.url]);
    const batches = Array.from({ length: 3 }, () => batchOf(sink, lines(1)));
    const deliveries = await Promise.all(batches.map((batch) => sink.send(batch, NEVER)));
    expect(deliveries.map(({ accepted }) => accepted)).toEqual([0, 1, 1]);
  });
});

test('an answer that is lost after the events were taken: they go again, and the old ones bother nobody', async () => {
  const hec = await hecWith();
  const proxy = await proxyTo(hec);
  proxy.script(FAULTS.lost, FAULTS.cutAnswer, FAULTS.truncated);
  const sink = tirelessly(sinkTo([proxy.url]));
  expect(await sink.send(batchOf(sink, lines(2)), NEVER)).toMatchObject({ accepted: 2, retry: [] });
  expect(new Set(ids(hec))).toEqual(new Set(sent(2)));
});

test('whatever breaks on the way, each event gets into the index, by its own id', async () => {
  const hec = await hecWith();
  const proxy = await proxyTo(hec);
  const names = [
    'pass',
    'reset',
    'lost',
    'busy',
    'cutRequest',
    'cutAnswer',
    'truncated',
    'page',
    'lie',
    'broken',
  ] as const;
  let turn = 0;
  proxy.always(() => FAULTS[turn++ % 3 === 0 ? names[turn % names.length] : 'pass']);
  const sink = tirelessly(sinkTo([proxy.url], { ack: { ...FAST, patienceMs: 30 } }));
  const batches = Array.from({ length: 20 }, () => batchOf(sink, lines(5)));
  for (const batch of batches) {
    expect(await sink.send(batch, NEVER)).toMatchObject({ accepted: 5, retry: [], rejected: [] });
  }
  expect(new Set(ids(hec))).toEqual(new Set(sent(5)));
  expect(hec.events().length).toBeGreaterThanOrEqual(100);
});
