/** Values of eval expressions. A field is text; text that reads as a number counts as one, as in Splunk. */

export type Scalar = string | number | boolean;
/** An array is a multivalue field. */
export type Value = Scalar | readonly Scalar[] | null;

const NUMBER = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/;

export const isNumeric = (value: Value): boolean =>
  typeof value === 'number' || (typeof value === 'string' && NUMBER.test(value));

/** NaN for what is none. */
export const numberOf = (value: Value): number => (isNumeric(value) ? Number(value) : Number.NaN);

/** Null for null; several values are joined by newlines, as Splunk shows them. */
export function textOf(value: Value): string | null {
  if (value === null) return null;
  if (typeof value === 'object') return value.map(String).join('\n');
  return String(value);
}

export const listOf = (value: Value): readonly Scalar[] =>
  value === null ? [] : typeof value === 'object' ? value : [value];

/** None is null, one is itself. */
export const fromList = (values: readonly Scalar[]): Value =>
  values.length === 0 ? null : values.length === 1 ? values[0] : values;

/** Below, above or 0: by number where both read as such, else by text. Null where one of them is. */
export function compare(a: Value, b: Value): number | null {
  if (a === null || b === null) return null;
  if (isNumeric(a) && isNumeric(b)) return numberOf(a) - numberOf(b);
  const [left, right] = [String(textOf(a)), String(textOf(b))];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** PCRE as far as JavaScript has it too. Throws SyntaxError for the rest. */
export function pattern(text: string, flags = ''): RegExp {
  const inline = /^\(\?([ims]+)\)/.exec(text);
  const body = text.slice(inline?.[0].length ?? 0).replaceAll('(?P<', '(?<');
  return new RegExp(body, [...new Set(`${inline?.[1] ?? ''}${flags}`)].join(''));
}
