/**
 * Tests of a panel as a Lucene query, which the search bar of OpenSearch Dashboards understands.
 * https://docs.opensearch.org/latest/query-dsl/full-text/query-string/#query-string-syntax
 */
import type { Test, Where } from '../../opensearch/dashboard/model.ts';

/** '' for no test at all. */
export const lucene = (where: Where): string =>
  Object.entries(where)
    .map(([field, test]) => clause(field, test))
    .join(' AND ');

function clause(field: string, test: Test): string {
  if (typeof test !== 'object') return `${field}:${quoted(test)}`;
  if (isList(test)) return `${field}:(${test.map(quoted).join(' OR ')})`;
  if ('not' in test) return `(NOT ${clause(field, test.not)})`;
  if ('from' in test) return `${field}:>=${test.from}`;
  if ('like' in test) return `${field}:${escaped(test.like)}`;
  return `_exists_:${field}`;
}

const isList = (test: Test): test is readonly (string | number)[] => Array.isArray(test);

const quoted = (value: string | number | boolean): string =>
  typeof value === 'string' ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : String(value);

/** Everything that has a meaning but `*` and `?`. */
const escaped = (pattern: string): string => pattern.replaceAll(/[+\-=&|><!(){}[\]^"~:\\/ ]/g, '\\$&');
