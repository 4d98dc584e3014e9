import { gunzipSync, gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { DecodeError, DeliveryError } from '../../../../shared/errors.ts';
import type { Sink } from '../../../../shared/model.ts';
import { blank } from '../../../../shared/pipeline/facts.ts';
import { opensearch } from '../../../../shared/sink/opensearch/sink.ts';
import { splunk } from '../../../../shared/sink/splunk/sink.ts';
import { archive } from '../../../../shared/sink/store/archive.ts';
import { spill, unspilled } from '../../../../shared/sink/store/spill.ts';
import { Batch } from '../../../../shared/text/batch.ts';
import { Text } from '../../../../shared/text/text.ts';
import { type S3, s3 } from '../../../fake/s3.ts';
import { clientOf } from '../../../fake/server.ts';

let store: S3;
let client: S3Client;
beforeAll(async () => {
  store = await s3();
  client = new S3Client(clientOf(store));
});
afterAll(() => store.stop());
beforeEach(() => store.objects.clear());

const login = () => Promise.reject(new Error('nobody signs in'));
const sinks: Readonly<Record<string, Sink>> = {
  opensearch: opensearch({
    url: 'https://search.invalid',
    auth: { kind: 'basic', login },
    index: { name: 'aws-findings', period: 'month', current: 'aws-findings-current' },
  }),
  splunk: splunk({ endpoints: ['https://hec.invalid:8088'], token: login, sourcetype: 'aws:x', format: 'json' }),
  archive: archive({ client: undefined as never, stream: 'bongsu-dev-guardduty-archive', source: 'guardduty' }),
};

const EVENTS = ['{"_id":"not ours"}', '{"fields":{"event_id":"nor this"}}', '{"id":"nor that","text":"봉수"}'];

function batchFor(sink: Sink): Batch {
  const batch = new Batch(1000);
  EVENTS.forEach((event, i) => {
    const doc = new Text(100);
    doc.string(event);
    batch.begin(i, `eventbridge:${i}`, i + 1);
    const facts = { ...blank(), id: `id-${i}`, time: Date.UTC(2026, 10, 24), current: `current-${i}`, version: 7 };
    const raw = { bytes: doc.bytes, view: doc.view, start: 0, end: doc.length };
    sink.append(batch.text, facts, { uri: `eventbridge:${i}`, seq: i + 1 }, doc, raw);
  });
  return batch;
}

const spillTo = () =>
  spill({ client, bucket: 'kept', prefix: 'spill', source: 'guardduty', deadline: () => Date.now() + 10_000 });

test.each(Object.keys(sinks))(
  'what %s did not take is one object that says what and why, and comes back whole',
  async (name) => {
    const sink = sinks[name];
    const batch = batchFor(sink);
    await spillTo().put(sink, batch, [0, 2], '503: busy');
    const [[key, { bytes }]] = [...store.objects];
    expect(key).toMatch(
      new RegExp(
        `^kept/spill/${name}/guardduty/${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[0-9a-f-]{36}\\.gz$`,
      ),
    );
    const back = unspilled(bytes);
    expect(back.head).toEqual({
      version: 1,
      sink: name,
      source: 'guardduty',
      reason: '503: busy',
      attempt: 1,
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      ...(name === 'archive' && { to: 'bongsu-dev-guardduty-archive' }),
      records: [0, 2].map((i) => ({
        id: `id-${i}`,
        uri: `eventbridge:${i}`,
        seq: i + 1,
        bytes: batch.slice(i).length,
      })),
    });
    expect(back.batch.count).toBe(2);
    expect([0, 1].map((at) => Buffer.from(back.batch.slice(at)))).toEqual(
      [0, 2].map((at) => Buffer.from(batch.slice(at))),
    );
    expect([0, 1].map((at) => back.batch.place(at))).toEqual(
      [0, 2].map((i) => ({ item: 0, uri: `eventbridge:${i}`, seq: i + 1 })),
    );
  },
);

test('what can not be kept is told', async () => {
  const nowhere = new S3Client({ ...clientOf(store), endpoint: 'http://127.0.0.1:1' });
  const put = spill({ client: nowhere, bucket: 'kept', prefix: 'spill', source: 'waf', deadline: () => 0 }).put;
  await expect(put(sinks.splunk, batchFor(sinks.splunk), [0], 'no')).rejects.toThrow(DeliveryError);
});

test.each([
  ['not gzip', Buffer.from('{"version":1}\n')],
  ['no JSON', gzipSync('version 1\n')],
  ['of another version', gzipSync('{"version":2,"records":[]}\n')],
  ['nothing', gzipSync('null\n')],
])('an object that is %s is refused', (_, object) => {
  expect(() => unspilled(object)).toThrow(DecodeError);
});

test('an object that was cut is refused', async () => {
  await spillTo().put(sinks.splunk, batchFor(sinks.splunk), [0, 1, 2], 'busy');
  const [{ bytes }] = [...store.objects.values()];
  const cut = gzipSync(gunzipSync(bytes).subarray(0, -1));
  expect(() => unspilled(cut)).toThrow('not as long as it says');
});
