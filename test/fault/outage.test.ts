/** Destinations that are down, and Lambdas that are killed, while records flow through the deployed stack. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import type { DeployedOptions, Stack } from '../../scripts/demo/deployed.ts';
import { seeded } from '../../scripts/incident/random.ts';
import { announcement } from '../../shared/input/s3.ts';
import { onStack } from '../e2e/suite.ts';
import { drained, request } from '../rig/aws/aws.ts';
import { isolation } from './isolation.ts';
import { FAULTS, type FaultProxy, startProxy } from './proxy.ts';
import { workersOf } from './workers.ts';

const BUSY_MS = process.env.FULL === '1' ? 60_000 : 20_000;
const TEST_MS = 600_000; // until the deployed stack has done its waiting, not a limit of speed

const proxies: { opensearch?: FaultProxy; splunk?: FaultProxy } = {};
const local = { url: '' }; // of the local AWS, once it has one
const services = { s3: await startProxy(local), firehose: await startProxy(local) };
afterAll(() => Promise.all(Object.values(services).map((proxy) => proxy.stop())));
const options: DeployedOptions = {
  async before(destination) {
    const ca = destination.caFile === undefined ? {} : { ca: readFileSync(destination.caFile, 'utf8') };
    const proxy = await startProxy({ url: destination.url, ...ca });
    proxies['username' in destination ? 'opensearch' : 'splunk'] = proxy;
    return proxy.url;
  },
  aws: {
    concurrency: 10,
    visibilitySeconds: 5,
    environment: { AWS_ENDPOINT_URL_S3: services.s3.url, AWS_ENDPOINT_URL_FIREHOSE: services.firehose.url },
  },
  params: { sources: 'flowlogs,cloudtrail' },
};
await onStack('the deployed stack', options, (stack) => {
  local.url = stack.aws.url;
  const own = proxies as Required<typeof proxies>;
  suite(stack, own);
  isolation(stack, { ...own, ...services });
});

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

  const keyOf = (day: string, object: number) => `flowlogs/${day}/${object}.log.gz`;

  /** Puts flow logs of one day into the bucket: so many objects of so many lines. */
  const put = (day: string, objects: number, lines: number): Promise<void> =>
    putEach(day, Array<number>(objects).fill(lines));

  /** Puts an object for each number of lines, of those that are wanted. */
  async function putEach(day: string, sizes: readonly number[], isWanted = (_: number) => true): Promise<void> {
    const start = Date.parse(`${day}T00:00:00Z`) / 1000;
    const one = (object: number, lines: number) =>
      Array.from({ length: lines }, (_, i) => {
        const at = start + ((object * lines + i) % 86_000);
        return `2 123456789012 eni-0a1b2c3d4e5f60718 10.0.${i & 255}.${object & 255} 192.0.2.7 ${1024 + (i % 60_000)} 443 6 10 840 ${at} ${at + 60} ACCEPT OK\n`;
      }).join('');
    for (const [object, lines] of sizes.entries()) {
      if (!isWanted(object)) continue;
      const Body = gzipSync(one(object, lines));
      await s3.send(new PutObjectCommand({ Bucket: outputs.LogBucketName, Key: keyOf(day, object), Body }));
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
  /** Objects of a day of which HEC has an event more often than allowed. `most`: by number of the object. */
  function beyond(day: string, most: (object: number) => number): readonly string[] {
    const copies = new Map<string, number>();
    for (const { source, fields } of hec.events()) {
      const object = new RegExp(`/${day}/(\\d+)[.]`).exec(String(source))?.[1];
      if (object === undefined) continue;
      const event = `${object} ${fields?.event_id}`;
      copies.set(event, (copies.get(event) ?? 0) + 1);
    }
    return [...copies].flatMap(([event, n]) => (n > most(Number.parseInt(event, 10)) ? [`${event}: ${n}`] : []));
  }
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
    `HEC busy for ${BUSY_MS / 1000} s under ten invocations: few requests, and all of it arrives by itself`,
    async () => {
      const day = '2026-11-03';
      const before = splunk.seen().length;
      splunk.always(FAULTS.busy);
      const [up] = await Promise.all([
        sleep(BUSY_MS).then(() => {
          splunk.always(FAULTS.pass);
          return { at: Date.now(), requests: splunk.seen().length - before };
        }),
        put(day, 100, 1000),
      ]);
      await drained(aws, queue, replays);
      const drainedAfter = Date.now() - up.at;
      process.stderr.write(
        `HEC busy for ${BUSY_MS / 1000} s: ${up.requests} requests, drained ${Math.round(drainedAfter / 1000)} s after\n`,
      );
      expect(inSplunk(day).ids).toBe(100_000);
      expect(await inOpenSearch(day)).toBe(100_000);
      expect(await deadLetters(dead, ReplayDeadLettersUrl)).toBe(0);
      expect(up.requests).toBeLessThan(250); // ten environments with two batches each, their tries, and the probes of the replay
    },
    TEST_MS,
  );

  test(
    'Lambdas killed at 20 moments under 300 objects that are announced 1 to 3 times: every record is there once, few copies',
    async () => {
      const [day, dice, most] = ['2026-11-04', seeded(20), 200];
      const sizes = Array.from({ length: 300 }, () => dice.between(10, most));
      const extras = sizes.flatMap((_, object) => Array<number>(dice.below(3)).fill(object));
      extras.sort(() => dice.below(2) - 0.5);
      const times = sizes.map(() => 1); // that each object is announced
      const putting = Promise.all([0, 1, 2].map((third) => putEach(day, sizes, (object) => object % 3 === third)));
      const announce = async (objects: readonly number[]) => {
        for (const object of objects) {
          const body = announcement({ bucket: outputs.LogBucketName, key: keyOf(day, object), size: sizes[object] });
          await request(aws, 'sqs', 'AmazonSQS.SendMessage', { QueueUrl: queue, MessageBody: JSON.stringify(body) });
          times[object]++;
        }
      };
      let killed = 0;
      while (killed < 20) {
        const some = extras.splice(0, 15);
        await announce(some.length > 0 ? some : [0]); // somebody has to be at work
        await sleep(dice.between(200, 1000));
        const workers = workersOf(aws.pid);
        if (workers.length === 0) continue;
        process.kill(dice.of(workers), 'SIGKILL');
        killed++;
      }
      await Promise.all([putting, announce(extras)]);
      await drained(aws, queue, replays);
      for (let rounds = 0; (await deadLetters(dead)) > 0 && rounds < 5; rounds++) {
        await redrive();
        await drained(aws, queue, replays);
      }
      const total = sizes.reduce((sum, size) => sum + size);
      expect(await inOpenSearch(day)).toBe(total);
      const { events, ids } = inSplunk(day);
      const announced = sizes.reduce((sum, size, object) => sum + size * times[object], 0);
      process.stderr.write(`${killed} kills: ${ids} records, announced ${announced} times, ${events} events in HEC\n`);
      expect(ids).toBe(total);
      expect(events).toBeLessThanOrEqual(announced + killed * 10 * most); // an invocation has ten messages
      // docs/explanation/reliability.md: one copy for each time it is announced, and one more for each kill
      expect(beyond(day, (object) => times[object] + killed)).toEqual([]);
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
