/**
 * A rule's match → a search of Splunk. Raw names of AWS, as Splunk extracts them; a list is `name{}`. Every group stands in
 * parentheses, since `search` binds OR before AND. What `search` can't say is a command behind it.
 * https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/Search
 */
import { assetPrefixOf } from './enriched.ts';
import type { Match, Part, Value } from './model.ts';
import type { Fields } from './resolve.ts';

export interface Search {
  /** The first command's terms. */
  readonly terms: string;
  /** Commands behind it, each without its bar. */
  readonly commands: readonly string[];
}

/** Throws Error for what can't be said in SPL. */
export function searchOf(match: Match, fields: Fields): Search {
  const all = match.kind === 'and' ? match.of : [match];
  const [early, late] = [all.filter((each) => !needsMore(each, fields)), all.filter((each) => needsMore(each, fields))];
  const terms = early.filter((each) => !isLate(each)).map((each) => termsOf(each, fields));
  const added = new Set(late.flatMap((each) => additionsOf(each, fields)));
  const after = late.map((each) => `search ${termsOf(each, fields)}`);
  const commands = [...added, ...after, ...early.filter(isLate).map((each) => command(each, fields))];
  return { terms: terms.join(' '), commands };
}

const fieldsIn = (match: Match): readonly string[] =>
  match.kind === 'is' ? [match.field] : match.kind === 'not' ? fieldsIn(match.of) : match.of.flatMap(fieldsIn);

/** It asks for what only a look-up brings. */
const needsMore = (match: Match, { isAdded }: Fields): boolean => fieldsIn(match).some(isAdded);

const isLate = (match: Match): boolean => {
  const inner = match.kind === 'not' ? match.of : match;
  return inner.kind === 'is' && (inner.value.kind === 'regex' || inner.value.kind === 'field');
};

/** Macros that bring enriched fields. */
export function additionsOf(match: Match, fields: Fields): readonly string[] {
  return fieldsIn(match)
    .filter(fields.isAdded)
    .map((field) => additionFor(field, fields));
}

export function additionFor(field: string, { place }: Fields): string {
  const { assets = {}, address } = place.splunk;
  const prefix = assetPrefixOf(field);
  if (prefix === undefined) {
    if (address === undefined) throw new Error(`Splunk has no address for "${field}"`);
    return `\`bongsu_add_place("${address}")\``;
  }
  const key = assets[prefix];
  if (key === undefined) throw new Error(`Splunk has nothing to look "${field}" up by`);
  return `\`bongsu_add_asset("${key}","${prefix}")\``;
}

function command(match: Match, fields: Fields): string {
  const isNot = match.kind === 'not';
  const inner = isNot ? match.of : match;
  if (inner.kind !== 'is') throw new Error('a regular expression has to be a term of its own');
  const name = fields.splunk(inner.field);
  if (inner.value.kind === 'regex') {
    const flags = inner.value.ignoreCase ? '(?i)' : '';
    return `regex ${name}${isNot ? '!=' : '='}"${flags}${inner.value.source.replaceAll('"', '\\"')}"`;
  }
  if (inner.value.kind !== 'field') throw new Error('this is not a command');
  const same = `lower('${name}')=lower('${fields.splunk(inner.value.name)}')`;
  return isNot ? `where NOT coalesce(${same},false())` : `where ${same}`;
}

/** Of `search`, with parentheses where there is more than one. */
export function termsOf(match: Match, fields: Fields): string {
  switch (match.kind) {
    case 'and':
      return `(${match.of.map((each) => termsOf(each, fields)).join(' ')})`;
    case 'or':
      return `(${match.of.map((each) => termsOf(each, fields)).join(' OR ')})`;
    case 'not':
      return `NOT ${termsOf(match.of, fields)}`;
    case 'is':
      return term(match.field, match.value, fields);
  }
}

/** A hyphen would be read as a minus elsewhere; in quotes it never is. */
const quoted = (name: string): string => (/^[\w.{}]+$/.test(name) ? name : `"${name}"`);

function term(raw: string, value: Value, fields: Fields): string {
  const plain = fields.splunk(raw);
  const name = quoted(plain);
  switch (value.kind) {
    case 'null':
      return `NOT ${there(name, fields)}`;
    case 'exists':
      return `${value.is ? '' : 'NOT '}${there(name, fields)}`;
    case 'cidr':
      return `${name}="${value.block}"`;
    case 'compare':
      return `${name}${SIGNS[value.operator]}${value.number}`;
    case 'list':
      return `\`bongsu_list_${value.name}${value.isWithin ? '_within' : fields.isDotted(raw) ? '_dotted' : ''}("${plain}")\``;
    case 'text':
      return text(raw, name, value.parts, fields);
    case 'regex':
    case 'field':
      throw new Error(`"${raw}" compares in a way that Splunk knows only as the last term of an "and"`);
  }
}

/** A column without a value holds a hyphen in some logs. */
const there = (name: string, { place }: Fields): string =>
  place.splunk.absent === undefined ? `${name}=*` : `${name}!="${place.splunk.absent}"`;

const SIGNS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

function text(raw: string, name: string, parts: readonly Part[], fields: Fields): string {
  const value = fields.splunkText(raw, textOf(raw, parts));
  if (isWhole(raw, fields)) return `"${value}"`.replace(/^"(?!\*)/, '"*').replace(/(?<!\*)"$/, '*"');
  if (BLOCK.test(value)) return `${name}="${value}*"`; // as a text: else Splunk looks for addresses in the block
  const last = parts.at(-1);
  if (!fields.isDotted(raw) || last === undefined || 'wild' in last) return `${name}="${value}"`;
  return `(${name}="${value}" OR ${name}="${value}.")`;
}

const BLOCK = /^[0-9a-f.:]+\/\d{1,3}$/i;

/** A whole object is no field in Splunk: the event's text is searched. */
const WHOLE: ReadonlySet<string> = new Set(['requestParameters', 'responseElements', 'additionalEventData']);
const isWhole = (raw: string, { place }: Fields): boolean => place.service === 'cloudtrail' && WHOLE.has(raw);

export function textOf(raw: string, parts: readonly Part[]): string {
  return parts
    .map((part) => {
      if ('text' in part) {
        if (part.text.includes('*')) throw new Error(`"${raw}" asks for a star, which Splunk takes for a wildcard`);
        return part.text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
      }
      if (part.wild === '?') throw new Error(`"${raw}" has the wildcard ?, which Splunk does not know`);
      return '*';
    })
    .join('');
}
