import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { inspect, redrive } from '../../../scripts/redrive/deadletters.ts';
import { clientOf } from '../../fake/server.ts';
import { type Sqs, sqs } from '../../fake/sqs.ts';

const DEAD = 'https://sqs.eu-west-1.amazonaws.com/123456789012/bongsu-dev-waf-dead';
const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/123456789012/bongsu-dev-waf';
const SENT = Date.parse('2026-11-24T10:00:00Z');

let queues: Sqs;
let client: SQSClient;
beforeEach(async () => {
  queues = await sqs();
  client = new SQSClient({ ...clientOf(queues), useQueueUrlAsEndpoint: false });
});
afterEach(async () => {
  client.destroy();
  await queues.stop();
});

const fill = (count: number) => {
  for (let i = 0; i < count; i++) queues.put(DEAD, `{"n":${i}}`, SENT - i);
  queues.put(QUEUE, 'new');
};

describe('a dead-letter queue', () => {
  test('says how many messages it has, how old, and what the first one is about, and keeps them all', async () => {
    const record = { eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'logs' }, object: { key: 'a+b' } } };
    queues.put(DEAD, JSON.stringify({ Records: [record] }), SENT);
    fill(12);
    const id = queues.queues.get(DEAD)![0].id;
    for (const _ of [1, 2]) {
      expect(await inspect(client, DEAD)).toEqual({
        messages: 13,
        id,
        since: SENT - 8,
        what: 's3://logs/a b',
        why: undefined,
      });
    }
    expect(queues.bodies(DEAD)).toHaveLength(13);
  });

  test('that is empty says nothing', async () => {
    fill(0);
    expect(await inspect(client, DEAD)).toBeUndefined();
  });

  test('is emptied by SQS itself', async () => {
    fill(12);
    await redrive(client, DEAD, QUEUE, undefined);
    expect([queues.bodies(DEAD).length, queues.bodies(QUEUE).length]).toEqual([0, 13]);
    expect(queues.asked).not.toContain('SendMessageBatch');
  });

  test('is emptied message by message where SQS can not', async () => {
    fill(12);
    queues.moves = false;
    expect(await redrive(client, DEAD, QUEUE, undefined)).toBe(12);
    expect([queues.bodies(DEAD), queues.bodies(QUEUE)]).toEqual([
      [],
      ['new', ...Array.from({ length: 12 }, (_, i) => `{"n":${i}}`)],
    ]);
  });

  test('gives some of its messages, no more than are wanted', async () => {
    fill(25);
    expect(await redrive(client, DEAD, QUEUE, 13)).toBe(13);
    expect([queues.bodies(DEAD).length, queues.bodies(QUEUE).length]).toEqual([12, 14]);
    expect(await redrive(client, DEAD, QUEUE, 100)).toBe(12);
  });

  test('keeps what its queue does not take', async () => {
    fill(3);
    queues.moves = false;
    queues.refuses = (body) => body === '{"n":1}';
    await expect(redrive(client, DEAD, QUEUE, undefined)).rejects.toThrow(/SQS did not take a message/);
    expect(queues.bodies(DEAD)).toHaveLength(3);
  });
});
