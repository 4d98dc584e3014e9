/** The lines of bytes. In: chunks cut anywhere. Out: text without the newline; the last line needs none. */
import type { Chunk } from '../../shared/model.ts';

const NEWLINE = 10;

/** Splits at newlines only: other separators that readline knows may stand inside of JSON. */
export async function* lines(chunks: AsyncIterable<Chunk>): AsyncGenerator<string> {
  let open: Chunk[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...open, chunk.subarray(start, end)]).toString();
      open = [];
      start = end + 1;
    }
    if (start < chunk.length) open.push(Buffer.from(chunk.subarray(start))); // the chunk may be used again
  }
  if (open.length > 0) yield Buffer.concat(open).toString();
}
