/** Keys, rates and addresses. */
import { expect, test } from '@jest/globals';
import { allowing, rangeOf } from '../../../functions/endpoint/access/addresses.ts';
import { clientOf, mayWrite } from '../../../functions/endpoint/access/client.ts';
import { hashOf, keysIn, newKey, secretOf } from '../../../functions/endpoint/access/keys.ts';
import { rates } from '../../../functions/endpoint/access/rates.ts';
import { requestOf } from '../../../functions/endpoint/http/request.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { authorized, eventOf, KEY, storedKey } from './stage.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const client = (
  headers: Record<string, string>,
  keys = new Map([['web', storedKey()]]),
  auth: 'apikey' | 'basic' = 'apikey',
) => clientOf(requestOf(eventOf({ headers }))!, auth, keys, NOW)?.id;

test('a key is let in until it expires or is revoked', () => {
  const expiring = (expires: string) => new Map([['web', storedKey({ expires })]]);
  expect(client(authorized())).toBe('web');
  expect(client(authorized(), expiring('2026-11-24T12:00:01Z'))).toBe('web');
  expect(client(authorized(), expiring('2026-11-24T12:00:00Z'))).toBeUndefined();
  expect(client(authorized(), new Map())).toBeUndefined();
});

test('Basic is a way to send the same key, where it is on', () => {
  const basic = { authorization: `Basic ${Buffer.from(`web:${KEY}`).toString('base64')}` };
  expect(client(basic, undefined, 'basic')).toBe('web');
  expect(client(authorized(), undefined, 'basic')).toBe('web');
  expect(client(basic)).toBeUndefined();
});

test('with IAM, AWS says who it is', () => {
  const event = eventOf({}) as { requestContext: object };
  const signed = {
    ...event,
    requestContext: { ...event.requestContext, authorizer: { iam: { userArn: 'arn:aws:iam::123456789012:role/x' } } },
  };
  expect(clientOf(requestOf(signed)!, 'iam', new Map(), NOW)).toEqual({
    id: 'arn:aws:iam::123456789012:role/x',
    indices: ['*'],
  });
  expect(clientOf(requestOf(event)!, 'iam', new Map(), NOW)).toBeUndefined();
});

test('the secret holds hashes only, and what is written can be read', () => {
  const { id, key, stored } = newKey({ name: 'web', indices: ['filebeat-*'] });
  const secret = secretOf(new Map([[id, stored]]));
  expect(secret).not.toContain(key);
  expect(keysIn(secret).get(id)?.sha256).toBe(hashOf(key).toString('hex'));
});

test.each(['', '{}', 'not JSON', '{"keys":{"a":{}}}', '{"keys":{"a":{"sha256":"x","indices":[]}}}'])(
  'the secret %j is a ConfigError that does not quote it',
  (secret) => {
    expect(() => keysIn(secret)).toThrow(ConfigError);
  },
);

test('patterns of indices take * and nothing else', () => {
  const may = (pattern: string, index: string) => mayWrite({ id: 'x', indices: [pattern] }, index);
  expect([
    may('filebeat-*', 'filebeat-7'),
    may('filebeat-*', 'xfilebeat-7'),
    may('a.c', 'abc'),
    may('*', 'any'),
    may('a+', 'aa'),
  ]).toEqual([true, false, false, true, false]);
});

test('a rate lets requests pass whole, and then none until their events are made up for', () => {
  const take = rates();
  const web = { id: 'web', indices: [], eventsPerSecond: 10 };
  const at = [0, 0, 30_000, 41_000];
  expect(at.map((ms) => take(web, 500, NOW + ms))).toEqual([500, 0, 0, 500]);
  expect([take({ ...web, id: 'db' }, 5, NOW), take({ id: 'all', indices: [] }, 1e6, NOW)]).toEqual([5, 1e6]);
});

test('addresses are checked against ranges of both families', () => {
  const allows = allowing(['198.51.100.0/24', '2001:db8::/32', '203.0.113.9']);
  const all = ['198.51.100.7', '198.51.101.7', '2001:db8::1', '2001:db9::1', '203.0.113.9', '203.0.113.8', ''];
  expect(all.map(allows)).toEqual([true, false, true, false, true, false, false]);
  expect(allowing([])('192.0.2.1')).toBe(true);
  expect(['198.51.100.0/33', 'x', '1.2.3', '::/129'].map(rangeOf)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a load balancer names the client last', () => {
  const event = {
    requestContext: { elb: {} },
    httpMethod: 'POST',
    path: '/_bulk',
    headers: { 'X-Forwarded-For': '192.0.2.1, 198.51.100.7' },
    body: 'eA==',
    isBase64Encoded: true,
  };
  expect(requestOf(event)).toMatchObject({
    method: 'POST',
    path: ['_bulk'],
    address: '198.51.100.7',
    body: Buffer.from('x'),
  });
});
