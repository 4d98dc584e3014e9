/** What can be wrong with the log files of a trail and with the digests that vouch for them. One broken thing is one fault. */
import type { Severity } from '../../shared/model.ts';
import type { Place } from './digest.ts';

export type Kind =
  | 'log-file-missing'
  | 'log-file-altered'
  | 'digest-missing'
  | 'digest-altered'
  | 'digest-unsigned'
  | 'digest-late'
  | 'chain-broken'
  | 'chain-restarted'
  | 'chain-gap';

const KINDS: Readonly<Record<Kind, { readonly severity: Severity; readonly says: string }>> = {
  'log-file-missing': { severity: 'high', says: 'A log file of CloudTrail is missing' },
  'log-file-altered': { severity: 'high', says: 'A log file of CloudTrail was altered' },
  'digest-missing': { severity: 'high', says: 'A digest of CloudTrail is missing' },
  'digest-altered': { severity: 'high', says: 'A digest of CloudTrail was altered' },
  'digest-unsigned': { severity: 'high', says: 'A digest of CloudTrail has no signature' },
  'digest-late': { severity: 'medium', says: 'The digest of CloudTrail that follows this one is late' },
  'chain-broken': { severity: 'high', says: 'The chain of CloudTrail digests is broken' },
  // Somebody may do so for a reason, but nothing vouches for the time in between.
  'chain-restarted': { severity: 'medium', says: 'The chain of CloudTrail digests starts anew' },
  'chain-gap': { severity: 'medium', says: 'The digests of CloudTrail leave a time out' },
};

export interface Fault {
  readonly kind: Kind;
  /** What it is about. */
  readonly bucket: string;
  readonly key: string;
  /** The digest that tells. */
  readonly by: Place;
  readonly reason: string;
  /** Hashes, hexadecimal: of a log file its own, of a chain that of the digest before. */
  readonly expected?: string;
  readonly found?: string;
  /** Epoch milliseconds: the time that nothing vouches for. */
  readonly start?: number;
  readonly end?: number;
}

/**
 * The fault as a record, one line of JSON. The same fault always has the same id and time; `detected` is when this run found it.
 * In: epoch milliseconds.
 */
export function recordOf(
  { kind, bucket, key, by, reason, expected, found, start, end }: Fault,
  detected: number,
): string {
  const { severity, says } = KINDS[kind];
  const uri = `s3://${bucket}/${key}`;
  const { account, region, trail, homeRegion, key: digest } = by;
  return JSON.stringify({
    id: `${kind} ${uri}`,
    kind,
    severity,
    time: iso(by.time),
    detected: iso(detected),
    message: `${says}: ${uri}`,
    reason,
    ...{ account, region, trail, homeRegion, bucket, key, digest },
    ...{ expected, found, hash: kind === 'log-file-altered' ? found : undefined },
    ...{ start: iso(start), end: iso(end) },
  });
}

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());
