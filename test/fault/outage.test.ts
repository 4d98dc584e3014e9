/** Destinations that are down, and Lambdas that are killed, while records flow through the deployed stack. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import type { DeployedOptions, Stack } from '../../scripts/demo/deployed.ts';
import { seeded } from '../../scripts/incident/random.ts';
import { onStack } from '../e2e/suite.ts';
import { drained, request } from '../rig/aws/aws.ts';
import { FAULTS, type FaultProxy, startProxy } from './proxy.ts';

const TEST_MS = 300_000; // until the deployed stack has done its waiting, not a limit of speed

const proxies: { opensearch?: FaultProxy; splunk?: FaultProxy } = {};
const options: DeployedOptions = {
  async before(destination) {
    const ca = destination.caFile === undefined ? {} : { ca: readFileSync(destination.caFile, 'utf8') };
    const proxy = await startProxy({ url: destination.url, ...ca });
    proxies['username' in destination ? 'opensearch' : 'splunk'] = proxy;
    return proxy.url;
  },
  aws: { concurrency: 10, visibilitySeconds: 5 },
  params: { sources: 'flowlogs' },
};
await onStack('the deployed stack', options, (stack) => suite(stack, proxies as Required<typeof proxies>));

function suite({ aws, opensearch, hec, outputs }: Stack, { opensearch: search, splunk }: Required<typeof proxies>) {
  const s3 = new S3Client({
    endpoint: aws.url,
    region: aws.env.AWS_REGION,
    credentials: { accessKeyId: aws.env.AWS_ACCESS_KEY_ID, secretAccessKey: aws.env.AWS_SECRET_ACCESS_KEY },
  });
  const {
    FlowlogsQueueUrl: queue,
    FlowlogsDeadLettersUrl: dead,
    ReplayQueueUrl: replays,
    ReplayDeadLettersUrl,
  } = outputs;
  afterAll(() => Promise.all([search.stop(), splunk.stop()]));

  afterEach(async () => {
    for (const proxy of [search, splunk]) {
      proxy.always(FAULTS.pass);
      await proxy.close();
      await proxy.open();
    }
  });

  /** Puts flow logs of one day into the bucket: so many objects of so many lines. */
  async function put(day: string, objects: number, lines: number): Promise<void> {
    const start = Date.parse(`${day}T00:00:00Z`) / 1000;
    const one = (object: number) =>
      Array.from({ length: lines }, (_, i) => {
        const at = start + ((object * lines + i) % 86_000);
        return `2 123456789012 eni-0a1b2c3d4e5f60718 10.0.${i & 255}.${object & 255} 192.0.2.7 ${1024 + (i % 60_000)} 443 6 10 840 ${at} ${at + 60} ACCEPT OK\n`;
      }).join('');
    for (let object = 0; object < objects; object++) {
      const Key = `flowlogs/${day}/${object}.log.gz`;
      await s3.send(new PutObjectCommand({ Bucket: outputs.LogBucketName, Key, Body: gzipSync(one(object)) }));
    }
  }

  const inOpenSearch = async (day: string): Promise<number> => {
    const index = `aws-flowlogs-${day.replaceAll('-', '.')}`;
    await opensearch.indices.refresh({ index, ignore_unavailable: true });
    const { body } = await opensearch.count({ index, ignore_unavailable: true });
    return body.count;
  };
  /** Events of a day: all, and how many different ones. */
  const inSplunk = (day: string): { events: number; ids: number } => {
    const own = hec.events().filter(({ source }) => String(source).includes(`/${day}/`));
    return { events: own.length, ids: new Set(own.map(({ fields }) => fields?.event_id)).size };
  };
  const deadLetters = async (...urls: string[]): Promise<number> => {
    const counts = urls.map((QueueUrl) =>
      request<{ Attributes: Record<string, string> }>(aws, 'sqs', 'AmazonSQS.GetQueueAttributes', {
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    const all = await Promise.all(counts);
    return all.reduce((sum, { Attributes }) => sum + Number(Attributes.ApproximateNumberOfMessages), 0);
  };

  test(
    'OpenSearch down: Splunk gets everything once; up again: it gets everything by itself',
    async () => {
      const day = '2026-11-01';
      await search.close();
      await put(day, 10, 5000);
      await drained(aws, queue);
      expect(inSplunk(day)).toEqual({ events: 50_000, ids: 50_000 });
      expect(await inOpenSearch(day)).toBe(0);
      await search.open();
      await drained(aws, replays);
      expect(await inOpenSearch(day)).toBe(50_000);
      expect(inSplunk(day)).toEqual({ events: 50_000, ids: 50_000 });
      expect(await deadLetters(dead, ReplayDeadLettersUrl)).toBe(0);
    },
    TEST_MS,
  );

  test(
    'Splunk down: OpenSearch gets everything; up again: it gets everything once by itself',
    async () => {
      const day = '2026-11-02';
      await splunk.close();
      await put(day, 10, 5000);
      await drained(aws, queue);
      while ((await inOpenSearch(day)) < 50_000) await sleep(1000); // some may be spilled: it was down just now
      expect(inSplunk(day)).toEqual({ events: 0, ids: 0 });
      await splunk.open();
      await drained(aws, replays);
      expect(inSplunk(day)).toEqual({ events: 50_000, ids: 50_000 });
      expect(await inOpenSearch(day)).toBe(50_000);
      expect(await deadLetters(dead, ReplayDeadLettersUrl)).toBe(0);
    },
    TEST_MS,
  );

  test(
    'HEC busy for a minute under ten invocations: few requests, and all of it arrives within a minute',
    async () => {
      const day = '2026-11-03';
      const before = splunk.seen().length;
      splunk.always(FAULTS.busy);
      const [up] = await Promise.all([
        sleep(60_000).then(() => {
          splunk.always(FAULTS.pass);
          return { at: Date.now(), requests: splunk.seen().length - before };
        }),
        put(day, 100, 1000),
      ]);
      await drained(aws, queue, replays);
      const drainedAfter = Date.now() - up.at;
      process.stderr.write(
        `HEC busy for 60 s: ${up.requests} requests, drained ${Math.round(drainedAfter / 1000)} s after\n`,
      );
      expect(inSplunk(day).ids).toBe(100_000);
      expect(await inOpenSearch(day)).toBe(100_000);
      expect(await deadLetters(dead, ReplayDeadLettersUrl)).toBe(0);
      expect(up.requests).toBeLessThan(250); // ten environments with two batches each, their tries, and the probes of the replay
    },
    TEST_MS,
  );

  test(
    'Lambdas killed at 20 random moments: every record is there once',
    async () => {
      const day = '2026-11-04';
      const dice = seeded(20);
      const putting = put(day, 200, 1000);
      let killed = 0;
      while (killed < 20) {
        await sleep(dice.between(200, 1000));
        const workers = workersOf(aws.pid);
        if (workers.length === 0) continue;
        process.kill(dice.of(workers), 'SIGKILL');
        killed++;
      }
      await putting;
      await drained(aws, queue, replays);
      for (let rounds = 0; (await deadLetters(dead)) > 0 && rounds < 5; rounds++) {
        await redrive();
        await drained(aws, queue, replays);
      }
      expect(await inOpenSearch(day)).toBe(200_000);
      expect(inSplunk(day).ids).toBe(200_000);
    },
    TEST_MS,
  );

  /** What was killed five times waits among the dead letters, for somebody who looks at it. */
  async function redrive(): Promise<void> {
    type Answer = { Messages?: { Body: string; ReceiptHandle: string }[] };
    const ask = { QueueUrl: dead, MaxNumberOfMessages: 10 };
    for (;;) {
      const { Messages = [] } = await request<Answer>(aws, 'sqs', 'AmazonSQS.ReceiveMessage', ask);
      if (Messages.length === 0) return;
      for (const { Body: MessageBody, ReceiptHandle } of Messages) {
        await request(aws, 'sqs', 'AmazonSQS.SendMessage', { QueueUrl: queue, MessageBody });
        await request(aws, 'sqs', 'AmazonSQS.DeleteMessage', { QueueUrl: dead, ReceiptHandle });
      }
    }
  }
}

/** Node processes that run Lambdas at the moment. */
function workersOf(pid: number): number[] {
  const all = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
  return all
    .split('\n')
    .filter((line) => line.includes('worker.ts'))
    .map((line) => Number.parseInt(line, 10));
}
