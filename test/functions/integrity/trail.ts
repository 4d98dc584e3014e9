/**
 * Digests and log files as CloudTrail delivers them, signed with a key of the test's.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';

export interface Signer {
  readonly fingerprint: string;
  readonly privateKey: KeyObject;
  /** PKCS #1, as ListPublicKeys gives it. */
  readonly publicKey: Buffer;
}

export function signer(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = publicKey.export({ format: 'der', type: 'pkcs1' });
  return { fingerprint: createHash('md5').update(der).digest('hex'), privateKey, publicKey: der };
}

export interface Stored {
  readonly key: string;
  readonly bytes: Buffer;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface Digest extends Stored {
  readonly metadata: Readonly<Record<string, string>>;
  /** Unzipped. */
  readonly content: string;
}

export interface Hour {
  readonly digest: Digest;
  readonly logFiles: readonly Stored[];
}

export interface Trail {
  readonly signer: Signer;
  readonly bucket?: string;
  /** Before `AWSLogs/`. */
  readonly prefix?: string;
  readonly organization?: string;
  readonly account?: string;
  readonly region?: string;
  readonly name?: string;
  readonly homeRegion?: string;
}

const HOUR = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
const compact = (ms: number) => iso(ms).replaceAll(/[:-]/g, '');
export const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');

/** One hour's digest, which ends at `end`, and its log files. `members` takes the place of what it would say. */
export function hour(
  trail: Trail,
  end: number,
  previous: Digest | undefined,
  members: object = {},
  more: More = {},
): Hour {
  const { bucket = 'logs', account = '123456789012', region = 'eu-west-1', name = 'main', homeRegion = region } = trail;
  const { files = 2, backfillMadeAt } = more;
  const owner = `${trail.prefix ?? ''}AWSLogs/${trail.organization ? `${trail.organization}/` : ''}${account}`;
  const day = iso(end).slice(0, 10).replaceAll('-', '/');
  const logFiles = Array.from({ length: files }, (_, n) => {
    const content = `{"Records":[{"eventID":"${compact(end)}-${n}${backfillMadeAt ?? ''}","trail":"${name}"}]}`;
    const stamp = compact(end - HOUR / 2).replace(/\d\dZ$/, 'Z');
    const file = `${account}_CloudTrail_${region}_${stamp}_${sha256(content).slice(0, 16)}.json.gz`;
    return { key: `${owner}/CloudTrail/${region}/${day}/${file}`, bytes: gzipSync(content), content };
  });
  const suffix = backfillMadeAt === undefined ? '' : '_backfill';
  const key = `${owner}/CloudTrail-Digest/${region}/${day}/${account}_CloudTrail-Digest_${region}_${name}_${homeRegion}_${compact(end)}${suffix}.json.gz`;
  const value = {
    awsAccountId: account,
    digestStartTime: iso(end - HOUR),
    digestEndTime: iso(end),
    digestS3Bucket: bucket,
    digestS3Object: key,
    digestPublicKeyFingerprint: trail.signer.fingerprint,
    digestSignatureAlgorithm: 'SHA256withRSA',
    newestEventTime: files === 0 ? null : iso(end - HOUR / 2),
    oldestEventTime: files === 0 ? null : iso(end - HOUR / 2),
    previousDigestS3Bucket: previous === undefined ? null : bucket,
    previousDigestS3Object: previous?.key ?? null,
    previousDigestHashValue: previous === undefined ? null : sha256(previous.content),
    previousDigestHashAlgorithm: previous === undefined ? null : 'SHA-256',
    previousDigestSignature: previous?.metadata.signature ?? null,
    logFiles: logFiles.map((file) => ({
      s3Bucket: bucket,
      s3Object: file.key,
      hashValue: sha256(file.content),
      hashAlgorithm: 'SHA-256',
      newestEventTime: iso(end - HOUR / 2),
      oldestEventTime: iso(end - HOUR / 2),
    })),
    ...members,
  };
  const content = JSON.stringify(value);
  const signed = `${value.digestEndTime}\n${value.digestS3Bucket}/${value.digestS3Object}\n${sha256(content)}\n${value.previousDigestSignature}`;
  const metadata = {
    signature: sign('sha256', Buffer.from(signed), trail.signer.privateKey).toString('hex'),
    'signature-algorithm': 'SHA256withRSA',
    ...(backfillMadeAt !== undefined && { 'backfill-generation-timestamp': iso(backfillMadeAt) }),
  };
  return { digest: { key, bytes: gzipSync(content), metadata, content }, logFiles };
}

export interface More {
  readonly files?: number;
  /** Epoch milliseconds: the digest is a backfill, made then. */
  readonly backfillMadeAt?: number;
}

/** So many hours, chained, the first of which ends at `first`. */
export function chain(trail: Trail, first: number, count: number): Hour[] {
  const hours: Hour[] = [];
  for (let n = 0; n < count; n++) hours.push(hour(trail, first + n * HOUR, hours.at(-1)?.digest));
  return hours;
}
