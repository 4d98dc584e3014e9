import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import type { Body } from '../../../shared/model.ts';
import { answer, items } from '../../../shared/trigger/invocation.ts';
import { all, textOf } from '../../fake/read.ts';

const { signal } = new AbortController();
async function* bodies(message: unknown): AsyncGenerator<Body> {
  yield { uri: String(message), chunks: (async function* () {})() };
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
  const [direct] = items('text', bodies);
  expect((await all(direct.bodies(signal)))[0].uri).toBe('text');
});

test('messages of CloudWatch Logs are one item, whose bodies they are', async () => {
  const payload = {
    messageType: 'DATA_MESSAGE',
    logGroup: 'g',
    logStream: 's',
    logEvents: [{ id: '7', timestamp: 1, message: 'one' }],
  };
  const event = { awslogs: { data: gzipSync(JSON.stringify(payload)).toString('base64') } };
  const [item, ...others] = items(event, bodies);
  expect([item.id, others]).toEqual(['cloudwatchlogs', []]);
  const [body] = await all(item.bodies(signal));
  expect([body.uri, await textOf(body.chunks)]).toEqual(['cloudwatchlogs:g/s@7', 'one\n']);
  const error = new Error('no');
  expect(() => answer(event, [{ id: 'cloudwatchlogs', error }])).toThrow(error);
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
