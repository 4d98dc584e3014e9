import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { type S3, s3 } from '../../fake/s3.ts';
import { type SecurityHub, securityHub } from '../../fake/securityhub.ts';

const SAMPLES = new URL('../../sample/securityhub/', import.meta.url);
/** In one line, as AWS delivers it. */
const sample = async (name: string): Promise<string> =>
  JSON.stringify(JSON.parse(await readFile(new URL(`${name}.json`, SAMPLES), 'utf8')));

const context = { getRemainingTimeInMillis: () => 120_000 } as Context;
const write = process.stdout.write;
const before = process.env;
let folder: string;
let hub: SecurityHub;
let store: S3;
let handler: (event: unknown, context: Context) => Promise<unknown>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
  hub = await securityHub();
  store = await s3();
  process.env = {
    ...before,
    ROUTE: 'opensearch,splunk',
    NATIVE_SOURCES: 'guardduty',
    GEO_URL: 'off',
    OPENSEARCH_URL: `file:${folder}`,
    SPLUNK_HEC_URL: `file:${folder}`,
    QUARANTINE_STREAM: `file:${folder}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_ENDPOINT_URL_SECURITYHUB: hub.endpoint,
    AWS_ENDPOINT_URL_S3: store.endpoint,
  };
  process.stdout.write = (() => true) as typeof write;
  ({ handler } = (await import('../../../functions/securityhub/handler.ts')) as { handler: typeof handler });
});
afterAll(async () => {
  process.stdout.write = write;
  process.env = before;
  await Promise.all([hub.stop(), store.stop(), rm(folder, { recursive: true })]);
});
beforeEach(async () => {
  store.objects.clear();
  for (const sink of ['opensearch', 'splunk']) await rm(join(folder, `securityhub.${sink}.ndjson`), { force: true });
});

const lines = async (sink: string) =>
  (await readFile(join(folder, `securityhub.${sink}.ndjson`), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const messages = (...bodies: readonly string[]) => ({
  Records: bodies.map((body, at) => ({ messageId: `m${at + 1}`, eventSource: 'aws:sqs', body })),
});

test('events through SQS arrive; copies stay among themselves and out of Splunk; only what is not an event is given back', async () => {
  const event = messages(await sample('control'), '{"Type":"SubscriptionConfirmation"}', await sample('guardduty'));
  expect(await handler(event, context)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
  const indices = (await lines('opensearch')).flatMap(({ create, index }) => (create ?? index)?._index ?? []);
  expect(indices).toEqual(['aws-findings-history-2026.11', 'aws-findings-current', 'aws-findings-copies-2026.11']);
  const events = await lines('splunk');
  expect(events.map(({ sourcetype }) => sourcetype)).toEqual(['aws:securityhub:finding']);
  expect(events[0].event.Id).toBe(events[0].fields.finding_uid);
});

test.each(['prowler.asff', 'prowler.ocsf'])('a file %s in the bucket is recognized by what is in it', async (name) => {
  store.objects.set('logs/prowler/output.json', { bytes: Buffer.from(await sample(name)) });
  const object = { key: 'prowler/output.json', size: 1 };
  const body = { Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'logs' }, object } }] };
  expect(await handler(messages(JSON.stringify(body)), context)).toEqual({ batchItemFailures: [] });
  const documents = (await lines('opensearch')).filter((line) => line.observer !== undefined);
  expect(new Set(documents.map(({ finding }) => finding.uid)).size).toBe(2);
  expect(documents.map(({ observer, finding }) => [observer.product, finding.way])).toEqual(
    Array(4).fill(['Prowler', 's3']),
  );
});

test('a tick asks, delivers and notes how far it got', async () => {
  const updated = new Date(Date.now() - 3_600_000).toISOString();
  const [first] = JSON.parse(await sample('prowler.asff'));
  hub.findings = [{ ...first, UpdatedAt: updated }];
  const tick = {
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '123456789012',
    region: 'eu-west-1',
    detail: { state: 's3://quarantine/state/securityhub.json' },
  };
  expect(await handler(messages(JSON.stringify(tick)), context)).toEqual({ batchItemFailures: [] });
  const [event] = await lines('splunk');
  expect(event).toMatchObject({ source: 'securityhub:123456789012/eu-west-1', event: { Id: first.Id } });
  expect(store.objects.has('quarantine/state/securityhub.json')).toBe(true);
});
