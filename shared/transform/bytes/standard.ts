/** The casts of shared/transform/casts.ts over a record's bytes, for those that have no faster way here. */
import { ABSENT, type JsonFields, STRING } from '../../decode/jsonfields.ts';
import type { Geo } from '../../enrich/geo.ts';
import { CASTS, type CastName } from '../casts.ts';
import { isObject, parsed } from '../numbers.ts';
import { member } from '../operations.ts';
import { type Json, tablesOf } from '../rows.ts';
import type { Emit } from './write.ts';

/** Where a row's value is: below the field of its index, and from there on through lists. */
export interface Place {
  readonly index: number;
  /** Names behind the first `[]` of the path; each `[]` stands for every element. */
  readonly rest: readonly string[];
}

/** `a.b[].c` → the path of the list and what stands behind it. */
export function splitPath(path: string): { readonly name: string; readonly rest: readonly string[] } {
  const at = path.indexOf('[]');
  if (at < 0) return { name: path, rest: [] };
  return { name: path.slice(0, at), rest: path.slice(at).split('.').flatMap(stepsOf) };
}

const stepsOf = (step: string): readonly string[] => {
  const name = step.replaceAll('[]', '');
  const lists = step.match(/\[\]/g) ?? [];
  return name === '' ? lists : [name, ...lists];
};

/** All values at a place, parsed. */
function valuesAt(fields: JsonFields, { index, rest }: Place): readonly unknown[] {
  const value = valueIn(fields, index);
  return value === undefined
    ? []
    : rest.reduce<readonly unknown[]>(
        (found, step) =>
          step === '[]'
            ? found.flatMap((each) => (Array.isArray(each) ? each : [each]))
            : found.flatMap((each) => (isObject(each) && Object.hasOwn(each, step) ? [each[step]] : [])),
        [value],
      );
}

function valueIn(fields: JsonFields, index: number): unknown {
  const kind = fields.kinds[index];
  if (kind === ABSENT) return undefined;
  return kind === STRING ? fields.text(index) : parsed(fields.text(index)!);
}

/** A value that the cast does not take is kept with the others. */
export function standard(name: CastName, isList: boolean, geo: Pick<Geo, 'of'>, places: readonly Place[]): Emit {
  const { takes, of } = CASTS[name];
  if (takes === 'all') {
    return (fields, _indexes, key, doc) => {
      const value = of(places.map((place) => valuesAt(fields, place)[0]) as never);
      if (value !== undefined) member(doc, key, value);
    };
  }
  const cast = (value: unknown): unknown => of([value] as never);
  if (isList) return listOf(cast, places);
  return (fields, _indexes, key, doc) => {
    const value = first(fields, cast, places);
    if (value === undefined) return;
    member(doc, key, value);
    const beside = name === 'geo' ? geo.of(String(value)) : undefined;
    for (const [own, json] of Object.entries(beside ?? {}))
      doc.string(`${JSON.stringify(own)}:${JSON.stringify(json)},`);
  };
}

type Of = (value: unknown) => unknown;

function first(fields: JsonFields, cast: Of, places: readonly Place[]): unknown {
  for (const place of places) {
    for (const value of valuesAt(fields, place)) {
      const result = cast(value);
      if (result !== undefined) return result;
      if (place.rest.length === 0 && value !== '' && value !== null) fields.moveToOther(place.index);
    }
  }
  return undefined;
}

export const firstOf =
  (cast: Of, places: readonly Place[]): Emit =>
  (fields, _indexes, key, doc) => {
    const value = first(fields, cast, places);
    if (value !== undefined) member(doc, key, value);
  };

/** What the cast makes of all values, each once. */
export const listOf =
  (cast: Of, places: readonly Place[]): Emit =>
  (fields, indexes, key, doc) => {
    if (indexes.every((index) => fields.kinds[index] === ABSENT)) return;
    const found = new Set(
      places
        .flatMap((place) => valuesAt(fields, place))
        .map(cast)
        .filter((each) => each !== undefined),
    );
    if (found.size > 0) member(doc, key, [...found]);
  };

/** A list of what each path's table says. */
export const tables =
  (rows: readonly Readonly<Record<string, Json>>[], places: readonly Place[]): Emit =>
  (fields, _indexes, key, doc) => {
    const found = tablesOf(
      rows,
      places.map((place) => valuesAt(fields, place)[0]),
    );
    if (found !== undefined) member(doc, key, found);
  };
