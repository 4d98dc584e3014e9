import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { appendId, bounded, recordId } from '../../../shared/text/id.ts';
import { Text } from '../../../shared/text/text.ts';

const OBJECT = 's3://logs/AWSLogs/123456789012/vpcflowlogs/file.log.gz@9b2cf535f27731c974343645a3985328';
const derived = { id: '' };

/** The id as it stands in a request body. */
function appended(facts: { id: string }, from: { uri: string; seq: number }): string {
  const text = new Text(0);
  text.byte(34);
  appendId(text, facts, from);
  text.byte(34);
  return JSON.parse(Buffer.from(text.slice()).toString());
}

const from = fc.record({ uri: fc.string({ unit: 'grapheme' }), seq: fc.nat({ max: Number.MAX_SAFE_INTEGER }) });
const id = fc.oneof(fc.constant(''), fc.string({ unit: 'grapheme', maxLength: 700 }));

describe('the id of a record', () => {
  test('is what it was in the first release, or a repeat would count twice', () => {
    expect(recordId(derived, { uri: OBJECT, seq: 17 })).toBe('XqW8dzjU6RDA0g4A-17');
    expect(recordId(derived, { uri: `${OBJECT}x`, seq: 17 })).not.toBe(recordId(derived, { uri: OBJECT, seq: 17 }));
    expect(recordId(derived, { uri: OBJECT, seq: 17 })).toBe('XqW8dzjU6RDA0g4A-17');
  });

  test('is the same as a string and as bytes', () => {
    fc.assert(
      fc.property(id, from, (own, origin) => {
        expect(appended({ id: own }, origin)).toBe(recordId({ id: own }, origin));
      }),
    );
  });

  test('differs for a different uri or record', () => {
    fc.assert(
      fc.property(fc.uniqueArray(from, { selector: ({ uri, seq }) => `${seq} ${uri}`, minLength: 2 }), (origins) => {
        expect(new Set(origins.map((origin) => recordId(derived, origin))).size).toBe(origins.length);
      }),
    );
  });

  test('is the own one where the record has one', () => {
    expect(recordId({ id: 'f1@2026-11-24T00:00:00Z' }, { uri: OBJECT, seq: 1 })).toBe('f1@2026-11-24T00:00:00Z');
    expect(appended({ id: 'a "quoted" \\ id' }, { uri: OBJECT, seq: 1 })).toBe('a "quoted" \\ id');
  });

  test('is at most 512 bytes, however long its parts are', () => {
    fc.assert(
      fc.property(id, from, (own, origin) => {
        expect(Buffer.byteLength(recordId({ id: own }, origin))).toBeLessThanOrEqual(512);
      }),
    );
    expect(Buffer.byteLength(recordId(derived, { uri: 'x'.repeat(5000), seq: Number.MAX_SAFE_INTEGER }))).toBe(33);
  });

  test('that is too long becomes a hash, one byte less stays', () => {
    expect(bounded('x'.repeat(512))).toBe('x'.repeat(512));
    expect(bounded('봉'.repeat(170))).toBe('봉'.repeat(170));
    expect(bounded('x'.repeat(513))).toMatch(/^sha256-[\w-]{43}$/);
    expect(bounded('봉'.repeat(171))).toMatch(/^sha256-[\w-]{43}$/);
    expect(bounded(`${'x'.repeat(600)}1`)).not.toBe(bounded(`${'x'.repeat(600)}2`));
  });
});
