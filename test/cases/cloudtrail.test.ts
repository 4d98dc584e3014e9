/** CloudTrail records that other collectors got wrong; test/sample/cases/README.md says what is right. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { cloudtrail } from '../../functions/cloudtrail/source.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import { type Any, allWritten } from '../source.ts';

const sample = (name: string): string => readFileSync(new URL(`../sample/cases/${name}.json`, import.meta.url), 'utf8');
const source = cloudtrail({ geo: { ...noGeo, rendered: () => undefined }, route: ['opensearch'] });
const written = (input: string) => allWritten(source, input);

const documents = async (input: string): Promise<Any[]> => (await written(input)).map(({ document }) => document);

/** A record of the samples with some members otherwise. */
const event = (change: object, name = 'cloudtrail-who'): string =>
  JSON.stringify({ ...JSON.parse(sample(name)).Records[0], ...change });

const one = async (change: object): Promise<Any> => (await documents(event(change)))[0];

/** Every object's member names, as they are written. */
function twice(json: string): string[] {
  const found: string[] = [];
  const open: Set<string>[] = [];
  for (const [token, name] of json.matchAll(/"((?:[^"\\]|\\.)*)"(?=:)|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (name !== undefined && open.at(-1)!.size === open.at(-1)!.add(name).size) found.push(name);
  }
  return found;
}

describe('duplicate-members', () => {
  test('each is a document without them; the last counts', async () => {
    const found = await written(sample('duplicate-members'));
    expect(found).toHaveLength(6);
    for (const { line } of found) expect(twice(line)).toEqual([]);
    expect(found[0].document.aws.cloudtrail.request_parameters).toEqual({ a: 2 });
    expect(found[1].document.aws.cloudtrail.other).toEqual({ zz: 2 });
    expect(found[2].document.event.action).toBe('GetBucketPolicy');
    expect(found[5].document.aws.cloudtrail.request_parameters).toEqual({ a: { b: 'y' } });
  });

  test.each([
    '{"abcdefgh":1,"b":{"abcdefgh":2},"abcdefgh":3}',
    '{"\\u0061":1,"a":2}',
    '{"list":[{"a":1,"a":2},{"a":1}]}',
    `{${Array.from({ length: 200 }, (_, n) => `"member${n % 150}":${n}`).join()}}`,
    '{"roleArn":"a","roleArn":"b"}',
  ])('%s as a free-form part', async (part) => {
    const json = event({ requestParameters: '@' }).replace('"@"', part);
    const [{ line, document }] = await written(json);
    expect(twice(line)).toEqual([]);
    expect(document.aws.cloudtrail.request_parameters).toEqual(JSON.parse(part));
  });

  test('an unknown member of an object that rows read, twice', async () => {
    const json = event({}).replace('"accountId":', '"new":1,"new":{"a":1,"a":2},"accountId":');
    const [{ line, document }] = await written(json);
    expect(twice(line)).toEqual([]);
    expect(document.aws.cloudtrail.other).toEqual({ 'userIdentity.new': { a: 2 } });
  });
});

describe('who', () => {
  test('cloudtrail-identity-center: the name that somebody signed in with', async () => {
    const found = await documents(sample('cloudtrail-identity-center'));
    expect(found.map(({ user }) => user?.name)).toEqual(['kim@example.com', 'lee', undefined]);
    expect(found.map(({ related }) => related?.user)).toEqual([['kim@example.com'], ['lee'], undefined]);
  });

  test.each(['userIdentity', 'additionalEventData'])('cloudtrail-hidden-username: no user, in %s', async (member) => {
    const record = JSON.parse(sample('cloudtrail-hidden-username')).Records[0];
    const { userName, ...rest } = record.userIdentity;
    const change = {
      userIdentity: rest,
      [member]: { ...(member === 'userIdentity' && rest), userName, UserName: userName },
    };
    const [document] = await documents(JSON.stringify({ ...record, ...change }));
    expect(document.user?.name).toBeUndefined();
    expect(document.related?.user).toBeUndefined();
  });

  test('cloudtrail-who: the root that is assumed, the name that is federated', async () => {
    const [root, federated] = await documents(sample('cloudtrail-who'));
    expect(root.user).toMatchObject({
      name: 'kim',
      effective: { id: '210987654321', name: 'root' },
      target: { id: '210987654321', name: 'root' },
    });
    expect(federated.user).toMatchObject({ name: 'kim', effective: { id: '123456789012:bob', name: 'bob' } });
    expect(federated.related.user).toEqual(['kim', 'bob']);
  });

  test.each(['210987654321', 'arn:aws:iam::210987654321:root', 'arn:aws-cn:iam::210987654321:root'])(
    'AssumeRoot of %s',
    async (targetPrincipal) => {
      const { user } = await one({ requestParameters: { targetPrincipal } });
      expect(user.effective).toEqual({ id: '210987654321', name: 'root' });
    },
  );

  test('a role of another account has the name of its session', async () => {
    const userIdentity = { type: 'AWSAccount', principalId: 'AROAEXAMPLE:lee@example.com', accountId: '210987654321' };
    const { aws, related } = await one({ userIdentity, eventName: 'GetObject', eventSource: 's3.amazonaws.com' });
    expect(aws.cloudtrail.user_identity.session_name).toBe('lee@example.com');
    expect(related.user).toEqual(['lee@example.com']);
  });

  test('a group that is made has its id', async () => {
    const group = { groupName: 'admins', groupId: 'AGPAEXAMPLE' };
    const change = { eventSource: 'iam.amazonaws.com', eventName: 'CreateGroup', responseElements: { group } };
    expect((await one({ ...change, requestParameters: { groupName: 'admins' } })).group).toEqual({
      id: 'AGPAEXAMPLE',
      name: 'admins',
    });
  });
});

describe('cloudtrail-source-address', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9', undefined],
    ['203.0.113.9, 198.51.100.4', '203.0.113.9', undefined],
    ['203.0.113.9,198.51.100.4', '203.0.113.9', undefined],
    ['2001:db8::9', '2001:db8::9', undefined],
    ['2001:db8::9, 203.0.113.9', '2001:db8::9', undefined],
    ['AWS Internal', undefined, undefined],
    ['support.amazonaws.com', undefined, 'support.amazonaws.com'],
    ['a-b_c.example.com', undefined, 'a-b_c.example.com'],
    ['203.0.113.0/24', undefined, undefined],
    ['203.0.113.0-203.0.113.9', undefined, undefined],
    ['999.1.1.1', undefined, undefined],
    ['203.0.113', undefined, undefined],
    ['203.0.113.9:443', undefined, undefined],
    ['a.example.com,b.example.com', undefined, undefined],
    ['.com', undefined, undefined],
    ['a.', undefined, undefined],
  ])('%s', async (sourceIPAddress, ip, domain) => {
    const { source: from } = await one({ sourceIPAddress });
    expect([from.address, from.ip, from.domain]).toEqual([sourceIPAddress, ip, domain]);
  });

  test('none of the sample is a domain that is none', async () => {
    for (const { source: from } of await documents(sample('cloudtrail-source-address'))) {
      expect(from.domain ?? 'a.b').toMatch(/^[\w-]+(\.[\w-]+)*\.[A-Za-z][\w-]*$/);
    }
  });
});

describe('cloudtrail-tls', () => {
  test('placeholders are no values', async () => {
    for (const { tls, related } of await documents(sample('cloudtrail-tls'))) {
      expect([tls, related.hosts]).toEqual([undefined, undefined]);
    }
  });

  test.each([
    ['TLSv1.2', { version: '1.2', version_protocol: 'tls' }],
    ['TLSv1.4', { version: 'TLSv1.4' }],
    ['SSLv3', { version: 'SSLv3', version_protocol: 'ssl' }],
  ])('%s', async (tlsVersion, tls) => {
    expect((await one({ tlsDetails: { tlsVersion } })).tls).toEqual(tls);
  });
});

describe('what happened', () => {
  test('cloudtrail-aggregated: one document by its window', async () => {
    const [{ document, facts }] = await written(sample('cloudtrail-aggregated'));
    expect(facts.id).toBe('aaaaaaaa-0000-4000-8000-000000000001/123456789012');
    expect(document['@timestamp']).toBe('2026-11-24T05:00:00Z');
    expect(document.event).toMatchObject({ end: '2026-11-24T05:05:00Z', type: ['info'], category: ['api'] });
    expect(document.aws.cloudtrail.summary.primaryDimension.statistics).toEqual([{ name: 'GetObject', value: 1200 }]);
    expect(document.cloud.account.id).toBe('123456789012');
  });

  test('an event without a name is no change', async () => {
    const { event: made } = await one({ eventName: undefined, eventSource: 's3.amazonaws.com', readOnly: false });
    expect(made).toMatchObject({ category: ['api'], type: ['info'] });
  });

  test.each([
    ['PasswordUpdated', ['iam'], ['change', 'user']],
    ['PasswordRecoveryRequested', ['iam'], ['change', 'user']],
    ['PasswordRecoveryCompleted', ['iam'], ['change', 'user']],
    ['EmailUpdated', ['iam'], ['change', 'user']],
    ['MfaDeviceUpdated', ['iam'], ['change', 'user']],
    ['ConsoleLogin', ['authentication'], ['start']],
    ['ExitRole', ['authentication'], ['end']],
  ])('%s of the console is %j', async (eventName, category, type) => {
    const { event: made } = await one({
      eventName,
      eventType: 'AwsConsoleSignIn',
      eventSource: 'signin.amazonaws.com',
    });
    expect(made).toMatchObject({ category, type });
  });
});
