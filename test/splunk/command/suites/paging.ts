/** 120,000 rows in bounded memory, and points in time that are closed however a search ends. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Site } from '../rig/site.ts';

const COUNT = 120_000;
const PER_SECOND = 700; // documents of one instant, over three shards: more than a page begins with
const START = Date.parse('2026-05-01T00:00:00Z');
const RANGE = ['start_time=2026-05-01T00:00:00Z', 'end_time=2026-05-02T00:00:00Z'];
const MB = 1_000_000;

/** Half of the documents have a member that the others lack. */
function* documents() {
  for (let n = 0; n < COUNT; n += 1) {
    const at = new Date(START + Math.floor(n / PER_SECOND) * 1000).toISOString();
    yield { index: 'many', source: `{"@timestamp":"${at}","n":${n},"${n % 2 ? 'odd' : 'even'}":"value ${n}"}` };
  }
}

export function paging({ search, start, index, ask }: Site): void {
  describe('120,000 documents', () => {
    beforeAll(async () => {
      const properties = {
        '@timestamp': { type: 'date' },
        n: { type: 'integer' },
        odd: { type: 'keyword' },
        even: { type: 'keyword' },
      };
      const settings = { number_of_shards: 3, number_of_replicas: 0, refresh_interval: -1 };
      await ask('PUT', '/many', { settings, mappings: { properties } });
      await index(documents());
    }, 600_000);

    const open = async (): Promise<number> =>
      (await ask<{ pits: unknown[] }>('GET', '/_search/point_in_time/_all')).pits.length;

    test('come each once, newest first, with all columns, in less than 150 MB', async () => {
      const begun = performance.now();
      const { rows, warnings, errors, peak, chunks } = await search(['index=many', 'size=200000', ...RANGE]);
      const seconds = (performance.now() - begun) / 1000;
      process.stderr.write(`120,000 rows: ${(peak / MB).toFixed(0)} MB, ${(COUNT / seconds).toFixed(0)} rows/s\n`);
      expect([warnings, errors]).toEqual([[], []]);
      expect(new Set(rows.map((row) => row.n)).size).toBe(COUNT);
      expect(rows).toHaveLength(COUNT);
      expect(chunks).toBeGreaterThanOrEqual(60);
      expect(peak).toBeLessThan(150 * MB);
      for (const [at, row] of rows.entries()) {
        const n = Number(row.n);
        if (row[n % 2 ? 'odd' : 'even'] !== `value ${n}`) throw new Error(`row ${at} lacks a column`);
        if (at > 0 && Number(row._time) > Number(rows[at - 1]._time)) throw new Error(`row ${at} is out of order`);
      }
      expect(await open()).toBe(0);
    }, 600_000);

    test('size is kept exactly and the total is told', async () => {
      const { rows, warnings } = await search(['index=many', 'size=12345', ...RANGE]);
      expect(new Set(rows.map((row) => row.n)).size).toBe(12_345);
      expect(warnings).toEqual(['120,000 documents match and size=12345 rows are shown: raise size= to see more']);
      expect(await open()).toBe(0);
    });

    const ENDINGS: Readonly<Record<string, (running: Awaited<ReturnType<Site['start']>>) => void>> = {
      'gets SIGTERM': ({ process }) => process.kill('SIGTERM'),
      'is asked for no more': ({ process }) => process.stdin?.end(),
      'can write no more': (running) => {
        running.process.stdout?.destroy();
        void running.next();
      },
    };

    test.each(Object.keys(ENDINGS))('a search that %s half-way leaves no point in time', async (how) => {
      const running = await start(['index=many', 'size=100000', ...RANGE]);
      expect((await running.next())?.rows).toHaveLength(2_000);
      expect(await open()).toBe(1);
      const exited = once(running.process, 'exit');
      ENDINGS[how](running);
      await exited;
      expect(await open()).toBe(0);
      await running.end();
    });

    test('a killed search leaves one that ends by itself', async () => {
      const running = await start(['index=many', 'size=100000', ...RANGE]);
      await running.next();
      running.process.kill('SIGKILL');
      await running.end();
      const { pits } = await ask<{ pits: { keep_alive: number; pit_id: string }[] }>(
        'GET',
        '/_search/point_in_time/_all',
      );
      expect(pits.map(({ keep_alive }) => keep_alive)).toEqual([120_000]);
      await ask('DELETE', '/_search/point_in_time', { pit_id: pits.map(({ pit_id }) => pit_id) });
    });

    test('a point in time that is gone ends the search with the rows so far', async () => {
      const running = await start(['index=many', 'size=100000', ...RANGE]);
      const first = await running.next();
      await ask('DELETE', '/_search/point_in_time/_all');
      let last = first;
      let rows = first?.rows.length ?? 0;
      while (last?.metadata.finished !== true) {
        last = await running.next();
        rows += last?.rows.length ?? 0;
        await sleep(0);
      }
      expect(rows).toBeGreaterThanOrEqual(2_000);
      expect(last.metadata.inspector?.messages?.[0]).toEqual([
        'ERROR',
        expect.stringMatching(/^OpenSearch answered 404/),
      ]);
      expect((await running.end()).code).toBe(0);
    });
  });
}
