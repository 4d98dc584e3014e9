/** `sls package` of the project, for the ways in which it is meant to be deployed. */
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isSweep } from '../../functions/replay/sweep.ts';
import { type DomainStatus, importOf } from '../../scripts/import/domain.ts';
import { isEnriched, logicalName, SOURCES, sourceNames, sourcesWhere } from '../../shared/sources.ts';
import { python } from '../rig/python.ts';
import { allowed, packaged, policyOf, type Resource, type Stack, type Value } from './stack.ts';

const PACKAGING_MS = 600_000; // waits while another process packages

const secret = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hec-AbCdEf';
const existingDomain = {
  opensearchUrl: 'https://vpc-logs-abc.eu-west-1.es.amazonaws.com',
  opensearchArn: 'arn:aws:es:eu-west-1:123456789012:domain/logs',
};

const logs = sourcesWhere(({ kind }) => kind === 'log');

/** The ways: nothing given, everything made by the stack, and an existing bucket by either kind of event. */
const ways = {
  'a first try': {},
  'everything made by the stack': {
    opensearchUrl: 'create',
    opensearchSize: 'production',
    opensearchLogin: 'saml',
    opensearchSamlMetadata: 'test/sample/saml/metadata.xml',
    opensearchSamlEntityId: 'https://idp.example.com/saml',
    opensearchSamlAdminGroup: 'security admins',
    opensearchAdminArns: 'arn:aws:iam::123456789012:role/cert',
    opensearchAnalysts: 'security analysts,arn:aws:iam::123456789012:role/analyst',
    opensearchTeams: '[{"name":"shop","accounts":["111111111111"],"members":["shop"]}]',
    opensearchMaskedFields: 'user.email',
    opensearchHost: 'search.example.com',
    opensearchCertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab',
    subnetIds: 'subnet-0a1b2c3d4e5f60718,subnet-1a1b2c3d4e5f60718,subnet-2a1b2c3d4e5f60718',
    securityGroupIds: 'sg-0a1b2c3d4e5f60718',
    splunkHecUrl: 'https://hec.example.com:8088',
    splunkHecSecretArn: secret,
    logAccounts: '111111111111,222222222222',
    prowler: 'on',
    prowlerRoleArns: 'arn:aws:iam::111111111111:role/prowler,arn:aws:iam::222222222222:role/prowler',
    assetAccounts: 'organization',
    assetExternalId: 'a1b2c3d4',
    assetUrl: 'own',
    endpointAuth: 'apikey',
    endpointAddresses: '198.51.100.0/24',
    alarmEmail: 'cert@example.com',
    detections: 'enabled',
    alertEmail: 'cert@example.com',
  },
  'a domain with users in Cognito': {
    opensearchUrl: 'create',
    opensearchNetwork: 'public',
    opensearchLogin: 'cognito',
    sources: 'securityhub,flowlogs',
  },
  'an existing bucket by SNS': {
    ...existingDomain,
    logBucket: 'my-logs',
    logEvents: 'sns',
    logTopicArn: 'arn:aws:sns:us-east-1:123456789012:logs',
    logKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    ...Object.fromEntries(logs.map((source) => [`${source}Prefix`, `${source}/AWSLogs/`])),
    flowlogsPrefix: 'central/aws-account-id=',
    cloudtrailPrefix: 'trail/AWSLogs/',
    securityhubPrefix: 'scans/',
    prowler: 'on',
    geoUrl: 's3://my-geo/maxmind',
    assetUrl: 's3://central/assets',
    threatUrl: 's3://lists/threat',
    endpointAuth: 'iam',
    lambdaLogKey: 'stack',
  },
  'an existing bucket by EventBridge': {
    opensearchUrl: 'https://search.example.com:9200',
    opensearchAuth: 'basic',
    opensearchSecretArn: secret,
    secretsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    logBucket: 'my-logs',
    logEvents: 'eventbridge',
    flowlogsPrefix: 'AWSLogs/*/vpcflowlogs/',
    sources: 'flowlogs',
  },
  'findings exported into an existing bucket': {
    ...existingDomain,
    logBucket: 'my-logs',
    logEvents: 'eventbridge',
    guarddutyPrefix: 'findings/*/GuardDuty/',
    sources: 'guardduty',
  },
};
type Way = keyof typeof ways;

/** A part of an alarm with an expression. */
interface MetricStat {
  readonly Metric: { readonly MetricName: string };
  readonly Period: number;
}

const stacks = {} as Record<Way, Stack>;
const names = Object.keys(ways) as Way[];

beforeAll(async () => {
  for (const name of names) stacks[name] = await packaged(ways[name]);
}, PACKAGING_MS);

afterAll(async () => {
  for (const { folder } of Object.values(stacks)) await rm(folder, { recursive: true });
});

test(
  'cfn-lint finds nothing in the templates',
  async () => {
    const found = await python((line) => console.info(line));
    if (found === undefined) return; // said why
    // W3005: osls makes a function depend on its role, which the reference to it does too.
    const templates = [
      ...Object.values(stacks).map(({ template }) => template),
      await importTemplate('everything made by the stack', { VPCOptions: {} }),
      await importTemplate('a domain with users in Cognito', { CognitoOptions: { UserPoolId: 'eu-west-1_AbCdEfGhI' } }),
    ];
    const lint = promisify(execFile)(join(found.bin, 'cfn-lint'), ['--ignore-checks', 'W3005', '--', ...templates]);
    const printed = await lint.then(
      ({ stdout }) => stdout,
      (error) => error.stdout || error,
    );
    expect(printed).toBe('');
  },
  PACKAGING_MS,
);

/** The template by which a stack with an existing domain takes back the domain of another way. Returns its path. */
async function importTemplate(way: Way, domain: Partial<DomainStatus>): Promise<string> {
  const read = async ({ template }: Stack) => JSON.parse(await readFile(template, 'utf8'));
  const deployed = await read(stacks['an existing bucket by SNS']);
  const made = importOf(deployed, await read(stacks[way]), { DomainName: 'bongsu-test', ...domain });
  const path = join(stacks[way].folder, 'import.json');
  await writeFile(path, JSON.stringify(made.template));
  return path;
}

/** What AWS knows no narrower resource for, besides the network interfaces of a Lambda. */
const UNNAMED = ['cloudtrail:ListPublicKeys', 'shield:GetSubscriptionState', 'shield:ListAttacks'];
const isOfTheAccount = (action: string): boolean => /^(ec2|organizations):/.test(action) || UNNAMED.includes(action);

/** Looks at everything of an account, with policies that AWS keeps for it. */
const SCANNER = 'ProwlerRole';

/** Variables that CloudFormation fills in. */
const FILLED_IN = [
  'ENDPOINT_KEYS_ARN',
  'OPENSEARCH_URL',
  'ASSETS_URL',
  'ASSET_BUCKET',
  'ASSET_QUEUE_URL',
  'SPILL_URL',
  'REPLAY_QUEUE_URL',
  'ALERT_TOPIC_ARN',
  'ALERT_RECORDS_TOPIC_ARN',
  'ALERT_ROLE_ARN',
];

const functionOf = (mapping: Resource, stack: Stack): Resource => stack.get(mapping.properties.FunctionName);
const mappings = (stack: Stack): readonly Resource[] => stack.all('AWS::Lambda::EventSourceMapping');

describe.each(names)('%s', (name) => {
  let stack: Stack;
  beforeAll(() => {
    stack = stacks[name];
  });

  test('a message stays hidden for six timeouts of its function, which reports single failures', () => {
    expect(mappings(stack).length).toBeGreaterThan(0);
    for (const mapping of mappings(stack)) {
      const queue = stack.get(mapping.properties.EventSourceArn);
      expect(queue.properties.VisibilityTimeout).toBeGreaterThanOrEqual(
        6 * functionOf(mapping, stack).properties.Timeout,
      );
      expect(mapping.properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(mapping.properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
    }
  });

  test('a message that failed five times is kept for 14 days, and somebody is told', () => {
    for (const mapping of mappings(stack)) {
      const { maxReceiveCount, deadLetterTargetArn } = stack.get(mapping.properties.EventSourceArn).properties
        .RedrivePolicy;
      expect(maxReceiveCount).toBeGreaterThanOrEqual(5);
      const dead = stack.get(deadLetterTargetArn);
      expect(dead.properties.MessageRetentionPeriod).toBe(14 * 86400);
      const watched = stack.all('AWS::CloudWatch::Alarm').map(({ properties }) => properties.Dimensions?.[0].Value);
      expect(watched).toContainEqual({ 'Fn::GetAtt': [dead.id, 'QueueName'] });
    }
  });

  test('queues and buckets are encrypted and refuse plain HTTP', () => {
    const refusesHttp = (id: string): boolean =>
      policyOf(stack, id).some(
        ({ Effect, Principal, Condition }) =>
          Effect === 'Deny' && Principal === '*' && Condition.Bool['aws:SecureTransport'] === 'false',
      );
    for (const queue of stack.all('AWS::SQS::Queue')) {
      expect(queue.properties.SqsManagedSseEnabled).toBe(true);
      expect(refusesHttp(queue.id)).toBe(true);
    }
    for (const { id, properties } of ownBuckets(stack)) {
      const [rule] = properties.BucketEncryption.ServerSideEncryptionConfiguration;
      expect(rule.ServerSideEncryptionByDefault).toEqual({
        SSEAlgorithm: 'aws:kms',
        KMSMasterKeyID: { 'Fn::GetAtt': ['Key', 'Arn'] },
      });
      expect(Object.values(properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
      expect(refusesHttp(id)).toBe(true);
    }
  });

  test('senders get into a queue from this account or by one name', () => {
    for (const queue of stack.all('AWS::SQS::Queue')) {
      for (const { Effect, Condition } of policyOf(stack, queue.id)) {
        if (Effect !== 'Allow') continue;
        const conditions = Object.values<object>(Condition).flatMap(Object.keys);
        expect(conditions).toContain('aws:SourceArn');
      }
    }
  });

  test("log groups are encrypted with the stack's key where lambdaLogKey says so, and only they may use it", () => {
    const groups = stack.all('AWS::Logs::LogGroup');
    expect(groups.length).toBeGreaterThan(2);
    const isOwn = (ways[name] as { lambdaLogKey?: string }).lambdaLogKey === 'stack';
    const expected = isOwn ? { 'Fn::GetAtt': ['Key', 'Arn'] } : undefined;
    for (const { id, properties } of groups) expect([id, properties.KmsKeyId]).toEqual([id, expected]);
    const { Statement } = stack.get('Key').properties.KeyPolicy;
    const grants = Statement.filter(({ Sid }: Value) => Sid === 'LogGroups');
    expect(grants).toHaveLength(isOwn ? 1 : 0);
    if (!isOwn) return;
    const [{ 'kms:EncryptionContext:aws:logs:arn': arns }] = Object.values<Value>(grants[0].Condition);
    for (const { properties } of groups) {
      const folder = String(properties.LogGroupName['Fn::Sub'] ?? properties.LogGroupName);
      const isNamed = ({ 'Fn::Sub': arn }: Value) => folder.startsWith(arn.split(':log-group:')[1].replace('*', ''));
      expect([folder, arns.some(isNamed)]).toEqual([folder, true]);
    }
  });

  test('a bucket is listed below a prefix, but by Firehose and by the inventory, whose bucket is its own', () => {
    for (const { id, properties } of stack.all('AWS::IAM::Role')) {
      const statements = (properties.Policies ?? []).flatMap(({ PolicyDocument }: Value) => PolicyDocument.Statement);
      for (const { Action, Resource: bucket, Condition } of statements) {
        if (![Action].flat().includes('s3:ListBucket')) continue;
        const isFirehose = JSON.stringify(properties.AssumeRolePolicyDocument).includes('firehose.amazonaws.com');
        if (isFirehose || bucket?.['Fn::GetAtt']?.[0] === 'AssetsBucket') continue;
        const prefixes = Object.values<Value>(Condition ?? {}).flatMap((each) => each['s3:prefix'] ?? []);
        expect([id, prefixes.length > 0 && !prefixes.includes('*')]).toEqual([id, true]);
      }
    }
  });

  test('a role has named actions on named resources', () => {
    for (const role of stack.all('AWS::IAM::Role')) {
      for (const { actions, resources } of allowed(role)) {
        expect(actions.filter((action) => action.includes('*'))).toEqual([]);
        if (!actions.every(isOfTheAccount)) expect(resources).not.toContain('*');
      }
      if (role.id !== SCANNER) expect(role.properties).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  test('each function has a role of its own', () => {
    const roles = stack.all('AWS::Lambda::Function').map(({ properties }) => properties.Role['Fn::GetAtt'][0]);
    expect(new Set(roles).size).toBe(roles.length);
    expect(stack.has('IamRoleLambdaExecution')).toBe(false);
  });

  test('each function that reads records may put them into quarantine', () => {
    for (const mapping of mappings(stack)) {
      const role = stack.get(functionOf(mapping, stack).properties.Role);
      expect(allowed(role)).toContainEqual({
        actions: ['firehose:PutRecordBatch'],
        resources: [{ 'Fn::GetAtt': ['QuarantineStream', 'Arn'] }],
      });
    }
  });

  test('quarantined records go to a bucket that tells of what was spilled alone, packed and encrypted', () => {
    const { ExtendedS3DestinationConfiguration: target } = stack.get('QuarantineStream').properties;
    const bucket = stack.get(target.BucketARN);
    const { QueueConfigurations, ...others } = bucket.properties.NotificationConfiguration;
    expect(others).toEqual({});
    expect(QueueConfigurations).toEqual([
      {
        Event: 's3:ObjectCreated:*',
        Queue: { 'Fn::GetAtt': ['ReplayQueue', 'Arn'] },
        Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'spill/' }] } },
      },
    ]);
    expect(target.CompressionFormat).toBe('GZIP');
    expect(target.EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN).toEqual({ 'Fn::GetAtt': ['Key', 'Arn'] });
  });

  test('an environment holds literals, and of secrets the ARN', () => {
    for (const { properties } of stack.all('AWS::Lambda::Function')) {
      for (const [variable, value] of Object.entries<Value>(properties.Environment.Variables)) {
        if (/TOKEN|PASSWORD|SECRET/.test(variable)) expect(value).toMatch(/^arn:aws:secretsmanager:/);
        if (!FILLED_IN.includes(variable)) expect(typeof value).toBe('string');
      }
    }
  });

  test('logs of functions are not kept for ever', () => {
    const groups = stack.all('AWS::Logs::LogGroup');
    expect(groups.length).toBeGreaterThan(0);
    for (const { properties } of groups) expect(properties.RetentionInDays).toBe(30);
  });

  test('no word of a piece is left over', async () => {
    expect(await readFile(stack.template, 'utf8')).not.toMatch(/\$(?!LATEST"|or\\?")[A-Za-z]|undefined/);
  });
});

const ownBuckets = (stack: Stack): readonly Resource[] =>
  stack.all('AWS::S3::Bucket').filter(({ id }) => id !== 'ServerlessDeploymentBucket');

const variablesOf = (stack: Stack, id: string): Value => stack.get(id).properties.Environment.Variables;
const actionsOf = (stack: Stack, role: string): string[] => allowed(stack.get(role)).flatMap(({ actions }) => actions);

describe('a zip', () => {
  const content = (way: Way, name: string): Promise<Buffer> => readFile(join(stacks[way].folder, `${name}.zip`));

  test('has the bundle and the geo table', async () => {
    for (const name of sourceNames.filter((name) => isEnriched(SOURCES[name]))) {
      const zip = await content(name === 'endpoint' ? 'everything made by the stack' : 'a first try', name);
      for (const file of [`functions/${name}/handler.cjs`, '.cache/geo/geo.table']) {
        expect(zip.includes(file)).toBe(true);
      }
    }
  });

  test('of the bootstrap has the index templates', async () => {
    const zip = await content('an existing bucket by SNS', 'bootstrap');
    expect(zip.includes('opensearch/index/aws-flowlogs.json')).toBe(true);
  });

  test("has no geo table where databases of one's own are used", async () => {
    expect((await content('an existing bucket by SNS', 'flowlogs')).includes('geo.table')).toBe(false);
  });
});

describe('a first try', () => {
  test('writes files', () => {
    const stack = stacks['a first try'];
    expect(variablesOf(stack, 'FlowlogsLambdaFunction')).toMatchObject({ OPENSEARCH_URL: 'file:out' });
    expect(stack.has('Bootstrap')).toBe(false);
  });

  test('the log bucket tells the queue of objects below the prefix, once the queue lets it', () => {
    const bucket = stacks['a first try'].get('LogBucket');
    expect(bucket.dependsOn).toContain('FlowlogsQueuePolicy');
    expect(bucket.properties.NotificationConfiguration.QueueConfigurations).toContainEqual({
      Event: 's3:ObjectCreated:*',
      Queue: { 'Fn::GetAtt': ['FlowlogsQueue', 'Arn'] },
      Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'flowlogs/' }] } },
    });
    const reading = allowed(stacks['a first try'].get('FlowlogsRole')).filter(
      ({ actions }) => actions[0] === 's3:GetObject',
    );
    expect(reading.map(({ resources }) => resources)).toEqual([
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub's
      [{ 'Fn::Sub': '${QuarantineBucket.Arn}/checkpoints/flowlogs/*' }],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub's
      [{ 'Fn::Sub': '${QuarantineBucket.Arn}/replay/flowlogs/*' }],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub's
      [{ 'Fn::Sub': '${LogBucket.Arn}/flowlogs/*' }],
    ]);
  });

  test('somebody is told when a log source falls silent, when books differ and when what was spilled waits', () => {
    const stack = stacks['a first try'];
    expect(stack.get('FlowlogsNoDataAlarm').properties).toMatchObject({
      MetricName: 'Records',
      Period: 3600,
      TreatMissingData: 'missing',
      InsufficientDataActions: [{ Ref: 'Alarms' }],
    });
    for (const id of [
      'FlowlogsCountMismatchAlarm',
      'GuarddutyCountMismatchAlarm',
      'IntegrityCountMismatchAlarm',
      'FlowlogsNotStoredAlarm',
      'IntegrityNotStoredAlarm',
      'QuarantineDeliveryAlarm',
      'LedgerDeliveryAlarm',
      'ReplayWaitingAlarm',
    ]) {
      expect(stack.get(id).properties.AlarmActions).toEqual([{ Ref: 'Alarms' }]);
    }
  });

  test('what waits in the replay queue counts whether or not it was received before', () => {
    const { Metrics, Threshold, EvaluationPeriods } = stacks['a first try'].get('ReplayWaitingAlarm').properties;
    const [{ Expression }, ...parts] = Metrics as { Expression: string; Id: string; MetricStat: MetricStat }[];
    expect([Expression, Threshold, EvaluationPeriods]).toEqual(['visible + hidden', 0, 15]);
    expect(parts.map(({ Id, MetricStat: { Metric, Period } }) => [Id, Metric.MetricName, Period])).toEqual([
      ['visible', 'ApproximateNumberOfMessagesVisible', 60],
      ['hidden', 'ApproximateNumberOfMessagesNotVisible', 60],
    ]);
  });

  test('a schedule has spilled objects looked for whose messages have expired', () => {
    const stack = stacks['a first try'];
    const { ScheduleExpression, Targets } = stack.get('ReplaySweep').properties;
    expect(ScheduleExpression).toBe('rate(1 hour)');
    expect(isSweep(Targets[0].Input)).toBe(true);
    expect(Targets[0].Arn).toEqual({ 'Fn::GetAtt': ['ReplayQueue', 'Arn'] });
    expect(allowed(stack.get('ReplayRole'))).toContainEqual({
      actions: ['sqs:SendMessage'],
      resources: [{ 'Fn::GetAtt': ['ReplayQueue', 'Arn'] }],
    });
  });

  test('the dashboard is JSON', () => {
    const { DashboardBody } = stacks['a first try'].get('Dashboard').properties;
    expect(JSON.parse(DashboardBody['Fn::Sub']).widgets).toHaveLength(9);
  });

  test('the log bucket has a name that WAF delivers to, and no other bucket may send to the queues', () => {
    const stack = stacks['a first try'];
    const [name] = stack.get('LogBucket').properties.BucketName['Fn::Sub'];
    expect(name).toMatch(/^aws-waf-logs-bongsu-test-/);
    const queues = sourcesWhere(({ objects }) => objects !== undefined).map((name) => `${logicalName(name)}Queue`);
    const senders = queues.flatMap((id) => policyOf(stack, id).filter(({ Sid }) => Sid === 'LogBucket'));
    for (const { Condition } of senders) {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub's
      const bucket = 'arn:${AWS::Partition}:s3:::aws-waf-logs-bongsu-test-*';
      expect(Condition.ArnLike).toEqual({ 'aws:SourceArn': { 'Fn::Sub': bucket } });
    }
    expect(senders).toHaveLength(queues.length);
  });

  test('the endpoint has an address where it is said who may send, and only there', () => {
    const [none, keys, iam] = (
      ['a first try', 'everything made by the stack', 'an existing bucket by SNS'] as const
    ).map((way) => stacks[way]);
    const urls = (stack: Stack) => stack.all('AWS::Lambda::Url').map(({ properties }) => properties.AuthType);
    expect([urls(none), urls(keys), urls(iam)]).toEqual([[], ['NONE'], ['AWS_IAM']]);
    const { Variables } = keys.get('EndpointLambdaFunction').properties.Environment;
    expect(Variables).toMatchObject({
      ENDPOINT_AUTH: 'apikey',
      ENDPOINT_ADDRESSES: '198.51.100.0/24',
      ENDPOINT_KEYS_ARN: { Ref: 'EndpointKeys' },
    });
    expect(allowed(keys.get('EndpointRole'))).toContainEqual({
      actions: ['secretsmanager:GetSecretValue'],
      resources: [{ Ref: 'EndpointKeys' }],
    });
    expect(iam.all('AWS::SecretsManager::Secret')).toEqual([]);
  });

  test('GuardDuty comes by a rule, which keeps what it cannot send', () => {
    const { EventPattern, Targets } = stacks['a first try'].get('GuarddutyRule').properties;
    expect(EventPattern).toEqual(SOURCES.guardduty.events);
    expect(EventPattern['detail-type']).toContain('GuardDuty Malware Protection Object Scan Result');
    expect(Targets).toEqual([
      {
        Id: 'queue',
        Arn: { 'Fn::GetAtt': ['GuarddutyQueue', 'Arn'] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['GuarddutyDeadLetters', 'Arn'] } },
      },
    ]);
  });
});

describe('shards by volume', () => {
  test('of a created domain are chosen by a schedule that invokes the bootstrap', () => {
    const stack = stacks['everything made by the stack'];
    const { ScheduleExpression, Targets } = stack.get('TomorrowSchedule').properties;
    const bootstrap = { 'Fn::GetAtt': ['BootstrapLambdaFunction', 'Arn'] };
    expect(ScheduleExpression).toBe('cron(30 21,22 * * ? *)');
    expect(Targets).toEqual([{ Id: 'bootstrap', Arn: bootstrap, Input: '{"task":"tomorrow"}' }]);
    expect(stack.get('TomorrowPermission').properties).toMatchObject({
      FunctionName: bootstrap,
      SourceArn: { 'Fn::GetAtt': ['TomorrowSchedule', 'Arn'] },
    });
    expect(variablesOf(stack, 'BootstrapLambdaFunction')).toMatchObject({ OPENSEARCH_SHARDS: 'auto' });
  });

  test('are not chosen on an existing domain by default', () => {
    const stack = stacks['an existing bucket by SNS'];
    expect(stack.has('TomorrowSchedule')).toBe(false);
    expect(variablesOf(stack, 'BootstrapLambdaFunction')).toMatchObject({ OPENSEARCH_SHARDS: '1' });
  });
});

describe('subscriptions of CloudWatch Logs', () => {
  const names = sourcesWhere(({ subscription }) => subscription === true).map(logicalName);
  const stackOf = () => stacks['a first try'];
  const dead = (name: string) => ({ 'Fn::GetAtt': [`${name}DeadLetters`, 'Arn'] });

  test('may invoke the functions of logs, from log groups of the account and region of the stack', () => {
    const permissions = stackOf()
      .all('AWS::Lambda::Permission')
      .filter(({ properties }) => properties.Principal === 'logs.amazonaws.com');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub's
    const groups = 'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*';
    expect(permissions.map(({ properties }) => properties)).toEqual(
      names.map((name) => ({
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': [`${name}LambdaFunction`, 'Arn'] },
        Principal: 'logs.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
        SourceArn: { 'Fn::Sub': groups },
      })),
    );
  });

  test('that failed three times leave their event in the dead-letter queue of the source', () => {
    const configured = stackOf()
      .all('AWS::Lambda::EventInvokeConfig')
      .map(({ properties }) => properties);
    expect(configured).toEqual(
      names.map((name) => ({
        FunctionName: { Ref: `${name}LambdaFunction` },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 2,
        DestinationConfig: { OnFailure: { Destination: dead(name) } },
      })),
    );
    for (const name of names) {
      const sending = { actions: ['sqs:SendMessage'], resources: [dead(name)] };
      expect(allowed(stackOf().get(`${name}Role`))).toContainEqual(sending);
    }
  });

  test('that could not even do so are told', () => {
    for (const name of names) {
      const { MetricName, Dimensions, AlarmActions } = stackOf().get(`${name}LostAlarm`).properties;
      expect(MetricName).toBe('DestinationDeliveryFailures');
      expect(Dimensions).toEqual([{ Name: 'FunctionName', Value: { Ref: `${name}LambdaFunction` } }]);
      expect(AlarmActions).toEqual([{ Ref: 'Alarms' }]);
    }
  });
});

describe('objects that a source can not read', () => {
  const alarms = (way: Way) =>
    stacks[way]
      .all('AWS::CloudWatch::Alarm')
      .map(({ properties }) => properties)
      .filter(({ MetricName }) => MetricName === 'Unrouted');

  test.each<[Way, readonly string[]]>([
    ['a first try', sourcesWhere(({ objects }) => objects !== undefined)],
    ['an existing bucket by SNS', [...logs, 'securityhub']],
    ['an existing bucket by EventBridge', ['flowlogs']],
  ])('are told of where a source reads objects: %s', (way, sources) => {
    expect(
      alarms(way)
        .map(({ Dimensions }) => Dimensions.find(({ Name }: Value) => Name === 'Source').Value)
        .sort(),
    ).toEqual(sources.toSorted());
    for (const alarm of alarms(way)) {
      expect(alarm).toMatchObject({
        Namespace: 'Bongsu',
        Dimensions: [{ Name: 'Stack', Value: 'bongsu-test' }, { Name: 'Source' }],
        Threshold: 0,
        TreatMissingData: 'notBreaching',
        AlarmActions: [{ Ref: 'Alarms' }],
      });
    }
  });
});

describe('trails', () => {
  test('of the accounts that deliver logs may write, with the key of the stack', () => {
    const stack = stacks['everything made by the stack'];
    const trailsOf = (account: string) => ({
      'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, 'cloudtrail:*', account, 'trail/*']],
    });
    const trails = { 'aws:SourceArn': ['111111111111', '222222222222'].map(trailsOf) };
    const bucket = policyOf(stack, 'LogBucket').filter(({ Sid }) => Sid.startsWith('Trails'));
    expect(bucket.map(({ Action, Condition }) => [Action, Condition.ArnLike])).toEqual([
      ['s3:PutObject', trails],
      ['s3:GetBucketAcl', trails],
    ]);
    const key = stack.get('Key').properties.KeyPolicy.Statement.find(({ Sid }: Value) => Sid === 'Trails');
    expect(key.Condition.ArnLike).toEqual(trails);
  });
});

describe('digests of CloudTrail', () => {
  const orderOf = (stack: Stack): Value =>
    JSON.parse(stack.get('IntegritySchedule').properties.Targets[0].Input['Fn::Sub']);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub's
  const state = 's3://${QuarantineBucket}/state/integrity.json';

  test('are verified once an hour by a function that only their schedule calls', () => {
    const stack = stacks['a first try'];
    const { ScheduleExpression, Targets } = stack.get('IntegritySchedule').properties;
    expect(ScheduleExpression).toBe('rate(1 hour)');
    expect(Targets.map(({ Arn }: Value) => Arn)).toEqual([{ 'Fn::GetAtt': ['IntegrityLambdaFunction', 'Arn'] }]);
    expect(stack.get('IntegrityPermission').properties).toMatchObject({
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['IntegritySchedule', 'Arn'] },
    });
  });

  test('lie beside the log files, in a bucket of the stack or another one', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub's
    const digests = 's3://${LogBucket}/cloudtrail/';
    expect(orderOf(stacks['a first try'])).toEqual({ digests, state, graceMinutes: 90 });
    const existing = { digests: 's3://my-logs/trail/AWSLogs/', state, graceMinutes: 90 };
    expect(orderOf(stacks['an existing bucket by SNS'])).toEqual(existing);
  });

  test('may be read and listed, and nothing else in the bucket', () => {
    const role = allowed(stacks['an existing bucket by SNS'].get('IntegrityRole'));
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Fn::Sub's
    const bucket = 'arn:${AWS::Partition}:s3:::my-logs';
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Fn::Sub's
    expect(role).toContainEqual({ actions: ['s3:GetObject'], resources: [{ 'Fn::Sub': `${bucket}/trail/AWSLogs/*` }] });
    expect(role).toContainEqual({ actions: ['s3:ListBucket'], resources: [{ 'Fn::Sub': bucket }] });
  });
});

describe('Shield', () => {
  test('is asked by a schedule, and keeps what it was told where only it may write', () => {
    const stack = stacks['a first try'];
    const { Targets, ScheduleExpression } = stack.get('ShieldSchedule').properties;
    expect(ScheduleExpression).toBe('rate(5 minutes)');
    expect(Targets[0].Arn).toEqual({ 'Fn::GetAtt': ['ShieldQueue', 'Arn'] });
    const tick = JSON.parse(Targets[0].Input['Fn::Sub']);
    expect(tick).toMatchObject({ 'detail-type': 'Scheduled Event', source: 'aws.events' });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub's
    expect(tick.detail.state).toBe('s3://${QuarantineBucket}/state/shield.json');
    const actions = ['s3:GetObject', 's3:PutObject'];
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub's
    const resources = [{ 'Fn::Sub': '${QuarantineBucket.Arn}/state/shield.json' }];
    expect(allowed(stack.get('ShieldRole'))).toContainEqual({ actions, resources });
  });

  test('is heard of by alarms on its own metrics', () => {
    const { EventPattern } = stacks['a first try'].get('ShieldRule').properties;
    expect(JSON.stringify(EventPattern.detail)).toContain('"namespace":["AWS/DDoSProtection"]');
    expect(policyOf(stacks['a first try'], 'ShieldQueue').map(({ Sid }) => Sid)).toEqual([
      'TlsOnly',
      'Rule',
      'Schedule',
    ]);
  });
});

describe('Security Hub', () => {
  test('comes by a rule for each of its kinds of events, and by objects of Prowler', () => {
    const stack = stacks['a first try'];
    expect(stack.get('SecurityhubRule').properties.EventPattern).toEqual({
      source: ['aws.securityhub'],
      'detail-type': [
        'Security Hub Findings - Imported',
        'Security Hub Findings - Custom Action',
        'Security Hub Insight Results',
        'Findings Imported V2',
      ],
    });
    expect(stack.get('LogBucket').properties.NotificationConfiguration.QueueConfigurations).toContainEqual({
      Event: 's3:ObjectCreated:*',
      Queue: { 'Fn::GetAtt': ['SecurityhubQueue', 'Arn'] },
      Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'prowler/' }] } },
    });
    expect(variablesOf(stack, 'SecurityhubLambdaFunction').NATIVE_SOURCES).toBe('guardduty,inspector,macie');
  });

  test('is asked once an hour by who may ask for findings, and OpenSearch for those it has', () => {
    const stack = stacks['everything made by the stack'];
    expect(stack.get('SecurityhubSchedule').properties.ScheduleExpression).toBe('rate(1 hour)');
    const role = allowed(stack.get('SecurityhubRole'));
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Fn::Sub's
    const hub = 'arn:${AWS::Partition}:securityhub:${AWS::Region}:${AWS::AccountId}:hub/default';
    const findings =
      'arn:${AWS::Partition}:es:${AWS::Region}:${AWS::AccountId}:domain/bongsu-test/aws-findings-*/_search';
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Fn::Sub's
    expect(role).toContainEqual({ actions: ['securityhub:GetFindings'], resources: [{ 'Fn::Sub': hub }] });
    expect(role).toContainEqual({ actions: ['es:ESHttpPost'], resources: [{ 'Fn::Sub': findings }] });
    const { Readers } = stack.get('Bootstrap').properties;
    expect(Readers).toEqual([{ 'Fn::GetAtt': ['SecurityhubRole', 'Arn'] }]);
  });
});

describe('Prowler', () => {
  test('is left out unless somebody wants it', () => {
    expect(stacks['a first try'].has('Prowler')).toBe(false);
  });

  const variables = (way: Way) => {
    const { EnvironmentVariables } = stacks[way].get('Prowler').properties.Environment;
    return Object.fromEntries(EnvironmentVariables.map(({ Name, Value: value }: Value) => [Name, value]));
  };

  test('scans every day and puts its findings where the source reads them', () => {
    expect(stacks['everything made by the stack'].get('ProwlerSchedule').properties.ScheduleExpression).toBe(
      'rate(1 day)',
    );
    const roles = 'arn:aws:iam::111111111111:role/prowler arn:aws:iam::222222222222:role/prowler';
    const own = { BUCKET: { Ref: 'LogBucket' }, PREFIX: 'prowler/', ROLES: roles };
    expect(variables('everything made by the stack')).toMatchObject(own);
    expect(variables('an existing bucket by SNS')).toMatchObject({ BUCKET: 'my-logs', PREFIX: 'scans/', ROLES: '' });
  });

  test('may look at everything, write its findings, and assume the roles that are given', () => {
    const way = 'everything made by the stack';
    const { ManagedPolicyArns } = stacks[way].get('ProwlerRole').properties;
    expect(ManagedPolicyArns.map((arn: Value) => arn['Fn::Sub'].split('/').at(-1))).toEqual([
      'SecurityAudit',
      'ViewOnlyAccess',
    ]);
    const own = ['logs:CreateLogStream', 'logs:PutLogEvents', 's3:PutObject', 'kms:GenerateDataKey'];
    expect(actionsOf(stacks[way], 'ProwlerRole')).toEqual([...own, 'sts:AssumeRole']);
    expect(actionsOf(stacks['an existing bucket by SNS'], 'ProwlerRole')).toEqual(own);
  });

  test('that failed is told', () => {
    const { Dimensions, AlarmActions } = stacks['everything made by the stack'].get('ProwlerAlarm').properties;
    expect(Dimensions).toEqual([{ Name: 'ProjectName', Value: { Ref: 'Prowler' } }]);
    expect(AlarmActions).toEqual([{ Ref: 'Alarms' }]);
  });
});

describe('findings', () => {
  test('may be exported by GuardDuty below one prefix, with the key of the stack', () => {
    const stack = stacks['a first try'];
    const statement = policyOf(stack, 'LogBucket').find(({ Sid }) => Sid === 'GuardDuty');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub's
    const below = { 'Fn::Sub': '${LogBucket.Arn}/guardduty/*' };
    expect(statement).toMatchObject({ Action: 's3:PutObject', Resource: below });
    const key = stack.get('Key').properties.KeyPolicy.Statement.find(({ Sid }: Value) => Sid === 'GuardDuty');
    expect(key).toMatchObject({ Action: 'kms:GenerateDataKey', Condition: statement.Condition });
    expect(Object.keys(key.Condition)).toEqual(['StringEquals', 'ArnLike']);
  });

  test('come by two rules where they are also exported into an existing bucket', () => {
    const stack = stacks['findings exported into an existing bucket'];
    expect(stack.get('GuarddutyRule').properties.EventPattern.source).toEqual(['aws.guardduty']);
    expect(stack.get('GuarddutyObjectsRule').properties.EventPattern.source).toEqual(['aws.s3']);
    const sids = policyOf(stack, 'GuarddutyQueue').map(({ Sid }) => Sid);
    expect(sids).toEqual(['TlsOnly', 'Objects', 'Rule']);
  });

  test('are archived by source and day, packed and encrypted, where nobody is told of objects', () => {
    const stack = stacks['a first try'];
    const { ExtendedS3DestinationConfiguration: target } = stack.get('GuarddutyArchive').properties;
    expect(target.Prefix).toBe('guardduty/!{timestamp:yyyy/MM/dd}/');
    expect(target.CompressionFormat).toBe('GZIP');
    expect(target.EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN).toEqual({ 'Fn::GetAtt': ['Key', 'Arn'] });
    const bucket = stack.get(target.BucketARN);
    expect(bucket.properties).not.toHaveProperty('NotificationConfiguration');
    expect(bucket.properties.LifecycleConfiguration.Rules[0].ExpirationInDays).toBe(365);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub's
    const own = { 'Fn::Sub': '${ArchiveBucket.Arn}/guardduty/*' };
    expect(allowed(stack.get('GuarddutyRole'))).toContainEqual({ actions: ['s3:GetObject'], resources: [own] });
  });

  test('have no archive where none of them is on', () => {
    expect(stacks['an existing bucket by EventBridge'].has('ArchiveBucket')).toBe(false);
  });
});

describe('everything made by the stack', () => {
  const way = 'everything made by the stack';

  test('the domain has no public endpoint and encrypts at rest, between nodes and on the way', () => {
    const { properties } = stacks[way].get('Domain');
    expect(properties.VPCOptions.SubnetIds).toHaveLength(3);
    expect(properties.EncryptionAtRestOptions.Enabled).toBe(true);
    expect(properties.NodeToNodeEncryptionOptions.Enabled).toBe(true);
    expect(properties.DomainEndpointOptions).toMatchObject({
      CustomEndpoint: 'search.example.com',
      EnforceHTTPS: true,
      TLSSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10',
    });
    expect(properties.AdvancedSecurityOptions.MasterUserOptions.MasterUserARN).toEqual({
      'Fn::GetAtt': ['BootstrapRole', 'Arn'],
    });
  });

  test('the domain has masters, UltraWarm, cold storage, four logs, and people come by SAML', () => {
    const { properties, dependsOn } = stacks[way].get('Domain');
    expect(properties.ClusterConfig).toMatchObject({
      DedicatedMasterCount: 3,
      WarmCount: 3,
      ColdStorageOptions: { Enabled: true },
      ZoneAwarenessConfig: { AvailabilityZoneCount: 3 },
    });
    expect(Object.keys(properties.LogPublishingOptions)).toHaveLength(4);
    expect(dependsOn).toContain('DomainLogPolicy');
    const { SAMLOptions } = properties.AdvancedSecurityOptions;
    expect(SAMLOptions.MasterBackendRole).toBe('security admins');
    expect(SAMLOptions.Idp.MetadataContent).toContain('<md:EntityDescriptor');
  });

  test('a collector may send its documents to the domain, nothing else', () => {
    const { Statement } = stacks[way].get('Domain').properties.AccessPolicies;
    const of = (role: string) =>
      Statement.filter(({ Principal }: Value) => Principal.AWS['Fn::GetAtt']?.[0] === role).map(
        ({ Action, Resource }: Value) => `${Action} ${Resource['Fn::Sub'].split('/').at(-1)}`,
      );
    expect(of('FlowlogsRole')).toEqual(['es:ESHttpPost _bulk']);
    expect(of('SecurityhubRole').toSorted()).toEqual(['es:ESHttpPost _bulk', 'es:ESHttpPost aws-findings-*']);
  });

  test('functions learn its address from CloudFormation and wait for the templates in it', () => {
    for (const id of ['FlowlogsLambdaFunction', 'GuarddutyLambdaFunction']) {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub's
      expect(variablesOf(stacks[way], id).OPENSEARCH_URL).toEqual({ 'Fn::Sub': 'https://${Domain.DomainEndpoint}' });
      expect(stacks[way].get(id).dependsOn).toContain('Bootstrap');
    }
  });

  test('the roles of the Lambdas become writers, those of people administrators', () => {
    const { Writers, Admins, Analysts, Teams, Retention } = stacks[way].get('Bootstrap').properties;
    expect(Analysts).toEqual(['security analysts', 'arn:aws:iam::123456789012:role/analyst']);
    expect(Teams).toEqual([{ name: 'shop', accounts: ['111111111111'], members: ['shop'] }]);
    expect(Retention).toContain('hot=7d,warm=30d,cold=365d');
    const arnOf = (role: string) => ({ 'Fn::GetAtt': [role, 'Arn'] });
    expect(Writers).toEqual(expect.arrayContaining([arnOf('FlowlogsRole'), arnOf('GuarddutyRole')]));
    expect(Admins).toEqual([arnOf('BootstrapRole'), 'arn:aws:iam::123456789012:role/cert']);
  });

  test('only the sources that go to Splunk may read its token', () => {
    expect(actionsOf(stacks[way], 'GuarddutyRole')).toContain('secretsmanager:GetSecretValue');
    expect(actionsOf(stacks[way], 'FlowlogsRole')).not.toContain('secretsmanager:GetSecretValue');
  });

  test('other accounts may deliver logs', () => {
    const delivery = policyOf(stacks[way], 'LogBucket').find(({ Sid }) => Sid === 'LogDelivery');
    expect(delivery.Condition.StringEquals['aws:SourceAccount']).toEqual(['111111111111', '222222222222']);
  });

  test('alarms go to the e-mail address', () => {
    expect(stacks[way].get('Alarms').properties.Subscription).toEqual([
      { Protocol: 'email', Endpoint: 'cert@example.com' },
    ]);
  });
});

test('with Cognito the users of the pool are analysts, and the domain admits named roles only', () => {
  const stack = stacks['a domain with users in Cognito'];
  const { CognitoOptions, AccessPolicies } = stack.get('Domain').properties;
  expect(CognitoOptions.UserPoolId).toEqual({ Ref: 'UserPool' });
  expect(JSON.stringify(AccessPolicies)).not.toContain('"*"');
  expect(stack.get('Bootstrap').properties.Analysts).toEqual([{ 'Fn::GetAtt': ['PeopleRole', 'Arn'] }]);
  expect(stack.get('UserPool').properties).toMatchObject({
    MfaConfiguration: 'ON',
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
  });
});

describe('an existing bucket', () => {
  test('by SNS: the queue gets what lies below the prefix, escaped as S3 does in its events', () => {
    const stack = stacks['an existing bucket by SNS'];
    expect(stack.get('FlowlogsSubscription').properties).toMatchObject({
      Region: 'us-east-1',
      RawMessageDelivery: true,
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: {
        $or: [
          { Records: { s3: { object: { key: [{ prefix: 'central/aws-account-id%3D' }] } } } },
          { s3ObjectKey: [{ prefix: 'central/aws-account-id=' }] },
        ],
      },
    });
    expect(stack.has('LogBucket')).toBe(false);
  });

  test('by SNS: its key may be used, for this bucket only', () => {
    expect(actionsOf(stacks['an existing bucket by SNS'], 'FlowlogsRole')).toContain('kms:Decrypt');
    expect(JSON.stringify(stacks['an existing bucket by SNS'].get('FlowlogsRole'))).toContain('s3.us-east-1.');
    expect(JSON.stringify(stacks['an existing bucket by SNS'].get('GuarddutyRole'))).not.toContain('s3.us-east-1.');
  });

  test('alerts: OpenSearch publishes to the topic by a role that the bootstrap may hand to it and to nobody else', () => {
    const stack = stacks['everything made by the stack'];
    expect(allowed(stack.get('BootstrapRole'))).toContainEqual({
      actions: ['iam:PassRole'],
      resources: [{ 'Fn::GetAtt': ['AlertingRole', 'Arn'] }],
    });
    expect(allowed(stack.get('AlertingRole'))).toContainEqual({
      actions: ['sns:Publish'],
      resources: [{ Ref: 'Alerts' }],
    });
    expect(allowed(stack.get('AlertingRole'))).toContainEqual({
      actions: ['sns:Publish'],
      resources: [{ Ref: 'AlertRecords' }],
    });
    expect(stack.get('Alerts').properties.Subscription).toEqual([{ Protocol: 'email', Endpoint: 'cert@example.com' }]);
    expect(stack.get('BootstrapLambdaFunction').properties.Environment.Variables).toMatchObject({
      DETECTIONS: 'enabled',
      ALERT_RECORDS_TOPIC_ARN: { Ref: 'AlertRecords' },
    });
    expect(stacks['an existing bucket by SNS'].has('Alerts')).toBe(false);
    expect(stacks['an existing bucket by SNS'].has('AlertsQueue')).toBe(false);
  });

  test('alerts: only their topic sends to their queue, and what it can not deliver waits with the dead letters', () => {
    const stack = stacks['everything made by the stack'];
    const senders = ({ Statement }: Value) => Statement.filter(({ Action }: Value) => Action === 'sqs:SendMessage');
    expect(senders(stack.get('AlertsQueuePolicy').properties.PolicyDocument)).toMatchObject([
      {
        Principal: { Service: 'sns.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'AlertRecords' } } },
      },
    ]);
    expect(stack.get('AlertRecordsSubscription').properties).toEqual({
      TopicArn: { Ref: 'AlertRecords' },
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': ['AlertsQueue', 'Arn'] },
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['AlertsDeadLetters', 'Arn'] } },
    });
  });

  test('threat lists: a log source may read what lies below the prefix and list it, and nothing else', () => {
    const stack = stacks['an existing bucket by SNS'];
    const text = (role: string) => JSON.stringify(stack.get(role));
    expect(text('DnsRole')).toContain('s3:::lists/threat/*"');
    expect(text('DnsRole')).toContain('"Condition":{"StringEquals":{"s3:prefix":"threat/"}}');
    expect(text('GuarddutyRole')).not.toContain('lists/threat');
  });

  test('by EventBridge: the pattern and the permission have the same keys', () => {
    const stack = stacks['an existing bucket by EventBridge'];
    expect(stack.get('FlowlogsObjectsRule').properties.EventPattern).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: ['my-logs'] }, object: { key: [{ wildcard: 'AWSLogs/*/vpcflowlogs/*' }] } },
    });
    expect(JSON.stringify(allowed(stack.get('FlowlogsRole')))).toContain('my-logs/AWSLogs/*/vpcflowlogs/*"');
  });

  test('a source that is off leaves nothing behind', async () => {
    const template = await readFile(stacks['an existing bucket by EventBridge'].template, 'utf8');
    expect(template).not.toMatch(/guardduty/i);
  });
});
