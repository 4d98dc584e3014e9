/** Objects to measure with, as AWS delivers them. */
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Writes text as one gzip object. */
export async function writeObject(path: string, pieces: Iterable<string>): Promise<void> {
  function* blocks() {
    let block = '';
    for (const piece of pieces) {
      block += piece;
      if (block.length > 1 << 20) {
        yield block;
        block = '';
      }
    }
    yield block;
  }
  await pipeline(blocks, createGzip({ level: 6 }), createWriteStream(path));
}

/** Bytes of one that is less than 4 GiB, unzipped. https://www.rfc-editor.org/rfc/rfc1952#page-5 */
export async function unzippedSize(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, size - 4);
    return buffer.readUInt32LE();
  } finally {
    await file.close();
  }
}

export function* lines(records: Iterable<string>): Generator<string> {
  for (const record of records) yield `${record}\n`;
}

/** `{"Records":[…]}` */
export function* member(name: string, records: Iterable<string>): Generator<string> {
  let before = `{"${name}":[`;
  for (const record of records) {
    yield before + record;
    before = ',';
  }
  yield ']}';
}
