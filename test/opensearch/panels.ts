/** What a panel shows, worked out from the documents themselves: no query language, no index. */
import type { Bucket, Metric, Panel, Test, Where } from '../../opensearch/dashboard/model.ts';
import type { Row } from '../../scripts/dashboards/query.ts';
import { valuesAt } from '../../scripts/page/text.ts';

export type Doc = { readonly [name: string]: unknown };

function holds(values: readonly unknown[], test: Test): boolean {
  if (typeof test !== 'object') return values.some((value) => String(value) === String(test));
  if (Array.isArray(test)) return test.some((each) => holds(values, each));
  const { any, not, from } = test as { any?: true; not?: Test; from?: number };
  if (any) return values.length > 0;
  if (not !== undefined) return !holds(values, not);
  return values.some((value) => Number(value) >= from!);
}

const matches = (doc: Doc, where: Where): boolean =>
  Object.entries(where).every(([field, test]) => holds(valuesAt(doc, field), test));

function measured(docs: readonly Doc[], { agg, field = '' }: Metric): number {
  if (agg === 'count') return docs.length;
  const values = docs.flatMap((doc) => valuesAt(doc, field));
  if (agg === 'cardinality') return new Set(values.map(String)).size;
  const numbers = values.map((value) =>
    typeof value === 'string' && Number.isNaN(Number(value)) ? Date.parse(value) : Number(value),
  );
  return agg === 'sum' ? numbers.reduce((sum, each) => sum + each, 0) : Math.max(0, ...numbers);
}

function keysOf(doc: Doc, bucket: Bucket): readonly string[] {
  if (bucket.agg === 'filters')
    return bucket.filters.filter(([, where]) => matches(doc, where)).map(([label]) => label);
  const values = valuesAt(doc, bucket.field);
  if (values.length === 0 && bucket.orNone) return ['-'];
  return [...new Set(values.map((value) => String(value).replace(/^::ffff:/, '')))]; // as OpenSearch writes them
}

/** Every row, whatever its rank: a search shows the first ones. */
export function expectedRows(panel: Panel, docs: readonly Doc[]): readonly Row[] {
  const metrics = panel.kind === 'table' ? panel.metrics : panel.metrics.slice(0, 1);
  const walk = (
    left: readonly Doc[],
    [bucket, ...rest]: readonly Bucket[],
    keys: readonly string[],
  ): readonly Row[] => {
    if (bucket === undefined) return [{ keys, values: metrics.map((metric) => measured(left, metric)) }];
    const groups = new Map<string, Doc[]>();
    for (const doc of left) for (const key of keysOf(doc, bucket)) groups.set(key, [...(groups.get(key) ?? []), doc]);
    return [...groups].flatMap(([key, group]) => walk(group, rest, [...keys, key]));
  };
  return walk(
    docs.filter((doc) => matches(doc, panel.where)),
    panel.buckets,
    [],
  );
}
