/** A cast over columns: what it appends, and what it says of a value that it does not take. */
import type { Row } from '../../decode/columns.ts';
import { DecodeError } from '../../errors.ts';
import type { Literal, Text } from '../../text/text.ts';

/**
 * Appends `"key":value,` for some columns of a row, or nothing. `key` is `"key":`, rendered; `columns` are positions, -1 for
 * one that the header lacks. Throws DecodeError.
 */
export type Emit = (row: Row, columns: readonly number[], key: Literal, doc: Text) => void;

/** The error for a value that isn't what its column promises. */
export function notA(what: string, name: string, row: Row, column: number): DecodeError {
  const found = Buffer.from(row.bytes.subarray(row.starts[column], row.ends[column])).toString().slice(0, 80);
  const article = /^[aeiou]/i.test(what) ? 'an' : 'a';
  return new DecodeError(`${name} is not ${article} ${what}: ${JSON.stringify(found)}`, { column: name });
}
