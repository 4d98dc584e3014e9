/** The keys below a prefix, as they were within the last minute. */
import type { S3Client } from '@aws-sdk/client-s3';
import { pagesOf } from '../../listing.ts';
import type { Log } from '../../model.ts';

export interface ListedOptions {
  readonly client: Pick<S3Client, 'send'>;
  readonly bucket: string;
  readonly prefix: string;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

export interface Listed {
  /** Never rejects: false where the keys could not be listed. */
  has(key: string): Promise<boolean>;
  /** What this environment itself has put and deleted since. */
  add(key: string): void;
  delete(key: string): void;
}

const AGE_MS = 60_000;
const LIMIT_MS = 2_000;
const MAX_PAGES = 10; // of 1,000 keys

export function listed({ client, bucket: Bucket, prefix: Prefix, log, now = Date.now }: ListedOptions): Listed {
  let keys = new Set<string>();
  let at = Number.NEGATIVE_INFINITY;

  async function list(): Promise<void> {
    const found = new Set<string>();
    let pages = 0;
    for await (const { Contents = [] } of pagesOf(client, { Bucket, Prefix }, () => AbortSignal.timeout(LIMIT_MS))) {
      for (const { Key = '' } of Contents) found.add(Key);
      if (++pages === MAX_PAGES) break;
    }
    keys = found;
  }

  return {
    async has(key) {
      const age = now() - at;
      if (age < 0 || age >= AGE_MS) {
        at = now();
        await list().catch((error) => log.warn('keys not listed', { bucket: Bucket, prefix: Prefix, error }));
      }
      return keys.has(key);
    },
    add: (key) => void keys.add(key),
    delete: (key) => void keys.delete(key),
  };
}
