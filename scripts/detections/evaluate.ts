/**
 * Does a rule's match hold for a record as AWS wrote it? Independent of every back end: no field maps, no documents.
 * No letter's case is minded, of a list any element counts, what is absent, null or empty is null.
 */
import { BlockList, isIP } from 'node:net';
import { listValue } from './dsl.ts';
import type { Lists, Match, Value } from './model.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Evaluation {
  readonly lists: Lists;
  /** Fields whose values end in a dot that nobody writes. */
  readonly dotted?: readonly string[];
}

export function holds(match: Match, record: Json, how: Evaluation): boolean {
  switch (match.kind) {
    case 'and':
      return match.of.every((each) => holds(each, record, how));
    case 'or':
      return match.of.some((each) => holds(each, record, how));
    case 'not':
      return !holds(match.of, record, how);
    case 'is': {
      const cut = how.dotted?.includes(match.field)
        ? (value: string) => value.replace(/\.$/, '')
        : (value: string) => value;
      return fits(valuesAt(record, match.field).map(cut), match.value, record, how);
    }
  }
}

/** Every text at a path, arrays looked into. An object is its JSON. */
export function valuesAt(record: Json, path: string): readonly string[] {
  return leaves(record, path.split('.')).filter((value) => value !== '');
}

function leaves(at: Json | undefined, path: readonly string[]): string[] {
  if (at === undefined || at === null) return [];
  if (Array.isArray(at)) return at.flatMap((each: Json) => leaves(each, path));
  const [name, ...rest] = path;
  if (name === undefined) return [typeof at === 'object' ? JSON.stringify(at) : String(at)];
  return typeof at === 'object' ? leaves((at as { readonly [key: string]: Json })[name], rest) : [];
}

function fits(values: readonly string[], value: Value, record: Json, how: Evaluation): boolean {
  switch (value.kind) {
    case 'null':
      return values.length === 0;
    case 'exists':
      return values.length > 0 === value.is;
    case 'text':
      return values.some((each) => kept(value, regexOf).test(each));
    case 'regex':
      return values.some((each) => kept(value, regexOf).test(each));
    case 'cidr':
      return values.some((each) => isIn(each, value.block));
    case 'compare':
      return values.some((each) => COMPARE[value.operator](Number(each), value.number));
    case 'list':
      if (!Object.hasOwn(how.lists, value.name)) return false;
      return how.lists[value.name].some((each) => fits(values, listValue(each, value.isWithin), record, how));
    case 'field':
      return valuesAt(record, value.name).some((other) =>
        values.some((each) => each.toLowerCase() === other.toLowerCase()),
      );
  }
}

const COMPARE = {
  gt: (a: number, b: number) => a > b,
  gte: (a: number, b: number) => a >= b,
  lt: (a: number, b: number) => a < b,
  lte: (a: number, b: number) => a <= b,
};

const compiled = new WeakMap<object, RegExp>();

/** A rule asks many records: its expressions are compiled once. */
function kept<T extends object>(value: T, make: (value: T) => RegExp): RegExp {
  const before = compiled.get(value);
  if (before !== undefined) return before;
  const made = make(value);
  compiled.set(value, made);
  return made;
}

function regexOf(value: Value & { readonly kind: 'text' | 'regex' }): RegExp {
  if (value.kind === 'regex') return new RegExp(value.source, value.ignoreCase ? 'is' : 's');
  const letters = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const parts = value.parts.map((part) => ('text' in part ? letters(part.text) : part.wild === '*' ? '.*' : '.'));
  return new RegExp(`^${parts.join('')}$`, 'is');
}

function isIn(address: string, block: string): boolean {
  const family = isIP(address);
  const [network, bits] = block.split('/');
  if (family === 0 || family !== isIP(network)) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, Number(bits), kind);
  return list.check(address, kind);
}
