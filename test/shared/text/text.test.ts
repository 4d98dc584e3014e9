import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY, literal, Text } from '../../../shared/text/text.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** What an emitter appends to a text that starts without room, behind bytes that have to stay. */
function emitted(emit: (text: Text) => void): string {
  const text = new Text(0);
  text.string('before·');
  emit(text);
  const all = decoder.decode(text.slice());
  expect(all.slice(0, 7)).toBe('before·');
  return all.slice(7);
}

/** Bytes between strangers, with the 8 readable bytes behind them that copies rely on. */
function surrounded(bytes: Uint8Array, offset = 3) {
  const padded = new Uint8Array(offset + bytes.length + 8).fill(0x58);
  padded.set(bytes, offset);
  return { bytes: padded, view: new DataView(padded.buffer), start: offset, end: offset + bytes.length };
}

const anyString = fc.string({ unit: 'binary', maxLength: 60 });
const hostile = fc.string({
  unit: fc.constantFrom('"', '\\', '\u0000', '\b', '\n', '\u001f', '\u007f', 'é', '봉', '😀', '\u2028', 'a'),
  maxLength: 60,
});

describe('whole numbers', () => {
  test('are written as JSON writes them, over the whole safe range', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        expect(emitted((text) => text.int(n))).toBe(String(n));
      }),
      { numRuns: 2000 },
    );
  });

  test('have the right number of digits around each power of ten and of two', () => {
    const powers = [
      ...Array.from({ length: 16 }, (_, exponent) => 10 ** exponent),
      ...Array.from({ length: 54 }, (_, exponent) => 2 ** exponent),
    ];
    for (const power of powers) {
      for (const n of [power - 1, power, power + 1].filter((each) => each <= 2 ** 53)) {
        expect(emitted((text) => text.int(n))).toBe(BigInt(n).toString());
        expect(emitted((text) => text.int(-n))).toBe(BigInt(-n).toString());
      }
    }
  });
});

describe('instants', () => {
  const YEAR_0 = Date.parse('0000-01-01T00:00:00Z');
  const YEAR_9999 = Date.parse('9999-12-31T23:59:59.999Z');
  const iso = (ms: number) => new Date(ms).toISOString();

  test('agree with Date over years 0 to 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: YEAR_0, max: YEAR_9999 }), (ms) => {
        expect(emitted((text) => text.instant(ms))).toBe(iso(ms).replace('.000Z', 'Z'));
      }),
      { numRuns: 2000 },
    );
  });

  test('of whole seconds have no fraction', () => {
    fc.assert(
      fc.property(fc.integer({ min: Math.ceil(YEAR_0 / 1000), max: Math.floor(YEAR_9999 / 1000) }), (seconds) => {
        expect(emitted((text) => text.instant(seconds * 1000))).toBe(iso(seconds * 1000).replace('.000Z', 'Z'));
      }),
      { numRuns: 2000 },
    );
  });

  test('of changing days follow each other in one text', () => {
    const times = [0, 86_399_999, 86_400_000, -1, YEAR_0, YEAR_9999, 1_790_000_000_000, 86_400_000];
    const text = new Text(8);
    for (const ms of times) {
      text.instant(ms);
      text.byte(10);
    }
    expect(decoder.decode(text.slice()).trimEnd().split('\n')).toEqual(
      times.map((ms) => iso(ms).replace('.000Z', 'Z')),
    );
  });
});

describe('escaping', () => {
  test('of any UTF-8 gives the inside of a JSON string that parses back', () => {
    fc.assert(
      fc.property(fc.oneof(anyString, hostile), (value) => {
        const { bytes, start, end } = surrounded(Buffer.from(value));
        const json = `"${emitted((text) => text.escaped(bytes, start, end))}"`;
        expect(JSON.parse(json)).toBe(value);
      }),
      { numRuns: 1000 },
    );
  });

  test('knows every character below 128', () => {
    const value = String.fromCharCode(...Array(128).keys());
    const bytes = Buffer.from(value);
    expect(emitted((text) => text.escaped(bytes, 0, bytes.length))).toBe(JSON.stringify(value).slice(1, -1));
  });
});

describe('strings', () => {
  test('arrive as UTF-8', () => {
    fc.assert(
      fc.property(fc.oneof(anyString, hostile), (value) => {
        expect(emitted((text) => text.string(value))).toBe(value);
      }),
    );
  });

  test('with lone surrogates become well-formed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('\ud83d', '\ude00', 'a', '봉')).map((units) => units.join('')),
        (value) => {
          expect(emitted((text) => text.string(value))).toBe(value.toWellFormed());
        },
      ),
    );
  });

  test('of ASCII are copied as they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 100 }), (value) => {
        expect(emitted((text) => text.ascii(value))).toBe(value);
      }),
    );
  });

  test('any value goes in as JSON, lone surrogates too', () => {
    const value = { 'k"': ['\ud83d', 'é', null, 1.5] };
    expect(JSON.parse(emitted((text) => text.json(value)))).toEqual(value);
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (each) => {
        expect(emitted((text) => text.json(each))).toBe(JSON.stringify(each));
      }),
    );
  });
});

describe('copies', () => {
  const letters = (length: number) => Buffer.from(Array.from({ length }, (_, i) => 97 + (i % 26)));

  test.each(Array.from({ length: 41 }, (_, length) => length))(
    'of %i bytes are whole, wherever they start',
    (length) => {
      for (let offset = 0; offset < 9; offset++) {
        const { view, start, end } = surrounded(letters(length), offset);
        expect(emitted((text) => text.copy(view, start, end))).toBe(letters(length).toString());
      }
    },
  );

  test('a literal of each length is whole', () => {
    for (let length = 0; length <= 40; length++) {
      const value = letters(length).toString();
      expect(emitted((text) => text.literal(literal(value)))).toBe(value);
    }
    expect(emitted((text) => text.literal(literal('봉수 "😀"')))).toBe('봉수 "😀"');
    expect(emitted((text) => text.literal(EMPTY))).toBe('');
  });

  test('bytes are appended, whatever their number', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = new Text(10);
        text.append(bytes);
        expect(text.slice()).toEqual(bytes);
      }),
    );
  });
});

test('a text that grows keeps what it holds, and word copies never spill into it', () => {
  const word = surrounded(Buffer.from('0123456789abcdefghi'));
  const emitters: readonly ((text: Text, n: number) => string)[] = [
    (text, n) => {
      text.int(n);
      return String(n);
    },
    (text, n) => {
      text.copy(word.view, word.start, word.start + (n % 20));
      return '0123456789abcdefghi'.slice(0, n % 20);
    },
    (text) => {
      text.literal(literal('"key":"'));
      return '"key":"';
    },
    (text, n) => {
      text.instant(n * 1000);
      return new Date(n * 1000).toISOString().replace('.000Z', 'Z');
    },
    (text) => {
      text.byte(44);
      return ',';
    },
  ];
  fc.assert(
    fc.property(
      fc.nat({ max: 40 }),
      fc.array(fc.tuple(fc.nat({ max: emitters.length - 1 }), fc.nat()), { maxLength: 60 }),
      (capacity, steps) => {
        const text = new Text(capacity);
        const expected = steps.map(([which, n]) => emitters[which](text, n)).join('');
        expect(decoder.decode(text.slice())).toBe(expected);
      },
    ),
  );
});

test('a text starts anew when its length is set back', () => {
  const text = new Text(4);
  text.string('a long text that made it grow');
  text.length = 0;
  text.ascii('short');
  expect(decoder.decode(text.slice())).toBe('short');
  expect(decoder.decode(text.slice(1, 3))).toBe('ho');
});
