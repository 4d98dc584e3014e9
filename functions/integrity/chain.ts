/** A chain of digests: each one names the one before it, by key, hash and signature. Pure. */
import { type Digest, type Place, placeOf } from './digest.ts';
import type { Fault } from './fault.ts';

/** The newest digest of a chain whose signature is right. */
export interface Last {
  readonly key: string;
  /** SHA-256 of its content, hexadecimal. */
  readonly hash: string;
  /** Hexadecimal. */
  readonly signature: string;
  /** Epoch milliseconds. */
  readonly end: number;
}

const HOUR = 3_600_000;

/** What tells a chain from others in the same folder. */
export const chainOf = ({ trail, homeRegion }: Place): string => `${trail}_${homeRegion}`;

type Finding = Omit<Fault, 'bucket' | 'by'>;

export interface LinkContext {
  /** Keys of digests whose faults are reported already: what follows from them is not reported again. */
  readonly reported: ReadonlySet<string>;
  /** Whether the digest before has had its time to come. */
  readonly isDue: boolean;
}

/**
 * What is wrong between a digest and the one before it; `wait`: perhaps nothing, the one before may still come.
 * In: all digests older than this one were looked at.
 */
export function linkFault(digest: Digest, last: Last, { reported, isDue }: LinkContext): Finding | 'wait' | undefined {
  const { key, bucket, previous } = digest;
  const between = { start: last.end, end: digest.start };
  if (previous === undefined) {
    return { kind: 'chain-restarted', key, reason: 'logging or the validation of its files was off', ...between };
  }
  if (previous.bucket === bucket && previous.key === last.key) {
    if (previous.hash === last.hash && previous.signature === last.signature) return gap(digest, last);
    const reason = 'hash or signature that it has of the digest before are not the ones of that digest';
    return { kind: 'chain-broken', key, reason, expected: previous.hash, found: last.hash };
  }
  if (reported.has(previous.key)) return undefined;
  if (!isBetween(previous.key, last, digest)) {
    return { kind: 'chain-broken', key, reason: `it follows ${previous.key}, which is not the digest before it` };
  }
  if (!isDue) return 'wait';
  return { kind: 'digest-missing', key: previous.key, reason: 'the digest behind it names it', ...between };
}

function gap({ key, start }: Digest, { end }: Last): Finding | undefined {
  if (start - end < HOUR) return undefined;
  return {
    kind: 'chain-gap',
    key,
    reason: 'it begins an hour or more after the one before it ends',
    start: end,
    end: start,
  };
}

/** Of the same chain, and to be looked for where all digests were looked at. */
function isBetween(key: string, last: Last, digest: Digest): boolean {
  const [place, before, after] = [placeOf(key), placeOf(last.key), placeOf(digest.key)];
  if (place === undefined || before === undefined || after === undefined) return false;
  const isSame = chainOf(place) === chainOf(after) && folderOf(place) === folderOf(after) && !place.isBackfill;
  return isSame && before.time < place.time && place.time < after.time;
}

const folderOf = ({ account, region }: Place): string => `${account}/${region}`;

/** Whether the digest that follows the newest one should have come. In: epoch milliseconds. */
export const isOverdue = (newest: number, now: number, graceMs: number): boolean => now > newest + HOUR + graceMs;
