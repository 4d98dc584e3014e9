import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { numbersIn, rangesOf, replayLog } from '../../../scripts/quarantine/replaylog.ts';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { clientOf } from '../../fake/server.ts';

let store: Buckets;
let client: S3Client;
beforeEach(async () => {
  store = await buckets();
  client = new S3Client(clientOf(store));
});
afterEach(async () => {
  client.destroy();
  await store.stop();
});

const positions = (key: string, ...lines: number[]) => lines.map((line) => ({ key, line }));
const markOf = (key: string) =>
  JSON.parse(Buffer.from(store.objects.get(`kept/replayed/${key}.json`)!.bytes).toString());

test('what was replayed is known, also to somebody else, and other lines are not', async () => {
  const mine = replayLog(client, 'kept');
  expect(await mine.has(positions('2026/a', 1))).toBe(false);
  await mine.add([...positions('2026/a', 3, 1, 2), ...positions('2026/b', 9)]);
  for (const each of [mine, replayLog(client, 'kept')]) {
    expect(await each.has(positions('2026/a', 1, 2, 3))).toBe(true);
    expect(await each.has([...positions('2026/a', 1), ...positions('2026/b', 9)])).toBe(true);
    expect(await each.has(positions('2026/a', 1, 4))).toBe(false);
    expect(await each.has(positions('2026/c', 1))).toBe(false);
  }
  expect(markOf('2026/a')).toEqual({ at: expect.stringMatching(/^\d{4}-.*Z$/), lines: '1-3' });
});

test('those who mark the same object at once lose nothing of each other', async () => {
  await Promise.all([1, 2, 3, 4].map((line) => replayLog(client, 'kept').add(positions('2026/a', line))));
  expect(markOf('2026/a').lines).toBe('1-4');
});

test('what S3 refuses is no mark', async () => {
  store.errors.set('kept/replayed/2026/a.json', { status: 403, code: 'AccessDenied' });
  await expect(replayLog(client, 'kept').has(positions('2026/a', 1))).rejects.toThrow();
  await expect(replayLog(client, 'kept').add(positions('2026/a', 1))).rejects.toThrow();
});

test.each([
  [[], ''],
  [[5], '5'],
  [[1, 2, 3, 7, 9, 10], '1-3,7,9-10'],
])('%j is %s, and back', (numbers, ranges) => {
  expect(rangesOf(numbers)).toBe(ranges);
  expect(numbersIn(ranges)).toEqual(numbers);
});
