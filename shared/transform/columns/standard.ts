/** The casts of shared/transform/casts.ts over columns, for those that have no faster way here. */
import type { Row } from '../../decode/columns.ts';
import type { Geo } from '../../enrich/geo.ts';
import { CASTS, type CastName } from '../casts.ts';
import { trimmed } from '../flat.ts';
import { member } from '../operations.ts';
import type { Field } from '../rows.ts';
import { type Emit, notA } from './emit.ts';

const textAt = ({ bytes, starts, ends }: Row, column: number): string | undefined =>
  column < 0 || starts[column] === ends[column]
    ? undefined
    : Buffer.from(bytes.subarray(starts[column], ends[column])).toString();

/** Throws DecodeError, naming the column, for a value that the cast doesn't take. */
export function standard(name: CastName, isList: boolean, geo: Pick<Geo, 'of'>): Emit {
  const { takes, of } = CASTS[name];
  const values = (row: Row, columns: readonly number[]) => columns.map((column) => textAt(row, column));
  if (takes === 'all') return emitting((row, columns) => of(values(row, columns) as never));
  const one = (row: Row, column: number): unknown => {
    const text = textAt(row, column);
    const result = text === undefined ? undefined : of([text] as never);
    if (text !== undefined && result === undefined) throw notA(name, row.header.names[column], row, column);
    return result;
  };
  if (isList) {
    return emitting((row, columns) => {
      const list = new Set(columns.map((column) => one(row, column)).filter((each) => each !== undefined));
      return list.size === 0 ? undefined : [...list];
    });
  }
  const first = (row: Row, columns: readonly number[]) => one(row, columns.find((column) => column >= 0) ?? -1);
  return name === 'geo' ? withGeo(emitting(first), first, geo) : emitting(first);
}

const emitting =
  (of: (row: Row, columns: readonly number[]) => unknown): Emit =>
  (row, columns, key, doc) => {
    const value = of(row, columns);
    if (value !== undefined) member(doc, key, value);
  };

const withGeo =
  (emit: Emit, of: (row: Row, columns: readonly number[]) => unknown, geo: Pick<Geo, 'of'>): Emit =>
  (row, columns, key, doc) => {
    emit(row, columns, key, doc);
    const place = geo.of(String(of(row, columns) ?? ''));
    for (const [name, value] of Object.entries(place ?? {})) {
      doc.string(`${JSON.stringify(name)}:${JSON.stringify(value)},`);
    }
  };

/** Columns that no row reads. */
export function others(fields: readonly Field[], names: readonly string[]): Emit {
  const read = new Set(fields.flatMap(([, columns]) => columns ?? []));
  const rest = names.flatMap((name, column) => (read.has(name) ? [] : [[name, column] as const]));
  return emitting((row) => {
    const found = rest.flatMap(([name, column]) =>
      textAt(row, column) === undefined ? [] : [[name, trimmed(textAt(row, column))] as const],
    );
    return found.length === 0 ? undefined : Object.fromEntries(found);
  });
}
