import { expect, test } from '@jest/globals';
import { search } from './search.ts';
import type { Value } from './value.ts';

const FIELDS: Readonly<Record<string, Value>> = {
  sourcetype: 'aws:waf',
  action: 'BLOCK',
  port: '443',
  'a.b{}': ['x', 'y'],
};
const matches = (source: string): boolean => search(source)((name) => FIELDS[name] ?? null);

test.each([
  ['sourcetype="aws:waf"', true],
  ['sourcetype=AWS:WAF', true],
  ['sourcetype=aws:* action=block', true],
  ['sourcetype=aws:* action=allow', false],
  ['action=allow OR action=block', true],
  ['action=block NOT port=443', false],
  ['NOT (action=allow OR port=80)', true],
  ['action IN ("allow", "block")', true],
  ['action IN (al*)', false],
  ['port>80 port<=443', true],
  ['port!=80', true],
  ['missing!=80', false], // != asks for a field that is there
  ['NOT missing=80', true],
  ['missing=*', false],
  ['a.b{}=y', true],
  ['port=4*3', true],
])('%s: %j', (source, expected) => expect(matches(source)).toBe(expected));

test.each(['word', 'action=block )', '(action=block', 'action IN ("a"', 'action='])(
  '%s is refused or matches nothing',
  (source) => {
    let isMatch = false;
    try {
      isMatch = matches(source);
    } catch (error) {
      expect(error).toBeInstanceOf(SyntaxError);
    }
    expect(isMatch).toBe(false);
  },
);
