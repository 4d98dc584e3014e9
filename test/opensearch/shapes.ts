/** What a field may hold one day: every shape of JSON, and every place of a record. */
import type { Any } from '../source.ts';

const long = 'x'.repeat(33_000);

/** As JSON text, since some can't be had from JSON.stringify. */
export const SHAPES: Readonly<Record<string, string>> = {
  text: '"text"',
  empty: '""',
  'huge text': JSON.stringify(long),
  'huge text of three bytes a letter': JSON.stringify('봉'.repeat(11_000)),
  'text of a number': '"7"',
  'text of an address': '"192.0.2.1"',
  'text of a date': '"2026-11-24T13:40:38Z"',
  number: '7',
  'negative fraction': '-1.5',
  'huge number': '1e300',
  'number of 30 digits': '123456789012345678901234567890',
  'number of 1,200 digits': '1'.repeat(1_200),
  true: 'true',
  null: 'null',
  'empty object': '{}',
  object: '{"a":{"b":[1,"x",null,{"c":true}]}}',
  'duplicate members': '{"a":1,"a":{"b":2,"b":3}}',
  'odd names': '{"":1,".":2,"a..b":{"c.":3},".d":4," ":5}',
  'name and object of one path': '{"a.b":1,"a":{"b":{"c":2}}}',
  'huge name': `{${JSON.stringify(long)}:1}`,
  'huge text inside': `{"a":[${JSON.stringify(long)}]}`,
  deep: `${'{"a":'.repeat(60)}1${'}'.repeat(60)}`,
  'empty list': '[]',
  'list of texts': '["a","b"]',
  'list of numbers': '[1,2.5]',
  'list of objects': '[{"a":1},{"a":{"b":2}}]',
  'mixed list': '[1,"a",{"a":1},null,[2]]',
  'nested list': '[[["a"]],[{"b":[1]}]]',
};

const MARK = '@shape@';

/** The record with another shape at some places: `a.b.0.c`. None may be inside another. */
export function reshaped(record: Any, places: readonly string[], shape: string): string {
  const copy = structuredClone(record);
  for (const place of places) {
    const parts = place.split('.');
    let at = copy;
    for (const part of parts.slice(0, -1)) {
      if (typeof at[part] !== 'object' || at[part] === null) at[part] = {};
      at = at[part];
    }
    at[parts.at(-1)!] = MARK;
  }
  return JSON.stringify(copy).replaceAll(`"${MARK}"`, () => shape);
}

/** Places of one record that can change at once: none is inside another. */
export function groupsOf(places: readonly string[], size: number): string[][] {
  const groups: string[][] = [];
  for (const place of places) {
    const isApart = (other: string) => !`${other}.`.startsWith(`${place}.`) && !`${place}.`.startsWith(`${other}.`);
    const group = groups.find((each) => each.length < size && each.every(isApart));
    if (group === undefined) groups.push([place]);
    else group.push(place);
  }
  return groups;
}

/** All places of a record, lists by their first element. */
export function placesOf(value: Any, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const members = Array.isArray(value) ? value.slice(0, 1).map((each) => ['0', each]) : Object.entries(value);
  return members
    .filter(([name]) => name !== '' && !name.includes('.'))
    .flatMap(([name, inner]) => [prefix + name, ...placesOf(inner, `${prefix}${name}.`)]);
}

/** Places that rows read, in their spelling: `a.b[].c`. */
export const placeOfPath = (path: string): string => path.replaceAll('[]', '.0');
