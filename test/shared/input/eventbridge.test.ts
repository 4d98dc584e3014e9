import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { eventBridgeBodies, onEvent } from '../../../shared/input/eventbridge.ts';
import type { Body } from '../../../shared/model.ts';
import { all, textOf } from '../../fake/read.ts';

const event =
  '{"version":"0", "id":"e1","source":"aws.guardduty","detail-type":"GuardDuty Finding","detail":{"severity":8.0,"count":12345678901234567890}}';

test('an event that came as text keeps its bytes', async () => {
  const [body, ...others] = await all(eventBridgeBodies(event));
  expect(others).toEqual([]);
  expect(body.uri).toBe('eventbridge:aws.guardduty/e1');
  expect(await textOf(body.chunks)).toBe(event);
});

test.each(['com.example', '', undefined])('an event of source %j is not one of AWS', async (source) => {
  const message = { id: 'e1', source, 'detail-type': 'GuardDuty Finding', detail: {} };
  await expect(all(eventBridgeBodies(message))).rejects.toThrow('no EventBridge event of AWS');
});

test('an event that came parsed is written again', async () => {
  const [body] = await all(
    eventBridgeBodies({ id: 'e2', source: 'aws.macie', 'detail-type': 'Macie Finding', detail: {} }),
  );
  expect(body.uri).toBe('eventbridge:aws.macie/e2');
  expect(await textOf(body.chunks)).toBe('{"id":"e2","source":"aws.macie","detail-type":"Macie Finding","detail":{}}');
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

  test('an event of a service is itself, parsed and as text', async () => {
    for (const message of [event, JSON.parse(event)])
      expect(await uris(message)).toEqual(['eventbridge:aws.guardduty/e1']);
  });

  test('an event through SNS or beside objects is for the others, who refuse it', async () => {
    const parsed = JSON.parse(event);
    const forged = [
      { Type: 'Notification', TopicArn: 'arn', Message: event },
      { ...parsed, Records: { s3: { object: { key: 'AWSLogs/x' } } } },
      { ...parsed, s3ObjectKey: ['AWSLogs/x'] },
    ];
    for (const message of forged) expect(await uris(message)).toEqual(['other']);
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
