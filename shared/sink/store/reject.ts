/**
 * One reject as a line of JSON that keeps every byte of the record:
 * `{"@timestamp","source","sink"?,"reason","uri","seq","version","encoding":"utf8","raw"}`, with a newline.
 * encoding: `utf8` · `base64` · `gzip+base64`; with `id`, `part` (from 1) and `parts`, the raws of all parts are one text.
 */
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Reject } from '../../model.ts';

const MAX_REASON = 4096; // destinations quote what they refuse

/** `version`: of this project, whose mapping refused the record. `maxBytes`: of one line; a larger record is several. */
export function lines(reject: Reject, version: string, maxBytes = Number.POSITIVE_INFINITY): readonly Buffer[] {
  const { source, sink, reason, uri, seq, raw } = reject;
  const envelope = {
    '@timestamp': new Date().toISOString(),
    source,
    sink,
    reason: reason.slice(0, MAX_REASON),
    uri,
    seq,
    version,
  };
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  const plain = line(envelope, isUtf8(bytes) ? 'utf8' : 'base64', bytes);
  if (plain.length <= maxBytes) return [plain];
  const zipped = line(envelope, 'gzip+base64', gzipSync(bytes));
  return zipped.length <= maxBytes ? [zipped] : parts(envelope, gzipSync(bytes).toString('base64'), maxBytes);
}

const line = (envelope: object, encoding: 'utf8' | 'base64' | 'gzip+base64', bytes: Buffer): Buffer =>
  written({ ...envelope, encoding, raw: bytes.toString(encoding === 'utf8' ? 'utf8' : 'base64') });

const written = (entry: object): Buffer => Buffer.from(`${JSON.stringify(entry)}\n`);

function parts(envelope: object, text: string, maxBytes: number): readonly Buffer[] {
  const head = { ...envelope, encoding: 'gzip+base64', id: randomUUID() };
  const room = maxBytes - written({ ...head, part: 99_999, parts: 99_999, raw: '' }).length;
  const size = room - (room % 4); // each part is base64 by itself
  const count = Math.ceil(text.length / size);
  return Array.from({ length: count }, (_, at) =>
    written({ ...head, part: at + 1, parts: count, raw: text.slice(at * size, (at + 1) * size) }),
  );
}
