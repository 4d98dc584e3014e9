/** Each command once, on every Python and SDK: rows of different shapes, a table, a warning and an error. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Site } from '../rig/site.ts';

const AT = '2026-08-01T12:00:00Z';
const ARGS = ['index=shapes', 'start_time=2026-08-01', 'end_time=2026-08-02'];
const OWN = ['_time', '_raw', 'host', 'source', 'sourcetype', 'index', 'doc_id', '@timestamp'];

export function smoke({ search, index }: Site, title: string): void {
  describe(title, () => {
    beforeAll(() =>
      index([
        { index: 'shapes', id: '1', source: { '@timestamp': AT, a: 1 } },
        { index: 'shapes', id: '2', source: { '@timestamp': AT, b: { c: ['x$y', 'z'] } } },
        {
          index: 'shapes',
          id: '3',
          source: { '@timestamp': AT, d: '가 "q",\nnew line', e: true, f: null, g: [], h: {} },
        },
      ]),
    );

    test('no column is lost because the first row lacks it', async () => {
      const { rows, errors, warnings, stderr, code } = await search(ARGS);
      expect([errors, warnings, stderr, code]).toEqual([[], [], '', 0]);
      const own = rows.map((row) => Object.entries(row).filter(([name]) => !OWN.includes(name)));
      expect(Object.fromEntries(own.flat())).toEqual({
        a: '1',
        'b.c': ['x$y', 'z'],
        d: '가 "q",\nnew line',
        e: 'true',
        h: '{}',
      });
    });

    test('a table', async () => {
      const result = await search([...ARGS, 'interval=all'], { command: 'elasticsearchcount' });
      expect([result.type, result.rows, result.stderr]).toEqual(['reporting', [{ count: '3' }], '']);
    });

    test('a warning beside rows, and an error', async () => {
      const limited = await search([...ARGS, 'size=1']);
      expect([limited.rows.length, limited.warnings.length]).toEqual([1, 1]);
      const broken = await search([...ARGS, 'query={}"']);
      expect([broken.errors.length, broken.stderr, broken.code]).toEqual([1, '', 0]);
      expect((await search([...ARGS, 'nonsense=1'])).code).toBe(1);
    });

    test('an asset', async () => {
      const { warnings, stderr } = await search(['ip=198.51.100.7'], { command: 'elasticsearchasset' });
      expect([warnings, stderr]).toEqual([['no asset is known to have held 198.51.100.7'], '']);
    });
  });
}
