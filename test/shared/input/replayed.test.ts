import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ReadError } from '../../../shared/errors.ts';
import { placeOf, type Replay, replayed, replayOf } from '../../../shared/input/replayed.ts';
import { s3Bodies } from '../../../shared/input/s3.ts';
import type { Bodies } from '../../../shared/input/sqs.ts';
import type { Body, Reject } from '../../../shared/model.ts';
import { lines } from '../../../shared/sink/store/reject.ts';
import { all, textOf } from '../../fake/read.ts';
import { type S3, s3 } from '../../fake/s3.ts';
import { clientOf } from '../../fake/server.ts';

const { signal } = new AbortController();
const log = { info() {}, warn() {}, error() {} };
const KEY = 'AWSLogs/two words/a+b@c%25.log.gz';
const hash = (text: string) => createHash('md5').update(text).digest('hex');

let store: S3;
let client: S3Client;
let others: Bodies;

beforeEach(async () => {
  store = await s3();
  client = new S3Client(clientOf(store));
  others = s3Bodies(client, { source: 'waf', maxObjectBytes: 1 << 20, log });
});
afterEach(async () => {
  client.destroy();
  await store.stop();
});

const put = (path: string, text: string, etag = hash(text)) => store.objects.set(path, { bytes: gzipSync(text), etag });
const uriOf = (text: string) => `s3://logs/${KEY}@${hash(text)}`;

/** What the bodies are, read one after another as the pipe does. */
async function read(replay: Replay): Promise<(Omit<Body, 'chunks'> & { text: string })[]> {
  const found: (Omit<Body, 'chunks'> & { text: string })[] = [];
  for await (const { chunks, times: _, ...body } of replayed(others, 's3://kept/replay/waf/')(
    JSON.stringify(replayOf(replay)),
    signal,
  )) {
    found.push({ ...body, text: await textOf(chunks) });
  }
  return found;
}

describe('records of an object', () => {
  test('come with the whole object, under the name that it had, and say which they are', async () => {
    put(`logs/${KEY}`, 'one\ntwo\n');
    const uri = uriOf('one\ntwo\n');
    const text = 'one\ntwo\n';
    expect(await read({ uri, seqs: [1, 2] })).toEqual([{ uri, stays: true, text, only: new Set([1, 2]) }]);
    expect(await read({ uri, seqs: [2], sink: 'splunk' })).toEqual([
      { uri, stays: true, text, only: new Set([2]), sink: 'splunk' },
    ]);
    expect(await read({ uri })).toEqual([{ uri, stays: true, text }]);
  });

  test('are not taken from another object that has the same key by now', async () => {
    put(`logs/${KEY}`, 'another');
    await expect(read({ uri: uriOf('one'), seqs: [1] })).rejects.toThrow(ReadError);
  });

  test('of which no content is known come from the one that is there', async () => {
    put(`logs/${KEY}`, 'one\n');
    expect(await read({ uri: `s3://logs/${KEY}` })).toEqual([{ uri: uriOf('one\n'), stays: true, text: 'one\n' }]);
  });

  test("are read later where the object can't be read now", async () => {
    await expect(read({ uri: uriOf('one'), seqs: [1] })).rejects.toThrow(ReadError);
    await expect(read({ uri: 'eventbridge:1' })).rejects.toThrow(ReadError);
  });
});

describe('records that were kept', () => {
  const reject = (part: Partial<Reject>): Reject => ({
    source: 'waf',
    reason: 'no',
    uri: 'eventbridge:e1',
    seq: 1,
    raw: Buffer.from('{"a":1}'),
    ...part,
  });
  const keep = (...rejects: Partial<Reject>[]) =>
    put('kept/replay/waf/1.gz', Buffer.concat(rejects.flatMap((each) => lines(reject(each), '1'))).toString());
  const kept = 's3://kept/replay/waf/1.gz';

  test('are bodies of their own, each with its place and its bytes', async () => {
    keep({}, { uri: 's3://gone/a@1', seq: 7, sink: 'opensearch', raw: Buffer.from('x"\n\\') });
    expect(await read({ kept })).toEqual([
      { uri: 'eventbridge:e1', isFixed: true, seq: 1, only: new Set([1]), text: '{"a":1}' },
      { uri: 's3://gone/a@1', isFixed: true, seq: 7, only: new Set([7]), sink: 'opensearch', text: 'x"\n\\' },
    ]);
  });

  test('as a whole event of CloudWatch Logs are opened as one', async () => {
    const payload = {
      messageType: 'DATA_MESSAGE',
      logGroup: 'g',
      logStream: 's',
      logEvents: [{ id: '7', message: 'm' }],
    };
    const raw = Buffer.from(gzipSync(JSON.stringify(payload)).toString('base64'));
    keep({ uri: 'cloudwatchlogs:0a1b', seq: 0, raw });
    expect(await read({ kept })).toEqual([{ uri: 'cloudwatchlogs:g/s@7', isFixed: true, text: 'm\n' }]);
  });

  test("fail together where they can't be read, so that they come again", async () => {
    put('kept/replay/waf/1.gz', '{"uri":1}\n');
    await expect(read({ kept })).rejects.toThrow(ReadError);
    put('kept/replay/waf/1.gz', 'garbage');
    await expect(read({ kept })).rejects.toThrow(ReadError);
  });
});

test.each([
  's3://logs/AWSLogs/123456789012/1.gz',
  's3://kept/2026/11/24/1.gz',
  's3://kept/replay/dns/1.gz',
  's3://kept/replay/waf2/1.gz',
  's3://kept2/replay/waf/1.gz',
  'kept/replay/waf/1.gz',
])('rejects at %s are not read', async (kept) => {
  put(kept.replace('s3://', ''), '{}\n');
  await expect(read({ kept })).rejects.toThrow('rejects are read from the quarantine bucket only');
});

test('rejects are read from nowhere where no place is known', async () => {
  const message = JSON.stringify(replayOf({ kept: 's3://kept/replay/waf/1.gz' }));
  await expect(async () => all(replayed(others, undefined)(message, signal))).rejects.toThrow(ReadError);
});

test('any other message is as it was', async () => {
  put(`logs/${KEY}`, 'one\n');
  const object = { key: encodeURIComponent(KEY) };
  const message = { Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'logs' }, object } }] };
  const [body] = await all(replayed(others, 's3://kept/replay/waf/')(message, signal));
  expect(body.uri).toBe(uriOf('one\n'));
});

test.each([
  [
    's3://b/a/b@0123456789abcdef0123456789abcdef',
    { bucket: 'b', key: 'a/b', etag: '0123456789abcdef0123456789abcdef' },
  ],
  [
    's3://b/a@b@0123456789abcdef0123456789abcdef-12',
    { bucket: 'b', key: 'a@b', etag: '0123456789abcdef0123456789abcdef-12' },
  ],
  ['s3://b/a@b', { bucket: 'b', key: 'a@b', etag: undefined }],
  ['eventbridge:1', undefined],
])('%s is taken apart', (uri, place) => {
  expect(placeOf(uri)).toEqual(place);
});
