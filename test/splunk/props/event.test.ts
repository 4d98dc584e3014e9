import { describe, expect, test } from '@jest/globals';
import { parseConf } from '../../../scripts/splunk/conf.ts';
import type { App } from './app.ts';
import { searched } from './event.ts';
import { broken, timeOf } from './indexing.ts';

const app = (props: string, rest: Partial<Record<'transforms' | 'eventtypes' | 'tags', string>> = {}): App => ({
  props: parseConf(`[t]\n${props}`),
  transforms: parseConf(rest.transforms ?? ''),
  eventtypes: parseConf(rest.eventtypes ?? ''),
  tags: parseConf(rest.tags ?? ''),
  lookups: new Map([
    [
      'codes.csv',
      [
        { code: '1', name: 'one' },
        { code: '2*', name: 'two' },
      ],
    ],
  ]),
});
const fieldsOf = (raw: string, rules: App, fields = {}) =>
  Object.fromEntries(searched({ raw, sourcetype: 't', fields }, rules));

describe('search-time rules', () => {
  test('EXTRACT takes named groups, of the event or of a field', () => {
    const rules = app('EXTRACT-a = user=(?<user>\\S+)\nEXTRACT-b = ^(?<first>.) in user');
    expect(fieldsOf('x user=alice', rules)).toMatchObject({ user: 'alice', first: 'a' });
  });

  test('REPORT: named groups, delimiters, names found in the text, several values', () => {
    const transforms = `[named]
REGEX = ^(?<a>\\S+)
[columns]
DELIMS = " "
FIELDS = one, two
[pairs]
REGEX = (\\w[\\w-]*)=(\\w+)
FORMAT = $1::$2
[many]
REGEX = (\\d+)
FORMAT = n::$1
MV_ADD = true`;
    expect(fieldsOf('x-y=1 b=2', app('REPORT-r = named, columns, pairs, many', { transforms }))).toMatchObject({
      a: 'x-y=1',
      one: 'x-y=1',
      two: 'b=2',
      x_y: '1',
      b: '2',
      n: ['1', '2'],
    });
  });

  test('JSON members are fields by their paths; one that was indexed too has both values', () => {
    const found = fieldsOf('{"a":{"b":[1,2]},"severity":8,"n":null}', app('KV_MODE = json'), { severity: 'high' });
    expect(found).toMatchObject({ 'a.b{}': ['1', '2'], severity: ['high', '8'], n: 'null' });
    expect(fieldsOf('{"a":1}', app('KV_MODE = none')).a).toBeUndefined();
  });

  test('automatic extraction ends after 10,240 characters, spath does not', () => {
    const raw = JSON.stringify({ first: 'x', filler: 'x'.repeat(11_000), last: 'y' });
    const found = fieldsOf(raw, app('KV_MODE = json\nEVAL-end = spath(_raw,"last")'));
    expect(found).toMatchObject({ first: 'x', end: 'y' });
    expect(found.last).toBeUndefined();
  });

  test('calculated fields see what was extracted, not each other', () => {
    const rules = app('EXTRACT-a = (?<a>\\d)\nEVAL-b = a+1\nEVAL-c = coalesce(b,"not seen")\nEVAL-a = "new"');
    expect(fieldsOf('5', rules)).toMatchObject({ a: 'new', b: 6, c: 'not seen' });
  });

  test('aliases copy, and ASNEW leaves what is there', () => {
    const rules = app('EXTRACT-a = (?<a>\\d)(?<b>\\d)\nFIELDALIAS-x = a AS c a ASNEW b');
    expect(fieldsOf('12', rules)).toMatchObject({ a: '1', b: '2', c: '1' });
  });

  test('lookups: exact or by wildcard, OUTPUTNEW leaves what is there', () => {
    const transforms = '[codes]\nfilename = codes.csv\n[wild]\nfilename = codes.csv\nmatch_type = WILDCARD(code)';
    const exact = app('EXTRACT-a = (?<n>\\d+)\nLOOKUP-x = codes code AS n OUTPUT name AS word', { transforms });
    expect(fieldsOf('1', exact).word).toBe('one');
    expect(fieldsOf('23', exact).word).toBeUndefined();
    const wild = app('EXTRACT-a = (?<n>\\d+)\nEVAL-name = "kept"\nLOOKUP-x = wild code AS n OUTPUTNEW name', {
      transforms,
    });
    expect(fieldsOf('23', wild).name).toBe('kept');
  });

  test('event types and tags come last', () => {
    const rules = app('EVAL-a = "x"', {
      eventtypes: '[one]\nsearch = sourcetype=t a=x\n[two]\nsearch = a=y',
      tags: '[eventtype=one]\nweb = enabled\nold = disabled',
    });
    expect(fieldsOf('', rules)).toMatchObject({ eventtype: ['one'], tag: ['web'] });
  });

  test('what is not known is refused by name', () => {
    expect(() => fieldsOf('', app('EVAL-a = nosuch(1)'))).toThrow('EVAL-a: unknown function nosuch');
    expect(() => fieldsOf('', app('REPORT-a = nosuch'))).toThrow('transforms.conf has no [nosuch]');
    expect(() => parseConf('[a]\nb')).toThrow('conf:2: expected a setting');
    expect(() => parseConf('[a]\nb = 1\nb = 2')).toThrow('[a] sets b twice');
  });
});

describe('index-time rules', () => {
  test('events end at line breaks and are cut after TRUNCATE bytes, 10,000 by default', () => {
    const line = 'x'.repeat(13_000);
    expect(broken(`${line}\nsecond`, 't', app('SHOULD_LINEMERGE = false')).map(({ length }) => length)).toEqual([
      10_000, 6,
    ]);
    expect(broken(line, 't', app('TRUNCATE = 20000'))[0]).toHaveLength(13_000);
    expect(broken(line, 't', app('TRUNCATE = 0'))[0]).toHaveLength(13_000);
  });

  test.each([
    ['{"t":1790000012771}', 'TIME_PREFIX = "t":\nTIME_FORMAT = %s%3N', 1_790_000_012_771],
    [
      '{"t":"2026-11-24T03:00:01.5Z"}',
      'TIME_PREFIX = "t":"\nTIME_FORMAT = %Y-%m-%dT%H:%M:%S',
      Date.UTC(2026, 10, 24, 3, 0, 1),
    ],
    [
      'a [24/Nov/2026:12:00:38 +0900]',
      'TIME_PREFIX = \\[\nTIME_FORMAT = %d/%b/%Y:%H:%M:%S %z',
      Date.UTC(2026, 10, 24, 3, 0, 38),
    ],
    ['no time', 'TIME_PREFIX = "t":\nTIME_FORMAT = %s', undefined],
  ])('the time of %s', (event, rules, time) => expect(timeOf(event, 't', app(rules))).toBe(time));
});
