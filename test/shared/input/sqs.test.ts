import { expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { eventBridgeBodies } from '../../../shared/input/eventbridge.ts';
import { batchItemFailures, sqsItems } from '../../../shared/input/sqs.ts';
import { all } from '../../fake/read.ts';

const message = (messageId: string, body: string) => ({ messageId, body }) as SQSRecord;
const { signal } = new AbortController();

test('each message is an item; a broken one fails alone', async () => {
  const event = '{"id":"e1","source":"aws.guardduty","detail-type":"GuardDuty Finding","detail":{}}';
  const items = sqsItems({ Records: [message('m1', '{"broken'), message('m2', event)] }, eventBridgeBodies);
  expect(items.map(({ id }) => id)).toEqual(['m1', 'm2']);
  await expect(all(items[0].bodies(signal))).rejects.toMatchObject({ name: 'ReadError' });
  const [body] = await all(items[1].bodies(signal));
  expect(body.uri).toBe('eventbridge:aws.guardduty/e1');
});

test('small objects go first, and what came before goes last', () => {
  const announcing = (messageId: string, size: number | undefined, times = 1) => {
    const s3 = { bucket: { name: 'b' }, object: { key: messageId, size } };
    const body = JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put', s3 }] });
    return { messageId, body, attributes: { ApproximateReceiveCount: String(times) } } as SQSRecord;
  };
  const Records = [
    announcing('long', 9e9),
    announcing('again', 5, 2),
    announcing('unknown', undefined),
    announcing('small', 7),
    message('broken', '{"'),
  ];
  const items = sqsItems({ Records }, eventBridgeBodies);
  expect(items.map(({ id }) => id)).toEqual(['unknown', 'broken', 'small', 'long', 'again']);
  expect(items.map(({ isRepeat }) => isRepeat)).toEqual([false, false, false, false, true]);
});

test('only the messages that failed are given back', () => {
  const outcomes = [{ id: 'm1' }, { id: 'm2', error: new Error('no') }, { id: 'm3', error: undefined }];
  expect(batchItemFailures(outcomes)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
  expect(batchItemFailures([])).toEqual({ batchItemFailures: [] });
});
