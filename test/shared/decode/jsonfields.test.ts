import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { json } from '../../../shared/decode/json.ts';
import { ABSENT, type Each, JsonFields, LIST, MAP, MIXED, PLAIN, STRING } from '../../../shared/decode/jsonfields.ts';
import { DecodeError } from '../../../shared/errors.ts';
import type { Bytes } from '../../../shared/model.ts';

/** The record as it is cut out of a body. */
async function cut(text: string | Buffer): Promise<Bytes> {
  async function* chunks() {
    yield Buffer.from(text);
  }
  for await (const page of json()(chunks())) {
    const record = page.next();
    if (record !== undefined) return record;
  }
  throw new Error('no record');
}

const free = (name: string) => ({ name, isFree: true });
const scalar = (name: string) => ({ name, isFree: false });

/** The text of each path's value, and of what no path names. */
async function found(text: string | Buffer, ...paths: readonly { name: string; isFree: boolean }[]) {
  const fields = new JsonFields(paths);
  fields.find(await cut(text));
  const { bytes, starts, ends } = fields;
  const raw = (start: number, end: number) => Buffer.from(bytes.subarray(start, end)).toString();
  return {
    fields,
    values: paths.map((_, index) => fields.text(index)),
    raws: paths.map((_, index) => raw(starts[index], ends[index])),
    others: fields.others.map(({ path, nameStart, nameEnd, start, end }) => [
      path + raw(nameStart, nameEnd),
      raw(start, end),
    ]),
  };
}

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, name) => {
    const isMap = typeof inner === 'object' && inner !== null && !Array.isArray(inner) && Object.hasOwn(inner, name);
    return isMap ? (inner as Record<string, unknown>)[name] : undefined;
  }, value);

describe('a path', () => {
  test('finds strings without their quotes, numbers and words, objects and lists', async () => {
    const text = '{"s":"x","n":-1.5e3,"b":true,"m":{"a":[1]},"l":[{}]}';
    const { values, fields } = await found(text, scalar('s'), scalar('n'), scalar('b'), free('m'), free('l'));
    expect(values).toEqual(['x', '-1.5e3', 'true', '{"a":[1]}', '[{}]']);
    expect([...fields.kinds]).toEqual([STRING, PLAIN, PLAIN, MAP, LIST]);
  });

  test('leads into objects, also into one that is wanted whole', async () => {
    const text = '{"a":{"b":{"c":1},"d":"x"}}';
    const { values } = await found(text, free('a'), scalar('a.b.c'), scalar('a.d'));
    expect(values).toEqual(['{"b":{"c":1},"d":"x"}', '1', 'x']);
  });

  test('finds nothing for null, for another name and behind what is not an object', async () => {
    const { fields } = await found('{"a":null,"bb":1,"c":"x"}', scalar('a'), scalar('b'), scalar('c.d'));
    expect([...fields.kinds]).toEqual([ABSENT, ABSENT, ABSENT]);
  });

  test('forgets the record before', async () => {
    const fields = new JsonFields([scalar('a')]);
    fields.find(await cut('{"a":1}'));
    fields.find(await cut('{"b":2}'));
    expect(fields.text(0)).toBeUndefined();
    expect(fields.others).toHaveLength(1);
  });

  test('finds the same whatever order and white space the fields have, and as JSON.parse does', async () => {
    const names = ['a', 'bb', 'ccc', 'dddd', 'a b'];
    const paths = ['a', 'bb', 'ccc', 'bb.a', 'bb.ccc.dddd', 'dddd.a', 'a b'];
    const text = fc.string({
      unit: fc.constantFrom('"', '\\', '\n', '\u0000', '봉', '😀', 'a', '/', '}', '{', ',', ':'),
    });
    const { object } = fc.letrec((tie) => ({
      value: fc.oneof(
        text,
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true, min: 0.1 }),
        fc.constantFrom(true, false, null),
        tie('object'),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
      object: fc.dictionary(fc.constantFrom(...names, 'other', '봉수'), tie('value'), { maxKeys: 6 }),
    }));
    const fields = new JsonFields(paths.map(free));
    await fc.assert(
      fc.asyncProperty(object, fc.constantFrom(undefined, 1, '\t', ' \n'), async (value, indent) => {
        fields.find(await cut(JSON.stringify(value, null, indent)));
        paths.forEach((path, index) => {
          const expected = at(value, path) ?? undefined;
          const actual = fields.text(index);
          const isText = fields.kinds[index] === STRING;
          expect(isText || actual === undefined ? actual : JSON.parse(actual)).toEqual(expected);
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe('others', () => {
  test('are what no path names, with the names of the objects that they are in', async () => {
    const { others } = await found('{"a":{"b":1,"new":{"x":[1]}},"more":"y","":2}', scalar('a.b'));
    expect(others).toEqual([
      ['a.new', '{"x":[1]}'],
      ['more', '"y"'],
      ['', '2'],
    ]);
  });

  test('are not: null, an empty object that paths lead into, and parts of what is wanted whole', async () => {
    const { others } = await found('{"x":null,"a":{},"m":{"c":{"d":1}}}', scalar('a.b'), free('m'), scalar('m.c.e'));
    expect(others).toEqual([]);
  });

  test('are values that are an object or a list where they should not be, or no object where paths lead into one', async () => {
    const { others, fields } = await found('{"a":[1],"b":"x"}', scalar('a'), scalar('b.c'));
    expect(others).toEqual([
      ['a', '[1]'],
      ['b', '"x"'],
    ]);
    expect(fields.kinds[0]).toBe(ABSENT);
  });
});

describe('a value', () => {
  test.each([
    ['white space', '{"a":{"b": 1}}'],
    ['a line break', '{"a":{"b":1\n}}'],
    ['null', '{"a":{"b":[null]}}'],
    ['a long string', `{"a":{"b":"${'x'.repeat(10_001)}"}}`],
    ['white space at a path', '{"a":{"c" :1}}'],
    ['null at a path', '{"a":{"c":null}}'],
    ['a long string at a path', `{"a":{"c":"${'x'.repeat(10_001)}"}}`],
  ])('is odd with %s inside', async (_, text) => {
    const { fields } = await found(text, free('a'), scalar('a.c'));
    expect(fields.odd[0]).not.toBe(0);
  });

  test('is not odd because of its neighbours', async () => {
    const { fields } = await found('{ "x": null, "a":{"b":"null"} }', free('a'));
    expect(fields.odd[0]).toBe(0);
  });

  test('may be wanted by several paths, and its text has no escapes', async () => {
    expect((await found('{"a":"\\"\\u00e9\\\\"}', scalar('a'))).values).toEqual(['"é\\']);
  });
});

describe('a record is refused', () => {
  const tokens = [
    'nul',
    'nulll',
    'tru',
    'True',
    'fals',
    'faLse',
    '01',
    '1.',
    '.5',
    '-',
    '+1',
    '1e',
    '1e+',
    '--1',
    '1-',
    'e1',
    '0x1',
    '1.2.3',
    'a',
  ];
  const strings = ['"\\x"', '"\\u12"', '"\\u123g"', '"a\tb"', '"a\nb"', '"\u0000"'];
  test.each([...tokens, ...strings])('for a value that JSON does not have: %j', async (token) => {
    for (const text of [`{"a":${token}}`, `{"b":${token}}`, `{"b":[1,${token},2]}`]) {
      expect(() => JSON.parse(text)).toThrow();
      await expect(found(text, free('a'))).rejects.toThrow(DecodeError);
    }
  });

  test('for bytes that are not UTF-8, in a value and in a name', async () => {
    const latin1 = (text: string) => Buffer.from(text, 'latin1');
    await expect(found(latin1('{"a":"é"}'), scalar('a'))).rejects.toThrow(new DecodeError('not UTF-8'));
    await expect(found(latin1('{"é":"a"}'), scalar('a'))).rejects.toThrow(new DecodeError('not UTF-8'));
  });

  test.each([
    '{"a":1"b":2}',
    '{"a":1 "b":2}',
    '{"a":1,}',
    '{,"a":1}',
    '{"a"1}',
    '{"a":}',
    '{"a":1,,"b":2}',
    '{"a":{"b":1"c":2}}',
    '{"a":{"b":1,}}',
    '{"a":{"b"}}',
    '{"a":{1:2}}',
    '{"a":[1 2]}',
    '{"a":[1,]}',
    '{"a":[,1]}',
    '{"a":[1:2]}',
    '{"a":[1}',
    '{"a":{"b":1]}',
  ])('where brackets or separators do not fit, also without one who looked before: %s', (text) => {
    expect(() => JSON.parse(text)).toThrow();
    const bytes = Buffer.from(`${text}        `);
    const record = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset), start: 0, end: text.length };
    for (const path of ['a', 'a.b', 'x']) {
      const fields = new JsonFields([free(path)]);
      expect(() => fields.find(record)).toThrow(DecodeError);
      expect(fields.probe(record)).toBe(-1);
    }
  });

  test('for being a list', async () => {
    await expect(found('[[1]]', scalar('a'))).rejects.toThrow(new DecodeError('the record is not a JSON object'));
  });

  test('and every number that JSON has is taken', async () => {
    for (const token of ['0', '-0', '10', '0.10', '1e5', '1E-5', '-12.5e+10', '9'.repeat(40)]) {
      expect((await found(`{"a":${token}}`, scalar('a'))).values).toEqual([token]);
    }
  });
});

describe('a list whose objects are looked at', () => {
  /** What is seen of the objects of `l`, and the fields that hold the list. */
  function looking() {
    const seen: (string | undefined)[][] = [];
    const inner = new JsonFields([scalar('a'), free('b')]);
    const each: Each = {
      fields: inner,
      begin: () => {
        seen.length = 0;
      },
      look: (start, end) => {
        const raw = Buffer.from(inner.bytes.subarray(start, end)).toString();
        seen.push([inner.text(0), inner.text(1), raw]);
      },
    };
    return { seen, fields: new JsonFields([{ ...free('l'), each }, scalar('x')]) };
  }

  test('gives the values of each and where it stands, and the list as a whole', async () => {
    const { seen, fields } = looking();
    fields.find(await cut('{"l":[{"a":"봉수"},{"b":[{"a":1}],"a":2},{}],"x":1}'));
    expect(seen).toEqual([
      ['봉수', undefined, '{"a":"봉수"}'],
      ['2', '[{"a":1}]', '{"b":[{"a":1}],"a":2}'],
      [undefined, undefined, '{}'],
    ]);
    expect([fields.text(0), fields.odd[0], fields.text(1)]).toEqual([
      '[{"a":"봉수"},{"b":[{"a":1}],"a":2},{}]',
      0,
      '1',
    ]);
  });

  test('starts anew with each record, also where it is missing', async () => {
    const { seen, fields } = looking();
    for (const [text, count] of [
      ['{"l":[{},{}]}', 2],
      ['{"l":[]}', 0],
      ['{"l":[{}]}', 1],
      ['{"x":1}', 0],
      ['{"l":"text"}', 0],
    ] as const) {
      fields.find(await cut(text));
      expect(seen).toHaveLength(count);
    }
  });

  test('says when there is something else in it, or something odd', async () => {
    const { seen, fields } = looking();
    fields.find(await cut('{"l":["text",{"a":1},[{"a":2}],3]}'));
    expect(seen.map(([a]) => a)).toEqual(['1']);
    expect(fields.odd[0]).toBe(MIXED);
    fields.find(await cut('{"l":[{"a":1}, {"b":2}]}'));
    expect(fields.odd[0]).toBeGreaterThan(0);
    fields.find(await cut('{"l":[{"b":null}]}'));
    expect(fields.odd[0]).toBeGreaterThan(0);
  });

  test('is refused where it is no UTF-8', async () => {
    const { fields } = looking();
    const record = await cut(Buffer.from('{"l":[{"a":"\xe9"}]}', 'latin1'));
    expect(() => fields.find(record)).toThrow('not UTF-8');
  });
});

describe('a probe', () => {
  const bytesOf = (text: string): Bytes => {
    const bytes = new Uint8Array(64);
    bytes.set(Buffer.from(text));
    return { bytes, view: new DataView(bytes.buffer), start: 0, end: text.length };
  };

  test('tells where a record ends that something else stands behind', () => {
    const fields = new JsonFields([scalar('a')]);
    expect(fields.probe(bytesOf('{"a":"x"}{"a":"y"}'))).toBe(9);
    expect(fields.text(0)).toBe('x');
  });

  test.each(['{"a":"x"', '{"a":1,', '{"a": 1}', '{"a":1\n}', '{"a":tru}', '{"a":[1}]}', '[1]', 'text', ''])(
    'leaves %j to others',
    (text) => {
      expect(new JsonFields([scalar('a')]).probe(bytesOf(text))).toBe(-1);
    },
  );

  test('does not see what stands behind the end', () => {
    const record = bytesOf('{"a":"x"}');
    expect(new JsonFields([]).probe({ ...record, end: 8 })).toBe(-1);
  });

  test('leaves nothing to do for finding the same record, once', () => {
    let looks = 0;
    const each = { fields: new JsonFields([]), begin() {}, look: () => void looks++ };
    const fields = new JsonFields([{ ...free('l'), each }]);
    const record = bytesOf('{"l":[{}]}');
    fields.probe(record);
    expect([fields.find(record), looks]).toEqual([10, 1]);
    fields.find(record);
    expect(looks).toBe(2);
  });
});
