import { expect, test } from '@jest/globals';
import { domain } from '../../../shared/enrich/domain.ts';

test.each([
  ['www.example.com', 'example.com', 'www', 'com'],
  ['a.b.Example.CO.UK.', 'example.co.uk', 'a.b', 'co.uk'],
  ['example.co.kr', 'example.co.kr', undefined, 'co.kr'],
  ['_ldap._tcp.dc._msdcs.corp.example.com', 'example.com', '_ldap._tcp.dc._msdcs.corp', 'com'],
  ['ip-10-0-0-5.ap-northeast-2.compute.internal', 'compute.internal', 'ip-10-0-0-5.ap-northeast-2', 'internal'],
  ['sqs.ap-northeast-2.amazonaws.com', 'amazonaws.com', 'sqs.ap-northeast-2', 'com'],
  ['www.xn--bj0bj06e.kr', 'xn--bj0bj06e.kr', 'www', 'kr'],
])('%s was registered as %s', (text, registered, subdomain, suffix) => {
  const name = text.toLowerCase().replace(/\.$/, '');
  expect(domain(text)).toEqual({ name, registered, subdomain, suffix });
});

test('whoever has a name below a suffix that a company gives away is not that company', () => {
  expect(domain('payload.evil.github.io')).toMatchObject({ registered: 'evil.github.io', suffix: 'github.io' });
  expect(domain('d111111abcdef8.cloudfront.net').registered).toBe('d111111abcdef8.cloudfront.net');
});

test.each([
  ['com', 'com'],
  ['localhost', 'localhost'],
  ['co.uk', 'co.uk'],
  ['', undefined],
  ['.', undefined],
  ['203.0.113.7', undefined],
  ['2001:db8::1', undefined],
])('nobody registered %j', (text, suffix) => {
  expect(domain(text)).toMatchObject({ registered: undefined, subdomain: undefined, suffix });
});

test('odd names throw nothing', () => {
  for (const text of [
    '..',
    'a..com',
    '*.example.com',
    '\\052.example.com',
    'é.example.com',
    `${'a'.repeat(300)}.com`,
  ]) {
    expect(typeof domain(text).name).toBe('string');
  }
});
