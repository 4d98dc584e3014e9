import { describe, expect, test } from '@jest/globals';
import { delimited, matching } from '../../../shared/decode/delimited.ts';
import { DecodeError } from '../../../shared/errors.ts';
import { bytesOf } from '../../../shared/text/bytes.ts';

const abc = delimited({ names: ['a', 'b', 'c'] });
const read = (line: string) => abc(bytesOf(line));

describe('delimited columns', () => {
  test.each([
    ['1 2 3', { a: '1', b: '2', c: '3' }],
    ['1 - 3', { a: '1', c: '3' }],
    ['1 "" "-"', { a: '1' }],
    ['1 "two words" 3', { a: '1', b: 'two words', c: '3' }],
    ['1 "an \\"escaped\\" one" 3', { a: '1', b: 'an "escaped" one', c: '3' }],
    ['1 "a ""doubled"" one" 3', { a: '1', b: 'a "doubled" one', c: '3' }],
    ['1 "a \\\\ at its end\\\\" 3', { a: '1', b: 'a \\ at its end\\', c: '3' }],
    ['1 "say "hi"!" 3', { a: '1', b: 'say "hi"!', c: '3' }],
    ['1 "never closed 3', { a: '1', b: '"never', c: 'closed' }],
    ['[06/Feb/2019:00:00:38 +0000] [x] é', { a: '06/Feb/2019:00:00:38 +0000', b: 'x', c: 'é' }],
  ])('of %s', (line, columns) => {
    if (line.includes('never')) expect(() => read(line)).toThrow('expected 3 columns, found 4');
    else expect(read(line)).toEqual(columns);
  });

  test('may be fewer or more where a format grew', () => {
    const grown = delimited({ names: ['a', 'b'], least: 1, rest: 'rest' });
    expect(grown(bytesOf('1'))).toEqual({ a: '1' });
    expect(grown(bytesOf('1 2 3 4'))).toEqual({ a: '1', b: '2', rest: '3 4' });
  });

  test('are refused with their number', () => {
    expect(() => read('1 2')).toThrow(new DecodeError('expected 3 columns, found 2'));
    expect(() => read('1 2 3 4')).toThrow(new DecodeError('expected 3 columns, found 4'));
  });

  test('take another separator', () => {
    const comma = delimited({ names: ['a', 'b'], separator: ',' });
    expect(comma(bytesOf('x y,"1,2"'))).toEqual({ a: 'x y', b: '1,2' });
  });

  test('read the line of an ALB access log as AWS publishes it', () => {
    const names =
      'type time elb client target request_processing_time target_processing_time response_processing_time elb_status_code target_status_code received_bytes sent_bytes request user_agent ssl_cipher ssl_protocol target_group_arn trace_id domain_name chosen_cert_arn matched_rule_priority request_creation_time actions_executed redirect_url error_reason target_list target_status_list classification classification_reason';
    const alb = delimited({ names: names.split(' '), rest: 'rest' });
    const line =
      'https 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012" 1 2018-07-02T22:22:48.364000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234abcd5678ef90';
    expect(alb(bytesOf(line))).toMatchObject({
      request: 'GET https://www.example.com:443/ HTTP/1.1',
      matched_rule_priority: '1',
      target_status_list: '200',
      rest: 'TID_1234abcd5678ef90',
    });
  });
});

describe('a regular expression', () => {
  const pair = matching(/^(?<a>\S+)=(?<b>.*)$/, 'a pair');

  test('gives its named groups, without those that are absent', () => {
    expect(pair(bytesOf('x=y z'))).toEqual({ a: 'x', b: 'y z' });
    expect(pair(bytesOf('x=-'))).toEqual({ a: 'x' });
  });

  test('refuses what it does not match, and what is not UTF-8', () => {
    expect(() => pair(bytesOf('x'))).toThrow(new DecodeError('not a pair'));
    const { bytes, view } = bytesOf('x=y');
    bytes[2] = 0xff;
    expect(() => pair({ bytes, view, start: 0, end: 3 })).toThrow(new DecodeError('not UTF-8'));
  });
});
