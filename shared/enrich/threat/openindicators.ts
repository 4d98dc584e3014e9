/**
 * Reads threat lists from S3 and keeps them new: each object below a prefix is a list, named by its key after
 * the prefix. A log never fails because of it: lists that can't be read are left out, and the reason is logged once per invocation.
 */
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { ConfigError, messageOf } from '../../errors.ts';
import type { Log, Metrics } from '../../model.ts';
import { refreshed } from '../refreshed.ts';
import type { Indicator } from './indicator.ts';
import { listIn } from './lists.ts';
import type { Indicators } from './match.ts';
import { type IndicatorTable, indicatorTable } from './table.ts';

/** Of the first invocation. Records of before the lists are read are not matched later. */
const FIRST_MS = 5_000;
const REQUEST_MS = 10_000;
const REFRESH_MS = 300_000;
const JITTER_MS = 60_000;

/** Limits of what is held in memory. A list above one is left out as a whole, and its name is logged. */
export const BOUNDS = { lists: 200, bytesOfList: 16 << 20, indicators: 200_000 } as const;

export interface OpenIndicatorsTools {
  readonly s3: Pick<S3Client, 'send'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'add'>;
  /** Another value in each invocation. */
  readonly invocation: () => number;
  /** Epoch milliseconds. Default: the clock. */
  readonly now?: () => number;
  /** How long the first lists are waited for. */
  readonly firstMs?: number;
  readonly bounds?: Readonly<Record<keyof typeof BOUNDS, number>>;
}

/** `url` is the setting THREAT_URL, `s3://bucket/prefix`. Throws ConfigError for anything else. */
export async function openIndicators(url: string, tools: OpenIndicatorsTools): Promise<Indicators> {
  const { log, metrics, invocation, now, firstMs = FIRST_MS } = tools;
  const place = placeOf(url);
  let table: IndicatorTable | undefined;
  let etags: string | undefined;

  async function read(): Promise<void> {
    const objects = await listed(tools.s3, place);
    const next = objects.map(({ key, etag }) => `${key} ${etag}`).join('\n');
    if (next !== etags) table = await tableOf(objects, place, tools);
    etags = next;
    metrics.add('Indicators', table?.count ?? 0);
  }

  function warn(error: string): void {
    log.warn(table === undefined ? 'threat lists not used' : 'threat lists not refreshed', { url, error });
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
  readonly bucket: string;
  /** With a slash at its end. */
  readonly prefix: string;
}

function placeOf(url: string): Place {
  const [, bucket, prefix] = /^s3:\/\/([a-z0-9][a-z0-9.-]+)\/(.+?)\/?$/.exec(url) ?? [];
  if (bucket === undefined) throw new ConfigError('THREAT_URL must be off or s3://bucket/prefix', { THREAT_URL: url });
  return { bucket, prefix: `${prefix}/` };
}

interface Listed {
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
}

/** In the order of their keys, without empty objects such as the folders that a console creates. */
async function listed(s3: OpenIndicatorsTools['s3'], { bucket, prefix }: Place): Promise<readonly Listed[]> {
  const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix });
  const { Contents = [] } = await s3.send(command, { abortSignal: AbortSignal.timeout(REQUEST_MS) });
  return Contents.map(({ Key = '', ETag = '', Size = 0 }) => ({ key: Key, etag: ETag, bytes: Size })).filter(
    ({ bytes }) => bytes > 0,
  );
}

/** Reads one list after the other, so that the text of one is in memory at a time. */
async function tableOf(objects: readonly Listed[], place: Place, tools: OpenIndicatorsTools): Promise<IndicatorTable> {
  const { log, metrics, bounds = BOUNDS } = tools;
  const all: Indicator[] = [];
  const refuse = (list: string, reason: string) => {
    log.warn('threat list refused', { list, reason });
    metrics.add('IndicatorListsRefused', 1);
  };
  for (const [at, { key, etag, bytes }] of objects.entries()) {
    const name = key.slice(place.prefix.length);
    if (at >= bounds.lists) refuse(name, `there are more than ${bounds.lists} lists`);
    else if (bytes > bounds.bytesOfList) refuse(name, `it has ${bytes} bytes, at most ${bounds.bytesOfList} are read`);
    else {
      const text = await textOf(tools.s3, place, key, etag);
      const faults = take(name, text, all, bounds.indicators);
      if (faults.reason !== undefined) refuse(name, faults.reason);
      else log.info('threat list read', { list: name, indicators: faults.taken, skipped: faults.skipped });
    }
  }
  return indicatorTable(all);
}

/** An unreadable list does not affect the others. */
function take(name: string, text: string, into: Indicator[], most: number) {
  try {
    const { indicators, skipped } = listIn(name, text);
    if (into.length + indicators.length > most) {
      return { reason: `it has ${indicators.length} indicators, ${most - into.length} of ${most} are left` };
    }
    for (const each of indicators) into.push(each);
    return { taken: indicators.length, skipped };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

/** `etag`: as it was listed. An object that was replaced since is refused, and read at the next refresh. */
async function textOf(s3: OpenIndicatorsTools['s3'], { bucket }: Place, key: string, etag: string): Promise<string> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag });
  const { Body } = await s3.send(command, { abortSignal: AbortSignal.timeout(REQUEST_MS) });
  return Body!.transformToString();
}
