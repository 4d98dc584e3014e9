/** Values that AWS would refuse after minutes, or take and be useless: each is stopped before, with a sentence that names it. */
import { describe, expect, test } from '@jest/globals';
import { parameters } from '../../../scripts/deploy/parameters.ts';
import { contradictions, undeployable } from '../../../scripts/deploy/rules.ts';

type Given = Readonly<Record<string, unknown>>;

/** What a deployment with these parameters is refused with, as the plugin says it. */
function refused(given: Given): readonly string[] {
  const { values, faults } = parameters(given);
  if (faults.length > 0) return faults;
  const found = contradictions(values);
  return found.length > 0 ? found : undeployable(values);
}

const secret = (region: string, name = 'hec') => `arn:aws:secretsmanager:${region}:123456789012:secret:${name}-AbCdEf`;
const key = (region: string) => `arn:aws:kms:${region}:123456789012:key/1234abcd`;
const domain = (name: string, region = 'eu-west-1') => `arn:aws:es:${region}:123456789012:domain/${name}`;
const collection = 'arn:aws:aoss:eu-west-1:123456789012:collection/abc123';
const hec = {
  sources: 'guardduty',
  splunkHecUrl: 'https://hec.example.com:8088',
  splunkHecSecretArn: secret('eu-west-1'),
};
const url = (address: string): Given => ({ ...hec, splunkHecUrl: address });
const at = (opensearchUrl: string, opensearchArn: string, more: Given = {}): Given => ({
  sources: 'guardduty',
  opensearchUrl,
  opensearchArn,
  ...more,
});
const es = at('https://vpc-logs-abc.eu-west-1.es.amazonaws.com', domain('logs'));
const admin = 'arn:aws:iam::123456789012:role/cert';
const made = {
  opensearchUrl: 'create',
  opensearchLogin: 'cognito',
  opensearchAdminArns: admin,
  opensearchNetwork: 'public',
};
const node = (opensearchInstanceType: string, more: Given = {}): Given => ({
  ...made,
  opensearchInstanceType,
  ...more,
});
const every = (assetSchedule: string): Given => ({ ...es, assetSchedule });
const inVpc = (more: Given): Given => ({
  ...es,
  subnetIds: 'subnet-0a1b2c3d',
  securityGroupIds: 'sg-0a1b2c3d',
  ...more,
});
const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${prefix}-0a1b2c${String(at).padStart(2, '0')}`);

const NO_PATH = 'https addresses of HEC endpoints';
const SCHEDULE = 'a schedule of EventBridge';

const wrong: readonly (readonly [what: string, given: Given, name: string, expected: string])[] = [
  ['a query behind an address', url('https://h?x=1'), 'splunkHecUrl', NO_PATH],
  ['a fragment behind an address', url('https://h#f'), 'splunkHecUrl', NO_PATH],
  ['a question mark alone', url('https://h?'), 'splunkHecUrl', NO_PATH],
  ['a port that does not exist', url('https://h:99999'), 'splunkHecUrl', NO_PATH],
  ['port 0', url('https://h:0'), 'splunkHecUrl', NO_PATH],
  ['no host', url('https://:9200'), 'splunkHecUrl', NO_PATH],
  ['a path', url('https://h/services/collector'), 'splunkHecUrl', NO_PATH],
  ['a password in an address', url('https://u:p@h'), 'splunkHecUrl', NO_PATH],
  ['plain HTTP over the network', url('http://hec.example.com'), 'splunkHecUrl', NO_PATH],
  ['the same endpoint twice', url('https://h:8088,https://h:8088'), 'splunkHecUrl', NO_PATH],
  ['an empty label in a host', url('https://a..b'), 'splunkHecUrl', NO_PATH],
  ['Dashboards for OpenSearch', { ...es, opensearchUrl: 'https://h/_dashboards' }, 'opensearchUrl', 'create, an https'],
  ['this machine, on deploy', url('http://127.0.0.1:8088'), 'splunkHecUrl', 'a destination that a Lambda can reach'],
  ['this machine among others', url('https://h,https://localhost'), 'splunkHecUrl', 'a destination that a Lambda'],
  [
    'a folder, on deploy',
    { ...es, opensearchUrl: 'file:out', opensearchArn: undefined },
    'opensearchUrl',
    'a destination',
  ],
  [
    'an ARN of another domain',
    { ...es, opensearchArn: domain('other') },
    'opensearchArn',
    'the ARN of the domain logs in eu-west-1',
  ],
  [
    'an ARN of another region',
    { ...es, opensearchArn: domain('logs', 'us-east-1') },
    'opensearchArn',
    'the ARN of the domain logs in eu-west-1',
  ],
  [
    'a domain whose name begins alike',
    { ...es, opensearchArn: domain('log') },
    'opensearchArn',
    'the ARN of the domain logs',
  ],
  [
    'a domain by its dual-stack address',
    at('https://search-a-b1.aos.eu-west-1.on.aws', domain('b')),
    'opensearchArn',
    'the ARN of the domain a',
  ],
  [
    'another collection',
    at('https://xyz9.eu-west-1.aoss.amazonaws.com', collection, { opensearchAuth: 'aoss' }),
    'opensearchArn',
    'the ARN of the collection xyz9',
  ],
  ['a domain signed for as a collection', { ...es, opensearchAuth: 'aoss' }, 'opensearchArn', 'an ARN of aoss'],
  [
    'a key of another region than the secret',
    { ...hec, secretsKeyArn: key('us-east-1') },
    'secretsKeyArn',
    'a key in the region of the secrets, eu-west-1',
  ],
  [
    'overlapping prefixes',
    { ...es, sources: 'flowlogs,dns', dnsPrefix: 'flowlogs/dns/' },
    'dnsPrefix',
    'a prefix that does not overlap flowlogsPrefix (flowlogs/)',
  ],
  [
    'the same prefix twice',
    { ...es, sources: 'flowlogs,dns', flowlogsPrefix: 'AWSLogs/', dnsPrefix: 'AWSLogs/' },
    'dnsPrefix',
    'a prefix that does not overlap',
  ],
  [
    'a prefix that begins another',
    { ...es, sources: 'flowlogs,dns', dnsPrefix: 'flow' },
    'dnsPrefix',
    'a prefix that does not overlap',
  ],
  ['a slash before a key', { ...es, flowlogsPrefix: '/AWSLogs/' }, 'flowlogsPrefix', 'the beginning of the keys'],
  ['never', every('rate(0 hours)'), 'assetSchedule', SCHEDULE],
  ['one hours', every('rate(1 hours)'), 'assetSchedule', SCHEDULE],
  ['six hour', every('rate(6 hour)'), 'assetSchedule', SCHEDULE],
  ['weeks', every('rate(1 week)'), 'assetSchedule', SCHEDULE],
  ['a cron of six fields with two *', every('cron(0 3 * * * *)'), 'assetSchedule', SCHEDULE],
  ['a cron with two ?', every('cron(0 3 ? * ? *)'), 'assetSchedule', SCHEDULE],
  ['a cron of five fields', every('cron(0 3 * * ?)'), 'assetSchedule', SCHEDULE],
  ['the 61st minute', every('cron(60 3 * * ? *)'), 'assetSchedule', SCHEDULE],
  ['the hour 24', every('cron(0 24 * * ? *)'), 'assetSchedule', SCHEDULE],
  ['Sunday as 0', every('cron(0 3 ? * 0 *)'), 'assetSchedule', SCHEDULE],
  [
    'an instance type that does not exist',
    node('r7g.huge.search'),
    'opensearchInstanceType',
    'a size of r7g that exists',
  ],
  [
    'a family that does not exist',
    node('z9.large.search'),
    'opensearchInstanceType',
    'an instance type of one of the families',
  ],
  [
    'an instance type without encryption',
    node('t2.small.search'),
    'opensearchInstanceType',
    'an instance type of one of',
  ],
  [
    'a volume that is too large',
    node('t3.small.search', { opensearchVolumeGib: 101 }),
    'opensearchVolumeGib',
    '10 to 100 GiB, which t3.small.search takes',
  ],
  [
    'a volume that is too small',
    node('or1.large.search', { opensearchVolumeGib: 10 }),
    'opensearchVolumeGib',
    '20 to 1532 GiB',
  ],
  [
    'as many replicas as nodes',
    { ...made, opensearchInstanceCount: 1 },
    'opensearchReplicas',
    'fewer than the data nodes, of which there are 1',
  ],
  [
    'an inventory of no accounts',
    { ...es, sources: 'flowlogs,asset-inventory' },
    'assetAccounts',
    'accounts, because sources names asset-inventory',
  ],
  ['the inventory by its old name', { ...es, sources: 'assets' }, 'sources', 'a list of flowlogs'],
  [
    'a bucket by its ARN',
    { ...es, logBucket: 'arn:aws:s3:::logs' },
    'logBucket',
    'create or the name of an existing bucket',
  ],
  [
    'an address for a bucket',
    { ...es, logBucket: '192.168.1.1' },
    'logBucket',
    'create or the name of an existing bucket',
  ],
  ['two dots in a bucket', { ...es, logBucket: 'my..logs' }, 'logBucket', 'create or the name of an existing bucket'],
  ['a bucket of two letters', { ...es, geoUrl: 's3://ab/geo' }, 'geoUrl', 'bundled, off or the place'],
  [
    'threat lists of a whole bucket',
    { ...es, threatUrl: 's3://lists' },
    'threatUrl',
    'off or the place of threat lists',
  ],
  ['a column twice', { ...es, flowlogFormat: 'version srcaddr srcaddr' }, 'flowlogFormat', 'the columns of a flow log'],
  ['an address without a top-level domain', { ...es, alarmEmail: 'cert@example' }, 'alarmEmail', 'an e-mail address'],
  ['two dots in an e-mail address', { ...es, alarmEmail: 'cert@example..com' }, 'alarmEmail', 'an e-mail address'],
  ['six security groups', inVpc({ securityGroupIds: ids('sg', 6) }), 'securityGroupIds', 'at most 5 security groups'],
  [
    'more accounts than a bucket policy holds',
    { ...es, logAccounts: Array.from({ length: 121 }, (_, at) => String(100_000_000_000 + at)) },
    'logAccounts',
    'at most 120 accounts',
  ],
  [
    'accounts beside an organization',
    { ...es, logOrganization: 'o-a1b2c3d4e5', logAccounts: '111111111111' },
    'logAccounts',
    'nothing, because logOrganization',
  ],
  ['seventeen subnets', inVpc({ subnetIds: ids('subnet', 17) }), 'subnetIds', 'at most 16 subnets'],
];

describe('a wrong value is stopped at deploy', () => {
  test.each(wrong)('%s', (_what, given, name, expected) => {
    expect(refused(given)).toEqual([expect.stringContaining(`Parameter "${name}": expected ${expected}`)]);
  });
});

const right: readonly (readonly [what: string, given: Given])[] = [
  ['a slash behind an address, as browsers copy it', url('https://hec.example.com:8088/')],
  ['the largest port', url('https://h:65535')],
  ['an IPv6 address', url('https://[2001:db8::1]:8088')],
  ['an IPv4 address', url('https://192.0.2.1:8088')],
  ['a host of one label', url('https://splunk:8088')],
  ['a host whose name begins like this machine’s', url('https://localhost.example.com')],
  ['two ports of a host', url('https://h:8088,https://h:8089')],
  ['a space behind a comma', url('https://a, https://b')],
  ['an ARN of the domain', es],
  ['a domain with hyphens in its name', at('https://search-my-logs-x1.eu-west-1.es.amazonaws.com', domain('my-logs'))],
  [
    'a domain of China',
    at('https://vpc-logs-abc.cn-north-1.es.amazonaws.com.cn', 'arn:aws-cn:es:cn-north-1:123456789012:domain/logs'),
  ],
  ['a domain by a name of the user’s own', at('https://search.example.com', domain('any', 'us-east-1'))],
  ['a domain by its dual-stack address', at('https://search-logs-b1.aos.eu-west-1.on.aws', domain('logs'))],
  ['a collection', at('https://abc123.eu-west-1.aoss.amazonaws.com', collection, { opensearchAuth: 'aoss' })],
  ['a secret of another region', { ...hec, ...es, splunkHecSecretArn: secret('us-east-1') }],
  ['a key beside its secret', { ...hec, splunkHecSecretArn: secret('us-east-1'), secretsKeyArn: key('us-east-1') }],
  [
    'prefixes that begin alike',
    { ...es, sources: 'flowlogs,dns', flowlogsPrefix: 'logs/flow/', dnsPrefix: 'logs/flow-dns/' },
  ],
  ['a prefix of a source that is off', { ...es, sources: 'flowlogs', dnsPrefix: 'flowlogs/' }],
  [
    'a shared prefix of an existing bucket',
    {
      ...es,
      logBucket: 'logs',
      logEvents: 'eventbridge',
      sources: 'flowlogs,dns',
      flowlogsPrefix: 'AWSLogs/',
      dnsPrefix: 'AWSLogs/',
    },
  ],
  ['one hour', every('rate(1 hour)')],
  ['90 minutes', every('rate(90 minutes)')],
  ['ten o’clock on workdays', every('cron(0 10 ? * MON-FRI *)')],
  ['the last day of the month', every('cron(15 12 L * ? *)')],
  ['the second Tuesday', every('cron(0 8 ? * 3#2 *)')],
  ['every quarter of an hour', every('cron(0/15 * * * ? *)')],
  ['some months of some years', every('cron(0 8 1 JAN,JUL ? 2026-2030)')],
  ['a weekday near a day', every('cron(0 8 15W * ? *)')],
  ['a small node', node('t3.small.search', { opensearchVolumeGib: 100 })],
  ['an OpenSearch-optimized node', node('or1.large.search', { opensearchVolumeGib: 1532 })],
  ['one node without replicas', { ...made, opensearchInstanceCount: 1, opensearchReplicas: 0 }],
  ['every source by name, without accounts', { ...es, sources: undefined }],
  [
    'an inventory of accounts',
    { ...es, sources: 'asset-inventory', assetAccounts: 'organization', assetExternalId: 'a1' },
  ],
  ['a bucket with dots', { ...es, logBucket: 'logs.example.com', logEvents: 'eventbridge' }],
  ['a prefix of digits', { ...es, flowlogsPrefix: '2026/' }],
  ['an e-mail address with a plus', { ...es, alarmEmail: 'cert+aws@mail.example.co.kr' }],
  ['120 accounts', { ...es, logAccounts: Array.from({ length: 120 }, (_, at) => String(100_000_000_000 + at)) }],
  ['an organization', { ...es, logOrganization: 'o-a1b2c3d4e5' }],
  ['five security groups', inVpc({ securityGroupIds: ids('sg', 5) })],
];

describe('a value that looks like a wrong one is taken', () => {
  test.each(right)('%s', (_what, given) => {
    expect(refused(given)).toEqual([]);
  });
});

test('a slash behind an address does not reach the Lambdas', () => {
  const { values } = parameters({ splunkHecUrl: 'https://a:8088/,https://b:8088', opensearchUrl: 'https://c/' });
  expect([values.splunkHecUrl, values.opensearchUrl]).toEqual(['https://a:8088,https://b:8088', 'https://c']);
});

test('a local AWS reaches this machine', () => {
  expect(undeployable(parameters(url('http://127.0.0.1:8088')).values, true)).toEqual([]);
});

describe('a name that does not exist', () => {
  test.each([
    ['opensearchUlr', 'opensearchUrl'],
    ['splunkHecURL', 'splunkHecUrl'],
    ['alarmMail', 'alarmEmail'],
  ])('%s is close to %s', (name, near) => {
    expect(refused({ [name]: 'x' })).toEqual([
      `Parameter "${name}": there is no such parameter; did you mean "${near}"?`,
    ]);
  });

  test.each(['foo', 'retention', 'x', 'bucketForTheLogs'])('%s is close to none', (name) => {
    expect(refused({ [name]: 'x' })).toEqual([`Parameter "${name}": there is no such parameter.`]);
  });
});
