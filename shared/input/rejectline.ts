/**
 * Rejects as they are kept (sink/reject.ts), one line of JSON each, read again.
 * https://www.rfc-editor.org/rfc/rfc4648#section-4
 */
import { gunzipSync } from 'node:zlib';
import { DecodeError } from '../errors.ts';
import { MAX_RECORD_BYTES } from '../limits.ts';
import type { Origin, SinkName } from '../model.ts';
import { isRecord } from './message.ts';

/** A line. Of a reject that is several, the raws of all parts are one text. */
export interface Line extends Origin {
  readonly '@timestamp': string;
  readonly source: string;
  readonly sink?: SinkName;
  readonly reason: string;
  readonly version: string;
  readonly encoding: 'utf8' | 'base64' | 'gzip+base64';
  readonly raw: string;
  readonly id?: string;
  readonly part?: number;
  readonly parts?: number;
}

const TEXTS = ['@timestamp', 'source', 'reason', 'uri', 'version', 'encoding', 'raw'];

/** Throws DecodeError where it is not a reject. */
export function lineOf(text: string): Line {
  const value = parsed(text);
  if (!isRecord(value) || typeof value.seq !== 'number' || TEXTS.some((name) => typeof value[name] !== 'string')) {
    throw new DecodeError('this is not a reject');
  }
  return value as unknown as Line;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DecodeError('this is no JSON', {}, { cause });
  }
}

/** A record that a source refuses may be larger than those that it reads, up to the window of a decoder. */
const MAX_RAW_BYTES = 8 * MAX_RECORD_BYTES;

const decoders: Readonly<Record<Line['encoding'], (text: string) => Buffer>> = {
  utf8: (text) => Buffer.from(text),
  base64: (text) => Buffer.from(text, 'base64'),
  'gzip+base64': (text) => gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: MAX_RAW_BYTES }),
};

/** The record's bytes, of a line that is whole. Throws DecodeError where they can't be had. */
export function rawOf({ encoding, raw }: Pick<Line, 'encoding' | 'raw'>): Buffer {
  try {
    return decoders[encoding](raw);
  } catch (cause) {
    throw new DecodeError("the bytes that were kept can't be read", { encoding }, { cause });
  }
}
