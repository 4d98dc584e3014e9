/** JSON whose numbers no double can hold keep their text. https://github.com/tc39/proposal-json-parse-with-source */

import type { Json } from './rows.ts';

/** A number that no double is: it becomes JSON again as it was written. */
export interface RawNumber {
  readonly rawJSON: string;
}

interface Precise {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source: string }) => unknown): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
}
const { parse: parseWith, rawJSON, isRawJSON } = JSON as unknown as Precise;

export const isRawNumber = isRawJSON;

/** More digits than every double keeps, an exponent, minus zero: rare, and looking at each number takes long. */
const SUSPECT = /[:,[\s](?:-0|-?[\d.]{16}|-?[\d.]+[eE])/;

/** JSON.parse, but that numbers which a double can't hold are RawNumbers. Throws SyntaxError. */
export const parsed = (text: string): unknown =>
  SUSPECT.test(text)
    ? parseWith(text, (_key, value, { source }) =>
        typeof value === 'number' && !isExact(value, source) ? rawJSON(source) : value,
      )
    : JSON.parse(text);

const isExact = (value: number, source: string): boolean =>
  String(value) === source || (!Object.is(value, -0) && decimal(String(value)) === decimal(source));

/** One spelling of a number: its digits without zeros at the ends, and where the point stands. */
function decimal(text: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [
    text,
  ];
  const digits = `${whole}${fraction}`;
  const leading = /^0*/.exec(digits)![0].length;
  if (leading === digits.length) return '0';
  return `${sign}${digits.replace(/^0+|0+$/g, '')}e${Number(exponent) + `${whole}`.length - leading}`;
}

/** A number, or a text that is one; the nearest double of one that no double is. */
export function numberOf(value: unknown): number | undefined {
  const text = isRawJSON(value) ? value.rawJSON : value;
  const n = typeof text === 'string' && text.trim() !== '' ? Number(text) : text;
  return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
}

export type JsonObject = { readonly [key: string]: Json };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJSON(value);

/** A text, or a number or boolean as one; '' for anything else. `String` throws for numbers that no double is. */
export function spelled(value: unknown): string {
  if (isRawJSON(value)) return value.rawJSON;
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
}
