/**
 * Fields as Splunk extracts them from JSON (`KV_MODE=json`): `a.b`, what is in a list `a{}` and `a{}.b`; no field for an object or null.
 * https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/Spath
 */
import type { Json } from '../evaluate.ts';
import type { Extracted } from './splread.ts';

export function jsonFields(event: Json): Extracted {
  const fields = new Map<string, string[]>();
  const walk = (value: Json | undefined, path: string): void => {
    if (value === null || value === undefined) return;
    if (Array.isArray(value)) {
      for (const each of value as readonly Json[]) walk(each, `${path}{}`);
    } else if (typeof value === 'object') {
      for (const [name, inner] of Object.entries(value)) walk(inner, path === '' ? name : `${path}.${name}`);
    } else if (value !== '') fields.set(path, [...(fields.get(path) ?? []), String(value)]);
  };
  walk(event, '');
  return fields;
}
