import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';

const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
const write = process.stdout.write;
const before = process.env;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
  process.env = {
    ...before,
    IS_LOCAL: 'true',
    ROUTE: 'opensearch,splunk,archive',
    GEO_URL: 'off',
    OPENSEARCH_URL: `file:${folder}`,
    SPLUNK_HEC_URL: `file:${folder}`,
    ARCHIVE_STREAM: `file:${folder}`,
    QUARANTINE_STREAM: `file:${folder}`,
  };
  process.stdout.write = (() => true) as typeof write;
});
afterAll(async () => {
  process.stdout.write = write;
  process.env = before;
  await rm(folder, { recursive: true });
});

const finding = (id: string) => ({
  version: '0',
  id: `event-${id}`,
  'detail-type': 'GuardDuty Finding',
  source: 'aws.guardduty',
  account: '123456789012',
  time: '2026-11-24T13:40:38Z',
  region: 'eu-west-1',
  resources: [],
  detail: {
    schemaVersion: '2.0',
    accountId: '123456789012',
    region: 'eu-west-1',
    id,
    type: 'Recon:EC2/PortProbeUnprotectedPort',
    resource: { resourceType: 'Instance' },
    service: { serviceName: 'guardduty' },
    severity: 5,
    createdAt: '2026-11-24T13:40:00.000Z',
    updatedAt: '2026-11-24T13:40:00.000Z',
    title: 'Port probe',
    description: 'A port was probed.',
  },
});

const arrived = async (sink = 'splunk'): Promise<string> => readFile(join(folder, `guardduty.${sink}.ndjson`), 'utf8');
const actions = async (): Promise<string[]> => {
  const lines = (await arrived('opensearch')).trimEnd().split('\n');
  return lines.filter((line) => line.startsWith('{"create"') || line.startsWith('{"index"'));
};
const told = (name: string, size: number) =>
  JSON.stringify({
    Records: [
      { eventName: 'ObjectCreated:Put', s3: { bucket: { name: `file:${folder}` }, object: { key: name, size } } },
    ],
  });
const sqs = (...bodies: readonly string[]) => ({
  Records: bodies.map((body, at) => ({ messageId: `m${at + 1}`, eventSource: 'aws:sqs', body })),
});

test('findings through SQS arrive; only the message that is not an event is given back', async () => {
  const { handler } = await import('../../../functions/guardduty/handler.ts');
  const bodies = [JSON.stringify(finding('f1')), '{"hello":"world"}', JSON.stringify(finding('f2'))];
  expect(await handler(sqs(...bodies), context)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
  const lines = (await arrived()).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).source)).toEqual(Array(2).fill('eventbridge:aws.guardduty'));
});

test('a finding straight from EventBridge arrives', async () => {
  const { handler } = await import('../../../functions/guardduty/handler.ts');
  await handler(finding('f3'), context);
  expect(await arrived()).toContain('"id":"event-f3"');
});

test('an exported object and the event of the same finding have the same ids, in one batch of messages', async () => {
  const { handler } = await import('../../../functions/guardduty/handler.ts');
  const event = finding('f4');
  const exported = gzipSync(`${JSON.stringify(event.detail)}\n${JSON.stringify(finding('f5').detail)}\n`);
  await writeFile(join(folder, 'export.jsonl.gz'), exported);
  const messages = sqs(JSON.stringify(event), told('export.jsonl.gz', exported.length));
  expect(await handler(messages, context)).toEqual({ batchItemFailures: [] });
  const of = async (id: string) => (await actions()).filter((line) => line.includes(`"_id":"${id}`));
  const [create, update, ...again] = await of('f4');
  expect(create).toContain('"f4@2026-11-24T13:40:00.000Z"');
  const exportedAt = `"version":${Date.parse('2026-11-24T13:40:00Z')},`; // an export does not say when it was sent
  expect(again).toEqual([create, update.replace(/"version":\d+,/, exportedAt)]);
  expect(await of('f5')).toHaveLength(2);
});

test('what is archived is delivered again with the ids and the bytes that it had, and not archived once more', async () => {
  const { handler } = await import('../../../functions/guardduty/handler.ts');
  await handler(sqs(JSON.stringify(finding('f6'))), context);
  const archived = (await arrived('archive')).trimEnd().split('\n');
  const line = archived.find((each) => each.includes('"f6@'))!;
  expect(JSON.parse(line)).toEqual({
    source: 'guardduty',
    id: 'f6@2026-11-24T13:40:00.000Z',
    time: '2026-11-24T13:40:00Z',
    event: finding('f6'),
  });
  const before = (await actions()).filter((each) => each.includes('"f6'));
  await writeFile(join(folder, 'archived'), gzipSync(`${line}\n`));
  await handler(sqs(told('archived', 1)), context);
  expect((await actions()).filter((each) => each.includes('"f6'))).toEqual([...before, ...before]);
  expect((await arrived('archive')).trimEnd().split('\n')).toEqual(archived);
  const events = (await arrived()).split('\n').filter((each) => each.includes('"f6@'));
  const [first, second] = events.map((each) => JSON.parse(each));
  expect({ ...second, source: first.source }).toEqual(first);
});
