/** Every cast of shared/transform/casts.ts through every back end: all make the same of a value. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { columns } from '../../../shared/decode/columns.ts';
import type { Geo } from '../../../shared/enrich/geo.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { bytesOf } from '../../../shared/text/bytes.ts';
import { literal, Text } from '../../../shared/text/text.ts';
import { jsonCasts } from '../../../shared/transform/bytes/casts.ts';
import { compile as compileBytes } from '../../../shared/transform/bytes/compile.ts';
import { CASTS, type CastName, KEEPS } from '../../../shared/transform/casts.ts';
import { addressCasts } from '../../../shared/transform/columns/casts.ts';
import { compile as compileColumns } from '../../../shared/transform/columns/compile.ts';
import { compile as compileObjects } from '../../../shared/transform/objects/compile.ts';
import type { Field, Json } from '../../../shared/transform/rows.ts';

const place = { geo: { country_iso_code: 'KR' } };
const geo: Geo = {
  of: (ip) => (ip === '192.0.2.1' ? place : undefined),
  rendered: (bytes, start, end) =>
    Buffer.from(bytes.subarray(start, end)).toString() === '192.0.2.1'
      ? literal('"geo":{"country_iso_code":"KR"},')
      : undefined,
};

type Cells = Readonly<Record<string, string>>;

/** A back end: rows over texts by name → a document. */
type BackEnd = (rows: readonly Field[], cells: Cells) => Promise<unknown> | unknown;

async function overColumns(rows: readonly Field[], cells: Cells): Promise<unknown> {
  const names = ['first', ...Object.keys(cells)];
  const decode = columns({ isHeader: (found) => found[0] === 'first', headless: () => undefined });
  async function* chunks() {
    yield Buffer.from(`${names.join(' ')}\n${['x', ...Object.values(cells)].join(' ')}\n`);
  }
  const doc = new Text(0);
  for await (const page of decode(chunks())) {
    compileColumns(rows, names, addressCasts(geo), geo)(page.next()!, doc, blank());
  }
  return JSON.parse(Buffer.from(doc.slice()).toString());
}

function overBytes(rows: readonly Field[], cells: Cells, casts = jsonCasts(geo) as object): unknown {
  const map = compileBytes(rows, { casts: casts as ReturnType<typeof jsonCasts>, geo });
  map.fields.find(bytesOf(JSON.stringify(cells)));
  const doc = new Text(0);
  map.write(doc, blank(), undefined);
  return JSON.parse(Buffer.from(doc.slice()).toString());
}

const BACK_ENDS: Readonly<Record<string, BackEnd>> = {
  columns: overColumns,
  bytes: overBytes,
  'bytes without faster casts': (rows, cells) => overBytes(rows, cells, {}),
  objects: (rows, cells) => compileObjects(rows, {}, geo)(cells),
};

/** Instants are equal at the same time: `…38Z` and `…38.000Z`. */
const same = (json: Json): unknown => {
  const isInstant = typeof json === 'string' && /^\d{4}-\d\d-\d\dT/.test(json);
  return isInstant ? expect.stringMatching(new RegExp(`^${json.replace('.000Z', '')}(\\.000)?Z$`)) : json;
};

const names = Object.keys(CASTS) as CastName[];
const cellsOf = (values: readonly string[]): Cells => Object.fromEntries(values.map((value, at) => [`c${at}`, value]));

describe.each(Object.entries(BACK_ENDS))('over %s', (_name, run) => {
  const cases = names.flatMap((cast) => CASTS[cast].examples.map(([values, json]) => [cast, values, json] as const));

  test.each(cases)('the cast %s makes of %j: %j', async (cast, values, json) => {
    const cells = cellsOf(values);
    const document = await run([['a.b', Object.keys(cells), cast]], cells);
    const beside = cast === 'geo' && values[0] === '192.0.2.1' ? place : {};
    expect(document).toEqual({ a: { b: same(json), ...beside } });
  });

  test.each(names.filter((cast) => CASTS[cast].takes === 'one' && cast !== 'flat'))(
    'the cast %s makes a list',
    async (cast) => {
      const [[[value], json]] = CASTS[cast].examples;
      const rows: readonly Field[] = [['a.b[]', ['c0', 'c1', 'c2'], cast]];
      expect(await run(rows, { c0: value, c1: value, first: 'x' })).toEqual({ a: { b: [same(json)] } });
    },
  );

  test.each(Object.keys(KEEPS))('%s stands behind all rows', async (cast) => {
    const document = await run(
      [
        ['first', 'first'],
        ['a', 'c0'],
        ['kept', [], cast],
      ],
      { first: 'x', c0: 'y', c1: 'z' },
    );
    expect(document).toEqual({ first: 'x', a: 'y', ...(cast === 'others' && { kept: { c1: 'z' } }) });
  });

  test.each<[string, Field[], Cells, unknown]>([
    ['a constant', [['tags', [], { constant: ['x'] }]], {}, { tags: ['x'] }],
    [
      'a row that removes',
      [
        ['a', 'c0'],
        ['a', null],
      ],
      { c0: 'y' },
      {},
    ],
    ['a row of several paths', [['a.b', ['none', 'c0']]], { c0: 'y' }, { a: { b: 'y' } }],
    ['a table', [['a', 'c0', { table: { y: 1, n: null } }]], { c0: 'y' }, { a: 1 }],
    ['a table that lacks the text', [['a', 'c0', { table: { n: null } }]], { c0: 'y' }, { a: 'y' }],
    ['a strict table that lacks it', [['a', 'c0', { table: {}, strict: true }]], { c0: 'y' }, {}],
    ['a null in a table', [['a', 'c0', { table: { y: null } }]], { c0: 'y' }, {}],
    ['tables', [['a', ['c0', 'c1'], { tables: [{ y: 1 }, { z: [2] }] }]], { c0: 'y', c1: 'z' }, { a: [1, [2]] }],
  ])('%s', async (_what, rows, cells, document) => {
    expect(await run([...rows, ['first', 'first', 'text']], { ...cells, first: 'x' })).toEqual({
      first: 'x',
      ...(document as object),
    });
  });

  test.each<[Field, string]>([
    [['aws.x.y', 'c0', 'flaot'], 'field aws.x.y: no cast is called "flaot"'],
    [['a..b', 'c0'], 'field "a..b": a part of its name is empty'],
    [['a', 'c0', {} as never], 'field a: its cast is neither a constant nor a table'],
  ])('the row %j is refused', async (row, message) => {
    await expect(async () => run([row], { c0: 'x' })).rejects.toThrow(new ConfigError(message));
  });

  test('a value under which another row has fields is refused', async () => {
    const rows: Field[] = [
      ['a', 'c0'],
      ['a.b', 'c0'],
    ];
    await expect(async () => run(rows, { c0: 'x' })).rejects.toThrow(ConfigError);
  });
});

describe('a faster way makes the same as the cast', () => {
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.integer().map(String),
    fc.stringMatching(/^[A-Za-z0-9.:-]{1,20}$/),
    fc.constantFrom('true', '2026-11-24T13:40:38Z', '1795527638', '00', '-0', '1e3', '::ffff:192.0.2.1'),
  );
  test.each(names.filter((cast) => CASTS[cast].takes === 'one'))('%s', (cast) => {
    fc.assert(
      fc.property(texts, (value) => {
        const rows: Field[] = [['a', 'c0', cast]];
        const [fast, slow, object] = [BACK_ENDS.bytes, BACK_ENDS['bytes without faster casts'], BACK_ENDS.objects].map(
          (run) => JSON.stringify(run(rows, { c0: value })).replaceAll('.000Z', 'Z'),
        );
        expect(fast).toBe(object);
        expect(slow).toBe(object);
      }),
      { numRuns: 200 },
    );
  });
});
