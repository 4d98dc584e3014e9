/**
 * Parquet, as VPC flow logs are delivered to S3 on request → the lines that the same log has as text: the first one names
 * the columns, an absent value is "-".
 * AWS spells the columns with underscores here and makes numbers of some (version, protocol and the like INT_32).
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
 * https://parquet.apache.org/docs/file-format/
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileMetaData, parquetMetadataAsync, parquetSchema, type SchemaTree } from 'hyparquet';
import { Column } from '../decode/parquet/column.ts';
import { isCount, type Read } from '../decode/parquet/pages.ts';
import { DecodeError, ReadError } from '../errors.ts';
import { MAX_FOOTER_BYTES } from '../limits.ts';
import type { Chunk } from '../model.ts';
import { gcIfGrown } from '../pipeline/gc.ts';
import { Text } from '../text/text.ts';
import { type Caps, checkRatio } from './gunzip.ts';

const CHUNK_BYTES = 256 << 10;
const LINE_BYTES = 4 << 10; // most are shorter

/** `PAR1` */
export const isParquet = (head: Chunk): boolean =>
  head[0] === 0x50 && head[1] === 0x41 && head[2] === 0x52 && head[3] === 0x31;

/**
 * The end of the file says where its columns are, so the object is put on disk first, in `folder`; nothing of it stays there.
 * In memory is one page of each column: a page is 1 MiB at most as writers have it, a row group may be the whole file.
 * Throws DecodeError for a file that is broken, has nested columns or gives more than `maxBytes` of text; ReadError where
 * the disk is full; the input's own errors pass.
 */
export async function* parquetLines(
  chunks: AsyncIterable<Chunk>,
  { uri, maxBytes }: Caps,
  folder = tmpdir(),
): AsyncGenerator<Chunk> {
  const { file, size } = await spooled(chunks, folder, uri);
  let bytes = 0;
  try {
    for await (const chunk of lines(file, size)) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new DecodeError('the object is larger than allowed', { uri, maxBytes });
      checkRatio(size, bytes, uri);
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof DecodeError) throw cause;
    if (cause instanceof Error && 'syscall' in cause) throw new ReadError('the disk could not be read', { uri }, cause);
    throw new DecodeError('the object is broken Parquet', { uri }, { cause });
  } finally {
    await file.close();
  }
}

interface Spooled {
  readonly file: FileHandle;
  readonly size: number;
}

async function spooled(chunks: AsyncIterable<Chunk>, folder: string, uri: string): Promise<Spooled> {
  const onDisk = <T>(work: Promise<T>): Promise<T> =>
    work.catch((cause) => {
      throw new ReadError('the object could not be put on disk to be read', { uri }, cause);
    });
  const path = join(folder, `bongsu-${randomUUID()}.parquet`);
  const file = await onDisk(open(path, 'wx+', 0o600));
  try {
    await onDisk(unlink(path)); // gone with its handle, whatever happens to us
    let size = 0;
    for await (const chunk of chunks) {
      await onDisk(file.writeFile(chunk));
      size += chunk.length;
      gcIfGrown();
    }
    return { file, size };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* lines(file: FileHandle, size: number): AsyncGenerator<Chunk> {
  const metadata = await metadataOf(file, size);
  const { children: leaves } = parquetSchema(metadata);
  const read = reader(file, size);
  let left = metadata.num_rows;
  yield Buffer.from(`${leaves.map(nameOf).join(' ')}\n`);
  for (const { columns: chunks, num_rows: rows } of metadata.row_groups) {
    const names = chunks.map(({ meta_data: chunk }) => chunk?.path_in_schema[0]);
    const isWhole = names.length > 0 && leaves.every(({ element: { name } }, at) => name === names[at]);
    if (!isWhole) throw new DecodeError('a row group has other columns than the file');
    const columns = chunks.map(({ meta_data: chunk }, at) => new Column(read, chunk!, leaves[at]));
    left -= rows;
    yield* table(columns, Number(rows));
  }
  if (left !== 0n) throw new DecodeError('the row groups do not have the rows of the file');
}

function metadataOf(file: FileHandle, size: number): Promise<FileMetaData> {
  const read = reader(file, size);
  const slice = async (start: number, end = size) => {
    if (end - start > MAX_FOOTER_BYTES)
      throw new DecodeError(`the end of the Parquet file is larger than ${MAX_FOOTER_BYTES} bytes`);
    return Uint8Array.from(await read(start, end - start)).buffer;
  };
  return parquetMetadataAsync({ byteLength: size, slice }, { geoparquet: false });
}

/** Node ends the whole process where a length is not a whole number. */
function reader(file: FileHandle, size: number): Read {
  let buffer = new Uint8Array(1 << 20);
  return async (at, length) => {
    if (!isCount(at, size) || !isCount(length, size))
      throw new DecodeError('no such place in the file', { at, length });
    if (length > buffer.length) buffer = new Uint8Array(length);
    const { bytesRead } = await file.read(buffer, 0, length, at);
    return buffer.subarray(0, bytesRead);
  };
}

function nameOf({ element, children }: SchemaTree): string {
  if (children.length > 0 || element.repetition_type === 'REPEATED') {
    throw new DecodeError('the Parquet file has nested columns', { column: element.name });
  }
  return element.name.replaceAll('_', '-');
}

const SPACE = 32;
const NEWLINE = 10;

async function* table(columns: readonly Column[], rows: number): AsyncGenerator<Chunk> {
  let text = new Text(CHUNK_BYTES + LINE_BYTES);
  for (let row = 0; row < rows; ) {
    for (const column of columns) if (column.left === 0) await column.turn();
    row += write(columns, Math.min(rows - row, ...columns.map(({ left }) => left)), text);
    if (text.length < CHUNK_BYTES) continue;
    yield text.slice();
    text = new Text(CHUNK_BYTES + LINE_BYTES);
  }
  yield text.slice();
}

/** Appends rows until the chunk is full, and says how many. A function of its own: in a generator V8 makes objects by the row. */
function write(columns: readonly Column[], most: number, text: Text): number {
  let row = 0;
  while (row < most && text.length < CHUNK_BYTES) {
    for (let i = 0; i < columns.length; i++) {
      columns[i].write(text);
      text.byte(SPACE);
    }
    text.bytes[text.length - 1] = NEWLINE;
    row++;
  }
  return row;
}
