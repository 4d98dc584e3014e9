import { expect, test } from '@jest/globals';
import { circuitBreaker } from '../../../../shared/sink/delivery/circuitbreaker.ts';

test('a clock that is set back does not keep the breaker open for ever', () => {
  let now = 1_000_000;
  const breaker = circuitBreaker({ openMs: 1000, now: () => now });
  breaker.onFailure();
  expect(breaker.enter()).toBe('open');
  now -= 500_000;
  expect(breaker.enter()).toBe('half-open');
  expect(breaker.enter()).toBe('open');
  breaker.onSuccess();
  expect(breaker.enter()).toBe('closed');
});
