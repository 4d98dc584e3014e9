import { expect, test } from '@jest/globals';
import { breaker } from '../../../../shared/sink/delivery/circuitbreaker.ts';

test('a clock that is set back does not let a destination rest for ever', () => {
  let now = 1_000_000;
  const gate = breaker({ restMs: 1000, now: () => now });
  gate.opened();
  expect(gate.ask()).toBe('rest');
  now -= 500_000;
  expect(gate.ask()).toBe('probe');
  expect(gate.ask()).toBe('rest');
  gate.closed();
  expect(gate.ask()).toBe('go');
});
