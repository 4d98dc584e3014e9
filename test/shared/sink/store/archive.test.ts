import { FirehoseClient } from '@aws-sdk/client-firehose';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isArchived } from '../../../../shared/input/archived.ts';
import { unpacked } from '../../../../shared/input/unpacked.ts';
import type { Sink } from '../../../../shared/model.ts';
import { blank } from '../../../../shared/pipeline/facts.ts';
import { archive } from '../../../../shared/sink/store/archive.ts';
import { Batch } from '../../../../shared/text/batch.ts';
import { Text } from '../../../../shared/text/text.ts';
import { type Firehose, firehose } from '../../../fake/firehose.ts';
import { textOf } from '../../../fake/read.ts';
import { clientOf } from '../../../fake/server.ts';

const { signal } = new AbortController();
const TIME = Date.UTC(2026, 10, 24, 13, 40, 38, 123);

let server: Firehose;
let client: FirehoseClient;
beforeEach(async () => {
  server = await firehose();
  client = new FirehoseClient(clientOf(server));
});
afterEach(async () => {
  client.destroy();
  await server.stop();
});

const make = (): Sink => archive({ client, stream: 'bongsu-guardduty-archive', source: 'guardduty' });

function batchOf(sink: Sink, events: readonly string[]): Batch {
  const batch = new Batch(1024);
  const doc = new Text(0);
  events.forEach((event, at) => {
    const raw = new Text(16);
    raw.string(event);
    const from = { uri: 'eventbridge:e1', seq: 1 };
    batch.begin(0, from.uri, from.seq);
    const facts = { ...blank(), id: `f"${at}@1`, time: TIME };
    sink.append(batch.text, facts, from, doc, { bytes: raw.bytes, view: raw.view, start: 0, end: raw.length });
  });
  return batch;
}

const kept = () => server.kept.map((line) => line.toString());
const numbered = (count: number) => Array.from({ length: count }, (_, n) => `{"n":${n}}`);

describe('an archived event', () => {
  test('is a line that tells its source, its id and its time, and holds the bytes that came', async () => {
    const sink = make();
    await sink.send(batchOf(sink, ['{"id":"e1", "severity":8.0,"count":12345678901234567890}']), signal);
    expect(kept()).toEqual([
      '{"source":"guardduty","id":"f\\"0@1","time":"2026-11-24T13:40:38.123Z","event":' +
        '{"id":"e1", "severity":8.0,"count":12345678901234567890}}\n',
    ]);
  });

  test('stays one line, whatever it was spread over', () => {
    const sink = make();
    const text = Buffer.from(batchOf(sink, ['{\r\n  "a": "x\\ny",\n  "b": 1\n}']).slice(0)).toString();
    expect(text.indexOf('\n')).toBe(text.length - 1);
    expect(JSON.parse(text).event).toEqual({ a: 'x\ny', b: 1 });
  });

  test('comes out of the archive as it went in', async () => {
    const sink = make();
    const events = ['{"id":"e1","n":8.0}', '{"event":{"a":[1]},"text":",\\"event\\":봉수"}', '{}'];
    const batch = batchOf(sink, events);
    expect(isArchived(batch.slice(0).subarray(0, 64))).toBe(true);
    async function* chunks() {
      yield batch.text.slice();
    }
    expect(await textOf(unpacked(chunks(), { uri: 'x', maxBytes: 1 << 20 }))).toBe(`${events.join('\n')}\n`);
  });
});

describe('sending', () => {
  test('keeps within what one request takes', async () => {
    const sink = make();
    const delivery = await sink.send(batchOf(sink, numbered(1201)), signal);
    expect(delivery).toEqual({ accepted: 1201, retry: [], rejected: [] });
    expect(server.requests.map(({ length }) => length)).toEqual([500, 500, 201]);
  });

  test('tells which records were refused inside a good answer', async () => {
    server.refuses = (request, record) => request === 1 && record === 1;
    const sink = make();
    expect(await sink.send(batchOf(sink, numbered(502)), signal)).toEqual({
      accepted: 501,
      retry: [501],
      rejected: [],
      reason: 'Slow down.',
    });
  });

  test('a request that fails leaves the records of earlier ones delivered', async () => {
    server.refuses = () => {
      server.error = { status: 400, type: 'ResourceNotFoundException' };
      return false;
    };
    const sink = make();
    const { accepted, retry, reason } = await sink.send(batchOf(sink, numbered(1100)), signal);
    expect(accepted).toBe(500);
    expect(retry).toEqual(Array.from({ length: 600 }, (_, n) => 500 + n));
    expect(reason).toBe('Firehose took no records');
  });

  test('an event too large for Firehose is rejected alone', async () => {
    const sink = make();
    const large = JSON.stringify({ text: 'x'.repeat(1000 * 1024) });
    const delivery = await sink.send(batchOf(sink, ['{"n":1}', large, '{"n":2}']), signal);
    expect(delivery).toMatchObject({ accepted: 2, retry: [], rejected: [{ at: 1 }] });
    expect(delivery.rejected[0].reason).toMatch(/^\d+ bytes are more than Firehose takes$/);
    expect(kept()).toHaveLength(2);
  });
});
