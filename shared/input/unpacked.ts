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
  open(chunks: AsyncIterable<Chunk>, caps: Caps, times?: number[]): AsyncGenerator<Chunk>;
}[] = [
  { is: isParquet, open: (chunks, caps) => parquetLines(chunks, caps) },
  { is: isWrapped, open: (chunks, _caps, times) => unwrapped(chunks, undefined, times) },
  { is: isArchived, open: archived },
];

/** Leaves out a byte order mark: it says that this is UTF-8, which all logs are. https://www.rfc-editor.org/rfc/rfc3629#section-6 */
async function* withoutMark(chunks: AsyncGenerator<Chunk>): AsyncGenerator<Chunk> {
  const { head, whole } = await peek(chunks, 3);
  let left = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  for await (const chunk of whole) {
    yield left > 0 ? chunk.subarray(left) : chunk;
    left = 0;
  }
}

/**
 * Yields the records' own bytes: unzipped (gunzip.ts), Parquet as text (parquet.ts), messages out of their wraps
 * (unwrapped.ts), events out of the archive (archived.ts). Throws what those throw.
 * `times`: takes when each record was logged, epoch milliseconds, where the packing says so.
 */
export async function* unpacked(chunks: AsyncIterable<Chunk>, caps: Caps, times?: number[]): AsyncGenerator<Chunk> {
  const { head, whole } = await peek(withoutMark(gunzipped(chunks, caps)), HEAD);
  const packing = packings.find(({ is }) => is(head));
  yield* packing === undefined ? whole : packing.open(whole, caps, times);
}
