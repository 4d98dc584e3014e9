import { expect, test } from '@jest/globals';
import { patternOf } from '../../../scripts/quarantine/reasons.ts';

test.each([
  ['too many columns: 71, at most 64', 'too many columns: #, at most #'],
  [
    "400 mapper_parsing_exception: failed to parse field [source.ip] of type [ip] in document with id 'Zm9v-17'. Preview of field's value: 'it's'",
    '# mapper_parsing_exception: failed to parse field [source.ip] of type [ip] in document with id "…"',
  ],
  ['unexpected detail-type "Macie \\"Finding\\""', 'unexpected detail-type "…"'],
  ['no such index [aws-waf-2026.11.24]', 'no such index [#.#]'],
  ['object 0f8fad5b-d9cb-469f-a165-70867728950e\n  is  gone', 'object # is gone'],
  ['the finding has no id', 'the finding has no id'],
])('%s is grouped', (reason, pattern) => {
  expect(patternOf(reason)).toBe(pattern);
});

test('what a destination quotes at length is cut', () => {
  expect(patternOf('no '.repeat(2000)).length).toBeLessThan(200);
});
