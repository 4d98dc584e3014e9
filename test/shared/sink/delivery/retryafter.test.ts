import { expect, test } from '@jest/globals';
import { retryAfter } from '../../../../shared/sink/delivery/retryafter.ts';

test.each([
  ['0', 0],
  ['7', 7000],
])('%p is a number of seconds', (header, ms) => {
  expect(retryAfter(header)).toBe(ms);
});

test('a date is a time from now on', () => {
  const ms = retryAfter(new Date(Date.now() + 60_000).toUTCString());
  expect(ms).toBeGreaterThan(50_000);
  expect(ms).toBeLessThanOrEqual(60_000);
});

test.each([undefined, '', 'soon', '-3', 'Wed, 21 Oct 2015 07:28:00 GMT', 7])('%p asks for no wait', (header) => {
  expect(retryAfter(header)).toBeUndefined();
});
