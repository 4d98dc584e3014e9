/**
 * Metrics and buckets of a panel as the aggregations of a visualization's state.
 * The members and their defaults are those that OpenSearch Dashboards writes itself.
 */
import { type Bucket, type Metric, NONE, type Panel } from '../../opensearch/dashboard/model.ts';
import { lucene } from './lucene.ts';

export interface Aggregation {
  readonly id: string;
  readonly enabled: true;
  readonly type: string;
  readonly schema: string;
  readonly params: object;
}

/** The metrics first, then the time axis of a timeline, then the buckets; ids count from 1. */
export function aggregations({ metrics, buckets, kind }: Panel): readonly Aggregation[] {
  const [main] = metrics;
  const made = (kind === 'table' ? metrics : [main]).map((metric, i) => metricOf(String(i + 1), metric));
  let next = made.length + 1;
  if (kind === 'timeline') made.push(overTime(String(next++)));
  const schema = SCHEMAS[kind] ?? 'segment';
  for (const bucket of buckets) made.push(bucketOf(String(next++), bucket, schema));
  return made;
}

const SCHEMAS: Readonly<Partial<Record<Panel['kind'], string>>> = {
  table: 'bucket',
  timeline: 'group',
};

const metricOf = (id: string, { agg, field, label }: Metric): Aggregation => ({
  id,
  enabled: true,
  type: agg,
  schema: 'metric',
  params: { ...(field !== undefined && { field }), customLabel: label },
});

const overTime = (id: string): Aggregation => ({
  id,
  enabled: true,
  type: 'date_histogram',
  schema: 'segment',
  params: {
    field: '@timestamp',
    useNormalizedOpenSearchInterval: true,
    scaleMetricValues: false,
    interval: 'auto',
    drop_partials: false,
    min_doc_count: 1,
    extended_bounds: {},
    customLabel: 'Time',
  },
});

/** Buckets are ordered by the first metric. */
function bucketOf(id: string, bucket: Bucket, schema: string): Aggregation {
  const common = { id, enabled: true, type: bucket.agg, schema } as const;
  if (bucket.agg === 'filters') {
    const filters = bucket.filters.map(([label, where]) => ({
      input: { query: lucene(where), language: 'lucene' },
      label,
    }));
    return { ...common, params: { filters } };
  }
  return {
    ...common,
    params: {
      field: bucket.field,
      orderBy: '1',
      order: 'desc',
      size: bucket.size,
      otherBucket: false,
      otherBucketLabel: 'Other',
      missingBucket: bucket.orNone ?? false,
      missingBucketLabel: NONE,
      customLabel: bucket.label,
    },
  };
}
