import { expect, test } from '@jest/globals';
import { hintIn } from '../../../../functions/asset-inventory/events/events.ts';
import { hint } from '../../../../functions/asset-inventory/run/steps.ts';

const run = (instances: number, more: object = {}) => ({
  source: 'aws.ec2',
  'detail-type': 'AWS API Call via CloudTrail',
  account: '123456789012',
  region: 'eu-west-1',
  detail: {
    eventSource: 'ec2.amazonaws.com',
    eventName: 'StartInstances',
    eventTime: '2026-11-24T13:40:38Z',
    eventID: 'e1',
    awsRegion: 'us-east-1',
    recipientAccountId: '999999999999',
    requestParameters: {
      instancesSet: { items: Array.from({ length: instances }, (_, at) => ({ instanceId: `i-${at}` })) },
    },
  },
  ...more,
});

test('an event of AWS names assets, of the account and region that EventBridge names', () => {
  expect(hintIn(run(2))).toMatchObject({
    account: '123456789012',
    region: 'eu-west-1',
    assets: [
      { type: 'AWS::EC2::Instance', nativeId: 'i-0' },
      { type: 'AWS::EC2::Instance', nativeId: 'i-1' },
    ],
    left: 0,
  });
});

test.each(['my.app', 'ec2', 'awsx', undefined])('an event of %s names none', (source) => {
  expect(hintIn(run(1, { source }))).toBeUndefined();
});

test('one event makes 200 messages at most, and the log says how many assets wait', async () => {
  const sent: unknown[] = [];
  const logged: unknown[] = [];
  const queue = { send: async (messages: readonly unknown[]) => void sent.push(...messages) };
  const log = {
    info() {},
    error() {},
    warn: (message: string, fields?: object) => void logged.push([message, fields]),
  };
  await hint(hintIn(run(7000))!, { queue, log });
  expect(sent).toHaveLength(200);
  expect(logged).toEqual([['assets of an event wait for the next run', expect.objectContaining({ left: 6800 })]]);
});
