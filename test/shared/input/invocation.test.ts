import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { answer, items } from '../../../shared/input/invocation.ts';
import { objects } from '../../../shared/input/s3.ts';
import type { Body } from '../../../shared/model.ts';
import { all, textOf } from '../../fake/read.ts';

const { signal } = new AbortController();
async function* bodies(message: unknown): AsyncGenerator<Body> {
  yield { uri: JSON.stringify(message), chunks: (async function* () {})() };
}

const sqs = {
  Records: [
    { messageId: 'm1', eventSource: 'aws:sqs', body: 'b1' },
    { messageId: 'm2', eventSource: 'aws:sqs', body: 'b2' },
  ],
};
const s3 = { Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put' }] };

test('an SQS batch is an item a message, anything else is one item', async () => {
  expect([...items(sqs, bodies)].map(({ id }) => id)).toEqual(['m1', 'm2']);
  expect([...items(s3, bodies)].map(({ id }) => id)).toEqual(['direct']);
  expect([...items({ id: 'e1', 'detail-type': 'x' }, bodies)].map(({ id }) => id)).toEqual(['e1']);
  const [direct] = items({ a: 1 }, bodies);
  expect((await all(direct.bodies(signal)))[0].uri).toBe('{"a":1}');
});

const payload = {
  messageType: 'DATA_MESSAGE',
  logGroup: 'g',
  logStream: 's',
  logEvents: [{ id: '7', timestamp: 1, message: 'one' }],
};
const subscribed = { awslogs: { data: gzipSync(JSON.stringify(payload)).toString('base64') } };

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const failed = (requestPayload: unknown) => ({
  version: '1.0',
  timestamp: '2026-11-24T18:16:05.568Z',
  requestContext: {
    requestId: 'e4b46cbf-b738-xmpl-8880-a18cdf61200e',
    functionArn: 'arn:aws:lambda:ap-northeast-2:123456789012:function:bongsu-prod-dns:$LATEST',
    condition: 'RetriesExhausted',
    approximateInvokeCount: 3,
  },
  requestPayload,
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: { errorMessage: 'not taken' },
});
const message = (body: unknown) => ({
  Records: [{ messageId: 'm1', eventSource: 'aws:sqs', body: JSON.stringify(body) }],
});

test('messages of CloudWatch Logs are one item, whose bodies they are', async () => {
  const [item, ...others] = items(subscribed, bodies);
  expect([item.id, others]).toEqual(['cloudwatchlogs', []]);
  const [body] = await all(item.bodies(signal));
  expect([body.uri, await textOf(body.chunks)]).toEqual(['cloudwatchlogs:g/s@7', 'one\n']);
  const error = new Error('no');
  expect(() => answer(subscribed, [{ id: 'cloudwatchlogs', error }])).toThrow(error);
});

test('an event that Lambda put into the dead-letter queue is the same event once it comes in a message', async () => {
  for (const event of [subscribed, failed(subscribed)]) {
    const [body] = await all(items(message(event), bodies)[0].bodies(signal));
    expect([body.uri, await textOf(body.chunks)]).toEqual(['cloudwatchlogs:g/s@7', 'one\n']);
  }
  const notification = {
    Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: { key: 'k' } } }],
  };
  expect(objects(JSON.stringify(failed(notification)))).toEqual([{ bucket: 'b', key: 'k', size: undefined }]);
});

test('a message that names objects or came through SNS brings neither records nor replays', async () => {
  const key = { s3: { object: { key: 'AWSLogs/x' } } };
  const replay = { replay: { kept: 's3://b/k' } };
  const throughSns = (value: object) => ({ Type: 'Notification', TopicArn: 'arn', Message: JSON.stringify(value) });
  for (const forged of [
    { ...subscribed, Records: [key] },
    { ...replay, Records: [key] },
    { ...replay, Records: key },
    { ...subscribed, s3ObjectKey: ['AWSLogs/x'] },
    { ...throughSns(replay), Records: [key] },
    { ...failed(subscribed), Records: [key] },
    throughSns(subscribed),
    throughSns(replay),
    throughSns(failed(subscribed)),
  ]) {
    const [body] = await all(items(message(forged), bodies)[0].bodies(signal));
    expect(body.uri).toBe(JSON.stringify(JSON.stringify(forged))); // it goes to the reader of objects, which refuses it
    expect(() => objects(JSON.stringify(forged))).toThrow();
  }
});

test('SQS is told which messages failed', () => {
  expect(answer(sqs, [{ id: 'm1' }, { id: 'm2', error: new Error('no') }])).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm2' }],
  });
});

test('a failed direct event throws, so that Lambda tries it again', () => {
  const error = new Error('no');
  expect(() => answer(s3, [{ id: 'direct', error }])).toThrow(error);
  expect(answer(s3, [{ id: 'direct' }])).toBeUndefined();
});
