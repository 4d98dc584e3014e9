/**
 * The pages of one column of a Parquet file, unzipped one at a time.
 * https://parquet.apache.org/docs/file-format/data-pages/
 */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type CompressionCodec, type Encoding, type PageHeader, snappyUncompress } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { DecodeError } from '../errors.ts';

/** Some of the file's bytes, or all there are. */
export type Read = (at: number, length: number) => Promise<Uint8Array>;

export interface ColumnChunk {
  readonly at: number;
  readonly end: number;
  readonly codec: CompressionCodec;
  /** Whether values may be absent. */
  readonly isNullable: boolean;
}

export interface Page {
  readonly isDictionary: boolean;
  readonly encoding: Encoding;
  /** Values, absent ones included. */
  readonly count: number;
  /** Whether each value is there, as a hybrid (hybrid.ts) of one bit; undefined: all are. */
  readonly levels: Section | undefined;
  readonly values: Section;
}

/** 8 readable bytes follow `end`. */
export interface Section {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const MAX_HEADER = 64 << 10;
const MAX_PAGE = 64 << 20; // unzipped; writers aim at 1 MiB
const SLACK = 8;

type Unzip = (bytes: Uint8Array, size: number) => Uint8Array;
const CODECS: Readonly<Partial<Record<CompressionCodec, Unzip>>> = {
  UNCOMPRESSED: (bytes) => bytes,
  SNAPPY(bytes, size) {
    const page = new Uint8Array(size);
    snappyUncompress(bytes, page);
    return page;
  },
  GZIP: inOnePiece(gunzipSync),
  ZSTD: inOnePiece(zstdDecompressSync),
  BROTLI: inOnePiece(brotliDecompressSync),
};

/** By itself zlib makes 64 pieces of 1 MiB. A dictionary without values has no bytes at all. */
function inOnePiece(
  unzip: (bytes: Uint8Array, limits: { maxOutputLength: number; chunkSize: number }) => Buffer,
): Unzip {
  return (bytes, size) =>
    size === 0 ? bytes.subarray(0, 0) : unzip(bytes, { maxOutputLength: size, chunkSize: Math.max(size, 64) });
}

/** Throws DecodeError, or what the libraries throw, where the bytes are no pages. */
export async function* pages(read: Read, { at, end, codec, isNullable }: ColumnChunk): AsyncGenerator<Page> {
  const unzip = CODECS[codec];
  if (unzip === undefined) throw new DecodeError(`pages are compressed with ${codec}`);
  while (at < end) {
    const head = await read(at, Math.min(MAX_HEADER, end - at));
    const reader = { view: new DataView(head.buffer, head.byteOffset, head.length), offset: 0 };
    const header = parquetHeader(reader);
    const { compressed_page_size: length, uncompressed_page_size: size } = header;
    at += reader.offset;
    if (!(size <= MAX_PAGE && length <= end - at)) throw new DecodeError('a page is too large', { size, length });
    const bytes = await read(at, length);
    at += length;
    const page = PAGES[header.type]?.(header, bytes, unzip, isNullable);
    if (page !== undefined) yield page;
  }
}

type Open = (header: PageHeader, bytes: Uint8Array, unzip: Unzip, isNullable: boolean) => Page;
const PAGES: Readonly<Partial<Record<PageHeader['type'], Open>>> = {
  DICTIONARY_PAGE({ dictionary_page_header: header, uncompressed_page_size: size }, bytes, unzip) {
    const { num_values: count, encoding } = header!;
    return { isDictionary: true, encoding, count, levels: undefined, values: section(unzip(bytes, size), size) };
  },

  DATA_PAGE({ data_page_header: header, uncompressed_page_size: size }, bytes, unzip, isNullable) {
    const { num_values: count, encoding } = header!;
    const whole = section(unzip(bytes, size), size);
    if (!isNullable) return { isDictionary: false, encoding, count, levels: undefined, values: whole };
    const start = 4 + new DataView(whole.bytes.buffer).getUint32(0, true);
    if (start > size) throw new DecodeError('a page is shorter than its levels');
    return {
      isDictionary: false,
      encoding,
      count,
      levels: { ...whole, start: 4, end: start },
      values: { ...whole, start },
    };
  },

  DATA_PAGE_V2({ data_page_header_v2: header, uncompressed_page_size: size }, bytes, unzip) {
    const { num_values: count, encoding, is_compressed: isZipped } = header!;
    const { repetition_levels_byte_length: repetitions, definition_levels_byte_length: definitions } = header!;
    const start = repetitions + definitions;
    const values = bytes.subarray(start);
    return {
      isDictionary: false,
      encoding,
      count,
      levels: definitions === 0 ? undefined : section(bytes.subarray(repetitions, start), definitions),
      values: section(isZipped === false ? values : unzip(values, size - start), size - start),
    };
  },
};

function section(bytes: Uint8Array, size: number): Section {
  if (bytes.length !== size) throw new DecodeError('a page is not as long as it says', { size, length: bytes.length });
  const roomy = new Uint8Array(size + SLACK);
  roomy.set(bytes);
  return { bytes: roomy, start: 0, end: size };
}
