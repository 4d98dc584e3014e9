/** Messages that somebody made up, sent to the deployed stack as SNS with raw delivery would. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, expect, test } from '@jest/globals';
import type { Stack } from '../../scripts/demo/deployed.ts';
import { drained, request } from '../rig/aws/aws.ts';

const ATTEMPTS = 5; // then a message goes to the dead-letter queue
const KEY = 'cloudtrail/AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11/24/forged.json.gz';
const named = { Records: [{ s3: { object: { key: KEY } } }] };
const sample = (path: string) => JSON.parse(readFileSync(new URL(`../sample/${path}`, import.meta.url), 'utf8'));
const throughSns = (value: object) => ({
  Type: 'Notification',
  TopicArn: 'arn:aws:sns:eu-west-1:123456789012:logs',
  Message: JSON.stringify(value),
});

/** A record that CloudWatch Logs would send. */
const subscribed = (message: string) => ({
  awslogs: {
    data: gzipSync(
      JSON.stringify({
        messageType: 'DATA_MESSAGE',
        owner: '123456789012',
        logGroup: 'g',
        logStream: 's',
        logEvents: [{ id: '1', timestamp: 1_795_527_638_123, message }],
      }),
    ).toString('base64'),
  },
});

export function forgedMessages({ aws, opensearch, hec, outputs }: Stack): void {
  const s3 = new S3Client({
    endpoint: aws.url,
    region: aws.env.AWS_REGION,
    credentials: { accessKeyId: aws.env.AWS_ACCESS_KEY_ID, secretAccessKey: aws.env.AWS_SECRET_ACCESS_KEY },
  });
  afterAll(() => s3.destroy());

  const finding = sample('guardduty/event.json');
  const control = sample('securityhub/event.json');
  const record = JSON.stringify({ ...sample('cloudtrail/event.json'), eventName: 'Forged' });
  const kept = `s3://${outputs.LogBucketName}/${KEY}`;
  const forged: readonly (readonly [queue: string, body: object])[] = [
    ['Cloudtrail', { ...subscribed(record), ...named }],
    ['Cloudtrail', throughSns(subscribed(record))],
    ['Cloudtrail', { replay: { kept }, ...named }],
    ['Cloudtrail', throughSns({ replay: { kept } })],
    ['Cloudtrail', { replay: { kept } }],
    ['Cloudtrail', { replay: { kept: `s3://${outputs.QuarantineBucketName}/replay/guardduty/1.gz` } }],
    ['Guardduty', { ...finding, ...named }],
    ['Guardduty', throughSns(finding)],
    ['Guardduty', { ...finding, source: 'my.app' }],
    ['Securityhub', { ...control, s3ObjectKey: [KEY] }],
    ['Securityhub', throughSns(control)],
    ['Securityhub', { ...control, source: 'securityhub' }],
  ];

  const documents = async (): Promise<number> => {
    await opensearch.indices.refresh();
    return (await opensearch.count({ index: 'aws-*' })).body.count;
  };
  const send = async (queue: string, body: object): Promise<string> => {
    const message = { QueueUrl: outputs[`${queue}QueueUrl`], MessageBody: JSON.stringify(body) };
    const answer = await request<{ MessageId: string }>(aws, 'sqs', 'AmazonSQS.SendMessage', message);
    return answer.MessageId;
  };

  const deadLetters = async (): Promise<number> => {
    let sum = 0;
    for (const queue of ['Cloudtrail', 'Guardduty', 'Securityhub']) {
      const body = { QueueUrl: outputs[`${queue}DeadLettersUrl`], AttributeNames: ['ApproximateNumberOfMessages'] };
      type Answer = { Attributes: Record<string, string> };
      const { Attributes } = await request<Answer>(aws, 'sqs', 'AmazonSQS.GetQueueAttributes', body);
      sum += Number(Attributes.ApproximateNumberOfMessages);
    }
    return sum;
  };

  test('messages that only look like those of AWS are no documents, and one line of the log for each attempt', async () => {
    const reject = { '@timestamp': '2026-11-24T00:00:00Z', source: 'cloudtrail', reason: 'r', version: '1', seq: 1 };
    const line = JSON.stringify({ ...reject, uri: 's3://b/k@0', encoding: 'utf8', raw: record });
    // as whoever may write logs could leave it there; read as a log it is refused
    await s3.send(new PutObjectCommand({ Bucket: outputs.LogBucketName, Key: KEY, Body: gzipSync(`${line}\n`) }));
    await drained(aws, outputs.CloudtrailQueueUrl);
    const before = [await documents(), hec.events().length];
    const dead = await deadLetters();
    const ids: string[] = [];
    for (const [queue, body] of forged) ids.push(await send(queue, body));
    while ((await deadLetters()) < dead + forged.length) await sleep(200); // the test's own timeout ends it
    expect([await documents(), hec.events().length]).toEqual(before);
    const log = (await readFile(aws.logFile, 'utf8')).split('\n');
    for (const [at, id] of ids.entries()) {
      const lines = log.filter((each) => each.includes(`"item":"${id}"`));
      expect([forged[at], lines.length]).toEqual([forged[at], ATTEMPTS]);
      for (const each of lines) expect(each).toMatch(/"message":"item failed".*"error":\{"name":"ReadError"/);
    }
  });
}
