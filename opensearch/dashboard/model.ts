/**
 * Dashboards as data: rows of panels over an index pattern. `scripts/dashboards/objects.ts` turns them into saved objects of
 * OpenSearch Dashboards, `scripts/dashboards/query.ts` into searches.
 * https://docs.opensearch.org/latest/dashboards/visualize/viz-index/
 */

export type IndexPattern =
  | 'aws-cloudtrail-*'
  | 'aws-flowlogs-*'
  | 'aws-dns-*'
  | 'aws-waf-*'
  | 'aws-findings-current'
  | 'aws-findings-history-*'
  | 'aws-assets-current'
  | 'aws-assets-changes-*'
  | 'aws-networkfirewall-*'
  | 'aws-s3access-*'
  | 'aws-integrity-*'
  | 'aws-alerts-*'
  | 'aws-unrouted-*'
  | 'aws-*';

/** A test of one field: equal to a value, to one of several, any value at all, none of them, a number of at least, a wildcard. */
export type Test =
  | string
  | number
  | boolean
  | readonly (string | number)[]
  | { readonly any: true }
  | { readonly not: Test }
  | { readonly from: number }
  | { readonly like: string };

/** Documents for which every test holds. */
export type Where = Readonly<Record<string, Test>>;

export const ANY: Test = { any: true };
export const not = (test: Test): Test => ({ not: test });

export interface Metric {
  readonly agg: 'count' | 'sum' | 'cardinality' | 'max';
  readonly field?: string;
  readonly label: string;
}

export type Bucket =
  | {
      readonly agg: 'terms';
      readonly field: string;
      readonly label: string;
      readonly size: number;
      /** Documents without the field have a row too; of fields that hold text. */
      readonly orNone?: true;
    }
  | { readonly agg: 'filters'; readonly label: string; readonly filters: readonly (readonly [label: string, Where])[] };

export type Kind = 'number' | 'table' | 'donut' | 'timeline' | 'ranking' | 'map' | 'list' | 'note';

export interface Panel {
  readonly kind: Kind;
  readonly title: string;
  readonly index: IndexPattern;
  readonly where: Where;
  /** Of a table all, of other kinds the first. */
  readonly metrics: readonly Metric[];
  /** Of a table its rows, nested; of other kinds what is split. */
  readonly buckets: readonly Bucket[];
  /** Columns of a list of documents. */
  readonly columns: readonly string[];
  /** Markdown of a note. */
  readonly text: string;
}

export interface Dashboard {
  /** Part of the saved objects' ids: never change it. */
  readonly id: string;
  readonly title: string;
  /** What it is for, in one or two sentences. It stands on the dashboard. */
  readonly purpose: string;
  /** Filters at the top: a pattern, and fields with their labels. */
  readonly filters: {
    readonly index: IndexPattern;
    readonly fields: readonly (readonly [field: string, label: string])[];
  };
  /** Panels side by side, of equal width. */
  readonly rows: readonly (readonly Panel[])[];
}

export const count = (label = 'Count'): Metric => ({ agg: 'count', label });
export const sum = (field: string, label: string): Metric => ({ agg: 'sum', field, label });
export const unique = (field: string, label: string): Metric => ({ agg: 'cardinality', field, label });
export const latest = (field: string, label: string): Metric => ({ agg: 'max', field, label });
export const by = (field: string, label: string, size = 10) => ({ agg: 'terms', field, label, size }) satisfies Bucket;
/** What a row is shown with, where it is known. Without `orNone` a table leaves out what lacks the field. */
export const also = (field: string, label: string, size = 1): Bucket => ({ ...by(field, label, size), orNone: true });
/** Stands in place of a value that is not there. */
export const NONE = '-';
export const cases = (label: string, ...filters: readonly (readonly [label: string, Where])[]): Bucket => ({
  agg: 'filters',
  label,
  filters,
});

type Buckets = Bucket | readonly Bucket[];
type Metrics = Metric | readonly Metric[];

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** Constructors of panels over one index pattern. `base`: tests that all of them have. */
export function on(index: IndexPattern, base: Where = {}) {
  const panel =
    (kind: Kind) =>
    (title: string, where: Where = {}, buckets: Buckets = [], metrics: Metrics = count()): Panel => ({
      kind,
      title,
      index,
      where: { ...base, ...where },
      buckets: list(buckets),
      metrics: list(metrics),
      columns: [],
      text: '',
    });
  return {
    /** One number. */
    number: (title: string, where: Where = {}, metric: Metric = count(title)): Panel =>
      panel('number')(title, where, [], metric),
    /** A row for each combination of buckets, a column for each metric. */
    table: panel('table'),
    donut: panel('donut'),
    /** Stacked bars over time. */
    timeline: panel('timeline'),
    /** Horizontal bars, largest first. */
    ranking: panel('ranking'),
    /** Countries of the world; the bucket's field holds ISO 3166-1 alpha-2 codes. */
    map: (title: string, where: Where, field: string, metric: Metric = count()): Panel =>
      panel('map')(title, where, by(field, 'Country', 250), metric),
    /** The newest documents. */
    list: (title: string, where: Where, ...columns: readonly string[]): Panel => ({
      ...panel('list')(title, where),
      columns,
    }),
  };
}

export const note = (index: IndexPattern, title: string, text: string): Panel => ({
  kind: 'note',
  title,
  index,
  where: {},
  buckets: [],
  metrics: [],
  columns: [],
  text,
});
