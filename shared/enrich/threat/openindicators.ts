/**
 * Reads threat lists from S3 and keeps them new: every object below a prefix is a list, called as its key behind the prefix.
 * Nothing here fails a log: what can't be read is done without, and said once per invocation.
 */
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { ConfigError, messageOf } from '../../errors.ts';
import type { Log, Metrics } from '../../model.ts';
import type { Indicator } from './indicator.ts';
import { listIn } from './lists.ts';
import type { Indicators } from './match.ts';
import { type IndicatorTable, indicatorTable } from './table.ts';

/** Of the first invocation; what a record matches before the lists are there is not looked up later. */
const FIRST_MS = 5_000;
const REQUEST_MS = 10_000;
const REFRESH_MS = 300_000;
/** Environments that began together don't ask together. */
const JITTER_MS = 60_000;

/** What is kept in memory. A list that goes beyond is left out whole, by its name. */
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
  const { log, metrics, invocation, now = Date.now, firstMs = FIRST_MS } = tools;
  const place = placeOf(url);
  let table: IndicatorTable | undefined;
  let etags: string | undefined;
  let fault: string | undefined = `not read within ${firstMs} ms`;
  let told = Number.NaN;
  let dueAt = 0;
  let underWay: Promise<void> | undefined;

  async function read(): Promise<void> {
    dueAt = now() + REFRESH_MS + Math.random() * JITTER_MS;
    try {
      const objects = await listed(tools.s3, place);
      const next = objects.map(({ key, etag }) => `${key} ${etag}`).join('\n');
      if (next !== etags) table = await tableOf(objects, place, tools);
      etags = next;
      fault = undefined;
      metrics.add('Indicators', table?.count ?? 0);
    } catch (error) {
      fault = messageOf(error);
    } finally {
      underWay = undefined;
    }
  }

  function tell(): void {
    if (fault === undefined || told === invocation()) return;
    told = invocation();
    log.warn(table === undefined ? 'threat lists not used' : 'threat lists not refreshed', { url, error: fault });
  }

  underWay = read();
  await Promise.race([underWay, pause(firstMs)]);
  return {
    get table() {
      return table;
    },
    refresh() {
      if (underWay === undefined && now() >= dueAt) underWay = read();
      tell();
    },
  };
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

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

/** In the order of their keys. Empty objects, such as folders that a console makes, are none. */
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

/** An unreadable list costs no other one. */
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

/** `etag`: of the list; an object that has another one by now is refused, and read at the next time. */
async function textOf(s3: OpenIndicatorsTools['s3'], { bucket }: Place, key: string, etag: string): Promise<string> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag });
  const { Body } = await s3.send(command, { abortSignal: AbortSignal.timeout(REQUEST_MS) });
  return Body!.transformToString();
}
