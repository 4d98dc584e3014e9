import { expect, test } from '@jest/globals';
import { onTick, type Tick } from '../../../shared/input/schedule.ts';
import type { Body } from '../../../shared/model.ts';
import { all } from '../../fake/read.ts';

const { signal } = new AbortController();
const tick = {
  version: '0',
  id: 't1',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-11-24T13:40:00Z',
  region: 'eu-west-1',
  resources: ['arn:aws:events:eu-west-1:123456789012:rule/bongsu-dev-shield'],
  detail: {},
};

async function* one(uri: string): AsyncGenerator<Body> {
  yield { uri, chunks: (async function* () {})() };
}

/** Uris of a message's bodies, where a tick's tell what is known of it. */
async function uris(message: unknown): Promise<string[]> {
  const polled = ({ account, region, state }: Tick) =>
    one(`polled ${account} ${region} ${state?.bucket} ${state?.key}`);
  const bodies = onTick(polled, () => one('other'));
  return (await all(bodies(message, signal))).map(({ uri }) => uri);
}

test('a tick is polled, parsed or as text, and not through SNS', async () => {
  const text = JSON.stringify(tick);
  const expected = ['polled 123456789012 eu-west-1 undefined undefined'];
  expect(await uris(tick)).toEqual(expected);
  expect(await uris(text)).toEqual(expected);
  expect(await uris(JSON.stringify({ Type: 'Notification', TopicArn: 'arn', Message: text }))).toEqual(['other']);
});

test('a tick tells the place of the state, where it is one', async () => {
  const at = (state: unknown) => uris({ ...tick, detail: { state } });
  expect(await at('s3://bucket/state/shield.json')).toEqual(['polled 123456789012 eu-west-1 bucket state/shield.json']);
  for (const none of ['s3://bucket', 'https://bucket/key', 1, null])
    expect(await at(none)).toEqual(['polled 123456789012 eu-west-1 undefined undefined']);
});

test('any other event is somebody else’s, also one that only calls itself a tick', async () => {
  expect(await uris({ ...tick, 'detail-type': 'Macie Finding' })).toEqual(['other']);
  expect(await uris({ ...tick, source: 'my.app' })).toEqual(['other']);
});

test('a message that is no JSON is a ReadError', () => {
  expect(() =>
    onTick(
      () => one(''),
      () => one(''),
    )('no JSON', signal),
  ).toThrow(expect.objectContaining({ name: 'ReadError' }));
});
