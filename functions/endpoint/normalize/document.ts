/** Reads and extends documents of a Beat. A parser gives flat fields, `{ 'source.ip': … }`; `extended` puts them into a copy. */
import { isRecord } from '../../../shared/input/message.ts';

export type Document = Readonly<Record<string, unknown>>;

/** Path of a field → value. Values that are undefined, empty texts or empty lists are left out. */
export type Fields = Readonly<Record<string, unknown>>;

/** What the parser of a raw line knows better than the Beat that read the line. */
const REPLACED: ReadonlySet<string> = new Set([
  '@timestamp',
  'message',
  'event.action',
  'event.category',
  'event.code',
  'event.outcome',
  'event.type',
  'winlog.event_data',
  'winlog.event_id',
  'winlog.record_id',
  'winlog.user_data',
]);

/** Paths in their names. Parsers write them: there are some hundreds, whatever a host sends. */
const NAMES = new Map<string, readonly string[]>();

function namesOf(path: string): readonly string[] {
  let names = NAMES.get(path);
  if (names === undefined) {
    names = path.split('.');
    NAMES.set(path, names);
  }
  return names;
}

/** The value at a path of names, or undefined. */
export function at(document: Document, path: string): unknown {
  let value: unknown = document;
  for (const name of namesOf(path)) {
    if (!isRecord(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** A text at a path; a number as text. */
export function textAt(document: Document, path: string): string | undefined {
  const value = at(document, path);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** A copy with the fields added. A field that is there stays, except those that a parser knows better; tags and `related` unite. */
export function extended(document: Document, fields: Fields): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...document };
  const copied = new Set<unknown>([copy]);
  for (const path in fields) {
    const value = fields[path];
    if (!isNothing(value)) put(copy, path, value, copied);
  }
  return copy;
}

function put(copy: Record<string, unknown>, path: string, value: unknown, copied: Set<unknown>): void {
  const names = namesOf(path);
  const last = names[names.length - 1];
  let parent = copy;
  for (let i = 0; i < names.length - 1; i++) {
    const name = names[i];
    let child = Object.hasOwn(parent, name) ? parent[name] : undefined;
    if (!isNothing(child) && !isRecord(child)) return; // a text where ECS has an object: it stays
    if (!copied.has(child)) {
      child = { ...(child as Document | undefined) };
      copied.add(child);
      parent[name] = child;
    }
    parent = child as Record<string, unknown>;
  }
  const present = Object.hasOwn(parent, last) ? parent[last] : undefined;
  if (path === 'tags' || path.startsWith('related.')) parent[last] = united(present, value);
  else if (isNothing(present) || REPLACED.has(path)) parent[last] = value;
}

function united(present: unknown, value: unknown): unknown[] {
  const list = (of: unknown): readonly unknown[] => (Array.isArray(of) ? of : isNothing(of) ? [] : [of]);
  return [...new Set([...list(present), ...list(value)])];
}
