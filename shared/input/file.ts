/** A file of this machine as a body, for previews and dry runs. */
import { createReadStream } from 'node:fs';
import { ReadError } from '../errors.ts';
import type { Body, Chunk } from '../model.ts';
import { unpacked } from './unpacked.ts';

/** Reading throws ReadError where the file can't be read, DecodeError where it is broken. */
export function fileBody(path: string, maxBytes: number): Body {
  const uri = `file:${path}`;
  const times: number[] = [];
  return { uri, chunks: unpacked(read(path), { uri, maxBytes }, times), times };
}

async function* read(path: string): AsyncGenerator<Chunk> {
  const stream = createReadStream(path);
  try {
    for await (const chunk of stream) yield chunk;
  } catch (cause) {
    throw new ReadError('the file could not be read', { path }, cause);
  }
}
