import { expect, test } from '@jest/globals';
import { indexOf, isPast, lateIndexOf } from '../../../../shared/sink/opensearch/action.ts';

const NEW_YEAR = Date.UTC(2027, 0, 1);

test.each([
  ['aws-flowlogs-2026.12.31', 'aws-flowlogs-late'],
  ['aws-findings-history-2026.12', 'aws-findings-history-late'],
  ['team-2026.12-2026.12.31', 'team-2026.12-late'],
])('late events of %s go to %s', (index, late) => {
  expect(lateIndexOf(index)).toBe(late);
});

test.each([
  ['aws-x-2026.12.31', NEW_YEAR - 1, false],
  ['aws-x-2026.12.31', NEW_YEAR, true],
  ['aws-x-2026.12', NEW_YEAR - 1, false],
  ['aws-x-2026.12', NEW_YEAR, true],
  ['aws-x-2027.01', NEW_YEAR, false],
  ['aws-x-2027.01.02', NEW_YEAR, false],
  ['aws-x-late', NEW_YEAR, false],
  ['aws-findings-current', NEW_YEAR, false],
])('%s at %p is over: %p', (index, now, expected) => {
  expect(isPast(index, now)).toBe(expected);
});

test('a record says where it goes', () => {
  const record = Buffer.from('{"create":{"_index":"aws-x-2026.12.31","_id":"a"}}\n{"b":"c"}\n');
  expect(indexOf(record)).toBe('aws-x-2026.12.31');
});
