/** Text, or UTF-8, as a record's bytes. */
import type { Bytes } from '../model.ts';

const SLACK = 8; // readable bytes behind the end, see Bytes

/** Copies. */
export function bytesOf(text: string | Uint8Array): Bytes {
  const content = typeof text === 'string' ? Buffer.from(text) : text;
  const bytes = Buffer.alloc(content.length + SLACK);
  bytes.set(content);
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    start: 0,
    end: content.length,
  };
}
