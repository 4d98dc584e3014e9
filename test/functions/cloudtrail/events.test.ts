import { describe, expect, test } from '@jest/globals';
import { classify, EVENTS, type Event, PREFIXES, SERVICES, VERBS } from '../../../functions/cloudtrail/events.ts';
import { ecsFaults } from '../../ecs.ts';

const event: Event = {
  service: '',
  name: '',
  readOnly: '',
  category: 'Management',
  type: 'AwsApiCall',
  state: '',
  errorCode: '',
};
const of = (part: Partial<Event>) => classify({ ...event, ...part });

const valid = (part: Partial<Event>) => {
  const { kind, categories: category, types: type } = of(part);
  const document = { '@timestamp': '2026-11-24T03:00:00Z', ecs: { version: '9.4.0' }, event: { kind, category, type } };
  expect({ part, faults: ecsFaults(document) }).toEqual({ part, faults: [] });
};

test.each<[service: string, name: string, categories: string, types: string]>([
  ['signin', 'CredentialChallenge', 'api authentication', 'start'],
  ['sts', 'AssumeRoleWithSAML', 'api authentication', 'start'],
  ['sts', 'AssumeRoot', 'api authentication', 'start'],
  ['sts', 'GetSessionToken', 'api authentication', 'start'],
  ['sts', 'GetCallerIdentity', 'api', 'info'],
  ['sso', 'Logout', 'api authentication', 'end'],
  ['iam', 'CreateUser', 'api iam', 'creation user'],
  ['iam', 'DeleteLoginProfile', 'api iam', 'deletion user'],
  ['iam', 'AddUserToGroup', 'api iam', 'change user group'],
  ['iam', 'AttachGroupPolicy', 'api iam', 'change group'],
  ['iam', 'CreateRole', 'api iam', 'creation admin'],
  ['iam', 'GetAccountSummary', 'api iam', 'info admin'],
  ['ec2', 'DescribeInstances', 'api', 'info'],
  ['ec2', 'RunInstances', 'api host', 'creation start'],
  ['ec2', 'AuthorizeSecurityGroupIngress', 'api configuration', 'change'],
  ['ec2', 'CreateVpc', 'api configuration', 'creation'],
  ['ec2', 'GetPasswordData', 'api', 'access'],
  ['s3', 'GetObject', 'api file', 'access'],
  ['s3', 'PutObject', 'api file', 'creation'],
  ['s3', 'DeleteObjects', 'api file', 'deletion'],
  ['s3', 'PutObjectAcl', 'api file', 'change'],
  ['s3', 'PutBucketPolicy', 'api configuration', 'change'],
  ['kms', 'Decrypt', 'api', 'access'],
  ['secretsmanager', 'GetSecretValue', 'api', 'access'],
  ['rds', 'CreateDBInstance', 'api database', 'creation'],
  ['rds', 'DescribeDBInstances', 'api database', 'info'],
  ['ssm', 'StartSession', 'api session', 'start'],
  ['lambda', 'CreateFunction20150331', 'api configuration', 'creation'],
  ['lambda', 'UpdateFunctionCode20150331v2', 'api configuration', 'change'],
  ['ecr', 'BatchGetImage', 'api', 'info'],
  ['ecr', 'BatchDeleteImage', 'api configuration', 'deletion'],
  ['cognito-idp', 'AdminCreateUser', 'api iam', 'creation user'],
])('%s %s: %s, %s', (service, name, categories, types) => {
  expect(of({ service, name })).toEqual({ kind: 'event', categories: categories.split(' '), types: types.split(' ') });
});

describe('a name that is not known', () => {
  test.each([
    ['true', 'api', 'info'],
    ['false', 'api configuration', 'change'],
    ['', 'api configuration', 'change'],
  ])('is told by readOnly %j', (readOnly, categories, types) => {
    for (const name of ['Frobnicate', 'frobnicate', 'GETTY']) {
      const { categories: of_, types: is } = of({ service: 'new', name, readOnly });
      expect([of_.join(' '), is.join(' ')]).toEqual([categories, types]);
    }
  });
});

test('a sign-in to the console is no API call', () => {
  for (const name of ['ConsoleLogin', 'SomethingNew']) {
    const kind = of({ service: 'signin', name, type: 'AwsConsoleSignIn' });
    expect(kind).toEqual({ kind: 'event', categories: ['authentication'], types: ['start'] });
  }
});

test('a call that reads data accesses them', () => {
  expect(of({ service: 'dynamodb', name: 'GetItem', category: 'Data' }).types).toEqual(['access']);
  expect(of({ service: 'dynamodb', name: 'PutItem', category: 'Data' }).types).toEqual(['change']);
});

test.each(['AccessDenied', 'Client.UnauthorizedOperation', 'AccessDeniedException', 'VpceAccessDenied'])(
  'what is refused with %s is denied',
  (errorCode) => expect(of({ service: 'ec2', name: 'DescribeInstances', errorCode }).types).toEqual(['info', 'denied']),
);

test('an error of another kind is not denied', () => {
  expect(of({ service: 's3', name: 'GetBucketPolicy', errorCode: 'NoSuchBucketPolicy' }).types).toEqual(['info']);
});

test('network activity was allowed or denied', () => {
  const call = { service: 'kms', name: 'ListKeys', category: 'NetworkActivity', readOnly: '' };
  expect(of(call)).toEqual({ kind: 'event', categories: ['api', 'network'], types: ['info', 'allowed'] });
  expect(of({ ...call, errorCode: 'VpceAccessDenied' }).types).toEqual(['info', 'denied']);
});

test.each([
  ['Start', ['info', 'start']],
  ['End', ['info', 'end']],
  ['', ['info']],
])('an Insight event is an alert, state %j', (state, types) => {
  expect(of({ category: 'Insight', state })).toEqual({ kind: 'alert', categories: ['api'], types });
});

test('every way an event can be classified is what ECS allows', () => {
  const names = [...EVENTS.keys(), ...PREFIXES.map(([prefix]) => prefix)];
  for (const known of names) {
    const [name, service = ''] = known.split('.').reverse();
    for (const type of ['AwsApiCall', 'AwsServiceEvent']) valid({ service, name, type, errorCode: 'AccessDenied' });
  }
  for (const service of ['', 'new', ...SERVICES.keys()]) {
    for (const verb of [...VERBS.keys(), 'Frobnicate']) {
      for (const category of ['Management', 'Data', 'NetworkActivity'])
        valid({ service, category, name: `${verb}UserThing` });
    }
  }
});
