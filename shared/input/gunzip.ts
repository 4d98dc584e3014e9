/** Bytes of an object, compressed or not: gzip is recognized by its magic bytes, never by a name. */
import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import { DecodeError } from '../errors.ts';
import { FREE_BYTES, MAX_RATIO } from '../limits.ts';
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
 * Yields the object's bytes unzipped: members one after another are one text, with or without newlines or zeros between;
 * gzip inside gzip is opened too, Zstandard is refused, anything else passes as it is. Nothing is read until asked; whoever stops early stops the input.
 * Throws DecodeError, after all bytes that could be had, for gzip that is broken or ends early, for a wrong checksum, for
 * bytes behind its end, for more than `maxBytes` and for what swells beyond all logs (limits.ts); the input's own errors pass.
 * https://www.rfc-editor.org/rfc/rfc1952
 */
export const gunzipped = (chunks: AsyncIterable<Chunk>, caps: Caps): AsyncGenerator<Chunk> =>
  peeled(chunks, caps, LAYERS);

async function* peeled(chunks: AsyncIterable<Chunk>, caps: Caps, layers: number): AsyncGenerator<Chunk> {
  const source = capped(chunks, caps);
  const { head, whole } = await peek(source, 4);
  if (isZstandard(head)) await refuse(source, 'the object is Zstandard, which is not read: deliver it as gzip', caps);
  if (!isGzip(head)) return yield* whole;
  if (layers > 0) return yield* peeled(inflated(whole, caps.uri), caps, layers - 1);
  await refuse(source, `the object is gzip, compressed more than ${LAYERS} times`, caps);
}

async function refuse(source: AsyncGenerator<Chunk>, reason: string, { uri }: Caps): Promise<never> {
  await source.return(undefined);
  throw new DecodeError(reason, { uri });
}

const isGzip = (head: Chunk): boolean => head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;

/** https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1 */
const isZstandard = (head: Chunk): boolean =>
  head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;

async function* capped(chunks: AsyncIterable<Chunk>, { uri, maxBytes }: Caps): AsyncGenerator<Chunk> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new DecodeError('the object is larger than allowed', { uri, maxBytes });
    yield chunk;
  }
}

/** Refuses what is so much more than it was packed in that it can't be a log. In: bytes so far. Throws DecodeError. */
export function checkRatio(packed: number, unpacked: number, uri: string): void {
  if (unpacked > FREE_BYTES && unpacked > packed * MAX_RATIO)
    throw new DecodeError(`the object swells to more than ${MAX_RATIO} times its size`, { uri, packed, unpacked });
}

/** One member after another. By itself zlib drops what it has unzipped of a chunk when it finds something wrong in it. */
async function* inflated(chunks: AsyncIterable<Chunk>, uri: string): AsyncGenerator<Chunk> {
  const input = new Input(chunks, uri);
  let unpacked = 0;
  try {
    for (let member = 1; await (member === 1 ? input.more() : input.skipBetween()); member++) {
      await skipHeader(input, member);
      let crc = 0;
      let length = 0;
      for await (const chunk of inflatedRaw(input)) {
        crc = crc32(chunk, crc);
        length = (length + chunk.length) >>> 0;
        unpacked += chunk.length;
        checkRatio(input.read, unpacked, uri);
        yield chunk;
      }
      if ((await input.number(4)) !== crc) throw input.broken('the checksum is another one');
      if ((await input.number(4)) !== length) throw input.broken('the length is another one');
    }
  } finally {
    await input.stop();
  }
}

/** Firehose's delimiters, and the zeros that tar and tape writers pad with. */
const BETWEEN = new Set([0, 10, 13]);

const EXTRA = 4;
const TEXTS = [8, 16]; // name, comment
const CHECK = 2;

/** https://www.rfc-editor.org/rfc/rfc1952#page-5 */
async function skipHeader(input: Input, member: number): Promise<void> {
  const isHeader = (await input.byte()) === 0x1f && (await input.more()) && (await input.byte()) === 0x8b;
  if (!isHeader && member > 1) throw new DecodeError('bytes follow the end of the gzip data', { uri: input.uri });
  const method = await input.byte();
  const flags = await input.byte();
  if (method !== 8 || (flags & 0xe0) !== 0) throw input.broken('the header is not known');
  await input.skip(6);
  if ((flags & EXTRA) !== 0) await input.skip(await input.number(2));
  for (const text of TEXTS) if ((flags & text) !== 0) while ((await input.byte()) !== 0);
  if ((flags & CHECK) !== 0) await input.skip(2);
}

/** Bytes that can be put back. Throws DecodeError where there are fewer than asked for. */
class Input {
  readonly uri: string;
  /** Bytes taken from the input so far. */
  read = 0;
  readonly #chunks: AsyncIterator<Chunk>;
  #chunk: Chunk = new Uint8Array(0);
  #at = 0;

  constructor(chunks: AsyncIterable<Chunk>, uri: string) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.uri = uri;
  }

  broken(what: string, cause?: unknown): DecodeError {
    return new DecodeError(`the object is broken gzip: ${what}`, { uri: this.uri }, { cause });
  }

  /** Is there another byte? */
  async more(): Promise<boolean> {
    while (this.#at === this.#chunk.length) {
      const { value, done } = await this.#chunks.next();
      if (done) return false;
      this.#chunk = value;
      this.#at = 0;
      this.read += value.length;
    }
    return true;
  }

  async byte(): Promise<number> {
    if (!(await this.more())) throw this.broken('it ends early');
    return this.#chunk[this.#at++];
  }

  /** Little-endian. */
  async number(bytes: number): Promise<number> {
    let value = 0;
    for (let i = 0; i < bytes; i++) value += (await this.byte()) * 2 ** (8 * i);
    return value;
  }

  async skip(bytes: number): Promise<void> {
    for (let i = 0; i < bytes; i++) await this.byte();
  }

  /** What is left of a chunk, or the next one. */
  async rest(): Promise<Chunk> {
    if (!(await this.more())) throw this.broken('it ends early');
    const chunk = this.#chunk.subarray(this.#at);
    this.#at = this.#chunk.length;
    return chunk;
  }

  /** Skips newlines and zeros that stand between members. Is there another byte? */
  async skipBetween(): Promise<boolean> {
    while (await this.more()) {
      if (!BETWEEN.has(this.#chunk[this.#at])) return true;
      this.#at++;
    }
    return false;
  }

  /** Of what was taken last. */
  putBack(bytes: number): void {
    this.#at -= bytes;
  }

  async stop(): Promise<void> {
    await this.#chunks.return?.();
  }
}

/**
 * One member's content, up to its end and no further. Of each write all output is taken before the next one: where zlib
 * fails, the stream forgets what still waits in it.
 */
async function* inflatedRaw(input: Input): AsyncGenerator<Chunk> {
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES, readableHighWaterMark: 1 } as object);
  const feeding = feed(input, inflate);
  feeding.catch((error) => inflate.destroy(error));
  try {
    for await (const chunk of inflate) yield chunk;
  } catch (cause) {
    throw isZlib(cause) ? input.broken('its blocks are damaged', cause) : cause;
  } finally {
    inflate.destroy();
  }
  await feeding;
}

async function feed(input: Input, inflate: InflateRaw): Promise<void> {
  let fed = 0;
  const isOver = () => inflate.readableEnded || inflate.destroyed;
  while (!isOver()) {
    const chunk = await input.rest();
    if (isOver()) {
      input.putBack(chunk.length);
      return;
    }
    fed += chunk.length;
    await new Promise<void>((resolve, reject) => inflate.write(chunk, (error) => (error ? reject(error) : resolve())));
    if (inflate.bytesWritten < fed) return input.putBack(fed - inflate.bytesWritten);
  }
}

const isZlib = (error: unknown): boolean => (error as NodeJS.ErrnoException | null)?.code?.startsWith('Z_') === true;
