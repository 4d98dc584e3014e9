/**
 * A line → its columns by name, for logs of low volume: delimited columns, quoted where they may hold the separator, or a
 * regular expression with named groups. An absent value ("-" or nothing) has no entry.
 */
import { DecodeError } from '../errors.ts';
import type { Bytes } from '../model.ts';
import { textOf } from './lines.ts';

export type Columns = Readonly<Record<string, string>>;

export interface Format {
  /** Names of the columns, in their order. */
  readonly names: readonly string[];
  /** So many columns have to be there; those behind them were added later. Default: all. */
  readonly least?: number;
  /** One character. Default: a space. */
  readonly separator?: string;
  /** Name of the columns that nobody has named yet, joined by the separator. Default: they are an error. */
  readonly rest?: string;
}

const QUOTE = '"';
const BACKSLASH = '\\';

/**
 * Columns in double quotes may hold the separator. In quotes, `\"` and `""` are a quote and `\\` is a backslash; a quote ends
 * the column only in front of the separator or the line's end, so that a quote that was not escaped is part of the value.
 * A column in `[…]` runs to the bracket. The reader throws DecodeError for too few and for too many columns.
 */
export function delimited({ names, least = names.length, separator = ' ', rest }: Format): (record: Bytes) => Columns {
  return (record) => {
    const values = split(textOf(record), separator);
    if (values.length < least) throw new DecodeError(`expected ${least} columns, found ${values.length}`);
    if (values.length > names.length && rest === undefined)
      throw new DecodeError(`expected ${names.length} columns, found ${values.length}`);
    const known = names.map((name, at) => [name, values[at]] as const);
    const unknown = values.slice(names.length).join(separator);
    return present(rest === undefined ? known : [...known, [rest, unknown]]);
  };
}

/** The reader throws DecodeError, with `what` the line should be, where the expression doesn't match. */
export function matching(pattern: RegExp, what: string): (record: Bytes) => Columns {
  return (record) => {
    const groups = pattern.exec(textOf(record))?.groups;
    if (groups === undefined) throw new DecodeError(`not ${what}`);
    return present(Object.entries(groups));
  };
}

const present = (entries: readonly (readonly [string, string | undefined])[]): Columns =>
  Object.fromEntries(entries.filter((entry): entry is [string, string] => !['', '-', undefined].includes(entry[1])));

function split(line: string, separator: string): string[] {
  const values: string[] = [];
  for (let at = 0; at <= line.length; ) {
    const [value, end] = columnAt(line, at, separator);
    values.push(value);
    at = end + 1;
  }
  return values;
}

/** The column that starts there, and where the separator behind it is. */
function columnAt(line: string, at: number, separator: string): [value: string, end: number] {
  if (line[at] === QUOTE) {
    const quoted = quotedAt(line, at + 1, separator);
    if (quoted !== undefined) return quoted;
  }
  const close = line[at] === '[' ? line.indexOf(`]${separator}`, at) : -1;
  if (close >= 0) return [line.slice(at + 1, close), close + 1];
  const next = line.indexOf(separator, at);
  const end = next < 0 ? line.length : next;
  return [line.slice(at, end), end];
}

/** undefined: no quote ends it. */
function quotedAt(line: string, from: number, separator: string): [value: string, end: number] | undefined {
  let value = '';
  for (let at = from; at < line.length; at++) {
    const c = line[at];
    const next = line[at + 1];
    const isEscape = (c === BACKSLASH && (next === QUOTE || next === BACKSLASH)) || (c === QUOTE && next === QUOTE);
    if (isEscape && !(c === QUOTE && from === at)) value += line[++at];
    else if (c === QUOTE && (next === undefined || next === separator)) return [value, at + 1];
    else value += c;
  }
  return undefined;
}
