import { expect, test } from '@jest/globals';
import { instant } from '../../../functions/inspector/instant.ts';

const ISO = '2026-01-02T15:04:05Z';

test.each([
  'Jan 02, 2026, 03:04:05 PM',
  'Jan 2, 2026, 3:04:05 PM',
  'Jan 2, 2026, 3:04:05\u202fPM',
  ISO,
  '2026-01-02T15:04:05.000000+00:00',
  '2026-01-02T07:04:05-08:00',
  1767366245,
  1767366245.0,
  1767366245000,
  '1767366245',
  '1767366245.000',
  '1767366245000',
])('%s is the same instant as the others', (value) => {
  expect(instant(value)).toBe(Date.parse(ISO));
});

test.each([
  ['Jan 1, 2026, 12:00:00 AM', '2026-01-01T00:00:00Z'],
  ['Jan 1, 2026, 12:59:59 PM', '2026-01-01T12:59:59Z'],
  ['Dec 31, 2026, 11:59:59 PM', '2026-12-31T23:59:59Z'],
])('%s is %s', (spelled, iso) => {
  expect(instant(spelled)).toBe(Date.parse(iso));
});

test.each(['', 'Foo 1, 2026, 1:00:00 AM', 'Jan 1, 2026', '1:00:00 AM', 'N/A', '-1', null, undefined, true, {}, []])(
  '%j is no date',
  (value) => {
    expect(instant(value)).toBeUndefined();
  },
);
