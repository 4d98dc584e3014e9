/** Holds an event's fields against the data sets of the CIM that its tags put it into. */
import { isIP } from 'node:net';
import type { FieldMap } from '../props/extract.ts';
import { expression } from '../spl/expression.ts';
import { search } from '../spl/search.ts';
import { listOf, textOf, type Value } from '../spl/value.ts';
import type { DataSet, Field } from './models.ts';

export interface Fault {
  readonly model: string;
  readonly dataSet: string;
  readonly field: string;
  readonly reason: string;
}

/** Top-level data sets by their tags, child data sets by tags and constraint. */
export function memberships(fields: FieldMap, sets: readonly DataSet[]): DataSet[] {
  const tags = new Set(listOf(fields.get('tag') ?? null).map(String));
  const of = (name: string): Value => (name === 'tag' ? [...tags] : (fields.get(name) ?? null));
  return sets.filter(
    (set) => set.tags.some((list) => list.every((tag) => tags.has(tag))) && constraintOf(set.constraint)(of),
  );
}

export function cimFaults(fields: FieldMap, sets: readonly DataSet[]): Fault[] {
  return memberships(fields, sets).flatMap((set) =>
    set.fields.flatMap((field) => {
      const reason = faultOf(field, fields);
      return reason === undefined ? [] : [{ model: set.model, dataSet: set.name, field: field.name, reason }];
    }),
  );
}

function faultOf(field: Field, fields: FieldMap): string | undefined {
  const of = (name: string): Value => fields.get(name) ?? null;
  const value = of(field.name);
  const isNeeded = field.type === 'required' || (field.type === 'conditional' && applies(field.condition, of));
  if (value === null) return isNeeded ? 'missing' : undefined;
  if (field.type === 'not_allowed_in_search') return 'not allowed';
  const allowed = field.expected_values;
  if (allowed !== undefined && !listOf(value).every((each) => allowed.includes(String(each)))) {
    return `not an allowed value: ${textOf(value)}`;
  }
  if (field.validity === undefined || expression(evalOf(field.validity))(of) !== null) return undefined;
  return `not valid: ${textOf(value)}`;
}

/** Published checks have `!` for NOT, and one has a list in Python's words. */
const evalOf = (validity: string): string =>
  validity
    .replaceAll(/!(?=\w)/g, 'NOT ')
    .replace(/in \[([^\]]*)\]/, (_, list: string) => `IN (${list.replaceAll("'", '"')})`);

/** Some conditions are searches, some ask by a regular expression of PCRE's own whether a field is an address. */
function applies(condition: string | undefined, of: (name: string) => Value): boolean {
  if (condition === undefined) return true;
  const asked = [...condition.matchAll(/match\((\w+),\s*"([^"]*)/g)];
  if (asked.length === 0) return search(condition)(of);
  return asked.some(([, name, regex]) =>
    /0-9A-F\]\{2\}\[:-\]/.test(regex)
      ? /^(?:[0-9A-F]{2}[:-]){5}/.test(textOf(of(name)) ?? '')
      : isIP(textOf(of(name)) ?? '') > 0,
  );
}

/** What is piped on asks for tags as a field, which they are here anyway. */
function constraintOf(constraint: string): (of: (name: string) => Value) => boolean {
  const terms = constraint.split('|')[0].trim();
  return terms === '' ? () => true : search(terms);
}
