import { describe, expect, test } from '@jest/globals';
import { ConfigError, DecodeError, DeliveryError, ReadError } from '../../../shared/errors.ts';
import type {
  Batch,
  Body,
  Bytes,
  Checkpoint,
  Checkpoints,
  Delivery,
  Item,
  Ledger,
  LedgerEntry,
  Page,
  Reject,
  Sink,
  SinkName,
  Source,
  Spill,
} from '../../../shared/model.ts';
import { collect, type Dependencies, type Outcome, type SinkCounts } from '../../../shared/pipeline/collect.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { Text } from '../../../shared/text/text.ts';
import { idle } from '../../fake/read.ts';

/**
 * A source of words, one chunk a page. `torn…` can't be cut out, `wrong…` can't be written, `config…` shows a wrong setting,
 * `quiet…` is a control record; `o…`, `s…` and `n…` are routed to OpenSearch only, to Splunk only and nowhere, all others to both.
 */
const words: Source<string> = {
  name: 'words',
  index: { name: 'words', period: 'day' },
  splunk: { sourcetype: 'words', format: 'text' },
  decode: split,
  write(word, from, doc, facts) {
    if (word.startsWith('wrong')) throw new DecodeError(`can't write ${word}`);
    if (word.startsWith('config')) throw new ConfigError('no cast is called so');
    if (word.startsWith('quiet')) return false;
    expect(facts).toEqual(blank());
    facts.id = word[0];
    facts.time = from.seq;
    doc.string(word);
    return true;
  },
  raw: bytesOf,
  route({ id }) {
    if (id === 'n') return [];
    if (id === 'o') return ['opensearch'];
    return id === 's' ? ['splunk'] : ['opensearch', 'splunk'];
  },
};

async function* split(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Page<string>> {
  let seq = 0;
  for await (const chunk of chunks) {
    const rest = Buffer.from(chunk).toString().split(' ');
    yield {
      get seq() {
        return seq;
      },
      next() {
        const word = rest.shift();
        if (word === undefined) return undefined;
        seq++;
        if (word.startsWith('torn')) throw new DecodeError('torn', {}, { raw: Buffer.from(`<${word}>`) });
        return word;
      },
    };
  }
}

function bytesOf(word: string): Bytes {
  const text = new Text(word.length);
  text.string(word);
  return { bytes: text.bytes, view: text.view, start: 0, end: text.length };
}

/** Bodies by their chunks; an error is thrown where it stands. */
type Script = readonly (readonly (string | Error)[] | Error)[];

const item = (id: string, ...bodies: Script): Item => ({
  id,
  async *bodies() {
    for (const [i, body] of bodies.entries()) {
      if (body instanceof Error) throw body;
      yield { uri: `s3://${id}/${i}`, chunks: chunks(body) } satisfies Body;
    }
  },
});

async function* chunks(body: readonly (string | Error)[]) {
  for (const chunk of body) {
    if (chunk instanceof Error) throw chunk;
    yield Buffer.from(chunk);
  }
}

/** What a sink answers: undefined takes all. */
type Answer = (records: readonly string[], signal: AbortSignal) => Partial<Delivery> | undefined | Promise<undefined>;

interface Sent {
  readonly records: readonly string[];
  readonly bytes: number;
  readonly batch: Batch;
}

function sink(name: SinkName, answer: Answer = () => undefined, maxBytes = 1000): Sink & { readonly sent: Sent[] } {
  const sent: Sent[] = [];
  return {
    name,
    maxBytes,
    sent,
    append: (text, _facts, { seq }, doc, raw) => {
      text.int(seq);
      text.byte(58);
      text.append(doc.slice());
      text.byte(raw.end === doc.length ? 10 : 33);
    },
    async send(batch, signal) {
      const records = Array.from({ length: batch.count }, (_, at) => Buffer.from(batch.slice(at)).toString().trim());
      sent.push({ records, bytes: batch.bytes, batch });
      const { retry = [], rejected = [], ...rest } = (await answer(records, signal)) ?? {};
      return { accepted: batch.count - retry.length - rejected.length, retry, rejected, ...rest };
    },
  };
}

const where = (records: readonly string[], found: RegExp): number[] =>
  records.flatMap((record, at) => (found.test(record) ? [at] : []));

interface Setup extends Pick<Dependencies, 'admits' | 'spill' | 'ledger' | 'checkpoints' | 'deadline'> {
  readonly sinks: readonly Sink[];
  readonly signal?: AbortSignal;
  readonly flush?: (kept: readonly Reject[], signal: AbortSignal) => void | Promise<void>;
  readonly put?: () => void;
  readonly source?: Source<string>;
}

/** Collects and returns everything that can be seen from outside. */
async function collected(items: Iterable<Item>, { sinks, signal, flush, put, source = words, ...rest }: Setup) {
  const kept: Reject[] = [];
  const logged: [level: string, fields: object][] = [];
  const log = (level: string) => (_message: string, fields?: object) => logged.push([level, fields ?? {}]);
  const counted: Record<string, number> = {};
  const outcomes = await collect(source, items, {
    sinks,
    quarantine: {
      put(reject) {
        put?.();
        kept.push(reject);
      },
      flush: async (aborted) => flush?.(kept, aborted),
    },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    metrics: {
      add(name, value, of) {
        if (name === 'DeliveryMs') return;
        const key = of === undefined ? name : `${name} ${of}`;
        counted[key] = (counted[key] ?? 0) + value;
      },
      flush: () => {},
    },
    signal: signal ?? new AbortController().signal,
    ...rest,
  });
  const rejects = kept.map(({ raw, ...rest }) => ({ ...rest, raw: Buffer.from(raw).toString() }));
  return { outcomes, rejects, logged, counted };
}

/** One sink's book, by what is not 0. */
const counts = (of: Partial<SinkCounts>): SinkCounts => ({ filtered: 0, sent: 0, rejected: 0, spilled: 0, ...of });
const sentTo = (to: SinkName) => (outcome: Outcome) => outcome.counts[to]?.sent;

const both = () => [sink('opensearch'), sink('splunk')] as const;
const errors = (outcomes: readonly Outcome[]) =>
  outcomes.map(({ id, error }) => [id, error && (error as Error).message]);

describe('records', () => {
  test('go where they are routed, and the counts match', async () => {
    const [opensearch, splunk] = both();
    const { outcomes, logged, counted } = await collected(
      [item('a', ['all1 o1 s1 n1', 'quiet all2'], ['all3']), item('b', ['n2']), item('c')],
      { sinks: [opensearch, splunk] },
    );
    const same = (of: Partial<SinkCounts>) => ({ opensearch: counts(of), splunk: counts(of) });
    expect(outcomes).toEqual([
      { id: 'a', read: 6, undecodable: 0, newest: 6, counts: same({ filtered: 2, sent: 4 }) },
      { id: 'b', read: 1, undecodable: 0, newest: 1, counts: same({ filtered: 1 }) },
      { id: 'c', read: 0, undecodable: 0, newest: 0, counts: same({}) },
    ]);
    expect(opensearch.sent.flatMap(({ records }) => records)).toEqual(['1:all1', '2:o1', '6:all2', '1:all3']);
    expect(splunk.sent.flatMap(({ records }) => records)).toEqual(['1:all1', '3:s1', '6:all2', '1:all3']);
    expect(logged.map(([level, { item: id }]: [string, { item?: string }]) => [level, id])).toEqual([
      ['info', 'a'],
      ['info', 'b'],
      ['info', 'c'],
    ]);
    expect(counted).toEqual({
      Records: 7,
      Undecodable: 0,
      AgeMs: expect.any(Number),
      Unbalanced: 0,
      ...Object.fromEntries(
        ['opensearch', 'splunk'].flatMap((to) => [
          [`Filtered ${to}`, 3],
          [`Delivered ${to}`, 4],
          [`Rejected ${to}`, 0],
          [`Spilled ${to}`, 0],
        ]),
      ),
    });
  });

  test('that are routed only to a sink that is not there count as filtered', async () => {
    const { outcomes } = await collected([item('a', ['s1 all1'])], { sinks: [sink('opensearch')] });
    expect(outcomes[0]).toMatchObject({ read: 2, counts: { opensearch: counts({ filtered: 1, sent: 1 }) } });
  });

  test('go only to the sinks that admit them, by their facts and where they stood', async () => {
    const [opensearch, splunk] = both();
    const { outcomes } = await collected([item('a', ['all1 b2'], ['all3'])], {
      sinks: [opensearch, splunk],
      admits: (to, { id }, { uri }) => (to === 'splunk' ? id === 'b' : uri === 's3://a/0'),
    });
    expect(outcomes[0]).toMatchObject({
      read: 3,
      counts: { opensearch: counts({ filtered: 1, sent: 2 }), splunk: counts({ filtered: 2, sent: 1 }) },
    });
    expect(splunk.sent.flatMap(({ records }) => records)).toEqual(['2:b2']);
  });

  test('go to the archive as the events that they came in', async () => {
    const route = () => ['opensearch', 'archive'] as const;
    const [opensearch, archive] = [sink('opensearch'), sink('archive')];
    const event = () => bytesOf('long event');
    await collected([item('a', ['all1'])], { source: { ...words, route, event }, sinks: [opensearch, archive] });
    await collected([item('b', ['all2'])], { source: { ...words, route }, sinks: [opensearch, archive] });
    const sent = (to: typeof archive) => to.sent.flatMap(({ records }) => records);
    expect(sent(opensearch)).toEqual(['1:all1', '1:all2']);
    expect(sent(archive)).toEqual(['1:all1!', '1:all2']); // the mark: other bytes than the document's
  });

  test('that are broken go to the quarantine and do not stop their neighbours', async () => {
    const [opensearch, splunk] = both();
    const { outcomes, rejects, counted } = await collected(
      [item('a', ['all1 torn1 all2', 'wrong1 all3', 'torn2']), item('b', ['all4'])],
      { sinks: [opensearch, splunk] },
    );
    const same = (sent: number) => ({ opensearch: counts({ sent }), splunk: counts({ sent }) });
    expect(outcomes).toMatchObject([
      { read: 6, undecodable: 3, counts: same(3) },
      { read: 1, undecodable: 0, counts: same(1) },
    ]);
    expect(rejects).toEqual([
      { source: 'words', reason: 'torn', uri: 's3://a/0', seq: 2, raw: '<torn1>' },
      { source: 'words', reason: "can't write wrong1", uri: 's3://a/0', seq: 4, raw: 'wrong1' },
      { source: 'words', reason: 'torn', uri: 's3://a/0', seq: 6, raw: '<torn2>' },
    ]);
    expect(counted).toMatchObject({ Records: 7, Undecodable: 3, Unbalanced: 0 });
  });
});

describe('a body', () => {
  test('that can not be read fails its item alone; what was read before is delivered', async () => {
    const [opensearch] = both();
    const { outcomes, logged } = await collected(
      [
        item('a', ['all1']),
        item('b', ['all2', new ReadError('connection reset'), 'all3']),
        item('c', new ReadError('no such bucket')),
        item('d', ['all4']),
      ],
      { sinks: [opensearch] },
    );
    expect(errors(outcomes)).toEqual([
      ['a', undefined],
      ['b', 'connection reset'],
      ['c', 'no such bucket'],
      ['d', undefined],
    ]);
    expect(outcomes.map(sentTo('opensearch'))).toEqual([1, 1, 0, 1]);
    expect(opensearch.sent.flatMap(({ records }) => records)).toEqual(['1:all1', '1:all2', '1:all4']);
    expect(logged.map(([level]) => level)).toEqual(['info', 'error', 'error', 'info']);
  });

  test('that is broken itself is one reject, and its item lives', async () => {
    const { outcomes, rejects } = await collected(
      [item('a', ['all1', new DecodeError('not gzip', {}, { raw: Buffer.from('PK') }), 'all2'], ['all3'])],
      { sinks: [sink('opensearch')] },
    );
    expect(outcomes[0]).toMatchObject({ read: 3, undecodable: 1, counts: { opensearch: counts({ sent: 2 }) } });
    expect(rejects).toEqual([{ source: 'words', reason: 'not gzip', uri: 's3://a/0', seq: 0, raw: 'PK' }]);
  });
});

describe('a body that comes again', () => {
  const again = (body: Omit<Body, 'uri' | 'chunks'>, words: readonly (string | Error)[], onEnd = () => {}): Item => ({
    id: 'a',
    async *bodies() {
      async function* read() {
        try {
          yield* chunks(words);
        } finally {
          onEnd();
        }
      }
      yield { uri: 's3://a/0', chunks: read(), ...body };
    },
  });
  const sent = ({ sent }: { readonly sent: readonly Sent[] }) => sent.flatMap(({ records }) => records);

  test('gives only the records that are wanted, numbered as before, and is read no further', async () => {
    const [opensearch, splunk] = both();
    let read = 0;
    const body = { stays: true, only: new Set([2, 3, 5]) };
    const { outcomes, rejects } = await collected(
      [again(body, ['all1 all2 torn1', 'torn2 all3 wrong1', 'all4', new ReadError('read too far')], () => read++)],
      { sinks: [opensearch, splunk] },
    );
    const expected = { opensearch: counts({ sent: 2 }), splunk: counts({ sent: 2 }) };
    expect(outcomes).toEqual([{ id: 'a', read: 3, undecodable: 1, newest: 5, counts: expected }]);
    expect(sent(opensearch)).toEqual(['2:all2', '5:all3']);
    expect(rejects).toEqual([{ source: 'words', reason: 'torn', uri: 's3://a/0', seq: 3, raw: '<torn1>' }]);
    expect(read).toBe(1);
  });

  test('gives them to the one sink that wants them', async () => {
    const [opensearch, splunk] = both();
    const { outcomes } = await collected([again({ only: new Set([1]), sink: 'splunk' }, ['all1 all2'])], {
      sinks: [opensearch, splunk],
    });
    expect([sent(opensearch), sent(splunk)]).toEqual([[], ['1:all1']]);
    expect(outcomes[0].counts).toEqual({ opensearch: counts({ filtered: 1 }), splunk: counts({ sent: 1 }) });
  });

  test('keeps what is refused of it again, however much that is', async () => {
    const torn = Array.from({ length: 30 }, (_, i) => `torn${i + 1}`);
    const only = new Set(torn.map((_, i) => i + 1));
    const { rejects } = await collected([again({ stays: true, only }, [torn.join(' ')])], { sinks: [] });
    expect(rejects.map(({ seq }) => seq)).toEqual([...only]);
  });

  test('keeps the places of records that are no longer there', async () => {
    const body = { stays: true, only: new Set([2, 3]) };
    const { outcomes, rejects } = await collected([again(body, ['all1 all2'])], { sinks: [sink('opensearch')] });
    expect(outcomes[0]).toMatchObject({ read: 2, undecodable: 1, counts: { opensearch: counts({ sent: 1 }) } });
    const reason = 'the object holds no such record any more';
    expect(rejects).toEqual([{ source: 'words', reason, uri: 's3://a/0', seq: 3, raw: '' }]);

    const broken = [again(body, ['all1 all2', new DecodeError('not gzip')])];
    expect((await collected(broken, { sinks: [] })).rejects).toMatchObject([{ reason: 'not gzip', seq: 3 }]);
  });

  test('that is a piece of another one gives the record that stood there', async () => {
    const opensearch = sink('opensearch');
    const piece = { seq: 7, only: new Set([7]) };
    const { outcomes, rejects } = await collected([again(piece, ['all1']), again(piece, ['all2 all3'])], {
      sinks: [opensearch],
    });
    expect(sent(opensearch)).toEqual(['7:all1', '7:all2']);
    expect(outcomes.map(({ read, undecodable }) => [read, undecodable])).toEqual([
      [1, 0],
      [2, 1],
    ]);
    expect(rejects).toMatchObject([{ reason: 'expected one record, found several', raw: 'all3' }]);
  });
});

describe('what a sink says', () => {
  test('is booked on each item of a batch that mixes them', async () => {
    const opensearch = sink('opensearch', (records) => ({
      retry: where(records, /later/),
      rejected: where(records, /refused/).map((at) => ({ at, reason: 'mapper_parsing_exception' })),
      reason: 'es_rejected_execution_exception',
    }));
    const { outcomes, rejects } = await collected(
      [
        item('a', ['all1 refused1 all2']),
        item('b', ['all3 later1', 'later2']),
        item('c', ['all4']),
        item('d', ['refused2 later3']),
      ],
      { sinks: [opensearch] },
    );
    expect(opensearch.sent).toHaveLength(1);
    expect(errors(outcomes)).toEqual([
      ['a', undefined],
      ['b', 'opensearch: es_rejected_execution_exception'],
      ['c', undefined],
      ['d', 'opensearch: es_rejected_execution_exception'],
    ]);
    expect(outcomes[1].error).toBeInstanceOf(DeliveryError);
    expect(outcomes.map(({ read, counts: { opensearch: of } }) => [read, of?.rejected, of?.sent])).toEqual([
      [3, 1, 2],
      [3, 0, 1],
      [1, 0, 1],
      [2, 1, 0],
    ]);
    expect(rejects).toEqual([
      {
        source: 'words',
        sink: 'opensearch',
        reason: 'mapper_parsing_exception',
        uri: 's3://a/0',
        seq: 2,
        raw: '2:refused1\n',
      },
      {
        source: 'words',
        sink: 'opensearch',
        reason: 'mapper_parsing_exception',
        uri: 's3://d/0',
        seq: 1,
        raw: '1:refused2\n',
      },
    ]);
  });

  test('is of itself: two sinks fail apart', async () => {
    const opensearch = sink('opensearch');
    const splunk = sink('splunk', (records) => ({ retry: where(records, /./), reason: '503' }));
    const { outcomes } = await collected([item('a', ['o1 all1']), item('b', ['o2'])], { sinks: [opensearch, splunk] });
    expect(errors(outcomes)).toEqual([
      ['a', 'splunk: 503'],
      ['b', undefined],
    ]);
    expect(outcomes.map(sentTo('opensearch'))).toEqual([2, 1]);
    expect(outcomes.map(sentTo('splunk'))).toEqual([0, 0]);
  });

  test('by throwing means: all of the batch later', async () => {
    let calls = 0;
    const opensearch = sink(
      'opensearch',
      () => {
        if (calls++ === 0) throw new Error('socket hang up');
        return undefined;
      },
      6,
    );
    const { outcomes } = await collected([item('a', ['all1']), item('b', ['all2'])], { sinks: [opensearch] });
    expect(errors(outcomes)).toEqual([
      ['a', 'opensearch: socket hang up'],
      ['b', undefined],
    ]);
    expect(outcomes.map(sentTo('opensearch'))).toEqual([0, 1]);
  });

  test('by throwing a ConfigError surfaces, and little is sent after it', async () => {
    const opensearch = sink(
      'opensearch',
      () => {
        throw new ConfigError('index name is not allowed');
      },
      6,
    );
    let asked = 0;
    function* items() {
      for (; asked < 1000; asked++) yield item(String(asked), ['all1 all2 all3']);
    }
    await expect(collected(items(), { sinks: [opensearch, sink('splunk')] })).rejects.toThrow(
      new ConfigError('index name is not allowed'),
    );
    expect(asked).toBeLessThan(5);
  });
});

test('a setting that shows to be wrong with a record is fatal, not the fault of the record', async () => {
  const collecting = collected([item('a', ['all1 config all2'])], { sinks: [sink('opensearch')] });
  await expect(collecting).rejects.toThrow(new ConfigError('no cast is called so'));
});

describe('what a sink does not take now', () => {
  const later = (found = /later/) =>
    sink('opensearch', (records) => ({ retry: where(records, found), reason: 'es_rejected_execution_exception' }));

  /** Keeps, or throws. */
  function spill(error?: Error) {
    const kept: { sink: string; records: string[]; reason: string }[] = [];
    const put: Spill['put'] = async ({ name }, batch, numbers, reason) => {
      if (error !== undefined) throw error;
      kept.push({ sink: name, records: numbers.map((at) => Buffer.from(batch.slice(at)).toString().trim()), reason });
    };
    return { kept, put };
  }

  test('is spilled: the item is done, and the counts match', async () => {
    const { kept, put } = spill();
    const { outcomes, counted } = await collected([item('a', ['all1 later1']), item('b', ['later2'])], {
      sinks: [later(), sink('splunk')],
      spill: { put },
    });
    expect(errors(outcomes)).toEqual([
      ['a', undefined],
      ['b', undefined],
    ]);
    expect(outcomes.map(({ counts }) => counts)).toEqual([
      { opensearch: counts({ sent: 1, spilled: 1 }), splunk: counts({ sent: 2 }) },
      { opensearch: counts({ spilled: 1 }), splunk: counts({ sent: 1 }) },
    ]);
    expect(kept).toEqual([
      { sink: 'opensearch', records: ['2:later1', '1:later2'], reason: 'es_rejected_execution_exception' },
    ]);
    expect(counted).toMatchObject({ 'Spilled opensearch': 2, 'Spilled splunk': 0, Unbalanced: 0 });
  });

  test('fails its item where it can not be kept, and no other', async () => {
    const { outcomes } = await collected([item('a', ['all1 later1']), item('b', ['all2'])], {
      sinks: [later()],
      spill: { put: spill(new DeliveryError('S3 is down too')).put },
    });
    expect(errors(outcomes)).toEqual([
      ['a', 'opensearch: S3 is down too'],
      ['b', undefined],
    ]);
  });

  test('is not kept for an item that comes again anyway', async () => {
    const { kept, put } = spill();
    const { outcomes } = await collected(
      [item('a', ['later1', new ReadError('connection reset')]), item('b', ['later2'])],
      { sinks: [later()], spill: { put } },
    );
    expect(errors(outcomes)).toEqual([
      ['a', 'connection reset'],
      ['b', undefined],
    ]);
    expect(kept.map(({ records }) => records)).toEqual([['1:later2']]);
  });

  test('may be all there is, by its configuration: the other sink has its records', async () => {
    const { kept, put } = spill();
    const opensearch = sink('opensearch', () => {
      throw new ConfigError('the secret holds no text');
    });
    const splunk = sink('splunk');
    const { outcomes } = await collected([item('a', ['all1 all2'])], { sinks: [opensearch, splunk], spill: { put } });
    expect(outcomes[0].error).toBeUndefined();
    expect(outcomes.map(sentTo('splunk'))).toEqual([2]);
    expect(kept).toEqual([{ sink: 'opensearch', records: ['1:all1', '2:all2'], reason: 'the secret holds no text' }]);
  });

  test('is kept after the time is over: items that were read to their end are done', async () => {
    const abort = new AbortController();
    const { put } = spill();
    const waiting = later(/./);
    const { outcomes } = await collected(
      [
        item('a', ['all1']),
        {
          id: 'b',
          async *bodies(signal) {
            abort.abort(new Error('time is over'));
            yield* item('b', []).bodies(signal);
          },
        },
        item('c', ['all2']),
      ],
      { sinks: [waiting], signal: abort.signal, spill: { put } },
    );
    expect(errors(outcomes)).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['c', 'time is over'],
    ]);
    expect(outcomes[0].counts.opensearch).toEqual(counts({ spilled: 1 }));
  });
});

describe('the counts', () => {
  test('that do not balance fail the item', async () => {
    // two of one name: each record is sent twice
    const { outcomes, counted } = await collected([item('a', ['all1 all2'])], {
      sinks: [sink('opensearch'), sink('opensearch')],
    });
    expect(errors(outcomes)).toEqual([['a', 'count mismatch']]);
    expect(counted).toMatchObject({ Unbalanced: 2 });
  });

  test('know nothing of a batch whose delivery does not add up', async () => {
    const { outcomes } = await collected([item('a', ['all1 all2'])], {
      sinks: [sink('opensearch', () => ({ accepted: 1 }))],
    });
    expect(errors(outcomes)).toEqual([['a', 'opensearch: the sink did not account for each record of the batch']]);
  });
});

describe('the ledger', () => {
  const entries: LedgerEntry[] = [];
  const ledger: Ledger = { put: (entry) => void entries.push(entry), flush: async () => {} };
  const stored = (id: string, ...bodies: Script): Item => ({
    id,
    async *bodies(signal) {
      for await (const body of item(id, ...bodies).bodies(signal)) yield { ...body, stays: true };
    },
  });

  test('has each object that was read, and none of an item that comes again or of a body that does not stay', async () => {
    entries.length = 0;
    await collected(
      [
        stored('a', ['all1 torn1'], ['all2 all3 quiet']),
        stored('b', ['all4'], ['all5', new ReadError('reset')]),
        item('c', ['all6']),
        stored('d', ['torn2']),
      ],
      { sinks: [sink('opensearch')], ledger },
    );
    expect(entries).toEqual([
      { source: 'words', uri: 's3://a/0', read: 2 },
      { source: 'words', uri: 's3://a/1', read: 2 },
      { source: 'words', uri: 's3://d/0', read: 1 },
    ]);
  });

  test('has none of which only some records were asked for', async () => {
    entries.length = 0;
    const some: Item = {
      id: 'a',
      async *bodies(signal) {
        for await (const body of stored('a', ['all1 all2 all3']).bodies(signal)) yield { ...body, only: new Set([2]) };
      },
    };
    const { outcomes } = await collected([some], { sinks: [sink('opensearch')], ledger });
    expect(outcomes[0].read).toBe(1);
    expect(entries).toEqual([]);
  });
});

describe('the quarantine', () => {
  const broken = [item('a', ['all1 torn1']), item('b', ['all2']), item('c', ['refused1'])];
  const refusing = () =>
    sink('opensearch', (records) => ({ rejected: where(records, /refused/).map((at) => ({ at, reason: 'no' })) }));

  test('that keeps nothing fails the items with rejects, and no others', async () => {
    const { outcomes } = await collected(broken, {
      sinks: [refusing()],
      flush: () => {
        throw new DeliveryError('Firehose took no rejects');
      },
    });
    expect(errors(outcomes)).toEqual([
      ['a', 'Firehose took no rejects'],
      ['b', undefined],
      ['c', 'Firehose took no rejects'],
    ]);
  });

  test('that can not even be given a reject fails its item, and the rest is booked', async () => {
    const { outcomes } = await collected(broken, {
      sinks: [refusing()],
      put: () => {
        throw new Error('disk full');
      },
    });
    expect(errors(outcomes)).toEqual([
      ['a', 'disk full'],
      ['b', undefined],
      ['c', 'disk full'],
    ]);
    expect(outcomes.map(sentTo('opensearch'))).toEqual([1, 1, 0]);
  });

  test('is waited for when rejects pile up; items fail whose rejects it lost, not those before', async () => {
    const big = `torn${'x'.repeat(1 << 20)}`;
    const page = Array(30).fill(big).join(' ');
    let most = 0;
    let flushes = 0;
    let known = 0;
    const { outcomes } = await collected([item('a', [page, 'all1']), item('b', ['torn1', page]), item('c', ['all2'])], {
      sinks: [sink('opensearch')],
      flush: (kept) => {
        most = Math.max(most, kept.length - known);
        known = kept.length;
        if (++flushes === 2) throw new DeliveryError('too late');
      },
    });
    expect(errors(outcomes)).toEqual([
      ['a', undefined],
      ['b', 'too late'],
      ['c', undefined],
    ]);
    expect(most).toBeLessThanOrEqual(31);
  });
});

describe('a batch', () => {
  const sizes = (of: ReturnType<typeof sink>) => of.sent.map(({ bytes }) => bytes);

  test('never exceeds what the sink takes, and loses nothing', async () => {
    for (const maxBytes of [8, 20, 50, 1000]) {
      const opensearch = sink('opensearch', undefined, maxBytes);
      const body = Array.from({ length: 200 }, (_, i) => `a${'x'.repeat(i % 5)}`);
      const { outcomes } = await collected([item('a', [body.slice(0, 70).join(' '), body.slice(70).join(' ')])], {
        sinks: [opensearch],
      });
      expect(outcomes.map(sentTo('opensearch'))).toEqual([200]);
      expect(opensearch.sent.flatMap(({ records }) => records)).toEqual(body.map((word, i) => `${i + 1}:${word}`));
      expect(Math.max(...sizes(opensearch))).toBeLessThanOrEqual(Math.max(maxBytes, 10));
      expect(sizes(opensearch).length).toBeLessThan(maxBytes === 1000 ? 4 : 201);
    }
  });

  test('holds a single record that is larger, alone', async () => {
    const opensearch = sink('opensearch', undefined, 20);
    const huge = `a${'x'.repeat(50)}`;
    const { outcomes } = await collected([item('a', [`a b ${huge} c ${huge} ${huge} d e`, huge])], {
      sinks: [opensearch],
    });
    expect(outcomes[0]).toMatchObject({ read: 9, counts: { opensearch: counts({ sent: 9 }) } });
    expect(opensearch.sent.map(({ records }) => records.map((record) => record.replace(huge, 'HUGE')))).toEqual([
      ['1:a', '2:b'],
      ['3:HUGE'],
      ['4:c'],
      ['5:HUGE'],
      ['6:HUGE'],
      ['7:d', '8:e'],
      ['9:HUGE'],
    ]);
  });

  test('is one of at most two on the wire for each sink, while the other sink goes on', async () => {
    const open: (() => void)[] = [];
    let onWire = 0;
    let most = 0;
    const slow = sink(
      'opensearch',
      async () => {
        most = Math.max(most, ++onWire);
        await new Promise<void>((resolve) => open.push(resolve));
        onWire--;
        return undefined;
      },
      6,
    );
    const fast = sink('splunk', undefined, 6);
    const collecting = collected([item('a', Array(20).fill('all1'))], { sinks: [slow, fast] });
    await idle();
    expect(slow.sent).toHaveLength(2);
    expect(fast.sent.length).toBeGreaterThanOrEqual(2);
    for (let done = 0; done < 20; done++) {
      open.shift()?.();
      await idle();
    }
    const { outcomes } = await collecting;
    expect(most).toBe(2);
    expect(['opensearch' as const, 'splunk' as const].map((to) => sentTo(to)(outcomes[0]))).toEqual([20, 20]);
  });

  test('gets smaller where the sink pushes back, also in the next invocation, and grows again', async () => {
    let isBusy = true;
    const opensearch = sink('opensearch', () => (isBusy ? { busy: true } : undefined), 1 << 20);
    const send = () => collected([item('a', Array(1200).fill(`a${'x'.repeat(1000)}`))], { sinks: [opensearch] });
    await send();
    const first = sizes(opensearch);
    isBusy = false;
    await send();
    expect(Math.max(...first)).toBeGreaterThan(900_000);
    expect(sizes(opensearch)[first.length]).toBeLessThan(600_000);
    for (let i = 0; i < 10; i++) await send();
    expect(Math.max(...sizes(opensearch).slice(-3))).toBeGreaterThan(900_000);
  });

  test('is used again: memory does not grow with the number of batches', async () => {
    const opensearch = sink('opensearch', async () => void (await idle()), 6);
    await collected([item('a', Array(30).fill('all1'))], { sinks: [opensearch] });
    expect(opensearch.sent).toHaveLength(30);
    expect(new Set(opensearch.sent.map(({ batch }) => batch)).size).toBeLessThanOrEqual(3);
  });
});

test('a body that can not be read fails its item after the other bodies were read', async () => {
  const entries: LedgerEntry[] = [];
  const bodies: Item = {
    id: 'a',
    async *bodies() {
      yield { uri: 's3://a/0', stays: true, chunks: chunks(['all1', new ReadError('the object ended too early')]) };
      yield { uri: 's3://a/1', stays: true, chunks: chunks(['all2']) };
    },
  };
  const ledger: Ledger = { put: (entry) => void entries.push(entry), flush: async () => {} };
  const opensearch = sink('opensearch');
  const { outcomes } = await collected([bodies, item('b', ['all3'])], { sinks: [opensearch], ledger });
  expect(errors(outcomes)).toEqual([
    ['a', 'the object ended too early'],
    ['b', undefined],
  ]);
  expect(opensearch.sent.flatMap(({ records }) => records)).toEqual(['1:all1', '1:all2', '1:all3']);
  expect(entries).toEqual([]);
});

describe('when the time is over', () => {
  test('items that are not done fail, and the others succeed', async () => {
    const abort = new AbortController();
    const opensearch = sink('opensearch');
    const endless: Item = {
      id: 'endless',
      async *bodies() {
        yield {
          uri: 's3://endless/0',
          chunks: (async function* () {
            for (let page = 0; page < 1000; page++) {
              if (page === 3) abort.abort(new Error('time is over'));
              yield Buffer.from('all1');
            }
          })(),
        };
      },
    };
    let isAsked = false;
    const late: Item = {
      id: 'late',
      bodies(signal) {
        isAsked = true;
        return item('late', ['all1']).bodies(signal);
      },
    };
    const { outcomes } = await collected([item('done', ['all1']), endless, late], {
      sinks: [opensearch],
      signal: abort.signal,
    });
    expect(errors(outcomes)).toEqual([
      ['done', undefined],
      ['endless', 'the time of the invocation is over'],
      ['late', 'time is over'],
    ]);
    expect(outcomes[1].read).toBe(4);
    expect(isAsked).toBe(false);
  });

  test('a sink that gives up because of it fails the items that it still had', async () => {
    const abort = new AbortController();
    const opensearch = sink('opensearch', async (_, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw new Error('aborted');
    });
    const collecting = collected([item('a', ['all1']), item('b', ['n1'])], {
      sinks: [opensearch],
      signal: abort.signal,
    });
    await idle();
    abort.abort(new Error('time is over'));
    expect(errors((await collecting).outcomes)).toEqual([
      ['a', 'opensearch: aborted'],
      ['b', undefined],
    ]);
  });
});

/** Checkpoints that are kept, by item, and the items that were asked for, as long as they were thought to be known. */
function memory() {
  const kept = new Map<string, ReadonlyMap<string, Checkpoint>>();
  const asked: string[] = [];
  const checkpoints: Checkpoints = {
    async get(id, isRepeat) {
      if (isRepeat) asked.push(id);
      return kept.get(id) ?? new Map();
    },
    async put(id, places) {
      kept.set(id, new Map(JSON.parse(JSON.stringify([...places]))));
    },
    async remove(id) {
      kept.delete(id);
    },
  };
  return { kept, asked, checkpoints };
}

describe('an item that takes longer than an invocation', () => {
  /** Each page of an object is one chunk; there is time for one of them. */
  const long = (isRepeat: boolean, ...objects: string[][]): Item => ({
    id: 'long',
    isRepeat,
    async *bodies() {
      for (const [i, object] of objects.entries()) {
        yield { uri: `s3://long/${i}@e`, stays: true, chunks: chunks(object) } satisfies Body;
      }
    },
  });

  const noTime = () => 0; // it is over before it began

  test('goes on behind the last record that is accounted for: each is sent once, under its own number', async () => {
    const { checkpoints, asked, kept } = memory();
    const to = sink('splunk');
    const entries: LedgerEntry[] = [];
    const ledger: Ledger = { put: (entry) => void entries.push(entry), flush: async () => {} };
    const objects = [['sa sb'], ['sc wrong sd', 'torn se', 'sf'], ['sg']];
    const reads: number[] = [];
    for (let delivery = 0; delivery < 10; delivery++) {
      const all = await collected([long(delivery > 0, ...objects)], {
        sinks: [to],
        checkpoints,
        deadline: noTime,
        ledger,
      });
      const [{ read, error }] = all.outcomes;
      reads.push(read);
      if (error === undefined) break;
      expect(error).toMatchObject({
        name: 'ReadError',
        message: expect.stringContaining('the rest is collected next'),
      });
      expect(entries).toEqual([]);
    }
    expect(to.sent.flatMap(({ records }) => records)).toEqual([
      ...['1:sa', '2:sb', '1:sc', '3:sd', '5:se', '6:sf', '1:sg'].map((record) => expect.stringContaining(record)),
    ]);
    expect(reads.reduce((sum, read) => sum + read)).toBe(9);
    expect(asked).toHaveLength(reads.length - 1); // nobody asks for what comes for the first time
    expect(entries.map(({ uri, read }) => [uri, read])).toEqual([
      ['s3://long/0@e', 2],
      ['s3://long/1@e', 6],
      ['s3://long/2@e', 1],
    ]);
    expect(kept.size).toBe(0); // it is done
  });

  test('comes again as a whole where the place could not be kept, or its records could not', async () => {
    const { checkpoints, kept } = memory();
    const refused = new DeliveryError('the checkpoint could not be stored');
    const put = () => Promise.reject(refused);
    const one = await collected([long(false, ['sa', 'sb'])], {
      sinks: [sink('splunk')],
      checkpoints: { ...checkpoints, put },
      deadline: noTime,
    });
    expect(one.outcomes[0].error).toBe(refused);
    const down = sink('splunk', (records) => ({ retry: [...records.keys()] }));
    const two = await collected([long(false, ['sa', 'sb'])], { sinks: [down], checkpoints, deadline: noTime });
    expect(two.outcomes[0].error).toBeInstanceOf(DeliveryError);
    expect(kept.get('long')).toEqual(new Map([['s3://long/0@e', { seq: 1, read: 0, open: { splunk: [[1, 1]] } }]]));
  });

  test('with time enough is read to its end', async () => {
    const { checkpoints } = memory();
    const deadline = () => Number.POSITIVE_INFINITY;
    const { outcomes } = await collected([long(false, ['sa', 'sb'])], {
      sinks: [sink('splunk')],
      checkpoints,
      deadline,
    });
    expect(outcomes).toMatchObject([{ read: 2 }]);
    expect(outcomes[0].error).toBeUndefined();
  });
});

describe('an item that comes again', () => {
  /** Delivers it until it is done, five times at most, as SQS does; gives what each sink got and what was kept. */
  async function delivered(objects: string[][], setup: Parameters<typeof collected>[1]) {
    const { checkpoints, kept } = memory();
    const rejects: string[] = [];
    let times = 0;
    for (let error: unknown = true; error !== undefined && times < 5; times++) {
      const again: Item = {
        id: `delivery ${times}`,
        isRepeat: times > 0,
        key: () => 'content',
        async *bodies() {
          for (const [i, object] of objects.entries()) {
            yield { uri: `s3://again/${i}@e`, stays: true, chunks: chunks(object) } satisfies Body;
          }
        },
      };
      const all = await collected([again], { checkpoints, ...setup });
      [{ error }] = all.outcomes;
      if (error === undefined) rejects.push(...all.rejects.map(({ uri, seq, sink: to }) => `${uri} ${seq} ${to}`));
    }
    return { times, kept, rejects };
  }
  const allOf = ({ sent }: ReturnType<typeof sink>) => sent.flatMap(({ records }) => records);

  test('while the quarantine is refused gets no sink a second time, and then its rejects alone', async () => {
    const [opensearch, splunk] = [
      sink('opensearch', (records) => ({ rejected: where(records, /bad/).map((at) => ({ at, reason: 'no' })) })),
      sink('splunk'),
    ];
    let flushes = 0;
    const { times, rejects, kept } = await delivered([['all1 torn1 bad1'], ['all2 wrong1', 'all3']], {
      sinks: [opensearch, splunk],
      flush: () => {
        if (++flushes < 4) throw new DeliveryError('Firehose took no rejects');
      },
    });
    expect(times).toBe(4);
    expect(allOf(splunk)).toEqual(['1:all1', '3:bad1', '1:all2', '3:all3']);
    expect(allOf(opensearch)).toEqual(['1:all1', '3:bad1', '1:all2', '3:all3', '3:bad1', '3:bad1', '3:bad1']);
    expect(rejects.toSorted()).toEqual([
      's3://again/0@e 2 undefined',
      's3://again/0@e 3 opensearch',
      's3://again/1@e 2 undefined',
    ]);
    expect(kept.size).toBe(0);
  });

  test('while the spill is refused is sent to the sink that is down alone', async () => {
    let tries = 0;
    const [opensearch, splunk] = [
      sink('opensearch', (records) => (++tries < 3 ? { retry: where(records, /later/), reason: 'busy' } : undefined)),
      sink('splunk'),
    ];
    const { times } = await delivered([['all1 later1', 'later2 all2']], {
      sinks: [opensearch, splunk],
      spill: { put: () => Promise.reject(new DeliveryError('S3 says no')) },
    });
    expect(times).toBe(3);
    expect(allOf(splunk)).toEqual(['1:all1', '2:later1', '3:later2', '4:all2']);
    expect(allOf(opensearch)).toEqual([
      ...['1:all1', '2:later1', '3:later2', '4:all2'],
      ...['2:later1', '3:later2', '2:later1', '3:later2'],
    ]);
  });

  test('after a body could not be read to its end goes on behind what was read', async () => {
    const { checkpoints } = memory();
    const splunk = sink('splunk');
    const broken = (isRepeat: boolean): Item => ({
      id: 'broken',
      isRepeat,
      async *bodies() {
        yield { uri: 's3://whole/0@e', stays: true, chunks: chunks(['s1']) } satisfies Body;
        const rest = isRepeat ? ['s4 s5'] : [new ReadError('connection reset')];
        yield { uri: 's3://broken/0@e', stays: true, chunks: chunks(['s2 s3', ...rest]) } satisfies Body;
      },
    });
    const first = await collected([broken(false)], { sinks: [splunk], checkpoints });
    expect(errors(first.outcomes)).toEqual([['broken', 'connection reset']]);
    const second = await collected([broken(true)], { sinks: [splunk], checkpoints });
    expect(errors(second.outcomes)).toEqual([['broken', undefined]]);
    expect(allOf(splunk)).toEqual(['1:s1', '1:s2', '2:s3', '3:s4', '4:s5']);
    expect(second.counted).toMatchObject({ Unbalanced: 0, 'Delivered splunk': 2 });
  });

  test('of what a poll brought is collected again as a whole: its records are others then', async () => {
    const { checkpoints, kept } = memory();
    const down = sink('splunk', (records) => ({ retry: [...records.keys()] }));
    const { outcomes } = await collected([item('tick', ['s1'])], { sinks: [down], checkpoints });
    expect(outcomes[0].error).toBeDefined();
    expect(kept.size).toBe(0);
  });

  test('of an event that does not stay is remembered too, and a record of one that is replayed', async () => {
    const { checkpoints } = memory();
    const splunk = sink('splunk');
    let flushes = 0;
    const flush = () => {
      if (++flushes < 3) throw new DeliveryError('Firehose took no rejects');
    };
    const pieces: Item = {
      id: 'pieces',
      isRepeat: true,
      async *bodies() {
        yield { uri: 'eventbridge:aws.x/1', isFixed: true, chunks: chunks(['s1 torn1']) } satisfies Body;
        for (const [i, seq] of [4, 9].entries()) {
          const own = chunks([i === 0 ? 's4' : 'torn9']);
          yield { uri: 's3://gone/0@e', seq, isFixed: true, only: new Set([seq]), chunks: own } satisfies Body;
        }
      },
    };
    const errorsOf = async () => errors((await collected([pieces], { sinks: [splunk], checkpoints, flush })).outcomes);
    expect(await errorsOf()).toEqual([['pieces', 'Firehose took no rejects']]);
    expect(await errorsOf()).toEqual([['pieces', 'Firehose took no rejects']]);
    expect(await errorsOf()).toEqual([['pieces', undefined]]);
    expect(allOf(splunk)).toEqual(['1:s1', '4:s4']);
  });

  test('of which nothing could be read is read as a whole', async () => {
    let flushes = 0;
    const { times, rejects } = await delivered([['torn1 torn2']], {
      sinks: [sink('splunk')],
      flush: () => {
        if (++flushes === 1) throw new DeliveryError('Firehose took no rejects');
      },
    });
    expect(times).toBe(2);
    expect(rejects).toEqual(['s3://again/0@e 0 undefined']);
  });
});
