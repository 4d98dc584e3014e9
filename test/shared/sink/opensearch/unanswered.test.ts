import { afterEach, expect, test } from '@jest/globals';
import type { Bytes, Sink } from '../../../../shared/model.ts';
import { blank } from '../../../../shared/pipeline/facts.ts';
import { retrying } from '../../../../shared/sink/delivery/retry.ts';
import { type OpenSearchOptions, opensearch } from '../../../../shared/sink/opensearch/sink.ts';
import { Batch } from '../../../../shared/text/batch.ts';
import { Text } from '../../../../shared/text/text.ts';
import { answer, cut, results, type Scripted, scripted, type Turn } from '../../../rig/opensearch/scripted.ts';

const never = new AbortController().signal;
const noon = Date.UTC(2026, 10, 24, 12);
const DAY = 86_400_000;
const KILLER = '{"killer":1}';

let server: Scripted | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** Records of one day, but for those of `days`, by their numbers; those in `killers` stop whoever reads them. */
function batchOf(sink: Sink, count: number, killers: readonly number[], days: readonly number[] = []): Batch {
  const batch = new Batch(1024);
  for (let at = 0; at < count; at++) {
    const doc = new Text(64);
    doc.string(killers.includes(at) ? KILLER : `{"n":${at}}`);
    batch.begin(0, 's3://bucket/key@etag', at + 1);
    const time = noon + (days[at] ?? 0) * DAY;
    sink.append(batch.text, { ...blank(), id: `r${at}`, time }, { uri: '', seq: at + 1 }, doc, {} as Bytes);
  }
  return batch;
}

const killedBy =
  (killing: (line: string) => boolean, dying: Turn): Turn =>
  (request, response) =>
    (request.lines.some(killing) ? dying : results())(request, response);

const isKiller = (line: string): boolean => line === KILLER;

/** A server that treats every request like this. */
const always = (turn: Turn): Promise<Scripted> => scripted(...Array.from({ length: 300 }, () => turn));

const sinkTo = (to: Scripted, more: Partial<OpenSearchOptions> = {}): Sink =>
  opensearch({
    url: to.url,
    auth: { kind: 'basic', login: async () => ({ username: 'writer', password: 'secret' }) },
    index: { name: 'aws-flowlogs', period: 'day' },
    ...more,
  });

const patience = { deadline: () => Number.POSITIVE_INFINITY, patienceMs: 60_000, baseMs: 1, maxMs: 1 };

/** Ids of the documents that were accepted, each once. */
function accepted(isAnswered: (lines: readonly string[]) => boolean): Set<string> {
  const ids = server!.requests
    .filter(({ lines }) => isAnswered(lines))
    .flatMap(({ lines }) => lines.filter((_, at) => at % 2 === 0))
    .map((line) => (JSON.parse(line) as { create: { _id: string } }).create._id);
  return new Set(ids);
}

test.each([
  ['the connection breaks', cut, [4321]],
  ['the connection breaks', cut, [0]],
  ['the connection breaks', cut, [0, 1, 2, 2500, 4998]],
  ['a proxy answers 502', answer(502, '<html>'), [4999 - 1]],
  ['a proxy answers 504', answer(504), [17]],
])('%s at some of 5,000 records: those are rejected, all others arrive', async (_, dying, killers) => {
  server = await always(killedBy(isKiller, dying));
  const sink = retrying(sinkTo(server), patience);
  const { rejected, ...rest } = await sink.send(batchOf(sink, 5000, killers), never);
  expect(rest).toMatchObject({ accepted: 5000 - killers.length, retry: [] });
  expect(rejected.map(({ at }) => at).sort((a, b) => a - b)).toEqual(killers);
  for (const { reason } of rejected) expect(reason).toMatch(/^no answer to this record, twice/);
  expect(accepted((lines) => !lines.some(isKiller)).size).toBe(5000 - killers.length);
});

test('one lost answer is followed by the same request', async () => {
  server = await scripted(cut);
  const sink = retrying(sinkTo(server), patience);
  expect(await sink.send(batchOf(sink, 8, []), never)).toMatchObject({ accepted: 8, retry: [], rejected: [] });
  expect(server.requests).toHaveLength(2);
});

test.each([['cut'], ['502'], ['504']])('an outage rejects nothing: %s for everything', async (how) => {
  server = await always(how === 'cut' ? cut : answer(Number(how)));
  const sink = retrying(sinkTo(server, { isSuspect: true }), { ...patience, patienceMs: 50 });
  const batch = batchOf(sink, 100, [3]);
  const delivery = await sink.send(batch, never);
  expect(delivery).toMatchObject({ accepted: 0, rejected: [], reason: expect.stringContaining('no answer') });
  expect(delivery.retry).toEqual(Array.from({ length: 100 }, (_, at) => at));
});

test('an outage that begins while the record is looked for rejects nothing, and what is open waits', async () => {
  for (let after = 1; after < 20; after++) {
    server = await scripted(
      ...Array.from({ length: after }, () => killedBy(isKiller, cut)),
      ...Array.from({ length: 50 }, () => cut),
    );
    const sink = sinkTo(server, { isSuspect: true });
    const delivery = await sink.send(batchOf(sink, 16, [5]), never);
    expect(delivery.accepted + delivery.retry.length + delivery.rejected.length).toBe(16);
    if (!delivery.retry.includes(5)) expect(delivery.rejected).toMatchObject([{ at: 5 }]);
    await server.stop();
  }
});

test('an index without an answer blames none of its records, and the others arrive', async () => {
  const isSick = (line: string) => line.includes('aws-flowlogs-2026.11.25');
  server = await always(killedBy(isSick, cut));
  const sink = sinkTo(server, { isSuspect: true });
  const days = [0, 0, 1, 0, 1, 1, 0, 0];
  const delivery = await sink.send(batchOf(sink, 8, [], days), never);
  expect(delivery.rejected).toEqual([]);
  expect(delivery.retry).toEqual(expect.arrayContaining([2, 4, 5]));
});

test('a record that comes alone waits: nothing shows that it is to blame', async () => {
  server = await always(killedBy(isKiller, cut));
  const sink = sinkTo(server, { isSuspect: true });
  expect(await sink.send(batchOf(sink, 1, [0]), never)).toMatchObject({ accepted: 0, retry: [0], rejected: [] });
});

test('a server that is not there is asked once', async () => {
  const gone = await scripted();
  await gone.stop();
  const sink = sinkTo(gone, { isSuspect: true });
  const delivery = await sink.send(batchOf(sink, 2, []), never);
  expect(delivery).toMatchObject({ retry: [0, 1], reason: expect.stringContaining('ECONNREFUSED') });
});
