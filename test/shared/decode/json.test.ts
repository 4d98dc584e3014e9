import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type JsonOptions, json } from '../../../shared/decode/json.ts';
import { JsonFields } from '../../../shared/decode/jsonfields.ts';
import { DecodeError } from '../../../shared/errors.ts';
import { MAX_DEPTH } from '../../../shared/limits.ts';
import type { Bytes } from '../../../shared/model.ts';

interface Found {
  readonly seq: number;
  readonly text?: string;
  readonly refused?: string;
  readonly raw?: string;
}

async function* chunksOf(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const to of places) {
    yield bytes.slice(from, to); // an own buffer, so that reading past its end would show
    from = to;
  }
}

async function split(input: string | Uint8Array, options: JsonOptions = {}, cuts: readonly number[] = []) {
  const found: Found[] = [];
  for await (const page of json(options)(chunksOf(Buffer.from(input), cuts))) {
    for (;;) {
      try {
        const record = page.next();
        if (record === undefined) break;
        const { bytes, view, start, end } = record;
        expect(bytes.length).toBeGreaterThanOrEqual(end + 8);
        expect(view.buffer).toBe(bytes.buffer);
        found.push({ seq: page.seq, text: Buffer.from(bytes.subarray(start, end)).toString() });
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        found.push({ seq: page.seq, refused: error.message, raw: Buffer.from(error.raw ?? []).toString() });
      }
    }
  }
  return found;
}

const texts = (found: readonly Found[]) => found.flatMap(({ text }) => (text === undefined ? [] : [text]));
const refusals = (found: readonly Found[]) => found.filter(({ refused }) => refused !== undefined);

const cuts = fc.array(fc.nat(), { maxLength: 12 });
const record = fc.oneof(
  fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' })),
  fc.record({
    text: fc.string({ unit: fc.constantFrom('\\', '"', '{', '[', '\n', 'é', '봉', '😀', 'a'), maxLength: 60 }),
  }),
);
const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t'), maxLength: 3 });
const indent = fc.constantFrom(0, 2);

describe('records', () => {
  test('bytes cut anywhere give the same records', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(record, space, indent)), cuts, async (values, places) => {
        const records = values.map(([value, , width]) => JSON.stringify(value, undefined, width));
        const input = values.map(([, gap], i) => records[i] + gap).join('');
        const found = await split(input, {}, places);
        expect(texts(found)).toEqual(records);
        expect(found.map(({ seq }) => seq)).toEqual(records.map((_, i) => i + 1));
      }),
      { numRuns: 300 },
    );
  });

  test('every cut of one byte gives the same records', async () => {
    const records = ['{"a":"\\\\"}', '{"b":"\\"}\\u00e9é봉😀","c":[{"d":[]},-1.5e3,true,null,{}]}', '{}'];
    const input = records.join('');
    const all = Array.from({ length: Buffer.byteLength(input) }, (_, i) => i);
    expect(texts(await split(input, {}, all))).toEqual(records);
  });

  test('the elements of a top-level array are records, whatever its layout', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(record)), cuts, indent, async (arrays, places, width) => {
        const input = arrays.map((array) => JSON.stringify(array, undefined, width)).join('\n');
        const found = await split(input, {}, places);
        expect(texts(found).map((text) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(arrays.flat())));
        expect(refusals(found)).toEqual([]);
      }),
    );
  });

  test('an array in an array is a record', async () => {
    expect(texts(await split('[[1],{"a":[2]}]'))).toEqual(['[1]', '{"a":[2]}']);
  });

  test('commas between records do not matter', async () => {
    expect(texts(await split('{"a":1},{"a":2},\n{"a":3}'))).toEqual(['{"a":1}', '{"a":2}', '{"a":3}']);
  });

  test.each(['', ' \n', '[]', '[ ]\n[]'])('%j has none', async (input) => {
    expect(await split(input)).toEqual([]);
  });
});

describe('a probe', () => {
  const probe = () => {
    const fields = new JsonFields([{ name: 'text', isFree: true }]);
    return (from: Bytes) => fields.probe(from);
  };
  const line = fc.oneof(
    record.map((value) => JSON.stringify(value)),
    record.map((value) => JSON.stringify(value, undefined, 1)),
    fc.tuple(record, fc.nat()).map(([value, at]) => JSON.stringify(value).slice(0, at % 80)),
    fc.constantFrom('', 'text', '[1]', '{"a":[}', '{"a":"b', '{}{"b":1}{}', '{"n":1'),
  );

  test('finds the same records and the same garbage', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), cuts, async (lines, places) => {
        const input = lines.join('\n');
        expect(await split(input, { probe: probe() }, places)).toEqual(await split(input, {}, places));
      }),
      { numRuns: 500 },
    );
  });

  test('is asked for the records of a named member, not for what holds them', async () => {
    const input = '{"Records":[{"a":1},{"a":2}],"more":3}{"Records":[{"a":3}]}';
    const asked: string[] = [];
    const quick = probe();
    const found = await split(input, {
      member: 'Records',
      probe: (from) => {
        asked.push(Buffer.from(from.bytes.subarray(from.start, from.start + 7)).toString());
        return quick(from);
      },
    });
    expect(texts(found)).toEqual(['{"a":1}', '{"a":2}', '{"a":3}']);
    expect(asked).toEqual(texts(found));
  });

  test('sees no more than the most that a record may have', async () => {
    const found = await split('{"a":"xxxxxxxx"}\n{"a":1}\n', { maxRecordBytes: 10, probe: probe() });
    expect(found).toEqual([
      { seq: 1, refused: 'record larger than 10 bytes', raw: expect.any(String) },
      { seq: 2, text: '{"a":1}' },
    ]);
  });
});

describe('a named member', () => {
  const options = { member: 'Records' };

  test('holds the records of an object that has it, cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record), fc.jsonValue(), cuts, indent, async (records, other, places, width) => {
        const input = JSON.stringify({ before: other, Records: records, after: other }, undefined, width);
        const found = await split(input + input, options, places);
        expect(texts(found).map((text) => JSON.parse(text))).toEqual(
          JSON.parse(JSON.stringify([...records, ...records])),
        );
        expect(refusals(found)).toEqual([]);
      }),
    );
  });

  test('is looked for at the top only', async () => {
    const inputs = ['{"a":{"Records":[{}]}}', '{"a":["Records",[{}]]}', '{"Records":{"a":[{}]}}', '{"aRecords":[{}]}'];
    expect(texts(await split(inputs.join(''), options))).toEqual(inputs);
  });

  test('an object without it is a record', async () => {
    expect(texts(await split('{"x":1}{"Records":[{"x":2}]}{"x":3}', options))).toEqual([
      '{"x":1}',
      '{"x":2}',
      '{"x":3}',
    ]);
  });

  test('an input that ends inside its array is refused once, behind the records', async () => {
    const found = await split('{"Records":[{"a":1},{"a":2}', options);
    expect(texts(found)).toEqual(['{"a":1}', '{"a":2}']);
    expect(refusals(found)).toEqual([{ seq: 3, refused: 'the input ends before its array does', raw: '' }]);
  });

  test('an input that ends behind its array but inside its object is refused', async () => {
    expect(refusals(await split('{"Records":[{"a":1}],"b":"', options))).toHaveLength(1);
  });
});

describe('what is not a record', () => {
  test('is refused up to the newline, with its bytes, wherever it is cut', async () => {
    const garbage = fc.constantFrom(
      'oops',
      '}',
      ']',
      '{"a":}',
      '{"a"',
      '{"a":"x',
      '[1,',
      '"text"',
      '12',
      '{]',
      '{"a":[}',
      '{,}',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(record, garbage)), cuts, async (values, places) => {
        const records = values.map(([value]) => JSON.stringify({ ...value, no: 'newline' }));
        const input = values.map(([, line], i) => `${records[i]}\n${line.replace('[1,', '{"a":[1,')}\n`).join('');
        const found = await split(input, {}, places);
        expect(texts(found)).toEqual(records);
        expect(refusals(found).map(({ raw }) => raw?.trim())).toEqual(
          values.map(([, line]) => line.replace('[1,', '{"a":[1,')),
        );
        expect(found.map(({ seq }) => seq)).toEqual(found.map((_, i) => i + 1));
      }),
      { numRuns: 300 },
    );
  });

  test('a line torn in its middle does not take the next ones along', async () => {
    const whole = JSON.stringify({ id: 'b', list: [{ x: 'é' }], text: 'a "quoted" \\ one' });
    for (let length = 1; length < whole.length; length++) {
      const torn = whole.slice(0, length);
      const found = await split(`{"id":"a"}\n${torn}\n{"id":"c"}\n{"id":"d"}\n`);
      expect(texts(found)).toEqual(['{"id":"a"}', '{"id":"c"}', '{"id":"d"}']);
      expect(refusals(found).map(({ raw }) => raw)).toEqual([torn]);
    }
  });

  test('a broken record of many lines is refused once', async () => {
    const broken = JSON.stringify({ a: [{ b: 1 }, { c: 2 }] }, undefined, 2).replace('2\n', '2]\n');
    const found = await split(`{"id":1}\n${broken}\n{"id":2}`);
    expect(texts(found)).toEqual(['{"id":1}', '{"id":2}']);
    expect(refusals(found).map(({ raw }) => raw)).toEqual([broken]);
  });

  test('an input that ends inside a record is refused with what there is of it', async () => {
    const input = '{"a":1}{"b":"\\"}';
    for (let cut = 0; cut < input.length; cut++) {
      const found = await split(input, {}, [cut]);
      expect(texts(found)).toEqual(['{"a":1}']);
      expect(refusals(found)).toEqual([{ seq: 2, refused: 'the input ends inside a record', raw: '{"b":"\\"}' }]);
    }
  });

  test('the bytes of a refusal are bounded', async () => {
    const [found] = refusals(await split('x'.repeat(1 << 20), {}, [1000, 70_000, 500_000]));
    expect(found.raw).toBe('x'.repeat(64 << 10));
  });

  test('the error names the offset in the body', async () => {
    const pages = json()(chunksOf(Buffer.from('{"a":1}\n{"b":2}\n oops'), [3, 11]));
    const offsets: unknown[] = [];
    for await (const page of pages) {
      try {
        while (page.next());
      } catch (error) {
        offsets.push((error as DecodeError).fields.offset);
      }
    }
    expect(offsets).toEqual([17]);
  });
});

describe('limits', () => {
  test('a record of the most bytes is one, a larger one is skipped to its end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 60 }), cuts, async (length, places) => {
        const middle = JSON.stringify({ text: '\\"]}'.repeat(length) });
        const found = await split(`{"a":1}${middle}{"a":2}`, { maxRecordBytes: 100 }, places);
        const kept = middle.length <= 100;
        expect(texts(found)).toEqual(['{"a":1}', ...(kept ? [middle] : []), '{"a":2}']);
        expect(refusals(found).map(({ seq, refused }) => [seq, refused])).toEqual(
          kept ? [] : [[2, 'record larger than 100 bytes']],
        );
      }),
    );
  });

  test('the window does not grow with what is skipped', async () => {
    async function* endless() {
      yield Buffer.from('{"text":"');
      for (let i = 0; i < 64; i++) yield Buffer.alloc(1 << 20, 'x');
      yield Buffer.from('"}{"a":1}');
    }
    let largest = 0;
    const found: string[] = [];
    for await (const page of json({ maxRecordBytes: 1 << 20 })(endless())) {
      for (;;) {
        try {
          const next = page.next();
          if (next === undefined) break;
          largest = Math.max(largest, next.bytes.length);
          found.push(Buffer.from(next.bytes.subarray(next.start, next.end)).toString());
        } catch (error) {
          found.push((error as Error).message);
        }
      }
    }
    expect(found).toEqual(['record larger than 1048576 bytes', '{"a":1}']);
    expect(largest).toBeLessThan(8 << 20);
  });

  test('a record that is too deep is skipped to its end', async () => {
    const deep = (n: number) => `{"a":${'['.repeat(n - 1)}${']'.repeat(n - 1)}}`;
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const found = await split(`${deep(MAX_DEPTH)}${deep(MAX_DEPTH + 1)}{"a":1}`, {}, places);
        expect(texts(found)).toEqual([deep(MAX_DEPTH), '{"a":1}']);
        expect(refusals(found).map(({ refused }) => refused)).toEqual([`record deeper than ${MAX_DEPTH} brackets`]);
      }),
      { numRuns: 20 },
    );
  });
});

describe('behind what is broken in an array on one line', () => {
  const good = '{"id":1,"list":[{"x":1}]}';
  const options = { member: 'Records' };
  const inArray = (broken: string) => `{"Records":[${good},${broken},${good}]}`;

  test.each([
    ['a torn record', good.slice(0, 12)],
    ['a text that does not end', '{"id":"one,"list":[]}'],
    ['a bracket too many', '{"id":1}}'],
    ['a word', 'null'],
    ['a text', '"text"'],
    ['garbage', '<oops>'],
  ])('the next record is found: %s', async (_, broken) => {
    for (const places of [[], Array.from({ length: 200 }, (_, i) => i)]) {
      const found = await split(inArray(broken), options, places);
      expect(texts(found).filter((text) => text === good)).toHaveLength(2);
      expect(refusals(found).length).toBeGreaterThan(0);
    }
  });

  test('so it is where the first record is the broken one', async () => {
    expect(texts(await split(`[{"id":[1,{"id":2},{"id":3}]`))).toEqual(['{"id":2}', '{"id":3}']);
    expect(texts(await split('[null,{"id":2}]'))).toEqual(['{"id":2}']);
  });

  test('an array that comes twice is read twice', async () => {
    const found = await split('{"Records":[{"a":1}],"more":[{"b":1}],"Records":[{"a":2}]}', options);
    expect(texts(found)).toEqual(['{"a":1}', '{"a":2}']);
    expect(refusals(found)).toEqual([]);
  });
});

describe('a record that is too deep or too large and does not end', () => {
  const open = `{"a":${'['.repeat(MAX_DEPTH + 5)}`;

  test('ends at a line that starts like a record', async () => {
    for (const places of [[], [open.length], [open.length + 1], [open.length + 2]]) {
      const found = await split(`${open}\n{"a":1}\n`, {}, places);
      expect(texts(found)).toEqual(['{"a":1}']);
      expect(refusals(found)).toHaveLength(1);
    }
  });

  test('takes the rest of its line along, which is told', async () => {
    const found = await split(`[${open},{"a":1}]`);
    expect(texts(found)).toEqual([]);
    expect(refusals(found).map(({ refused }) => refused)).toEqual([
      `record deeper than ${MAX_DEPTH} brackets`,
      'the input ends inside a record that was refused',
    ]);
  });
});
