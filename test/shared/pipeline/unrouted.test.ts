import { describe, expect, test } from '@jest/globals';
import { json } from '../../../shared/decode/json.ts';
import { DecodeError, DeliveryError, ReadError } from '../../../shared/errors.ts';
import type { Bytes, Checkpoint, Item, Reject, Sink, SinkName, Source } from '../../../shared/model.ts';
import { collect } from '../../../shared/pipeline/collect.ts';
import { UNROUTED } from '../../../shared/pipeline/unrouted.ts';
import { opensearch } from '../../../shared/sink/opensearch/sink.ts';
import { splunk } from '../../../shared/sink/splunk/sink.ts';
import { ecsFaults } from '../../ecs.ts';

/** Reads `{"good":…}`, and `{"control":…}` as no record. */
const goods: Source<Bytes> = {
  name: 'goods',
  index: { name: 'goods', period: 'day' },
  splunk: { sourcetype: 'goods', format: 'json' },
  decode: json(),
  write({ bytes, start, end }, _from, doc) {
    const value = JSON.parse(Buffer.from(bytes.subarray(start, end)).toString());
    if (value.control) return false;
    if (!value.good) throw new DecodeError('not good');
    doc.json(value);
    return true;
  },
  raw: (record) => record,
  route: () => ['opensearch'],
};

/** A chunk each; an error is thrown where it stands. */
const item = (id: string, chunks: readonly (string | Error)[], stays = true): Item => ({
  id,
  async *bodies() {
    async function* read() {
      for (const chunk of chunks) {
        if (chunk instanceof Error) throw chunk;
        yield Buffer.from(chunk);
      }
    }
    yield { uri: `s3://logs/${id}.json@0123abcd`, chunks: read(), ...(stays && { stays }) };
  },
});

/** The real sink, with what it sends kept; or it takes nothing. */
function kept(sink: Sink, isBroken = false): Sink & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    ...sink,
    lines,
    async send(batch) {
      if (isBroken) return { accepted: 0, retry: Array.from({ length: batch.count }, (_, at) => at), rejected: [] };
      lines.push(...Buffer.from(batch.text.slice()).toString().trimEnd().split('\n'));
      return { accepted: batch.count, retry: [], rejected: [] };
    },
  };
}

const nobody = () => Promise.reject(new Error('nothing is sent'));
const toOpenSearch = (index: Source<never>['index']) =>
  opensearch({ url: 'https://localhost', auth: { kind: 'basic', login: nobody }, index });
const toSplunk = () => splunk({ endpoints: ['https://localhost:8088'], token: nobody, ...UNROUTED.splunk });

async function run(items: readonly Item[], isBroken = false) {
  const rejects: Reject[] = [];
  const metrics: Record<string, number> = {};
  const warnings: unknown[] = [];
  const own = kept(toOpenSearch(goods.index));
  const notify: Record<Exclude<SinkName, 'archive'>, ReturnType<typeof kept>> = {
    opensearch: kept(toOpenSearch(UNROUTED.index), isBroken),
    splunk: kept(toSplunk()),
  };
  const outcomes = await collect(goods, items, {
    sinks: [own],
    notify: Object.values(notify),
    quarantine: { put: (reject) => void rejects.push(reject), async flush() {} },
    log: { info() {}, warn: (...line) => void warnings.push(line), error() {} },
    metrics: {
      add(name, value) {
        metrics[name] = (metrics[name] ?? 0) + value;
      },
      flush() {},
    },
    signal: new AbortController().signal,
  });
  return { outcomes, rejects, metrics, warnings, own, notify };
}

const bad = (n: number): string => Array.from({ length: n }, (_, i) => `{"bad":${i}}`).join('\n');
const documentsIn = (lines: readonly string[]) => lines.filter((_, at) => at % 2 === 1).map((line) => JSON.parse(line));

describe('an object of which nothing can be read', () => {
  test.each([1, 19, 20, 5000])('is one event and one place in the quarantine, for %d records', async (n) => {
    const { outcomes, rejects, metrics, warnings, notify } = await run([item('a', [bad(n)])]);
    const counts = { opensearch: { filtered: 0, sent: 0, rejected: 0, spilled: 0 } };
    expect(outcomes).toEqual([{ id: 'a', read: n, undecodable: n, newest: 0, counts }]);
    expect(rejects).toEqual([
      {
        source: 'goods',
        reason: 'not routed: not good',
        uri: 's3://logs/a.json@0123abcd',
        seq: 0,
        raw: new Uint8Array(),
      },
    ]);
    expect(metrics).toMatchObject({ Unrouted: 1, Records: n, Undecodable: n, Rejected: 0, Delivered: 0 });
    expect(warnings).toEqual([
      ['object not routed', { source: 'goods', uri: 's3://logs/a.json@0123abcd', reason: 'not good' }],
    ]);
    expect(notify.opensearch.lines).toHaveLength(2);
    expect(notify.splunk.lines).toHaveLength(1);
  });

  test('is told of as ECS has it, under an id and in an index of its own', async () => {
    const { notify } = await run([item('a', ['{"bad":"봉수\\t"}'])]);
    const [action] = notify.opensearch.lines;
    const [document] = documentsIn(notify.opensearch.lines);
    expect(JSON.parse(action)).toEqual({
      create: {
        _index: `aws-unrouted-${document['@timestamp'].slice(0, 7).replace('-', '.')}`,
        _id: 'goods:s3://logs/a.json@0123abcd',
      },
    });
    expect(ecsFaults(document)).toEqual([]);
    expect(document).toMatchObject({
      message: "goods can't read s3://logs/a.json@0123abcd: not good",
      event: { kind: 'pipeline_error', reason: 'not good' },
      log: { file: { path: 's3://logs/a.json@0123abcd' } },
      aws: {
        s3: { bucket: { name: 'logs' }, object: { key: 'a.json' } },
        unrouted: { source: 'goods', sample: '{"bad":"......\\t"}' },
      },
    });
    const { sourcetype, source, event, fields } = JSON.parse(notify.splunk.lines[0]);
    expect({ sourcetype, source, fields }).toEqual({
      sourcetype: 'bongsu:unrouted',
      source: 's3://logs/a.json@0123abcd',
      fields: { event_id: 'goods:s3://logs/a.json@0123abcd' },
    });
    expect(event).toEqual(document);
  });

  test('comes again where its event is not taken', async () => {
    const { outcomes } = await run([item('a', [bad(3)]), item('b', ['{"good":1}'])], true);
    expect(outcomes.map(({ error }) => error)).toEqual([expect.objectContaining({ name: 'DeliveryError' }), undefined]);
  });

  test('may be one that breaks before its first record', async () => {
    const { rejects, notify } = await run([item('a', [new DecodeError('the object is broken gzip')])]);
    expect(rejects.map(({ reason, seq }) => ({ reason, seq }))).toEqual([
      { reason: 'not routed: the object is broken gzip', seq: 0 },
    ]);
    expect(documentsIn(notify.opensearch.lines)[0].aws.unrouted).toEqual({ source: 'goods' });
  });

  test('shows how it begins, and none of what follows a word that announces a secret', async () => {
    const request = '{"action":"ALLOW","httpRequest":{"headers":[{"name":"Cookie","value":"session=1"}]}}';
    const { notify } = await run([item('a', [request]), item('b', [`{"x":"${'y'.repeat(1000)}"}`])]);
    const [cookie, long] = documentsIn(notify.opensearch.lines);
    expect(cookie.aws.unrouted.sample).toBe('{"action":"ALLOW","httpRequest":{"headers":[{"name":"');
    expect(long.aws.unrouted.sample).toHaveLength(256);
  });
});

describe('an object of the source', () => {
  test('has its rejects one by one, those before its first good record too', async () => {
    const { outcomes, rejects, metrics, notify, own } = await run([item('a', [`${bad(19)}{"good":1}${bad(30)}`])]);
    expect(outcomes[0]).toMatchObject({ read: 50, undecodable: 49, counts: { opensearch: { sent: 1 } } });
    expect(rejects.map(({ seq }) => seq)).toEqual([...Array(50).keys()].map((i) => i + 1).filter((seq) => seq !== 20));
    expect(Buffer.from(rejects[0].raw).toString()).toBe('{"bad":0}');
    expect(metrics).not.toHaveProperty('Unrouted');
    expect([...notify.opensearch.lines, ...notify.splunk.lines]).toEqual([]);
    expect(own.lines).toHaveLength(2);
  });

  test('may have nothing in it, or control records only', async () => {
    const { rejects, metrics } = await run([item('a', []), item('b', ['[]']), item('c', ['{"control":1}{"bad":1}'])]);
    expect(rejects.map(({ uri, seq }) => `${uri} ${seq}`)).toEqual(['s3://logs/c.json@0123abcd 2']);
    expect(metrics).not.toHaveProperty('Unrouted');
  });

  test('can go wrong later', async () => {
    const { rejects } = await run([item('a', ['{"good":1}', new DecodeError('broken')])]);
    expect(rejects.map(({ reason, seq }) => ({ reason, seq }))).toEqual([{ reason: 'broken', seq: 0 }]);
  });
});

test('what can still be read of an object that looks like another is delivered', async () => {
  const { outcomes, rejects, own } = await run([item('a', [`${bad(25)}{"good":1}${bad(25)}{"good":2}`])]);
  expect(outcomes[0]).toMatchObject({ read: 52, undecodable: 50, counts: { opensearch: { sent: 2 } } });
  expect(rejects.map(({ seq }) => seq)).toEqual([0]);
  expect(documentsIn(own.lines)).toEqual([{ good: 1 }, { good: 2 }]);
});

test('what is refused of a body that can not be read again is kept record by record', async () => {
  const { rejects, metrics } = await run([item('a', [bad(30)], false)]);
  expect(rejects.map(({ seq }) => seq)).toEqual([...Array(30).keys()].map((i) => i + 1));
  expect(metrics).not.toHaveProperty('Unrouted');
});

test('an object that could not be read to its end says nothing yet', async () => {
  const { outcomes, rejects, metrics } = await run([item('a', [bad(30), new ReadError('gone')])]);
  expect(outcomes[0].error).toMatchObject({ name: 'ReadError' });
  expect(rejects).toEqual([]);
  expect(metrics).not.toHaveProperty('Unrouted');
});

test('while the quarantine or a destination refuses, those that have it get it no more, and the others do', async () => {
  const stored = new Map<string, ReadonlyMap<string, Checkpoint>>();
  const refuses = { quarantine: true, opensearch: true };
  const notify = { opensearch: kept(toOpenSearch(UNROUTED.index)), splunk: kept(toSplunk()) };
  const broken = kept(notify.opensearch, true);
  const rejects: Reject[] = [];
  const counted: Record<string, number> = {};
  async function deliver() {
    const put: Reject[] = [];
    const [outcome] = await collect(goods, [item('a', [bad(30)])], {
      sinks: [],
      notify: [refuses.opensearch ? broken : notify.opensearch, notify.splunk],
      quarantine: {
        put: (reject) => void put.push(reject),
        async flush() {
          if (refuses.quarantine) throw new DeliveryError('denied');
          rejects.push(...put.splice(0));
        },
      },
      checkpoints: {
        get: async (name) => stored.get(name) ?? new Map(),
        put: async (name, places) => void stored.set(name, places),
        remove: async (name) => void stored.delete(name),
      },
      log: { info() {}, warn() {}, error() {} },
      metrics: {
        add(name, value) {
          counted[name] = (counted[name] ?? 0) + value;
        },
        flush() {},
      },
      signal: new AbortController().signal,
    });
    return outcome.error === undefined;
  }
  for (let round = 0; round < 3; round++) expect(await deliver()).toBe(false);
  refuses.opensearch = false;
  for (let round = 0; round < 2; round++) expect(await deliver()).toBe(false);
  expect([notify.opensearch.lines.length, notify.splunk.lines.length, rejects.length]).toEqual([2, 1, 0]); // two lines are one document
  refuses.quarantine = false;
  expect(await deliver()).toBe(true);
  expect([notify.opensearch.lines.length, notify.splunk.lines.length]).toEqual([2, 1]);
  expect(rejects.map(({ seq, reason }) => ({ seq, reason }))).toEqual([{ seq: 0, reason: 'not routed: not good' }]);
  expect(counted.Unrouted).toBe(1);
  expect(stored.size).toBe(0);
});
