import { describe, expect, test } from '@jest/globals';
import { ConfigError, DecodeError } from '../../../../shared/errors.ts';
import {
  compile,
  epochMs,
  type Field,
  find,
  isObject,
  override,
  parse,
  parsed,
} from '../../../../shared/transform/objects/compile.ts';

const map = (fields: readonly Field[], value: unknown) => compile(fields)(value);

function bytes(content: string | Uint8Array) {
  const text = Buffer.concat([Buffer.from('{}'), Buffer.from(content), Buffer.alloc(8)]);
  return { bytes: text, view: new DataView(text.buffer), start: 2, end: text.length - 8 };
}

describe('paths', () => {
  const value = {
    a: { b: 'x' },
    list: [{ id: 1, tags: ['p', 'q'] }, { id: 2 }, { id: 1 }],
    one: { id: 9 },
    'c-d': 'y',
  };

  test.each<[string | readonly string[], unknown]>([
    ['a.b', 'x'],
    ['c-d', 'y'],
    ['a', undefined], // an object is not a text
    ['a.b.c', undefined],
    ['b', undefined],
    ['toString', undefined],
    ['list[].id', '1'],
    ['list[].tags[]', 'p'],
    ['one[].id', '9'],
    [['none', 'a', 'a.b', 'c-d'], 'x'],
    [[], undefined],
  ])('%j gives %j', (path, expected) => {
    expect(map([['t', path]], value)).toEqual(expected === undefined ? {} : { t: expected });
  });

  test('a list has each value of each path once', () => {
    expect(map([['ids[]', ['list[].id', 'one.id', 'a.b']]], value)).toEqual({ ids: ['1', '2', '9', 'x'] });
    expect(map([['ids[]', 'none']], value)).toEqual({});
  });

  test('targets nest, in the order of their rows', () => {
    const document = map([['x.y.z', 'a.b'], ['w', 'a.b'], ['x.y.v', 'c-d']], value); // biome-ignore format: rows
    expect(JSON.stringify(document)).toBe('{"x":{"y":{"z":"x","v":"y"}},"w":"x"}');
  });

  test('find gives the first value as it is', () => {
    expect(find(value, 'list[].tags')).toEqual(['p', 'q']);
    expect(find(value, 'list.id')).toBeUndefined();
    expect(find(null, 'a')).toBeUndefined();
  });
});

describe('casts', () => {
  test.each<[Field[2], unknown, unknown]>([
    ['text', 'x', 'x'],
    ['text', '', undefined],
    ['text', 5, '5'],
    ['text', false, 'false'],
    ['text', null, undefined],
    ['lower', 'TCP', 'tcp'],
    ['int', 5, 5],
    ['int', '5', 5],
    ['int', 5.5, undefined],
    ['int', '', undefined],
    ['int', 'x', undefined],
    ['float', 8.95, 8.95],
    ['float', '8.95', 8.95],
    ['float', [], undefined],
    ['boolean', false, false],
    ['boolean', 'false', false],
    ['boolean', 'no', undefined],
    ['ip', '192.0.2.1', '192.0.2.1'],
    ['ip', '2001:db8::1', '2001:db8::1'],
    ['ip', 'fe80::1%eth0', undefined],
    ['ip', 'GeneratedFinding', undefined],
    ['instant', '2026-11-24T13:40:38Z', '2026-11-24T13:40:38.000Z'],
    ['instant', '2026-11-24T13:40:38.123456+00:00', '2026-11-24T13:40:38.123Z'],
    ['instant', '2026-11-24T22:40:38+09:00', '2026-11-24T13:40:38.000Z'],
    ['instant', '2026-11-24T13:40:38', '2026-11-24T13:40:38.000Z'],
    ['instant', 1795527638, '2026-11-24T13:40:38.000Z'],
    ['instant', 1795527638.25, '2026-11-24T13:40:38.250Z'],
    ['instant', 1795527638123, '2026-11-24T13:40:38.123Z'],
    ['instant', '2026-13-24T13:40:38Z', undefined],
    ['instant', 'Nov 24, 2026', undefined],
    ['instant', '1795527638', '2026-11-24T13:40:38.000Z'],
    [{ table: { a: 1 } }, 'a', 1],
    [{ table: { a: 1 } }, 'b', 'b'],
    [{ table: { a: null } }, 'a', undefined],
    [{ table: { a: 1 }, strict: true }, 'b', undefined],
    [{ table: { a: 1 }, strict: true }, 'toString', undefined],
    [{ constant: ['x'] }, 'anything', ['x']],
    [{ constant: 0 }, undefined, 0],
    ['flat', { a: null, b: [null, 1, { c: null }], d: '' }, { b: [1, {}], d: '' }],
    ['flat', null, undefined],
  ])('%j of %j is %j', (cast, value, expected) => {
    expect(map([['t', 'v', cast!]], { v: value })).toEqual(expected === undefined ? {} : { t: expected });
  });

  test('flat cuts strings that a flat_object would not take', () => {
    const { t } = map([['t', 'v', 'flat']], { v: { long: '봉'.repeat(20_000) } }) as { t: { long: string } };
    expect(t.long).toBe(`${'봉'.repeat(10_000)}…`);
    expect(Buffer.byteLength(t.long)).toBeLessThan(32_766);
  });

  test.each<[unknown]>([['text'], [1], [['a', 'b']], [[{ a: 1 }, 'b']], [true]])(
    'flat keeps %j, which is not an object, as a value',
    (value) => {
      expect(map([['t', 'v', 'flat']], { v: value })).toEqual({ t: { value } });
    },
  );

  test('flat takes an object and a list of objects as they are', () => {
    expect(map([['t', 'v', 'flat']], { v: { a: 1 } })).toEqual({ t: { a: 1 } });
    expect(map([['t', 'v', 'flat']], { v: [{ a: 1 }, { b: 2 }] })).toEqual({ t: [{ a: 1 }, { b: 2 }] });
  });

  test('a source brings casts of its own', () => {
    const twice = (value: unknown) => (typeof value === 'number' ? value * 2 : undefined);
    expect(compile([['t', 'v', 'twice']], { twice })({ v: 4 })).toEqual({ t: 8 });
  });

  test('a cast that nobody knows is told by its row', () => {
    expect(() => compile([['source.ip', 'v', 'adress']])).toThrow(ConfigError);
    expect(() => compile([['source.ip', 'v', 'adress']])).toThrow('field source.ip: no cast is called "adress"');
  });

  test('a list by tables is made here as from columns', () => {
    const fields: readonly Field[] = [['t', ['v', 'w'], { tables: [{ OK: 'connection' }, { ACCEPT: 'allowed' }] }]];
    expect(map(fields, { v: 'OK', w: 'ACCEPT' })).toEqual({ t: ['connection', 'allowed'] });
  });
});

test('rows replace, add and remove', () => {
  const fields: readonly Field[] = [['a', 'x'], ['b', 'y'], ['c', [], { constant: 1 }]]; // biome-ignore format: rows
  const changed = override(fields, [['a', 'y'], ['b', null], ['d', 'x']]); // biome-ignore format: rows
  expect(map(changed, { x: 'X', y: 'Y' })).toEqual({ a: 'Y', c: 1, d: 'X' });
});

test('epoch milliseconds of what is no time are undefined', () => {
  for (const value of [undefined, null, '', 'now', Number.NaN, -1, 1e17, {}]) expect(epochMs(value)).toBeUndefined();
});

test('a record is parsed from its bytes alone', () => {
  expect(parse(bytes('{"a":"봉수"}'))).toEqual({ a: '봉수' });
});

test.each(['{"a":', '[1]', '"x"', 'null', Uint8Array.of(123, 34, 0xff, 34, 58, 49, 125)])(
  '%j is refused',
  (content) => {
    expect(() => parse(bytes(content))).toThrow(DecodeError);
  },
);

describe('a number', () => {
  const again = (number: string) => JSON.stringify(parsed(`{"n": [${number}]}`)).slice(6, -2);

  test.each([
    '12345678901234567890',
    '-9007199254740993',
    '1e999',
    '-1E-999',
    '-0',
    '-0.0',
    '0.12345678901234567890123',
  ])('that no double is becomes JSON again as it was written: %s', (number) => expect(again(number)).toBe(number));

  test.each([
    ['9007199254740992', '9007199254740992'],
    ['37.53315000000001', '37.53315000000001'],
    ['1.50E+2', '150'],
    ['0e5', '0'],
    ['1.0', '1'],
  ])('that a double is stays one: %s', (number, expected) => {
    expect(again(number)).toBe(expected);
    expect((parsed(`[${number}]`) as unknown[])[0]).toBe(Number(number));
  });

  test('that no double is is not an object, has a text and, for a float, the nearest double', () => {
    const { n } = parsed('{"n":12345678901234567890}') as { n: unknown };
    expect(isObject(n)).toBe(false);
    const fields: Field[] = [
      ['text', 'n'],
      ['int', 'n', 'int'],
      ['float', 'n', 'float'],
      ['flat', 'n', 'flat'],
    ];
    expect(JSON.stringify(map(fields, { n }))).toBe(
      '{"text":"12345678901234567890","float":12345678901234567000,"flat":{"value":12345678901234567890}}',
    );
  });
});

test('bytes that are no UTF-8 are told from what is no JSON', () => {
  const bytes = Buffer.from([123, 34, 0xff, 34, 58, 49, 125]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  expect(() => parse({ bytes, view, start: 0, end: bytes.length })).toThrow('the record is not UTF-8');
});
