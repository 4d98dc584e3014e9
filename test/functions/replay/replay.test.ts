import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { lease } from '../../../functions/replay/lease.ts';
import { Later, type ReplayTools, replay } from '../../../functions/replay/replay.ts';
import { ConfigError, DeliveryError, ReadError } from '../../../shared/errors.ts';
import type { Delivery, Reject, Sink } from '../../../shared/model.ts';
import { checkpoints } from '../../../shared/sink/store/checkpoints.ts';
import { spill } from '../../../shared/sink/store/spill.ts';
import { Batch } from '../../../shared/text/batch.ts';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { clientOf } from '../../fake/server.ts';

let store: Buckets;
let s3: S3Client;
beforeAll(async () => {
  store = await buckets();
  s3 = new S3Client(clientOf(store));
});
afterAll(() => store.stop());

const signal = new AbortController().signal;
const log = { info() {}, warn() {}, error() {} };

let sent: string[];
let rejects: Reject[];
let counted: Record<string, number>;
let answer: () => Delivery;
let flush: () => Promise<void>;
beforeEach(() => {
  store.objects.clear();
  [sent, rejects, counted] = [[], [], {}];
  answer = () => ({ accepted: 2, retry: [], rejected: [] });
  flush = async () => {};
});

const sink: Sink = {
  name: 'splunk',
  maxBytes: 100,
  append() {},
  async send(batch) {
    for (let at = 0; at < batch.count; at++) sent.push(Buffer.from(batch.slice(at)).toString());
    return answer();
  },
};

/** `s3` is there when the tests run. */
function client(): S3Client {
  return { send: (...args: Parameters<S3Client['send']>) => s3.send(...args) } as S3Client;
}

const tools: ReplayTools = {
  s3: client(),
  prefix: 'spill',
  sinkOf: () => sink,
  leaseOf: (...names) => lease({ s3, bucket: 'kept', key: `state/replay-${names.join('-')}.json`, leaseMs: 120_000 }),
  progress: checkpoints({ client: client(), bucket: 'kept', prefix: 'state/replay-progress', log }),
  quarantine: { put: (reject) => void rejects.push(reject), flush: () => flush() },
  log,
  metrics: { add: (name, value) => void Object.assign(counted, { [name]: value }), flush() {} },
};

async function spilled(source = 'waf') {
  const batch = new Batch(100);
  for (const [i, text] of ['{"one":1}\n', '{"two":2}\n'].entries()) {
    batch.begin(0, 's3://logs/a@e', i + 1);
    batch.text.string(text);
  }
  const deadline = () => Date.now() + 10_000;
  await spill({ client: s3, bucket: 'kept', prefix: 'spill', source, deadline }).put(sink, batch, [0, 1], '503');
  return { bucket: 'kept', key: keys(`spill/splunk/${source}/`)[0], size: undefined };
}

const keys = (prefix: string) =>
  [...store.objects.keys()].map((path) => path.slice('kept/'.length)).filter((key) => key.startsWith(prefix));

test('all of it is sent, then it is gone, and sent no more', async () => {
  const object = await spilled();
  await replay(object, tools, signal);
  expect(sent).toEqual(['{"one":1}\n', '{"two":2}\n']);
  expect(keys('')).toEqual([]);
  expect(counted).toEqual({ Replayed: 2, Rejected: 0 });
  await replay(object, tools, signal);
  expect(sent).toHaveLength(2);
});

test('it stays as long as one of its records is not taken', async () => {
  const object = await spilled();
  answer = () => ({ accepted: 1, retry: [1], rejected: [], reason: '429' });
  const refused = await replay(object, tools, signal).catch((error) => error);
  expect(refused).toBeInstanceOf(Later);
  expect(refused).toMatchObject({ ms: 6000, fields: { records: 1, reason: '429' } });
  expect(keys('spill/')).toEqual([object.key]);
  expect(keys('state/replay-splunk')).toEqual(['state/replay-splunk-waf.json']);
});

test('what was taken of it is not sent again, also by another environment', async () => {
  const object = await spilled();
  answer = () => ({ accepted: 1, retry: [1], rejected: [], reason: '429' });
  await expect(replay(object, tools, signal)).rejects.toThrow('spilled object not accepted');
  store.objects.delete('kept/state/replay-splunk-waf.json');
  sent = [];
  answer = () => ({ accepted: 1, retry: [], rejected: [] });
  const progress = checkpoints({ client: s3, bucket: 'kept', prefix: 'state/replay-progress', log });
  await replay(object, { ...tools, progress }, signal);
  expect(sent).toEqual(['{"two":2}\n']);
  expect(keys('')).toEqual([]);
});

test('an object that was sent and could not be deleted is deleted, not sent', async () => {
  const object = await spilled();
  const isDelete = (command: unknown) => command instanceof DeleteObjectCommand;
  const denied = Object.assign(new Error('Access Denied'), { name: 'AccessDenied' });
  const send = (...args: Parameters<S3Client['send']>) =>
    isDelete(args[0]) ? Promise.reject(denied) : s3.send(...args);
  await expect(replay(object, { ...tools, s3: { send } as S3Client }, signal)).rejects.toMatchObject({
    message: 'the spilled object could not be deleted',
    fields: { bucket: 'kept', key: object.key },
    cause: denied,
  });
  await replay(object, tools, signal);
  expect(sent).toHaveLength(2);
  expect(keys('')).toEqual([]);
});

test('a sink that is down is not asked again before its time', async () => {
  const object = await spilled();
  answer = () => ({ accepted: 0, retry: [0, 1], rejected: [], reason: '503' });
  await expect(replay(object, tools, signal)).rejects.toThrow('spilled object not accepted');
  await expect(replay(object, tools, signal)).rejects.toThrow('circuit breaker open');
  expect(sent).toHaveLength(2);
});

test('a source whose records are refused does not hold up another source', async () => {
  const [blocked, well] = [await spilled('flowlogs'), await spilled('cloudtrail')];
  answer = () => ({ accepted: 0, retry: [0, 1], rejected: [], reason: 'index read-only' });
  await expect(replay(blocked, tools, signal)).rejects.toThrow('spilled object not accepted');
  answer = () => ({ accepted: 2, retry: [], rejected: [] });
  await replay(well, tools, signal);
  expect(keys('spill/')).toEqual([blocked.key]);
  await expect(replay(blocked, tools, signal)).rejects.toThrow('circuit breaker open');
});

describe('an index that refuses everything', () => {
  const isBlocked = (batch: { slice(at: number): Uint8Array }) =>
    /a-2026.11.23/.test(Buffer.from(batch.slice(0)).toString());
  const toIndex: Sink = {
    ...sink,
    name: 'opensearch',
    async send(batch) {
      const all = Array.from({ length: batch.count }, (_, at) => at);
      sent.push(...all.map((at) => Buffer.from(batch.slice(at)).toString('utf8', 21, 33)));
      return isBlocked(batch)
        ? { accepted: 0, retry: all, rejected: [], reason: 'blocked', perIndex: true }
        : { accepted: batch.count, retry: [], rejected: [] };
    },
  };
  const own = { ...tools, sinkOf: () => toIndex };

  async function kept(...days: number[]) {
    const batch = new Batch(100);
    for (const [i, day] of days.entries()) {
      batch.begin(0, 's3://logs/a@e', i + 1);
      batch.text.string(`{"create":{"_index":"a-2026.11.${day}","_id":"${i}"}}\n{}\n`);
    }
    const before = new Set(keys('spill/'));
    const deadline = () => Date.now() + 10_000;
    const to = spill({ client: s3, bucket: 'kept', prefix: 'spill', source: 'flowlogs', deadline });
    await to.put(toIndex, batch, [...days.keys()], '503');
    return { bucket: 'kept', key: keys('spill/').find((key) => !before.has(key))!, size: undefined };
  }

  test('holds up no other index of its source', async () => {
    const [blocked, again, well] = [await kept(23), await kept(23), await kept(24)];
    await expect(replay(blocked, own, signal)).rejects.toThrow('spilled object not accepted');
    await expect(replay(again, own, signal)).rejects.toThrow('circuit breaker open');
    await replay(well, own, signal);
    expect(sent).toEqual(['a-2026.11.23', 'a-2026.11.24']);
    expect(keys('state/')).toEqual(['state/replay-opensearch-flowlogs-a-2026.11.23.json']);
  });

  test('ends an outage of its destination: the next object of another index is sent', async () => {
    const [blocked, well] = [await kept(23), await kept(24)];
    await s3.send(
      new PutObjectCommand({
        Bucket: 'kept',
        Key: 'state/replay-opensearch-flowlogs.json',
        Body: '{"until":1,"waitMs":5000,"probing":false}',
      }),
    );
    await expect(replay(blocked, own, signal)).rejects.toThrow('spilled object not accepted');
    expect(keys('state/')).toEqual(['state/replay-opensearch-flowlogs-a-2026.11.23.json']);
    await replay(well, own, signal);
  });
});

test('who failed last goes last: the others of its source come again before it', async () => {
  const first = await spilled();
  answer = () => ({ accepted: 0, retry: [0, 1], rejected: [], reason: 'index read-only' });
  const failed = await replay(first, tools, signal).catch((error) => error);
  const waiting = await replay(first, tools, signal).catch((error) => error);
  expect(waiting.message).toBe('circuit breaker open');
  expect(waiting.ms).toBeLessThan(failed.ms);
});

test('a sink that throws is down, and one that the settings lost is told', async () => {
  const object = await spilled();
  answer = () => {
    throw new ConfigError('the secret holds no text');
  };
  await expect(replay(object, tools, signal)).rejects.toMatchObject({ fields: { reason: 'the secret holds no text' } });
  store.objects.delete('kept/state/replay-splunk-waf.json');
  const sinkOf = () => {
    throw new ConfigError('SPLUNK_HEC_URL is not set');
  };
  await expect(replay(object, { ...tools, sinkOf }, signal)).rejects.toThrow('SPLUNK_HEC_URL is not set');
  expect(keys('spill/')).toEqual([object.key]);
});

test('what is refused for good goes to the quarantine first, and the object stays if that fails', async () => {
  const object = await spilled();
  answer = () => ({ accepted: 1, retry: [], rejected: [{ at: 1, reason: 'code 6' }] });
  flush = () => Promise.reject(new DeliveryError('Firehose took no rejects'));
  await expect(replay(object, tools, signal)).rejects.toThrow('Firehose took no rejects');
  expect(keys('spill/')).toEqual([object.key]);
  flush = async () => {};
  rejects = [];
  sent = [];
  answer = () => ({ accepted: 0, retry: [], rejected: [{ at: 0, reason: 'code 6' }] });
  await replay(object, tools, signal);
  expect(rejects.map(({ raw, ...rest }) => ({ ...rest, raw: Buffer.from(raw).toString() }))).toEqual([
    { source: 'waf', sink: 'splunk', reason: 'code 6', uri: 's3://logs/a@e', seq: 2, raw: '{"two":2}\n' },
  ]);
  expect(sent).toEqual(['{"two":2}\n']); // Splunk has the other one
  expect(keys('')).toEqual([]);
});

test('what is no spilled object stays and is told', async () => {
  const object = { bucket: 'kept', key: 'spill/splunk/waf/2026/11/24/x.gz', size: undefined };
  store.objects.set(`kept/${object.key}`, { bytes: Buffer.from('hello') });
  await expect(replay(object, tools, signal)).rejects.toMatchObject({
    name: 'DecodeError',
    fields: { bucket: 'kept', key: object.key },
  });
  await expect(replay({ ...object, key: 'spill/elsewhere/x' }, tools, signal)).rejects.toThrow('names no sink');
  store.errors.set(`kept/${object.key}`, { status: 403, code: 'AccessDenied' });
  await expect(replay(object, tools, signal)).rejects.toThrow(ReadError);
  store.errors.clear();
});
