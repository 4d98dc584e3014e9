import { describe, expect, test } from '@jest/globals';
import type { Bytes } from '../../../../shared/model.ts';
import { blank } from '../../../../shared/pipeline/facts.ts';
import { literal, Text } from '../../../../shared/text/text.ts';
import { isAddress, jsonCasts } from '../../../../shared/transform/bytes/casts.ts';
import { compile } from '../../../../shared/transform/bytes/compile.ts';
import type { Field } from '../../../../shared/transform/rows.ts';

const casts = jsonCasts({
  rendered: (bytes, start, end) =>
    Buffer.from(bytes.subarray(start, end)).toString() === '203.0.113.7' ? literal('"geo":{"name":"x"},') : undefined,
});

function recordOf(value: unknown): Bytes {
  const text = Buffer.from(JSON.stringify(value));
  const bytes = new Uint8Array(text.length + 8);
  bytes.set(text);
  return { bytes, view: new DataView(bytes.buffer), start: 0, end: text.length };
}

function documentOf(value: unknown, ...fields: Field[]) {
  const map = compile([...fields, ['other', [], 'others']], { casts });
  map.fields.find(recordOf(value));
  const doc = new Text(8);
  map.write(doc, blank(), undefined);
  return JSON.parse(Buffer.from(doc.slice()).toString());
}

describe('geo', () => {
  test('is an address and where it is', () => {
    expect(documentOf({ a: '203.0.113.7' }, ['source.ip', 'a', 'geo'])).toEqual({
      source: { ip: '203.0.113.7', geo: { name: 'x' } },
    });
    expect(documentOf({ a: '10.0.0.1' }, ['source.ip', 'a', 'geo'])).toEqual({ source: { ip: '10.0.0.1' } });
    expect(documentOf({}, ['source.ip', 'a', 'geo'])).toEqual({});
  });
});

test('family tells one kind of address from the other', () => {
  expect(documentOf({ a: '10.0.0.1', b: '2001:db8::1' }, ['a', 'a', 'family'], ['b', 'b', 'family'])).toEqual({
    a: 'ipv4',
    b: 'ipv6',
  });
  expect(documentOf({}, ['a', 'a', 'family'])).toEqual({});
});

test.each([
  [0, 0],
  [403, 403],
  ['56067', 56_067],
  [-1, -1],
])('int takes %j', (given, expected) => {
  expect(documentOf({ a: given }, ['n', 'a', 'int'])).toEqual({ n: expected });
});

test.each(['many', '01', '-', 1.5, true, '1e3', '1'.repeat(19), { a: 1 }, [1]])('int keeps %j as another', (given) => {
  expect(documentOf({ a: given }, ['n', 'a', 'int'])).toEqual({ other: { a: given } });
});

test.each([null, ''])('int leaves out %j', (given) => {
  expect(documentOf({ a: given }, ['n', 'a', 'int'])).toEqual({});
});

test('lower is a text in lower case, escapes and other scripts unharmed', () => {
  const text = 'A"\\É봉\u0001Z'.repeat(20);
  expect(documentOf({ a: text }, ['t', 'a', 'lower']).t).toBe(text.replaceAll('A', 'a').replaceAll('Z', 'z'));
  expect(documentOf({ a: { b: 1 } }, ['t', 'a', 'lower'])).toEqual({ other: { a: { b: 1 } } });
  expect(documentOf({ a: '' }, ['t', 'a', 'lower'])).toEqual({});
});

test.each([
  ['10.0.0.1', true],
  ['2001:db8::1', true],
  ['10.0.0.256', false],
  ['fe80::1%eth0', false],
  ['', false],
  [7, false],
  [null, false],
])('%j is an address: %p', (given, expected) => {
  const map = compile([], { paths: ['a'] });
  map.fields.find(recordOf({ a: given }));
  expect(isAddress(map.fields, map.indexOf('a'))).toBe(expected);
});
