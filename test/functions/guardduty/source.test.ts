import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type GuarddutyOptions, guardduty } from '../../../functions/guardduty/source.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { ConfigError, DecodeError } from '../../../shared/errors.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden, goldenDocuments } from '../../golden.ts';
import { type Any, allWritten, replaceAt, type Written } from '../../source.ts';

const SAMPLES = new URL('../../sample/guardduty/', import.meta.url);
const names = readdirSync(SAMPLES)
  .filter((name) => name.endsWith('.json') && !name.endsWith('event.json'))
  .sort();
const sample = (name: string): string => readFileSync(new URL(`${name}.json`, SAMPLES), 'utf8');

const sampleOf = (source: string, name: string): Any =>
  JSON.parse(readFileSync(new URL(`../${source}/${name}.json`, SAMPLES), 'utf8'));

const known = { geo: { country_iso_code: 'DE' }, as: { number: 64999, organization: { name: 'Known' } } };
const geo: GuarddutyOptions['geo'] = { of: (ip) => (ip === '203.0.113.7' ? known : undefined) };

const written = (input: string, options: Partial<GuarddutyOptions> = {}): Promise<Written[]> =>
  allWritten(guardduty({ geo: noGeo, route: ['opensearch', 'splunk'], ...options }), input);

async function one(input: string, options?: Partial<GuarddutyOptions>): Promise<Written> {
  const found = await written(input, options);
  expect(found).toHaveLength(1);
  return found[0];
}

/** A finding with only what each must have. */
const ARN = 'arn:aws:guardduty:eu-west-1:123456789012:detector/d1/finding/f1';
const bare = { schemaVersion: '2.0', arn: ARN, id: 'f1', updatedAt: '2026-11-24T13:40:38.123Z' };
const of = (finding: object) => one(JSON.stringify({ ...bare, ...finding }));

const capital = ({ schemaVersion, arn, id, updatedAt }: typeof bare) => ({
  SchemaVersion: schemaVersion,
  Arn: arn,
  Id: id,
  UpdatedAt: updatedAt,
});

test('samples become the golden documents, byte for byte', async () => {
  const lines: string[] = [];
  for (const name of names) {
    for (const { line } of await written(readFileSync(new URL(name, SAMPLES), 'utf8'), { geo })) lines.push(line);
  }
  expectGolden('guardduty', lines);
  expect(lines.length).toBeGreaterThan(names.length); // none lost; the API's answer holds several
});

test('every golden document is valid ECS', () => {
  for (const document of goldenDocuments('guardduty')) expect(ecsFaults(document)).toEqual([]);
});

describe('severity', () => {
  test.each([
    ['port-probe', 2, 'low'],
    ['aws-api-call', 5, 'medium'],
    ['network-connection', 8, 'high'],
    ['s3', 8.95, 'high'],
    ['critical', 9.3, 'critical'],
    ['attack-sequence', 9, 'critical'],
    ['attack-sequence-eks', 9.5, 'critical'],
  ])('of %s: %d is %s', async (name, value, label) => {
    const { document, facts } = await one(sample(name));
    expect(document.event.severity).toBe(Math.floor(value)); // ECS has whole numbers
    expect(document.aws.guardduty.severity.value).toBe(value);
    expect(document.aws.guardduty.severity).toEqual({ value, label });
    expect(facts.severity).toBe(label);
  });

  test('a finding without one is delivered', async () => {
    const { document, facts } = await one(sample('lambda'));
    expect(document.aws.guardduty.severity).toBeUndefined();
    expect(facts.severity).toBeUndefined();
  });
});

describe('identity', () => {
  test('each state has its own id, the newest state the id alone, ordered by the update', async () => {
    const { facts } = await of({});
    expect(facts).toEqual({
      ...blank(),
      id: 'f1@2026-11-24T13:40:38.123Z',
      current: 'f1',
      time: 1795527638123,
      version: 1795527638123,
      product: 'guardduty',
      workflow: 'new',
    });
  });

  test('the finding of an envelope, an export and the API is one, and says how it came', async () => {
    const finding = { ...bare, accountId: '123456789012', region: 'eu-west-1' };
    const event = { 'detail-type': 'GuardDuty Finding', account: '210987654321', detail: finding };
    const api = { ...capital(bare), AccountId: finding.accountId, Region: finding.region };
    const all = await Promise.all([event, finding, api].map((value) => one(JSON.stringify(value))));
    const [first] = all;
    for (const { facts } of all) expect(facts).toEqual(first.facts);
    expect(first.facts).toMatchObject({ account: '123456789012', region: 'eu-west-1' });
    expect(all.map(({ document }) => document.finding)).toEqual([
      { uid: 'f1', way: 'eventbridge', via: '210987654321' },
      { uid: 'f1', way: 's3' },
      { uid: 'f1', way: 'api' },
    ]);
  });

  test('an archived finding is told from a new one', async () => {
    expect((await of({ service: { archived: true } })).facts.workflow).toBe('archived');
  });

  test('one state has one id, however its time is spelled', async () => {
    const spellings = ['2026-11-24T13:40:38.123Z', '2026-11-24T13:40:38.123000+00:00', '2026-11-24T14:40:38.123+01:00'];
    const ids = await Promise.all(spellings.map(async (updatedAt) => (await of({ updatedAt })).facts.id));
    expect(new Set(ids)).toEqual(new Set(['f1@2026-11-24T13:40:38.123Z']));
  });

  test.each([
    [{ id: undefined }, 'the finding has no id', { field: 'id' }],
    [{ id: 7 }, 'the finding has no id', { field: 'id' }],
    [{ updatedAt: undefined }, 'updatedAt of the finding is not a date', { field: 'updatedAt' }],
    [{ updatedAt: 'yesterday' }, 'updatedAt of the finding is not a date', { field: 'updatedAt' }],
  ])('%j is refused by the name of the field', async (change, message, fields) => {
    const error = await of(change).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ message, fields });
  });
});

describe('a finding that some other product made', () => {
  const hub = (name: string) => sampleOf('securityhub', name).detail.findings[0];
  test.each([
    ['of Security Hub in ASFF', hub('control')],
    ['of GuardDuty, as Security Hub tells it in ASFF', hub('guardduty')],
    ['of GuardDuty, as Security Hub tells it in OCSF', hub('v2-guardduty')],
    ['of Macie', sampleOf('macie', 'policy').detail],
    ['of Inspector', sampleOf('inspector', 'instance').detail],
    ['of nobody known', { id: 'f1', updatedAt: bare.updatedAt, schemaVersion: '2.0' }],
  ])('%s, is refused', async (_, finding) => {
    await expect(one(JSON.stringify(finding))).rejects.toMatchObject({
      name: 'DecodeError',
      message: 'this is not a finding of GuardDuty',
    });
  });
});

describe('shapes', () => {
  test('the envelope, the finding alone and the one as the API spells it become the same document', async () => {
    const envelope = JSON.parse(sample('s3'));
    const { document } = await one(JSON.stringify(envelope));
    const alone = (await one(JSON.stringify(envelope.detail))).document;
    const { account: via } = envelope;
    expect({ ...alone, finding: { ...alone.finding, way: 'eventbridge', via } }).toEqual(document);
    const fromApi = (await written(sample('get-findings'))).find((each) =>
      each.document.aws.guardduty.id.startsWith('16'),
    );
    const { id, arn } = fromApi?.document.aws.guardduty ?? {};
    const same = { ...envelope.detail, id, arn, severity: 8 };
    const exported = (await one(JSON.stringify(same))).document;
    expect(fromApi?.document).toEqual({ ...exported, finding: { ...exported.finding, way: 'api' } });
  });

  test("the API's spelling is undone, keys that are data stay", async () => {
    const [instance, bucket, cluster] = (await written(sample('get-findings'))).map(
      ({ document }) => document.aws.guardduty,
    );
    const { instanceDetails } = instance.resource;
    expect(instanceDetails.networkInterfaces[0].ipv6Addresses).toEqual(['2001:db8:1::17']);
    expect(instanceDetails.productCodes).toEqual([{ productCodeId: 'abcd1234', productCodeType: 'marketplace' }]);
    expect(instanceDetails.tags[1]).toEqual({ key: 'Team', value: '봉수' });
    const { anomaly } = bucket.service.detection;
    expect(Object.keys(anomaly.profiles.Account)).toEqual(['ApiVolume']);
    expect(anomaly.unusual.behavior['User Identity']['Asn-Org'].profileType).toBe('FREQUENCY');
    expect(bucket.service.action.awsApiCallAction.affectedResources).toEqual({ 'AWS::S3::Bucket': 'customer-exports' });
    expect(cluster.service.action.kubernetesApiCallAction.sourceIPs).toEqual(['203.0.113.61', '10.0.3.9']);
    expect(cluster.resource.kubernetesDetails.kubernetesWorkloadDetails.hostPID).toBe(true);
  });

  test('findings one per line, in an array and in the answer of the API are records', async () => {
    const findings = [1, 2, 3].map((n) => JSON.stringify({ ...bare, id: `f${n}` }));
    for (const input of [findings.join('\n'), `[${findings.join(',')}]`, `{"Findings":[${findings.join(',')}]}`]) {
      expect((await written(input)).map(({ facts }) => facts.current)).toEqual(['f1', 'f2', 'f3']);
    }
  });

  test('raw is the record as AWS wrote it, envelope and white space included', async () => {
    expect((await one(sample('dns'))).raw).toBe(sample('dns').trim());
  });

  test.each([
    [{ 'detail-type': 'Macie Finding', detail: {} }, 'unexpected detail-type "Macie Finding"'],
    [{ 'detail-type': 'GuardDuty Finding' }, 'the event has no detail'],
    [[1], 'the record is not a JSON object'],
  ])('%j is refused', async (value, message) => {
    await expect(written(`[${JSON.stringify(value)}]`)).rejects.toThrow(new DecodeError(message));
  });

  test('members that are not known are kept', async () => {
    const { document } = await one(sample('lambda'));
    expect(document.aws.guardduty.other).toEqual({ noveltyScore: { Model: 'v1', value: 0.93 } });
  });

  test('a finding whose parts have other types than they should is delivered with what fits', async () => {
    const { document } = await of({ service: 'x', resource: [1], type: 5, severity: {}, title: null, region: '' });
    expect(ecsFaults(document)).toEqual([]);
    expect(document.aws.guardduty).toMatchObject({ service: { value: 'x' }, resource: { value: [1] }, type: '5' });
  });

  test('no odd value anywhere in a finding keeps it from being a valid document', async () => {
    const findings = names.flatMap((name) => {
      const value = JSON.parse(readFileSync(new URL(name, SAMPLES), 'utf8'));
      return value.Findings ?? [value.detail ?? value];
    });
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('', '0', -1, 1e300, 'GeneratedFindingValue', [], {}, [[]], null),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...findings),
        fc.array(fc.nat(), { maxLength: 8 }),
        odd,
        async (finding, way, value) => {
          const changed = structuredClone(finding);
          replaceAt(changed, way, value);
          const { document } = await one(JSON.stringify({ ...changed, ...(changed.Type ? capital(bare) : bare) }));
          expect(ecsFaults(document)).toEqual([]);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('finding types', () => {
  test.each([
    [
      'Backdoor:EC2/C&CActivity.B!DNS',
      { purpose: 'Backdoor', resource: 'EC2', family: 'C&CActivity', mechanism: 'B', artifact: 'DNS' },
    ],
    ['Recon:EC2/Portscan', { purpose: 'Recon', resource: 'EC2', family: 'Portscan' }],
    [
      'Discovery:S3/MaliciousIPCaller.Custom',
      { purpose: 'Discovery', resource: 'S3', family: 'MaliciousIPCaller', mechanism: 'Custom' },
    ],
    [
      'Execution:EC2/MaliciousFile!Snapshot',
      { purpose: 'Execution', resource: 'EC2', family: 'MaliciousFile', artifact: 'Snapshot' },
    ],
    [
      'AttackSequence:EC2/CompromisedInstanceGroup',
      { purpose: 'AttackSequence', resource: 'EC2', family: 'CompromisedInstanceGroup' },
    ],
    ['Something else', undefined],
  ])('%s is parsed', async (type, threat) => {
    const { document } = await of({ type });
    expect(document.aws.guardduty.threat).toEqual(threat);
    expect(document.rule.name).toBe(type);
  });

  test('purposes that are tactics of ATT&CK are told as such, others not', async () => {
    const tactic = async (type: string) => (await of({ type })).document.threat?.tactic;
    expect(await tactic('PrivilegeEscalation:Runtime/DockerSocketAccessed')).toEqual({
      id: ['TA0004'],
      name: ['Privilege Escalation'],
    });
    expect(await tactic('CryptoCurrency:EC2/BitcoinTool.B')).toBeUndefined();
  });

  test("an attack sequence's own tactics are told, also one not known here", async () => {
    const sequenceIndicators = [
      { key: 'ATTACK_TACTIC', values: ['Discovery', 'Something New'] },
      { key: 'TOR_IP', values: ['192.0.2.1'] },
    ];
    const { document } = await of({ service: { detection: { sequence: { sequenceIndicators } } } });
    expect(document.threat.tactic).toEqual({ id: ['TA0007'], name: ['Discovery', 'Something New'] });
  });

  test('an attack sequence names what took part and has no single source', async () => {
    const { document } = await one(sample('attack-sequence-eks'));
    expect(document.source).toBeUndefined();
    expect(document.related.ip).toEqual(['198.51.100.200', '10.0.1.17', '2001:db8:1::17', '198.51.100.23']);
    expect(document.aws.guardduty.resource_ids).toContain('eni-0123456789abcdef0');
    expect(document.aws.guardduty.service.detection.sequence.signals).toHaveLength(2);
  });

  test('a sample finding is marked, in both spellings', async () => {
    expect((await one(sample('malware-s3'))).document.aws.guardduty.sample).toBe(true);
    expect((await written(sample('get-findings')))[0].document.aws.guardduty.sample).toBe(true);
    expect((await one(sample('dns'))).document.aws.guardduty.sample).toBe(false);
  });
});

describe('ends', () => {
  const connection = (connectionDirection: string, resourceRole: string) =>
    of({
      service: {
        resourceRole,
        action: {
          actionType: 'NETWORK_CONNECTION',
          networkConnectionAction: {
            connectionDirection,
            localIpDetails: { ipAddressV4: '10.0.0.1' },
            localPortDetails: { port: 1 },
            remoteIpDetails: { ipAddressV4: '192.0.2.1' },
            remotePortDetails: { port: 2 },
          },
        },
      },
    });

  test.each([
    ['INBOUND', 'TARGET', '192.0.2.1'],
    ['INBOUND', 'ACTOR', '192.0.2.1'],
    ['OUTBOUND', 'TARGET', '10.0.0.1'],
    ['UNKNOWN', 'TARGET', '192.0.2.1'],
    ['UNKNOWN', 'ACTOR', '10.0.0.1'],
  ])('%s with the resource as %s comes from %s', async (direction, role, source) => {
    const { document } = await connection(direction, role);
    expect(document.source).toEqual({ ip: source, address: source, port: source === '10.0.0.1' ? 1 : 2 });
    expect(document.destination.ip).toBe(source === '10.0.0.1' ? '192.0.2.1' : '10.0.0.1');
    expect(document.network.direction).toBe(direction.toLowerCase());
  });

  test('a DNS request comes from the instance', async () => {
    const { document } = await one(sample('dns'));
    expect(document.source).toEqual({ ip: '10.0.1.17', address: '10.0.1.17' });
    expect(document.destination).toBeUndefined();
    expect(document.dns.question).toEqual({ name: 'updates.c2.example.com', registered_domain: 'example.com' });
  });

  test("the place is ours where we know one, else GuardDuty's", async () => {
    const probe = sample('port-probe');
    expect((await one(probe, { geo })).document.source).toMatchObject(known);
    expect((await one(probe)).document.source).toMatchObject({
      geo: { city_name: 'Berlin', location: { lat: 52.52, lon: 13.405 } },
      as: { number: 64496, organization: { name: 'Example Hosting' } },
    });
  });

  test('the place 0, 0 that stands for none is left out', async () => {
    expect((await one(sample('rds'))).document.source.geo).toEqual({ country_name: 'Japan' });
  });

  test('what was blocked is denied', async () => {
    expect((await one(sample('dns'))).document.event.type).toEqual(['denied', 'protocol']);
    expect((await one(sample('port-probe'))).document.event.type).toEqual(['allowed', 'connection']);
    expect((await one(sample('rds'))).document.event.type).toEqual(['info']);
  });
});

describe('options', () => {
  test('rows of the field map can be added, replaced and removed', async () => {
    const { document } = await one(sample('dns'), {
      fields: [
        ['message', 'description'],
        ['tags[]', 'resource.instanceDetails.tags[].value'],
        ['rule.category', null],
      ],
    });
    expect(document.message).toMatch(/^EC2 instance/);
    expect(document.tags).toEqual(['web-1', '봉수']);
    expect(document.rule).toEqual({ name: 'Backdoor:EC2/C&CActivity.B!DNS' });
  });

  test('a row that makes no sense is fatal at once', () => {
    expect(() => guardduty({ geo: noGeo, route: [], fields: [['message', 'title', 'txt']] })).toThrow(ConfigError);
  });

  test('every finding goes where the options say', () => {
    const facts = blank();
    expect(guardduty({ geo: noGeo, route: ['splunk'] }).route(facts)).toEqual(['splunk']);
  });
});

test('event.json carries a sample through SQS', () => {
  const [{ body, eventSource }] = JSON.parse(sample('event')).Records;
  expect(eventSource).toBe('aws:sqs');
  expect(JSON.parse(body)).toEqual(JSON.parse(sample('aws-api-call')));
});
