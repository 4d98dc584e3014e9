/** Values that Splunk's own documentation gives for its examples, or that follow from its words. */
import { expect, test } from '@jest/globals';
import { expression } from './expression.ts';
import type { Value } from './value.ts';

const evaluated = (source: string, fields: Readonly<Record<string, Value>> = {}): Value =>
  expression(source)((name) => fields[name] ?? null);

test.each<[string, Value]>([
  ['1+2*3', 7],
  ['(1+2)*3', 9],
  ['7%4', 3],
  ['"a"."b".1', 'ab1'],
  ['"1"+"2"', 3],
  ['if(1=1,"y","n")', 'y'],
  ['if(null()=1,"y","n")', 'n'],
  ['case(1=2,"a",true(),"b")', 'b'],
  ['case(1=2,"a")', null],
  ['coalesce(null(),"x","y")', 'x'],
  ['NOT 1=2 AND 1=1', true],
  ['1=2 OR 1=1 AND 1=2', false],
  ['in("b","a","b")', true],
  ['"abc" LIKE "a%"', true],
  ['match("10.1.2.3","^10\\.")', true],
  ['replace("1/14/2017","^(\\d{1,2})/(\\d{1,2})/","\\2/\\1/")', '14/1/2017'],
  ['lower("ABC")', 'abc'],
  ['substr("splendid",1,3)', 'spl'],
  ['substr("splendid",-3)', 'did'],
  ['ltrim(" ZZZabcZZ "," Z")', 'abcZZ '],
  ['rtrim("example.com.",".")', 'example.com'],
  ['mvindex(split("a,b,c",","),-1)', 'c'],
  ['mvcount(split("a,b,c",","))', 3],
  ['mvcount(null())', null],
  ['mvfind(split("a,b,c",","),"^b$")', 1],
  ['mvjoin(mvdedup(split("a,b,a",",")),"+")', 'a+b'],
  ['cidrmatch("10.0.0.0/8","10.200.1.1")', true],
  ['cidrmatch("10.0.0.0/8","11.0.0.1")', false],
  ['tonumber("x")', null],
  ['round(3.456,1)', 3.5],
  ['floor(-1.5)', -2],
  ['urldecode("a%20b")', 'a b'],
  ['nullif("-","-")', null],
  ['1/0', null],
])('%s is %j', (source, value) => expect(evaluated(source)).toEqual(value));

test('quoted names are fields, also with dots and braces; names that are none are null', () => {
  const fields = { 'a.b{}': ['x', 'y'], n: '10' };
  expect(evaluated("mvindex('a.b{}',1)", fields)).toBe('y');
  expect(evaluated('isnull(missing)', fields)).toBe(true);
  expect(evaluated('n>9', fields)).toBe(true); // by number: as text it would be less
  expect(evaluated('isnum(n)', fields)).toBe(true);
});

test('mvmap and mvfilter look at one value at a time', () => {
  const fields = { x: ['a.', 'b.'] };
  expect(evaluated('mvmap(x,rtrim(x,"."))', fields)).toEqual(['a', 'b']);
  expect(evaluated('mvfilter(match(x,"^a"))', fields)).toBe('a.');
});

test('spath follows members and elements, and gives objects as JSON', () => {
  const _raw = '{"a":{"b":[{"c":1},{"c":"two"},{"d":null}]},"x/y z":true}';
  expect(evaluated('spath(_raw,"a.b{}.c")', { _raw })).toEqual(['1', 'two']);
  expect(evaluated('spath(_raw,"a.b{1}.c")', { _raw })).toBe('two');
  expect(evaluated('spath(_raw,"a.b{}.d")', { _raw })).toBe('null');
  expect(evaluated('spath(_raw,"x/y z")', { _raw })).toBe('true');
  expect(evaluated('spath(_raw,"a.b{0}")', { _raw })).toBe('{"c":1}');
  expect(evaluated('spath(_raw,"nothing")', { _raw })).toBeNull();
  expect(evaluated('spath(_raw,"a")', { _raw: 'no JSON' })).toBeNull();
});

test.each(['if(1=1', 'a b', '"open', 'nosuch(1)', ')', 'a ? b'])('%s is refused', (source) => {
  expect(() => expression(source)).toThrow(SyntaxError);
});
