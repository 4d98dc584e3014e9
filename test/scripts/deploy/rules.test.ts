import { describe, expect, test } from '@jest/globals';
import { parameters } from '../../../scripts/deploy/parameters.ts';
import { contradictions, undeployable } from '../../../scripts/deploy/rules.ts';
import { parameterPrefix, sourcesWhere } from '../../../shared/sources.ts';

const of = (given: Record<string, unknown>): string[] => {
  const { values, faults } = parameters(given);
  expect(faults).toEqual([]);
  return contradictions(values);
};

const secret = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf';
const topic = 'arn:aws:sns:eu-west-1:123456789012:logs';
const key = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd';
const domain = 'arn:aws:es:eu-west-1:123456789012:domain/logs';
const subnets = ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'];
const groups = ['sg-0a1b2c3d'];
const es = { opensearchUrl: 'https://search.example.com', opensearchArn: domain };
const hec = { splunkHecUrl: 'https://hec.example.com:8088', splunkHecSecretArn: secret };
const logs = sourcesWhere(({ kind }) => kind === 'log');
const existing = {
  logBucket: 'my-logs',
  logEvents: 'eventbridge',
  ...Object.fromEntries(logs.map((source) => [`${source}Prefix`, 'AWSLogs/'])),
};
const inventory = { assetAccounts: 'organization', assetExternalId: 'a1b2' };
/** Flow logs aside, what goes to OpenSearch alone unless told otherwise. */
const onlySplunk = Object.fromEntries(
  sourcesWhere(({ route }) => !route.some((sink) => sink === 'splunk'))
    .filter((source) => source !== 'flowlogs')
    .map((source) => [`${parameterPrefix(source)}Route`, 'splunk']),
);
const admins = ['arn:aws:iam::123456789012:role/cert'];
const create = { opensearchUrl: 'create', opensearchLogin: 'cognito', opensearchAdminArns: admins };
const open = { ...create, opensearchNetwork: 'public' };
const inVpc = { ...create, subnetIds: subnets, securityGroupIds: groups, opensearchInstanceCount: 2 };

describe('parameters that go together', () => {
  test.each([
    ['nothing', {}],
    ['an existing domain', es],
    ['basic authentication', { opensearchUrl: es.opensearchUrl, opensearchAuth: 'basic', opensearchSecretArn: secret }],
    ['Splunk alone, with logs routed to it', { ...hec, flowlogsRoute: 'splunk', ...onlySplunk }],
    ['a secret with a key of its own', { ...es, ...hec, secretsKeyArn: key }],
    ['a created domain in a VPC', inVpc],
    ['a created domain outside a VPC', { ...create, opensearchNetwork: 'public' }],
    ['an existing bucket by SNS', { ...existing, logEvents: 'sns', logTopicArn: topic, logKeyArn: key }],
    ['an existing bucket by EventBridge', { ...existing, flowlogsPrefix: 'AWSLogs/*/vpcflowlogs/' }],
    ['filters for both', { ...es, ...hec, guarddutyFilter: { splunk: { severity: 'high' }, opensearch: {} } }],
    ['Prowler', { prowler: 'on', prowlerRoleArns: admins }],
    ['Prowler with an existing bucket', { ...existing, prowler: 'on', securityhubPrefix: 'prowler/' }],
    ['a bucket made for other accounts', { logAccounts: ['111111111111'] }],
    ['an inventory that logs are joined with', { ...inventory, assetUrl: 'own' }],
    ['another stack’s inventory', { assetUrl: 's3://central' }],
  ])('%s', (_what, given) => {
    expect(of(given)).toEqual([]);
  });
});

describe('a parameter that is missing or out of place is named', () => {
  test.each<[name: string, expected: string, given: Record<string, unknown>]>([
    ['logEvents', 'sns or eventbridge', { ...existing, logEvents: undefined }],
    ['logTopicArn', 'the ARN of the SNS topic', { ...existing, logEvents: 'sns' }],
    ...logs.map((source): [string, string, Record<string, unknown>] => [
      `${source}Prefix`,
      'the beginning of the keys',
      { ...existing, sources: source, [`${source}Prefix`]: undefined },
    ]),
    [
      'cloudtrailPrefix',
      'the beginning of the keys',
      { ...existing, sources: 'integrity', cloudtrailPrefix: undefined },
    ],
    ['flowlogsPrefix', 'a prefix without *', { flowlogsPrefix: 'AWSLogs/*/' }],
    ['logEvents', 'nothing', { logEvents: 'sns' }],
    ['logTopicArn', 'nothing', { ...existing, logTopicArn: topic }],
    ['logKeyArn', 'nothing', { logKeyArn: key }],
    ['logRequestPayer', 'owner, because the stack makes the log bucket', { logRequestPayer: 'requester' }],
    ['logAccounts', 'nothing', { ...existing, logAccounts: '111111111111' }],
    ['opensearchArn', 'the ARN of the domain or collection', { opensearchUrl: es.opensearchUrl }],
    ['opensearchArn', 'nothing', { opensearchArn: domain }],
    ['opensearchArn', 'an ARN of aoss', { ...es, opensearchAuth: 'aoss' }],
    ['opensearchBootstrap', 'on', { ...inVpc, opensearchBootstrap: 'off' }],
    ['opensearchAuth', 'es', { ...inVpc, opensearchAuth: 'aoss' }],
    ['opensearchSecretArn', 'the ARN of a secret', { opensearchUrl: es.opensearchUrl, opensearchAuth: 'basic' }],
    ['opensearchSecretArn', 'nothing', { ...es, opensearchSecretArn: secret }],
    ['subnetIds', 'the subnets of the domain', create],
    ['opensearchLogin', 'saml, cognito or internal', { ...open, opensearchLogin: undefined }],
    ['opensearchBootstrapSecretArn', 'nothing', { ...es, opensearchBootstrapSecretArn: secret }],
    ['opensearchLogin', 'nothing', { ...es, opensearchLogin: 'saml' }],
    ['opensearchAnalysts', 'nothing', { ...es, opensearchAnalysts: 'analysts' }],
    ['opensearchAdminArns', 'nothing', { ...es, opensearchAdminArns: admins }],
    ['subnetIds', 'subnets', { securityGroupIds: groups }],
    ['subnetIds', 'one, two or three', { ...inVpc, subnetIds: [...subnets, 'subnet-2a1b2c3d', 'subnet-3a1b2c3d'] }],
    ['securityGroupIds', 'security groups', { subnetIds: subnets }],
    ['opensearchInstanceCount', 'a multiple of 2', { ...inVpc, opensearchInstanceCount: 3 }],
    ['splunkHecSecretArn', 'the ARN of the secret', { ...es, splunkHecUrl: hec.splunkHecUrl }],
    ['opensearchBootstrap', 'on, because it makes', { ...es, opensearchShards: 'auto', opensearchBootstrap: 'off' }],
    ['detections', 'off, because there is no OpenSearch', { detections: 'enabled' }],
    ['alertEmail', 'nothing, because detections are off', { ...es, alertEmail: 'cert@example.com' }],
    ['assetUrl', 'off or the place of another inventory', { assetUrl: 'own' }],
    ['assetUrl', 'off or the place of another inventory', { ...inventory, assetUrl: 'own', sources: 'flowlogs' }],
    ['splunkHecSecretArn', 'nothing', { splunkHecSecretArn: secret }],
    ['secretsKeyArn', 'nothing', { ...es, secretsKeyArn: key }],
    ['flowlogsRoute', 'a list of destinations that are given, which is splunk', { ...hec, ...onlySplunk }],
    [
      'guarddutyRoute',
      'a list of destinations that are given, which is opensearch',
      { ...es, guarddutyRoute: 'splunk' },
    ],
    [
      'guarddutyFilter',
      'only destinations of its route, which is opensearch',
      { ...es, guarddutyFilter: { splunk: { severity: 'high' } } },
    ],
    ['prowler', 'off, because securityhub is not in sources', { prowler: 'on', sources: 'guardduty' }],
    ['prowlerRoleArns', 'nothing', { prowlerRoleArns: admins }],
    ['securityhubPrefix', 'where Prowler puts its findings', { ...existing, prowler: 'on' }],
    [
      'securityhubPrefix',
      'where Prowler puts its findings',
      { ...existing, prowler: 'on', securityhubPrefix: 'scans/*/' },
    ],
    ['guarddutyPrefix', 'a prefix without *', { guarddutyPrefix: 'AWSLogs/*/GuardDuty/' }],
  ])('%s: expected %s', (name, expected, given) => {
    expect(of(given)).toEqual([expect.stringContaining(`Parameter "${name}": expected ${expected}`)]);
  });

  test('but not of a source that is off', () => {
    expect(of({ ...hec, sources: 'guardduty' })).toEqual([]);
  });
});

describe('a deployment', () => {
  const refused = (given: Record<string, unknown>): string[] => undeployable(parameters(given).values);

  test('needs a destination', () => {
    expect(refused({})).toEqual([expect.stringMatching(/^Parameter "opensearchUrl": .* found nothing\.$/)]);
  });

  test('takes any one', () => {
    expect(refused(hec)).toEqual([]);
    expect(refused({ opensearchUrl: 'create' })).toEqual([]);
  });

  test('takes no folder, which is for a dry run on this machine', () => {
    expect(refused({ ...hec, opensearchUrl: 'file:out' })).toEqual([
      expect.stringContaining('Parameter "opensearchUrl": expected a destination that a Lambda can reach'),
    ]);
  });
});
