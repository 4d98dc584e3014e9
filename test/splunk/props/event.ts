/**
 * What a search would see of an event, by an app's own rules. In: text, sourcetype and the fields that were indexed with it.
 * Out: all fields, with `eventtype` and `tag`. In the order of Splunk's search-time operations: EXTRACT, REPORT, JSON,
 * FIELDALIAS, EVAL (none sees another's result), LOOKUP, event types, tags.
 * https://docs.splunk.com/Documentation/Splunk/latest/Knowledge/Searchtimeoperationssequence
 */
import type { Settings } from '../../../scripts/splunk/conf.ts';
import { expression } from '../spl/expression.ts';
import { autoFields } from '../spl/json.ts';
import { search } from '../spl/search.ts';
import { fromList, listOf } from '../spl/value.ts';
import type { App } from './app.ts';
import { extract, type FieldMap, report } from './extract.ts';
import { lookup } from './lookup.ts';

export interface Indexed {
  readonly raw: string;
  readonly sourcetype: string;
  readonly source?: string;
  readonly host?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

export function searched(event: Indexed, app: App): FieldMap {
  const { raw, sourcetype, source = '', host = '' } = event;
  const fields: FieldMap = new Map(Object.entries({ ...event.fields, _raw: raw, sourcetype, source, host }));
  const rules = app.props.get(sourcetype) ?? new Map<string, string>();
  for (const [key, rule] of classes(rules, 'EXTRACT')) guarded(key, () => extract(rule, fields));
  for (const [, names] of classes(rules, 'REPORT')) {
    for (const name of names.split(/\s*,\s*/)) report(name, app.transforms.get(name), fields);
  }
  if (isJson(rules, raw)) addJson(raw, fields);
  for (const [, rule] of classes(rules, 'FIELDALIAS')) alias(rule, fields);
  calculate(rules, fields);
  for (const [, rule] of classes(rules, 'LOOKUP')) lookup(rule, app, fields);
  label(app, fields);
  return fields;
}

/** Rules are few and events are many: each is parsed once. */
function once<T>(parse: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text) ?? parse(text);
    known.set(text, found);
    return found;
  };
}
const evalOf = once(expression);
const searchOf = once(search);

const classes = (rules: Settings, kind: string): (readonly [string, string])[] =>
  [...rules].filter(([key]) => key.startsWith(`${kind}-`)).sort(([a], [b]) => (a < b ? -1 : 1));

function guarded(what: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
  }
}

/** JSON is read by itself unless KV_MODE says otherwise (AUTO_KV_JSON). */
const isJson = (rules: Settings, raw: string): boolean =>
  /^(json|auto)$/i.test(rules.get('KV_MODE') ?? 'auto') && raw.trimStart().startsWith('{');

/** A member whose name is a field already makes that one multivalue. */
function addJson(raw: string, fields: FieldMap): void {
  for (const [name, value] of autoFields(raw)) {
    fields.set(name, fromList([...listOf(fields.get(name) ?? null), ...listOf(value)]));
  }
}

function alias(rule: string, fields: FieldMap): void {
  for (const [, from, mode, to] of rule.matchAll(/(\S+)\s+(AS|ASNEW)\s+(\S+)/gi)) {
    const value = fields.get(from);
    if (mode.toUpperCase() === 'ASNEW' && fields.has(to)) continue;
    if (value === undefined) fields.delete(to);
    else fields.set(to, value);
  }
}

function calculate(rules: Settings, fields: FieldMap): void {
  const before = new Map(fields);
  for (const [key, rule] of classes(rules, 'EVAL')) {
    guarded(key, () => {
      const value = evalOf(rule)((name) => before.get(name) ?? null);
      if (value === null) fields.delete(key.slice('EVAL-'.length));
      else fields.set(key.slice('EVAL-'.length), value);
    });
  }
}

function label(app: App, fields: FieldMap): void {
  const of = (name: string) => fields.get(name) ?? null;
  const types = [...app.eventtypes].filter(([, rule]) => searchOf(rule.get('search') ?? '')(of)).map(([name]) => name);
  fields.set('eventtype', types);
  const tags = types.flatMap((type) => [...(app.tags.get(`eventtype=${type}`) ?? [])]);
  fields.set('tag', [...new Set(tags.filter(([, state]) => state === 'enabled').map(([tag]) => tag))]);
}
