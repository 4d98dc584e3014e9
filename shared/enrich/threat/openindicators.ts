/**
 * Reads threat lists from S3 and keeps them new: each object below a prefix is a list, named by its key after
 * the prefix. A log never fails because of it: lists that can't be read are left out, and the reason is logged once per invocation.
 */
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { ConfigError, messageOf } from '../../errors.ts';
import { pagesOf } from '../../listing.ts';
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
export const BOUNDS = { lists: 200, bytesOfList: 16 << 20, indicators: 200_000, objects: 10_000 } as const;

/** Names of lists that one line of the log has at most; a key has 1,024 bytes at most, a line of CloudWatch Logs 1 MB. */
const NAMES_OF_LINE = 200;

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
    const listing = await listed(tools, place);
    const next = listing.objects.map(({ key, etag }) => `${key} ${etag}`).join('\n');
    if (next !== etags) table = await tableOf(listing, place, tools);
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

interface Listing {
  /** In the order of their keys. */
  readonly objects: readonly Listed[];
  /** The last key that was looked at, if there are more than the bound. */
  readonly endsAt?: string | undefined;
}

/** All objects but empty ones, such as the folders that a console creates. */
async function listed({ s3, bounds = BOUNDS }: OpenIndicatorsTools, { bucket, prefix }: Place): Promise<Listing> {
  const objects: Listed[] = [];
  let seen = 0;
  let last: string | undefined;
  const pages = pagesOf(s3, { Bucket: bucket, Prefix: prefix }, () => AbortSignal.timeout(REQUEST_MS));
  for await (const { Contents = [] } of pages) {
    for (const { Key: key = '', ETag: etag = '', Size: bytes = 0 } of Contents) {
      if (seen++ >= bounds.objects) return { objects, endsAt: last };
      last = key;
      if (bytes > 0) objects.push({ key, etag, bytes });
    }
  }
  return { objects };
}

/** Reads one list after the other, so that the text of one is in memory at a time. */
async function tableOf(
  { objects, endsAt }: Listing,
  place: Place,
  tools: OpenIndicatorsTools,
): Promise<IndicatorTable> {
  const { log, metrics, bounds = BOUNDS } = tools;
  const all: Indicator[] = [];
  const nameOf = ({ key }: Listed): string => key.slice(place.prefix.length);
  const refuse = (list: string, reason: string) => {
    log.warn('threat list refused', { bucket: place.bucket, key: place.prefix + list, list, reason });
    metrics.add('IndicatorListsRefused', 1);
  };
  for (const object of objects.slice(0, bounds.lists)) {
    const { key, etag, bytes } = object;
    const name = nameOf(object);
    if (bytes > bounds.bytesOfList) {
      refuse(name, `it has ${bytes} bytes, at most ${bounds.bytesOfList} are read`);
      continue;
    }
    const text = await textOf(tools.s3, place, key, etag);
    const faults = take(name, text, all, bounds.indicators);
    if (faults.reason !== undefined) refuse(name, faults.reason);
    else log.info('threat list read', { list: name, indicators: faults.taken, skipped: faults.skipped });
  }
  refuseRest(objects.slice(bounds.lists).map(nameOf), tools);
  if (endsAt !== undefined) {
    const reason = `at most ${bounds.objects} objects of the prefix are listed`;
    log.warn('threat lists not listed', { after: endsAt.slice(place.prefix.length), reason });
  }
  return indicatorTable(all);
}

/** Names every list that goes beyond the number of lists, many in a line. */
function refuseRest(names: readonly string[], { log, metrics, bounds = BOUNDS }: OpenIndicatorsTools): void {
  if (names.length === 0) return;
  metrics.add('IndicatorListsRefused', names.length);
  for (let at = 0; at < names.length; at += NAMES_OF_LINE) {
    const lists = names.slice(at, at + NAMES_OF_LINE);
    log.warn('threat lists refused', { lists, reason: `there are more than ${bounds.lists} lists` });
  }
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
