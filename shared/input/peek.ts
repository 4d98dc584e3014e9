/** A look at how bytes begin, without losing them. */
import type { Chunk } from '../model.ts';

export interface Peeked {
  /** At least as many bytes as were asked for, where there are that many. */
  readonly head: Chunk;
  /** All bytes, `head` included. Whoever has begun and stops early stops the input. */
  readonly whole: AsyncGenerator<Chunk>;
}

export async function peek(source: AsyncGenerator<Chunk>, count: number): Promise<Peeked> {
  let head: Chunk = new Uint8Array(0);
  while (head.length < count) {
    const { value, done } = await source.next();
    if (done) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  return { head, whole: behind(head, source) };
}

async function* behind(head: Chunk, rest: AsyncGenerator<Chunk>): AsyncGenerator<Chunk> {
  try {
    if (head.length > 0) yield head;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
