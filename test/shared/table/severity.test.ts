import { expect, test } from '@jest/globals';
import { normalizedOf, SCALE, severityNamed, severityNormalized, severityOf } from '../../../shared/table/severity.ts';

test.each([
  [10.5, 'critical'],
  [10, 'critical'],
  [9, 'critical'],
  [8.99, 'high'],
  [8.95, 'high'],
  [8.9, 'high'],
  [7, 'high'],
  [6.95, 'medium'],
  [4, 'medium'],
  [3.9, 'low'],
  [1, 'low'],
  [0.9, 'informational'],
  [0, 'informational'],
  [-1, 'informational'],
])('%d is %s', (score, severity) => {
  expect(severityOf(score)).toBe(severity);
});

test('no score between the bounds is without a name', () => {
  for (let score = -1; score <= 11; score += 0.01) expect(typeof severityOf(score)).toBe('string');
});

test('a label is taken in any case, and only one that is of the scale', () => {
  expect(['INFORMATIONAL', 'Low', 'medium', 'HIGH', 'Critical'].map(severityNamed)).toEqual([
    'informational',
    'low',
    'medium',
    'high',
    'critical',
  ]);
  expect(['UNTRIAGED', '', 8, null, undefined, 'toString'].map(severityNamed)).toEqual(Array(6).fill(undefined));
});

test.each([
  [-1, 'informational'],
  [0, 'informational'],
  [0.5, 'informational'],
  [1, 'low'],
  [39, 'low'],
  [39.9, 'low'],
  [40, 'medium'],
  [69, 'medium'],
  [70, 'high'],
  [89.9, 'high'],
  [90, 'critical'],
  [100, 'critical'],
])('%d of 100 is %s', (score, severity) => {
  expect(severityNormalized(score)).toBe(severity);
});

test("a severity's own score of 100 is that severity", () => {
  for (const severity of SCALE) expect(severityNormalized(normalizedOf(severity))).toBe(severity);
});
