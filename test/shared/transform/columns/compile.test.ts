import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConfigError, DecodeError } from '../../../../shared/errors.ts';
import { literal } from '../../../../shared/text/text.ts';
import { compile } from '../../../../shared/transform/columns/compile.ts';
import type { Emit } from '../../../../shared/transform/columns/emit.ts';
import { notA } from '../../../../shared/transform/columns/emit.ts';
import { type Field, override } from '../../../../shared/transform/rows.ts';
import { documentOf, fresh, written } from '../written.ts';

describe('a value', () => {
  test('is a string where nothing else is said', async () => {
    expect(await documentOf([['a', 'x']], { x: '007' })).toEqual({ a: '007' });
  });

  test('is escaped where JSON needs it', async () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom('"', '\\', '\t', '\u0001', '\u007f', '봉', '😀', 'a'),
        fc.string({ unit: 'grapheme' }),
      ),
      minLength: 1,
    });
    const cell = text.map((each) => each.replaceAll(/[ \n\r]/g, '')).filter((each) => each !== '' && each !== '-');
    await fc.assert(
      fc.asyncProperty(cell, cell, async (x, y) => {
        const fields: Field[] = [
          ['a.b', 'x'],
          ['c', 'y', { table: { plain: 1 } }],
          ['d', 'x'],
        ];
        expect(await documentOf(fields, { x, y })).toEqual({ a: { b: x }, c: y === 'plain' ? 1 : y, d: x });
      }),
    );
  });

  test('is a number with int, up to 18 digits', async () => {
    expect((await written([['a', 'x', 'int']], { x: '123456789012345678' })).json).toBe('{"a":123456789012345678}');
    expect((await written([['a', 'x', 'int']], { x: '0' })).json).toBe('{"a":0}');
  });

  test.each(['1234567890123456789', '01', '--1', '-01', '+1', '1.5', '1e3', '0x1', '١', 'ten', '1,000'])(
    'that is not a whole number is refused with its column: %s',
    async (x) => {
      const refused = written([['a', 'x', 'int']], { x });
      await expect(refused).rejects.toThrow(DecodeError);
      await expect(refused).rejects.toThrow(`x is not a whole number: ${JSON.stringify(x)}`);
      await expect(refused).rejects.toMatchObject({ fields: { column: 'x' } });
    },
  );

  test('is an instant with seconds', async () => {
    expect(await documentOf([['a', 'x', 'seconds']], { x: '1790000000' })).toEqual({ a: '2026-09-21T14:13:20Z' });
    expect(await documentOf([['a', 'x', 'seconds']], { x: '0' })).toEqual({ a: '1970-01-01T00:00:00Z' });
  });

  test.each(['1790000000.5', '-1', 'now', '2026-11-24T00:00:00Z', '1790000000000', '9999999999999'])(
    'that is no time in seconds is refused with its column: %s',
    async (x) => {
      await expect(written([['a', 'x', 'seconds']], { x })).rejects.toThrow(
        `x is not a time in epoch seconds: ${JSON.stringify(x)}`,
      );
    },
  );

  test('that is refused is shown, but not at any length', async () => {
    const refused = written([['a', 'x', 'int']], { x: '"'.repeat(1000) });
    await expect(refused).rejects.toThrow(`x is not a whole number: ${JSON.stringify('"'.repeat(80))}`);
  });

  test('is a constant without any column', async () => {
    const fields: Field[] = [
      ['a.b', [], { constant: 'aws' }],
      ['a.c', [], { constant: ['"x"', 1, { y: null }] }],
      ['d', [], { constant: false }],
    ];
    expect(await documentOf(fields, {})).toEqual({ a: { b: 'aws', c: ['"x"', 1, { y: null }] }, d: false });
  });

  test('is what a table says', async () => {
    const table = { 6: 'tcp', 17: ['udp'], 1: null, '봉"': 'beacon' };
    const fields: Field[] = [['a', 'x', { table }]];
    expect(await documentOf(fields, { x: '6' })).toEqual({ a: 'tcp' });
    expect(await documentOf(fields, { x: '17' })).toEqual({ a: ['udp'] });
    expect(await documentOf(fields, { x: '봉"' })).toEqual({ a: 'beacon' });
    expect(await documentOf(fields, { x: '1' })).toEqual({});
  });

  test('that a table lacks stays as it is or, where the table is strict, is left out', async () => {
    const table = { ACCEPT: 'success' };
    for (const x of ['accept', 'ACCEPTS', 'A', 'constructor', '"']) {
      expect(await documentOf([['a', 'x', { table }]], { x })).toEqual({ a: x });
      expect(await documentOf([['a', 'x', { table, strict: true }]], { x })).toEqual({});
    }
  });

  test('is found in a table of any size', async () => {
    const rows = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key-${i}`, i]));
    const cells = Object.fromEntries(Object.keys(rows).map((key) => [`c${key}`, key]));
    for (let from = 0; from < 500; from += 200) {
      const some = Object.fromEntries(Object.entries(cells).slice(from, from + 200));
      const fields = Object.keys(some).map((column): Field => [column, column, { table: rows, strict: true }]);
      const expected = Object.fromEntries(Object.entries(some).map(([column, key]) => [column, rows[key]]));
      expect(await documentOf(fields, some)).toEqual(expected);
    }
  });

  test('is a list of what the table of each column says', async () => {
    const tables = [
      { OK: 'connection', NODATA: 'info' },
      { ACCEPT: 'allowed', REJECT: 'denied', NONE: null },
    ];
    const fields: Field[] = [['a.b', ['x', 'y'], { tables }]];
    expect(await documentOf(fields, { x: 'OK', y: 'REJECT' })).toEqual({ a: { b: ['connection', 'denied'] } });
    expect(await documentOf(fields, { x: 'NODATA', y: '-' })).toEqual({ a: { b: ['info'] } });
    expect(await documentOf(fields, { y: 'ACCEPT' })).toEqual({ a: { b: ['allowed'] } });
    expect(await documentOf(fields, { x: 'new', y: 'NONE' })).toEqual({});
    expect(await documentOf(fields, { other: '1' })).toEqual({});
  });

  test('comes from the first of several columns that the header has', async () => {
    const fields: Field[] = [['a', ['x', 'y', 'z'], 'int']];
    expect(await documentOf(fields, { z: '3', y: '2' })).toEqual({ a: 2 });
    expect(await documentOf(fields, { z: '3', x: '1' })).toEqual({ a: 1 });
  });

  test('is what a given cast makes of it', async () => {
    const seen: unknown[] = [];
    const both: Emit = (row, indices, key, doc) => {
      seen.push([row.header.names, indices]);
      doc.literal(key);
      doc.literal(literal('"both",'));
    };
    const fields: Field[] = [['a.b', ['y', 'none', 'x'], 'both']];
    expect(await documentOf(fields, { x: '1', y: '2' }, { both })).toEqual({ a: { b: 'both' } });
    expect(seen).toEqual([
      [
        ['first', 'x', 'y'],
        [2, -1, 1],
      ],
    ]);
    await expect(
      written(
        fields,
        { x: '1' },
        {
          both: (row, [, , column]) => {
            throw notA('pair', 'x', row, column);
          },
        },
      ),
    ).rejects.toThrow('x is not a pair: "1"');
  });
});

describe('what is absent', () => {
  const fields: Field[] = [
    ['a.b.c', 'x'],
    ['a.b.d', 'y', 'int'],
    ['a.e', 'y', 'seconds'],
    ['f.g.h', 'y', { table: {} }],
    ['i', 'x'],
  ];

  test('leaves its field out, and objects without fields', async () => {
    expect(await documentOf(fields, { x: '-', y: '7' })).toEqual({
      a: { b: { d: 7 }, e: '1970-01-01T00:00:07Z' },
      f: { g: { h: '7' } },
    });
    expect(await documentOf(fields, { x: 'v', y: '-' })).toEqual({ a: { b: { c: 'v' } }, i: 'v' });
  });

  test('leaves fields out whose columns the header lacks', async () => {
    expect(await documentOf(fields, { y: '7' })).toEqual({
      a: { b: { d: 7 }, e: '1970-01-01T00:00:07Z' },
      f: { g: { h: '7' } },
    });
  });

  test('altogether leaves an empty document', async () => {
    expect((await written(fields, { x: '-', y: '-' })).json).toBe('{}');
    expect((await written([], { x: '1' })).json).toBe('{}');
  });

  test('anywhere never breaks the JSON', async () => {
    const cell = fc.constantFrom('-', '1', '-', '2');
    const target = fc.uniqueArray(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 5 }), {
      selector: (path) => path.join('.'),
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(target, fc.array(cell, { minLength: 20, maxLength: 20 }), async (paths, values) => {
        const leaves = paths.map((path) => `${path.join('.')}.leaf`);
        const rows = leaves.map((each, i): Field => [each, `x${i}`]);
        const expected = {};
        leaves.forEach((each, i) => {
          if (values[i] !== '-') put(expected, each.split('.'), values[i]);
        });
        expect(await documentOf(rows, Object.fromEntries(values.map((value, i) => [`x${i}`, value])))).toEqual(
          expected,
        );
      }),
    );
  });

  function put(object: Record<string, unknown>, [key, ...rest]: string[], value: string): void {
    if (rest.length === 0) object[key] = value;
    else {
      object[key] ??= {};
      put(object[key] as Record<string, unknown>, rest, value);
    }
  }
});

describe('facts', () => {
  test('have the time of @timestamp', async () => {
    const { facts } = await written([['@timestamp', ['y', 'x'], 'seconds']], { x: '1790000000' });
    expect(facts).toEqual({ ...fresh(), time: 1_790_000_000_000 });
    expect((await written([['event.start', 'x', 'seconds']], { x: '1790000000' })).facts.time).toBe(0);
    expect((await written([['@timestamp', 'x', 'seconds']], { x: '-' })).facts.time).toBe(0);
  });

  test('have the outcome of event.outcome', async () => {
    const fields: Field[] = [['event.outcome', 'x', { table: { YES: 'success', NO: 'failure' }, strict: true }]];
    expect((await written(fields, { x: 'YES' })).facts.outcome).toBe('success');
    expect((await written(fields, { x: 'NO' })).facts.outcome).toBe('failure');
    expect((await written(fields, { x: 'PERHAPS' })).facts.outcome).toBe(undefined);
    expect((await written(fields, { x: '-' })).facts.outcome).toBe(undefined);
  });
});

describe('rows', () => {
  const fields: Field[] = [
    ['a.b', 'x'],
    ['a.c', 'y'],
  ];

  test('can be replaced, added to and removed', async () => {
    const cells = { x: '1', y: '2' };
    expect(await documentOf(override(fields, [['a.b', 'y', 'int']]), cells)).toEqual({ a: { b: 2, c: '2' } });
    expect(await documentOf(override(fields, [['d', 'x']]), cells)).toEqual({ a: { b: '1', c: '2' }, d: '1' });
    expect(await documentOf(override(fields, [['a.b', null]]), cells)).toEqual({ a: { c: '2' } });
    expect(await documentOf(override(fields, [['a.b', null], ['a.c', null]]), cells)).toEqual({}); // biome-ignore format: one case a line
    expect(await documentOf(override(fields, [['not.there', null]]), cells)).toEqual({ a: { b: '1', c: '2' } });
  });

  test.each<[string, Field[], string]>([
    ['names an unknown cast', [['a', 'x', 'integer']], 'field a: no cast is called "integer"'],
    ['names what every object has', [['a', 'x', 'toString']], 'field a: no cast is called "toString"'],
    [
      'has a cast of no known shape',
      [['a', 'x', { tabel: {} } as never]],
      'field a: its cast is neither a constant nor a table',
    ],
    [
      'is a value where another has fields',
      [
        ['a.b', 'x'],
        ['a', 'y'],
      ],
      'field a: it has fields of its own, or stands here twice',
    ],
    [
      'has fields where another is a value',
      [
        ['a', 'x'],
        ['a.b', 'y'],
      ],
      "field a.b: a has a value and can't have fields",
    ],
    [
      'has fields far below a value',
      [
        ['a.b', 'x'],
        ['a.b.c.d', 'y'],
      ],
      "field a.b.c.d: a.b has a value and can't have fields",
    ],
    [
      'stands there twice',
      [
        ['a.b', 'x'],
        ['a.b', 'y'],
      ],
      'field a.b: it has fields of its own, or stands here twice',
    ],
    ['has no name', [['', 'x']], 'field "": a part of its name is empty'],
    ['has a hole in its name', [['a..b', 'x']], 'field "a..b": a part of its name is empty'],
  ])('one that %s is a ConfigError', (_, rows, message) => {
    const compiling = () => compile(rows, ['x', 'y']);
    expect(compiling).toThrow(ConfigError);
    expect(compiling).toThrow(message);
  });

  test('may nest 16 deep, and no deeper', async () => {
    const deep = (depth: number): Field => [Array(depth).fill('a').join('.'), 'x'];
    expect((await written([deep(16), ['b', 'x']], { x: '1' })).json).toBe(
      `${'{"a":'.repeat(16)}"1"${'}'.repeat(15)},"b":"1"}`,
    );
    expect(() => compile([deep(17)], ['x'])).toThrow(ConfigError);
    expect(() => compile([deep(17)], ['x'])).toThrow('has more than 16 parts');
  });

  test('that contradict each other for another header only do no harm to this one', async () => {
    expect(await documentOf([['a', 'x'], ['a.b', 'y']], { x: '1' })).toEqual({ a: '1' }); // biome-ignore format: one case a line
  });
});
