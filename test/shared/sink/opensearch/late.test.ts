import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Bytes, Facts, Index, Sink } from '../../../../shared/model.ts';
import { blank } from '../../../../shared/pipeline/facts.ts';
import type { Auth } from '../../../../shared/sink/opensearch/client.ts';
import { opensearch } from '../../../../shared/sink/opensearch/sink.ts';
import { Batch } from '../../../../shared/text/batch.ts';
import { Text } from '../../../../shared/text/text.ts';
import { asker } from '../../../rig/opensearch/asker.ts';
import { answer, type Failure, results, type Scripted, scripted, type Turn } from '../../../rig/opensearch/scripted.ts';
import { onNode } from '../../../rig/opensearch/suite.ts';

const NEVER = new AbortController().signal;
const DAY = 86_400_000;
const TODAY = Date.UTC(2026, 10, 24, 12);
const OLD = Date.UTC(2026, 7, 24, 12);
const basic: Auth = { kind: 'basic', login: async () => ({ username: 'writer', password: 'secret' }) };
const flowlogs: Index = { name: 'aws-flowlogs', period: 'day' };
const findings: Index = {
  name: 'aws-findings-history',
  period: 'month',
  current: 'aws-findings-current',
  copies: 'aws-findings-copies',
};

type Record = Partial<Facts>;

function batchOf(sink: Sink, records: readonly Record[]): Batch {
  const batch = new Batch(1024);
  records.forEach((facts, at) => {
    const doc = new Text(64);
    doc.string(JSON.stringify({ id: facts.id }));
    const from = { uri: 's3://bucket/key@etag', seq: at + 1 };
    batch.begin(0, from.uri, from.seq);
    sink.append(batch.text, { ...blank(), time: OLD, ...facts }, from, doc, {} as Bytes);
  });
  return batch;
}

const SHUT: Failure = {
  status: 403,
  type: 'cluster_block_exception',
  reason: 'index [aws-flowlogs-2026.08.24] blocked by: [FORBIDDEN/8/index write (api)];',
};
const CLOSED: Failure = { status: 400, type: 'index_closed_exception', reason: 'closed' };
const BUSY: Failure = { status: 429, type: 'rejected_execution_exception', reason: 'full' };
const FLOOD: Failure = {
  status: 429,
  type: 'cluster_block_exception',
  reason:
    'index [aws-flowlogs-2026.08.24] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];',
};

/** Beside what waits in each case. */
const [PER_INDEX, BUSY_NODE] = [{ perIndex: true }, { busy: true }];

describe('on a scripted server', () => {
  let server: Scripted;
  afterEach(async () => await server.stop());

  /** A sink on a server that plays these turns; `clock.now` may be set; `late` has what was told. */
  async function sinkOn(index: Index, ...turns: readonly Turn[]) {
    server = await scripted(...turns);
    const clock = { now: TODAY };
    const late: number[] = [];
    const tell = (records: number) => void late.push(records);
    const sink = opensearch({ url: server.url, auth: basic, index, late: tell, now: () => clock.now });
    return { sink, clock, late, send: (records: readonly Record[]) => sink.send(batchOf(sink, records), NEVER) };
  }

  /** Of each request, where its actions go: `index/id`. */
  const asked = () =>
    server.requests.map(({ lines }) =>
      lines
        .filter((_, i) => i % 2 === 0)
        .map((line) => Object.values(JSON.parse(line) as { [verb: string]: { _index: string; _id: string } })[0])
        .map(({ _index, _id }) => `${_index}/${_id}`),
    );

  test.each([
    ['takes no writes', SHUT],
    ['was closed', CLOSED],
    ['was made read-only', { ...SHUT, reason: 'index [x] blocked by: [FORBIDDEN/5/index read-only (api)];' }],
  ])('an event whose day %s goes to the late index in the same send, under the same id', async (_, failure) => {
    const { send, late } = await sinkOn(flowlogs, results({ 1: failure }));
    const delivery = await send([{ id: 'a', time: TODAY }, { id: 'b' }, { id: 'c', time: TODAY }]);
    expect(delivery).toEqual({ accepted: 3, retry: [], rejected: [] });
    expect(asked()).toEqual([
      ['aws-flowlogs-2026.11.24/a', 'aws-flowlogs-2026.08.24/b', 'aws-flowlogs-2026.11.24/c'],
      ['aws-flowlogs-late/b'],
    ]);
    expect(server.requests[1].lines[1]).toBe('{"id":"b"}');
    expect(late).toEqual([1]);
  });

  test('the next batches go there at once, and by their day again after five minutes', async () => {
    const { send, clock, late } = await sinkOn(flowlogs, results({ 0: SHUT }));
    const records = [{ id: 'a' }, { id: 'b', time: OLD + DAY }];
    await send(records);
    clock.now += 299_999;
    expect(await send(records)).toEqual({ accepted: 2, retry: [], rejected: [] });
    clock.now += 1;
    expect(await send(records)).toEqual({ accepted: 2, retry: [], rejected: [] });
    expect(asked()).toEqual([
      ['aws-flowlogs-2026.08.24/a', 'aws-flowlogs-2026.08.25/b'],
      ['aws-flowlogs-late/a'],
      ['aws-flowlogs-late/a', 'aws-flowlogs-2026.08.25/b'],
      ['aws-flowlogs-2026.08.24/a', 'aws-flowlogs-2026.08.25/b'],
    ]);
    expect(late).toEqual([1, 1]);
  });

  test('a clock that is set back keeps nothing shut', async () => {
    const { send, clock } = await sinkOn(flowlogs, results({ 0: SHUT }));
    await send([{ id: 'a' }]);
    clock.now -= DAY;
    await send([{ id: 'a' }]);
    expect(asked()[2]).toEqual(['aws-flowlogs-2026.08.24/a']);
  });

  test('what waits or is refused on the way there is told by its number in the batch', async () => {
    const bad = { status: 400, type: 'mapper_parsing_exception', reason: 'no' };
    const { send, late } = await sinkOn(
      flowlogs,
      results({ 0: BUSY, 1: SHUT, 3: SHUT, 4: SHUT, 5: bad, 6: SHUT }),
      results({ 0: BUSY, 1: bad, 3: SHUT }),
    );
    const delivery = await send(Array.from({ length: 7 }, (_, n) => ({ id: `${n}` })));
    expect(delivery).toEqual({
      accepted: 2,
      retry: [0, 1, 6],
      rejected: [5, 3].map((at) => ({ at, reason: 'mapper_parsing_exception: no' })),
      reason: expect.stringContaining('full'),
      busy: true,
    });
    expect(late).toEqual([1]);
  });

  test('a late index that is shut itself makes its events wait', async () => {
    const { send, late } = await sinkOn(flowlogs, results({ 0: SHUT }), results({ 0: CLOSED }), results({ 0: CLOSED }));
    for (let i = 0; i < 2; i++) {
      expect(await send([{ id: 'a' }])).toMatchObject({ accepted: 0, retry: [0], rejected: [] });
    }
    expect(asked()).toEqual([['aws-flowlogs-2026.08.24/a'], ['aws-flowlogs-late/a'], ['aws-flowlogs-late/a']]);
    expect(late).toEqual([]);
  });

  test.each([
    ['of a full disk', FLOOD, OLD],
    ['of a day that is not over', SHUT, TODAY],
    ['of a day to come', CLOSED, TODAY + DAY],
  ])('the index %s is waited for', async (_, failure, time) => {
    const { send, late } = await sinkOn(flowlogs, results({ 0: failure }));
    const delivery = await send([{ id: 'a', time }]);
    expect(delivery).toMatchObject({ accepted: 0, retry: [0], rejected: [], reason: expect.stringContaining(': ') });
    expect(asked()).toHaveLength(1);
    expect(late).toEqual([]);
  });

  test('a finding is late in its history, a copy among the copies; the newest state stays where it goes', async () => {
    const { send } = await sinkOn(findings, results({ 0: SHUT, 2: SHUT }));
    const delivery = await send([
      { id: 'f@1', current: 'f', version: 1 },
      { id: 'f@1/securityhub', current: 'f', version: 1, copy: true },
    ]);
    expect(delivery).toEqual({ accepted: 2, retry: [], rejected: [] });
    expect(asked()).toEqual([
      ['aws-findings-history-2026.08/f@1', 'aws-findings-current/f', 'aws-findings-copies-2026.08/f@1/securityhub'],
      ['aws-findings-history-late/f@1', 'aws-findings-current/f', 'aws-findings-copies-late/f@1/securityhub'],
    ]);
  });

  test('a month that is not over is waited for', async () => {
    const { send } = await sinkOn(findings, results({ 0: SHUT }));
    expect(await send([{ id: 'f@1', time: TODAY }])).toMatchObject({ retry: [0] });
    expect(asked()).toHaveLength(1);
  });

  test('a newest state that is shut out waits, whatever became of its history', async () => {
    const { send } = await sinkOn(findings, results({ 0: SHUT, 1: CLOSED }));
    expect(await send([{ id: 'f@1', current: 'f', version: 1 }])).toMatchObject({ accepted: 0, retry: [0] });
    expect(asked()).toHaveLength(1);
  });

  test('a server that does not answer for the late index makes only its events wait', async () => {
    const { send } = await sinkOn(flowlogs, results({ 1: SHUT }), answer(503, '', { 'retry-after': '7' }));
    expect(await send([{ id: 'a' }, { id: 'b' }])).toMatchObject({
      accepted: 1,
      retry: [1],
      rejected: [],
      waitMs: 7000,
      busy: true,
    });
  });

  test('a record that the late index refuses whole is found by the next try, among the others', async () => {
    const refuse: Turn = (request, response) =>
      (request.lines.some((line) => line.includes('"b"')) ? answer(413) : results())(request, response);
    const { send } = await sinkOn(flowlogs, results({ 0: SHUT, 1: SHUT, 2: SHUT }), refuse, ...Array(9).fill(refuse));
    const records = ['a', 'b', 'c'].map((id) => ({ id }));
    expect(await send(records)).toMatchObject({ accepted: 0, retry: [0, 1, 2], rejected: [] });
    expect(await send(records)).toMatchObject({ accepted: 2, retry: [], rejected: [{ at: 1 }] });
  });
});

await onNode('on a real node', (node) => {
  const auth: Auth = { kind: 'basic', login: async () => node };
  const ca = readFileSync(node.caFile, 'utf8');
  const ask = asker({ url: node.url, auth, ca });
  const sinkFor = (index: Index, late: (records: number) => void = () => {}) =>
    opensearch({ url: node.url, auth, ca, index, late, now: () => TODAY });
  const idsOf = async (index: string) => {
    await ask('POST', `/${index}/_refresh`);
    const found = await ask('GET', `/${index}/_search?size=100&sort=_index,_id`);
    return (found as { hits: { hits: { _index: string; _id: string }[] } }).hits.hits.map(
      ({ _index, _id }) => `${_index}/${_id}`,
    );
  };
  const settings = (values: object) => ask('PUT', '/_cluster/settings', { persistent: values });

  test.each([
    ['blocked', () => ask('PUT', '/blocked-2026.08.24/_settings', { 'index.blocks.write': true })],
    ['readonly', () => ask('PUT', '/readonly-2026.08.24/_settings', { 'index.blocks.read_only': true })],
    ['shut', () => ask('POST', '/shut-2026.08.24/_close')],
  ])('late events of a day that was %s are there once, however often they come', async (name, shut) => {
    const late: number[] = [];
    const sink = sinkFor({ name, period: 'day' }, (records) => late.push(records));
    await sink.send(batchOf(sink, [{ id: 'before' }]), NEVER);
    await shut();
    const records = [{ id: 'a' }, { id: 'b', time: TODAY }, { id: 'c' }];
    for (let i = 0; i < 2; i++) {
      expect(await sink.send(batchOf(sink, records), NEVER)).toEqual({ accepted: 3, retry: [], rejected: [] });
    }
    expect(late).toEqual([2, 2]);
    expect(await idsOf(`${name}-late`)).toEqual([`${name}-late/a`, `${name}-late/c`]);
    expect(await idsOf(`${name}-2026.11.24`)).toEqual([`${name}-2026.11.24/b`]);
  });

  test('a late finding is told in the late history and is still the newest state', async () => {
    const sink = sinkFor({ name: 'history', period: 'month', current: 'newest' });
    await ask('PUT', '/history-2026.08', { settings: { 'index.blocks.write': true } });
    const records = [{ id: 'f@1', current: 'f', version: 1 }];
    expect(await sink.send(batchOf(sink, records), NEVER)).toEqual({ accepted: 1, retry: [], rejected: [] });
    expect([await idsOf('history-late'), await idsOf('newest')]).toEqual([['history-late/f@1'], ['newest/f']]);
  });

  test('events wait for a day whose disk was full, and are in its index when there is room', async () => {
    const sink = sinkFor({ name: 'flooded', period: 'day' });
    await ask('PUT', '/flooded-2026.08.24');
    const block = (value: boolean | null) =>
      ask('PUT', '/flooded-2026.08.24/_settings', { 'index.blocks.read_only_allow_delete': value });
    await block(true);
    const batch = batchOf(sink, [{ id: 'a' }]);
    expect(await sink.send(batch, NEVER)).toEqual({
      accepted: 0,
      retry: [0],
      rejected: [],
      reason: expect.stringMatching(/TOO_MANY_REQUESTS\/12.*a disk is nearly full/),
      perIndex: true,
    });
    await block(null);
    expect(await sink.send(batch, NEVER)).toMatchObject({ accepted: 1 });
    expect(await idsOf('flooded-*')).toEqual(['flooded-2026.08.24/a']);
  });

  test('a request of more than the node indexes at once waits, a smaller one is taken', async () => {
    const sink = sinkFor({ name: 'pressed', period: 'day' });
    // a tenth of its heap, which is 512 MiB
    const batch = new Batch(64 << 20);
    const doc = new Text(1 << 20);
    doc.string(JSON.stringify({ text: '0'.repeat(1_000_000) }));
    for (let n = 0; n < 56; n++) {
      batch.begin(0, 'file:x', n);
      sink.append(batch.text, { ...blank(), id: `${n}`, time: OLD }, { uri: 'file:x', seq: n }, doc, {} as Bytes);
    }
    expect(await sink.send(batch, NEVER)).toEqual({
      accepted: 0,
      retry: Array.from({ length: 56 }, (_, at) => at),
      rejected: [],
      reason: expect.stringMatching(/rejected_execution_exception: .*the nodes have more to index/),
      busy: true,
    });
    expect(await sink.send(batch.pick([0, 1]), NEVER)).toMatchObject({ accepted: 2 });
  });

  test.each([
    ['closed', () => ask('POST', '/sick-2026.11.24/_close')],
    ['blocked', () => ask('PUT', '/sick-2026.11.24/_settings', { 'index.blocks.write': true })],
    ['without its pipeline', () => ask('PUT', '/sick-2026.11.24/_settings', { 'index.default_pipeline': 'gone' })],
  ])('an index of today that is %s makes only its own events wait', async (_, make) => {
    const sink = sinkFor({ name: 'sick', period: 'day' });
    await ask('PUT', '/sick-2026.11.24');
    await make();
    const batch = batchOf(sink, [{ id: 'a' }, { id: 'b', time: TODAY }]);
    expect(await sink.send(batch, NEVER)).toMatchObject({ accepted: 1, retry: [1], rejected: [], perIndex: true });
    expect(await sink.send(batch.pick([1]), NEVER)).toMatchObject({ accepted: 0, retry: [0], perIndex: true });
    await ask('DELETE', '/sick-2026.08.24,sick-2026.11.24');
  });

  test.each([
    ['a cluster that is read-only', { 'cluster.blocks.read_only': true }, /the whole cluster was made read-only/],
    [
      'a cluster that may be deleted from only',
      { 'cluster.blocks.read_only_allow_delete': true },
      /the whole cluster was made read-only/,
    ],
    ['too many shards', { 'cluster.max_shards_per_node': 1 }, /raise cluster.max_shards_per_node/, PER_INDEX],
    ['an index that may not be made', { 'action.auto_create_index': false }, /action.auto_create_index/, PER_INDEX],
    ['a node without memory', { 'indices.breaker.total.limit': '1mb' }, /circuit_breaking.*short of memory/, BUSY_NODE],
    [
      'a node with too much on the wire',
      { 'network.breaker.inflight_requests.limit': '64b' },
      /circuit_breaking.*short of memory/,
      BUSY_NODE,
    ],
  ])('for %s everything waits, and the reason says what to do', async (_, values, reason, more: object = {}) => {
    const sink = sinkFor({ name: 'waiting', period: 'day' });
    const batch = batchOf(sink, [{ id: 'a' }, { id: 'b', time: TODAY }]);
    await settings(values);
    const delivery = await sink.send(batch, NEVER);
    await settings(Object.fromEntries(Object.keys(values).map((name) => [name, null])));
    expect(delivery).toEqual({
      accepted: 0,
      retry: [0, 1],
      rejected: [],
      reason: expect.stringMatching(reason),
      ...more,
    });
    expect(await sink.send(batch, NEVER)).toMatchObject({ accepted: 2 });
    await ask('DELETE', '/waiting-2026.08.24,waiting-2026.11.24');
  });
});
