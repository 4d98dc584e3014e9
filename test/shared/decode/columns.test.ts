import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ColumnsOptions, columns } from '../../../shared/decode/columns.ts';
import { DecodeError } from '../../../shared/errors.ts';

const KNOWN = new Set(['version', 'srcaddr', 'dstaddr', 'action']);
const MIB = 1 << 20;

const options: ColumnsOptions = {
  isHeader: (names) => names.filter((name) => KNOWN.has(name)).length * 2 >= names.length,
  headless: (first) => (first[0] === '2' && first.length === 3 ? ['version', 'srcaddr', 'dstaddr'] : undefined),
};

interface Found {
  readonly seq: number;
  readonly row?: Readonly<Record<string, string>>;
  readonly line?: string;
  readonly odd?: boolean;
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

/** Every row and every refusal, in order. */
async function split(input: string | Uint8Array, cuts: readonly number[] = []): Promise<Found[]> {
  const found: Found[] = [];
  for await (const page of columns(options)(chunksOf(Buffer.from(input), cuts))) {
    for (;;) {
      try {
        const row = page.next();
        if (row === undefined) break;
        const { bytes, view, start, end, starts, ends, odd } = row;
        expect(bytes.length).toBeGreaterThanOrEqual(end + 8);
        expect(view.buffer).toBe(bytes.buffer);
        const text = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString();
        const cells = row.header.names.map((name, i) => [name, text(starts[i], ends[i])]);
        found.push({ seq: page.seq, row: Object.fromEntries(cells), line: text(start, end), odd });
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        found.push({ seq: page.seq, refused: error.message, raw: Buffer.from(error.raw ?? []).toString() });
      }
    }
  }
  return found;
}

const lines = (...all: string[]) => all.map((line) => `${line}\n`).join('');
const rows = (found: readonly Found[]) => found.flatMap(({ seq, row }) => (row === undefined ? [] : [[seq, row]]));
const refusals = (found: readonly Found[]) =>
  found.flatMap(({ seq, refused, raw }) => (refused === undefined ? [] : [{ seq, refused, raw }]));
const every = (length: number, step: number) => Array.from({ length: Math.floor(length / step) }, (_, i) => i * step);

const HEADER = 'version srcaddr dstaddr';
const first = { version: '2', srcaddr: '10.0.0.1', dstaddr: '10.0.0.2' };
const second = { version: '2', srcaddr: '10.0.0.3', dstaddr: '10.0.0.4' };
const FIRST = '2 10.0.0.1 10.0.0.2';
const SECOND = '2 10.0.0.3 10.0.0.4';

describe('rows', () => {
  test('have the columns that the header line names', async () => {
    expect(await split(lines(HEADER, FIRST, SECOND))).toEqual([
      { seq: 2, row: first, line: FIRST, odd: false },
      { seq: 3, row: second, line: SECOND, odd: false },
    ]);
  });

  test('are all there where the input is larger than the window, in one chunk and in many', async () => {
    const body = Array.from({ length: 100_000 }, (_, i) => `2 10.0.0.${i} ${'x'.repeat(i % 50)}`);
    const input = lines(HEADER, ...body);
    for (const cuts of [[], every(input.length, 65_537)]) {
      const found = await split(input, cuts);
      expect(found.map(({ line }) => line)).toEqual(body);
      expect(found.at(-1)!.seq).toBe(body.length + 1);
    }
  });

  test('are the same wherever the bytes are cut', async () => {
    const cell = fc.oneof(
      fc.string({
        unit: fc.constantFrom('a', 'Z', '0', '-', '.', ':', '/', '"', '\\', '\t', '\u0001', '\u007f', 'é', '봉', '😀'),
        minLength: 1,
        maxLength: 12,
      }),
      fc.constantFrom('-', '10.0.0.1', 'version'),
    );
    const line = fc.oneof(
      fc.tuple(fc.constantFrom('2', '-', 'é'), cell, cell).map((cells) => cells.join(' ')),
      fc.array(cell, { maxLength: 5 }).map((cells) => cells.join(' ')),
      fc.constantFrom('', HEADER, 'dstaddr version', 'action srcaddr extra dstaddr'),
    );
    const end = fc.constantFrom('\n', '\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(line, end)),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 30 }),
        async (body, isCutOff, cuts) => {
          const text = `${HEADER}\n${body.flat().join('')}`;
          const input = isCutOff ? text.replace(/\r?\n$/, '') : text;
          const whole = await split(input);
          expect(await split(input, cuts)).toEqual(whole);
          expect(await split(input, every(Buffer.byteLength(input), 1))).toEqual(whole);
          expect(whole).toEqual(expected(input));
        },
      ),
      { numRuns: 300 },
    );
  });

  /** The same by strings, the whole input at once. */
  function expected(input: string): Found[] {
    let names: readonly string[] = [];
    return input.split('\n').flatMap((raw, i): Found[] => {
      const line = raw.replace(/\r$/, '');
      const cells = line.split(' ');
      if (line === '') return [];
      if (cells.every((cell) => /^[a-z]/.test(cell)) && options.isHeader(cells)) {
        names = cells;
        return [];
      }
      if (cells.length !== names.length) {
        return [{ seq: i + 1, refused: `expected ${names.length} columns, found ${cells.length}`, raw: line }];
      }
      const row = Object.fromEntries(names.map((name, n) => [name, cells[n] === '-' ? '' : cells[n]]));
      return [{ seq: i + 1, row, line, odd: /[^ -\x7f]|["\\]/.test(raw) }];
    });
  }

  test('end with the input too: the last newline may be missing', async () => {
    expect(rows(await split(`${HEADER}\n${FIRST}\n${SECOND}`))).toEqual([
      [2, first],
      [3, second],
    ]);
  });

  test('may end in \\r\\n, which belongs to no column', async () => {
    expect(rows(await split(`${HEADER}\r\n${FIRST}\r\n2 - -\r\n${SECOND}`))).toEqual([
      [2, first],
      [3, { version: '2', srcaddr: '', dstaddr: '' }],
      [4, second],
    ]);
  });

  test('keep the number of their line in the file: blank lines and headers count', async () => {
    const body = lines('', HEADER, '', '\r', FIRST, HEADER, '', SECOND);
    expect(rows(await split(body))).toEqual([
      [5, first],
      [8, second],
    ]);
  });

  test('have empty columns for absent values, and only for a lone hyphen', async () => {
    expect(rows(await split(lines(HEADER, '- -- -1', '-  - ', '2 - x-')))).toEqual([
      [2, { version: '', srcaddr: '--', dstaddr: '-1' }],
      [4, { version: '2', srcaddr: '', dstaddr: 'x-' }],
    ]);
  });

  test('that JSON would have to escape say so, and plain ones around them do not', async () => {
    const odd = ['"', '\\', 'é', '봉', '😀', '\t', '\u0001', '\u0000', '\u001f'];
    for (const character of odd) {
      for (const cell of [character, `a${character}`, `abc${character}def`, `abcdefg${character}`]) {
        const found = await split(lines(HEADER, FIRST, `2 ${cell} x`, SECOND));
        expect(found.map(({ odd }) => odd)).toEqual([false, true, false]);
        expect(found[1].row).toEqual({ version: '2', srcaddr: cell, dstaddr: 'x' });
      }
    }
  });

  test('that are not UTF-8 come as they are', async () => {
    const input = Buffer.concat([Buffer.from(`${HEADER}\n2 `), Buffer.of(0xff, 0xc3), Buffer.from(' x\n')]);
    const [found] = await split(input);
    expect([found.seq, found.odd]).toEqual([2, true]);
  });

  test('know a column as an IPv4 address, anew for each line', async () => {
    const found: number[][] = [];
    const input = lines(HEADER, FIRST, '2 ::1 -', '2 255.255.255.255 10.0.0.2', 'x y z');
    for await (const page of columns(options)(chunksOf(Buffer.from(input), []))) {
      for (let row = page.next(); row !== undefined; row = page.next()) {
        found.push([row.ipv4(1), row.ipv4(2), row.ipv4(1)]);
      }
    }
    expect(found).toEqual([
      [0x0a000001, 0x0a000002, 0x0a000001],
      [-1, -1, -1],
      [0xffffffff, 0x0a000002, 0xffffffff],
      [-1, -1, -1],
    ]);
  });
});

describe('headers', () => {
  test('can come again in the middle, in another order and with other columns', async () => {
    const input = lines(HEADER, FIRST, 'dstaddr action version srcaddr', '10.0.0.4 ACCEPT 2 10.0.0.3', HEADER, SECOND);
    expect(rows(await split(input))).toEqual([
      [2, first],
      [4, { ...second, action: 'ACCEPT' }],
      [6, second],
    ]);
  });

  test('are one object per header line, so that they can be compared', async () => {
    const headers = [];
    for await (const page of columns(options)(chunksOf(Buffer.from(lines(HEADER, FIRST, SECOND, HEADER, FIRST)), []))) {
      for (let row = page.next(); row !== undefined; row = page.next()) headers.push(row.header);
    }
    expect(headers[0]).toBe(headers[1]);
    expect(headers[1]).not.toBe(headers[2]);
  });

  test('of which most names are unknown are records', async () => {
    const found = await split(lines(HEADER, 'one two three', FIRST));
    expect(rows(found)).toEqual([
      [2, { version: 'one', srcaddr: 'two', dstaddr: 'three' }],
      [3, first],
    ]);
  });

  test('may name unknown columns beside known ones', async () => {
    expect(rows(await split(lines('version srcaddr invented-in-2031', '11 10.0.0.1 x')))).toEqual([
      [2, { version: '11', srcaddr: '10.0.0.1', 'invented-in-2031': 'x' }],
    ]);
  });

  test('that are missing are made up where the format is the default one', async () => {
    expect(rows(await split(lines(FIRST, SECOND)))).toEqual([
      [1, first],
      [2, second],
    ]);
  });

  test('that are missing otherwise cost each line, until one comes', async () => {
    const found = await split(lines('3 a', '', '5 b c', HEADER, FIRST));
    expect(refusals(found)).toEqual([
      { seq: 1, refused: 'no header line names the columns', raw: '3 a' },
      { seq: 3, refused: 'no header line names the columns', raw: '5 b c' },
    ]);
    expect(rows(found)).toEqual([[5, first]]);
  });

  test('may name 256 columns, and no more', async () => {
    const names = Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? 'version' : 'action'));
    const cells = Array.from({ length: 300 }, (_, i) => String(i));
    const wide = (n: number) => lines(names.slice(0, n).join(' '), cells.slice(0, n).join(' '));
    expect(rows(await split(wide(256)))).toEqual([[2, { version: '254', action: '255' }]]);
    const found = await split(wide(257) + lines(HEADER, FIRST) + wide(300) + lines(FIRST));
    expect(rows(found)).toEqual([
      [4, first],
      [7, first],
    ]);
    expect(refusals(found).map(({ seq, refused }) => [seq, refused])).toEqual([
      [1, 'too many columns: 257, at most 256'],
      [2, 'no header line names the columns'],
      [5, 'too many columns: 300, at most 256'],
      [6, 'expected 3 columns, found 300'],
    ]);
  });
});

describe('a header line that can be none is refused', () => {
  test('for a name that is too long; the one before stays', async () => {
    const found = await split(lines(HEADER, FIRST, `version srcaddr dstaddr ${'n'.repeat(129)}`, SECOND));
    expect(found.map(({ seq, refused }) => [seq, refused])).toEqual([
      [2, undefined],
      [3, 'the name of a column is longer than 128 bytes'],
      [4, undefined],
    ]);
  });

  test('for a column without a name', async () => {
    const found = await split(lines('version  srcaddr dstaddr', HEADER, FIRST));
    expect(found.map(({ seq, refused }) => [seq, refused])).toEqual([
      [1, 'a column has no name'],
      [3, undefined],
    ]);
  });
});

describe('broken lines', () => {
  test('with too few or too many columns are refused with number, reason and bytes; neighbours are whole', async () => {
    const found = await split(lines(HEADER, FIRST, '2 10.0.0.1', '2 10.0.0.1 10.0.0.2 x', '2', SECOND));
    expect(rows(found)).toEqual([
      [2, first],
      [6, second],
    ]);
    expect(refusals(found)).toEqual([
      { seq: 3, refused: 'expected 3 columns, found 2', raw: '2 10.0.0.1' },
      { seq: 4, refused: 'expected 3 columns, found 4', raw: '2 10.0.0.1 10.0.0.2 x' },
      { seq: 5, refused: 'expected 3 columns, found 1', raw: '2' },
    ]);
  });

  test('of thousands of columns are counted, not kept', async () => {
    const found = await split(lines(HEADER, '7 '.repeat(5000), SECOND));
    expect(refusals(found).map(({ refused }) => refused)).toEqual(['expected 3 columns, found 5001']);
    expect(rows(found)).toEqual([[3, second]]);
  });

  test('that end with the input are refused as well', async () => {
    expect(refusals(await split(`${HEADER}\n${FIRST}\n2 10.0`))).toEqual([
      { seq: 3, refused: 'expected 3 columns, found 2', raw: '2 10.0' },
    ]);
  });
});

describe('a line longer than 1 MiB', () => {
  const tooLong = `2 10.0.0.9 ${'x'.repeat(3 * MIB)}`;

  test.each([
    ['in one chunk', []],
    ['across many chunks', every(3 * MIB, 65_521)],
    ['across chunks as large as the window', every(3 * MIB, MIB)],
  ])('is refused once and the rest goes on, %s', async (_, cuts) => {
    const found = await split(lines(HEADER, FIRST, tooLong, SECOND), cuts);
    expect(rows(found)).toEqual([
      [2, first],
      [4, second],
    ]);
    expect(refusals(found)).toEqual([{ seq: 3, refused: 'line too long', raw: tooLong.slice(0, 64 << 10) }]);
  });

  test.each([
    ['in one chunk', []],
    ['across many chunks', every(3 * MIB, 65_521)],
  ])('is refused once at the end of the input too, %s', async (_, cuts) => {
    const found = await split(`${HEADER}\n${FIRST}\n${tooLong}`, cuts);
    expect(found.map(({ seq, refused }) => [seq, refused])).toEqual([
      [2, undefined],
      [3, 'line too long'],
    ]);
  });

  test('can be followed by another one', async () => {
    const found = await split(lines(HEADER, tooLong, tooLong, FIRST), every(6 * MIB, 300_007));
    expect(found.map(({ seq, refused }) => [seq, refused])).toEqual([
      [2, 'line too long'],
      [3, 'line too long'],
      [4, undefined],
    ]);
  });

  test('can be the first one, before a header', async () => {
    const found = await split(lines(tooLong, HEADER, FIRST));
    expect(refusals(found).map(({ seq }) => seq)).toEqual([1]);
    expect(rows(found)).toEqual([[3, first]]);
  });

  test.each([MIB - 2, MIB - 1, MIB, MIB + 1])(
    'is told from one that just fits: %i bytes and a newline',
    async (length) => {
      const line = `2 10.0.0.9 ${'x'.repeat(length - 11)}`;
      for (const cuts of [[], every(length, 99_991)]) {
        const found = await split(lines(HEADER, line, SECOND), cuts);
        expect(found.map(({ seq, refused }) => [seq, refused])).toEqual([
          [2, length < MIB ? undefined : 'line too long'],
          [3, undefined],
        ]);
        if (length < MIB) expect(found[0].row!.dstaddr.length).toBe(length - 11);
        expect(found[1].row).toEqual(second);
      }
    },
  );
});

test('input without a record has no rows and no refusals', async () => {
  for (const input of ['', '\n', '\r\n\n', HEADER, `${HEADER}\n`, `${HEADER}\r\n\r\n`]) {
    expect(await split(input)).toEqual([]);
  }
});
