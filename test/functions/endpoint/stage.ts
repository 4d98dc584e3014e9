/** The Lambda between a fake OpenSearch, a fake S3 for what is spilled, and files; called with events of a function URL. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { hashOf, type StoredKey } from '../../../functions/endpoint/access/keys.ts';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { type FakeOpenSearch, fakeOpenSearch } from '../../fake/opensearch.ts';
import { type Secrets, secrets } from '../../fake/secrets.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are asked for what tests know of them
type Any = any;

export interface Answered {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly address?: string;
  /** Of the invocation. */
  readonly remainingMs?: number;
}

export interface Stage {
  readonly opensearch: FakeOpenSearch;
  readonly s3: Buckets;
  readonly secrets: Secrets;
  ask(asked: Asked): Promise<Answered>;
  /** Posts `_bulk`; the status of each item. */
  bulk(
    body: string | Buffer,
    asked?: Asked,
  ): Promise<{ readonly answer: Answered; readonly statuses: readonly number[]; readonly json: Any }>;
  /** Lines of a file that was written: `quarantine.ndjson`, `endpoint.splunk.ndjson`. */
  read(file: string): Promise<Any[]>;
  stop(): Promise<void>;
}

export const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys-AbCdEf';
export const KEY = 'correct-horse';
export const authorized = (id = 'web', key = KEY) => ({
  authorization: `ApiKey ${Buffer.from(`${id}:${key}`).toString('base64')}`,
});
export const storedKey = (more: Partial<StoredKey> = {}): StoredKey => ({
  sha256: hashOf(KEY).toString('hex'),
  name: 'web servers',
  indices: ['filebeat-*', 'winlogbeat-*'],
  ...more,
});

export async function stage(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
  const [opensearch, s3, keys] = await Promise.all([fakeOpenSearch(), buckets(), secrets()]);
  keys.values.set(ARN, JSON.stringify({ keys: { web: storedKey() } }));
  const { write } = process.stdout;
  const before = process.env;
  process.env = {
    ...before,
    ROUTE: 'opensearch,splunk',
    FILTER: '{"splunk":{"detected":true}}',
    OPENSEARCH_URL: opensearch.endpoint,
    SPLUNK_HEC_URL: `file:${folder}`,
    QUARANTINE_STREAM: `file:${folder}`,
    SPILL_URL: 's3://quarantine/spill',
    GEO_URL: 'off',
    ENDPOINT_AUTH: 'apikey',
    ENDPOINT_KEYS_ARN: ARN,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: keys.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_MAX_ATTEMPTS: '1',
    ...env,
  };
  process.stdout.write = (() => true) as typeof write;
  const { handler } = await import('../../../functions/endpoint/handler.ts');
  const ask = async (asked: Asked): Promise<Answered> =>
    (await handler(eventOf(asked), {
      getRemainingTimeInMillis: () => asked.remainingMs ?? 60_000,
      awsRequestId: 'r',
    } as Context)) as Answered;
  return {
    opensearch,
    s3,
    secrets: keys,
    ask,
    async bulk(body, asked = {}) {
      const answer = await ask({ method: 'POST', path: '/_bulk', headers: authorized(), body, ...asked });
      const json = JSON.parse(answer.body);
      const statuses = (json.items ?? []).map((item: Any) => (Object.values(item)[0] as Any).status);
      return { answer, statuses, json };
    },
    async read(file) {
      const text = await readFile(join(folder, file), 'utf8').catch(() => '');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    },
    async stop() {
      process.stdout.write = write;
      process.env = before;
      await Promise.all([opensearch.stop(), s3.stop(), keys.stop(), rm(folder, { recursive: true })]);
    },
  };
}

let asks = 0;

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads */
export function eventOf({
  method = 'GET',
  path = '/',
  query = '',
  headers = {},
  body = '',
  address = '198.51.100.7',
}: Asked): object {
  return {
    version: '2.0',
    rawPath: path,
    rawQueryString: query,
    headers,
    requestContext: { requestId: `request-${++asks}`, http: { method, path, sourceIp: address } },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
  };
}

/** An event as Filebeat sends it: a line of a file. */
export const line = (offset: number, message: string, more: object = {}): object => ({
  '@timestamp': '2026-11-24T12:00:00.000Z',
  agent: { id: 'a1', type: 'filebeat', version: '7.17.29' },
  host: { name: 'web-1' },
  log: { file: { path: '/var/log/messages' }, offset },
  message,
  ...more,
});

/** A `_bulk` body. */
export const body = (
  documents: readonly object[],
  action: object = { create: { _index: 'filebeat-7.17.29-2026.11.24' } },
): string => documents.map((document) => `${JSON.stringify(action)}\n${JSON.stringify(document)}\n`).join('');
