/** One digest and the log files that it names: is each what CloudTrail delivered? */
import { createHash } from 'node:crypto';
import { DecodeError, messageOf, ReadError } from '../../shared/errors.ts';
import { gunzipped } from '../../shared/input/gunzip.ts';
import type { Chunk } from '../../shared/model.ts';
import { epochMs } from '../../shared/transform/objects/compile.ts';
import { type Last, linkFault } from './chain.ts';
import { type Digest, digestOf, hashOf, isSigned, type LogFile, type Place } from './digest.ts';
import type { Fault } from './fault.ts';
import type { Keys } from './keys.ts';
import type { Found, Objects } from './objects.ts';

export interface Check {
  readonly objects: Objects;
  readonly keys: Keys;
  /** Epoch milliseconds. */
  readonly now: number;
  /** How long after its hour's end a digest may come. */
  readonly graceMs: number;
  /** Of a log file, unzipped. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface Verified {
  readonly faults: readonly Fault[];
  /** Undefined: the digest can't be believed, so nothing of what it says was looked at. */
  readonly last?: Last;
  /** How many were looked at. */
  readonly logFiles: number;
}

interface Authentic {
  readonly digest: Digest;
  readonly last: Last;
}

const MAX_DIGEST_BYTES = 64 << 20; // a hundred thousand log files

/**
 * Undefined: there is no such object. `wait`: the digest before it may still come.
 * In: the newest digest of the chain that is older, where one is known; what was reported already. Throws ReadError.
 */
export async function verifyDigest(
  bucket: string,
  place: Place,
  { before, reported }: { readonly before: Last | undefined; readonly reported: ReadonlySet<string> },
  check: Check,
): Promise<Verified | 'wait' | undefined> {
  check.signal.throwIfAborted();
  const found = await read(bucket, place, check);
  if (found === undefined) return undefined;
  if ('kind' in found) return { faults: [found], logFiles: 0 };
  const { digest, last } = found;
  const unknown = [...digest.algorithms].filter((algorithm) => algorithm !== 'SHA-256');
  if (unknown.length > 0) throw new ReadError('the digest hashes in a way not known here', { key: place.key, unknown });
  const isDue = check.now > digest.end + check.graceMs;
  const link = before === undefined ? undefined : linkFault(digest, before, { reported, isDue });
  if (link === 'wait') return 'wait';
  const faults: Fault[] = link === undefined ? [] : [{ ...link, bucket, by: place }];
  for (const file of digest.logFiles) {
    const fault = await logFileFault(file, check);
    if (fault !== undefined) faults.push({ ...fault, by: place });
  }
  return { faults, last, logFiles: digest.logFiles.length };
}

async function read(
  bucket: string,
  place: Place,
  { objects, keys, signal }: Check,
): Promise<Authentic | Fault | undefined> {
  const { key, region } = place;
  const found = await objects.get(bucket, key, signal);
  if (found === undefined) return undefined;
  const { signature } = found.metadata;
  const fault = (kind: Fault['kind'], reason: string): Fault => ({ kind, bucket, key, by: place, reason });
  const content = await contentOf(found.chunks, key);
  if (typeof content === 'string') return fault('digest-altered', content);
  const digest = digestOf(content);
  if (digest === undefined) return fault('digest-altered', 'it is not a digest');
  if (digest.bucket !== bucket || digest.key !== key) {
    return fault('digest-altered', `it was moved here from s3://${digest.bucket}/${digest.key}`);
  }
  if (signature === undefined) return fault('digest-unsigned', 'its metadata holds no signature');
  const signer = await keys(region, digest.fingerprint, signedAt(place, found.metadata), signal);
  if (signer === undefined) return fault('digest-altered', `CloudTrail has no key ${digest.fingerprint} in ${region}`);
  const hash = hashOf(content);
  if (!isSigned(digest, hash, signature, signer)) return fault('digest-altered', 'content and signature do not fit');
  return { digest, last: { key, hash, signature: signature.toLowerCase(), end: digest.end } };
}

/** A backfill is signed when it is made, by the key of then; until its signature fits, that is a mere claim. */
function signedAt({ isBackfill, time }: Place, metadata: Found['metadata']): number {
  const made = isBackfill ? epochMs(metadata['backfill-generation-timestamp']) : undefined;
  return made ?? time;
}

/** The unzipped content, or why there is none. */
async function contentOf(chunks: AsyncIterable<Chunk>, uri: string): Promise<Uint8Array | string> {
  const parts: Chunk[] = [];
  try {
    for await (const chunk of gunzipped(chunks, { uri, maxBytes: MAX_DIGEST_BYTES })) parts.push(chunk);
  } catch (error) {
    if (error instanceof DecodeError) return messageOf(error);
    throw error;
  }
  return Buffer.concat(parts);
}

async function logFileFault(
  { bucket, key, hash: expected }: LogFile,
  { objects, maxBytes, signal }: Check,
): Promise<Omit<Fault, 'by'> | undefined> {
  const object = await objects.get(bucket, key, signal);
  if (object === undefined) return { kind: 'log-file-missing', bucket, key, reason: 'a digest names it', expected };
  const sum = createHash('sha256');
  try {
    for await (const chunk of gunzipped(object.chunks, { uri: key, maxBytes })) sum.update(chunk);
  } catch (error) {
    if (error instanceof DecodeError) return { kind: 'log-file-altered', bucket, key, reason: error.message, expected };
    throw error;
  }
  const found = sum.digest('hex');
  const reason = 'its content is not the one that CloudTrail delivered';
  return found === expected ? undefined : { kind: 'log-file-altered', bucket, key, reason, expected, found };
}
