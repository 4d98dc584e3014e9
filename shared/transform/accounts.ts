/** What is known of the account that a record is of, beside its number: rows for a field map, and their casts. */

import type { Row } from '../decode/columns.ts';
import { type JsonFields, STRING } from '../decode/jsonfields.ts';
import type { AccountFields, Assets } from '../enrich/assets.ts';
import { EMPTY, type Literal, type Text } from '../text/text.ts';
import type { Emit as JsonEmit } from './bytes/write.ts';
import type { Emit as ColumnEmit } from './columns/emit.ts';
import type { Field } from './rows.ts';

const TARGETS = {
  'cloud.account.name': 'name',
  'organization.id': 'organization',
  'aws.account': 'detail',
} as const satisfies Readonly<Record<string, keyof AccountFields>>;

const castOf = (member: keyof AccountFields): string => `account.${member}`;
const MEMBERS = Object.values(TARGETS);

/** Rows by the column or the path that the account's number stands at. */
export const accountRows = (from: string): readonly Field[] =>
  Object.entries(TARGETS).map(([target, member]): Field => [target, from, castOf(member)]);

type Casts<E> = Readonly<Record<string, E>>;

const casts = <E>(make: (member: keyof AccountFields) => E): Casts<E> =>
  Object.fromEntries(MEMBERS.map((member) => [castOf(member), make(member)]));

export function accountColumnCasts(assets: Assets): Casts<ColumnEmit> {
  const find = finder(assets);
  return casts((member) => ({ view, starts, ends }: Row, columns, key, doc) => {
    const column = columns[0];
    put(find(view, starts[column], ends[column])?.[member], key, doc);
  });
}

export function accountJsonCasts(assets: Assets): Casts<JsonEmit> {
  const find = finder(assets);
  return casts((member) => ({ view, kinds, starts, ends }: JsonFields, [index], key, doc) => {
    if (kinds[index] === STRING) put(find(view, starts[index], ends[index])?.[member], key, doc);
  });
}

function put(value: Literal = EMPTY, key: Literal, doc: Text): void {
  if (value.length === 0) return;
  doc.literal(key);
  doc.literal(value);
}

const DIGITS = 12;

/** Most records are of the same account as the one before. */
function finder(assets: Assets): (view: DataView, start: number, end: number) => AccountFields | undefined {
  const last = new Int32Array(3);
  let found: AccountFields | undefined;
  let of: Assets['table'];
  return (view, start, end) => {
    if (end - start !== DIGITS) return undefined;
    const { table } = assets;
    const isLast =
      view.getInt32(start, true) === last[0] &&
      view.getInt32(start + 4, true) === last[1] &&
      view.getInt32(start + 8, true) === last[2];
    if (!isLast || of !== table) {
      of = table;
      for (let i = 0; i < 3; i++) last[i] = view.getInt32(start + 4 * i, true);
      found = table?.account(Buffer.from(last.buffer).toString());
    }
    return found;
  };
}
