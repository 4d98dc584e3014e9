/** The text of a `_bulk` request: unzipped, bounded. */
import { DecodeError } from '../../../shared/errors.ts';
import { gunzipped } from '../../../shared/input/gunzip.ts';
import { one } from '../../../shared/input/one.ts';
import type { Chunk } from '../../../shared/model.ts';
import { MAX_BODY_BYTES } from '../limits.ts';

/** A gateway that treats the body as text puts this character in place of bytes that are not UTF-8. */
const REPLACED = Buffer.from('\uFFFD');

/** Throws DecodeError for broken gzip and for more than MAX_BODY_BYTES. */
export function textOf(body: Buffer, encoding = ''): Promise<Buffer> {
  if (/gzip/i.test(encoding) && !(body[0] === 0x1f && body[1] === 0x8b)) {
    throw new DecodeError(`the body is not gzip, though its Content-Encoding says so`);
  }
  if (body[0] === 0x1f && body.subarray(0, 16).includes(REPLACED)) {
    throw new DecodeError('a gateway has changed the bytes of the body: send it without gzip (compression_level: 0)');
  }
  return whole(gunzipped(one<Chunk>(body), { uri: 'body', maxBytes: MAX_BODY_BYTES }));
}

/** All chunks as one. Throws DecodeError for more than MAX_BODY_BYTES. */
export async function whole(chunks: AsyncIterable<Chunk>): Promise<Buffer> {
  const all: Chunk[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new DecodeError('the body is larger than allowed', { maxBytes: MAX_BODY_BYTES });
    all.push(chunk);
  }
  return all.length === 1 ? Buffer.from(all[0].buffer, all[0].byteOffset, all[0].length) : Buffer.concat(all);
}
