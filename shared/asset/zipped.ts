/** A table as it is stored: gzip. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { DecodeError } from '../errors.ts';

const LEAST = 1 << 16;
const MOST = 1 << 28;

export const zipped = (table: Uint8Array): Promise<Uint8Array> => promisify(gzip)(table);

/** Throws DecodeError for bytes that are no gzip or end too early. */
export async function unzipped(bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(bytes, { chunkSize: sizeOf(bytes) });
  } catch (cause) {
    throw new DecodeError('the table is no gzip, or damaged', {}, { cause });
  }
}

/**
 * Room for all of it, by its last four bytes: in one piece 27 MB take 57 ms, put together from pieces 78. With no byte to spare
 * zlib would make as much room again.
 */
function sizeOf(bytes: Uint8Array): number {
  if (bytes.length < 4) return LEAST;
  const size = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4).getUint32(0, true);
  return Math.min(MOST, Math.max(LEAST, size + 64));
}
