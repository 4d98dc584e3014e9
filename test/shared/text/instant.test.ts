import { expect, test } from '@jest/globals';
import { epochMs as instant } from '../../../shared/text/instant.ts';

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
  ['Tue Nov 24 13:40:38.123 UTC 2026', '2026-11-24T13:40:38.123Z'],
  ['Mon Nov  2 00:15:00 UTC 2026', '2026-11-02T00:15:00Z'],
  ['1.663703546405E9', '2022-09-20T19:52:26.405Z'],
  ['06/Feb/2019:00:00:38 +0000', '2019-02-06T00:00:38Z'],
  ['2020-10-13T22:10:01.006481+0000', '2020-10-13T22:10:01.006Z'],
])('%s is %s', (spelled, iso) => {
  expect(instant(spelled)).toBe(Date.parse(iso));
});

test.each([
  '',
  'Foo 1, 2026, 1:00:00 AM',
  'Jan 1, 2026',
  '1:00:00 AM',
  'N/A',
  '-1',
  'Tue Foo 24 13:40:38 UTC 2026',
  '40/Feb/2019:00:00:38 +0000',
  null,
  undefined,
  true,
  {},
  [],
])('%j is not a date', (value) => {
  expect(instant(value)).toBeUndefined();
});
