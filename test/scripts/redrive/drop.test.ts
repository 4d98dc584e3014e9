import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { drop, type Verdict } from '../../../scripts/redrive/drop.ts';
import { announcement } from '../../../shared/input/s3.ts';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { clientOf } from '../../fake/server.ts';
import { type Sqs, sqs } from '../../fake/sqs.ts';

const DEAD = 'https://sqs.eu-west-1.amazonaws.com/123456789012/bongsu-dev-waf-dead';

let queues: Sqs;
let store: Buckets;
let client: SQSClient;
let s3: S3Client;
beforeEach(async () => {
  [queues, store] = [await sqs(), await buckets()];
  client = new SQSClient({ ...clientOf(queues), useQueueUrlAsEndpoint: false });
  s3 = new S3Client(clientOf(store));
});
afterEach(async () => {
  client.destroy();
  s3.destroy();
  await Promise.all([queues.stop(), store.stop()]);
});

const of = (...keys: string[]) => {
  const records = keys.flatMap(
    (key) => (announcement({ bucket: 'logs', key, size: 1 }) as { Records: object[] }).Records,
  );
  return JSON.stringify({ Records: records });
};
async function dropped(isDryRun = false) {
  const verdicts: Verdict[] = [];
  const counts = await drop(DEAD, { sqs: client, s3, isDryRun, onMessage: (one) => void verdicts.push(one) });
  return { ...counts, verdicts };
}
const put = (...bodies: string[]) => {
  for (const body of bodies) queues.put(DEAD, body);
};

test('messages go whose objects are all gone; the others stay and say why', async () => {
  store.objects.set('logs/there', { bytes: Buffer.from('x') });
  store.errors.set('logs/forbidden', { status: 403, code: 'AccessDenied' });
  const replay = JSON.stringify({ replay: { uri: 's3://logs/gone-too@0123456789abcdef0123456789abcdef', seqs: [1] } });
  const event = JSON.stringify({ 'detail-type': 'GuardDuty Finding', source: 'aws.guardduty', id: '1', detail: {} });
  const stay = [of('there'), of('gone', 'there'), of('forbidden'), '{"broken', event];
  put(of('gone'), ...stay, of('gone', 'gone-too'), replay);
  const { dropped: count, stay: left, verdicts } = await dropped();
  expect([count, left]).toEqual([3, 5]);
  expect(queues.bodies(DEAD)).toEqual(stay);
  expect(verdicts.flatMap(({ why }) => why ?? [])).toEqual([
    's3://logs/there is still there',
    's3://logs/there is still there',
    expect.stringContaining("s3://logs/forbidden can't be looked up"),
    'the message is not JSON',
    'it names no object',
  ]);
  expect(queues.queues.get(DEAD)!.every(({ receipt }) => receipt === undefined)).toBe(true); // all can be received again
});

test('a dry run drops none and says which it would', async () => {
  put(...Array.from({ length: 25 }, (_, i) => of(`gone-${i}`)));
  const { dropped: count, verdicts } = await dropped(true);
  expect([count, verdicts.length, queues.bodies(DEAD).length]).toEqual([25, 25, 25]);
  expect(await dropped()).toMatchObject({ dropped: 25, stay: 0 });
  expect(queues.bodies(DEAD)).toEqual([]);
});
