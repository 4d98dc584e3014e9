/** Bytes of an object, compressed or not: gzip is recognized by its magic bytes, never by a name. */
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DecodeError } from '../errors.ts';
import type { Chunk } from '../model.ts';
import { peek } from './peek.ts';

export interface Caps {
  /** Names the object in errors. */
  readonly uri: string;
  /** Of the object once unzipped. */
  readonly maxBytes: number;
}

const LAYERS = 2; // some shippers compress what was compressed already; a file that unzips to itself must end
const CHUNK_BYTES = 256 * 1024; // 16 KiB (the default) unzips at half the speed

/**
 * Yields the object's bytes unzipped: members one after another are one text, gzip inside gzip is opened too, anything
 * else passes as it is. Nothing is read until asked; whoever stops early stops the input.
 * Throws DecodeError for broken gzip, for bytes behind its end and for more than `maxBytes`; the input's own errors pass.
 * https://www.rfc-editor.org/rfc/rfc1952
 */
export const gunzipped = (chunks: AsyncIterable<Chunk>, caps: Caps): AsyncGenerator<Chunk> =>
  peeled(chunks, caps, LAYERS);

async function* peeled(chunks: AsyncIterable<Chunk>, caps: Caps, layers: number): AsyncGenerator<Chunk> {
  const source = capped(chunks, caps);
  const { head, whole } = await peek(source, 3);
  if (!isGzip(head)) return yield* whole;
  if (layers > 0) return yield* peeled(inflated(whole, caps.uri), caps, layers - 1);
  await source.return(undefined);
  throw new DecodeError(`the object is compressed more than ${LAYERS} times`, { uri: caps.uri });
}

const isGzip = (head: Chunk): boolean => head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;

async function* capped(chunks: AsyncIterable<Chunk>, { uri, maxBytes }: Caps): AsyncGenerator<Chunk> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new DecodeError('the object is larger than allowed', { uri, maxBytes });
    yield chunk;
  }
}

async function* inflated(chunks: AsyncIterable<Chunk>, uri: string): AsyncGenerator<Chunk> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  let fed = 0;
  let ended = false;
  async function* counted(): AsyncGenerator<Chunk> {
    for await (const chunk of chunks) {
      fed += chunk.length;
      yield chunk;
    }
    ended = true;
  }
  pipeline(counted(), gunzip, () => {}); // how it ends shows in the iteration below
  try {
    for await (const chunk of gunzip) yield chunk;
  } catch (cause) {
    throw isZlib(cause) ? new DecodeError('the object is broken gzip', { uri }, { cause }) : cause;
  }
  // zlib ends in silence at zero bytes behind a member and leaves what follows unread.
  if (!ended || fed > gunzip.bytesWritten) throw new DecodeError('bytes follow the end of the gzip data', { uri });
}

const isZlib = (error: unknown): boolean => (error as NodeJS.ErrnoException | null)?.code?.startsWith('Z_') === true;
