import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { rejects } from '../../../scripts/quarantine/rejects.ts';
import { type ReplayOptions, replay } from '../../../scripts/quarantine/replay.ts';
import { replayLog } from '../../../scripts/quarantine/replaylog.ts';
import { bucketStore } from '../../../scripts/quarantine/store.ts';
import { lineOf, rawOf } from '../../../shared/input/rejectline.ts';
import type { Reject } from '../../../shared/model.ts';
import { lines } from '../../../shared/sink/store/reject.ts';
import { spill, unspilled } from '../../../shared/sink/store/spill.ts';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { clientOf } from '../../fake/server.ts';
import { type Sqs, sqs } from '../../fake/sqs.ts';

const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/123456789012/bongsu-dev-';
const SOURCES = ['waf', 'dns', 'guardduty'];

let store: Buckets;
let queues: Sqs;
let s3: S3Client;
let client: SQSClient;
let skipped: string[];

beforeEach(async () => {
  [store, queues] = await Promise.all([buckets(), sqs()]);
  s3 = new S3Client(clientOf(store));
  client = new SQSClient({ ...clientOf(queues), useQueueUrlAsEndpoint: false });
  skipped = [];
});
afterEach(async () => {
  s3.destroy();
  client.destroy();
  await Promise.all([store.stop(), queues.stop()]);
});

/** Puts an object into the log bucket and gives the uri of its body. */
function log(key: string, text = key): string {
  const bytes = Buffer.from(text);
  store.objects.set(`logs/${key}`, { bytes });
  return `s3://logs/${key}@${createHash('md5').update(bytes).digest('hex')}`;
}

function keep(key: string, ...all: Partial<Reject>[]): void {
  const blank: Reject = { source: 'waf', reason: 'no', uri: '', seq: 1, raw: Buffer.from('{"a":1}') };
  const text = all.flatMap((part) => lines({ ...blank, ...part }, '0.1.0'));
  store.objects.set(`kept/${key}`, { bytes: gzipSync(Buffer.concat(text)) });
}

const run = (part: Partial<ReplayOptions> = {}) => {
  const wanted = { since: 0, until: Number.POSITIVE_INFINITY };
  return replay(
    rejects(bucketStore(s3, 'kept'), wanted, () => {}),
    {
      s3,
      sqs: client,
      bucket: 'kept',
      queue: (source) => (SOURCES.includes(source) ? QUEUE + source : undefined),
      spill: (source) =>
        spill({ client: s3, bucket: 'kept', prefix: 'spill', source, deadline: () => Number.POSITIVE_INFINITY }),
      log: replayLog(s3, 'kept'),
      again: false,
      dryRun: false,
      onSkipped: ({ source, seq }, why) => skipped.push(`${source} ${seq}: ${why}`),
      ...part,
    },
  );
};

const sent = (source: string) => queues.bodies(QUEUE + source).map((body) => JSON.parse(body).replay);
const written = (prefix: string) => [...store.objects.keys()].filter((key) => key.startsWith(`kept/${prefix}`));
const keptIn = (key: string) => gunzipSync(store.objects.get(key)!.bytes).toString().trimEnd().split('\n').map(lineOf);

describe('a reject', () => {
  test('whose object is still there is read out of it, in one message with the others of its object and sink', async () => {
    const [a, b] = [log('a'), log('b')];
    keep(
      '2026/11/24/1.gz',
      { uri: a, seq: 7 },
      { uri: b, seq: 2 },
      { uri: a, seq: 3, sink: 'splunk' },
      { uri: a, seq: 3 },
    );
    keep('2026/11/24/2.gz', { uri: a, seq: 5 }, { uri: a, seq: 3 }, { source: 'dns', uri: a, seq: 1 });
    expect(await run()).toEqual({
      replayed: 7,
      fromObjects: 7,
      fromQuarantine: 0,
      spilled: 0,
      messages: 4,
      alreadyReplayed: 0,
      skipped: 0,
    });
    expect(sent('waf')).toEqual([
      { uri: a, seqs: [3, 5, 7] },
      { uri: b, seqs: [2] },
      { uri: a, sink: 'splunk', seqs: [3] },
    ]);
    expect(sent('dns')).toEqual([{ uri: a, seqs: [1] }]);
    expect(store.asked.filter((line) => line.startsWith('HEAD'))).toEqual(['HEAD logs/a', 'HEAD logs/b']);
  });

  test('of an object as a whole has all of it read, also where it was never read', async () => {
    const a = log('a');
    log('b');
    keep(
      '2026/11/24/1.gz',
      { uri: a, seq: 0 },
      { uri: a, seq: 4 },
      { uri: 's3://logs/b', seq: 0, raw: Buffer.alloc(0) },
    );
    await run();
    expect(sent('waf')).toEqual([{ uri: a }, { uri: 's3://logs/b' }]);
  });

  test('whose object is gone or is another one now, or never was one, comes from what was kept of it', async () => {
    const [gone, other] = [log('gone'), log('other')];
    store.objects.delete('logs/gone');
    log('other', 'something else');
    keep('2026/11/24/1.gz', { uri: gone, seq: 3 }, { uri: other, seq: 4, raw: Buffer.from([255, 0]) });
    keep('2026/11/24/2.gz', { source: 'guardduty', uri: 'eventbridge:e1' });
    expect(await run()).toMatchObject({ replayed: 3, fromQuarantine: 3, messages: 2 });
    const [{ kept }] = sent('waf');
    expect(kept).toMatch(/^s3:\/\/kept\/replay\/waf\/\d{4}\/\d\d\/\d\d\/[0-9a-f-]+\.gz$/);
    const found = keptIn(kept.slice('s3://'.length));
    expect(found.map((line) => [line.uri, line.seq, line.version, rawOf(line)])).toEqual([
      [gone, 3, '0.1.0', Buffer.from('{"a":1}')],
      [other, 4, '0.1.0', Buffer.from([255, 0])],
    ]);
    expect(keptIn(sent('guardduty')[0].kept.slice('s3://'.length))).toMatchObject([{ uri: 'eventbridge:e1', seq: 1 }]);
  });

  test('of a sink, of a record that is nowhere else, goes to the sink as it was', async () => {
    const raw = Buffer.from('{"create":{"_index":"i","_id":"x"}}\n{"a":1}\n');
    const event = { source: 'guardduty', sink: 'opensearch', uri: 'eventbridge:e1', raw } as const;
    // the event that tells of an object which is none of the source's stands at 0
    keep(
      '2026/11/24/1.gz',
      event,
      { uri: log('a'), seq: 0, sink: 'opensearch', raw },
      { ...event, source: 'integrity', uri: 's3://logs/digests' },
    );
    expect(await run()).toMatchObject({ replayed: 3, spilled: 3, messages: 0 });
    const keys = written('spill/');
    expect(keys.map((key) => key.split('/').slice(1, 4).join('/'))).toEqual([
      'spill/opensearch/guardduty',
      'spill/opensearch/waf',
      'spill/opensearch/integrity',
    ]);
    const { head, batch } = unspilled(store.objects.get(keys[0])!.bytes);
    expect(head).toMatchObject({
      sink: 'opensearch',
      source: 'guardduty',
      reason: 'no',
      records: [{ id: 'x', uri: 'eventbridge:e1', seq: 1 }],
    });
    expect(Buffer.from(batch.slice(0))).toEqual(raw);
  });

  test('that has no route is skipped with the reason', async () => {
    store.errors.set('logs/secret', { status: 403, code: 'AccessDenied' });
    keep(
      '2026/11/24/1.gz',
      { source: 'endpoint', uri: 'endpoint:1' },
      { uri: 's3://logs/gone', seq: 0, raw: Buffer.alloc(0) },
      { uri: 's3://logs/secret@0123456789abcdef0123456789abcdef', seq: 3 },
      { source: 'guardduty', sink: 'archive', uri: 'eventbridge:e1' },
    );
    expect(await run()).toMatchObject({ replayed: 0, messages: 0, skipped: 4 });
    expect(skipped).toEqual([
      'endpoint 1: endpoint has no queue in this stack',
      'waf 0: its object is gone, and its bytes were not stored',
      expect.stringMatching(/^waf 3: s3:\/\/logs\/secret can't be looked up: /),
      'guardduty 1: the record is too large for the archive',
    ]);
    expect(written('replayed/')).toEqual([]);
  });
});

describe('a replay', () => {
  const two = () => keep('2026/11/24/1.gz', { uri: log('a'), seq: 1 }, { source: 'guardduty', uri: 'eventbridge:e1' });

  test('sends nothing the second time, and all of it once more when asked to', async () => {
    two();
    expect(await run()).toMatchObject({ replayed: 2, alreadyReplayed: 0, messages: 2 });
    expect(await run()).toMatchObject({ replayed: 0, alreadyReplayed: 2, messages: 0 });
    expect([sent('waf'), sent('guardduty')].map(({ length }) => length)).toEqual([1, 1]);
    expect(await run({ again: true })).toMatchObject({ replayed: 2, alreadyReplayed: 0, messages: 2 });
    keep('2026/11/24/2.gz', { uri: log('b') });
    expect(await run()).toMatchObject({ replayed: 1, alreadyReplayed: 2 });
  });

  test('that is dry says what would go, and changes nothing', async () => {
    two();
    const before = [...store.objects.keys()];
    expect(await run({ dryRun: true })).toEqual({
      replayed: 2,
      fromObjects: 1,
      fromQuarantine: 1,
      spilled: 0,
      messages: 0,
      alreadyReplayed: 0,
      skipped: 0,
    });
    expect([...store.objects.keys()]).toEqual(before);
    expect(queues.asked).toEqual([]);
  });

  test('that SQS does not take goes again the next time', async () => {
    two();
    queues.refuses = () => true;
    await expect(run()).rejects.toThrow(/SQS did not take a message/);
    queues.refuses = () => false;
    expect(await run()).toMatchObject({ replayed: 2, alreadyReplayed: 0, messages: 2 });
  });

  test('of very many records of one object fits into messages', async () => {
    const uri = log('a');
    keep('2026/11/24/1.gz', ...Array.from({ length: 45_000 }, (_, i) => ({ uri, seq: i + 1 })));
    expect(await run()).toMatchObject({ replayed: 45_000, messages: 3 });
    expect(sent('waf').flatMap(({ seqs }) => seqs)).toEqual(Array.from({ length: 45_000 }, (_, i) => i + 1));
    for (const body of queues.bodies(`${QUEUE}waf`)) expect(body.length).toBeLessThan(250_000);
  });
});
