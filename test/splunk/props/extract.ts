/**
 * Fields out of an event's text by regular expression: EXTRACT- of props.conf, and the stanzas of transforms.conf that REPORT- names.
 * https://docs.splunk.com/Documentation/Splunk/latest/Admin/Transformsconf
 */
import type { Settings } from '../../../scripts/splunk/conf.ts';
import { fromList, listOf, pattern, textOf, type Value } from '../spl/value.ts';

export type FieldMap = Map<string, Value>;

/** `<regex> in <field>`; without a field: of the whole event. Fields that are there stay as they are. */
export function extract(rule: string, fields: FieldMap): void {
  const [, regex, field = '_raw'] = /^([\s\S]*?)(?:\s+in\s+(\w+))?$/.exec(rule)!;
  const found = pattern(regex).exec(textOf(fields.get(field) ?? null) ?? '');
  for (const [name, value] of Object.entries(found?.groups ?? {})) {
    if (value !== undefined && !fields.has(name)) fields.set(name, value);
  }
}

/** Throws Error for a setting that is not known here. */
export function report(name: string, transform: Settings | undefined, fields: FieldMap): void {
  if (transform === undefined) throw new Error(`transforms.conf has no [${name}]`);
  for (const key of transform.keys()) if (!KNOWN.has(key)) throw new Error(`[${name}] ${key} is not known here`);
  const text = textOf(fields.get(transform.get('SOURCE_KEY') ?? '_raw') ?? null);
  if (text === null) return;
  const isMulti = isOn(transform.get('MV_ADD'));
  const isCleaned = isOn(transform.get('CLEAN_KEYS') ?? 'true');
  for (const [key, value] of pairs(transform, text)) {
    const field = isCleaned ? key.replaceAll(/[^A-Za-z0-9_]/g, '_') : key;
    if (!fields.has(field)) fields.set(field, value);
    else if (isMulti) fields.set(field, fromList([...listOf(fields.get(field)!), value]));
  }
}

const KNOWN = new Set(['REGEX', 'FORMAT', 'DELIMS', 'FIELDS', 'SOURCE_KEY', 'MV_ADD', 'CLEAN_KEYS']);
const isOn = (value: string | undefined): boolean => /^(true|1)$/i.test(value ?? '');

function* pairs(transform: Settings, text: string): Generator<readonly [string, string]> {
  const delims = transform.get('DELIMS');
  if (delims !== undefined) {
    const names = (transform.get('FIELDS') ?? '').split(',').map((name) => name.trim().replaceAll('"', ''));
    const values = text.split(delims.replaceAll('"', ''));
    for (const [at, name] of names.entries()) if (values[at] !== undefined) yield [name, values[at]];
    return;
  }
  const regex = transform.get('REGEX')!;
  const format = transform.get('FORMAT');
  if (format === undefined) {
    const groups = pattern(regex).exec(text)?.groups ?? {};
    for (const [name, value] of Object.entries(groups)) if (value !== undefined) yield [name, value];
    return;
  }
  // $1::$2 names fields by what was found, and MV_ADD collects: both look again and again
  const isRepeated = /\$\d::/.test(format) || isOn(transform.get('MV_ADD'));
  for (const found of text.matchAll(pattern(regex, 'g'))) {
    for (const pair of format.split(/\s+/)) {
      const [key, value] = pair.split('::').map((part) => part.replaceAll(/\$(\d)/g, (_, n) => found[Number(n)] ?? ''));
      if (value !== '') yield [key, value];
    }
    if (!isRepeated) return;
  }
}
