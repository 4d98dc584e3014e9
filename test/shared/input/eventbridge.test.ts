import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { eventBridgeBodies, onEvent } from '../../../shared/input/eventbridge.ts';
import type { Body } from '../../../shared/model.ts';
import { all, textOf } from '../../fake/read.ts';

const event =
  '{"version":"0", "id":"e1","detail-type":"GuardDuty Finding","detail":{"severity":8.0,"count":12345678901234567890}}';

test('an event that came as text keeps its bytes', async () => {
  const [body, ...others] = await all(eventBridgeBodies(event));
  expect(others).toEqual([]);
  expect(body.uri).toBe('eventbridge:e1');
  expect(await textOf(body.chunks)).toBe(event);
});

test('an event inside an SNS notification keeps its bytes', async () => {
  const notification = JSON.stringify({ Type: 'Notification', TopicArn: 'arn', Message: event });
  const [body] = await all(eventBridgeBodies(notification));
  expect(await textOf(body.chunks)).toBe(event);
});

test('an event that came parsed is written again', async () => {
  const [body] = await all(eventBridgeBodies({ id: 'e2', 'detail-type': 'Macie Finding', detail: {} }));
  expect(body.uri).toBe('eventbridge:e2');
  expect(await textOf(body.chunks)).toBe('{"id":"e2","detail-type":"Macie Finding","detail":{}}');
});

test.each(['{"Records":[]}', '{"detail-type":"GuardDuty Finding"}', '[]', 'no JSON'])(
  '%s is a ReadError',
  async (message) => {
    await expect(all(eventBridgeBodies(message))).rejects.toMatchObject({ name: 'ReadError' });
  },
);

describe('onEvent', () => {
  async function* other(): AsyncGenerator<Body> {
    yield { uri: 'other', chunks: (async function* () {})() };
  }
  const uris = async (message: unknown) =>
    (await all(onEvent(other)(message, new AbortController().signal))).map(({ uri }) => uri);
  const sample = (name: string) => readFileSync(new URL(`../../sample/s3/${name}.json`, import.meta.url), 'utf8');

  test('an event of a service is itself, parsed, as text and through SNS', async () => {
    for (const message of [event, JSON.parse(event), { Type: 'Notification', TopicArn: 'arn', Message: event }]) {
      expect(await uris(message)).toEqual(['eventbridge:e1']);
    }
  });

  test.each(['eventbridge-created', 'notification', 'sns', 'sns-eventbridge', 'test-event'])(
    '%s of S3 is for the others',
    async (name) => {
      expect(await uris(sample(name))).toEqual(['other']);
    },
  );

  test('what is neither is for the others to refuse', async () => {
    expect(await uris({ id: 'e1' })).toEqual(['other']);
  });
});
