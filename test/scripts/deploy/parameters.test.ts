import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { either } from '../../../scripts/deploy/kinds.ts';
import { parameterNames, parameters } from '../../../scripts/deploy/parameters.ts';
import { parameterPrefix, sourceNames } from '../../../shared/sources.ts';

const key = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

const OF_SOURCE = new RegExp(`^(${sourceNames.map(parameterPrefix).join('|')})`);

/** Parameter, a value that is taken, one that is not, and what its sentence says was expected. */
const cases: readonly [name: string, good: unknown, bad: unknown, expected: string][] = [
  ['sources', 'guardduty, flowlogs', 'guardduty,elb', `a list of ${either(sourceNames)}`],
  ['logBucket', 'my-logs', 'My Logs', 'create or the name of an existing bucket'],
  ['logAccounts', ['111111111111', 222222222222], ['012'], 'a list of 12-digit account numbers'],
  ['logOrganization', 'o-a1b2c3d4e5', 'org-1', 'the id of an organization'],
  ['logEvents', 'sns', 'sqs', 'sns or eventbridge'],
  ['logTopicArn', 'arn:aws:sns:eu-west-1:123456789012:logs', 'logs', 'the ARN of an SNS topic'],
  ['logRequestPayer', 'requester', 'me', 'owner or requester'],
  ['logKeyArn', key, 'alias/logs', 'the ARN of a KMS key'],
  ['opensearchUrl', 'https://search.example.com:9200', 'http://search.example.com', 'create, an https address'],
  ['opensearchAuth', 'aoss', 'sigv4', 'es, aoss or basic'],
  ['opensearchArn', 'arn:aws:es:eu-west-1:123456789012:domain/logs', 'logs', 'the ARN of a domain'],
  [
    'opensearchSecretArn',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:os/writer-AbCdEf',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:os',
    'the whole ARN of a secret',
  ],
  [
    'opensearchBootstrapSecretArn',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:os/admin-AbCdEf',
    'hunter2',
    'the whole ARN of a secret',
  ],
  ['opensearchCaFile', '/opt/ca.pem', 'ca', 'the path of a PEM file'],
  ['opensearchBootstrap', 'off', 'no', 'on or off'],
  ['opensearchShards', '3', 0, 'auto or a whole number of shards from 1 to 100'],
  ['stackProtection', 'off', 'yes', 'on or off'],
  ['opensearchReplicas', 0, '-1', 'a whole number of replicas from 0 to 10'],
  ['opensearchRetention', 'hot=7d,warm=30d; dns: off', 'hot=7D', 'off or ages such as'],
  ['opensearchTiers', 'ultrawarm', 'warm', 'hot or ultrawarm'],
  ['opensearchOldReplicas', '0', 'none', 'a whole number of replicas'],
  ['opensearchAdminArns', 'arn:aws:iam::123456789012:role/sso/cert', 'cert', 'a list of ARNs of IAM roles'],
  ['opensearchNetwork', 'public', 'internet', 'vpc or public'],
  ['opensearchInstanceType', 'm7g.xlarge.search', 'm7g.xlarge', 'an instance type of OpenSearch Service'],
  ['opensearchInstanceCount', '6', 0, 'a whole number of data nodes from 1 to 80'],
  ['opensearchVolumeGib', 500, '1.5', 'a whole number of GiB from 10 to 24576'],
  ['opensearchSize', 'production', 'large', 'development or production'],
  ['opensearchVersion', '3.5', '3.4', '3.5, 3.3, 3.1 or 2.19'],
  ['opensearchIops', 6000, 100, 'a whole number of operations per second'],
  ['opensearchThroughput', 250, 10, 'a whole number of MiB/s'],
  ['opensearchMasterType', 'm7g.large.search', 'm7g.large', 'an instance type'],
  ['opensearchMasterCount', '3', '4', '0, 3 or 5 dedicated masters'],
  ['opensearchWarmType', 'ultrawarm1.large.search', 'ultrawarm', 'ultrawarm1.medium.search or'],
  ['opensearchWarmCount', '3', '1', 'a number of UltraWarm nodes'],
  ['opensearchCold', 'off', 'no', 'on or off'],
  ['opensearchStandby', 'on', 'yes', 'on or off'],
  ['opensearchOffPeakHour', 0, 24, 'a whole number of o’clock'],
  ['opensearchMaxClauses', 4096, 10, 'a whole number of clauses'],
  ['opensearchFielddataPercent', 40, 101, 'a whole number of percent'],
  ['opensearchHost', 'search.example.com', 'https://search', 'a host name'],
  [
    'opensearchCertificateArn',
    'arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab',
    'certificate',
    'the ARN of a certificate',
  ],
  ['opensearchKeyArn', key, 'alias/key', 'the ARN of a KMS key'],
  ['opensearchLogin', 'saml', 'ldap', 'saml, cognito or internal'],
  ['opensearchSamlMetadata', 'metadata.xml', 'no file', 'the path or the https address'],
  ['opensearchSamlEntityId', 'https://idp.example.com', 'idp', 'the entity id'],
  ['opensearchSamlAdminGroup', 'security admins', '"', 'the group whose members'],
  ['opensearchSamlRolesKey', 'http://schemas.xmlsoap.org/claims/Group', 'a b', 'the attribute that has the groups'],
  ['opensearchSamlSubjectKey', 'email', 'a b', 'the attribute that has the name'],
  ['opensearchSamlMinutes', 480, 0, 'a whole number of minutes'],
  ['opensearchUserPoolId', 'eu-west-1_AbCdEf', 'pool', 'create or the id of a user pool'],
  ['opensearchIdentityPoolId', 'eu-west-1:1234abcd-12ab-34cd-56ef-1234567890ab', 'pool', 'the id of an identity pool'],
  [
    'opensearchMasterSecretArn',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:os/master-AbCdEf',
    'hunter2',
    'the whole ARN of a secret',
  ],
  [
    'opensearchAnalysts',
    'analysts,arn:aws:iam::123456789012:role/analyst',
    '"',
    'a list of ARNs of IAM roles and names',
  ],
  ['opensearchAuditors', 'auditors', '"', 'a list of ARNs of IAM roles and names'],
  ['opensearchManagers', 'managers', '"', 'a list of ARNs of IAM roles and names'],
  [
    'opensearchTeams',
    '[{"name":"shop","accounts":["111111111111"],"members":["shop"]}]',
    '[{"name":"shop","accounts":[],"members":["shop"]}]',
    'a list of teams',
  ],
  ['opensearchMaskedFields', 'user.name', 'user name', 'a list of fields'],
  ['opensearchHiddenFields', 'source.ip', '~source.ip', 'a list of fields'],
  [
    'splunkHecUrl',
    'https://a.example.com:8088,https://b.example.com:8088',
    'hec.example.com',
    'https addresses of HEC',
  ],
  [
    'splunkHecSecretArn',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hec-AbCdEf',
    '12345678-abcd',
    'the whole ARN of a secret',
  ],
  ['splunkCaFile', 'ca.crt', 'https://ca', 'the path of a PEM file'],
  ['splunkAck', 'on', 'yes', 'on or off'],
  ['secretsKeyArn', key, '1234abcd', 'the ARN of a KMS key'],
  ['subnetIds', 'subnet-0a1b2c3d4e5f60718', 'subnet-x', 'a list of subnets'],
  ['securityGroupIds', ['sg-0a1b2c3d'], 'sg-', 'a list of security groups'],
  ['geoUrl', 's3://my-geo/maxmind', 's3:my-geo', 'bundled, off or the place of'],
  ['assetUrl', 's3://central-assets', 'on', 'off, own or the place of an inventory'],
  ['detections', 'enabled', 'on', 'off, disabled or enabled'],
  ['alertFormat', 'chatbot', 'slack', 'text or chatbot'],
  ['alertEmail', 'cert@example.com', 'cert', 'an e-mail address'],
  ['threatUrl', 's3://my-lists/threat', 's3://my-lists', 'off or the place of threat lists'],
  ['lambdaLogKey', 'stack', 'kms', 'aws or stack'],
  ['lambdaLogDays', '90', 45, 'a retention CloudWatch Logs knows'],
  ['logBucketDays', 30, 'forever', 'a whole number of days from 1 to 3650'],
  ['quarantineDays', 1, 3651, 'a whole number of days from 1 to 3650'],
  ['archive', 'off', 'no', 'on or off'],
  ['flowlogFormat', 'version srcaddr tcp-flags', '$version,srcaddr', 'the columns of a flow log with spaces between'],
  ['ownCalls', 'drop', 'hide', 'label, drop or keep'],
  ['redactHeaders', 'authorization, X-Api-Key', ['set cookie'], 'a list of names of HTTP headers'],
  ['reconcile', 'off', 'hourly', 'on or off'],
  ['prowler', 'on', 'daily', 'on or off'],
  ['prowlerRoleArns', 'arn:aws:iam::111111111111:role/prowler', 'prowler', 'a list of ARNs of IAM roles'],
  ['assetAccounts', ['111111111111', '222222222222'], '1234', 'organization or a list of 12-digit account numbers'],
  ['assetRegions', ['eu-west-1', 'us-gov-west-1'], 'Ireland', 'a list of regions'],
  ['assetRoleName', 'inventory', 'path/inventory', 'the name of a role, without a path'],
  ['assetExternalId', 'a1b2', 'a b', '2 to 1224 letters, digits'],
  ['assetSchedule', 'cron(0 3 * * ? *)', 'daily', 'a schedule of EventBridge'],
  ['assetOcsf', 'on', 'json', 'on or off'],
  ['endpointAuth', 'iam', 'none', 'off, apikey, basic or iam'],
  ['endpointVersion', '9.1.0', '2.11', 'a version of Elasticsearch'],
  ['endpointAddresses', ['198.51.100.0/24', '2001:db8::1'], '198.51.100.0/33', 'a list of addresses or ranges'],
  ['endpointDatasets', ['nginx.access'], 'Nginx Access', 'a list of datasets'],
  ['digestGraceMinutes', 120, 5, 'a whole number of minutes from 10 to 1440'],
  ['archiveDays', 2555, 0, 'a whole number of days from 1 to 3650'],
  ['noDataMinutes', 0, 1441, 'a whole number of minutes from 0 to 1440'],
  ['stackTags', ['team=cert', 'cost centre=42'], ['aws:team=cert'], 'a list of tags, name=value'],
  ['alarmEmail', 'cert@example.com', 'cert', 'an e-mail address'],
  ['flowlogsRoute', ['opensearch', 'splunk'], 'elastic', 'a list of opensearch or splunk'],
  ['flowlogsConcurrency', 20, 1, 'a whole number of invocations at the same time from 2 to 1000'],
  ['flowlogsIndexPeriod', 'month', 'week', 'day or month'],
  ['flowlogsFields', [['source.ip', 'srcaddr', 'ip']], [['source.ip']], 'a list of field-map rows'],
  ['flowlogsSplunkIndex', 'aws_flow', 'AWS Flow', 'the name of a Splunk index'],
  ['flowlogsSplunkSourcetype', 'aws:cloudwatchlogs:vpcflow', 'vpc flow', 'a Splunk sourcetype'],
  ['flowlogsPrefix', 'AWSLogs/*/vpcflowlogs/', 'logs {', 'the beginning of the keys in the log bucket'],
  ['guarddutyFilter', { splunk: { severity: 'high' } }, { splunk: { sevrity: 'high' } }, 'filters by destination'],
];

describe('a parameter', () => {
  test.each(cases)('%s takes a right value', (name, good) => {
    expect(parameters({ [name]: good }).faults).toEqual([]);
  });

  test.each(cases)('%s is named with what was expected when its value is wrong', (name, _good, bad, expected) => {
    const { faults } = parameters({ [name]: bad });
    expect(faults).toEqual([expect.stringContaining(`Parameter "${name}": expected ${expected}`)]);
  });

  test('has a case above, once for each kind of source parameter', () => {
    const kindOf = (name: string) => name.replace(OF_SOURCE, '');
    const tested = cases.map(([name]) => kindOf(name));
    expect(tested.toSorted()).toEqual([...new Set(parameterNames.map(kindOf))].toSorted());
  });

  test('stands in docs/reference/parameters.md', () => {
    const page = readFileSync('docs/reference/parameters.md', 'utf8');
    const isThere = (name: string) => page.includes(`\`${name}\``);
    const missing = parameterNames.filter((name) => !isThere(name) && !isThere(name.replace(OF_SOURCE, '<source>')));
    expect(missing).toEqual([]);
  });
});

describe('what was given', () => {
  test('nothing gives the defaults and no faults', () => {
    const { values, faults } = parameters({});
    expect(faults).toEqual([]);
    expect(values).toMatchObject({
      sources: sourceNames,
      logBucket: 'create',
      geoUrl: 'bundled',
    });
  });

  test('a misspelt name is refused with the nearest one', () => {
    const { faults } = parameters({ opensearchUlr: 'create' });
    expect(faults).toEqual(['Parameter "opensearchUlr": there is no such parameter; did you mean "opensearchUrl"?']);
  });

  test('a source of logs has no Filter', () => {
    expect(parameters({ flowlogsFilter: { splunk: {} } }).faults).toHaveLength(1);
  });

  test('a refused value leaves the default and is shown as it was', () => {
    const { values, faults } = parameters({ opensearchShards: 'three' });
    expect(values.opensearchShards).toBe('');
    expect(faults[0]).toMatch(/found "three"\.$/);
  });

  test('each wrong value gets its sentence', () => {
    expect(parameters({ logEvents: 'x', geoUrl: 'y', sources: 'z' }).faults).toHaveLength(3);
  });

  test('a source named twice is refused', () => {
    expect(parameters({ sources: 'flowlogs,flowlogs' }).faults).toHaveLength(1);
  });

  test('a token in the place of its ARN is not shown', () => {
    const { faults } = parameters({ splunkHecSecretArn: '0000-secret-token' });
    expect(faults[0]).toMatch(/found something else \(17 characters\)\.$/);
  });

  test('a password in an address is not shown', () => {
    const { faults } = parameters({ opensearchUrl: 'https://admin:hunter2@search.example.com' });
    expect(faults[0]).toMatch(/found "https:\/\/\*\*\*@search.example.com"\.$/);
  });

  test('plain HTTP leads to this machine only', () => {
    expect(parameters({ splunkHecUrl: 'http://127.0.0.1:8088' }).faults).toEqual([]);
    expect(parameters({ splunkHecUrl: 'http://127.0.0.1.example.com' }).faults).toHaveLength(1);
  });

  test('filters come as YAML or as JSON text', () => {
    const filter = { splunk: { severity: 'medium', workflow: ['new'], mode: 'count' } };
    for (const given of [filter, JSON.stringify(filter)]) {
      expect(parameters({ guarddutyFilter: given }).values.of.guardduty.Filter).toBe(JSON.stringify(filter));
    }
  });

  test('field-map rows come as YAML or as JSON text', () => {
    const rows = [['source.ip', 'srcaddr']];
    const asText = parameters({ flowlogsFields: JSON.stringify(rows) }).values.of.flowlogs.Fields;
    expect(parameters({ flowlogsFields: rows }).values.of.flowlogs.Fields).toBe(asText);
    expect(parameters({ flowlogsFields: '[[' }).faults).toHaveLength(1);
  });
});
