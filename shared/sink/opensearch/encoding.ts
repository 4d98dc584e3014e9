/**
 * How bodies are compressed for OpenSearch: zstd at level 1 takes less CPU than gzip and makes fewer bytes. OpenSearch 3.4 reads it;
 * 2.19 ends the connection without an answer, and proxies turn that into a 502. A node does not say beforehand which encodings it reads.
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
 * Tries zstd with the first body, and remembers the result: share one for each address. If zstd fails, the body and all later
 * ones are sent in gzip. A body that arrives twice changes nothing, because its actions have ids.
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
      if (isBeforeDecoding(error)) throw error;
      chosen ??= inGzip;
      if (!canSendAgain(error)) throw error;
    }
    return inGzip(text, request);
  };
}

/** A server refuses a login, a size or too many requests before it decodes the body. */
const BEFORE_DECODING = new Set([401, 403, 413, 429]);
const isBeforeDecoding = (error: unknown) => error instanceof ResponseError && BEFORE_DECODING.has(error.statusCode!);

/** False: the time limit ended the request. */
const canSendAgain = (error: unknown) => error instanceof ResponseError || error instanceof ConnectionError;
