import { describe, expect, test } from '@jest/globals';
import type { Listed } from '../../../../functions/asset-inventory/discovery/declaration.ts';
import { every, nested } from '../../../../functions/asset-inventory/discovery/list.ts';

const pagesOf =
  (pages: Readonly<Record<string, Listed<string>>>) =>
  async (cursor = '') =>
    pages[cursor];

describe('every', () => {
  test('follows the pages to the end', async () => {
    const page = pagesOf({
      '': { records: ['a'], next: '1' },
      '1': { records: [], next: '2' },
      '2': { records: ['b'] },
    });
    expect(await every(page)).toEqual(['a', 'b']);
  });

  test('refuses a list that repeats itself', async () => {
    const page = pagesOf({ '': { records: ['a'], next: '1' }, '1': { records: ['b'], next: '1' } });
    await expect(every(page)).rejects.toThrow('the list repeats itself');
  });
});

describe('nested', () => {
  /** One page after the other, as a unit of work asks for them, each from the cursor that was kept. */
  async function all(parents: (cursor?: string) => Promise<Listed<string>>): Promise<string[]> {
    const children = pagesOf({ a: { records: ['a1'], next: '1' }, a1: { records: ['a2'] }, b: { records: ['b1'] } });
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const { records, next } = await nested(cursor, parents, (parent, below = '') => children(parent + below));
      found.push(...records);
      cursor = next;
    } while (cursor);
    return found;
  }

  test('goes through each parent of each page', async () => {
    const parents = pagesOf({ '': { records: ['a'], next: '1' }, '1': { records: ['b'] } });
    expect(await all(parents)).toEqual(['a1', 'a2', 'b1']);
  });

  test('without parents there is nothing', async () => {
    expect(await all(pagesOf({ '': { records: [] } }))).toEqual([]);
  });

  test('refuses parents that repeat themselves', async () => {
    const parents = pagesOf({ '': { records: [], next: '1' }, '1': { records: ['b'], next: '1' } });
    await expect(all(parents)).rejects.toThrow('the list repeats itself');
  });
});
