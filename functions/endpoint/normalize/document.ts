/** Reads and extends documents of a Beat. A parser gives flat fields, `{ 'source.ip': … }`; `extended` puts them into a copy. */

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
  'winlog.event_id',
  'winlog.record_id',
]);

/** Lists that keep what stands in them. */
const UNITED = /^(tags|related\.\w+)$/;

export const isMap = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path of names; undefined where there is none. */
export function at(document: Document, path: string): unknown {
  let value: unknown = document;
  for (const name of path.split('.')) {
    if (!isMap(value) || !Object.hasOwn(value, name)) return undefined;
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

/** A copy with the fields added. A field that is there already stays, except those that a parser knows better. */
export function extended(document: Document, fields: Fields): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...document };
  const copied = new Set<unknown>([copy]);
  for (const [path, value] of Object.entries(fields)) {
    if (!isNothing(value)) put(copy, path, value, copied);
  }
  return copy;
}

function put(copy: Record<string, unknown>, path: string, value: unknown, copied: Set<unknown>): void {
  const names = path.split('.');
  const last = names.pop() as string;
  let parent = copy;
  for (const name of names) {
    let child = Object.hasOwn(parent, name) ? parent[name] : undefined;
    if (!isNothing(child) && !isMap(child)) return; // a text where ECS has an object: it stays
    if (!copied.has(child)) {
      child = { ...(child as Document | undefined) };
      copied.add(child);
      parent[name] = child;
    }
    parent = child as Record<string, unknown>;
  }
  const present = Object.hasOwn(parent, last) ? parent[last] : undefined;
  if (UNITED.test(path)) parent[last] = united(present, value);
  else if (isNothing(present) || REPLACED.has(path)) parent[last] = value;
}

function united(present: unknown, value: unknown): unknown[] {
  const list = (of: unknown): readonly unknown[] => (Array.isArray(of) ? of : isNothing(of) ? [] : [of]);
  return [...new Set([...list(present), ...list(value)])];
}
