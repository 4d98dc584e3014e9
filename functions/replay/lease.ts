/**
 * A circuit breaker that all environments of the Lambda share, as an object in S3 for each destination and source: one index
 * that refuses everything does not hold up the records of other sources. While the object is there nobody sends but the one
 * that took it over (If-Match) when its time had come. The waits are a share of the outage so far; where each probe may be another
 * copy they double.
 * `{"until":1795527638000,"waitMs":5000,"probing":false,"since":1795527633000}`
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';

export interface LeaseOptions {
  readonly s3: Pick<S3Client, 'send'>;
  readonly bucket: string;
  readonly key: string;
  /** The longest that a probe may take. */
  readonly leaseMs: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** `closed`: send · `half-open`: it was down, probe it · `open`: come again after so long. */
export type Turn = { readonly kind: 'closed' | 'half-open' } | { readonly kind: 'open'; readonly ms: number };

export interface Lease {
  /** Whether it is worth preparing to send. */
  look(): Promise<Turn>;
  /** Right before sending. A caller that gets `closed` or `half-open` calls `onSuccess` or `onFailure`. */
  take(): Promise<Turn>;
  /** The destination accepted everything. */
  onSuccess(turn: Turn): Promise<void>;
  /** It did not. `unconfirmed`: each try may be another copy of the records. Gives the milliseconds to wait. */
  onFailure(turn: Turn, unconfirmed?: boolean): Promise<number>;
}

interface State {
  readonly until: number;
  readonly waitMs: number;
  readonly probing: boolean;
  /** Epoch milliseconds of the first failure. */
  readonly since?: number;
}

const FIRST_MS = 5_000;
/** Of the time since the first failure: so much longer than the outage the records wait at most. */
const SHARE = 1 / 24;
const LONGEST_MS = 60 * 60_000; // within 14 days there are 500 probes, and a message comes twice for each; SQS counts to 1,000
const FIRST_UNCONFIRMED_MS = 60_000;
const LONGEST_UNCONFIRMED_MS = 30 * 60_000;
const PROBE_MS = 30_000; // as long as a probe usually takes at most

/** Rejects with what S3 says. */
export function lease({ s3, bucket, key, leaseMs, now = Date.now }: LeaseOptions): Lease {
  let last: { readonly state: State; readonly etag: string } | undefined;

  async function read(): Promise<typeof last> {
    try {
      const { Body, ETag = '' } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return { state: stateIn((await Body?.transformToString()) ?? ''), etag: ETag };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  /** False: somebody else was faster. */
  async function write(state: State, condition: Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>) {
    try {
      const { ETag = '' } = await s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(state), ...condition }),
      );
      last = { state, etag: ETag };
      return true;
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
  }

  function turn(): Turn {
    if (last === undefined) return { kind: 'closed' };
    const { until, waitMs, probing } = last.state;
    const ms = until - now();
    if (ms <= 0 || ms > LONGEST_MS) return { kind: 'half-open' }; // later than any wait: a clock was set back
    return { kind: 'open', ms: probing ? Math.min(ms, waitMs, PROBE_MS) : ms };
  }

  return {
    async look() {
      last = await read();
      return turn();
    },
    async take() {
      const mine = turn();
      if (mine.kind !== 'half-open' || last === undefined) return mine;
      const { etag, state } = last;
      const isMine = await write({ ...state, until: now() + leaseMs, probing: true }, { IfMatch: etag });
      return isMine ? mine : { kind: 'open', ms: Math.min(state.waitMs, PROBE_MS) };
    },
    async onSuccess({ kind }) {
      if (kind === 'half-open') await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    async onFailure({ kind }, unconfirmed = false) {
      const before = kind === 'half-open' ? last?.state : undefined;
      const since = before?.since ?? now();
      const waitMs = unconfirmed ? doubled(before?.waitMs) : probeAfter(now() - since);
      const state = { until: now() + waitMs, waitMs, probing: false, since };
      // of those who found out at the same time, one says so
      await write(state, kind === 'half-open' && last ? { IfMatch: last.etag } : { IfNoneMatch: '*' });
      return waitMs;
    },
  };
}

/** A lease that can't be read counts as due for a probe. */
function stateIn(text: string): State {
  const due: State = { until: 0, waitMs: FIRST_MS, probing: false };
  try {
    const { until, waitMs, probing, since } = Object(JSON.parse(text)) as Partial<State>;
    if (!isNumber(until) || !isNumber(waitMs)) return due;
    return { until, waitMs, probing: probing === true, ...(isNumber(since) && { since }) };
  } catch {
    return due;
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** How long to wait for the next probe, by the time since the first failure. Milliseconds. */
export const probeAfter = (ms: number): number => Math.min(LONGEST_MS, Math.max(FIRST_MS, Math.round(ms * SHARE)));

const doubled = (ms = 0): number => Math.min(LONGEST_UNCONFIRMED_MS, Math.max(FIRST_UNCONFIRMED_MS, ms * 2));

const isTaken = (error: unknown): boolean => {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status === 412 || status === 409; // precondition failed, conflicting writes at the same time
};
