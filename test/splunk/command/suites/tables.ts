/** Aggregations and counts, held against counting the documents here. */
import { describe, expect, test } from '@jest/globals';
import { goldenDocuments } from '../../../golden.ts';
import type { Site } from '../rig/site.ts';

interface Record0 {
  readonly '@timestamp': string;
  readonly event: { readonly action: string; readonly provider: string };
}

const INDEX = 'index=aws-cloudtrail-2026.11.24'; // flat.ts fills it
const RANGE = ['start_time=2026-11-24T00:00:00Z', 'end_time=2026-11-25T00:00:00Z'];
const records: readonly Record0[] = goldenDocuments('cloudtrail');

const counted = (keys: readonly string[]): Map<string, number> =>
  keys.reduce((counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1), new Map<string, number>());
const hour = ({ '@timestamp': at }: Record0): number => Math.floor(Date.parse(at) / 3_600_000) * 3600;

export function tables({ search }: Site): void {
  describe('tables', () => {
    test('terms', async () => {
      const { rows, type, warnings, errors } = await search([INDEX, 'agg=terms(event.action)', ...RANGE]);
      expect([type, warnings, errors]).toEqual(['reporting', [], []]);
      expect(new Map(rows.map((row) => [row['event.action'], Number(row.count)]))).toEqual(
        counted(records.map(({ event }) => event.action)),
      );
    });

    test('terms that are cut tell how many documents are left out', async () => {
      const { rows, warnings } = await search([INDEX, 'agg=terms(event.action, 2)', ...RANGE]);
      const shown = rows.reduce((sum, row) => sum + Number(row.count), 0);
      expect(rows).toHaveLength(2);
      expect(warnings[0]).toMatch(new RegExp(`^${records.length - shown} documents have values of event.action`));
    });

    test('buckets of time, divided further', async () => {
      const { rows } = await search([
        INDEX,
        'agg=date_histogram(1h) > terms(event.provider) > dc(event.action)',
        ...RANGE,
      ]);
      const got = new Map(rows.map((row) => [`${row._time} ${row['event.provider']}`, Number(row.count)]));
      expect(got).toEqual(counted(records.map((each) => `${hour(each)} ${each.event.provider}`)));
      for (const row of rows) {
        const own = records.filter(
          (each) => String(hour(each)) === row._time && each.event.provider === row['event.provider'],
        );
        expect(Number(row['dc(event.action)'])).toBe(new Set(own.map(({ event }) => event.action)).size);
      }
    });

    test('numbers', async () => {
      const range = ['start_time=2026-05-01T00:00:00Z', 'end_time=2026-05-02T00:00:00Z'];
      const { rows } = await search(['index=many', 'agg=stats(n), perc(n, 50)', ...range]);
      expect(rows).toMatchObject([
        {
          'count(n)': '120000',
          'min(n)': '0',
          'max(n)': '119999',
          'sum(n)': String((119_999 * 120_000) / 2),
          'avg(n)': '59999.5',
        },
      ]);
      expect(Math.abs(Number(rows[0]['p50(n)']) - 60_000)).toBeLessThan(1_000);
    });

    test('counts over time have each interval, also those without documents', async () => {
      const { rows } = await search([INDEX, 'interval=1h', ...RANGE], { command: 'elasticsearchcount' });
      const counts = counted(records.map((each) => String(hour(each))));
      const first = Date.parse('2026-11-24T00:00:00Z') / 1000;
      const expected = Array.from({ length: 24 }, (_, n) => String(first + n * 3600));
      expect(rows).toEqual(expected.map((at) => ({ _time: at, count: String(counts.get(at) ?? 0) })));
    });

    test('counts by a field, and as one number', async () => {
      const by = await search([INDEX, 'interval=all', 'by=event.provider', ...RANGE], {
        command: 'elasticsearchcount',
      });
      expect(new Map(by.rows.map((row) => [row['event.provider'], Number(row.count)]))).toEqual(
        counted(records.map(({ event }) => event.provider)),
      );
      const all = await search([INDEX, 'count=true', 'interval=all', ...RANGE]);
      expect([all.type, all.rows]).toEqual(['reporting', [{ count: String(records.length) }]]);
    });

    test('aggregations of a body', async () => {
      const dsl = JSON.stringify({
        aggs: { who: { filters: { filters: { s3: { term: { 'event.provider': 's3.amazonaws.com' } } } } } },
      });
      const { rows, type } = await search([INDEX, `dsl=${dsl}`, ...RANGE]);
      const count = records.filter(({ event }) => event.provider === 's3.amazonaws.com').length;
      expect([type, rows]).toEqual(['reporting', [{ who: 's3', count: String(count) }]]);
    });

    test('fields= and sort=', async () => {
      const { rows } = await search([
        INDEX,
        'fields=event.action, event.prov*',
        'sort=event.action,-event.provider',
        ...RANGE,
      ]);
      const own = (name: string) =>
        !['_time', '_raw', 'host', 'source', 'sourcetype', 'index', 'doc_id'].includes(name);
      expect(new Set(rows.flatMap((row) => Object.keys(row).filter(own)))).toEqual(
        new Set(['event.action', 'event.provider']),
      );
      expect(rows.map((row) => row['event.action'])).toEqual(records.map(({ event }) => event.action).sort());
    });
  });
}
