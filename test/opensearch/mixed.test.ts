/**
 * Many events of all sources at once on a real node: none is refused, indices stay small in fields, and each panel's search
 * answers what the documents say. 1,000 records; `npm run mixed` takes 100,000.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { putAll } from '../../functions/bootstrap/put.ts';
import { templates } from '../../functions/bootstrap/templates.ts';
import { dashboards } from '../../opensearch/dashboard/index.ts';
import type { Panel } from '../../opensearch/dashboard/model.ts';
import { rowsOf, searchOf } from '../../scripts/dashboards/query.ts';
import { handlerOf } from '../../scripts/handlers.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import type { Item } from '../../shared/model.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';
import type { SourceName } from '../../shared/sources.ts';
import { asker } from '../rig/opensearch/asker.ts';
import { onOpenSearch } from '../rig/opensearch/put.ts';
import { onNode } from '../rig/opensearch/suite.ts';
import { MIXED, textsOf, varied } from './mixed.ts';
import { type Doc, expectedRows } from './panels.ts';

const RECORDS = process.env.FULL === '1' ? 100_000 : 1_000;
const LONG_MS = 3_600_000;
const ALWAYS = { from: 0, to: Date.UTC(2100, 0), intervalMs: 86_400_000 };
const MOST_FIELDS = 1000;
const PAGE = 5000;
/** Counts of distinct values are estimates above some thousands, and those of the first terms over several indices, too. */
const NEAR = 0.05;

await onNode('mixed events', (node) => {
  const access = {
    url: node.url,
    auth: { kind: 'basic', login: async () => node },
    ca: readFileSync(node.caFile, 'utf8'),
  } as const;
  const ask = asker(access);
  const read: Record<string, number> = {};
  const refused: string[] = [];

  /** Until the source has had its part of the records. */
  async function play(source: SourceName, records: number): Promise<void> {
    const { make } = await handlerOf(source);
    const made = make({ geo: noGeo, assets: undefined, route: ['opensearch'], fields: [] });
    const texts = textsOf(source);
    read[source] = 0;
    for (let round = 0; read[source] < records; round++) {
      const items = texts.map((text, at): Item => {
        const body = Buffer.from(varied(text, round));
        const uri = `s3://mixed/${source}/${round}/${at}`;
        return {
          id: uri,
          async *bodies() {
            yield {
              uri,
              chunks: (async function* () {
                yield body;
              })(),
            };
          },
        };
      });
      const outcomes = await collect(made, items, {
        sinks: [opensearch({ ...access, index: made.index })],
        quarantine: { put() {}, flush: async () => {} },
        log: { info() {}, warn() {}, error() {} },
        metrics: { add() {}, flush() {} },
        signal: new AbortController().signal,
      });
      const sent = outcomes.reduce((sum, { counts }) => sum + (counts.opensearch?.sent ?? 0), 0);
      for (const { counts } of outcomes) {
        if ((counts.opensearch?.rejected ?? 0) > 0) refused.push(`${source}, round ${round}`);
      }
      if (sent === 0) throw new Error(`no sample of ${source} became a document`);
      read[source] += sent;
    }
  }

  /** All documents of an index pattern, as the node shows them. */
  async function documents(pattern: string): Promise<readonly Doc[]> {
    const found: Doc[] = [];
    const path = `/${pattern}/_search?scroll=5m&ignore_unavailable=true&allow_no_indices=true`;
    let answer = (await ask('POST', path, { size: PAGE, sort: ['_doc'] })) as Page;
    while (answer.hits.hits.length > 0) {
      for (const { _source } of answer.hits.hits) found.push(_source);
      answer = (await ask('POST', '/_search/scroll', { scroll: '5m', scroll_id: answer._scroll_id })) as Page;
    }
    return found;
  }

  const panels = dashboards.flatMap(({ rows }) => rows.flat()).filter(({ kind }) => kind !== 'note');
  const patterns = [...new Set(panels.map(({ index }) => index))];

  beforeAll(async () => {
    await putAll(templates({ shards: 1, replicas: 0 }), onOpenSearch(access));
    for (const pattern of patterns) await ask('PUT', `/${pattern.replace('*', '2026.01.01')}`);
    for (const source of MIXED) await play(source, Math.ceil(RECORDS / MIXED.length));
    await ask('POST', '/aws-*/_refresh');
  }, LONG_MS);

  test('none is refused', () => {
    expect(refused).toEqual([]);
    const total = Object.values(read).reduce((sum, each) => sum + each, 0);
    expect(total).toBeGreaterThanOrEqual(RECORDS);
    process.stderr.write(`${total} documents: ${JSON.stringify(read)}\n`);
  });

  test(`no index has ${MOST_FIELDS} fields`, async () => {
    const all = (await ask('GET', '/aws-*/_mapping')) as Record<string, { mappings: Mapping }>;
    const counts = Object.entries(all).map(([index, { mappings }]) => [index, fieldsIn(mappings)] as const);
    expect(counts.filter(([, fields]) => fields >= MOST_FIELDS)).toEqual([]);
    const [most] = counts.toSorted(([, a], [, b]) => b - a);
    process.stderr.write(`most fields: ${most.join(' ')}\n`);
  });

  test.each(patterns)(
    'every panel over %s answers what the documents say',
    async (pattern) => {
      const own = await documents(pattern);
      const wrong: string[] = [];
      for (const panel of panels.filter(({ index }) => index === pattern)) {
        const why = await fault(panel, own);
        if (why !== undefined) wrong.push(`${panel.title}: ${why}`);
      }
      expect(wrong).toEqual([]);
    },
    LONG_MS,
  );

  async function fault(panel: Panel, own: readonly Doc[]): Promise<string | undefined> {
    const path = `/${panel.index}/_search?ignore_unavailable=true&allow_no_indices=true`;
    const answer = (await ask('POST', path, { ...searchOf(panel, ALWAYS), track_total_hits: true })) as Answer;
    const { total } = answer.hits;
    const counted = expectedRows(
      { ...panel, kind: 'number', buckets: [], metrics: [{ agg: 'count', label: '' }] },
      own,
    );
    const count = counted[0].values[0];
    if (total.value !== count) return `${total.value} hits of ${count}`;
    if (panel.kind === 'list' || panel.kind === 'timeline') return undefined;
    const known = new Map(expectedRows(panel, own).map(({ keys, values }) => [keys.join('\n'), values]));
    const off = rowsOf(panel, answer.aggregations, total.value).find(
      ({ keys, values }) => !isNear(known.get(keys.map(String).join('\n')) ?? [0], values),
    );
    return off && `${JSON.stringify(off)} instead of ${JSON.stringify(known.get(off.keys.map(String).join('\n')))}`;
  }
});

interface Page {
  readonly _scroll_id: string;
  readonly hits: { readonly hits: readonly { readonly _source: Doc }[] };
}

interface Answer {
  readonly hits: { readonly total: { readonly value: number } };
  readonly aggregations?: NonNullable<Parameters<typeof rowsOf>[1]>;
}

interface Mapping {
  readonly properties?: Readonly<Record<string, Mapping>>;
}

/** Fields and objects, as `index.mapping.total_fields.limit` counts them. */
const fieldsIn = ({ properties = {} }: Mapping): number =>
  Object.values(properties).reduce((sum, each) => sum + 1 + fieldsIn(each), 0);

const isNear = (expected: readonly number[], found: readonly number[]): boolean =>
  expected.length === found.length &&
  found.every((each, at) => Math.abs(each - expected[at]) <= NEAR * Math.abs(expected[at]) + 1e-9);
