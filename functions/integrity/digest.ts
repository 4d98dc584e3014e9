/**
 * A digest of CloudTrail: every hour CloudTrail puts one beside the log files it delivered, names each of them with its hash
 * and the digest before it with hash and signature, and signs it. The signature stands in the object's metadata.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
 */
import { createHash, type KeyObject, verify } from 'node:crypto';
import { epochMs, isObject, type JsonObject } from '../../shared/transform/objects/compile.ts';

/** What the key of a digest tells. */
export interface Place {
  readonly key: string;
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  /** Of the trail: where it was made. */
  readonly homeRegion: string;
  /** Epoch milliseconds: the end of the hour that the digest covers. */
  readonly time: number;
  /** Made later, for log files that the digest of their hour does not name. */
  readonly isBackfill: boolean;
}

const KEY =
  /(?:^|\/)(?<account>\d{12})_CloudTrail-Digest_(?<region>[a-z0-9-]+)_(?<trail>.+)_(?<homeRegion>[a-z0-9-]+)_(?<date>\d{8})T(?<clock>\d{6})Z(?<backfill>_backfill)?\.json\.gz$/;

/** Undefined: no key of a digest. */
export function placeOf(key: string): Place | undefined {
  const { account, region, trail, homeRegion, date, clock, backfill } = KEY.exec(key)?.groups ?? {};
  if (account === undefined) return undefined;
  const [day, hour] = [date.replace(/(....)(..)(..)/, '$1-$2-$3'), clock.replace(/(..)(..)(..)/, '$1:$2:$3')];
  const time = Date.parse(`${day}T${hour}Z`);
  return Number.isNaN(time)
    ? undefined
    : { key, account, region, trail, homeRegion, time, isBackfill: backfill !== undefined };
}

export interface LogFile {
  readonly bucket: string;
  readonly key: string;
  /** SHA-256 of the unzipped content, hexadecimal. */
  readonly hash: string;
}

/** The digest before this one. */
export interface Previous extends LogFile {
  /** Hexadecimal. */
  readonly signature: string;
}

export interface Digest {
  readonly bucket: string;
  readonly key: string;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly fingerprint: string;
  /** Undefined: the chain starts here. */
  readonly previous: Previous | undefined;
  readonly logFiles: readonly LogFile[];
  /** How the hashes in it were made: SHA-256 so far. */
  readonly algorithms: ReadonlySet<unknown>;
  /** What is signed, but for the hash of the whole between the two. */
  readonly signed: readonly [before: string, after: string];
}

/** Undefined: the bytes are no digest. Nothing in it is to be believed before `isSigned`. */
export function digestOf(content: Uint8Array): Digest | undefined {
  const value = parsed(content);
  if (value === undefined) return undefined;
  const { digestS3Bucket: bucket, digestS3Object: key, digestPublicKeyFingerprint: fingerprint, logFiles } = value;
  const { digestEndTime, previousDigestSignature } = value;
  const start = epochMs(value.digestStartTime);
  const end = epochMs(digestEndTime);
  if (!isText(bucket) || !isText(key) || !isText(fingerprint) || start === undefined || end === undefined) {
    return undefined;
  }
  if (!Array.isArray(logFiles) || !logFiles.every(isLogFile)) return undefined;
  // CloudTrail spells the absence out
  const signed = [`${digestEndTime}\n${bucket}/${key}\n`, `\n${previousDigestSignature ?? 'null'}`] as const;
  const previous = previousOf(value);
  const algorithms = new Set<unknown>(logFiles.map(({ hashAlgorithm }) => hashAlgorithm));
  if (previous !== undefined) algorithms.add(value.previousDigestHashAlgorithm);
  return { bucket, key, start, end, fingerprint, previous, logFiles: logFiles.map(logFileOf), algorithms, signed };
}

function parsed(content: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(content).toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // the caller reports that it is not a digest
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

interface RawLogFile {
  readonly s3Bucket: string;
  readonly s3Object: string;
  readonly hashValue: string;
  readonly hashAlgorithm: unknown;
}

const isLogFile = (value: unknown): value is RawLogFile =>
  isObject(value) && isText(value.s3Bucket) && isText(value.s3Object) && isText(value.hashValue);

const logFileOf = ({ s3Bucket: bucket, s3Object: key, hashValue }: RawLogFile): LogFile => ({
  bucket,
  key,
  hash: hashValue.toLowerCase(),
});

function previousOf(value: JsonObject): Previous | undefined {
  const { previousDigestS3Bucket: bucket, previousDigestS3Object: key } = value;
  const { previousDigestHashValue: hash, previousDigestSignature: signature } = value;
  if (!isText(bucket) || !isText(key) || !isText(hash) || !isText(signature)) return undefined;
  return { bucket, key, hash: hash.toLowerCase(), signature: signature.toLowerCase() };
}

export const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** RSA with PKCS #1 v1.5 and SHA-256, the one that CloudTrail uses. `hash`: of the digest's content; `signature`: hexadecimal. */
export function isSigned({ signed }: Digest, hash: string, signature: string, key: KeyObject): boolean {
  return verify('sha256', Buffer.from(signed.join(hash)), key, Buffer.from(signature, 'hex'));
}
