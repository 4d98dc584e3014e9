import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ReadError } from '../../../shared/errors.ts';
import { objects, s3Bodies } from '../../../shared/input/s3.ts';
import { idle, textOf } from '../../fake/read.ts';
import { type S3, s3 } from '../../fake/s3.ts';
import { clientOf } from '../../fake/server.ts';

const sample = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../sample/s3/${name}.json`, import.meta.url), 'utf8'));

const BUCKET = 'logs-123456789012';
const FLOWS =
  'AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/11/24/123456789012_vpcflowlogs_eu-west-1_fl-0123456789abcdef0_20261124T1340Z_a1b2c3d4.log.gz';

describe('objects', () => {
  const keys: readonly [string, readonly string[]][] = [
    ['notification', [FLOWS]],
    ['sns', [FLOWS]],
    ['encoded-keys', ['AWSLogs/aws-account-id=123456789012/two words/a+b%c/봉수.log.gz', 'in/a b+c.json']],
    ['several-records', ['a.log.gz', 'b.log.gz']],
    ['test-event', []],
    ['sns-test-event', []],
    ['eventbridge-created', ['two words/a+b%25c.log.gz']],
    ['sns-eventbridge', ['two words/a+b%25c.log.gz']],
    ['eventbridge-deleted', []],
  ];

  test.each(keys)('%s tells of its created objects, parsed or as text', (name, expected) => {
    for (const message of [sample(name), JSON.stringify(sample(name))]) {
      expect(objects(message).map(({ key }) => key)).toEqual(expected);
    }
  });

  test('an object carries what its message knows of it', () => {
    expect(objects(sample('eventbridge-created'))).toEqual([
      {
        bucket: BUCKET,
        key: 'two words/a+b%25c.log.gz',
        size: 5,
        etag: 'b1946ac92492d2347c6235b4d2611184',
        version: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
      },
    ]);
    expect(objects(sample('notification'))).toEqual([
      { bucket: BUCKET, key: FLOWS, size: 1024, etag: '0123456789abcdef0123456789abcdef' },
    ]);
  });

  const others: readonly [string, unknown, string][] = [
    [
      'another event',
      { 'detail-type': 'GuardDuty Finding', source: 'aws.guardduty', id: '1', detail: {} },
      'an EventBridge event "GuardDuty Finding" of aws.guardduty',
    ],
    [
      'a record of something else',
      { Records: [{ eventSource: 'aws:kinesis', kinesis: {} }] },
      'an object with eventSource, kinesis',
    ],
    ['an empty object', {}, 'an empty object'],
    ['an array', [1], 'an array'],
    ['null', 'null', 'null'],
  ];
  const trail = {
    s3Bucket: 'b',
    s3ObjectKey: ['AWSLogs/123456789012/CloudTrail/a+b%2F.json.gz', 'AWSLogs/123456789012/CloudTrail/c.json.gz'],
  };
  const throughSns = (value: object | string) => ({
    Type: 'Notification',
    TopicArn: 'arn:aws:sns:ap-northeast-2:123456789012:trail',
    Message: typeof value === 'string' ? value : JSON.stringify(value),
  });

  test("a trail's own notification names its objects, keys as they are", () => {
    const expected = trail.s3ObjectKey.map((key) => ({ bucket: 'b', key, size: undefined }));
    for (const message of [trail, JSON.stringify(trail), throughSns(trail)]) expect(objects(message)).toEqual(expected);
    expect(objects({ ...trail, s3ObjectKey: 'k' })).toEqual([{ bucket: 'b', key: 'k', size: undefined }]);
    expect(() => objects({ s3ObjectKey: ['k'] })).toThrow('names no bucket and key');
  });

  test.each<[string, unknown]>([
    ['the validation of a trail', 'CloudTrail validation message.'],
    ['the validation of a trail through SNS', throughSns('CloudTrail validation message.')],
    ['a subscription request', sample('sns-subscription')],
    ['AWS Config', { ...trail, messageType: 'ConfigurationHistoryDeliveryCompleted' }],
    ['AWS Config through SNS', throughSns({ messageType: 'ComplianceChangeNotification', configRuleName: 'x' })],
  ])('%s names no object', (_, message) => {
    expect(objects(message)).toEqual([]);
  });

  test.each(others)('%s is a ReadError naming it', (_, message, found) => {
    expect(() => objects(message)).toThrow(expect.objectContaining({ name: 'ReadError', fields: { found } }));
  });

  test('text that is not JSON is a ReadError that does not quote it', () => {
    expect(() => objects('secret text')).toThrow(ReadError);
    expect(() => objects('secret text')).not.toThrow(/secret/);
  });

  test('a key that is not URL-encoded is a ReadError naming it', () => {
    const message = {
      Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: { key: '100%' } } }],
    };
    expect(() => objects(message)).toThrow(expect.objectContaining({ name: 'ReadError', fields: { key: '100%' } }));
  });
});

describe('s3Bodies', () => {
  let server: S3;
  let client: S3Client;
  const logged: unknown[] = [];
  const log = { info: (...line: unknown[]) => logged.push(line), warn: () => {}, error: () => {} };
  beforeEach(async () => {
    logged.length = 0;
    server = await s3();
    client = new S3Client(clientOf(server));
  });
  afterEach(async () => {
    client.destroy();
    await server.stop();
  });

  const { signal } = new AbortController();
  const announce = (...keys: string[]) => ({
    Records: keys.map((key) => ({
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'b' }, object: { key: encodeURIComponent(key), size: 9 } },
    })),
  });
  const bodies = (message: unknown, maxObjectBytes = 1 << 30, until = signal) =>
    s3Bodies(client, { source: 'flowlogs', maxObjectBytes, log })(message, until);

  async function read(message: unknown, maxObjectBytes?: number): Promise<[string, string][]> {
    const all: [string, string][] = [];
    for await (const { uri, chunks } of bodies(message, maxObjectBytes)) {
      all.push([uri, await textOf(chunks)]);
    }
    return all;
  }

  test('each object is a body named by bucket, key and the etag of what came', async () => {
    server.objects.set('b/one two+%.log', { bytes: Buffer.from('plain'), etag: 'e1' });
    server.objects.set('b/two.txt', { bytes: Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]), etag: 'e2' });
    expect(await read(announce('one two+%.log', 'two.txt'))).toEqual([
      ['s3://b/one two+%.log@e1', 'plain'],
      ['s3://b/two.txt@e2', 'a\nb\n'],
    ]);
  });

  describe('an object that was replaced before it was read', () => {
    const message = (etag: string, versionId?: string) => {
      const object = { key: 'k', size: 3, eTag: etag, ...(versionId !== undefined && { versionId }) };
      return { Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object } }] };
    };
    async function reading(announcement: object) {
      const [texts, warnings, replaced]: [string[], unknown[], unknown[]] = [[], [], []];
      const warn = (...line: unknown[]) => void warnings.push(line);
      const options = { source: 'flowlogs', maxObjectBytes: 99, silenceMs: 500, log: { ...log, warn } };
      const onReplaced = () => void replaced.push('k');
      for await (const { uri, chunks } of s3Bodies(client, { ...options, onReplaced })(announcement, signal)) {
        texts.push(uri, await textOf(chunks));
      }
      return { texts, warnings, replaced: replaced.length };
    }
    beforeEach(() => void server.objects.set('b/k', { bytes: Buffer.from('new'), etag: 'e2' }));

    test('is read by its version, and read on by it', async () => {
      server.objects.set('b/k?v1', { bytes: Buffer.from('old'), etag: 'e1', stallAt: 1, stalls: 1 });
      const older = { texts: ['s3://b/k@e1', 'old'], replaced: 0 };
      expect(await reading(message('e1', 'v1'))).toMatchObject(older);
      expect(server.asked.slice(1).every((path) => path.includes('versionId=v1'))).toBe(true);
      expect(server.ranges).toEqual([undefined, undefined, 'bytes=1-']);
    });

    test.each([
      ['the bucket keeps no versions', message('e1')],
      ['its version is gone', message('e1', 'v1')],
    ])('is logged where %s, and the new one is read', async (_, announcement) => {
      const { texts, warnings, replaced } = await reading(announcement);
      expect(texts).toEqual(['s3://b/k@e2', 'new']);
      expect(replaced).toBe(1);
      const fields = { bucket: 'b', key: 'k', announced: 'e1', found: 'e2' };
      expect(warnings).toMatchObject([['s3 object replaced before it was read', fields]]);
    });

    test('and one that was not replaced differ by the ETag that was announced', async () => {
      expect(await reading(message('"e2"', 'v2'))).toEqual({
        texts: ['s3://b/k@e2', 'new'],
        warnings: [],
        replaced: 0,
      });
      expect(server.asked).toHaveLength(1);
    });
  });

  test('the requester pays where it has to, also for what is read on', async () => {
    server.objects.set('b/k', { bytes: Buffer.from('text'), etag: 'e', stallAt: 2, stalls: 1 });
    const options = { source: 'flowlogs', maxObjectBytes: 99, silenceMs: 500, log };
    const read = async (isRequesterPaying: boolean) => {
      for await (const { chunks } of s3Bodies(client, { ...options, isRequesterPaying })(announce('k'), signal)) {
        await textOf(chunks);
      }
    };
    await read(true);
    await read(false);
    expect(server.payers).toEqual(['requester', 'requester', undefined]);
  });

  test('skipped objects are counted in one log line', async () => {
    server.objects.set(`${BUCKET}/a.log.gz`, { bytes: Buffer.from('a') });
    server.objects.set(`${BUCKET}/b.log.gz`, { bytes: Buffer.from('b') });
    expect(await read(sample('several-records'))).toHaveLength(2);
    expect(logged).toEqual([
      ['s3 objects skipped', { bucket: BUCKET, skipped: { folder: 1, empty: 1, 'not created': 2 } }],
    ]);
  });

  test('what AWS puts among logs and is none is counted in the same line', async () => {
    const digest = 'AWSLogs/123456789012/CloudTrail-Digest/eu-west-1/2026/11/24/x.json.gz';
    expect(await read(announce(digest, 'AWSLogs/123456789012/Config/ConfigWritabilityCheckFile'))).toEqual([]);
    expect(logged).toEqual([
      ['s3 objects skipped', { bucket: 'b', skipped: { 'CloudTrail digest': 1, 'AWS Config': 1 } }],
    ]);
  });

  test("an object with another source's key is refused and not asked for; others in its message are read", async () => {
    const key = 'AWSLogs/123456789012/WAFLogs/cloudfront/web/2026/11/24/13/40/x.log.gz';
    server.objects.set(`b/${FLOWS}`, { bytes: Buffer.from('mine'), etag: 'e' });
    const seen: unknown[] = [];
    for await (const { uri, stays, chunks } of bodies(announce(key, FLOWS))) {
      seen.push([uri, stays, await textOf(chunks).catch((error) => error)]);
    }
    expect(seen).toEqual([
      [
        `s3://b/${key}`,
        true,
        expect.objectContaining({ name: 'DecodeError', message: 'this key is of waf, not of flowlogs' }),
      ],
      [`s3://b/${FLOWS}@e`, true, 'mine'],
    ]);
    expect(server.asked).toHaveLength(1);
  });

  test.each([
    ['NoSuchKey', 404],
    ['AccessDenied', 403],
    ['SlowDown', 503],
  ])('%s is a ReadError naming bucket and key, with its cause', async (code, status) => {
    server.objects.set('b/k', { bytes: Buffer.alloc(0), error: { status, code } });
    await expect(read(announce('k'))).rejects.toMatchObject({
      name: 'ReadError',
      fields: { bucket: 'b', key: 'k' },
      cause: { name: code },
    });
  });

  test('an object of another source of this stack is skipped and counts nowhere', async () => {
    const key = 'AWSLogs/123456789012/WAFLogs/cloudfront/web/2026/11/24/13/40/x.log.gz';
    server.objects.set(`b/${FLOWS}`, { bytes: Buffer.from('mine'), etag: 'e' });
    const options = { source: 'flowlogs', others: new Set(['flowlogs', 'waf']), maxObjectBytes: 99, log };
    const uris: string[] = [];
    for await (const { uri } of s3Bodies(client, options)(announce(key, FLOWS), signal)) uris.push(uri);
    expect(uris).toEqual([`s3://b/${FLOWS}@e`]);
    expect(logged).toEqual([['s3 objects skipped', { bucket: 'b', skipped: { 'of waf': 1 } }]]);
  });

  test('an object that S3 does not give fails the message after its other objects were read', async () => {
    server.objects.set('b/two.txt', { bytes: Buffer.from('two'), etag: 'e2' });
    const seen: string[] = [];
    const reading = async () => {
      for await (const { chunks } of bodies(announce('gone.txt', 'two.txt'))) seen.push(await textOf(chunks));
    };
    await expect(reading()).rejects.toMatchObject({ name: 'ReadError', fields: { bucket: 'b', key: 'gone.txt' } });
    expect(seen).toEqual(['two']);
  });

  test('a server that is gone is a ReadError', async () => {
    await server.stop();
    await expect(read(announce('k'))).rejects.toMatchObject({ name: 'ReadError', fields: { bucket: 'b', key: 'k' } });
  });

  test.each([
    ['gzip', gzipSync(randomBytes(200_000))],
    ['text', Buffer.alloc(200_000, 'line\n')],
  ])('%s of which not all arrived is a ReadError: it may arrive next time', async (_, bytes) => {
    server.objects.set('b/k', { bytes, cutAt: 100_000 });
    await expect(read(announce('k'))).rejects.toMatchObject({ name: 'ReadError', fields: { bucket: 'b', key: 'k' } });
  });

  describe('a body that stalls', () => {
    const bytes = gzipSync(randomBytes(200_000));
    async function reading(message: unknown, onChunk = () => {}) {
      const told: unknown[] = [];
      const warn = (...line: unknown[]) => void told.push(line);
      const options = { source: 'flowlogs', maxObjectBytes: 1 << 30, silenceMs: 1000, log: { ...log, warn } };
      const lengths: Record<string, number> = {};
      let fault: unknown;
      for await (const { uri, chunks } of s3Bodies(client, options)(message, signal)) {
        lengths[uri] = 0;
        try {
          for await (const chunk of chunks) {
            onChunk();
            lengths[uri] += chunk.length;
          }
        } catch (error) {
          fault = error;
        }
      }
      return { lengths, fault, told };
    }

    test('is read on from the byte that was reached', async () => {
      server.objects.set('b/k', { bytes, etag: 'e', stallAt: 100_000, stalls: 1 });
      const { lengths, fault, told } = await reading(announce('k'));
      expect({ lengths, fault }).toEqual({ lengths: { 's3://b/k@e': 200_000 }, fault: undefined });
      expect(server.ranges).toEqual([undefined, 'bytes=100000-']);
      expect(told).toMatchObject([['s3 object read on', { bucket: 'b', key: 'k', bytes: 100_000 }]]);
    });

    test('at its first byte is asked for again', async () => {
      server.objects.set('b/k', { bytes, etag: 'e', stallAt: 0, stalls: 2 });
      expect(await reading(announce('k'))).toMatchObject({ lengths: { 's3://b/k@e': 200_000 }, fault: undefined });
    });

    test('again and again is a ReadError of its own object: its neighbours are read', async () => {
      server.objects.set('b/k', { bytes, stallAt: 100_000 });
      server.objects.set('b/next', { bytes: Buffer.from('next'), etag: 'n' });
      const { lengths, fault } = await reading(announce('k', 'next'));
      expect(lengths).toMatchObject({ 's3://b/next@n': 4 });
      expect(fault).toMatchObject({ name: 'ReadError', fields: { key: 'k', bytes: 100_000, length: bytes.length } });
      expect(server.asked.filter((path) => path.startsWith('/b/k'))).toHaveLength(4);
    });

    test('and is replaced meanwhile is a ReadError', async () => {
      server.objects.set('b/k', { bytes, etag: 'e', stallAt: 100_000 });
      const onChunk = () => void server.objects.set('b/k', { bytes, etag: 'new' });
      const { fault } = await reading(announce('k'), onChunk);
      expect(fault).toMatchObject({ name: 'ReadError', fields: { key: 'k', bytes: 100_000 } });
    });
  });

  test('broken gzip that arrived whole is a DecodeError: it will be the same next time', async () => {
    server.objects.set('b/k', { bytes: gzipSync('x'.repeat(1000)).subarray(0, 20), etag: 'e' });
    await expect(read(announce('k'))).rejects.toMatchObject({ name: 'DecodeError', fields: { uri: 's3://b/k@e' } });
  });

  test('an object above the cap is a DecodeError naming it', async () => {
    server.objects.set('b/k', { bytes: gzipSync(Buffer.alloc(1 << 20)), etag: 'e' });
    await expect(read(announce('k'), 1000)).rejects.toMatchObject({
      name: 'DecodeError',
      fields: { uri: 's3://b/k@e' },
    });
  });

  test('an object is asked for when its turn comes and read as fast as it is consumed', async () => {
    const bytes = Buffer.alloc(256 << 20);
    server.objects.set('b/big', { bytes });
    const all = bodies(announce('big', 'next'));
    await idle();
    expect(server.asked).toEqual([]);
    const { value } = await all.next();
    const chunks = value!.chunks[Symbol.asyncIterator]();
    await chunks.next();
    await stalled();
    expect(server.asked).toHaveLength(1);
    expect(server.sent).toBeLessThan(32 << 20); // what sockets hold
    await chunks.return?.();
    await all.return(undefined);
    while (server.abandoned === 0) await idle();
    expect(server.sent).toBeLessThan(32 << 20);
  });

  test('a consumer that leaves a body unread closes its connection and gets the next', async () => {
    server.objects.set('b/big', { bytes: Buffer.alloc(64 << 20) });
    server.objects.set('b/next', { bytes: Buffer.from('next') });
    const uris: string[] = [];
    for await (const { uri } of bodies(announce('big', 'next'))) uris.push(uri);
    expect(uris).toEqual(['s3://b/big@etag', 's3://b/next@etag']);
    while (server.abandoned === 0) await idle();
  });

  test('the signal ends a read that is under way', async () => {
    server.objects.set('b/big', { bytes: gzipSync(randomBytes(64 << 20), { level: 1 }) });
    const abort = new AbortController();
    await expect(async () => {
      for await (const { chunks } of bodies(announce('big'), 1 << 30, abort.signal)) {
        for await (const _ of chunks) abort.abort();
      }
    }).rejects.toMatchObject({ name: 'ReadError', fields: { bucket: 'b', key: 'big' } });
  });

  /** Until the server has had nothing to send for a while. */
  async function stalled(): Promise<void> {
    for (let before = -1; before !== server.sent; ) {
      before = server.sent;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
});
