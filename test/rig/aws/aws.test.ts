import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { python } from '../python.ts';
import { deploy, drained, request } from './aws.ts';
import { onAws } from './suite.ts';

interface Kept {
  readonly at: number;
  readonly invocations: number;
  readonly greeting: string;
  readonly received: readonly { body: string; times: number }[];
}

const folder = join(import.meta.dirname, 'app');
const overrides = { GREETING: 'from the test' };

await onAws('the local AWS', { visibilitySeconds: 1, environment: overrides }, (aws) => {
  const s3 = new S3Client({
    endpoint: aws.url,
    region: aws.env.AWS_REGION,
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  });
  let stack: Record<string, string>;
  let seen: ReadonlySet<string>;

  const keys = async (): Promise<string[]> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: stack.ArchiveName }));
    return Contents.map(({ Key }) => Key!);
  };

  const read = async (Key: string): Promise<Kept[]> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: stack.ArchiveName, Key }));
    const lines = gunzipSync(await Body!.transformToByteArray()).toString();
    return lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };

  /** What the Lambda kept in this test, in the order of its invocations. */
  const kept = async (): Promise<Kept[]> => {
    await drained(aws, stack.QueueUrl);
    const fresh = (await keys()).filter((key) => !seen.has(key));
    const all = await Promise.all(fresh.map(read));
    return all.flat().sort((a, b) => a.at - b.at);
  };

  const bodies = (batches: readonly Kept[]): string[] =>
    batches.flatMap(({ received }) => received.map(({ body }) => body));

  const times = (batches: readonly Kept[], body: string): number[] =>
    batches.flatMap(({ received }) =>
      received.filter((message) => message.body === body).map((message) => message.times),
    );

  const sendAll = (...messages: string[]) => {
    const Entries = messages.map((MessageBody, i) => ({ Id: String(i), MessageBody }));
    return request(aws, 'sqs', 'AmazonSQS.SendMessageBatch', { QueueUrl: stack.QueueUrl, Entries });
  };

  const deadLetters = async (): Promise<string[]> => {
    const body = { QueueUrl: stack.DeadLettersUrl, MaxNumberOfMessages: 10 };
    type Answer = { Messages?: { Body: string; ReceiptHandle: string }[] };
    const { Messages = [] } = await request<Answer>(aws, 'sqs', 'AmazonSQS.ReceiveMessage', body);
    for (const { ReceiptHandle } of Messages) {
      await request(aws, 'sqs', 'AmazonSQS.DeleteMessage', { QueueUrl: stack.DeadLettersUrl, ReceiptHandle });
    }
    return Messages.map(({ Body }) => Body);
  };

  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket: stack.BucketName, Key, Body: 'text' }));

  beforeAll(async () => {
    stack = await deploy(aws, { stage: 'test', folder });
    // S3 announces itself to the queue and the topic with test events.
    seen = new Set();
    expect(bodies(await kept()).filter((body) => body.includes('s3:TestEvent'))).toHaveLength(2);
  });

  beforeEach(async () => {
    seen = new Set(await keys());
  });

  test('one broken message of ten comes again alone and ends among the dead letters', async () => {
    const messages = ['1', '2', '3', 'broken', '5', '6', '7', '8', '9', '10'];
    await sendAll(...messages);
    const batches = await kept();
    expect(bodies(batches)).toEqual([...messages, 'broken']);
    expect(times(batches, 'broken')).toEqual([1, 2]);
    expect(await deadLetters()).toEqual(['broken']);
  });

  test.each(['misspelt', 'foreign', 'an error', 'missing'])(
    'the whole batch comes again when its answer is %s',
    async (odd) => {
      await sendAll('1', odd, '3');
      const batches = await kept();
      expect(['1', odd, '3'].map((body) => times(batches, body))).toEqual([
        [1, 2],
        [1, 2],
        [1, 2],
      ]);
      expect((await deadLetters()).sort()).toEqual(['1', '3', odd].sort());
    },
  );

  test('a message that becomes visible is counted at every moment', async () => {
    const { QueueUrl } = await request<{ QueueUrl: string }>(aws, 'sqs', 'AmazonSQS.CreateQueue', {
      QueueName: 'counted',
    });
    const attributes = { QueueUrl, AttributeNames: ['All'] };
    type Answer = { Attributes: Record<string, string> };
    const Entries = Array.from({ length: 10 }, (_, i) => ({ Id: String(i), MessageBody: 'x'.repeat(10) }));
    for (let i = 0; i < 10; i++) await request(aws, 'sqs', 'AmazonSQS.SendMessageBatch', { QueueUrl, Entries });
    const received = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 1 };
    for (let i = 0; i < 10; i++) await request(aws, 'sqs', 'AmazonSQS.ReceiveMessage', received);
    const sums = new Set<number>();
    for (let hidden = 1; hidden > 0; ) {
      const { Attributes } = await request<Answer>(aws, 'sqs', 'AmazonSQS.GetQueueAttributes', attributes);
      hidden = Number(Attributes.ApproximateNumberOfMessagesNotVisible);
      sums.add(hidden + Number(Attributes.ApproximateNumberOfMessages));
    }
    expect([...sums]).toEqual([100]);
  });

  test('an object of S3 comes by queue, topic and EventBridge in the shapes of AWS', async () => {
    for (const prefix of ['queue', 'topic', 'bridge', 'nobody']) await put(`${prefix}/a b+c.json`);
    const messages = bodies(await kept()).map((body) => JSON.parse(body));
    expect(messages).toHaveLength(3);
    const [queue, topic, bridge] = messages;
    expect(queue.Records[0]).toMatchObject({
      eventName: 'ObjectCreated:Put',
      s3: { object: { key: 'queue/a+b%2Bc.json' } },
    });
    expect(JSON.parse(topic.Message).Records[0].s3.object).toMatchObject({ key: 'topic/a+b%2Bc.json', size: 4 });
    expect(bridge).toMatchObject({ 'detail-type': 'Object Created', account: '123456789012' });
    expect(bridge.detail.object).toMatchObject({ key: 'bridge/a b+c.json', size: 4 });
  });

  test('an event comes through the rule that matches it, and no other does', async () => {
    const Entries = [3.9, 4].map((severity) => ({
      Source: 'aws.guardduty',
      DetailType: 'GuardDuty Finding',
      Detail: JSON.stringify({ severity }),
    }));
    await request(aws, 'events', 'AWSEvents.PutEvents', { Entries });
    const messages = bodies(await kept()).map((body) => JSON.parse(body));
    expect(messages).toEqual([expect.objectContaining({ source: 'aws.guardduty', detail: { severity: 4 } })]);
    expect(messages[0]).toMatchObject({
      account: '123456789012',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  test('a pattern looks into a list of objects, and has to fit one of them', async () => {
    const metric = (name: string, unit: string) => ({ metric: { name, unit } });
    const details = [
      { metrics: [metric('hot', 'celsius'), metric('cold', 'kelvin')] },
      { metrics: [metric('cold', 'celsius'), metric('hot', 'kelvin')] },
      { metrics: [] },
    ];
    const Entries = details.map((detail) => ({
      Source: 'rig.alarms',
      DetailType: 'Alarm',
      Detail: JSON.stringify(detail),
    }));
    await request(aws, 'events', 'AWSEvents.PutEvents', { Entries });
    expect(bodies(await kept()).map((body) => JSON.parse(body).detail)).toEqual([details[1]]);
  });

  test('an invocation that nobody waits for is retried and then handed to the failure destination', async () => {
    const Entries = [{ Source: 'rig.alone', DetailType: 'Any', Detail: '{"reason":"no luck"}' }];
    await request(aws, 'events', 'AWSEvents.PutEvents', { Entries });
    let letters: string[] = [];
    while (letters.length === 0) letters = await deadLetters();
    expect(JSON.parse(letters[0])).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      requestPayload: { source: 'rig.alone' },
      responsePayload: { errorType: 'Error', errorMessage: 'no luck' },
    });
  });

  test('a worker stays warm, and the environment given at the start goes over the template', async () => {
    await sendAll('1');
    await sendAll('2');
    const [batch] = await kept();
    expect(batch.invocations).toBeGreaterThan(1);
    expect(batch.greeting).toBe('from the test');
  });

  test('Firehose partitions by the record', async () => {
    await sendAll('1');
    await kept();
    expect((await keys()).every((key) => /^kept\/kind=batch\/\d{4}\/rig-test-.*\.gz$/.test(key))).toBe(true);
  });

  test('what a Lambda logs is in CloudWatch Logs', async () => {
    await sendAll('1');
    await kept();
    const logGroupName = '/aws/lambda/rig-test-collect';
    type Answer = { events: { message: string }[] };
    const { events } = await request<Answer>(aws, 'logs', 'Logs_20140328.FilterLogEvents', { logGroupName });
    expect(events.map(({ message }) => message)).toContain('collected 1 odd 0');
  });

  test('a generated secret is read by the ARN in the outputs', async () => {
    const wanted = { SecretId: stack.TokenArn };
    type Answer = { SecretString: string };
    const { SecretString } = await request<Answer>(aws, 'secretsmanager', 'secretsmanager.GetSecretValue', wanted);
    expect(SecretString).toMatch(/^[0-9A-Za-z]{12}$/);
  });

  test('a custom resource is made by its Lambda, and a deploy fails with the reason that it gives', async () => {
    expect(stack.Told).toBe('Create string 3 true');
    const failing = deploy(aws, { stage: 'failing', folder, params: { answer: 'FAILED' } });
    await expect(failing).rejects.toThrow(/Made: it was told to fail/);
  });

  test('a changed stack is updated', async () => {
    const changed = await deploy(aws, { stage: 'test', folder, params: { tag: 'second' } });
    expect(changed).toEqual({ ...stack, Told: 'Update string 3 true' });
  });

  test('it ends with the process that started it', async () => {
    const found = await python();
    const script = `
      import { startAws } from ${JSON.stringify(join(import.meta.dirname, 'aws.ts'))};
      const { pid } = await startAws({ python: ${JSON.stringify(found?.python)} });
      console.log(pid);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(parent.stdout, 'data');
    parent.kill('SIGKILL');
    const alive = (): boolean => {
      try {
        return process.kill(Number(line), 0);
      } catch {
        return false;
      }
    };
    while (alive()) await sleep(50);
  });
});
