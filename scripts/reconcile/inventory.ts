/**
 * The objects of a bucket that came in some time. Folders whose names are days far from it are not looked into, so that a year
 * of logs costs as little as the days that are asked for, unless all are wanted: a backfill puts new objects into old folders.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { pagesOf } from '../../shared/listing.ts';

export interface Listed {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  /** When it came, epoch milliseconds. */
  readonly modified: number;
}

/** Epoch milliseconds, both ends inside. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

const DAY = 86_400_000;
const LATE = 2 * DAY; // by which the day in a key and the one on which its object comes may differ

export interface InventoryOptions {
  /** Looks into the folders of all days, too. */
  readonly allDays?: boolean;
  /** The account that lists pays for the requests. */
  readonly isRequesterPaying?: boolean;
  /** Called with each folder that is not looked into. */
  onLeftOut?(folder: string): void;
}

/** `prefix` as in the settings of a source: a `*` stands for anything. */
export async function* inventory(
  s3: S3Client,
  bucket: string,
  prefix: string,
  span: Span,
  options: InventoryOptions = {},
): AsyncGenerator<Listed> {
  const { allDays = false, isRequesterPaying, onLeftOut } = options;
  const payer = isRequesterPaying ? ({ RequestPayer: 'requester' } as const) : {};
  const isWanted = (folder: string): boolean => {
    if (allDays || isNear(folder, span)) return true;
    onLeftOut?.(folder);
    return false;
  };
  const isOfIt = matcher(prefix);
  const folders = [prefix.replace(/\*.*/s, '')];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const below: string[] = [];
    const input = { Bucket: bucket, Prefix: folder, Delimiter: '/', ...payer };
    for await (const { Contents = [], CommonPrefixes = [] } of pagesOf(s3, input)) {
      for (const { Key = '', Size = 0, ETag = '', LastModified } of Contents) {
        const modified = LastModified?.getTime() ?? 0;
        if (modified < span.since || modified > span.until || !isOfIt(Key)) continue;
        yield { key: Key, size: Size, etag: ETag.replaceAll('"', ''), modified };
      }
      below.push(...CommonPrefixes.flatMap(({ Prefix = '' }) => (isWanted(Prefix) ? [Prefix] : [])));
    }
    folders.push(...below.reverse()); // in the order of their names
  }
}

function matcher(prefix: string): (key: string) => boolean {
  const parts = prefix.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('.*')}`, 's');
  return (key) => pattern.test(key);
}

/** `…/2026/`, `…/2026/11/`, `…/2026/11/24/` or `…/year=2026/month=11/day=24/` */
const DATED = /\/(?:year=)?(\d{4})\/(?:(?:month=)?(\d\d)\/(?:(?:day=)?(\d\d)\/)?)?$/;

/** Whether objects of the time may be in a folder; of one that names no day they may. */
function isNear(folder: string, { since, until }: Span): boolean {
  const [, year, month, day] = DATED.exec(folder) ?? [];
  if (year === undefined) return true;
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)];
  const first = Date.UTC(y, m, d);
  const end = Date.UTC(
    y + (month === undefined ? 1 : 0),
    m + (month !== undefined && day === undefined ? 1 : 0),
    d + (day === undefined ? 0 : 1),
  );
  return end > since - LATE && first < until + LATE;
}
