/**
 * Search terms as eventtypes use them: `field=value` with wildcards, `IN`, comparisons, NOT, AND, OR, parentheses.
 * Two terms side by side are AND. Words without a field and macros are not known here: SyntaxError.
 * https://docs.splunk.com/Documentation/Splunk/latest/Search/Usethesearchcommand
 */
import type { Fields } from './expression.ts';
import { compare, listOf } from './value.ts';

export type Matches = (fields: Fields) => boolean;

/** Throws SyntaxError. */
export function search(source: string): Matches {
  const words = [...source.matchAll(/"(?:[^"\\]|\\.)*"|!=|<=|>=|[=<>(),]|[^\s=<>!(),"]+/g)].map(([word]) => word);
  const reader: Reader = { words, at: 0, source };
  const found = either(reader);
  if (reader.at < words.length) throw unexpected(reader);
  return found;
}

interface Reader {
  readonly words: readonly string[];
  at: number;
  readonly source: string;
}

const unexpected = ({ words, at, source }: Reader) => new SyntaxError(`unexpected ${words[at] ?? 'end'} in ${source}`);

function takes(reader: Reader, word: string): boolean {
  const isIt = reader.words[reader.at] === word;
  if (isIt) reader.at++;
  return isIt;
}

function either(reader: Reader): Matches {
  const found = [all(reader)];
  while (takes(reader, 'OR')) found.push(all(reader));
  return (fields) => found.some((each) => each(fields));
}

function all(reader: Reader): Matches {
  const found = [one(reader)];
  while (reader.at < reader.words.length && !['OR', ')'].includes(reader.words[reader.at])) {
    takes(reader, 'AND');
    found.push(one(reader));
  }
  return (fields) => found.every((each) => each(fields));
}

function one(reader: Reader): Matches {
  if (takes(reader, 'NOT')) {
    const inner = one(reader);
    return (fields) => !inner(fields);
  }
  if (takes(reader, '(')) {
    const inner = either(reader);
    if (!takes(reader, ')')) throw unexpected(reader);
    return inner;
  }
  return term(reader);
}

function term(reader: Reader): Matches {
  const field = unquoted(reader.words[reader.at++] ?? '');
  const operator = reader.words[reader.at++];
  if (operator === 'IN') return anyOf(field, reader);
  if (operator === undefined || !['=', '!=', '<', '>', '<=', '>='].includes(operator)) {
    reader.at--;
    throw unexpected(reader);
  }
  const value = unquoted(reader.words[reader.at++] ?? '');
  if (operator === '=') return equals(field, value);
  if (operator === '!=') {
    const is = equals(field, value);
    return (fields) => fields(field) !== null && !is(fields);
  }
  return (fields) => listOf(fields(field)).some((each) => ordered(operator, compare(each, value)!));
}

function anyOf(field: string, reader: Reader): Matches {
  const values: Matches[] = [];
  if (!takes(reader, '(')) throw unexpected(reader);
  while (!takes(reader, ')')) {
    const word = reader.words[reader.at++];
    if (word === undefined) throw unexpected(reader);
    if (word !== ',') values.push(equals(field, unquoted(word)));
  }
  return (fields) => values.some((each) => each(fields));
}

/** Case does not count, `*` is any text, and one of several values is enough. */
function equals(field: string, value: string): Matches {
  const form = value
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const wanted = new RegExp(`^${form}$`, 'is');
  return (fields) => listOf(fields(field)).some((each) => wanted.test(String(each)));
}

const ordered = (operator: string, order: number): boolean =>
  operator === '<' ? order < 0 : operator === '>' ? order > 0 : operator === '<=' ? order <= 0 : order >= 0;

const unquoted = (word: string): string => (word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/g, '$1') : word);
