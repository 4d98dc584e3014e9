/**
 * A parser that stumbles is deployed, records come, the parser is mended: what is quarantined becomes what it would have been.
 * With the commands as a person types them, on a local AWS with a real OpenSearch and a strict HEC receiver.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, expect, test } from '@jest/globals';
import type { Stack } from '../../scripts/demo/deployed.ts';
import { announcement } from '../../shared/input/s3.ts';
import { recordId } from '../../shared/text/id.ts';
import { drained, request } from '../rig/aws/aws.ts';
import { root } from '../rig/cache.ts';
import type { Python } from '../rig/python.ts';
import { spoil } from './code.ts';
import { onStack } from './suite.ts';

await onStack('what did not arrive', { params: { sources: 'flowlogs,guardduty' } }, suite);

function suite({ aws, opensearch, hec, outputs }: Stack, found: Python): void {
  const access = {
    endpoint: aws.url,
    region: aws.env.AWS_REGION,
    credentials: { accessKeyId: aws.env.AWS_ACCESS_KEY_ID, secretAccessKey: aws.env.AWS_SECRET_ACCESS_KEY },
  };
  const s3 = new S3Client(access);
  const lambda = new LambdaClient(access);
  afterAll(() => {
    s3.destroy();
    lambda.destroy();
  });

  const code = { s3, lambda, python: found.python, outputs, stack: 'bongsu-demo' };
  const bucket = outputs.LogBucketName;
  const queues = [outputs.FlowlogsQueueUrl, outputs.GuarddutyQueueUrl, outputs.ReplayQueueUrl];
  const done = () => drained(aws, ...queues);

  /** What a command prints on stdout, and its status. */
  async function command(name: string, ...args: readonly string[]): Promise<{ status: number; out: string }> {
    const all = [join(root, `scripts/${name}.ts`), ...args, '--stage', 'demo'];
    try {
      const { stdout } = await promisify(execFile)(process.execPath, all, { env: { ...process.env, ...aws.env } });
      return { status: 0, out: stdout };
    } catch (error) {
      const { code: status, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      if (status === 2) throw new Error(stderr);
      return { status, out: stdout };
    }
  }
  const replay = async (...args: readonly string[]) =>
    JSON.parse((await command('quarantine', 'replay', '--json', ...args)).out);

  /** Puts flow logs of so many records, of a day, and gives the uri of their body. */
  async function flows(key: string, count: number, day: string): Promise<string> {
    const start = Date.parse(`${day}T12:00:00Z`) / 1000;
    const line = (i: number) =>
      `2 123456789012 eni-1235b8ca123456789 192.0.2.${i} 198.51.100.7 ${40_000 + i} 443 6 20 4249 ${start} ${start + 60} ACCEPT OK\n`;
    const header =
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n';
    const text = header + Array.from({ length: count }, (_, i) => line(i)).join('');
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text }));
    return `s3://${bucket}/${key}@${createHash('md5').update(text).digest('hex')}`;
  }
  /** The ids of the records in such an object: the header is line 1. */
  const idsOf = (uri: string, count: number) =>
    Array.from({ length: count }, (_, i) => recordId({ id: '' }, { uri, seq: i + 2 })).toSorted();

  /** What Lambda keeps of a message of CloudWatch Logs that a function could not take. */
  function failedInvocation(message: string): object {
    const logEvents = [{ id: '7', timestamp: 1, message }];
    const payload = { messageType: 'DATA_MESSAGE', logGroup: 'flows', logStream: 'eni-1', logEvents };
    const data = gzipSync(JSON.stringify(payload)).toString('base64');
    return { requestContext: { condition: 'RetriesExhausted' }, requestPayload: { awslogs: { data } } };
  }

  async function finding(id: string, updatedAt: string): Promise<string> {
    const sample = JSON.parse(await readFile(join(root, 'test/sample/guardduty/port-probe.json'), 'utf8'));
    const { detail = sample, source = 'aws.guardduty' } = sample;
    const Detail = JSON.stringify({ ...detail, id, updatedAt });
    const Entries = [{ Source: source, DetailType: 'GuardDuty Finding', Detail }];
    await request(aws, 'events', 'AWSEvents.PutEvents', { Entries });
    return `${id}@${updatedAt}`;
  }

  /** Every document by index and id, with its version. */
  async function documents(index: string): Promise<{ ids: string[]; versions: string[] }> {
    await opensearch.indices.refresh();
    const { body } = await opensearch.search({ index, size: 10_000, body: { version: true } });
    const { hits } = body.hits;
    return {
      ids: hits.map(({ _id = '' }) => _id).toSorted(),
      versions: hits.map(({ _index, _id, _version }) => `${_index} ${_id} ${_version}`).toSorted(),
    };
  }
  const events = (sourcetype: string) =>
    hec.events().flatMap((event) => (event.sourcetype === sourcetype ? [String(event.fields?.event_id)] : []));
  const FLOWS = 'aws:cloudwatchlogs:vpcflow';
  const FINDINGS = 'aws:cloudwatch:guardduty';

  test('refused by a broken parser is, once that is mended, what it would have been; again, nothing changes', async () => {
    const mend = [
      await spoil('flowlogs', `if (from.seq % 3 === 0) throw new TypeError('stumbled at ' + from.seq)`, code),
      await spoil('guardduty', `throw new TypeError('stumbled')`, code),
    ];
    const uri = await flows('flowlogs/AWSLogs/1.log', 20, '2026-11-24');
    const findings = [
      await finding('a'.repeat(32), '2026-11-24T12:00:00.000Z'),
      await finding('b'.repeat(32), '2026-11-24T12:00:00.000Z'),
    ];
    await done();
    const all = idsOf(uri, 20);
    const broken = all.filter((id) => Number(id.split('-').at(-1)) % 3 === 0);
    expect(broken).toHaveLength(7);
    expect((await documents('aws-flowlogs-2026.11.24')).ids).toEqual(all.filter((id) => !broken.includes(id)));
    expect(events(FINDINGS)).toEqual([]);

    const { status, out } = await command('quarantine', 'list');
    expect(status).toBe(0);
    expect(out).toMatch(/^ +7 +0 +flowlogs +- .*stumbled at #$/m);
    expect(out).toMatch(/^ +2 +0 +guardduty +- .*stumbled$/m);
    expect(out).toMatch(/^9 records$/m);
    const shown = (await command('quarantine', 'show', '--source', 'flowlogs')).out.trimEnd().split('\n');
    expect(JSON.parse(shown[0])).toMatchObject({ uri, reason: 'stumbled at 3', raw: expect.stringMatching(/^2 1234/) });

    for (const each of mend) await each();
    expect(await replay('--dry-run')).toMatchObject({ replayed: 9, fromObjects: 7, fromQuarantine: 2, messages: 0 });
    expect(await replay()).toMatchObject({
      replayed: 9,
      fromObjects: 7,
      fromQuarantine: 2,
      spilled: 0,
      messages: 2,
      alreadyReplayed: 0,
    });
    await done();
    const flowDocuments = await documents('aws-flowlogs-2026.11.24');
    const findingDocuments = await documents('aws-findings-*');
    expect(flowDocuments.ids).toEqual(all);
    expect([...new Set(findingDocuments.ids)].toSorted()).toEqual(
      [...findings, 'a'.repeat(32), 'b'.repeat(32)].toSorted(),
    );
    expect(events(FLOWS).toSorted()).toEqual(all); // what was there already did not come again
    expect(events(FINDINGS).toSorted()).toEqual(findings);

    expect(await replay()).toMatchObject({ replayed: 0, messages: 0, alreadyReplayed: 9 });
    expect(await replay('--again')).toMatchObject({ replayed: 9, messages: 2, alreadyReplayed: 0 });
    await done();
    expect(await documents('aws-flowlogs-2026.11.24')).toEqual(flowDocuments);
    expect(await documents('aws-findings-*')).toEqual(findingDocuments);
    expect([...new Set(events(FLOWS))].toSorted()).toEqual(all);
    expect((await command('quarantine', 'list')).out).toMatch(/^ +7 +7 +flowlogs /m);
  });

  test('refused by OpenSearch goes there once the mapping is mended, and nowhere else', async () => {
    const [flowIndex, findingIndex] = ['aws-flowlogs-2026.10.01', 'aws-findings-history-2026.10'];
    const wrong = async (index: string, group: string, member: string) => {
      const properties = { [group]: { properties: { [member]: { type: 'ip' as const } } } };
      await opensearch.indices.create({ index, body: { mappings: { properties } } });
    };
    await wrong(flowIndex, 'source', 'bytes');
    await wrong(findingIndex, 'event', 'id');
    const uri = await flows('flowlogs/AWSLogs/2.log', 5, '2026-10-01');
    const id = await finding('c'.repeat(32), '2026-10-01T12:00:00.000Z');
    await done();
    expect([(await documents(flowIndex)).ids, (await documents(findingIndex)).ids]).toEqual([[], []]);
    const before = [events(FLOWS).length, events(FINDINGS).length];

    for (const index of [flowIndex, findingIndex]) await opensearch.indices.delete({ index });
    const only = ['--sink', 'opensearch'];
    expect(await replay(...only)).toMatchObject({ replayed: 6, fromObjects: 5, spilled: 1, messages: 1 });
    await done();
    expect((await documents(flowIndex)).ids).toEqual(idsOf(uri, 5));
    expect((await documents(findingIndex)).ids).toEqual([id]);
    expect([events(FLOWS).length, events(FINDINGS).length]).toEqual(before);
    expect(await replay(...only)).toMatchObject({ replayed: 0, alreadyReplayed: 6 });
  });

  test('failed every time, since its object was not there, and is read after a redrive', async () => {
    const key = 'elsewhere/3.log'; // nobody is told of objects there
    const QueueUrl = outputs.FlowlogsQueueUrl;
    const MessageBody = JSON.stringify(announcement({ bucket, key, size: 1 }));
    await request(aws, 'sqs', 'AmazonSQS.SendMessage', { QueueUrl, MessageBody });
    await done();
    await request(aws, 'sqs', 'AmazonSQS.SendMessage', {
      QueueUrl: outputs.FlowlogsDeadLettersUrl,
      MessageBody: JSON.stringify(
        failedInvocation('2 123456789012 eni-1 192.0.2.1 198.51.100.7 4 443 6 2 99 1788264000 1788264060 ACCEPT OK'),
      ),
    });
    const uri = await flows(key, 3, '2026-09-01');
    const { out } = await command('redrive', 'flowlogs', '--dry-run');
    expect(out).toMatch(
      new RegExp(`^flowlogs: 2 messages, .*\\n  first:  s3://${bucket}/${key}\\n  reason: see aws logs .*\\n$`),
    );
    expect((await command('redrive', 'all')).out).toMatch(/moved: {2}2\n(.*\n)*guardduty: none/);
    await done();
    const subscribed = recordId({ id: '' }, { uri: 'cloudwatchlogs:flows/eni-1@7', seq: 1 });
    expect((await documents('aws-flowlogs-2026.09.01')).ids).toEqual([...idsOf(uri, 3), subscribed].toSorted());
    expect((await command('redrive', 'flowlogs')).out).toBe('flowlogs: none\n');
  });

  test('since nobody was told of it is found in the bucket, and read', async () => {
    const since = new Date(Date.now() - 1000).toISOString();
    const uri = await flows('elsewhere/4.log', 4, '2026-09-02');
    await flows('flowlogs/AWSLogs/5.log', 2, '2026-09-03');
    await done();
    const args = ['flowlogs', '--since', since, '--margin', '0m', '--json'];
    const lines = async (...more: readonly string[]) => {
      const { status, out } = await command('reconcile', ...args, ...more);
      return {
        status,
        lines: out
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      };
    };
    const own = await lines();
    expect([own.status, own.lines]).toMatchObject([0, [{ objects: 1, read: 1, missing: 0 }]]);
    const other = ['--objects', `s3://${bucket}/elsewhere/`];
    const unread = await lines(...other);
    expect(unread.status).toBe(1);
    expect(unread.lines).toMatchObject([{ uri: `s3://${bucket}/elsewhere/4.log` }, { missing: 1, redriven: 0 }]);
    expect(await lines(...other, '--redrive')).toMatchObject({ status: 0, lines: [{}, { missing: 1, redriven: 1 }] });
    await done();
    expect((await documents('aws-flowlogs-2026.09.02')).ids).toEqual(idsOf(uri, 4));
    expect(await lines(...other)).toMatchObject({ status: 0, lines: [{ missing: 0 }] });
  });
}
