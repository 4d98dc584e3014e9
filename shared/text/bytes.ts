/** Text as a record's bytes. */
import type { Bytes } from '../model.ts';

const SLACK = 8; // readable bytes behind the end, see Bytes

export function bytesOf(text: string): Bytes {
  const end = Buffer.byteLength(text);
  const bytes = Buffer.alloc(end + SLACK);
  bytes.write(text);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start: 0, end };
}
