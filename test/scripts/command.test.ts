import { describe, expect, test } from '@jest/globals';
import { count, duration, instant, parsed, STACK_OPTIONS, UsageError } from '../../scripts/command.ts';
import { logicalName } from '../../shared/sources.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');

describe('a command', () => {
  test.each([
    ['90m', '2026-11-24T10:30:00.000Z'],
    ['12h', '2026-11-24T00:00:00.000Z'],
    ['3d', '2026-11-21T12:00:00.000Z'],
    ['2026-11-24', '2026-11-24T00:00:00.000Z'],
    ['2026-11-24T13:40:00+09:00', '2026-11-24T04:40:00.000Z'],
  ])('takes %s for a time', (text, time) => {
    expect(new Date(instant('--since', text, NOW)).toISOString()).toBe(time);
  });

  test.each(['yesterday', '', '3w', '-3d'])('refuses %j as a time, by its name', (text) => {
    expect(() => instant('--since', text, NOW)).toThrow(/^--since is /);
  });

  test('takes a length of time', () => {
    expect(duration('--margin', '15m')).toBe(900_000);
    expect(() => duration('--margin', '2026-11-24')).toThrow(/^--margin is /);
  });

  test('takes whole numbers from 1 where it counts', () => {
    expect(count('--max', '17')).toBe(17);
    for (const text of ['0', '-1', '1.5', 'x', '']) expect(() => count('--max', text)).toThrow(UsageError);
  });

  test('refuses an option that it does not know', () => {
    expect(parsed(['a', '--stage', 'prod'], STACK_OPTIONS)).toMatchObject({
      positionals: ['a'],
      values: { stage: 'prod' },
    });
    expect(() => parsed(['--stege', 'prod'], STACK_OPTIONS)).toThrow(/--stege/);
  });
});

test("names of a source's resources begin with its name", () => {
  expect(['waf', 'asset-inventory'].map(logicalName)).toEqual(['Waf', 'AssetInventory']);
});
