/** Canonical JSON: names sorted, lists as sets, so that equal values give equal bytes. */
import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../../shared/transform/objects/compile.ts';

/**
 * The canonical value: dates become ISO instants, lists are sorted without duplicates, and members without information
 * (undefined, null, empty lists and objects) are dropped. An empty text is kept.
 */
export function canonical(value: unknown): Json | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return setOf(value);
  if (typeof value === 'object') return membersOf(value);
  return value as Json;
}

function setOf(values: readonly unknown[]): Json | undefined {
  const texts = new Map<string, Json>();
  for (const value of values) {
    const each = canonical(value);
    if (each !== undefined && each !== '') texts.set(JSON.stringify(each), each);
  }
  const sorted = [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  return sorted.length === 0 ? undefined : sorted;
}

function membersOf(object: object): JsonObject | undefined {
  const members = Object.entries(object)
    .map(([name, value]) => [name, canonical(value)] as const)
    .filter((member): member is readonly [string, Json] => member[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** Canonical value or undefined, as text. */
export const textOf = (value: unknown): string => JSON.stringify(canonical(value) ?? {});

/** One line of JSON with sorted names; nothing is dropped. */
export const lineOf = (value: object): string => JSON.stringify(ordered(value));

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, each]) => [name, ordered(each)]));
}

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
