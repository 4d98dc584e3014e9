/**
 * Events out of the archive (sink/archive.ts), each as it once came: delivered again they get the ids that they had.
 * In: `{"source":"guardduty","id":"…","time":"…","event":{…}}`, one a line. Out: the events, one a line.
 */
import type { Bytes, Chunk } from '../model.ts';
import { unwrapped } from './unwrapped.ts';

/** Whether what begins like this is the archive's. */
export const isArchived = (head: Chunk): boolean =>
  /^\{"source":"[a-z-]+","id":"/.test(Buffer.from(head).toString('latin1'));

export const archived = (chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk> => unwrapped(chunks, eventIn);

// inside of a string a quote has a backslash in front, so this stands in no id
const EVENT = ',"event":';

function eventIn({ bytes, start, end }: Bytes): readonly string[] {
  const record = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  const at = record.indexOf(EVENT);
  return [at < 0 ? record.toString() : record.toString('utf8', at + EVENT.length, record.length - 1)];
}
