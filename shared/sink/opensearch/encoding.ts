/**
 * How bodies are compressed for OpenSearch: zstd at level 1 takes less CPU than gzip and makes fewer bytes. OpenSearch 3.4 reads it;
 * 2.19 ends the connection without an answer, and proxies turn that into a 502. Nothing says beforehand which one a node reads.
 */
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import { ConnectionError, ResponseError } from '@opensearch-project/opensearch/lib/errors.js';
import { gzip } from '../delivery/gzip.ts';

export type ContentEncoding = 'gzip' | 'zstd';

/** Sends one body by `request`. Throws what `request` throws. */
export type SendEncoded = <T>(
  text: Uint8Array,
  request: (body: Buffer, encoding: ContentEncoding) => Promise<T>,
) => Promise<T>;

export const inGzip: SendEncoded = async (text, request) => request(await gzip(text), 'gzip');

const compress = promisify(zstdCompress);
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 }, chunkSize: 256 * 1024 };

export const inZstd: SendEncoded = async (text, request) => request(await compress(text, OPTIONS), 'zstd');

/**
 * Keep one for each address and share it: it remembers what the address takes. The first body is sent in zstd. If it arrives, so
 * are all others. If it does not, it is sent again in gzip, and so are all others. Actions have ids, so a body that arrived twice
 * changes nothing.
 */
export function zstdOrGzip(): SendEncoded {
  let chosen: SendEncoded | undefined;
  return async (text, request) => {
    if (chosen !== undefined) return chosen(text, request);
    try {
      const answer = await inZstd(text, request);
      chosen ??= inZstd;
      return answer;
    } catch (error) {
      if (isOfAnyEncoding(error)) throw error;
      chosen ??= inGzip;
      if (!isAnswered(error)) throw error;
    }
    return inGzip(text, request);
  };
}

/** Login, size and load are looked at before the body is. */
const BEFORE = new Set([401, 403, 413, 429]);
const isOfAnyEncoding = (error: unknown) => error instanceof ResponseError && BEFORE.has(error.statusCode!);

/** False: the time is over. */
const isAnswered = (error: unknown) => error instanceof ResponseError || error instanceof ConnectionError;
