import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    ROUTE: 'opensearch,splunk',
    GEO_URL: 'off',
    OPENSEARCH_URL: `file:${folder}`,
    SPLUNK_HEC_URL: `file:${folder}`,
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

const arrived = async (): Promise<string> => readFile(join(folder, 'guardduty.splunk.ndjson'), 'utf8');

test('findings through SQS arrive; only the message that is no event is given back', async () => {
  const { handler } = await import('../../../functions/guardduty/handler.ts');
  const bodies = [
    JSON.stringify(finding('f1')),
    '{"Type":"SubscriptionConfirmation","TopicArn":"arn"}',
    JSON.stringify(finding('f2')),
  ];
  const Records = bodies.map((body, at) => ({ messageId: `m${at + 1}`, eventSource: 'aws:sqs', body }));
  expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
  const lines = (await arrived()).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).source)).toEqual(['eventbridge:event-f1', 'eventbridge:event-f2']);
});

test('a finding straight from EventBridge arrives', async () => {
  const { handler } = await import('../../../functions/guardduty/handler.ts');
  await handler(finding('f3'), context);
  expect(await arrived()).toContain('eventbridge:event-f3');
});
