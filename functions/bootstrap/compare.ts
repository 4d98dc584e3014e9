/**
 * What is on OpenSearch against what Bongsu wants there. OpenSearch gives settings back as texts, and members that are not
 * set as null or empty: neither is a difference.
 */
import { createHash } from 'node:crypto';
import { isRecord } from '../../shared/input/message.ts';

/** Names of members that OpenSearch adds by itself, such as times. */
export type Added = ReadonlySet<string>;
const NONE: Added = new Set();

/** In: JSON. Out: the same with sorted members and texts for numbers and booleans; undefined for null, [], {} and texts without content. */
export function normal(value: unknown, added: Added = NONE): unknown {
  if (value === null || value === undefined || value === '') return undefined;
  if (Array.isArray(value)) {
    return value.length === 0 ? undefined : value.map((each) => normal(each, added) ?? null);
  }
  if (typeof value !== 'object') return String(value);
  const members = Object.entries(value)
    .filter(([name]) => !added.has(name))
    .map(([name, member]) => [name, normal(member, added)] as const)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** 16 hexadecimal digits: the same for what is equal after `normal`. */
export const fingerprint = (value: unknown, added?: Added): string =>
  createHash('sha256')
    .update(JSON.stringify(normal(value, added)) ?? '')
    .digest('hex')
    .slice(0, 16);

/** Paths at which the two differ, such as `template.settings.index.codec`. In: values after `normal`. */
export function differences(wanted: unknown, found: unknown, path = ''): readonly string[] {
  if (isRecord(wanted) && isRecord(found)) {
    const names = [...new Set([...Object.keys(wanted), ...Object.keys(found)])].sort();
    return names.flatMap((name) => differences(wanted[name], found[name], path === '' ? name : `${path}.${name}`));
  }
  return JSON.stringify(wanted) === JSON.stringify(found) ? [] : [path];
}
