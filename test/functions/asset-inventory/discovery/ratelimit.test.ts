import { describe, expect, test } from '@jest/globals';
import { type Clock, rateLimit } from '../../../../functions/asset-inventory/discovery/ratelimit.ts';

/** Time passes when somebody sleeps. */
function clock(): Clock & { passed: number } {
  const made = {
    passed: 0,
    now: () => made.passed,
    async sleep(ms: number) {
      made.passed += ms;
    },
  };
  return made;
}

const { signal } = new AbortController();

/** How many calls go through until so much time has passed. */
async function callsIn(
  seconds: number,
  action: string,
  answer: (call: number) => boolean = () => false,
): Promise<number> {
  const time = clock();
  const turns = rateLimit(time);
  for (let calls = 0; ; calls++) {
    await turns.acquire(action, signal);
    if (time.passed > seconds * 1000) return calls;
    turns.report(action, answer(calls));
  }
}

describe('the pace of calls', () => {
  test('is half of what AWS allows, and what was saved up', async () => {
    // Route 53 takes 5 a second of the whole account
    const calls = await callsIn(10, 'route53:ListHostedZones');
    expect(calls).toBeGreaterThanOrEqual(25);
    expect(calls).toBeLessThanOrEqual(31);
  });

  test('of one action is no matter to another', async () => {
    const time = clock();
    const turns = rateLimit(time);
    for (let i = 0; i < 5; i++) await turns.acquire('route53:ListHostedZones', signal);
    expect(time.passed).toBe(0);
    for (let i = 0; i < 5; i++) await turns.acquire('route53:GetHostedZone', signal);
    expect(time.passed).toBe(0);
  });

  test('is halved by a throttle, and won back by what goes well', async () => {
    const usual = await callsIn(60, 'ec2:DescribeVpcs');
    const throttledOnce = await callsIn(60, 'ec2:DescribeVpcs', (call) => call < 3);
    expect(throttledOnce).toBeLessThan(usual * 0.9);
    expect(throttledOnce).toBeGreaterThan(usual * 0.4);
  });

  test('never falls to nothing', async () => {
    const calls = await callsIn(60, 'ec2:DescribeVpcs', () => true);
    expect(calls).toBeGreaterThan(50);
    expect(calls).toBeLessThan(120);
  });
});
