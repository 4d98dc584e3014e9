/**
 * The pages of one column of a Parquet file, unzipped one at a time.
 * https://parquet.apache.org/docs/file-format/data-pages/
 */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type CompressionCodec, type Encoding, type PageHeader, snappyUncompress } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { DecodeError } from '../../errors.ts';
import { MAX_PAGE_BYTES } from '../../limits.ts';

/** Some of the file's bytes, or all there are; valid until the next call. */
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
const SLACK = 8;

/** Gives bytes of its own with SLACK behind them. */
type Unzip = (bytes: Uint8Array, size: number) => Uint8Array;
const CODECS: Readonly<Partial<Record<CompressionCodec, Unzip>>> = {
  UNCOMPRESSED: roomy,
  SNAPPY(bytes, size) {
    const page = new Uint8Array(size + SLACK).subarray(0, size);
    snappyUncompress(bytes, page);
    return page;
  },
  GZIP: inOnePiece(gunzipSync),
  ZSTD: inOnePiece(zstdDecompressSync),
  BROTLI: inOnePiece(brotliDecompressSync),
};

function roomy(bytes: Uint8Array): Uint8Array {
  const page = new Uint8Array(bytes.length + SLACK).subarray(0, bytes.length);
  page.set(bytes);
  return page;
}

/** By itself zlib makes 64 pieces of 1 MiB and copies them together. A dictionary without values has no bytes at all. */
function inOnePiece(
  unzip: (bytes: Uint8Array, limits: { maxOutputLength: number; chunkSize: number }) => Uint8Array,
): Unzip {
  return (bytes, size) => {
    if (size === 0) return roomy(bytes.subarray(0, 0));
    const page = unzip(bytes, { maxOutputLength: size, chunkSize: Math.max(size + SLACK, 64) });
    const behind = page.buffer.byteLength - page.byteOffset - page.length;
    return behind < SLACK ? roomy(page) : page;
  };
}

/** Throws DecodeError, or what the libraries throw, where the bytes are no pages. */
export async function* pages(read: Read, { at, end, codec, isNullable }: ColumnChunk): AsyncGenerator<Page> {
  const unzip = CODECS[codec];
  if (unzip === undefined) throw new DecodeError(`pages are compressed with ${codec ?? 'nobody knows what'}`);
  while (at < end) {
    const head = await read(at, Math.min(MAX_HEADER, end - at));
    const reader = { view: new DataView(head.buffer, head.byteOffset, head.length), offset: 0 };
    const header = parquetHeader(reader);
    const { compressed_page_size: length, uncompressed_page_size: size } = header;
    at += reader.offset;
    if (!isCount(size, MAX_PAGE_BYTES) || !isCount(length, Math.min(MAX_PAGE_BYTES, end - at))) {
      throw new DecodeError('a page has no size that it can have', { size, length });
    }
    const bytes = await read(at, length);
    at += length;
    const page = PAGES[header.type]?.(header, bytes, unzip, isNullable);
    if (page === undefined) continue;
    if (!isCount(page.count)) throw new DecodeError('a page has no number of values', { count: page.count });
    yield page;
  }
}

/** What is read may be of any type: the format writes it in front of each number. */
export const isCount = (value: unknown, most = Number.MAX_SAFE_INTEGER): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;

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
    const levels = whole.start + 4;
    const start = levels + new DataView(whole.bytes.buffer).getUint32(whole.start, true);
    if (start > whole.end) throw new DecodeError('a page is shorter than its levels');
    return {
      isDictionary: false,
      encoding,
      count,
      levels: { ...whole, start: levels, end: start },
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
      levels: definitions === 0 ? undefined : section(roomy(bytes.subarray(repetitions, start)), definitions),
      values: section((isZipped === false ? roomy : unzip)(values, size - start), size - start),
    };
  },
};

function section(page: Uint8Array, size: number): Section {
  if (page.length !== size) throw new DecodeError('a page is not as long as it says', { size, length: page.length });
  return { bytes: new Uint8Array(page.buffer), start: page.byteOffset, end: page.byteOffset + size };
}
