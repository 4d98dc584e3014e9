import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { ConfigError } from '../../../../shared/errors.ts';
import type { Bytes, Facts, Sink } from '../../../../shared/model.ts';
import { blank } from '../../../../shared/pipeline/facts.ts';
import type { Auth } from '../../../../shared/sink/opensearch/client.ts';
import { type SendEncoded, zstdOrGzip } from '../../../../shared/sink/opensearch/encoding.ts';
import { type OpenSearchOptions, opensearch } from '../../../../shared/sink/opensearch/sink.ts';
import { Batch } from '../../../../shared/text/batch.ts';
import { Text } from '../../../../shared/text/text.ts';
import { asker } from '../../../rig/opensearch/asker.ts';
import {
  answer,
  cut,
  results,
  type Scripted,
  scripted,
  silent,
  stalled,
  type Turn,
  truncated,
} from '../../../rig/opensearch/scripted.ts';
import { onNode } from '../../../rig/opensearch/suite.ts';
import { authorization, sha256, signedHeaders } from '../../../rig/sigv4.ts';

const never = new AbortController().signal;
const basic: Auth = { kind: 'basic', login: async () => ({ username: 'writer', password: 'secret' }) };
const flowlogs = { name: 'aws-flowlogs', period: 'day' } as const;
const findings = { name: 'aws-findings-history', period: 'month', current: 'aws-findings-current' } as const;
const noon = Date.UTC(2026, 10, 24, 12);

interface Record extends Partial<Facts> {
  readonly doc: object | string;
}

function batchOf(sink: Sink, records: readonly Record[]): Batch {
  const batch = new Batch(1024);
  records.forEach(({ doc, ...facts }, at) => {
    const text = new Text(64);
    text.string(typeof doc === 'string' ? doc : JSON.stringify(doc));
    const from = { uri: 's3://bucket/key@etag', seq: at + 1 };
    const all = { ...blank(), time: noon, ...facts };
    batch.begin(0, from.uri, from.seq);
    sink.append(batch.text, all, from, text, {} as Bytes);
  });
  return batch;
}

const linesOf = (batch: Batch) => Buffer.from(batch.text.slice()).toString().split('\n');
const numbered = (count: number): Record[] => Array.from({ length: count }, (_, n) => ({ id: `r${n}`, doc: { n } }));

describe('a request body', () => {
  const sink = opensearch({ url: 'https://search.example', auth: basic, index: flowlogs });

  test("a record is created in the index of its own day under its source's id", () => {
    const batch = batchOf(sink, [
      { id: 'a', doc: { n: 1 } },
      { id: 'b', doc: { n: 2 }, time: Date.UTC(2024, 1, 29, 23, 59, 59, 999) },
      { id: 'c', doc: { n: 3 } },
    ]);
    expect(linesOf(batch)).toEqual([
      '{"create":{"_index":"aws-flowlogs-2026.11.24","_id":"a"}}',
      '{"n":1}',
      '{"create":{"_index":"aws-flowlogs-2024.02.29","_id":"b"}}',
      '{"n":2}',
      '{"create":{"_index":"aws-flowlogs-2026.11.24","_id":"c"}}',
      '{"n":3}',
      '',
    ]);
  });

  test('a record without an id of its own is named by where it stood', () => {
    const [action] = linesOf(batchOf(sink, [{ doc: {} }]));
    expect(action).toMatch(/"_id":"[\w-]{16}-1"}}$/);
  });

  test('a record with a state also replaces the newest state, by version', () => {
    const batch = batchOf(opensearch({ url: 'https://search.example', auth: basic, index: findings }), [
      { id: 'f@1', current: 'f"', version: 1795527638000, doc: { n: 1 } },
      { id: 'g@1', doc: { n: 2 } },
    ]);
    expect(linesOf(batch)).toEqual([
      '{"create":{"_index":"aws-findings-history-2026.11","_id":"f@1"}}',
      '{"n":1}',
      '{"index":{"_index":"aws-findings-current","_id":"f\\"","version":1795527638000,"version_type":"external_gte"}}',
      '{"n":1}',
      '{"create":{"_index":"aws-findings-history-2026.11","_id":"g@1"}}',
      '{"n":2}',
      '',
    ]);
  });

  test('a copy goes to indices of its own and leaves the newest state as it is', () => {
    const [one, other] = [{ ...findings, copies: 'aws-findings-copies' }, findings].map((index) =>
      batchOf(opensearch({ url: 'https://search.example', auth: basic, index }), [
        { id: 'f@1/securityhub', current: 'f', version: 1795527638000, copy: true, doc: { n: 1 } },
      ]),
    );
    expect(linesOf(one)).toEqual([
      '{"create":{"_index":"aws-findings-copies-2026.11","_id":"f@1/securityhub"}}',
      '{"n":1}',
      '',
    ]);
    expect(linesOf(other)[0]).toContain('"aws-findings-history-2026.11"');
  });

  test('the id of a newest state is never longer than what OpenSearch takes', () => {
    const batch = batchOf(opensearch({ url: 'https://search.example', auth: basic, index: findings }), [
      { id: 'f@1', current: '봉'.repeat(200), doc: {} },
    ]);
    expect(JSON.parse(linesOf(batch)[2]).index._id).toMatch(/^sha256-/);
  });

  test.each([Number.NaN, -1, 1e15, 8.7e15])('time %p still gives an index that OpenSearch can name', (time) => {
    expect(linesOf(batchOf(sink, [{ id: 'a', time, doc: {} }]))[0]).toMatch(/"aws-flowlogs-\d{4}\.\d\d\.\d\d"/);
  });
});

describe('an address', () => {
  test.each(['search.example', 'http://search.example', 'ftp://127.0.0.1', 'https://name:secret@search.example', ''])(
    '%p is refused at once',
    (url) => {
      expect(() => opensearch({ url, auth: basic, index: flowlogs })).toThrow(ConfigError);
    },
  );
});

describe('on a scripted server', () => {
  let server: Scripted | undefined;
  afterEach(async () => await server?.stop());

  async function send(records: readonly Record[], turns: readonly Turn[], options: Partial<OpenSearchOptions> = {}) {
    server = await scripted(...turns);
    const now = () => Date.UTC(2026, 10, 24, 12); // the records' own day
    const sink = opensearch({ url: server.url, auth: basic, index: flowlogs, now, ...options });
    return await sink.send(batchOf(sink, records), never);
  }

  test('one compressed request asks for no more than what is read of the answer', async () => {
    const delivery = await send(numbered(3), []);
    expect(delivery).toEqual({ accepted: 3, retry: [], rejected: [] });
    const [request] = server!.requests;
    expect(request.method).toBe('POST');
    expect(decodeURIComponent(request.url)).toBe(
      '/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.index&timeout=20000ms',
    );
    expect(request.headers).toMatchObject({
      authorization: `Basic ${btoa('writer:secret')}`,
      'content-encoding': 'gzip',
      'content-length': String(request.body.length),
      'content-type': 'application/x-ndjson',
    });
    expect(request.lines).toHaveLength(6);
  });

  test('a body in zstd, but never for a collection', async () => {
    expect(await send(numbered(3), [], { encoded: zstdOrGzip() })).toMatchObject({ accepted: 3 });
    expect(server!.requests.map(({ headers }) => headers['content-encoding'])).toEqual(['zstd']);
    expect(server!.requests[0].lines).toHaveLength(6);
    await server!.stop();
    const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });
    const auth: Auth = { kind: 'aoss', region: 'ap-northeast-2', credentials };
    expect(await send(numbered(3), [], { auth, encoded: zstdOrGzip() })).toMatchObject({ accepted: 3 });
    expect(server!.requests.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip']);
  });

  test('an empty batch asks nothing', async () => {
    expect(await send([], [])).toEqual({ accepted: 0, retry: [], rejected: [] });
    expect(server!.requests).toHaveLength(0);
  });

  test('409 counts as accepted; 429 and 5xx are for later; another 4xx is rejected with its reason', async () => {
    const failures = {
      0: { status: 409, type: 'version_conflict_engine_exception' },
      1: { status: 429, type: 'rejected_execution_exception', reason: 'queue full' },
      3: { status: 503, type: 'unavailable_shards_exception' },
      4: { status: 400, type: 'mapper_parsing_exception', reason: 'failed to parse field [ip]' },
    };
    expect(await send(numbered(5), [results(failures)])).toEqual({
      accepted: 2,
      retry: [1, 3],
      rejected: [{ at: 4, reason: 'mapper_parsing_exception: failed to parse field [ip]' }],
      reason: 'rejected_execution_exception: queue full: the nodes have more to index than they keep up with',
      busy: true,
    });
  });

  test.each([
    [403, 'cluster_block_exception'],
    [403, 'security_exception'],
    [404, 'index_not_found_exception'],
    [400, 'index_closed_exception'],
    [400, 'validation_exception'],
  ])('%i %s is not the fault of the record', async (status, type) => {
    expect(await send(numbered(1), [results({ 0: { status, type } })])).toMatchObject({ retry: [0], rejected: [] });
  });

  test('a record with two actions is accepted when both are, rejected when one is', async () => {
    const records = ['a', 'b', 'c', 'd', 'e'].map((id) => ({
      id,
      current: id === 'c' ? '' : id,
      version: 1,
      doc: { id, text: 'a "\n" in it' },
    }));
    // actions: a 0 1, b 2 3, c 4, d 5 6, e 7 8
    const failures = {
      1: { status: 409 },
      3: { status: 429, type: 'busy' },
      5: { status: 503, type: 'down' },
      6: { status: 400, type: 'mapper_parsing_exception', reason: 'no' },
    };
    expect(await send(records, [results(failures)], { index: findings })).toMatchObject({
      accepted: 3,
      retry: [1],
      rejected: [{ at: 3, reason: 'mapper_parsing_exception: no' }],
    });
  });

  test('picked records of a batch are told apart as well', async () => {
    server = await scripted(results({ 2: { status: 400, type: 'bad' } }));
    const sink = opensearch({ url: server.url, auth: basic, index: findings });
    const records = ['a', 'b', 'c'].map((id) => ({ id, current: id === 'b' ? '' : id, version: 1, doc: {} }));
    const delivery = await sink.send(batchOf(sink, records).pick([2, 1]), never);
    expect(delivery).toMatchObject({ accepted: 1, rejected: [{ at: 1 }] });
  });

  /** Refuses bodies of more than so many records. */
  const atMost =
    (records: number, status = 413): Turn =>
    (request, response) =>
      (request.lines.length / 2 > records ? answer(status, 'Request size exceeded 10485760 bytes') : results())(
        request,
        response,
      );

  test('413 sends halves until they fit', async () => {
    const delivery = await send(numbered(10), Array(20).fill(atMost(3)));
    expect(delivery).toEqual({ accepted: 10, retry: [], rejected: [] });
    const taken = server!.requests.filter(({ lines }) => lines.length <= 6).flatMap(({ lines }) => lines);
    expect(taken.filter((_, at) => at % 2 === 1)).toEqual(numbered(10).map(({ doc }) => JSON.stringify(doc)));
  });

  test('a record that is too large alone is rejected', async () => {
    const tooLarge: Turn = (request, response) =>
      (request.lines.includes('{"n":2}') ? answer(413) : results())(request, response);
    const delivery = await send(numbered(5), Array(20).fill(tooLarge));
    expect(delivery).toMatchObject({
      accepted: 4,
      retry: [],
      rejected: [{ at: 2, reason: expect.stringContaining('413') }],
    });
  });

  test.each([400, 413])(
    'a proxy that answers %i to everything: a few requests, then all records wait',
    async (status) => {
      const delivery = await send(numbered(500), Array(30).fill(answer(status, { Message: 'Bad Request' })));
      expect(delivery).toMatchObject({
        accepted: 0,
        rejected: [],
        reason: expect.stringContaining('refuses every record'),
      });
      expect(delivery.retry).toHaveLength(500);
      expect(server!.requests.length).toBeLessThan(15);
    },
  );

  test('a collection that takes no document ids lets all records wait, and says so', async () => {
    const error = { status: 400, type: 'illegal_argument_exception' };
    const reason = 'Document ID is not supported in create/index operation request';
    const delivery = await send(numbered(2), [results({ 0: { ...error, reason }, 1: { ...error, reason } })]);
    expect(delivery).toMatchObject({ retry: [0, 1], rejected: [], reason: expect.stringContaining('type search') });
  });

  test('a half that is put off leaves the others for later, untried', async () => {
    const delivery = await send(numbered(8), [answer(413), results({ 1: { status: 429, type: 'busy' } })]);
    expect(delivery).toEqual({
      accepted: 3,
      retry: [1, 4, 5, 6, 7],
      rejected: [],
      reason: 'busy: no reason given',
      busy: true,
    });
    expect(server!.requests).toHaveLength(2);
  });

  test.each([
    ['429', answer(429, { error: { type: 'circuit_breaking_exception', reason: 'too much' }, status: 429 })],
    ['503', answer(503, 'Service Unavailable')],
    ['502', answer(502, '<html>')],
    ['504', answer(504)],
    ['500', answer(500, { error: 'x' })],
    ['404', answer(404, { error: 'no such thing' })],
    ['a cut connection', cut],
    ['a truncated answer', truncated],
    ['an answer that is not JSON', answer(200, '<html>login</html>')],
    ['an answer that is broken JSON', answer(200, '{"items":[', { 'content-type': 'application/json' })],
    ['an answer with too few results', answer(200, { errors: false, items: [{ create: { status: 201 } }] })],
    ['an answer with results without status', answer(200, { errors: false, items: [{ create: {} }, { create: {} }] })],
    ['an answer with results that are null', answer(200, { errors: false, items: [null, null] })],
    ['an answer without results', answer(200, { errors: false })],
    ['silence', silent],
    ['an answer that never ends', stalled],
  ])('%s puts everything off and is told', async (_, turn) => {
    const delivery = await send(numbered(2), [turn], { timeoutMs: 300 });
    expect(delivery).toMatchObject({ accepted: 0, retry: [0, 1], rejected: [] });
    expect(delivery.reason).toMatch(/^127\.0\.0\.1:\d+: ./);
    expect(delivery).not.toHaveProperty('waitMs');
  });

  test('after an answer of 503 the same sink delivers', async () => {
    server = await scripted(answer(503), answer(503));
    const sink = opensearch({ url: server.url, auth: basic, index: flowlogs });
    const batch = batchOf(sink, numbered(2));
    expect((await sink.send(batch, never)).retry).toEqual([0, 1]);
    expect((await sink.send(batch, never)).retry).toEqual([0, 1]);
    expect((await sink.send(batch, never)).accepted).toBe(2);
  });

  test.each([
    ['a request', answer(429, '', { 'retry-after': '7' })],
    ['a record', results({ 1: { status: 429, type: 'busy' } }, { 'retry-after': '7' })],
  ])('Retry-After of %s that is put off is passed on', async (_, turn) => {
    expect(await send(numbered(2), [turn])).toMatchObject({ waitMs: 7000 });
  });

  test('a server that is not there puts everything off', async () => {
    const gone = await scripted();
    await gone.stop();
    const sink = opensearch({ url: gone.url, auth: basic, index: flowlogs });
    const delivery = await sink.send(batchOf(sink, numbered(2)), never);
    expect(delivery).toMatchObject({ accepted: 0, retry: [0, 1], reason: expect.stringContaining('ECONNREFUSED') });
  });

  test.each([
    ['for an answer', silent],
    ['for the rest of an answer', stalled],
  ])('an abort ends a request that waits %s', async (_, turn) => {
    const abort = new AbortController();
    const turnAndAbort: Turn = (request, response) => {
      turn(request, response);
      setTimeout(() => abort.abort(new Error('out of time')), 50);
    };
    server = await scripted(turnAndAbort);
    const sink = opensearch({ url: server.url, auth: basic, index: flowlogs });
    const delivery = await sink.send(batchOf(sink, numbered(2)), abort.signal);
    expect(delivery).toMatchObject({ accepted: 0, retry: [0, 1], reason: expect.stringContaining('out of time') });
  });

  describe('a login', () => {
    const guarded =
      (status: number): Turn =>
      (request, response) => {
        const isRight = request.headers.authorization === `Basic ${btoa('writer:new')}`;
        (isRight ? results() : answer(status, 'Unauthorized'))(request, response);
      };
    function rotating(passwords: { stored: string; kept: string }): { auth: Auth; asked: boolean[] } {
      const asked: boolean[] = [];
      const login = async ({ fresh = false } = {}) => {
        asked.push(fresh);
        if (fresh) passwords.kept = passwords.stored;
        return { username: 'writer', password: passwords.kept };
      };
      return { auth: { kind: 'basic', login }, asked };
    }

    test.each([401, 403])('that is refused with %i is looked up again', async (status) => {
      const { auth, asked } = rotating({ stored: 'new', kept: 'old' });
      expect(await send(numbered(2), [guarded(status), guarded(status)], { auth })).toMatchObject({ accepted: 2 });
      expect(asked).toEqual([false, true]);
    });

    test('that stays refused puts everything off after one more try', async () => {
      const { auth } = rotating({ stored: 'wrong', kept: 'old' });
      const delivery = await send(numbered(2), [guarded(401), guarded(401)], { auth });
      expect(delivery).toMatchObject({
        accepted: 0,
        retry: [0, 1],
        reason: expect.stringContaining('401: Unauthorized'),
      });
      expect(delivery.reason).not.toContain('wrong');
      expect(server!.requests).toHaveLength(2);
    });

    test('that can not be configured is fatal', async () => {
      const login = async () => {
        throw new ConfigError('no such secret');
      };
      await expect(send(numbered(1), [], { auth: { kind: 'basic', login } })).rejects.toThrow(ConfigError);
    });
  });

  describe.each(['es', 'aoss'] as const)('SigV4 for %s', (kind) => {
    const credentials = {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG',
      sessionToken: 'token+/=',
    };
    const auth: Auth = { kind, region: 'ap-northeast-2', credentials: async () => credentials };

    test('signs the compressed bytes, as AWS computes it', async () => {
      await send(numbered(3), [], { auth });
      const [request] = server!.requests;
      expect(request.headers['content-encoding']).toBe('gzip');
      expect(request.headers['x-amz-content-sha256']).toBe(sha256(request.body));
      expect(request.headers['x-amz-security-token']).toBe(credentials.sessionToken);
      expect(signedHeaders(request.headers).split(';')).toEqual(
        expect.arrayContaining([
          'content-encoding',
          'host',
          'x-amz-content-sha256',
          'x-amz-date',
          'x-amz-security-token',
        ]),
      );
      expect(request.headers.authorization).toBe(
        authorization(request, { ...credentials, region: 'ap-northeast-2', service: kind }),
      );
    });

    const expired = answer(403, { message: 'The security token included in the request is expired' });
    const keys = () => server!.requests.map(({ headers }) => /Credential=(\w+)/.exec(headers.authorization!)![1]);
    /** Gives `KEY1`, `KEY2`, … with so many milliseconds to live. */
    function given(lifeMs?: number): { auth: Auth; asked: (boolean | undefined)[] } {
      const asked: (boolean | undefined)[] = [];
      const credentials = async ({ forceRefresh }: { forceRefresh?: boolean } = {}) => {
        const accessKeyId = `KEY${asked.push(forceRefresh)}`;
        const expiration = lifeMs === undefined ? undefined : new Date(Date.now() + lifeMs);
        return { accessKeyId, secretAccessKey: 's', ...(expiration !== undefined && { expiration }) };
      };
      return { auth: { kind, region: 'ap-northeast-2', credentials }, asked };
    }

    async function sentTwice(auth: Auth): Promise<void> {
      server = await scripted();
      const sink = opensearch({ url: server.url, auth, index: flowlogs });
      for (let i = 0; i < 2; i++)
        expect(await sink.send(batchOf(sink, numbered(1)), never)).toMatchObject({ accepted: 1 });
    }

    test('the provider is asked before each request, since it knows when its keys end', async () => {
      const { auth, asked } = given(20_000);
      await sentTwice(auth);
      expect(keys()).toEqual(['KEY1', 'KEY2']);
      expect(asked).toEqual([false, false]);
    });

    test.each([undefined, 3_600_000])(
      'keys that are refused as expired are looked up again, once (%s)',
      async (lifeMs) => {
        const { auth, asked } = given(lifeMs);
        expect(await send(numbered(2), [expired], { auth })).toMatchObject({ accepted: 2, retry: [] });
        expect(keys()).toEqual(['KEY1', 'KEY2']);
        expect(asked).toEqual([false, true]);
      },
    );

    test('keys that stay refused put everything off, none is rejected', async () => {
      const { auth } = given();
      const delivery = await send(numbered(2), [expired, expired], { auth });
      expect(delivery).toMatchObject({ accepted: 0, retry: [0, 1], rejected: [] });
      expect(delivery.reason).toContain('security token');
      expect(keys()).toEqual(['KEY1', 'KEY2']);
    });

    test('the environment is read again when its keys have ended or are refused', async () => {
      const { AWS_PROFILE: _, ...others } = process.env;
      const environment = jest.replaceProperty(process, 'env', others);
      const env = (name: string, lifeMs: number) => {
        const AWS_CREDENTIAL_EXPIRATION = new Date(Date.now() + lifeMs).toISOString();
        Object.assign(process.env, { AWS_ACCESS_KEY_ID: name, AWS_SECRET_ACCESS_KEY: 's', AWS_CREDENTIAL_EXPIRATION });
      };
      try {
        server = await scripted(results(), results(), expired, results());
        const sink = opensearch({ url: server.url, auth: { kind, region: 'ap-northeast-2' }, index: flowlogs });
        env('ENDING', -1);
        await sink.send(batchOf(sink, numbered(1)), never);
        env('LIVING', 3_600_000);
        await sink.send(batchOf(sink, numbered(1)), never);
        env('RENEWED', 3_600_000);
        await sink.send(batchOf(sink, numbered(1)), never);
        expect(keys()).toEqual(['ENDING', 'LIVING', 'LIVING', 'RENEWED']);
      } finally {
        environment.restore();
      }
    });

    test('403 puts everything off', async () => {
      const delivery = await send(numbered(2), [answer(403, { Message: 'not authorized' })], { auth });
      expect(delivery).toMatchObject({ accepted: 0, retry: [0, 1], reason: expect.stringContaining('not authorized') });
    });
  });

  test('credentials that can not be loaded put everything off', async () => {
    const credentials = async () => {
      throw new Error('no credentials');
    };
    const auth: Auth = { kind: 'es', region: 'ap-northeast-2', credentials };
    expect(await send(numbered(1), [], { auth })).toMatchObject({
      retry: [0],
      reason: expect.stringContaining('no credentials'),
    });
  });
});

await onNode('on a real node', (node) => {
  const auth: Auth = { kind: 'basic', login: async () => node };
  const ca = readFileSync(node.caFile, 'utf8');
  const sinkFor = (index: OpenSearchOptions['index']) =>
    opensearch({ url: node.url, auth, ca, index, now: () => noon });
  const ask = asker({ url: node.url, auth, ca });
  const count = async (index: string) => {
    await ask('POST', `/${index}/_refresh`);
    return ((await ask('GET', `/${index}/_count`)) as { count: number }).count;
  };

  test('it takes a body in zstd, or the same in gzip from an older node', async () => {
    const encodings: string[] = [];
    const encoded = zstdOrGzip();
    const watched: SendEncoded = (text, request) =>
      encoded(text, (body, encoding) => {
        encodings.push(encoding);
        return request(body, encoding);
      });
    const index = { name: 'encoded', period: 'day' } as const;
    const sink = opensearch({ url: node.url, auth, ca, index, now: () => noon, encoded: watched });
    expect(await sink.send(batchOf(sink, numbered(100)), never)).toEqual({ accepted: 100, retry: [], rejected: [] });
    expect(await sink.send(batchOf(sink, numbered(120)), never)).toEqual({ accepted: 120, retry: [], rejected: [] });
    expect(await count('encoded-2026.11.24')).toBe(120);
    expect(encodings).toEqual(node.version.startsWith('2.') ? ['zstd', 'gzip', 'gzip'] : ['zstd', 'zstd']);
  });

  test('a repeat is accepted and changes nothing', async () => {
    const sink = sinkFor({ name: 'repeat', period: 'day' });
    const batch = batchOf(sink, numbered(100));
    expect(await sink.send(batch, never)).toEqual({ accepted: 100, retry: [], rejected: [] });
    expect(await sink.send(batch, never)).toEqual({ accepted: 100, retry: [], rejected: [] });
    expect(await count('repeat-2026.11.24')).toBe(100);
  });

  test('a document that the mapping refuses is rejected with the reason while its neighbours arrive', async () => {
    await ask('PUT', '/mapped-2026.11.24', { mappings: { properties: { ip: { type: 'ip' } } } });
    const sink = sinkFor({ name: 'mapped', period: 'day' });
    const docs = [{ ip: '192.0.2.1' }, { ip: 'nowhere' }, { ip: '2001:db8::1' }];
    expect(
      await sink.send(
        batchOf(
          sink,
          docs.map((doc, n) => ({ id: `${n}`, doc })),
        ),
        never,
      ),
    ).toEqual({
      accepted: 2,
      retry: [],
      rejected: [{ at: 1, reason: expect.stringMatching(/^mapper_parsing_exception: .*\[ip\]/) }],
    });
    expect(await count('mapped-2026.11.24')).toBe(2);
  });

  test('the newest state stays, whatever the order of arrival; the history has all', async () => {
    const sink = sinkFor({ name: 'history', period: 'month', current: 'newest' });
    const states = [3, 1, 2].map((version) => ({ id: `f@${version}`, current: 'f', version, doc: { version } }));
    expect(await sink.send(batchOf(sink, states), never)).toEqual({ accepted: 3, retry: [], rejected: [] });
    expect(await count('history-2026.11')).toBe(3);
    expect(await ask('GET', '/newest/_doc/f')).toMatchObject({ _version: 3, _source: { version: 3 } });
  });

  test('a malformed record is found among the others, which arrive', async () => {
    const sink = sinkFor({ name: 'malformed', period: 'day' });
    const records = [...numbered(8), { id: 'broken', doc: '{"a":\n1}' }, ...numbered(16).slice(8)];
    expect(await sink.send(batchOf(sink, records), never)).toMatchObject({
      accepted: 16,
      retry: [],
      rejected: [{ at: 8 }],
    });
    expect(await count('malformed-2026.11.24')).toBe(16);
  });

  test('nothing is rejected because an index or the cluster is closed to writing', async () => {
    const sink = sinkFor({ name: 'closed', period: 'day' });
    const times = { readOnly: noon, shut: noon + 864e5, unmade: noon + 2 * 864e5 };
    await ask('PUT', '/closed-2026.11.24', { settings: { 'index.blocks.write': true } });
    await ask('PUT', '/closed-2026.11.25');
    await ask('POST', '/closed-2026.11.25/_close');
    const setting = (value: unknown) =>
      ask('PUT', '/_cluster/settings', { persistent: { 'cluster.max_shards_per_node': value } });
    await setting(1);
    const records = Object.entries(times).map(([id, time]) => ({ id, time, doc: {} }));
    const delivery = await sink.send(batchOf(sink, records), never);
    await setting(null);
    expect(delivery).toMatchObject({ accepted: 0, retry: [0, 1, 2], rejected: [] });
  });

  test('a login without the right to write puts everything off', async () => {
    const reader = { username: 'reader', password: 'a-Long-pass!42' };
    await ask('PUT', '/_plugins/_security/api/internalusers/reader', { password: reader.password });
    const sink = opensearch({
      url: node.url,
      auth: { kind: 'basic', login: async () => reader },
      ca,
      index: { name: 'secret', period: 'day' },
    });
    const delivery = await sink.send(batchOf(sink, numbered(2)), never);
    expect(delivery).toMatchObject({
      accepted: 0,
      retry: [0, 1],
      reason: expect.stringContaining('security_exception'),
    });
  });

  test('a node whose certificate nobody vouches for gets nothing', async () => {
    const sink = opensearch({ url: node.url, auth, index: flowlogs });
    const delivery = await sink.send(batchOf(sink, numbered(1)), never);
    expect(delivery).toMatchObject({ accepted: 0, retry: [0], reason: expect.stringContaining('self-signed') });
  });
});
