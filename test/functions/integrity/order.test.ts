import { expect, test } from '@jest/globals';
import { orderOf } from '../../../functions/integrity/order.ts';

const NOW = Date.parse('2026-11-24T13:00:00Z');

test('an order names where digests and state are, and has defaults for the rest', () => {
  expect(orderOf({ digests: 's3://logs/cloudtrail/', state: 's3://state/integrity.json' }, NOW)).toEqual({
    digests: { bucket: 'logs', key: 'cloudtrail/' },
    state: { bucket: 'state', key: 'integrity.json' },
    graceMs: 5_400_000,
    at: NOW,
  });
});

test('all can be given', () => {
  const order = { digests: 's3://logs/', graceMinutes: 5, at: '2026-11-01T00:00:00Z' };
  expect(orderOf(order, NOW)).toEqual({
    digests: { bucket: 'logs', key: '' },
    state: undefined,
    graceMs: 300_000,
    at: Date.parse('2026-11-01T00:00:00Z'),
  });
});

test.each<[object | undefined, string]>([
  [undefined, '"digests" of the event is not there: expected s3://<bucket>/<prefix>.'],
  [{ digests: 'logs' }, '"digests" of the event is "logs": expected s3://<bucket>/<prefix>.'],
  [
    { digests: 's3://logs/', state: 's3://state' },
    '"state" of the event is "s3://state": expected s3://<bucket>/<prefix>.',
  ],
  [{ digests: 's3://logs/', graceMinutes: '5' }, '"graceMinutes" of the event is "5": expected a number.'],
  [{ digests: 's3://logs/', at: 'now' }, '"at" of the event is "now": expected a time.'],
])('%j is refused with a sentence', (event, sentence) => {
  expect(() => orderOf(event, NOW)).toThrow(sentence);
});
