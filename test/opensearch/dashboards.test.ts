/**
 * Every panel's search on a real node, over the documents of the golden files, held against what the documents themselves say.
 */
import { globSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { changeLine, coverageLine, stateLine } from '../../functions/asset-inventory/publish/feed.ts';
import { assets } from '../../functions/asset-inventory/source.ts';
import { putAll } from '../../functions/bootstrap/put.ts';
import { templates } from '../../functions/bootstrap/templates.ts';
import { dashboards } from '../../opensearch/dashboard/index.ts';
import type { Panel } from '../../opensearch/dashboard/model.ts';
import { rowsOf, searchOf } from '../../scripts/dashboards/query.ts';
import { type Answer, answered, type Search } from '../../scripts/page/answers.ts';
import { dashboardHtml } from '../../scripts/page/dashboard.ts';
import { pageHtml } from '../../scripts/page/page.ts';
import { escaped } from '../../scripts/page/text.ts';
import { AT, change, instance, RUN, row } from '../functions/asset-inventory/records.ts';
import { goldenDocuments, goldenNames } from '../golden.ts';
import { asker } from '../rig/opensearch/asker.ts';
import { onOpenSearch } from '../rig/opensearch/put.ts';
import { onNode } from '../rig/opensearch/suite.ts';
import { allWritten } from '../source.ts';
import { indicesOf } from './indices.ts';
import { type Doc, expectedRows } from './panels.ts';

const ALWAYS = { from: 0, to: Date.UTC(2100, 0), intervalMs: 3_600_000 };

/** Documents of the golden files, by the index that they go to. */
function documents(): Map<string, Doc[]> {
  const found = new Map<string, Doc[]>();
  for (const doc of goldenNames().flatMap(goldenDocuments) as Doc[]) {
    for (const index of indicesOf(doc)) found.set(index, [...(found.get(index) ?? []), doc]);
  }
  return found;
}

const assetDocs = async (...lines: readonly object[]): Promise<Doc[]> =>
  (await allWritten(assets({ route: ['opensearch'] }), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))).map(
    ({ document }) => document as Doc,
  );

const isOf = (pattern: string, index: string): boolean =>
  pattern.endsWith('*') ? index.startsWith(pattern.slice(0, -1)) : pattern === index;

await onNode('on a real node', (node) => {
  const access = {
    url: node.url,
    auth: { kind: 'basic', login: async () => node },
    ca: readFileSync(node.caFile, 'utf8'),
  } as const;
  const ask = asker(access);
  const docs = documents();
  const patterns = [...new Set(dashboards.flatMap(({ rows }) => rows.flat()).map(({ index }) => index))];

  beforeAll(async () => {
    docs.set('aws-assets-current', await assetDocs(stateLine(instance, AT, RUN)));
    docs.set('aws-assets-changes-2026.11', await assetDocs(changeLine(change), coverageLine(row, AT, RUN)));
    await putAll(templates({ shards: 1, replicas: 0 }), onOpenSearch(access));
    for (const pattern of patterns) await ask('PUT', `/${pattern.replace('*', '2026.01.01')}`);
    for (const [index, all] of docs) for (const doc of all) await ask('POST', `/${index}/_doc`, doc);
    await ask('POST', '/aws-*/_refresh');
  });

  /** Rows of the answer, those of a timeline added up over time. */
  async function shown(panel: Panel): Promise<{ readonly total: number; readonly rows: ReturnType<typeof rowsOf> }> {
    const path = `/${panel.index}/_search?ignore_unavailable=true&allow_no_indices=true`;
    const { hits, aggregations } = (await ask('POST', path, searchOf(panel, ALWAYS))) as {
      hits: { total: { value: number } };
      aggregations?: NonNullable<Parameters<typeof rowsOf>[1]>;
    };
    return { total: hits.total.value, rows: rowsOf(panel, aggregations, hits.total.value) };
  }

  describe.each(dashboards.map((each) => [each.id, each] as const))('%s', (_id, dashboard) => {
    const panels = dashboard.rows.flat().filter(({ kind }) => kind !== 'note');
    test.each(panels.map((panel) => [panel.title, panel] as const))(
      '%s shows what the documents say',
      async (_title, panel) => {
        const own = [...docs].filter(([index]) => isOf(panel.index, index)).flatMap(([, all]) => all);
        const expected = expectedRows(panel, own);
        const { total, rows } = await shown(panel);
        if (panel.kind === 'list') {
          expect(total).toBe(
            expectedRows({ ...panel, kind: 'number', metrics: [{ agg: 'count', label: '' }] }, own)[0].values[0],
          );
        } else if (panel.kind === 'timeline') {
          expect(overTime(rows)).toEqual(first(expected, overTime(rows)));
        } else {
          const known = new Map(expected.map(({ keys, values }) => [keys.join('\n'), values]));
          const wrong = rows.filter(
            ({ keys, values }) => !isClose(known.get(keys.map(String).join('\n')) ?? [0], values),
          );
          expect(wrong).toEqual([]);
          const [bucket] = panel.buckets;
          const isWhole = panel.buckets.length === 1 && bucket.agg === 'terms' && expected.length <= bucket.size;
          if (isWhole) expect(rows).toHaveLength(expected.length);
        }
      },
    );
  });

  describe('drawn as a page', () => {
    const search: Search = async (index, body) =>
      (await ask('POST', `/${index}/_search?ignore_unavailable=true&allow_no_indices=true`, body)) as Answer;
    const counted = (panel: Panel) => {
      const own = [...docs].filter(([index]) => isOf(panel.index, index)).flatMap(([, all]) => all);
      const rows = expectedRows({ ...panel, kind: 'table', metrics: [{ agg: 'count', label: '' }] }, own);
      return rows.filter(({ values: [count] }) => count > 0);
    };

    test.each(dashboards.map((each) => [each.id, each] as const))(
      '%s has every panel, with its data',
      async (_, dashboard) => {
        const html = dashboardHtml(await answered(dashboard, search, ALWAYS));
        const parts = html.split(/(?=<(?:article|span) [^>]*data-panel=)/).slice(1);
        const panels = dashboard.rows.flat();
        expect(parts).toHaveLength(panels.length);
        for (const panel of panels) {
          const rows = counted(panel);
          const isFilled = panel.kind === 'number' || panel.kind === 'note' || rows.length > 0;
          const attributes = `data-panel="${escaped(panel.title)}" data-state="${isFilled ? 'filled' : 'empty'}"`;
          const part = parts.find((each) => each.includes(attributes));
          expect([panel.title, part === undefined]).toEqual([panel.title, false]);
          if (panel.kind === 'ranking' && rows.length <= 15)
            for (const { keys } of rows) expect(part).toContain(`>${escaped(String(keys[0]))}<`);
        }
      },
    );

    test('loads nothing, runs nothing, and says the numbers that it was given', async () => {
      const shown = [await answered(dashboards[0], search, ALWAYS)];
      const counts = { head: ['source', 'made'], rows: [['flowlogs', 4115]] };
      const about = 'A <b>test</b>.';
      const html = pageHtml({ title: 'Test', about, at: new Date(0), counts, story: undefined, dashboards: shown });
      expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
      expect(html).not.toMatch(/<script|<link|<iframe|<img|<image|@import|url\((?!#)|\son\w+=/i);
      for (const [, target] of html.matchAll(/(?:href|src|action)="([^"]*)"/g)) expect(target).toMatch(/^#/);
      expect(html).toContain('4,115');
      expect(html).toContain('A &lt;b&gt;test&lt;/b&gt;.');
    });
  });

  test('every field is one that can be counted: mapped, and no free text', async () => {
    const written = globSync('functions/*/fields.ts').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\['([\w@.]+)(?:\[\])?'/g)].map(([, target]) => target),
    );
    const ofPanels = dashboards
      .flatMap(({ rows }) => rows.flat())
      .filter(({ kind }) => kind !== 'note')
      .map(({ index, metrics, buckets }) => {
        const counted = metrics.map(({ field }) => field);
        const grouped = buckets.map((each) => (each.agg === 'terms' ? each.field : undefined));
        return { index, fields: [...counted, ...grouped] };
      });
    const ofFilters = dashboards.map(({ filters }) => ({
      index: filters.index,
      fields: filters.fields.map(([field]) => field),
    }));
    for (const { index, fields } of [...ofPanels, ...ofFilters]) {
      for (const field of fields.filter((each) => each !== undefined)) {
        const path = `/${index}/_field_caps?fields=${field}&allow_no_indices=true`;
        const { fields: caps } = (await ask('GET', path)) as {
          fields: Record<string, Record<string, { aggregatable: boolean }>>;
        };
        const kinds = Object.values(caps[field] ?? {});
        expect([index, field, kinds.every(({ aggregatable }) => aggregatable)]).toEqual([index, field, true]);
        if (kinds.length === 0) expect(written).toContain(field); // mapped with its first document
      }
    }
  });
});

/** Sums beyond 2^53 depend on the order of their terms. */
const isClose = (expected: readonly number[], found: readonly number[]): boolean =>
  expected.length === found.length && found.every((each, i) => Math.abs(each - expected[i]) <= 1e-12 * Math.abs(each));

type Rows = ReturnType<typeof rowsOf>;

/** Values by key, added up over the bars. */
function overTime(rows: Rows): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { keys, values } of rows) {
    const key = keys.slice(1).join('\n');
    sums[key] = (sums[key] ?? 0) + values[0];
  }
  return sums;
}

/** Of the expected rows those that are shown: a bar has room for the most frequent ones only. */
const first = (expected: Rows, shownKeys: Record<string, number>): Record<string, number> =>
  Object.fromEntries(
    expected.filter(({ keys }) => keys.join('\n') in shownKeys).map(({ keys, values }) => [keys.join('\n'), values[0]]),
  );
