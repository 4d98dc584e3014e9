/**
 * Automatic lookups: `LOOKUP-x = <transform> <column> AS <field> … OUTPUT[NEW] <column> AS <field> …`.
 * https://docs.splunk.com/Documentation/Splunk/latest/Knowledge/Makeyourlookupautomatic
 */

import { fromList, listOf, type Scalar } from '../spl/value.ts';
import type { App } from './app.ts';
import type { FieldMap } from './extract.ts';

export function lookup(rule: string, app: App, fields: FieldMap): void {
  const [, name, inputs, mode, outputs] = /^(\S+)\s+([\s\S]+?)\s+(OUTPUT|OUTPUTNEW)\s+([\s\S]+)$/.exec(rule) ?? [];
  if (name === undefined) throw new Error(`not a lookup: ${rule}`);
  const row = rowFinder(name, app, columns(inputs));
  const values = columns(inputs).map(([, field]) => listOf(fields.get(field) ?? null));
  if (values.some((each) => each.length === 0)) return;
  const rows = values[0].map((value, at) => row([value, ...values.slice(1).map((each) => each[at] ?? each[0])]));
  for (const [column, field] of columns(outputs)) {
    const found = [...new Set(rows.map((each) => each?.[column] ?? '').filter((value) => value !== ''))];
    if (found.length > 0 && (mode === 'OUTPUT' || !fields.has(field))) fields.set(field, fromList(found));
  }
}

type Row = Readonly<Record<string, string>>;

/** Case counts unless the transform says otherwise; `match_type = WILDCARD(column)` takes `*` in the file. */
function rowFinder(name: string, { transforms, lookups }: App, inputs: readonly Pair[]) {
  const transform = transforms.get(name);
  const rows = lookups.get(transform?.get('filename') ?? '');
  if (transform === undefined || rows === undefined) throw new Error(`no lookup ${name}`);
  const isExact = transform.get('case_sensitive_match') !== 'false';
  const wild = transform.get('match_type') ?? '';
  const default_ = transform.get('default_match');
  const matches = (row: Row, column: string, value: Scalar) => {
    if (row[column] === undefined) throw new Error(`${name} has no column ${column}`);
    const text = row[column].replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
    const form = wild.includes(`WILDCARD(${column})`) ? text.replaceAll('*', '.*') : text.replaceAll('*', '\\*');
    return new RegExp(`^${form}$`, isExact ? '' : 'i').test(String(value));
  };
  return (values: readonly Scalar[]): Row | undefined => {
    const row = rows.find((each) => inputs.every(([column], at) => matches(each, column, values[at])));
    if (row !== undefined || default_ === undefined) return row;
    return Object.fromEntries(Object.keys(rows[0]).map((column) => [column, default_]));
  };
}

type Pair = readonly [column: string, field: string];

const columns = (text: string): Pair[] =>
  [...text.matchAll(/(\S+?)(?:\s+AS\s+(\S+?))?(?:[\s,]+|$)/gi)].map(([, column, field = column]) => [column, field]);
