/**
 * A rule's match → OpenSearch query DSL, never `query_string`: that loses hits in flat_object fields and minds case.
 * https://docs.opensearch.org/latest/query-dsl/term/
 */
import { isIP } from 'node:net';
import { own } from './fieldmap.ts';
import type { Place } from './logsources.ts';
import type { Lists, Match, Part, Value } from './model.ts';
import { luceneOf } from './regex.ts';
import type { Fields, Resolved } from './resolve.ts';
import { partsOf } from './values.ts';

export type Query = Readonly<Record<string, unknown>>;

/** Throws Error for a field that documents do not have and for what a field's type can't be asked. */
export function queryOf(match: Match, fields: Fields, lists: Lists): Query {
  switch (match.kind) {
    case 'and':
      return { bool: { filter: match.of.map((each) => queryOf(each, fields, lists)) } };
    case 'or':
      return { bool: { should: match.of.map((each) => queryOf(each, fields, lists)), minimum_should_match: 1 } };
    case 'not':
      return { bool: { must_not: [queryOf(match.of, fields, lists)] } };
    case 'is':
      return itemQuery(match.field, match.value, fields, lists);
  }
}

function itemQuery(raw: string, value: Value, fields: Fields, lists: Lists): Query {
  if (value.kind === 'cidr') return cidr(raw, value.block, fields.address(raw));
  const at = fields.document(raw);
  if (at.type === 'unindexed') throw unindexed(raw, at.field, fields.place);
  switch (value.kind) {
    case 'text':
      return text(raw, value.parts, at);
    case 'null':
      return { bool: { must_not: [hasValue(at)] } };
    case 'exists':
      return value.is ? hasValue(at) : { bool: { must_not: [hasValue(at)] } };
    case 'regex':
      return regexp(raw, value, at);
    case 'compare':
      if (at.type !== 'number') throw new Error(`"${raw}" is not a number in documents and can't be compared by size`);
      return { range: { [at.field]: { [value.operator]: value.number } } };
    case 'list':
      return listed(raw, value, fields, lists);
    case 'field':
      return sameAs(raw, at, value.name, fields.comparable(value.name));
  }
}

const unindexed = (raw: string, field: string, { source, template }: Place): Error =>
  new Error(
    `"${raw}" is kept as "${field}" without an index, so a search finds nothing: give it a field of its own in functions/${source}/fields.ts, or index its parent in opensearch/index/${template}.json`,
  );

/** A leaf of a flat_object is not indexed as a field: `exists` fails on it. */
const hasValue = ({ field, type }: Resolved): Query =>
  type === 'flat_object' ? { wildcard: { [field]: { value: '*' } } } : { exists: { field } };

function text(raw: string, parts: readonly Part[], at: Resolved): Query {
  const { field, type } = at;
  if (parts.every((part) => 'wild' in part && part.wild === '*')) return hasValue(at);
  const whole = parts.length === 1 && 'text' in parts[0] ? parts[0].text : undefined;
  switch (type) {
    case 'keyword':
    case 'flat_object':
      return whole === undefined
        ? { wildcard: { [field]: { value: wildcardOf(parts), case_insensitive: true } } }
        : { term: { [field]: { value: whole, case_insensitive: true } } };
    case 'match_only_text':
      return phrase(raw, parts, field);
    case 'number':
      if (whole === undefined || !/^-?\d+(\.\d+)?$/.test(whole)) throw new Error(`"${raw}" is a number in documents`);
      return { term: { [field]: Number(whole) } };
    case 'boolean':
      if (!/^(true|false)$/i.test(whole ?? '')) throw new Error(`"${raw}" is true or false in documents`);
      return { term: { [field]: whole?.toLowerCase() === 'true' } };
    case 'ip':
      if (isIP(whole ?? '') === 0) throw new Error(`"${raw}" is an address in documents: use |cidr for more than one`);
      return { term: { [field]: whole } };
    default:
      throw new Error(`"${raw}" is of a type (${type}) that can't be compared with a text`);
  }
}

/** Words one after the other: parts of words are not found. */
function phrase(raw: string, parts: readonly Part[], field: string): Query {
  const inner = parts.filter((part) => !('wild' in part && part.wild === '*'));
  const [only] = inner;
  const isWithin = parts.slice(1, -1).some((part) => 'wild' in part);
  if (inner.length !== 1 || !('text' in only) || isWithin) {
    throw new Error(`"${raw}" is a text of words in documents: ask for words that it contains`);
  }
  return { match_phrase: { [field]: only.text } };
}

const wildcardOf = (parts: readonly Part[]): string =>
  parts.map((part) => ('wild' in part ? part.wild : part.text.replace(/[\\*?]/g, '\\$&'))).join('');

function regexp(raw: string, value: Value & { kind: 'regex' }, { field, type }: Resolved): Query {
  if (type !== 'keyword' && type !== 'flat_object') throw new Error(`"${raw}" can't be asked by a regular expression`);
  return { regexp: { [field]: { value: luceneOf(value.source), flags: 'NONE', case_insensitive: value.ignoreCase } } };
}

function cidr(raw: string, block: string, { field, type }: Resolved): Query {
  if (type !== 'ip') throw new Error(`"${raw}" is not an address in documents: |cidr can't be asked`);
  return { term: { [field]: block } };
}

function listed(raw: string, value: Value & { kind: 'list' }, fields: Fields, lists: Lists): Query {
  const { name, isWithin } = value;
  const values = own(lists, name);
  if (values === undefined) throw new Error(`there is no list "${name}" in detections/lists`);
  if (values.length === 0) return { match_none: {} };
  const of = values.map((each) => itemQuery(raw, listValue(each, isWithin), fields, lists));
  return of.length === 1 ? of[0] : { bool: { should: of, minimum_should_match: 1 } };
}

/** An entry of a list: a block, or a text with wildcards. */
export function listValue(value: string, isWithin: boolean): Value {
  if (!isWithin && /^[0-9a-f.:]+\/\d{1,3}$/i.test(value) && isIP(value.split('/')[0]) !== 0) {
    return { kind: 'cidr', block: value };
  }
  return { kind: 'text', parts: partsOf(isWithin ? `*${value}*` : value) };
}

function sameAs(raw: string, one: Resolved, other: string, two: Resolved): Query {
  if (one.type !== 'keyword' || two.type !== 'keyword') {
    throw new Error(
      `"${raw}" and "${other}" can't be compared with each other: one of them is not a keyword in documents`,
    );
  }
  const source =
    'doc[params.a].size() > 0 && doc[params.b].size() > 0 && doc[params.a].value.equalsIgnoreCase(doc[params.b].value)';
  return { script: { script: { lang: 'painless', source, params: { a: one.field, b: two.field } } } };
}
