/**
 * Reads the inventory's look-up table and keeps it new. Nothing here delays or fails a log: what can't be read in time is done
 * without, and a table that is damaged or has lost most of itself does not replace a good one. It is said once per invocation.
 */
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { lookupIn } from '../asset/lookup.ts';
import { TABLE_KEY } from '../asset/table.ts';
import { unzipped } from '../asset/zipped.ts';
import { ConfigError, DecodeError } from '../errors.ts';
import type { Log } from '../model.ts';
import { type Assets, type AssetTable, assetTable } from './assets.ts';
import { refreshed } from './refreshed.ts';

/** Of the first invocation; a table that takes longer is used as soon as it is there. */
const FIRST_MS = 500;
const REQUEST_MS = 10_000;
const REFRESH_MS = 60_000;
const JITTER_MS = 15_000;

export interface OpenAssetsTools {
  readonly s3: Pick<S3Client, 'send'>;
  readonly log: Log;
  /** Another value in each invocation. */
  readonly invocation: () => number;
  /** Epoch milliseconds. Default: the clock. */
  readonly now?: () => number;
  /** How long the first table is waited for, and a signal that ends a request. */
  readonly firstMs?: number;
}

/**
 * `url` is the setting ASSETS_URL: `off`, or `s3://bucket/prefix` of the inventory. undefined: off.
 * Throws ConfigError for anything else.
 */
export async function openAssets(url: string, tools: OpenAssetsTools): Promise<Assets | undefined> {
  if (url === 'off') return undefined;
  const { s3, log, invocation, now, firstMs = FIRST_MS } = tools;
  const place = placeOf(url);
  let table: AssetTable | undefined;
  let etag: string | undefined;

  async function read(): Promise<void> {
    const newer = await newest(s3, place, etag);
    if (newer === undefined) return;
    const next = lookupIn(newer.bytes);
    if (table !== undefined) mustNotShrink(table.lookup.head, next.head);
    table = assetTable(next);
    etag = newer.etag;
  }

  /** Whether or not an older table is there: who reads the log has to know that it isn't the newest. */
  function warn(error: string): void {
    const message = table === undefined ? 'assets not joined' : 'assets not refreshed';
    log.warn(message, { url, error, ...(table && { run: table.lookup.head.run }) });
  }

  const refresh = await refreshed({ read, warn, invocation, now, firstMs, everyMs: REFRESH_MS, jitterMs: JITTER_MS });
  return {
    get table() {
      return table;
    },
    refresh,
  };
}

interface Place {
  readonly Bucket: string;
  readonly Key: string;
}

function placeOf(url: string): Place {
  const [, bucket, prefix] = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*?))?\/?$/.exec(url) ?? [];
  if (bucket === undefined) throw new ConfigError('ASSETS_URL must be off or s3://bucket/prefix', { ASSETS_URL: url });
  return { Bucket: bucket, Key: prefix ? `${prefix}/${TABLE_KEY}` : TABLE_KEY };
}

interface Newer {
  readonly bytes: Uint8Array;
  readonly etag: string | undefined;
}

/** undefined: it is the one that is known already, and nothing was sent. */
async function newest(s3: OpenAssetsTools['s3'], place: Place, etag: string | undefined): Promise<Newer | undefined> {
  const input = { ...place, ...(etag !== undefined && { IfNoneMatch: etag }) };
  try {
    const answer = await s3.send(new GetObjectCommand(input), { abortSignal: AbortSignal.timeout(REQUEST_MS) });
    return { bytes: await unzipped(await answer.Body!.transformToByteArray()), etag: answer.ETag };
  } catch (error) {
    if (statusOf(error) === 304) return undefined;
    throw error;
  }
}

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

/** Half of an estate does not vanish, unless the inventory says so. */
function mustNotShrink(
  before: { readonly rows: number },
  next: { readonly rows: number; readonly mayShrink: boolean },
) {
  if (next.mayShrink || next.rows * 2 >= before.rows) return;
  throw new DecodeError(`the table has ${next.rows} rows, and had ${before.rows}`);
}
