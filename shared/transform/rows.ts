/**
 * Rows of a field map: data that every back end compiles alike. `[target, path or paths, cast?]`.
 * columns/ compiles them over a line's columns, bytes/ over a JSON record's bytes, objects/ over a parsed object.
 */
import { ConfigError } from '../errors.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * How a value becomes JSON. Default: `text`. The casts that have a name stand in casts.ts; a source may have some of its own.
 * `constant` needs no value · `table` by the value's text: null leaves the field out, and with `strict` other texts do, which
 * else stay as they are · `tables` a list: for each path what its table says of its value.
 */
export type Cast =
  | string
  | { readonly constant: Json }
  | TableCast
  | { readonly tables: readonly Readonly<Record<string, Json>>[] };

export interface TableCast {
  readonly table: Readonly<Record<string, Json>>;
  readonly strict?: boolean;
}

/** Target path (dotted), column or columns, cast. `null` for the columns removes the target. */
export type Field = readonly [target: string, columns: string | readonly string[] | null, cast?: Cast];

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Whether a value looks like a row. Whether its cast exists and its target is possible shows when a source compiles it. */
export function isField(row: unknown): row is Field {
  if (!Array.isArray(row) || row.length < 2 || row.length > 3) return false;
  const [target, columns, cast] = row;
  const isColumns = columns === null || isText(columns) || (Array.isArray(columns) && columns.every(isText));
  return (
    isText(target) && isColumns && (cast === undefined || isText(cast) || (typeof cast === 'object' && cast !== null))
  );
}

/** Later rows replace earlier ones of the same target. */
export function override(fields: readonly Field[], by: readonly Field[]): readonly Field[] {
  const byTarget = new Map<string, Field>();
  for (const field of [...fields, ...by]) {
    if (field[1] === null) byTarget.delete(field[0]);
    else byTarget.set(field[0], field);
  }
  return [...byTarget.values()];
}

/** Without rows whose columns are `null`, and what they remove. */
export const withoutRemoved = (rows: readonly Field[]): readonly Field[] =>
  rows.filter(
    (row, at) => row[1] !== null && !rows.slice(at).some((other) => other[1] === null && other[0] === row[0]),
  );

/** Tree of the targets' paths. */
export type Tree = Map<string, Tree | Field>;

export const isConstant = (cast: Cast | undefined): boolean => typeof cast === 'object' && 'constant' in cast;

/** Throws ConfigError for targets that no document can have. */
export function tree(fields: readonly Field[]): Tree {
  const root: Tree = new Map();
  for (const field of fields) {
    const [target] = field;
    const path = target.split('.');
    if (path.includes('')) throw new ConfigError(`field ${JSON.stringify(target)}: a part of its name is empty`);
    if (path.length > MAX_DEPTH) throw new ConfigError(`field ${target}: its name has more than ${MAX_DEPTH} parts`);
    const leaf = path.pop()!;
    const node = path.reduce((parent, key) => branch(parent, key, target), root);
    if (node.has(leaf)) throw new ConfigError(`field ${target}: it has fields of its own, or stands here twice`);
    node.set(leaf, field);
  }
  return root;
}

function branch(parent: Tree, key: string, target: string): Tree {
  const known = parent.get(key);
  if (known instanceof Map) return known;
  if (known !== undefined) throw new ConfigError(`field ${target}: ${known[0]} has a value and can't have fields`);
  const made: Tree = new Map();
  parent.set(key, made);
  return made;
}

export const list = (columns: Field[1]): readonly string[] =>
  columns === null ? [] : typeof columns === 'string' ? [columns] : columns;

export const MAX_DEPTH = 16;

/** The `tables` cast: what each table says of the value at its place; undefined: nothing. */
export function tablesOf(
  tables: readonly Readonly<Record<string, Json>>[],
  values: readonly unknown[],
): readonly Json[] | undefined {
  const found = values.flatMap((value, at) => {
    const [key, table] = [String(value), tables[at] ?? {}];
    const json = value !== undefined && Object.hasOwn(table, key) ? table[key] : null;
    return json === null ? [] : [json];
  });
  return found.length === 0 ? undefined : found;
}
