/** Remembers what was computed from a record's values. Records of a kind often repeat the same few. */
import { ABSENT, type JsonFields } from '../../decode/jsonfields.ts';

const INDEXES = 4096;
const MOST_REMEMBERED = 1024; // bytes of one; most are below 100

/** What `compute` makes of some paths' values, once for the same values: some hundreds are remembered. */
export function remembering<T>(fields: JsonFields, indexes: readonly number[], compute: () => T): () => T {
  const known = new Array<{ readonly text: Uint8Array; readonly result: T } | undefined>(INDEXES).fill(undefined);
  return () => {
    const at = hash(fields, indexes);
    const found = known[at];
    if (found !== undefined && isSame(fields, indexes, found.text)) return found.result;
    const result = compute();
    if (size(fields, indexes) <= MOST_REMEMBERED) known[at] = { text: joined(fields, indexes), result };
    return result;
  };
}

function size({ kinds, starts, ends }: JsonFields, indexes: readonly number[]): number {
  let bytes = 0;
  for (let i = 0; i < indexes.length; i++)
    if (kinds[indexes[i]] !== ABSENT) bytes += ends[indexes[i]] - starts[indexes[i]];
  return bytes;
}

/** By the length and both ends of each value. */
function hash({ view, kinds, starts, ends }: JsonFields, indexes: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i];
    if (kinds[index] === ABSENT) continue;
    sum = Math.imul(sum ^ view.getInt32(starts[index], true), 0x01000193);
    sum = Math.imul(sum ^ view.getInt32(ends[index] - 4, true), 0x01000193);
    sum = Math.imul(sum ^ (ends[index] - starts[index]), 0x01000193);
  }
  return (sum ^ (sum >>> 16)) & (INDEXES - 1);
}

/** Behind each value stands what no JSON has. */
function joined({ bytes, kinds, starts, ends }: JsonFields, indexes: readonly number[]): Uint8Array {
  const parts = indexes.flatMap((index) =>
    kinds[index] === ABSENT ? NONE_END : [bytes.subarray(starts[index], ends[index]), END],
  );
  return new Uint8Array(Buffer.concat(parts)); // else 8 KiB of a pool live as long
}

const END = Uint8Array.of(0);
const NONE_END = Uint8Array.of(1);

function isSame({ bytes, kinds, starts, ends }: JsonFields, indexes: readonly number[], text: Uint8Array): boolean {
  let to = 0;
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i];
    const isThere = kinds[index] !== ABSENT;
    if (isThere) for (let at = starts[index]; at < ends[index]; at++) if (text[to++] !== bytes[at]) return false;
    if (text[to++] !== (isThere ? 0 : 1)) return false;
  }
  return to === text.length;
}
