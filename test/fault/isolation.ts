/**
 * One sick index, record, object or invocation does not hold up or multiply others, on the deployed stack. `FULL=1` runs the two
 * long cases at full length: the object of 250,000 records (else 25,000), the body that stalls for ever (else once).
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { type Stack, stage } from '../../scripts/demo/deployed.ts';
import { announcement } from '../../shared/input/s3.ts';
import { moved } from '../e2e/alarms.ts';
import { drained } from '../rig/aws/aws.ts';
import { FAULTS, type Fault, type FaultProxy } from './proxy.ts';
import { killAll } from './workers.ts';

export interface Proxies {
  readonly opensearch: FaultProxy;
  readonly splunk: FaultProxy;
  readonly s3: FaultProxy;
  readonly firehose: FaultProxy;
}

const IS_FULL = process.env.FULL === '1';
const TEST_MS = 600_000; // until the deployed stack has done its waiting, not a limit of speed
const DENIED = 'AccessDenied';
const FLOWLOGS = 'bongsu-demo-flowlogs';

/** A message of a queue, as Lambda hands it over. */
interface Message {
  readonly id: string;
  readonly body: string;
}

export function isolation({ aws, opensearch, hec, outputs, ...rest }: Stack, proxies: Proxies): void {
  const access = {
    endpoint: aws.url,
    region: aws.env.AWS_REGION,
    credentials: { accessKeyId: aws.env.AWS_ACCESS_KEY_ID, secretAccessKey: aws.env.AWS_SECRET_ACCESS_KEY },
  };
  const s3 = new S3Client(access);
  const lambda = new LambdaClient({ ...access, maxAttempts: 1, requestHandler: { requestTimeout: 0 } });
  const play = stage({ aws, opensearch, hec, outputs, ...rest });
  const { LogBucketName: Bucket, CloudtrailQueueUrl, FlowlogsQueueUrl, ReplayQueueUrl } = outputs;
  const replaysDone = () => drained(aws, ReplayQueueUrl);
  afterAll(() => {
    s3.destroy();
    lambda.destroy();
  });
  afterEach(() => {
    for (const proxy of Object.values(proxies)) proxy.always(FAULTS.pass);
  });

  const flows = (day: string, count: number): string => {
    const start = Date.parse(`${day}T00:00:00Z`) / 1000;
    const line = (i: number) =>
      `2 123456789012 eni-0a1b2c3d4e5f60718 10.0.${i & 255}.7 192.0.2.7 ${1024 + (i % 60_000)} 443 6 10 840 ${start + (i % 86_000)} ${start + (i % 86_000) + 60} ACCEPT OK\n`;
    return Array.from({ length: count }, (_, i) => line(i)).join('');
  };
  const put = (Key: string, text: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: gzipSync(text) }));

  /** Puts an object of which nobody is told, and gives the message that S3 would send. `size`: the one it announces. */
  async function announced(key: string, text: string, size: number): Promise<Message> {
    await put(`elsewhere/${key}`, text);
    return {
      id: randomUUID(),
      body: JSON.stringify(announcement({ bucket: Bucket, key: `elsewhere/${key}`, size })),
    };
  }

  /** Invokes the source as its queue does, and gives the messages that come again. */
  async function invoke(messages: readonly Message[], count = 1): Promise<readonly Message[]> {
    const Records = messages.map(({ id, body }) => ({
      messageId: id,
      body,
      attributes: { ApproximateReceiveCount: String(count) },
      eventSource: 'aws:sqs',
    }));
    const Payload = JSON.stringify({ Records });
    const answer = await lambda.send(new InvokeCommand({ FunctionName: FLOWLOGS, Payload }));
    const said = JSON.parse(Buffer.from(answer.Payload!).toString());
    if (answer.FunctionError !== undefined) throw new Error(`the invocation failed: ${JSON.stringify(said)}`);
    const failed = new Set(
      said.batchItemFailures.map(({ itemIdentifier }: { itemIdentifier: string }) => itemIdentifier),
    );
    return messages.filter(({ id }) => failed.has(id));
  }

  const inOpenSearch = async (day: string, source = 'flowlogs'): Promise<number> => {
    const index = `aws-${source}-${day.replaceAll('-', '.')}`;
    await opensearch.indices.refresh({ index, ignore_unavailable: true });
    return (await opensearch.count({ index, ignore_unavailable: true })).body.count;
  };
  /** How often HEC has each event of an object. */
  function copiesOf(key: string): { ids: number; most: number } {
    const copies = new Map<unknown, number>();
    for (const { source, fields } of hec.events()) {
      if (String(source).includes(key)) copies.set(fields?.event_id, (copies.get(fields?.event_id) ?? 0) + 1);
    }
    return { ids: copies.size, most: [...copies.values()].reduce((most, n) => Math.max(most, n), 0) };
  }
  const logged = async () => (await readFile(aws.logFile, 'utf8')).length;
  /** Lines of flow logs that the log got since, of one message. */
  const failures = async (since: number): Promise<string[]> =>
    (await readFile(aws.logFile, 'utf8'))
      .slice(since)
      .split('\n')
      .filter((line) => line.startsWith(`[${FLOWLOGS}]`) && line.includes('"message":"item failed"'));
  /** A new environment knows what S3 knows, and no open circuit breaker. */
  const newEnvironments = () => killAll(aws.pid);

  test(
    'a record 900 levels deep among 5,000: 4,999 arrive, one is in quarantine, the node lives',
    async () => {
      const day = '2026-11-06';
      const sample = JSON.parse(readFileSync(new URL('../sample/cloudtrail/management.json', import.meta.url), 'utf8'));
      const records = Array.from({ length: 5000 }, (_, i) => ({
        ...sample.Records[0],
        eventID: randomUUID(),
        eventTime: `${day}T12:00:00Z`,
        ...(i === 2500 && { requestParameters: JSON.parse(`${'{"a":'.repeat(900)}1${'}'.repeat(900)}`) }),
      }));
      const before = (await play.arrived('cloudtrail')).quarantined;
      await put('cloudtrail/AWSLogs/deep.json.gz', JSON.stringify({ Records: records }));
      await drained(aws, CloudtrailQueueUrl, ReplayQueueUrl);
      expect(await inOpenSearch(day, 'cloudtrail')).toBe(4999);
      expect((await play.arrived('cloudtrail')).quarantined).toBe(before + 1);
      expect((await opensearch.cluster.health()).body.number_of_nodes).toBe(1);
    },
    TEST_MS,
  );

  test(
    'an index that refuses everything holds up its own records, and no other source',
    async () => {
      const [day, index] = ['2026-11-07', 'aws-flowlogs-2026.11.07'];
      await put(`flowlogs/${day}/first.log.gz`, flows(day, 10));
      await drained(aws, FlowlogsQueueUrl, ReplayQueueUrl);
      proxies.opensearch.always({ answer: { status: 503, retryAfter: 60 } }); // spilled at once
      const sample = JSON.parse(readFileSync(new URL('../sample/cloudtrail/management.json', import.meta.url), 'utf8'));
      for (let object = 0; object < 3; object++) {
        await put(`flowlogs/${day}/${object}.log.gz`, flows(day, 100));
        const eventTime = `${day}T12:00:00Z`;
        const records = Array.from({ length: 100 }, () => ({ ...sample.Records[0], eventID: randomUUID(), eventTime }));
        await put(`cloudtrail/AWSLogs/${day}-${object}.json.gz`, JSON.stringify({ Records: records }));
      }
      await drained(aws, FlowlogsQueueUrl, CloudtrailQueueUrl);
      expect([await inOpenSearch(day), await inOpenSearch(day, 'cloudtrail')]).toEqual([10, 0]);
      await opensearch.indices.putSettings({ index, body: { 'index.blocks.read_only_allow_delete': true } }); // a full disk
      proxies.opensearch.always(FAULTS.pass);
      const well = Date.now();
      while ((await inOpenSearch(day, 'cloudtrail')) < 300) await sleep(200); // the test's own timeout ends it
      process.stderr.write(
        `the other source arrived ${((Date.now() - well) / 1000).toFixed(1)} s after OpenSearch was well\n`,
      );
      expect(await inOpenSearch(day)).toBe(10); // still blocked
      await opensearch.indices.putSettings({ index, body: { 'index.blocks.read_only_allow_delete': null } });
      await replaysDone();
      expect(await inOpenSearch(day)).toBe(310);
    },
    TEST_MS,
  );

  describe('an object that takes longer than an invocation', () => {
    const [lines, seconds, bulkMs] = IS_FULL ? [250_000, 13, 1000] : [25_000, 10, 3000];
    const timeout = (Timeout: number) =>
      lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: FLOWLOGS, Timeout }));
    afterAll(() => timeout(300));

    test(
      'ends by itself: each record is there once, at most two copies in HEC, small ones in the first invocation',
      async () => {
        const [day, smallDay] = ['2026-11-08', '2026-11-09'];
        await timeout(seconds);
        await newEnvironments();
        proxies.opensearch.always(({ path }) => (path.includes('_bulk') ? { delayMs: bulkMs } : FAULTS.pass));
        const long = await announced('long', flows(day, lines), lines);
        const small = await Promise.all([0, 1, 2].map((i) => announced(`small-${i}`, flows(smallDay, 30), 10 + i)));
        let open = await invoke([long, ...small]);
        expect(open).toEqual([long]);
        expect(copiesOf('elsewhere/small-')).toEqual({ ids: 90, most: 1 });
        let invocations = 1;
        for (; open.length > 0 && invocations < 20; invocations++) open = await invoke(open, invocations + 1);
        process.stderr.write(`${lines} records of an object in ${invocations} invocations of ${seconds} s\n`);
        expect(open).toEqual([]);
        proxies.opensearch.always(FAULTS.pass);
        await replaysDone();
        expect([await inOpenSearch(day), await inOpenSearch(smallDay)]).toEqual([lines, 90]);
        const { ids, most } = copiesOf('elsewhere/long@');
        expect(ids).toBe(lines);
        expect(most).toBeLessThanOrEqual(2);
      },
      TEST_MS,
    );
  });

  test(
    'a body that stalls: its neighbours arrive in the same invocation',
    async () => {
      const day = '2026-11-10';
      const isStalled = (path: string) => path.includes('elsewhere/stalls');
      const asked = () => proxies.s3.seen().filter(({ path }) => isStalled(path)).length;
      const stalls = IS_FULL ? Number.POSITIVE_INFINITY : asked() + 1;
      proxies.s3.always(({ path }) => (isStalled(path) && asked() <= stalls ? { stallAnswer: 100 } : FAULTS.pass));
      const messages = [
        await announced('stalls', flows(day, 100), 1), // the smallest comes first
        await announced('next-1', flows(day, 30), 2),
        await announced('next-2', flows(day, 30), 3),
      ];
      const open = await invoke(messages);
      expect(open).toEqual(IS_FULL ? [messages[0]] : []);
      expect(asked()).toBeGreaterThan(1);
      expect(copiesOf('elsewhere/next-')).toEqual({ ids: 60, most: 1 });
      proxies.s3.always(FAULTS.pass);
      if (open.length > 0) expect(await invoke(open, 2)).toEqual([]);
      await replaysDone();
      expect(copiesOf('elsewhere/stalls')).toEqual({ ids: 100, most: 1 });
      expect(await inOpenSearch(day)).toBe(160);
    },
    TEST_MS,
  );

  /** Delivers a message five times, as SQS does before it gives up, and then as one that was redriven. */
  async function fiveTimes(message: Message, mend: () => void): Promise<void> {
    await newEnvironments();
    for (let count = 1; count <= 5; count++) expect(await invoke([message], count)).toEqual([message]);
    mend();
    await newEnvironments();
    expect(await invoke([{ ...message, id: randomUUID() }])).toEqual([]);
  }

  test(
    'Firehose denied: one copy of each event, an alarm has data, the log names the object and the cause',
    async () => {
      const [day, since] = ['2026-11-11', await logged()];
      const before = (await play.arrived('flowlogs')).quarantined;
      const body = JSON.stringify({ __type: `${DENIED}Exception`, message: 'not authorized' });
      proxies.firehose.always({ answer: { status: 400, body } });
      const text = flows(day, 40).replace('\n', '\nno flow log\n');
      await fiveTimes(await announced('denied', text, 1), () => proxies.firehose.always(FAULTS.pass));
      expect(copiesOf('elsewhere/denied')).toEqual({ ids: 40, most: 1 });
      expect(await inOpenSearch(day)).toBe(40);
      expect((await play.arrived('flowlogs')).quarantined).toBe(before + 1);
      expect((await moved(aws, since))['bongsu-demo-flowlogs-not-stored']).toBe(5);
      const told = await failures(since);
      expect(told).toHaveLength(5);
      for (const line of told) {
        expect(line).toContain(`s3://${Bucket}/elsewhere/denied@`);
        expect(line).toContain(`${DENIED}Exception`);
      }
    },
    TEST_MS,
  );

  test(
    'spill denied while OpenSearch is down: one copy of each event, an alarm has data, the log names bucket and cause',
    async () => {
      const [day, since] = ['2026-11-12', await logged()];
      const answer = `<?xml version="1.0"?><Error><Code>${DENIED}</Code><Message>Access Denied</Message></Error>`;
      const denied: Fault = { answer: { status: 403, body: answer } };
      proxies.opensearch.always({ answer: { status: 503, retryAfter: 60 } });
      proxies.s3.always(({ method, path }) => (method === 'PUT' && path.includes('/spill/') ? denied : FAULTS.pass));
      await fiveTimes(await announced('unspilled', flows(day, 40), 1), () => {
        proxies.opensearch.always(FAULTS.pass);
        proxies.s3.always(FAULTS.pass);
      });
      expect(copiesOf('elsewhere/unspilled')).toEqual({ ids: 40, most: 1 });
      expect(await inOpenSearch(day)).toBe(40);
      expect((await moved(aws, since))['bongsu-demo-flowlogs-not-stored']).toBe(5 * 40);
      const told = await failures(since);
      expect(told).toHaveLength(5);
      for (const line of told) {
        expect(line).toContain(`"bucket":"${outputs.QuarantineBucketName}"`);
        expect(line).toContain(`"name":"${DENIED}"`);
        expect(line).toContain(`s3://${Bucket}/elsewhere/unspilled@`);
      }
    },
    TEST_MS,
  );
}
