/**
 * Aggregations and the condition of a bucket-level monitor. A correlation is counted in spans of the events' own time, in two rows
 * that lie half a span apart, so that what happens within half a span is never cut in two, and nothing longer than a span counts.
 */
import { SOURCES } from '../../shared/sources.ts';
import { fieldFor } from './correlation.ts';
import type { Query } from './dsl.ts';
import type { Correlation, Logsource, Rule } from './model.ts';
import { fieldsOf, placeOf, type Resolved } from './resolve.ts';

export interface Buckets {
  readonly aggregations: object;
  /** A bucket_level_trigger's. */
  readonly condition: object;
}

interface Key {
  readonly raw: string;
  /** By rule, where they differ. */
  readonly at: readonly Resolved[];
}

export interface Correlated {
  readonly correlation: Correlation;
  readonly queries: readonly Query[];
}

/** The plugin goes on from page to page. */
const PAGE = 500;
const NAME = 'alerts';

/** In: keys of single events, or what is correlated. Throws Error. */
export function aggregationsOf(keys: readonly Key[], correlated?: Correlated): Buckets {
  if (correlated === undefined) {
    return buckets(keys.map(plainSource), {}, { _count: '_count' }, 'params._count > 0');
  }
  const { correlation } = correlated;
  const [inner, path] = measures[correlation.type](correlated);
  const { seconds } = correlation;
  const span = (offset: number) => ({
    date_histogram: {
      field: '@timestamp',
      fixed_interval: `${seconds}s`,
      ...(offset > 0 && { offset: `${offset}s` }),
      min_doc_count: 1,
    },
    ...(Object.keys(inner).length > 0 && { aggregations: inner }),
  });
  const aggregations = {
    even: span(0),
    odd: span(Math.floor(seconds / 2)),
    most_even: { max_bucket: { buckets_path: `even>${path}` } },
    most_odd: { max_bucket: { buckets_path: `odd>${path}` } },
  };
  const sign = OPERATORS[correlation.operator];
  const count = correlation.type.startsWith('temporal') ? 1 : correlation.count;
  const script = `params.even ${sign} ${count} || params.odd ${sign} ${count}`;
  const sources = correlation.groupBy.map((name) => sourceFor(correlation, name));
  return buckets(sources, aggregations, { even: 'most_even', odd: 'most_odd' }, script);
}

const OPERATORS = { gt: '>', gte: '>=', eq: '==', lt: '<', lte: '<=' } as const;

function buckets(sources: readonly object[], aggregations: object, paths: object, script: string): Buckets {
  return {
    aggregations: {
      [NAME]: {
        composite: { size: PAGE, sources },
        ...(Object.keys(aggregations).length > 0 && { aggregations }),
      },
    },
    condition: {
      buckets_path: paths,
      parent_bucket_path: NAME,
      script: { source: script, lang: 'painless' },
      gap_policy: 'skip',
    },
  };
}

/** The plugin takes keys for texts, so numbers and dates can't be any; flat_object fields can't be grouped by at all. */
function keyField(raw: string, { field, type }: Resolved): string {
  if (type !== 'keyword' && type !== 'ip') throw new Error(`"${raw}" is not a keyword in documents: it can't be a key`);
  return field;
}

const plainSource = ({ raw, at }: Key): object => ({ [nameOf(raw)]: { terms: { field: keyField(raw, at[0]) } } });

const nameOf = (raw: string): string => raw.replace(/[^\w]/g, '_');

/** Rules of two sources may have the value in fields of different names. */
function sourceFor(correlation: Correlation, name: string): object {
  const found = correlation.rules.map((rule): [Rule, string] => {
    const raw = fieldFor(correlation, name, rule.name);
    return [rule, keyField(raw, fieldsOf(rule.logsource).document(raw))];
  });
  const fields = new Set(found.map(([, field]) => field));
  if (fields.size === 1) return { [nameOf(name)]: { terms: { field: [...fields][0] } } };
  const byDataset = Object.fromEntries(found.map(([{ logsource }, field]) => [datasetOf(logsource), field]));
  if (Object.keys(byDataset).length < fields.size) {
    throw new Error(`"${name}" stands for two fields of one source, which can't be grouped by`);
  }
  const source =
    "def f = params[doc['event.dataset'].value]; return f != null && doc.containsKey(f) && doc[f].size() > 0 ? doc[f].value : null;";
  return { [nameOf(name)]: { terms: { script: { source, lang: 'painless', params: byDataset } } } };
}

const datasetOf = (logsource: Logsource): string => SOURCES[placeOf(logsource).source].dataset ?? '';

const COUNTABLE: ReadonlySet<string> = new Set(['keyword', 'ip', 'number']);

type Measure = (correlated: Correlated) => readonly [aggregations: Readonly<Record<string, object>>, path: string];

const byRule = (queries: readonly Query[], inner?: object) =>
  Object.fromEntries(
    queries.map((query, at) => [`rule_${at}`, { filter: query, ...(inner && { aggregations: inner }) }]),
  );

const measures: Readonly<Record<Correlation['type'], Measure>> = {
  event_count: () => [{}, '_count'],
  value_count({ correlation: { rules, field } }) {
    const [rule] = rules;
    const at = fieldsOf(rule.logsource).document(field);
    if (!COUNTABLE.has(at.type)) throw new Error(`"${field}" is not a keyword in documents: it can't be counted`);
    return [{ values: { cardinality: { field: at.field, precision_threshold: 1000 } } }, 'values'];
  },
  temporal({ queries }) {
    const paths = Object.fromEntries(queries.map((_, at) => [`r${at}`, `rule_${at}._count`]));
    const script = queries.map((_, at) => `params.r${at} > 0`).join(' && ');
    return [
      { ...byRule(queries), met: { bucket_script: { buckets_path: paths, script: `${script} ? 1 : 0` } } },
      'met',
    ];
  },
  temporal_ordered({ queries }) {
    if (queries.length !== 2) throw new Error('temporal_ordered is exact for two rules only');
    const inner = { first: { min: { field: '@timestamp' } }, last: { max: { field: '@timestamp' } } };
    const paths = { a: 'rule_0>first', b: 'rule_1>last' };
    const met = { bucket_script: { buckets_path: paths, script: 'params.a <= params.b ? 1 : 0' } };
    return [{ ...byRule(queries, inner), met }, 'met'];
  },
};
