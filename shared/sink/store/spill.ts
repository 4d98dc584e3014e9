/**
 * Records that a destination did not accept, kept in S3 until it does: one object for each batch. functions/replay sends it.
 * Gzip of a line of JSON and, after it, the records' slices of the request body as they were:
 * `{"version":1,"sink":"splunk","source":"waf","reason":"…","attempt":1,"at":"…","to"?:"…","records":[{"id","uri","seq","bytes"},…]}`
 */
import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { DecodeError, DeliveryError } from '../../errors.ts';
import type { SinkName, Spill } from '../../model.ts';
import { Batch } from '../../text/batch.ts';
import { gzip } from '../delivery/gzip.ts';

export interface SpillOptions {
  readonly client: Pick<S3Client, 'send'>;
  readonly bucket: string;
  /** Of the keys, without a slash at its end. */
  readonly prefix: string;
  readonly source: string;
  /** Epoch milliseconds until which there is time. */
  readonly deadline: () => number;
}

export interface Spilled {
  readonly version: 1;
  readonly sink: SinkName;
  readonly source: string;
  readonly reason: string;
  /** How often the records were sent in vain. */
  readonly attempt: number;
  /** When they were put here, ISO 8601. */
  readonly at: string;
  /** Where the sink sends to, if settings don't say it. */
  readonly to?: string | undefined;
  readonly records: readonly SpilledRecord[];
}

export interface SpilledRecord {
  readonly id: string;
  readonly uri: string;
  readonly seq: number;
  /** Length of its slice. */
  readonly bytes: number;
}

const LIMIT_MS = 30_000;

/** Key: `<prefix>/<sink>/<source>/2026/11/24/<uuid>.gz`. */
export function spill({ client, bucket, prefix, source, deadline }: SpillOptions): Spill {
  return {
    async put(sink, batch, numbers, reason) {
      const at = new Date();
      const day = at.toISOString().slice(0, 10).replaceAll('-', '/');
      const key = `${prefix}/${sink.name}/${source}/${day}/${randomUUID()}.gz`;
      const input = { Bucket: bucket, Key: key, Body: await packed(sink, batch, numbers, { source, reason, at }) };
      // not the invocation's signal: this has to be done after its time is over
      const abortSignal = AbortSignal.timeout(Math.max(1000, Math.min(LIMIT_MS, deadline() - Date.now())));
      try {
        await client.send(new PutObjectCommand(input), { abortSignal });
      } catch (cause) {
        throw new DeliveryError('the spill could not be stored', { bucket, key, sink: sink.name }, cause);
      }
    },
  };
}

type Target = Parameters<Spill['put']>[0];

interface Why {
  readonly source: string;
  readonly reason: string;
  readonly at: Date;
}

function packed(sink: Target, batch: Batch, numbers: readonly number[], { source, reason, at }: Why): Promise<Buffer> {
  const slices = numbers.map((at) => batch.slice(at));
  const records = numbers.map((at, i): SpilledRecord => {
    const { uri, seq } = batch.place(at);
    return { id: idIn(sink.name, slices[i]), uri, seq, bytes: slices[i].length };
  });
  const { name, to } = sink;
  const head: Spilled = { version: 1, sink: name, source, reason, attempt: 1, at: at.toISOString(), to, records };
  return gzip(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...slices]));
}

/** What stands before the id in each sink's records. */
const BEFORE_ID: Readonly<Record<SinkName, string>> = {
  opensearch: '"_id":"',
  splunk: '"fields":{"event_id":"',
  archive: '"id":"',
};

/** The event itself may hold the same words, but in Splunk's records it stands before, and in the others after, ours. */
function idIn(sink: SinkName, slice: Uint8Array): string {
  const record = Buffer.from(slice.buffer, slice.byteOffset, slice.length);
  const before = BEFORE_ID[sink];
  const found = sink === 'splunk' ? record.lastIndexOf(before) : record.indexOf(before);
  const start = found + before.length;
  return found < 0 ? '' : record.toString('utf8', start, record.indexOf('"', start));
}

const MAX_BYTES = 512 << 20; // of one object, unzipped: a batch and at most one record more

/** In: an object as `spill` wrote it. Throws DecodeError where it is something else. */
export function unspilled(object: Uint8Array): { readonly head: Spilled; readonly batch: Batch } {
  let bytes: Buffer;
  let head: Spilled;
  try {
    bytes = gunzipSync(object, { maxOutputLength: MAX_BYTES });
    head = JSON.parse(bytes.toString('utf8', 0, bytes.indexOf(10)));
  } catch (cause) {
    throw new DecodeError('not a spilled object', {}, { cause });
  }
  if (head?.version !== 1 || !Array.isArray(head.records)) {
    throw new DecodeError('a spilled object of another version', { version: head?.version });
  }
  let start = bytes.indexOf(10) + 1;
  const batch = new Batch(bytes.length - start);
  for (const { uri, seq, bytes: length } of head.records) {
    batch.begin(0, uri, seq);
    batch.text.append(bytes.subarray(start, start + length));
    start += length;
  }
  if (start !== bytes.length)
    throw new DecodeError('the spilled object is not as long as it says', { bytes: bytes.length });
  return { head, batch };
}
