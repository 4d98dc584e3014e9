/** One spelling for each value, so that the same world is the same bytes: names sorted, lists taken for sets. */
import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../../shared/transform/json.ts';

/**
 * The value as it is kept: dates are instants, lists are sorted and hold nothing twice, and members that say nothing
 * (undefined, null, empty lists and objects) are left out. An empty text says something.
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

/** What is canonical already, or undefined, as text. */
export const textOf = (value: unknown): string => JSON.stringify(canonical(value) ?? {});

/** The same value on one line with its names sorted; nothing is left out of it. */
export const lineOf = (value: object): string => JSON.stringify(ordered(value));

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, each]) => [name, ordered(each)]));
}

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
