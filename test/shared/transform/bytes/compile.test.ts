import { describe, expect, test } from '@jest/globals';
import { json } from '../../../../shared/decode/json.ts';
import { STRING } from '../../../../shared/decode/jsonfields.ts';
import { ConfigError } from '../../../../shared/errors.ts';
import { blank } from '../../../../shared/pipeline/facts.ts';
import { Text } from '../../../../shared/text/text.ts';
import { compile } from '../../../../shared/transform/bytes/compile.ts';
import { each } from '../../../../shared/transform/bytes/each.ts';
import { remembering } from '../../../../shared/transform/bytes/remembering.ts';
import type { Emit } from '../../../../shared/transform/bytes/write.ts';
import type { Field } from '../../../../shared/transform/rows.ts';

/** What records become, in the order of the body. */
async function written(fields: readonly Field[], body: object | string, casts: Readonly<Record<string, Emit>> = {}) {
  const map = compile(fields, { casts });
  const facts = blank();
  const lines: string[] = [];
  async function* chunks() {
    yield Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  }
  for await (const page of json()(chunks())) {
    for (let record = page.next(); record !== undefined; record = page.next()) {
      const doc = new Text(0);
      map.fields.find(record);
      map.write(doc, facts, undefined);
      lines.push(Buffer.from(doc.slice()).toString());
    }
  }
  return { lines, document: JSON.parse(lines[0]), facts };
}

const documentOf = async (...all: Parameters<typeof written>) => (await written(...all)).document;

describe('a value', () => {
  test('is a text where nothing else is said, numbers too', async () => {
    const fields: Field[] = [
      ['a.b', 'x'],
      ['a.c', 'y.z'],
    ];
    expect(await documentOf(fields, { x: '봉수"\\\n', y: { z: 5 } })).toEqual({ a: { b: '봉수"\\\n', c: '5' } });
  });

  test('is the first that is there: not null, not empty, no object', async () => {
    const field: Field = ['a', ['x', 'y', 'z.a', 'z.b']];
    expect(await documentOf([field], { x: null, y: '', z: { a: {}, b: 'found' } })).toEqual({ a: 'found' });
  });

  test('leaves its field and its object out where there is none', async () => {
    const fields: Field[] = [
      ['a.b.c', 'x'],
      ['d', [], { constant: ['e'] }],
    ];
    expect(await documentOf(fields, {})).toEqual({ d: ['e'] });
    expect(await documentOf([['a', 'x']], {})).toEqual({});
  });

  test('is true or false with boolean, also from a text', async () => {
    const fields = ['x', 'y', 'z', 'w'].map((path): Field => [path, path, 'boolean']);
    expect(await documentOf(fields, { x: true, y: 'false', z: 'yes', w: 0 })).toEqual({ x: true, y: false });
  });

  test.each([
    ['2026-11-24T13:40:38Z', '2026-11-24T13:40:38Z'],
    ['2026-11-24T23:59:59Z', '2026-11-24T23:59:59Z'],
    ['2026-11-24T13:40:38.120Z', '2026-11-24T13:40:38.120Z'],
    ['2026-11-24T13:40:38+09:00', '2026-11-24T04:40:38Z'],
    [1795527638, '2026-11-24T13:40:38Z'],
    [1795527638123, '2026-11-24T13:40:38.123Z'],
    ['2026-13-24T13:40:38Z', undefined],
    ['2026-11-24T24:40:38Z', undefined],
    ['2026-11-24T13:60:38Z', undefined],
    ['2026-11-24Tab:cd:efZ', undefined],
    ['Nov 24, 2026', undefined],
  ])('is an instant with instant: %j', async (x, expected) => {
    const { document, facts } = await written([['@timestamp', 'x', 'instant']], { x });
    expect(document).toEqual(expected === undefined ? {} : { '@timestamp': expected });
    expect(facts.time).toBe(expected === undefined ? 0 : Date.parse(expected));
  });

  test('is what its table says, else its text, else nothing when the table is strict', async () => {
    const table = { one: 1, gone: null };
    const fields: Field[] = [
      ['a', 'x', { table }],
      ['b', 'y', { table }],
      ['c', 'y', { table, strict: true }],
      ['d', 'z', { table }],
    ];
    expect(await documentOf(fields, { x: 'one', y: 'two', z: 'gone' })).toEqual({ a: 1, b: 'two' });
  });
});

describe('a list', () => {
  test('has the values of all its paths, each once', async () => {
    const field: Field = ['related.user[]', ['a', 'b', 'c', 'd', 'e', 'f']];
    const body = { a: 'x', b: 'y', c: 'x', d: '', e: { g: 'z' }, f: 'xy' };
    expect(await documentOf([field], body)).toEqual({ related: { user: ['x', 'y', 'xy'] } });
  });

  test('is left out without any', async () => {
    expect(await documentOf([['related.user[]', ['a', 'b']]], { a: null })).toEqual({});
  });
});

describe('flat', () => {
  const fields: Field[] = [
    ['a.x', 'x', 'flat'],
    ['a.y', 'y', 'flat'],
    ['a.other', [], 'others'],
    ['a.reshaped', [], 'reshaped'],
  ];

  test('is copied byte for byte', async () => {
    const x = '{"n":12345678901234567890,"f":1.50,"s":"\\u00e9\\/봉","e":{},"l":[],"":{"a.b":-0}}';
    expect((await written(fields, `{"x":${x}}`)).lines).toEqual([`{"a":{"x":${x}}}`]);
  });

  test('has no line break and no null', async () => {
    const x = { a: null, b: [null, 1, { c: null }], d: { e: 'f\n' } };
    const { lines, document } = await written(fields, JSON.stringify({ x }, null, 2));
    expect(lines[0]).not.toContain('\n');
    expect(document).toEqual({ a: { x: { b: [1, {}], d: { e: 'f\n' } } } });
  });

  test.each([['text'], [''], [5], [true], [[{ a: 1 }, 'b']]])(
    'wraps what is not an object, and says so: %j',
    async (x) => {
      const expected = x === '' ? {} : { a: { x: { value: x }, reshaped: ['x'] } };
      expect(await documentOf(fields, { x })).toEqual(expected);
    },
  );

  test('cuts texts that no index takes, and says which', async () => {
    const long = '가'.repeat(10_001);
    const { a } = await documentOf(fields, { x: { deep: [{ s: long }, { s: long }], t: 'kept' }, y: long });
    expect(a.x).toEqual({ deep: [{ s: `${'가'.repeat(10_000)}…` }, { s: `${'가'.repeat(10_000)}…` }], t: 'kept' });
    expect(a.y.value).toHaveLength(10_001);
    expect(a.reshaped).toEqual(['x.deep.s', 'y']);
    expect((await documentOf(fields, { x: { s: '가'.repeat(10_000) } })).a.reshaped).toBeUndefined();
  });
});

describe('others', () => {
  const fields: Field[] = [
    ['text', 'o.text'],
    ['bool', 'o.bool', 'boolean'],
    ['date', 'date', 'instant'],
    ['whole', 'whole', 'flat'],
    ['part', 'whole.part', 'boolean'],
    ['other', [], 'others'],
    ['reshaped', [], 'reshaped'],
  ];

  test('keep what no row names, by its path', async () => {
    const body = { o: { text: 'x', new: { deep: 1 } }, more: ['y'], 'odd "name"': null, 'a"b': 1 };
    expect(await documentOf(fields, body)).toEqual({
      text: 'x',
      other: { 'o.new': { deep: 1 }, more: ['y'], 'a"b': 1 },
    });
  });

  test('keep a named value that is not what its row promises, and it is told', async () => {
    const body = { o: { text: { a: 1 }, bool: 'maybe' }, date: ['x'], whole: { part: 'maybe' } };
    expect(await documentOf(fields, body)).toEqual({
      whole: { part: 'maybe' },
      other: { 'o.text': { a: 1 }, date: ['x'], 'o.bool': 'maybe' },
      reshaped: ['o.text', 'date', 'o.bool'],
    });
  });

  test('keep what should be an object and is none', async () => {
    expect(await documentOf(fields, { o: 'HIDDEN' })).toEqual({ other: { o: 'HIDDEN' }, reshaped: ['o'] });
  });

  test('keep nothing of the record before', async () => {
    const { lines } = await written(fields, '{"o":{"text":[]}}{"o":{"text":"x"}}');
    expect(lines[1]).toBe('{"text":"x"}');
  });
});

describe('each', () => {
  const casts = {
    things: each([
      ['id', 'ID'],
      ['of.kind', 'kind'],
    ]),
  };
  const fields: Field[] = [
    ['things', 'things', 'things'],
    ['after', 'x'],
    ['other', [], 'others'],
    ['reshaped', [], 'reshaped'],
  ];

  test('makes an object of each element', async () => {
    const body = { things: [{ ID: 'a', kind: 'b' }, { kind: 'c' }], x: 'y' };
    expect(await documentOf(fields, body, casts)).toEqual({
      things: [{ id: 'a', of: { kind: 'b' } }, { of: { kind: 'c' } }],
      after: 'y',
    });
    expect((await written(fields, JSON.stringify(body, null, 1), casts)).document.things).toHaveLength(2);
  });

  test('leaves an empty list out', async () => {
    expect(await documentOf(fields, { things: [], x: 'y' }, casts)).toEqual({ after: 'y' });
  });

  test('keeps the whole list as well where it has more', async () => {
    const things = [{ ID: 'a', new: 1 }, { ID: 'b' }];
    expect(await documentOf(fields, { things }, casts)).toEqual({
      things: [{ id: 'a' }, { id: 'b' }],
      other: { things },
      reshaped: ['things'],
    });
  });

  test.each([['x'], [{ ID: 'a' }], [['x']], [[{ ID: 'a' }, 5]]])(
    'keeps what is not a list of objects: %j',
    async (things) => {
      const document = await documentOf(fields, { things }, casts);
      expect(document.other).toEqual({ things });
      expect(document.reshaped).toEqual(['things']);
    },
  );
});

test('what was computed for the same values is remembered, for others not', () => {
  const { fields, indexOf } = compile([], { paths: ['a', 'b'] });
  const seen: string[] = [];
  const text = remembering(fields, ['a', 'b'].map(indexOf), () => {
    const both = `${fields.text(indexOf('a'))} ${fields.text(indexOf('b'))}`;
    seen.push(both);
    return both;
  });
  const of = (record: object) => {
    const bytes = Buffer.from(`${JSON.stringify(record)}        `);
    fields.find({ bytes, view: new DataView(bytes.buffer, bytes.byteOffset), start: 0, end: bytes.length - 8 });
    return text();
  };
  const records = [
    { a: 'x', b: 'y' },
    { a: 'xy' },
    { b: 'xy' },
    { a: '', b: 'xy' },
    { a: 'aaaaXaaaa' },
    { a: 'aaaaYaaaa' },
    { a: 'aaaaaaXaaaa' },
    { a: 'aaaaaaYaaaa' },
    { a: '' },
    { b: '' },
    {},
  ];
  const twice = [...records, ...records].map(of);
  expect(twice.slice(0, records.length)).toEqual(twice.slice(records.length));
  expect(twice[0]).toBe('x y');
  expect(new Set(twice).size).toBe(records.length);
});

describe('a field map', () => {
  test('can have casts of its own, which take anything', async () => {
    const casts: Record<string, Emit> = {
      first: ({ kinds, starts, ends, bytes }, [index], key, doc) => {
        doc.literal(key);
        doc.json([kinds[index] === STRING, Buffer.from(bytes.subarray(starts[index], ends[index])).toString()]);
        doc.byte(44);
      },
    };
    expect(await documentOf([['a', 'x', 'first']], { x: [1] }, casts)).toEqual({ a: [false, '[1]'] });
  });

  test.each<[Field, string]>([
    [['a', 'x', 'txt'], 'field a: no cast is called "txt"'],
    [['a', 'x', {} as never], 'field a: its cast is neither a constant nor a table'],
    [['a..b', 'x'], 'field "a..b": a part of its name is empty'],
  ])('that makes no sense is refused: %j', (field, message) => {
    expect(() => compile([field])).toThrow(new ConfigError(message));
  });

  test('follows a path through lists', async () => {
    const record = { x: [{ y: 'p', n: 1 }, { y: 'q', n: 'two' }, 'r'] };
    expect(await documentOf([['a', 'x[].y']], record)).toEqual({ a: 'p' });
    expect(await documentOf([['a[]', 'x[].y']], record)).toEqual({ a: ['p', 'q'] });
    expect(await documentOf([['a[]', 'x[].n', 'int']], record)).toEqual({ a: [1] });
    expect(await documentOf([['a[]', 'x[].y', { table: { p: 1 } }]], record)).toEqual({ a: [1, 'q'] });
  });

  test('knows the paths that it was asked for', () => {
    const { indexOf } = compile([['a', 'x']], { paths: ['y'] });
    expect([indexOf('x'), indexOf('y')].sort()).toEqual([0, 1]);
    expect(() => indexOf('z')).toThrow('no row and no caller reads z');
  });
});
