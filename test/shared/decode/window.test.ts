import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { columns } from '../../../shared/decode/columns.ts';
import { json } from '../../../shared/decode/json.ts';
import { giveWindow, takeWindow } from '../../../shared/decode/window.ts';

const chunksOf = async function* (text: string, bytes: number) {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += bytes) yield Uint8Array.from(all.subarray(at, at + bytes));
};

const records = async (text: string, bytes: number): Promise<string[]> => {
  const found: string[] = [];
  for await (const page of json()(chunksOf(text, bytes))) {
    for (let record = page.next(); record !== undefined; record = page.next())
      found.push(Buffer.from(record.bytes.subarray(record.start, record.end)).toString());
  }
  return found;
};

const rows = async (text: string, bytes: number): Promise<string[]> => {
  const found: string[] = [];
  const decode = columns({ isHeader: ([first]) => first === 'a', headless: () => undefined });
  for await (const page of decode(chunksOf(text, bytes))) {
    for (let row = page.next(); row !== undefined; row = page.next())
      found.push(Buffer.from(row.bytes.subarray(row.start, row.end)).toString());
  }
  return found;
};

test('a window comes back and is handed out again; a large one is let go', () => {
  const window = takeWindow(3000);
  giveWindow(window);
  expect(takeWindow(2000)).toBe(window);
  const large = new Uint8Array(5 << 20);
  giveWindow(large);
  expect(takeWindow(5 << 20)).not.toBe(large);
});

test('what another body left in a window is never read', async () => {
  const value = fc.string({ minLength: 0, maxLength: 60 }).map((text) => ({ text }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 97 }),
      async (all, bytes) => {
        const lines = all.map((each) => JSON.stringify(each));
        expect(await records(lines.join('\n'), bytes)).toEqual(lines);
        const numbers = all.map(({ text }, i) => `${i} ${text.length}`);
        expect(await rows(`a b\n${numbers.join('\n')}`, bytes)).toEqual(numbers);
      },
    ),
  );
});

test('bodies that are read at the same time have windows of their own', async () => {
  const texts = [1, 2, 3].map((n) => Array.from({ length: 200 }, (_, i) => JSON.stringify({ n, i })));
  const found = await Promise.all(texts.map((lines) => records(lines.join('\n'), 100)));
  expect(found).toEqual(texts);
});
