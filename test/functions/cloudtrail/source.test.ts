import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CloudtrailOptions, cloudtrail } from '../../../functions/cloudtrail/source.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { ConfigError, DecodeError } from '../../../shared/errors.ts';
import { literal } from '../../../shared/text/text.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { type Any, allWritten, type Written } from '../../source.ts';

const SAMPLES = new URL('../../sample/cloudtrail/', import.meta.url);
const names = readdirSync(SAMPLES)
  .filter((name) => name.endsWith('.json') && name !== 'event.json')
  .sort();
const sample = (name: string): string => readFileSync(new URL(name, SAMPLES), 'utf8');

const seoul = literal('"geo":{"country_iso_code":"KR"},"as":{"number":64496,"organization":{"name":"봉수"}},');
const geo: CloudtrailOptions['geo'] = {
  rendered: (bytes, start, end) =>
    Buffer.from(bytes.subarray(start, end)).toString().startsWith('203.0.113.') ? seoul : undefined,
};

const written = (input: string | Uint8Array, options: Partial<CloudtrailOptions> = {}): Promise<Written[]> =>
  allWritten(cloudtrail({ geo: noGeo, route: ['opensearch'], ...options }), input);

/** A record with only what each must have. */
const bare = { eventTime: '2026-11-24T03:00:00Z', eventID: 'e1', recipientAccountId: '123456789012' };

async function of(record: object, options?: Partial<CloudtrailOptions>): Promise<Written> {
  const [one, ...more] = await written(JSON.stringify({ Records: [{ ...bare, ...record }] }), options);
  expect(more).toEqual([]);
  return one;
}

const documentOf = async (...all: Parameters<typeof of>): Promise<Any> => (await of(...all)).document;

test('samples become the golden documents, byte for byte', async () => {
  const lines: string[] = [];
  for (const name of names) for (const { line } of await written(sample(name), { geo })) lines.push(line);
  expectGolden('cloudtrail', lines);
  expect(lines.length).toBeGreaterThan(names.length * 3);
});

test.each(names)('every record of %s becomes one valid ECS document in a line', async (name) => {
  const { Records = [0] } = JSON.parse(sample(name));
  const found = await written(sample(name), { geo });
  expect(found).toHaveLength(Records.length);
  for (const { document, line } of found) {
    expect(ecsFaults(document)).toEqual([]);
    expect(line).not.toContain('\n');
  }
});

describe('the real log files', () => {
  const folder = new URL('../../../../shared/data/cloudtrail/', import.meta.url);
  const files = (() => {
    try {
      return readdirSync(folder).filter((name) => name.endsWith('.json.gz'));
    } catch {
      return [];
    }
  })();
  const title = 'become 1,233 valid documents with ids of their own, none refused';
  if (files.length === 0) {
    test.skip(`${title}: skipped, ../shared/data/cloudtrail is not there`, () => {});
    return;
  }
  test(title, async () => {
    const ids = new Set<string>();
    let count = 0;
    for (const file of files) {
      for (const { document, facts } of await written(gunzipSync(readFileSync(new URL(file, folder))))) {
        expect(ecsFaults(document)).toEqual([]);
        expect(document.aws.cloudtrail.other).toBeUndefined();
        expect(document.aws.cloudtrail.reshaped).toBeUndefined();
        ids.add(facts.id);
        count++;
      }
    }
    expect(count).toBe(1233);
    expect(ids.size).toBe(1233);
  });
});

describe('a record', () => {
  test('is known by its event and the account that got it', async () => {
    const { facts } = await of({ errorCode: 'AccessDenied' });
    expect(facts).toMatchObject({
      id: 'e1/123456789012',
      time: Date.parse(bare.eventTime),
      outcome: 'failure',
      current: '',
    });
    expect((await of({ eventID: undefined })).facts.id).toBe('');
  });

  test('has one id in the trail of its account and in that of the organization, another in another account', async () => {
    const [alices, deployers] = (await written(sample('sts.json'))).map(({ facts }) => facts.id);
    expect(alices).not.toBe(deployers);
    expect((await written(sample('sts.json')))[0].facts.id).toBe(alices);
  });

  test('goes to Splunk as AWS wrote it', async () => {
    const raws = (await written(sample('pretty.json'))).map(({ raw }) => raw);
    expect(sample('pretty.json')).toContain(raws[0]);
    expect(raws[0]).toContain('\n');
  });

  test.each([undefined, null, 'now', {}, '2026-13-24T03:00:00Z'])(
    'without a time is refused: %j',
    async (eventTime) => {
      await expect(of({ eventTime })).rejects.toThrow(new DecodeError('eventTime is not a date'));
    },
  );

  test('that is a digest is refused, whatever its key', async () => {
    const digest = {
      awsAccountId: '123456789012',
      digestStartTime: '2026-11-24T02:00:00Z',
      digestEndTime: '2026-11-24T03:00:00Z',
      digestS3Object: 'AWSLogs/123456789012/CloudTrail-Digest/ap-northeast-2/2026/11/24/digest.json.gz',
      logFiles: [{ s3Object: 'x', hashValue: 'y' }],
    };
    await expect(written(JSON.stringify(digest))).rejects.toThrow('a digest of log files is not a log file');
  });

  test('alone, one a line, and in an array are records too', async () => {
    const records = [1, 2, 3].map((n) => JSON.stringify({ ...bare, eventID: `e${n}` }));
    for (const input of [records.join('\n'), records.join(''), `[${records}]`, `{"Records":[${records}],"more":1}`]) {
      expect((await written(input)).map(({ document }) => document.event.id)).toEqual(['e1', 'e2', 'e3']);
    }
    expect(await written('{"Records":[]}')).toEqual([]);
  });

  test('with members of any type anywhere is a valid document', async () => {
    const records = names.flatMap((name) => JSON.parse(sample(name)).Records ?? []);
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('', '0', -1, 1e300, true, [], {}, [[]], [{}], null, 'HIDDEN'));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...records),
        fc.array(fc.nat(), { maxLength: 6 }),
        odd,
        async (record, way, value) => {
          const changed = structuredClone(record);
          replaceAt(changed, way, value);
          const document = await documentOf({ ...changed, ...bare });
          expect(ecsFaults(document)).toEqual([]);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

/** Goes down an object by the numbers of its members and puts the value there. */
function replaceAt(object: Any, [first = 0, ...rest]: readonly number[], value: unknown): void {
  const keys = Object.keys(object);
  const key = keys[first % keys.length];
  const inner = object[key];
  const isDeeper = rest.length > 0 && typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0;
  if (isDeeper) replaceAt(inner, rest, value);
  else object[key] = value;
}

describe('where a call comes from', () => {
  test.each([
    [
      '203.0.113.61',
      {
        address: '203.0.113.61',
        ip: '203.0.113.61',
        geo: { country_iso_code: 'KR' },
        as: { number: 64496, organization: { name: '봉수' } },
      },
      ['203.0.113.61'],
      undefined,
    ],
    ['2001:db8::1', { address: '2001:db8::1', ip: '2001:db8::1' }, ['2001:db8::1'], undefined],
    [
      'health.amazonaws.com',
      { address: 'health.amazonaws.com', domain: 'health.amazonaws.com' },
      undefined,
      ['health.amazonaws.com'],
    ],
    ['AWS Internal', { address: 'AWS Internal' }, undefined, undefined],
    ['fe80::1%eth0', { address: 'fe80::1%eth0' }, undefined, undefined],
    ['', undefined, undefined, undefined],
  ])('%s', async (sourceIPAddress, source, ip, hosts) => {
    const document = await documentOf({ sourceIPAddress }, { geo });
    expect(document.source).toEqual(source);
    expect(document.related?.ip).toEqual(ip);
    expect(document.related?.hosts).toEqual(hosts);
  });
});

describe('who makes a call', () => {
  const arn = (resource: string) => `arn:aws:iam::123456789012:${resource}`;
  test.each([
    [{ type: 'IAMUser', arn: arn('user/a/b/alice'), userName: 'alice' }, 'alice', undefined],
    [{ type: 'IAMUser', arn: arn('user/a/b/alice') }, 'alice', undefined],
    [{ type: 'Root', arn: arn('root') }, 'root', undefined],
    [{ type: 'AssumedRole', arn: arn('assumed-role/ops/alice') }, 'ops', 'alice'],
    [{ type: 'AssumedRole', arn: arn('assumed-role/aws:ec2-instance/i-0') }, 'aws:ec2-instance', 'i-0'],
    [{ type: 'AssumedRole', arn: arn('assumed-role/ops') }, 'ops', undefined],
    [{ type: 'AssumedRole', sessionContext: { sessionIssuer: { userName: 'ops' } } }, 'ops', undefined],
    [{ type: 'FederatedUser', arn: arn('federated-user/bob') }, 'bob', undefined],
    [{ type: 'Role', arn: arn('role/service-role/Exporter') }, 'Exporter', undefined],
    [{ type: 'AWSService', invokedBy: 'ec2.amazonaws.com' }, 'ec2.amazonaws.com', undefined],
    [{ type: 'AWSAccount', principalId: 'AIDA', accountId: '1' }, undefined, undefined],
    [{ type: 'SAMLUser', userName: 'carol@example.com' }, 'carol@example.com', undefined],
    [{ type: 'Directory', userName: 'corp\\dave' }, 'corp\\dave', undefined],
    [{ type: 'Unknown', arn: 'x' }, undefined, undefined],
    [{}, undefined, undefined],
    [undefined, undefined, undefined],
  ])('%j', async (userIdentity, name, session) => {
    const { user, aws } = await documentOf({ userIdentity });
    expect(user?.name).toBe(name);
    expect(aws.cloudtrail.user_identity?.session_name).toBe(session);
  });

  test('is known also where slashes are escaped', async () => {
    const arn = String.raw`arn:aws:sts::123456789012:assumed-role/ops\/deploy\/alice`;
    const [{ document }] = await written(`{"eventTime":"${bare.eventTime}","userIdentity":{"arn":"${arn}"}}`);
    expect(document.related.user).toEqual(['ops/deploy', 'alice']);
  });

  test('is known by the principal, or by the user of IAM Identity Center', async () => {
    const onBehalfOf = { userId: 'u1', identityStoreArn: 'arn' };
    expect((await documentOf({ userIdentity: { principalId: 'p1', onBehalfOf } })).user.id).toBe('p1');
    expect((await documentOf({ userIdentity: { onBehalfOf } })).user.id).toBe('u1');
  });

  test('everyone who has to do with a call is found by name', async () => {
    const [first] = await written(sample('management.json'));
    expect(first.document.related.user).toEqual([
      'AWSReservedSSO_Admin_0123456789abcdef',
      'carol@example.com',
      'mallory',
    ]);
    expect(first.document.user.target).toEqual({ id: 'AIDAJ45Q7YFFAREXAMPLE', name: 'mallory' });
  });

  test('who assumes a role has the rights of that role', async () => {
    const [first] = await written(sample('sts.json'));
    expect(first.document.user).toEqual({
      id: 'AIDACKCEVSQ6C2EXAMPLE',
      name: 'alice',
      effective: { id: 'AROA123456789EXAMPLE:alice-deploys', name: 'Deployer' },
    });
  });

  test('names in requests to other services are nobody', async () => {
    const requestParameters = { userName: 'x', roleArn: 'arn:aws:iam::1:role/y', groupName: 'z' };
    const document = await documentOf({ eventSource: 'lambda.amazonaws.com', requestParameters });
    expect(document.user).toBeUndefined();
    expect(document.group).toBeUndefined();
  });
});

describe('what came of it', () => {
  test.each([
    [{}, 'success'],
    [{ errorCode: 'AccessDenied' }, 'failure'],
    [{ errorMessage: 'Failed authentication' }, 'failure'],
    [{ responseElements: { ConsoleLogin: 'Success' } }, 'success'],
    [{ responseElements: { ConsoleLogin: 'Failure' } }, 'failure'],
    [{ serviceEventDetails: { CredentialVerification: 'Failure' } }, 'failure'],
    [{ insightDetails: { state: 'Start' } }, undefined],
  ])('%j: %s', async (record, outcome) => {
    const { document, facts } = await of(record);
    expect(document.event.outcome).toBe(outcome);
    expect(facts.outcome).toBe(outcome);
  });
});

describe('TLS', () => {
  test('is told by version, cipher, curve and the host that was asked for', async () => {
    const tlsDetails = {
      tlsVersion: 'TLSv1.2',
      cipherSuite: 'c',
      keyExchange: 'x25519',
      clientProvidedHostHeader: 'h:443',
    };
    expect((await documentOf({ tlsDetails })).tls).toEqual({
      version: '1.2',
      version_protocol: 'tls',
      cipher: 'c',
      curve: 'x25519',
      client: { server_name: 'h' },
    });
  });

  test('of a version that is not known keeps it', async () => {
    expect((await documentOf({ tlsDetails: { tlsVersion: 'TLSv9', cipherSuite: 'c' } })).tls).toEqual({
      version: 'TLSv9',
      cipher: 'c',
    });
  });
});

describe('drift', () => {
  test('free-form detail may be anything, and is found by its path', async () => {
    const drift = (await written(sample('drift.json'))).map(({ document }) => document.aws.cloudtrail);
    expect(drift[0]).toMatchObject({
      request_parameters: { value: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
      additional_event_data: { value: ['a', { b: 1 }] },
      reshaped: ['requestParameters', 'responseElements', 'additionalEventData'],
    });
    expect(drift[1].request_parameters.items).toBe('HIDDEN_DUE_TO_SECURITY_REASONS');
    expect(drift[2].request_parameters).toEqual({ items: [{ key: 'a' }], source: 'x', when: 5 });
    expect(drift[1].reshaped ?? drift[2].reshaped).toBeUndefined();
  });

  test('a typed member of another type is kept beside, and told', async () => {
    const { error, aws } = (await written(sample('drift.json')))[4].document;
    expect(error).toBeUndefined();
    expect(aws.cloudtrail.other).toEqual({
      errorCode: { code: 'AccessDenied' },
      errorMessage: ['one', 'two'],
      readOnly: 'maybe',
      managementEvent: 1,
    });
    expect(aws.cloudtrail.reshaped).toEqual(['errorCode', 'errorMessage', 'readOnly', 'managementEvent']);
  });

  test('members that are not known are kept', async () => {
    const { other, resources } = (await written(sample('drift.json')))[5].document.aws.cloudtrail;
    expect(other).toMatchObject({ newMember: { deep: [1, 2] }, 'userIdentity.newKind': { x: 'y' }, omitted: true });
    expect(resources).toEqual([
      { arn: 'arn:aws:s3:::example-data', account_id: '123456789012', type: 'AWS::S3::Bucket' },
    ]);
  });

  test('texts that no index takes are cut, and told', async () => {
    const long = 'x'.repeat(40_000);
    const { aws } = await documentOf({ requestParameters: { policyDocument: long, roleArn: long }, newMember: long });
    expect(aws.cloudtrail.request_parameters.policyDocument).toHaveLength(10_001);
    expect(aws.cloudtrail.request_parameters.roleArn).toHaveLength(10_001);
    expect(aws.cloudtrail.other.newMember).toHaveLength(10_001);
    expect(aws.cloudtrail.reshaped).toEqual([
      'requestParameters.policyDocument',
      'requestParameters.roleArn',
      'newMember',
    ]);
  });
});

describe("the collector's own calls", () => {
  const own = { rolePrefixes: ['other', 'bongsu-prod-'], action: 'label' } as const;
  const tagsOf = async (options?: Partial<CloudtrailOptions>) =>
    (await written(sample('management.json'), options)).flatMap(({ document }) => document.tags ?? []);

  test('are labelled', async () => {
    expect(await tagsOf({ own })).toEqual(['collector', 'collector']);
    expect(await tagsOf()).toEqual([]);
  });

  test('or go nowhere', async () => {
    const found = await written(sample('management.json'), { own: { ...own, action: 'drop' } });
    expect(found.filter(({ route }) => route.length === 0).map(({ document }) => document.event.action)).toEqual([
      'GetSecretValue',
      'Decrypt',
    ]);
  });
});

describe('options', () => {
  test('rows of the field map can be added, replaced and removed', async () => {
    const document = await documentOf(
      { requestParameters: { tags: { team: 'hr' }, size: '5' }, userAgent: 'x', errorCode: 'y' },
      {
        fields: [
          ['labels.team', 'requestParameters.tags.team'],
          ['error.code', ['errorMessage', 'errorCode']],
          ['user_agent.original', null],
        ],
      },
    );
    expect(document.labels).toEqual({ team: 'hr' });
    expect(document.error).toEqual({ code: 'y' });
    expect(document.user_agent).toBeUndefined();
    expect(document.aws.cloudtrail.other).toEqual({ userAgent: 'x' });
  });

  test('a row that makes no sense is fatal at once', () => {
    expect(() => cloudtrail({ geo: noGeo, route: [], fields: [['message', 'eventName', 'txt']] })).toThrow(ConfigError);
  });

  test('every record goes where the options say', async () => {
    expect((await of({}, { route: ['opensearch', 'splunk'] })).route).toEqual(['opensearch', 'splunk']);
  });
});

test('event.json tells of a sample through SQS', () => {
  const [{ body, eventSource }] = JSON.parse(sample('event.json')).Records;
  expect(eventSource).toBe('aws:sqs');
  expect(names).toContain(JSON.parse(body).Records[0].s3.object.key);
});
