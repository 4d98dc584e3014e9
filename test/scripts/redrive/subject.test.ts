import { expect, test } from '@jest/globals';
import { subjectOf } from '../../../scripts/redrive/subject.ts';

const object = (key: string) => ({ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'logs' }, object: { key } } });
const failed = (requestPayload: unknown, rest: object = {}) => ({
  requestContext: { condition: 'RetriesExhausted' },
  requestPayload,
  ...rest,
});

const messages: readonly [string, unknown, string, string | undefined][] = [
  ['an object', { Records: [object('a%2Bb')] }, 's3://logs/a+b', undefined],
  ['several', { Records: [object('a'), object('b'), object('c')] }, 's3://logs/a and 2 more', undefined],
  ['none', { Event: 's3:TestEvent' }, 'no object', undefined],
  [
    'an event',
    { 'detail-type': 'GuardDuty Finding', source: 'aws.guardduty', id: 'e1', detail: {} },
    'an EventBridge event "GuardDuty Finding" of aws.guardduty, e1',
    undefined,
  ],
  ['a replay', { replay: { uri: 's3://logs/a@1', seqs: [1] } }, 'a replay of s3://logs/a@1', undefined],
  ['a replay of what was kept', { replay: { kept: 's3://kept/1.gz' } }, 'a replay of s3://kept/1.gz', undefined],
  [
    'an invocation',
    failed({ awslogs: { data: 'H4s=' } }, { responsePayload: { errorMessage: 'splunk: 503' } }),
    'messages of CloudWatch Logs',
    'splunk: 503',
  ],
  [
    'an invocation that got no answer',
    failed({ awslogs: { data: 'H4s=' } }),
    'messages of CloudWatch Logs',
    'RetriesExhausted',
  ],
  ['something else', { a: 1 }, 'the message names no S3 object', undefined],
];
test.each(messages)('%s is named, and why it failed where the message says so', (_, message, what, why) => {
  expect(subjectOf({ Body: JSON.stringify(message) })).toEqual({ what, why });
});

test('what is no JSON is named too', () => {
  expect(subjectOf({ Body: '{"half' })).toEqual({ what: 'the message is not JSON', why: undefined });
});

test('EventBridge says in an attribute why it could not send', () => {
  const MessageAttributes = { ERROR_MESSAGE: { DataType: 'String', StringValue: 'no permission' } };
  expect(subjectOf({ Body: '{}', MessageAttributes }).why).toBe('no permission');
});
