/** What AWS packed a log in for its delivery, taken off: recognized by how the bytes begin, never by a name. */
import type { Chunk } from '../model.ts';
import { archived, isArchived } from './archived.ts';
import { type Caps, gunzipped } from './gunzip.ts';
import { isParquet, parquetLines } from './parquet.ts';
import { peek } from './peek.ts';
import { isWrapped, unwrapped } from './unwrapped.ts';

const HEAD = 64;

const packings: readonly {
  is(head: Chunk): boolean;
  open(chunks: AsyncIterable<Chunk>, caps: Caps): AsyncGenerator<Chunk>;
}[] = [
  { is: isParquet, open: parquetLines },
  { is: isWrapped, open: (chunks) => unwrapped(chunks) },
  { is: isArchived, open: archived },
];

/**
 * Yields the records' own bytes: unzipped (gunzip.ts), Parquet as text (parquet.ts), messages out of their wraps
 * (unwrapped.ts), events out of the archive (archived.ts). Throws what those throw.
 */
export async function* unpacked(chunks: AsyncIterable<Chunk>, caps: Caps): AsyncGenerator<Chunk> {
  const { head, whole } = await peek(gunzipped(chunks, caps), HEAD);
  const packing = packings.find(({ is }) => is(head));
  yield* packing === undefined ? whole : packing.open(whole, caps);
}
