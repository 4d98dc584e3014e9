/**
 * Values of request headers that nobody may see: `authorization`, `cookie`, whatever is configured. They stand in the list of
 * headers, and again where a rule looked at them: in matchedData of a rule's details and in customValues of a rate-based rule.
 * https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
 */

import type { Bytes, Patch } from '../../shared/model.ts';
import { bytesOf } from '../../shared/text/bytes.ts';
import { literal, Text } from '../../shared/text/text.ts';
import { isObject, type Json, type JsonObject } from '../../shared/transform/objects/compile.ts';

const REDACTED = 'REDACTED'; // the word that AWS uses

export interface Secrets {
  /** In lower case. */
  readonly names: readonly string[];
  /** False: nothing in this JSON text tells of a header or a cookie. */
  mayBeIn(text: string): boolean;
  /**
   * A copy without the values, or the same value where it holds none.
   * `isAnywhere`: also what a rule found without saying where, or in a header without saying in which.
   */
  redact(value: Json, isAnywhere: boolean): Json;
  /** What can't be read as JSON: all values that may be one, as far as they can be told by what stands around them. */
  scrub(bytes: Uint8Array): Uint8Array;
}

const COOKIE = /^COOKIES?$/;
const HEADER = /HEADER/;
/** Where a rule may have looked that is no header, and other keys that a rate-based rule may count by. */
const ELSEWHERE = /^(.*QUERY.*|URI.*|.*METHOD|.*BODY|.*IP|ASN|JA[34].*|LABEL.*)$/;
const VALUES = new Set(['value', 'matchedData']);

export function secrets(headers: readonly string[]): Secrets {
  const names = headers.map((name) => name.toLowerCase());
  const isName = (name: Json | undefined): boolean => typeof name === 'string' && names.includes(name.toLowerCase());
  const patterns = names.length === 0 ? [] : patternsOf(names);

  /** The object tells of a header, of a cookie, or of a match in one. */
  function isAbout(object: JsonObject, isAnywhere: boolean): boolean {
    const { name, matchedFieldName = name, key, location = key, matchedData } = object;
    if (isName(name) || isName(matchedFieldName)) return true;
    if (location === undefined && matchedData === undefined) return false;
    const place = String(location);
    if (COOKIE.test(place)) return isName('cookie');
    const isKnown = ELSEWHERE.test(place) || (HEADER.test(place) && typeof matchedFieldName === 'string');
    return isAnywhere && !isKnown;
  }

  function redact(value: Json, isAnywhere: boolean): Json {
    if (Array.isArray(value)) {
      const elements = value.map((element) => redact(element, isAnywhere));
      return elements.some((element, i) => element !== value[i]) ? elements : value;
    }
    if (!isObject(value)) return value;
    const isSecret = isAbout(value, isAnywhere);
    const entries = Object.entries(value).map(([key, inner]) => {
      const hidden = (isSecret && VALUES.has(key)) || isName(key) ? hide(inner) : redact(inner, isAnywhere);
      return [key, hidden] as const;
    });
    return entries.some(([key, inner]) => inner !== value[key]) ? Object.fromEntries(entries) : value;
  }

  const hint = new RegExp(['header', 'cookie', ...names.map(escaped)].join('|'), 'i');
  return {
    names,
    mayBeIn: (text) => hint.test(text),
    redact,
    scrub(bytes) {
      const text = Buffer.from(bytes).toString('latin1');
      const scrubbed = patterns.reduce((left, pattern) => left.replaceAll(pattern, `$1"${REDACTED}"`), text);
      return scrubbed === text ? bytes : Buffer.from(scrubbed, 'latin1');
    },
  };
}

/** Its kind stays what it was; nothing and the word itself stay too. */
function hide(value: Json): Json {
  if (value === null || value === '' || value === REDACTED) return value;
  if (!Array.isArray(value)) return REDACTED;
  return value.every((element) => element === REDACTED) ? value : [REDACTED];
}

const escaped = (name: string): string => name.replaceAll(/[^a-z0-9-]/g, '\\$&');

/** The text may end anywhere, also inside a value. */
function patternsOf(names: readonly string[]): readonly RegExp[] {
  const one = names.map(escaped).join('|');
  const string = '"(?:[^"\\\\]|\\\\.)*"?';
  const any = `(?:${string}|\\[[^\\]]*\\]?|\\{[^}]*\\}?)`;
  return [
    new RegExp(`("name"\\s*:\\s*"(?:${one})"\\s*,\\s*"value"\\s*:\\s*)${any}`, 'gis'),
    new RegExp(`("(?:${one})"\\s*:\\s*)${any}`, 'gis'),
    new RegExp(`("(?:matchedData|customValues)"\\s*:\\s*)${any}`, 'gs'),
  ];
}

/** Appends a part of a record; `patches` are in their order, and none reaches over its ends. */
export function patched(
  { bytes, view }: Whole,
  start: number,
  end: number,
  patches: readonly Patch[],
  doc: Text,
): void {
  let at = start;
  for (let i = 0; i < patches.length; i++) {
    const patch = patches[i];
    copy(bytes, view, at, patch.start, doc);
    if (patch.json === undefined) doc.literal(REDACTED_TEXT);
    else doc.string(patch.json);
    at = patch.end;
  }
  copy(bytes, view, at, end, doc);
}

type Whole = Pick<Bytes, 'bytes' | 'view'>;

function copy(bytes: Uint8Array, view: DataView, start: number, end: number, doc: Text): void {
  if (end - start <= 256) doc.copy(view, start, end);
  else doc.append(bytes.subarray(start, end));
}

const REDACTED_TEXT = literal(`"${REDACTED}"`);

/**
 * Gives records as they may be shown: to Splunk, and to the quarantine. `patches`: the parts that have to be others; undefined:
 * nothing is known of the record. Each is valid until the next.
 */
export function showing(secrets: Secrets): (record: Bytes, patches: readonly Patch[] | undefined) => Bytes {
  const text = new Text(4096);
  return (record, patches) => {
    const { bytes, start, end } = record;
    if (patches === undefined) return bytesOf(secrets.scrub(bytes.subarray(start, end)));
    if (patches.length === 0) return record;
    text.length = 0;
    patched(record, start, end, patches, text);
    return { bytes: text.bytes, view: text.view, start: 0, end: text.length };
  };
}
