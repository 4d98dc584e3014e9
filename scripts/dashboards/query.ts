/** The search that a panel makes, by the same query string as OpenSearch Dashboards, and its answer as rows. */
import { type Bucket, type Metric, NONE, type Panel } from '../../opensearch/dashboard/model.ts';
import { lucene } from './lucene.ts';

export interface Range {
  /** Epoch milliseconds, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** Of a timeline's bars, milliseconds. */
  readonly intervalMs: number;
}

export interface Search {
  readonly size: number;
  readonly track_total_hits: true;
  readonly query: object;
  readonly aggs?: object;
  readonly sort?: object;
  readonly _source?: readonly string[];
}

export function searchOf(panel: Panel, { from, to, intervalMs }: Range): Search {
  const { kind, where, metrics, buckets, columns } = panel;
  const filter = [
    { query_string: { query: lucene(where) || '*', analyze_wildcard: true } },
    { range: { '@timestamp': { gte: from, lte: to, format: 'epoch_millis' } } },
  ];
  const common = { track_total_hits: true, query: { bool: { filter } } } as const;
  if (kind === 'list')
    return {
      ...common,
      size: 10,
      sort: { '@timestamp': { order: 'desc', unmapped_type: 'date' } },
      _source: ['@timestamp', ...columns],
    };
  const main = kind === 'table' ? metrics : metrics.slice(0, 1);
  const inner = nested(buckets, main);
  if (kind !== 'timeline') return { ...common, size: 0, aggs: inner };
  const over = {
    date_histogram: { field: '@timestamp', fixed_interval: `${intervalMs}ms`, min_doc_count: 1 },
    aggs: inner,
  };
  return { ...common, size: 0, aggs: { time: over } };
}

/** Buckets within buckets; `bucket` on each level, metrics by their number. */
function nested([bucket, ...rest]: readonly Bucket[], metrics: readonly Metric[]): object {
  const own = metricsOf(metrics);
  if (bucket === undefined) return own;
  const aggs = { ...own, ...nested(rest, metrics) };
  if (bucket.agg === 'filters') {
    const filters = Object.fromEntries(
      bucket.filters.map(([label, where]) => [label, { query_string: { query: lucene(where) } }]),
    );
    return { bucket: { filters: { filters }, aggs } };
  }
  const order = metrics[0].agg === 'count' ? { _count: 'desc' } : { m0: 'desc' };
  const { field, size, orNone } = bucket;
  return { bucket: { terms: { field, size, order, ...(orNone && { missing: NONE }) }, aggs } };
}

const metricsOf = (metrics: readonly Metric[]): Record<string, object> =>
  Object.fromEntries(
    metrics.flatMap(({ agg, field }, i) => (agg === 'count' ? [] : [[`m${i}`, { [agg]: { field } }]])),
  );

/** Keys of the buckets from the outside in, and the metrics in their order. */
export interface Row {
  readonly keys: readonly (string | number)[];
  readonly values: readonly number[];
}

interface Answered {
  readonly doc_count?: number;
  readonly bucket?: { readonly buckets: readonly Answered[] | Readonly<Record<string, Answered>> };
  readonly time?: { readonly buckets: readonly Answered[] };
  readonly key?: string | number;
  readonly key_as_string?: string;
  readonly [metric: `m${number}`]: { readonly value: number | null } | undefined;
}

/** In: `aggregations` of the answer and the number of hits. */
export function rowsOf(panel: Panel, answer: Answered = {}, hits = 0): readonly Row[] {
  const { kind, buckets } = panel;
  const metrics = kind === 'table' ? panel.metrics : panel.metrics.slice(0, 1);
  const values = (of: Answered): readonly number[] =>
    metrics.map(({ agg }, i) => (agg === 'count' ? (of.doc_count ?? hits) : (of[`m${i}`]?.value ?? 0)));
  const walk = (of: Answered, keys: readonly (string | number)[]): readonly Row[] => {
    const below = of.time?.buckets ?? of.bucket?.buckets;
    if (below === undefined) return [{ keys, values: values(of) }];
    const entries: (readonly [string | number, Answered])[] = Array.isArray(below)
      ? (below as readonly Answered[]).map((each) => [
          of.time === undefined ? (each.key_as_string ?? each.key!) : each.key!,
          each,
        ])
      : Object.entries(below as Readonly<Record<string, Answered>>);
    return entries.flatMap(([key, each]) => walk(each, [...keys, key]));
  };
  // without any index there is no aggregation in the answer
  const isBare =
    buckets.length + (kind === 'timeline' ? 1 : 0) > 0 && answer.bucket === undefined && answer.time === undefined;
  return isBare ? [] : walk(answer, []);
}
