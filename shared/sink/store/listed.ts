/** The keys below a prefix, as they were within the last minute. */
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
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
  /** Never rejects: without a list, no. */
  has(key: string): Promise<boolean>;
  /** What changed since. */
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
    let token: string | undefined;
    for (let page = 0; page === 0 || (token !== undefined && page < MAX_PAGES); page++) {
      const command = new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken: token });
      const answer = await client.send(command, { abortSignal: AbortSignal.timeout(LIMIT_MS) });
      for (const { Key = '' } of answer.Contents ?? []) found.add(Key);
      token = answer.NextContinuationToken;
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
