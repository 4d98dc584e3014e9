import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lines, textOf } from '../../../shared/decode/lines.ts';
import { MAX_LINE_BYTES } from '../../../shared/limits.ts';

async function read(input: string | Uint8Array, size = 5): Promise<string[]> {
  const bytes = Buffer.from(input);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const found: string[] = [];
  for await (const page of lines(chunks())) {
    for (;;) {
      try {
        const line = page.next();
        if (line === undefined) break;
        found.push(`${page.seq}:${textOf(line)}`);
      } catch (error) {
        found.push(`${page.seq}!${(error as Error).message}`);
      }
    }
  }
  return found;
}

test('lines have their numbers, blank ones counted', async () => {
  expect(await read('a\n\r\nbc\r\n\nd')).toEqual(['1:a', '3:bc', '5:d']);
  expect(await read('')).toEqual([]);
});

test('a line that is too long is refused once, wherever it is cut, and the next one is read', async () => {
  const long = 'x'.repeat(MAX_LINE_BYTES + 5);
  for (const size of [1 << 16, MAX_LINE_BYTES * 3]) {
    expect(await read(`a\n${long}\nb\n${long}`, size)).toEqual([
      '1:a',
      `2!line longer than ${MAX_LINE_BYTES} bytes`,
      '3:b',
      `4!line longer than ${MAX_LINE_BYTES} bytes`,
    ]);
  }
});

test('the same wherever chunks are cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), fc.integer({ min: 1, max: 9 }), async (texts, size) => {
      const input = texts.map((text) => text.replaceAll(/[\r\n]/g, '')).join('\n');
      const expected = input.split('\n').flatMap((line, at) => (line === '' ? [] : [`${at + 1}:${line}`]));
      expect(await read(input, size)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});
