/** The function between a fake S3, a fake CloudTrail and file sinks. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { type CloudTrail, cloudtrail } from '../../fake/cloudtrail.ts';
import type { Hour, Signer, Stored } from './trail.ts';

export interface Stage {
  readonly s3: Buckets;
  readonly cloudtrail: CloudTrail;
  /** What the function wrote to its log since the last call. */
  logged(): Record<string, unknown>[];
  put(...hours: readonly Hour[]): void;
  store(...objects: readonly Stored[]): void;
  trust(signer: Signer): void;
  /** Invokes the function at a time, epoch milliseconds; what it sent is there even where it throws. */
  run(at: number, order?: object): Promise<void>;
  /** What was sent since the last call: OpenSearch's documents with their ids, and Splunk's events. */
  sent(): Promise<Sent>;
  /** Nothing is left but the keys that are trusted. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export interface Sent {
  readonly docs: readonly { readonly _index: string; readonly _id: string; readonly source: Doc }[];
  readonly hec: readonly { readonly event: { readonly kind: string }; readonly fields: Record<string, string> }[];
}

// biome-ignore lint/suspicious/noExplicitAny: a document, of which tests know what they look at
type Doc = any;

export async function stage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
  const s3 = await buckets();
  const trails = await cloudtrail();
  const { write } = process.stdout;
  const before = process.env;
  let lines: string[] = [];
  process.env = {
    ...before,
    ROUTE: 'opensearch,splunk',
    OPENSEARCH_URL: `file:${folder}`,
    SPLUNK_HEC_URL: `file:${folder}`,
    QUARANTINE_STREAM: `file:${folder}`,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_CLOUDTRAIL: trails.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_MAX_ATTEMPTS: '1',
  };
  process.stdout.write = ((text: string) => lines.push(text) > 0) as typeof write;
  const { handler } = await import('../../../functions/integrity/handler.ts');

  const take = async (file: string): Promise<Doc[]> => {
    const path = join(folder, file);
    const text = await readFile(path, 'utf8').catch(() => '');
    await rm(path, { force: true });
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  };
  const store = (...objects: readonly Stored[]) => {
    for (const { key, bytes, metadata } of objects) s3.objects.set(`logs/${key}`, { bytes, metadata });
  };
  const sent = async (): Promise<Sent> => {
    const bulk = await take('integrity.opensearch.ndjson');
    const docs = bulk.flatMap(({ create }, at) => (create ? [{ ...create, source: bulk[at + 1] }] : []));
    return { docs, hec: await take('integrity.splunk.ndjson') };
  };
  return {
    s3,
    cloudtrail: trails,
    logged() {
      const all = lines.map((line) => JSON.parse(line));
      lines = [];
      return all;
    },
    put: (...hours) => store(...hours.flatMap(({ digest, logFiles }) => [digest, ...logFiles])),
    store,
    trust: ({ fingerprint, publicKey }) => trails.keys.push({ fingerprint, value: publicKey }),
    async run(at, order = {}) {
      const all = {
        digests: 's3://logs/',
        state: 's3://state/integrity.json',
        at: new Date(at).toISOString(),
        ...order,
      };
      await handler(all, { getRemainingTimeInMillis: () => 600_000 } as Context);
    },
    sent,
    async clear() {
      await sent();
      lines = [];
      s3.objects.clear();
      s3.errors.clear();
      s3.cuts.clear();
      s3.asked.length = 0;
      s3.pageSize = 1000;
      trails.asked.length = 0;
      trails.error = undefined;
    },
    async stop() {
      process.stdout.write = write;
      process.env = before;
      await Promise.all([s3.stop(), trails.stop(), rm(folder, { recursive: true })]);
    },
  };
}
