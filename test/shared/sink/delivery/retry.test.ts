import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../../../shared/errors.ts';
import type { Delivery, Log, Sink } from '../../../../shared/model.ts';
import { circuitBreaker } from '../../../../shared/sink/delivery/circuitbreaker.ts';
import { type RetryingOptions, retrying } from '../../../../shared/sink/delivery/retry.ts';
import { Batch } from '../../../../shared/text/batch.ts';

const NEVER = new AbortController().signal;
const DELIVERED = { retry: [], rejected: [] };

/** Answers one send after the other so; remembers what each was sent. */
function sinkThat(...answers: readonly (Delivery | Error)[]) {
  const seen: string[][] = [];
  const sink: Sink = {
    name: 'splunk',
    maxBytes: 100,
    append: (text) => text.string('appended'),
    async send(batch) {
      seen.push(Array.from({ length: batch.count }, (_, at) => Buffer.from(batch.slice(at)).toString()));
      const answer = answers[seen.length - 1];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { sink, seen };
}

function batchOf(...records: readonly string[]): Batch {
  const batch = new Batch(16);
  records.forEach((record, i) => {
    batch.begin(0, 'file:x', i);
    batch.text.string(record);
  });
  return batch;
}

/** Waits for nothing, and remembers how long it would have. */
function patient(sink: Sink, options: Partial<RetryingOptions> = {}) {
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  return { waits, sink: retrying(sink, { deadline: () => Number.POSITIVE_INFINITY, sleep, ...options }) };
}

/** A clock that sleeping puts forward. */
function clockOf() {
  let ms = 0;
  const pass = (forMs: number) => {
    ms += forMs;
  };
  return {
    now: () => ms,
    async sleep(forMs: number) {
      pass(forMs);
    },
    pass,
  };
}

const retry = (...numbers: readonly number[]): Delivery => ({ accepted: 0, rejected: [], retry: numbers });

describe('what is sent again', () => {
  test('nothing, when all was taken', async () => {
    const { sink, seen } = sinkThat({ accepted: 2, ...DELIVERED });
    expect(await patient(sink).sink.send(batchOf('a', 'b'), NEVER)).toEqual({ accepted: 2, ...DELIVERED });
    expect(seen).toEqual([['a', 'b']]);
  });

  test('only what is worth it; the numbers told are those of the whole batch', async () => {
    const { sink, seen } = sinkThat(
      { accepted: 2, retry: [1, 3, 4], rejected: [{ at: 2, reason: 'first' }] },
      { accepted: 1, retry: [0, 2], rejected: [] },
      { accepted: 1, retry: [], rejected: [{ at: 1, reason: 'last' }] },
    );
    const delivery = await patient(sink).sink.send(batchOf('a', 'b', 'c', 'd', 'e', 'f'), NEVER);
    expect(seen).toEqual([
      ['a', 'b', 'c', 'd', 'e', 'f'],
      ['b', 'd', 'e'],
      ['b', 'e'],
    ]);
    expect(delivery).toEqual({
      accepted: 4,
      retry: [],
      rejected: [
        { at: 2, reason: 'first' },
        { at: 4, reason: 'last' },
      ],
    });
  });

  test('all, when the sink threw', async () => {
    const { sink, seen } = sinkThat(new Error('reset'), { accepted: 2, ...DELIVERED });
    expect(await patient(sink).sink.send(batchOf('a', 'b'), NEVER)).toMatchObject({ accepted: 2, retry: [] });
    expect(seen).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  test('nothing, when the configuration is to blame', async () => {
    const { sink, seen } = sinkThat(new ConfigError('no such index'));
    await expect(patient(sink).sink.send(batchOf('a'), NEVER)).rejects.toThrow(ConfigError);
    expect(seen).toHaveLength(1);
  });
});

test('a push-back is told, whatever came after it', async () => {
  const { sink } = sinkThat({ ...retry(0), busy: true }, { accepted: 1, ...DELIVERED });
  expect(await patient(sink).sink.send(batchOf('a'), NEVER)).toEqual({ accepted: 1, ...DELIVERED, busy: true });
});

describe('when it ends', () => {
  test('when its patience is over, what is left is told with its reason', async () => {
    const clock = clockOf();
    const { sink, seen } = sinkThat(retry(0, 1), { ...retry(1), accepted: 1 }, new Error('reset'));
    const { sink: wrapped } = patient(sink, { ...clock, patienceMs: 1000, random: () => 1, baseMs: 300 });
    const delivery = await wrapped.send(batchOf('a', 'b'), NEVER);
    expect(delivery).toEqual({ accepted: 1, retry: [1], rejected: [], reason: 'reset' });
    expect(seen).toHaveLength(3); // at 0, 300 and 900 ms; the next would have been at 2100
  });

  test('before a wait that the deadline would cut', async () => {
    const { sink, seen } = sinkThat({ ...retry(0), waitMs: 3_600_000, reason: 'busy' });
    const { sink: within, waits } = patient(sink, { deadline: () => Date.now() + 1_800_000 });
    expect(await within.send(batchOf('a'), NEVER)).toMatchObject({ retry: [0], waitMs: 3_600_000, reason: 'busy' });
    expect(seen).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  test('when time is over during a send', async () => {
    const over = new AbortController();
    const { sink } = sinkThat(retry(0), retry(0));
    const send: Sink['send'] = (batch, signal) => {
      over.abort();
      return sink.send(batch, signal);
    };
    const { sink: wrapped, waits } = patient({ ...sink, send });
    expect(await wrapped.send(batchOf('a'), over.signal)).toMatchObject({ retry: [0] });
    expect(waits).toEqual([]);
  });

  test('when time is over during a wait', async () => {
    const over = new AbortController();
    const { sink, seen } = sinkThat(retry(0));
    const sleeping = retrying(sink, {
      deadline: () => Number.POSITIVE_INFINITY,
      baseMs: 3_600_000,
      maxMs: 3_600_000,
      random: () => 1,
    });
    const done = sleeping.send(batchOf('a'), over.signal);
    setImmediate(() => over.abort());
    expect(await done).toMatchObject({ retry: [0] });
    expect(seen).toHaveLength(1);
  });
});

describe('the waits', () => {
  test('double up to the longest, by chance shorter', async () => {
    const { sink } = sinkThat(...Array.from({ length: 6 }, () => retry(0)), { accepted: 1, ...DELIVERED });
    const { sink: wrapped, waits } = patient(sink, {
      baseMs: 100,
      maxMs: 1000,
      patienceMs: 3_600_000,
      random: () => 0.5,
    });
    await wrapped.send(batchOf('a'), NEVER);
    expect(waits).toEqual([50, 100, 200, 400, 500, 500]);
  });

  test('are at least what the destination asks', async () => {
    const { sink } = sinkThat({ ...retry(0), waitMs: 30_000 }, { accepted: 1, ...DELIVERED });
    const { sink: wrapped, waits } = patient(sink, { maxMs: 1000, patienceMs: 60_000 });
    await wrapped.send(batchOf('a'), NEVER);
    expect(waits).toEqual([30_000]);
  });

  test('are logged with their reason', async () => {
    const { sink } = sinkThat({ ...retry(0, 1), reason: 'busy', waitMs: 7 }, { accepted: 2, ...DELIVERED });
    const lines: unknown[] = [];
    const log: Log = { info() {}, warn: (...line) => void lines.push(line), error() {} };
    await patient(sink, { log, random: () => 0 }).sink.send(batchOf('a', 'b'), NEVER);
    expect(lines).toEqual([
      ['batch retried', { sink: 'splunk', attempt: 1, records: 2, first: 'file:x', waitMs: 7, reason: 'busy' }],
    ]);
  });
});

describe('a destination that takes nothing', () => {
  const answers = (isUp: () => boolean): Sink => ({
    name: 'splunk',
    maxBytes: 100,
    append() {},
    send: async ({ count }) =>
      isUp() ? { accepted: count, ...DELIVERED } : { ...retry(...Array(count).keys()), reason: '503' },
  });

  /** A sink behind two batchers that share a breaker, and what it was asked. */
  function shared() {
    const clock = clockOf();
    let isUp = false;
    let asked = 0;
    const sink = answers(() => {
      asked++;
      return isUp;
    });
    const options = {
      deadline: () => Number.POSITIVE_INFINITY,
      ...clock,
      breaker: circuitBreaker(clock),
      random: () => 1,
    };
    const [one, two] = [retrying(sink, options), retrying(sink, options)];
    return {
      one,
      two,
      clock,
      up() {
        isUp = true;
      },
      askedSince() {
        const since = asked;
        asked = 0;
        return since;
      },
    };
  }

  test('is not asked after one batch had patience, whichever way it comes; then one batch probes', async () => {
    const { one, two, clock, askedSince, up } = shared();
    expect(await one.send(batchOf('a', 'b'), NEVER)).toMatchObject({ retry: [0, 1], reason: '503' });
    expect(askedSince()).toBe(7); // at 0, 0.2, 0.6, 1.4, 3, 6.2 and 12.6 s
    for (const sink of [one, two]) {
      expect(await sink.send(batchOf('c'), NEVER)).toMatchObject({
        accepted: 0,
        retry: [0],
        reason: expect.stringContaining('circuit breaker open'),
      });
    }
    expect(askedSince()).toBe(0);
    clock.pass(30_000);
    await Promise.all([one.send(batchOf('d'), NEVER), two.send(batchOf('e'), NEVER)]);
    expect(askedSince()).toBe(1);
    expect(await two.send(batchOf('f'), NEVER)).toMatchObject({ retry: [0] });
    expect(askedSince()).toBe(0);
    clock.pass(30_000);
    up();
    expect(await one.send(batchOf('g'), NEVER)).toMatchObject({ accepted: 1 });
    expect(await two.send(batchOf('h'), NEVER)).toMatchObject({ accepted: 1 });
  });

  test('an aborted request does not open the circuit breaker', async () => {
    const { one, up } = shared();
    await one.send(batchOf('a'), AbortSignal.abort());
    up();
    expect(await one.send(batchOf('b'), NEVER)).toMatchObject({ accepted: 1 });
  });
});

test('everything else of the sink stays as it was', () => {
  const { sink } = sinkThat();
  const { sink: wrapped } = patient(sink);
  expect(wrapped).toMatchObject({ name: 'splunk', maxBytes: 100 });
  expect(wrapped.append.name).toContain(sink.append.name);
});
