import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';

/** A request's body in clear, by its content-encoding. */
export function decoded(body: Buffer, headers: IncomingHttpHeaders): Buffer {
  const { 'content-encoding': encoding = 'identity' } = headers;
  if (encoding === 'gzip') return gunzipSync(body);
  if (encoding === 'zstd') return zstdDecompressSync(body);
  if (encoding === 'identity') return body;
  throw new Error(`nobody here reads ${encoding}`);
}
