/** What lies in a source's bucket against what was read. */

import { announcement, objects } from '../../shared/input/s3.ts';
import { ownerOf } from '../../shared/table/keys.ts';
import type { Listed } from './inventory.ts';
import type { Ledger } from './ledger.ts';

export interface Counts {
  /** That are the source's to read. */
  objects: number;
  read: number;
  /** That came before the ledger began: whether they were read is not known. */
  unknown: number;
  missing: number;
  missingBytes: number;
  /** When the oldest of these came, epoch milliseconds. */
  oldest: number | undefined;
}

/** Yields what was never read, and counts while it does. */
export async function* missing(
  listed: AsyncIterable<Listed>,
  { source, bucket, ledger }: { readonly source: string; readonly bucket: string; readonly ledger: Ledger },
  counts: Counts,
): AsyncGenerator<Listed> {
  for await (const each of listed) {
    if (!isToRead(bucket, each, source)) continue;
    counts.objects++;
    if (ledger.has(`s3://${bucket}/${each.key}@${each.etag}`)) {
      counts.read++;
      continue;
    }
    if (ledger.beginning === undefined || each.modified < ledger.beginning) {
      counts.unknown++;
      continue;
    }
    counts.missing++;
    counts.missingBytes += each.size;
    if (counts.oldest === undefined || each.modified < counts.oldest) counts.oldest = each.modified;
    yield each;
  }
}

/** As the Lambda sees it: no folder, no empty object, no log of another source, something that is a log. */
function isToRead(bucket: string, { key, size }: Listed, source: string): boolean {
  const owner = ownerOf(key);
  return (owner === undefined || owner === source) && objects(announcement({ bucket, key, size })).length > 0;
}
