import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { columns } from '../../../shared/decode/columns.ts';
import { json } from '../../../shared/decode/json.ts';
import { giveWindow, takeWindow } from '../../../shared/decode/window.ts';
import type { Bytes, Decoder } from '../../../shared/model.ts';

const chunksOf = async function* (text: string, bytes: number) {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += bytes) yield Uint8Array.from(all.subarray(at, at + bytes));
};

/** The texts of the records of a body that comes in chunks of so many bytes. */
const texts = async (decode: Decoder<Bytes>, text: string, bytes: number): Promise<string[]> => {
  const found: string[] = [];
  for await (const page of decode(chunksOf(text, bytes))) {
    for (let record = page.next(); record !== undefined; record = page.next())
      found.push(Buffer.from(record.bytes.subarray(record.start, record.end)).toString());
  }
  return found;
};

const rows = columns({ isHeader: ([first]) => first === 'a', headless: () => undefined });

test('a window that is given back is handed out again; a large one is not kept', () => {
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
        expect(await texts(json(), lines.join('\n'), bytes)).toEqual(lines);
        const numbers = all.map(({ text }, i) => `${i} ${text.length}`);
        expect(await texts(rows, `a b\n${numbers.join('\n')}`, bytes)).toEqual(numbers);
      },
    ),
  );
});

test('bodies that are read at the same time have windows of their own', async () => {
  const bodies = [1, 2, 3].map((n) => Array.from({ length: 200 }, (_, i) => JSON.stringify({ n, i })));
  const found = await Promise.all(bodies.map((lines) => texts(json(), lines.join('\n'), 100)));
  expect(found).toEqual(bodies);
});
