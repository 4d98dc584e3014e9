import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Lease, lease, probeAfter } from '../../../functions/replay/lease.ts';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { clientOf } from '../../fake/server.ts';

let store: Buckets;
let s3: S3Client;
beforeAll(async () => {
  store = await buckets();
  s3 = new S3Client(clientOf(store));
});
afterAll(() => store.stop());

let now: number;
beforeEach(() => {
  store.objects.clear();
  now = Date.UTC(2026, 10, 24);
});

/** One environment of the Lambda with one message. */
const one = (): Lease =>
  lease({ s3, bucket: 'kept', key: 'state/replay-splunk-waf.json', leaseMs: 120_000, now: () => now });

/** Comes to nothing: the milliseconds that it is told to wait, by whichever answer. */
async function tried(): Promise<{ asked: boolean; ms: number }> {
  const each = one();
  const look = await each.look();
  if (look.kind === 'open') return { asked: false, ms: look.ms };
  const turn = await each.take();
  if (turn.kind === 'open') return { asked: false, ms: turn.ms };
  return { asked: true, ms: await each.onFailure(turn) };
}

test('as long as nothing is known against it, everybody may send', async () => {
  const [a, b] = [one(), one()];
  expect(await a.look()).toEqual({ kind: 'closed' });
  expect(await a.take()).toEqual({ kind: 'closed' });
  expect(await b.look()).toEqual({ kind: 'closed' });
  await a.onSuccess({ kind: 'closed' });
  expect(store.objects.size).toBe(0);
});

test('a destination that is down is asked every 5 s, by one', async () => {
  const start = now;
  const asked: number[] = [];
  while (now - start < 30_000) {
    const all = await Promise.all(Array.from({ length: 10 }, tried));
    const count = all.filter((each) => each.asked).length;
    if (count > 0) asked.push((now - start) / 1000);
    // at first nobody could know
    expect(count).toBeLessThanOrEqual(now === start ? 10 : 1);
    now += 1000;
  }
  expect(asked).toEqual([0, 5, 10, 15, 20, 25]);
});

test('after four minutes the waits are 10 s, and they grow to an hour', async () => {
  await tried();
  now += 240_000;
  expect((await tried()).ms).toBe(10_000);
  now += 14 * 86_400_000;
  expect((await tried()).ms).toBe(3_600_000);
});

test('SQS counts to 1,000 deliveries: two for each probe are enough for 14 days', () => {
  let probes = 0;
  for (let ms = 0; ms < 14 * 86_400_000; ms += probeAfter(ms)) probes++;
  expect(probes).toBeLessThanOrEqual(500);
  expect(probes).toBeGreaterThan(336);
});

test('while one probes the others come again soon; once it is up everybody may send', async () => {
  await tried();
  now += 5_000;
  const probe = one();
  await probe.look();
  const turn = await probe.take();
  expect(turn).toEqual({ kind: 'half-open' });
  expect(await one().look()).toEqual({ kind: 'open', ms: 5_000 });
  await probe.onSuccess(turn);
  expect(await one().look()).toEqual({ kind: 'closed' });
});

test('who probed and died is followed by another when its time is over', async () => {
  await tried();
  now += 5_000;
  const dead = one();
  await dead.look();
  await dead.take();
  now += 119_000;
  expect((await one().look()).kind).toBe('open');
  now += 1_000;
  expect((await tried()).asked).toBe(true);
});

test('who took too long to probe does not undo what came after', async () => {
  await tried();
  now += 5_000;
  const slow = one();
  await slow.look();
  const turn = await slow.take();
  now += 120_000;
  const next = one();
  await next.look();
  await next.onSuccess(await next.take());
  await slow.onFailure(turn);
  expect(await one().look()).toEqual({ kind: 'closed' });
});

test('where each try may be another copy, the first wait is a minute, and later ones double', async () => {
  const waits: number[] = [];
  for (let i = 0; i < 3; i++) {
    const each = one();
    await each.look();
    waits.push(await each.onFailure(await each.take(), true));
    now += waits[i];
  }
  expect(waits).toEqual([60_000, 120_000, 240_000]);
});

test.each(['', 'null', '{', '{"until":"soon"}', '{"until":99999999999999,"waitMs":5000,"probing":true}'])(
  'what is no state, or waits for ever, is a probe: %p',
  async (text) => {
    store.objects.set('kept/state/replay-splunk-waf.json', { bytes: Buffer.from(text) });
    const each = one();
    await each.look();
    const turn = await each.take();
    expect(turn).toEqual({ kind: 'half-open' });
    await each.onSuccess(turn);
    expect(store.objects.size).toBe(0);
  },
);
