import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type SecurityhubOptions, securityhub } from '../../../functions/securityhub/source.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { ConfigError } from '../../../shared/errors.ts';
import type { Facts } from '../../../shared/model.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { type Any, allWritten, replaceAt, type Written } from '../../source.ts';

const SAMPLES = new URL('../../sample/securityhub/', import.meta.url);
const names = readdirSync(SAMPLES)
  .filter((name) => name.endsWith('.json') && name !== 'event.json')
  .sort();
const sample = (name: string): string => readFileSync(new URL(`${name}.json`, SAMPLES), 'utf8');

const known = { geo: { country_iso_code: 'KR' }, as: { number: 64999, organization: { name: 'Known' } } };
const geo: SecurityhubOptions['geo'] = { of: (ip) => (ip === '203.0.113.7' ? known : undefined) };

const written = (input: string, options: Partial<SecurityhubOptions> = {}): Promise<Written[]> =>
  allWritten(securityhub({ geo: noGeo, route: ['opensearch', 'splunk'], ...options }), input);

async function one(input: string, options?: Partial<SecurityhubOptions>): Promise<Written> {
  const found = await written(input, options);
  expect(found).toHaveLength(1);
  return found[0];
}

const ARN = 'arn:aws:securityhub:eu-west-1::product/aws/securityhub';
/** A finding with only what each must have. */
const bare = { SchemaVersion: '2018-10-08', Id: 'f1', ProductArn: ARN, UpdatedAt: '2026-11-24T13:40:38Z' };
const of = (finding: object, options?: Partial<SecurityhubOptions>) =>
  one(JSON.stringify({ ...bare, ...finding }), options);

const bareOcsf = { class_uid: 2004, finding_info: { uid: 'f1' }, time: 1_795_527_638_000, metadata: {} };
const ofOcsf = (finding: object) => one(JSON.stringify({ ...bareOcsf, ...finding }));

test('samples become the golden documents, byte for byte', async () => {
  const lines: string[] = [];
  for (const name of names) {
    for (const { line } of await written(readFileSync(new URL(name, SAMPLES), 'utf8'), { geo })) lines.push(line);
  }
  expectGolden('securityhub', lines);
  expect(lines.length).toBeGreaterThan(names.length); // none lost: some hold several
  for (const line of lines) expect(ecsFaults(JSON.parse(line))).toEqual([]);
});

describe('identity', () => {
  test('each state has its own id, the newest state that of the finding, ordered by when it was sent', async () => {
    const { facts, document } = await one(sample('control'));
    const id = 'arn:aws:securityhub:ap-northeast-2:123456789012:security-control/S3.8/finding/';
    const uid = `${id}0c3f8a52-6a1b-4d57-9a43-5d0b6f1e2a11`;
    expect(facts).toEqual({
      ...blank(),
      id: `${uid}@2026-11-24T13:40:38.123Z`,
      current: uid,
      time: 1795527638123,
      version: Date.parse('2026-11-24T13:41:02Z'),
      severity: 'high',
      outcome: 'failure',
      account: '123456789012',
      region: 'ap-northeast-2',
      product: 'securityhub',
      workflow: 'new',
    });
    expect(document.finding).toEqual({ uid, severity: 'high', way: 'securityhub', via: '123456789012' });
  });

  test('the id of a native product is what its own source makes of it', async () => {
    expect((await one(sample('guardduty'))).facts.current).toBe('46ba0ac2845071e23ccdeb2ae03bfdea');
    expect((await one(sample('inspector'))).facts.current).toBe('0123456789abcdef0123456789abcdef');
    expect((await one(sample('v2-macie'))).facts.current).toBe('5be50fce24526e670df77bc00example');
  });

  test('a finding that only bears the name of a native product keeps its id', async () => {
    const { facts } = await of({ Id: 'a/finding/1', ProductArn: ARN.replace('aws/', 'x/'), ProductName: 'GuardDuty' });
    expect(facts.current).toBe('a/finding/1');
  });

  test('what a native source delivers too is a copy, and only that', async () => {
    const natives = ['guardduty', 'macie'];
    const { facts } = await one(sample('guardduty'), { natives });
    const plain = await one(sample('guardduty'));
    expect(facts).toEqual({ ...plain.facts, id: `${plain.facts.id}/securityhub`, copy: true });
    expect((await one(sample('v2-guardduty'), { natives })).facts.copy).toBe(true);
    expect((await one(sample('inspector'), { natives })).facts.copy).toBe(false);
    expect((await one(sample('v2-macie'), { natives })).facts.copy).toBe(false); // somebody suppressed it
  });

  test('the way of a finding shows in what it came in', async () => {
    const asked = { 'detail-type': 'GetFindings', account: '123456789012', detail: { findings: [bare] } };
    expect((await one(JSON.stringify(asked))).document.finding).toEqual({ uid: 'f1', way: 'api', via: '123456789012' });
    expect((await of({})).document.finding).toEqual({ uid: 'f1', way: 's3' });
  });

  test.each([
    [{ Id: '' }, 'the finding has no id', { field: 'Id' }],
    [{ Id: 7 }, 'the finding has no id', { field: 'Id' }],
    [{ UpdatedAt: 'soon' }, 'the finding has no date of update', { field: 'UpdatedAt' }],
  ])('%j is refused by the name of the field', async (change, message, fields) => {
    await expect(of(change)).rejects.toMatchObject({ name: 'DecodeError', message, fields });
  });

  test('a date may have no parts of a second, or nine digits of them', async () => {
    const at = async (UpdatedAt: string) => (await of({ UpdatedAt })).facts.id;
    expect(await at('2026-11-24T13:40:38Z')).toBe('f1@2026-11-24T13:40:38.000Z');
    expect(await at('2026-11-24T13:40:38.123456789Z')).toBe('f1@2026-11-24T13:40:38.123Z');
    expect(await at('2026-11-24T22:40:38+09:00')).toBe('f1@2026-11-24T13:40:38.000Z');
  });
});

describe('work on a finding, which leaves UpdatedAt as it was', () => {
  const state = async (change: object) => {
    const { id, version, workflow } = (await of(change)).facts;
    return { id: id.replace('f1@2026-11-24T13:40:38.000Z', ''), ahead: version - 1795527638000, workflow };
  };

  test.each([
    [{}, '', 0, 'new'],
    [{ Workflow: { Status: 'NEW' } }, '', 0, 'new'],
    [{ Workflow: { Status: 'NOTIFIED' } }, '/notified', 16, 'notified'],
    [{ Workflow: { Status: 'RESOLVED' } }, '/resolved', 32, 'resolved'],
    [{ Workflow: { Status: 'SUPPRESSED' } }, '/suppressed', 48, 'suppressed'],
    [{ Workflow: { Status: 'SUPPRESSED' }, RecordState: 'ARCHIVED' }, '/archived', 64, 'archived'],
    [{ Note: { UpdatedAt: '2026-11-24T13:40:48Z' } }, '/2026-11-24T13:40:48.000Z', 10_001, 'new'],
    [{ Note: { UpdatedAt: '2026-11-24T13:40:28Z' } }, '', 0, 'new'],
  ])('%j is a state of its own, after those before it', async (change, id, ahead, workflow) => {
    expect(await state(change)).toEqual({ id, ahead, workflow });
  });

  test('is the same state in OCSF', async () => {
    for (const [status_id, status] of [
      [2, 'NOTIFIED'],
      [3, 'SUPPRESSED'],
      [4, 'RESOLVED'],
    ] as const) {
      const { id, version, workflow } = (await ofOcsf({ status_id })).facts;
      const asff = (await of({ Workflow: { Status: status } })).facts;
      expect({ id, version, workflow }).toEqual({ id: asff.id, version: asff.version, workflow: asff.workflow });
    }
    expect((await ofOcsf({ activity_id: 3 })).facts.workflow).toBe('archived');
  });
});

describe('one finding in both formats', () => {
  test.each([
    ['control', 'v2-control'],
    ['guardduty', 'v2-guardduty'],
    ['inspector', 'v2-inspector'],
    ['prowler.asff', 'prowler.ocsf'],
  ])('%s and %s: same uid, state, severity, resources, check and product', async (asff, ocsf) => {
    const summary = async (name: string) =>
      (await written(sample(name))).map(({ facts, document: { finding, event, observer, rule, aws, cloud } }) => {
        const { resource, compliance = {}, severity, workflow, record_state } = aws.securityhub;
        const { standards, standard_names, requirements, status, control_id } = compliance;
        const { entity, instance, region, account } = cloud;
        return {
          facts: { ...facts, sourcetype: '', version: 0 }, // each was sent at its own time
          uid: finding.uid,
          severity: [event.severity, severity.label],
          outcome: event.outcome,
          reference: event.reference,
          categories: [...event.category].sort(),
          control: [control_id, rule?.id],
          compliance: { standards, standard_names, requirements, status },
          workflow: [workflow, record_state],
          resource,
          cloud: { entity, instance, region, account: account.id },
          observer,
        };
      });
    expect(await summary(ocsf)).toEqual(await summary(asff));
  });

  test('vulnerabilities and tactics are told alike', async () => {
    const [asff, ocsf] = await Promise.all([one(sample('inspector')), one(sample('v2-inspector'))]);
    const { description: _, ...vulnerability } = ocsf.document.vulnerability;
    expect(asff.document.vulnerability).toEqual(vulnerability);
    expect(vulnerability.score).toEqual({ base: 9.8, version: '3.1' });
    expect(asff.document.package).toEqual(ocsf.document.package);
    const details = ({ document }: Written) => document.aws.securityhub.vulnerability;
    expect(details(asff)).toEqual({ ...details(ocsf), ids: ['CVE-2026-12345', 'CVE-2026-12346'] });
    const tactic = async (name: string) => (await one(sample(name))).document.threat.tactic;
    expect(await tactic('guardduty')).toEqual(await tactic('v2-guardduty'));
  });
});

describe('severity', () => {
  test.each([
    [{ Label: 'INFORMATIONAL' }, 0, 'informational'],
    [{ Label: 'LOW' }, 1, 'low'],
    [{ Label: 'MEDIUM', Normalized: 45 }, 40, 'medium'],
    [{ Label: 'HIGH', Normalized: 1 }, 70, 'high'],
    [{ Label: 'CRITICAL' }, 90, 'critical'],
    [{ Normalized: 39 }, 1, 'low'],
    [{ Normalized: 89.9 }, 70, 'high'],
    [{ Normalized: 95, Product: 9.5 }, 90, 'critical'],
  ])('%j is %d, %s', async (Severity, value, label) => {
    const { document, facts } = await of({ Severity });
    expect(document.event.severity).toBe(value);
    expect(document.aws.securityhub.severity.label).toBe(label);
    expect(facts.severity).toBe(label);
  });

  test("what somebody here gave it goes before its product's", async () => {
    const FindingProviderFields = { Severity: { Label: 'LOW', Original: '2' } };
    expect((await of({ Severity: { Label: 'HIGH' }, FindingProviderFields })).facts.severity).toBe('high');
    expect((await of({ FindingProviderFields })).facts.severity).toBe('low');
  });

  test('a finding without one is delivered', async () => {
    expect((await of({ Severity: { Label: 'UNTRIAGED' } })).facts.severity).toBeUndefined();
  });

  test.each([
    [{ severity: 'High', severity_id: 4 }, 'high'],
    [{ severity: 'Fatal', severity_id: 6 }, 'critical'],
    [{ severity_id: 1 }, 'informational'],
    [{ severity: 'Other', severity_id: 99, vendor_attributes: { severity: 'Medium' } }, 'medium'],
    [{ severity: 'Unknown', severity_id: 0 }, undefined],
  ])('of OCSF: %j is %s', async (change, severity) => {
    expect((await ofOcsf(change)).facts.severity).toBe(severity);
  });
});

describe('resources', () => {
  test('all of them are kept, many of one type too', async () => {
    const { document } = await one(sample('guardduty'));
    const { resource, resources } = document.aws.securityhub;
    expect(resource.id).toEqual(['i-0123456789abcdef0', 'i-0fedcba9876543210', 'ASIAIOSFODNN7EXAMPLE']);
    expect(resource.type).toEqual(['AwsEc2Instance', 'AwsIamAccessKey']);
    expect(resources).toHaveLength(3);
    expect(resources[1].Details.AwsEc2Instance.IpV4Addresses).toEqual(['10.0.1.18']);
    expect(document.host.ip).toEqual(['10.0.1.17', '198.51.100.200', '2001:db8:1::17']);
    expect(document.related.ip).toContain('10.0.1.18');
  });

  test('the first is what the finding is about', async () => {
    const { document } = await one(sample('third-party'));
    expect(document.cloud.entity).toEqual({
      id: 'containerid:1a2b3c',
      name: 'containerid:1a2b3c',
      sub_type: 'Container',
    });
  });
});

describe('product', () => {
  const observer = async (change: object) => (await of(change)).document.observer;
  const arn = (path: string) => ({ ProductArn: `arn:aws:securityhub:eu-west-1::${path}` });

  test.each([
    [arn('product/aws/guardduty'), { vendor: 'AWS', product: 'guardduty' }],
    [
      { ...arn('productv2/aws/inspector'), ProductName: 'Inspector' },
      { vendor: 'AWS', product: 'inspector' },
    ],
    [arn('product/prowler/prowler'), { vendor: 'Prowler', product: 'Prowler' }],
    [
      { ...arn('product/1/default'), ProductFields: { ProviderName: 'Prowler' } },
      { vendor: 'Prowler', product: 'Prowler' },
    ],
    [
      { ...arn('product/acme/eye'), ProductName: 'Eye', CompanyName: 'ACME' },
      { vendor: 'ACME', product: 'Eye' },
    ],
    [
      {
        ...arn('product/acme/eye'),
        ProductFields: { 'aws/securityhub/ProductName': 'Eye', 'aws/securityhub/CompanyName': 'ACME' },
      },
      { vendor: 'ACME', product: 'Eye' },
    ],
    [arn('product/acme/eye'), { vendor: 'acme', product: 'eye' }],
    [{ ProductArn: 'x' }, { vendor: 'unknown', product: 'unknown' }],
  ])('of %j', async (change, expected) => {
    expect(await observer(change)).toEqual(expected);
  });
});

describe('checks', () => {
  const compliance = async (index: number) =>
    (await written(sample('get-findings')))[index].document.aws.securityhub.compliance;

  test('the control and the standard are known by whatever names them', async () => {
    expect(await compliance(0)).toMatchObject({ control_id: '1.3', standard_names: ['CIS'] });
    expect(await compliance(1)).toMatchObject({ control_id: 'PCI.IAM.6', standard_names: ['PCI DSS'] });
    expect(await compliance(2)).toMatchObject({ control_id: 'IAM.6', standard_names: ['NIST SP 800-53'] });
    const { document } = await of({ GeneratorId: 'aws-foundational-security-best-practices/v/1.0.0/S3.1' });
    expect(document.rule).toMatchObject({ id: 'S3.1', ruleset: 'FSBP' });
  });

  test('standards with similar names are told apart', async () => {
    const { document } = await one(JSON.stringify(JSON.parse(sample('prowler.asff'))[1]));
    expect(document.aws.securityhub.compliance.standards).toContain('CISA');
    expect(document.aws.securityhub.compliance.standard_names).toEqual(['NIST SP 800-53']);
  });

  test('what passed is a state, what failed an alert', async () => {
    const kind = async (Status: string) => (await of({ Compliance: { Status } })).document.event;
    expect(await kind('PASSED')).toMatchObject({ kind: 'state', outcome: 'success', category: ['configuration'] });
    expect(await kind('FAILED')).toMatchObject({ kind: 'alert', outcome: 'failure' });
    expect(await kind('WARNING')).toMatchObject({ kind: 'alert', outcome: 'unknown' });
    expect((await of({})).document.event.outcome).toBeUndefined();
  });

  test('what Prowler can only ask for by hand has no outcome', async () => {
    expect((await ofOcsf({ status_code: 'MANUAL' })).facts.outcome).toBe('unknown');
  });
});

describe('blocks', () => {
  test('text is kept as it came, in any script, with its Markdown', async () => {
    const { document } = await one(sample('third-party'));
    expect(document.message).toBe('`sshd` 가 악성 주소와 **통신** 했습니다');
    expect(document.event.reason).toContain('## 요약\n- 호스트');
    expect(document.aws.securityhub.types).toContain('Custom/😀');
    expect(document.aws.securityhub.user_defined_fields).toEqual({ ticket: 'SEC-1234', 담당: '관제팀' });
  });

  test('members that are not known are kept', async () => {
    expect((await one(sample('third-party'))).document.aws.securityhub.other).toEqual({
      ExtraMember: { new: 'thing' },
    });
    expect((await one(sample('v2-guardduty'))).document.aws.securityhub.other).toEqual({ count: 3 });
  });

  test("the place of a remote end is ours where we know one, else the finding's", async () => {
    expect((await one(sample('guardduty'), { geo })).document.destination).toMatchObject(known);
    expect((await one(sample('guardduty'))).document.destination).toMatchObject({
      ip: '203.0.113.7',
      port: 6667,
      geo: { city_name: 'Berlin', country_name: 'Germany' },
      as: { number: 64496, organization: { name: 'Example Hosting' } },
    });
  });

  const remote = { RemoteIpDetails: { IpAddressV4: '203.0.113.7' } };
  const local = { LocalPortDetails: { Port: 22 }, LocalIpDetails: { IpAddressV4: '10.0.0.1' } };
  test.each([
    [{ NetworkConnectionAction: { ConnectionDirection: 'INBOUND', ...remote, ...local } }, '203.0.113.7', '10.0.0.1'],
    [{ NetworkConnectionAction: { ConnectionDirection: 'OUTBOUND', ...remote, ...local } }, '10.0.0.1', '203.0.113.7'],
    [{ PortProbeAction: { PortProbeDetails: [{ ...remote, ...local }], Blocked: true } }, '203.0.113.7', '10.0.0.1'],
    [{ AwsApiCallAction: { Api: 'ListBuckets', ...remote } }, '203.0.113.7', undefined],
    [{ DnsRequestAction: { Domain: 'C2.example.com' } }, undefined, undefined],
  ])('the ends of %j', async (Action, source, destination) => {
    const { document } = await of({ Action });
    expect([document.source?.ip, document.destination?.ip]).toEqual([source, destination]);
    expect(ecsFaults(document)).toEqual([]);
  });

  test('what was blocked is denied', async () => {
    const { document } = await of({ Action: { ActionType: 'PORT_PROBE', PortProbeAction: { Blocked: true } } });
    expect(document.event.type).toContain('denied');
  });

  test.each([
    [
      { Type: 'IPV6_ADDRESS', Value: '2001:db8::1' },
      { type: 'ipv6-addr', ip: '2001:db8::1' },
    ],
    [
      { Type: 'DOMAIN', Value: 'c2.example.com' },
      { type: 'domain-name', url: { domain: 'c2.example.com' } },
    ],
    [
      { Type: 'URL', Value: 'http://c2.example.com/x' },
      { type: 'url', url: { original: 'http://c2.example.com/x' } },
    ],
    [
      { Type: 'EMAIL_ADDRESS', Value: 'a@example.com' },
      { type: 'email-addr', email: { address: 'a@example.com' } },
    ],
    [
      { Type: 'HASH_MD5', Value: 'd41d8cd9' },
      { type: 'file', file: { hash: { md5: 'd41d8cd9' } } },
    ],
    [{ Type: 'SOMETHING', Value: 'new' }, undefined],
  ])('threat intelligence %j', async (indicator, expected) => {
    expect((await of({ ThreatIntelIndicators: [indicator] })).document.threat?.indicator).toEqual(expected);
  });
});

describe('events', () => {
  test("an analyst's action is an event of its own for each finding, however often it is done", async () => {
    const [first, second] = await written(sample('custom-action'));
    const uid =
      'arn:aws:securityhub:ap-northeast-2:123456789012:security-control/S3.8/finding/0c3f8a52-6a1b-4d57-9a43-5d0b6f1e2a11';
    expect(first.facts).toMatchObject({
      id: `${uid}@2026-11-24T13:40:38.123Z/notified/action/1a1111a1-b22b-3c33-444d-5555e5ee5555`,
      current: '',
      about: uid,
      time: Date.parse('2026-11-24T14:05:00Z'),
      copy: false,
      sourcetype: 'aws:securityhub:action',
    });
    expect(first.document).toMatchObject({
      '@timestamp': '2026-11-24T14:05:00.000Z',
      event: { kind: 'event', action: 'ToTicket' },
      finding: { uid },
      aws: { securityhub: { custom_action: { name: 'ToTicket', description: '티켓을 만듭니다' } } },
    });
    expect(second.facts.id).not.toBe(first.facts.id);
    const again = JSON.parse(sample('custom-action'));
    again.id = 'another';
    expect((await written(JSON.stringify(again)))[0].facts.id).not.toBe(first.facts.id);
  });

  test('an action on what a native source delivers too is not a copy', async () => {
    const event = JSON.parse(sample('guardduty'));
    event['detail-type'] = 'Security Hub Findings - Custom Action';
    const { facts } = await one(JSON.stringify(event), { natives: ['guardduty'] });
    expect(facts).toMatchObject({ copy: false, current: '' });
  });

  test("an insight's results are a document of their own kind and no finding", async () => {
    const { document, facts } = await one(sample('insight'));
    expect(document.finding).toBeUndefined();
    expect(document.aws.securityhub.insight).toMatchObject({ count: 2, values: ['alice', 'bob'] });
    expect(facts).toMatchObject({
      id: 'insight@2b2222b2-b22b-3c33-444d-5555e5ee5555',
      current: '',
      account: '123456789012',
    });
  });

  test.each([
    [
      { 'detail-type': 'Security Hub Standard Results', detail: {} },
      'unexpected detail-type "Security Hub Standard Results"',
    ],
    [
      { 'detail-type': 'Security Hub Findings - Imported', detail: { findings: [] } },
      'detail.findings is not a list of findings',
    ],
    [
      { 'detail-type': 'Security Hub Findings - Imported', detail: { findings: {} } },
      'detail.findings is not a list of findings',
    ],
    [{ 'detail-type': 'Findings Imported V2', detail: { findings: [7] } }, 'one of detail.findings is not an object'],
    [
      { 'detail-type': 'Findings Imported V2', detail: { findings: [{}] } },
      'this is a finding neither in ASFF nor in OCSF',
    ],
    [
      { 'detail-type': 'Security Hub Insight Results', time: 'soon', detail: {} },
      'the time of the event is not a date',
    ],
    [{ class_uid: 4001, finding_info: {} }, 'OCSF unknown class 4001 () is not read'],
    [{ eventVersion: '1.0' }, 'this is a finding neither in ASFF nor in OCSF'],
  ])('%j is refused', async (event, message) => {
    await expect(written(JSON.stringify(event))).rejects.toMatchObject({ name: 'DecodeError', message });
  });

  test('a finding that is refused is kept with its event', async () => {
    const event = JSON.parse(sample('custom-action'));
    event.detail.findings[0].Id = '';
    const text = JSON.stringify(event);
    event.detail.findings.length = 1;
    const error = await written(text).catch((thrown: unknown) => thrown);
    expect(Buffer.from((error as Any).raw).toString()).toBe(JSON.stringify(event));
  });
});

describe('for Splunk', () => {
  test('a finding is its own bytes, without the envelope', async () => {
    const text = sample('control');
    const { raw, facts } = await one(text);
    expect(text).toContain(raw);
    expect(JSON.parse(raw)).toEqual(JSON.parse(text).detail.findings[0]);
    expect(facts.sourcetype).toBe('');
  });

  test('what the add-on does not parse has a sourcetype of its own', async () => {
    expect((await one(sample('v2-control'))).facts.sourcetype).toBe('aws:securityhub:ocsf');
    expect((await one(sample('insight'))).facts.sourcetype).toBe('aws:securityhub:insight');
  });

  test('of an action it is the event, which names the action', async () => {
    const event = JSON.parse(sample('custom-action'));
    const { findings } = event.detail;
    const found = await written(sample('custom-action'));
    expect(found.map(({ raw }) => JSON.parse(raw).detail)).toEqual(
      findings.map((finding: Any) => ({ ...event.detail, findings: [finding] })),
    );
    event.detail.findings.length = 1;
    expect((await one(JSON.stringify(event))).raw).toBe(JSON.stringify(event));
  });
});

describe('the archive gets an event', () => {
  const route = ['opensearch', 'splunk', 'archive'] as const;
  const source = securityhub({ geo: noGeo, route });
  /** What goes there of each record that can be read: the event's text, or nothing. */
  async function archived(input: string): Promise<(string | undefined)[]> {
    const found: (string | undefined)[] = [];
    const spy = {
      ...source,
      write(record: Any, from: Any, doc: Any, facts: Facts) {
        try {
          source.write(record, from, doc, facts);
        } catch {
          doc.json({});
          return true;
        }
        expect(source.route(facts)).toEqual(facts.archived ? ['opensearch', 'splunk'] : route);
        const { bytes, start, end } = source.event!(record);
        found.push(facts.archived ? undefined : Buffer.from(bytes.subarray(start, end)).toString());
        return true;
      },
    };
    await allWritten(spy, input);
    return found;
  }

  test('once, as it came, however many findings are in it', async () => {
    const text = sample('custom-action').trim();
    expect(await archived(`${text}${text}`)).toEqual([text, undefined, text, undefined]);
  });

  test('with the first finding that can be read', async () => {
    const event = JSON.parse(sample('custom-action'));
    event.detail.findings.unshift({ ...event.detail.findings[0], Id: '' });
    const text = JSON.stringify(event);
    expect(await archived(text)).toEqual([text, undefined]);
  });

  test('of a finding alone, which is all that came, and of one that was asked for', async () => {
    const alone = JSON.stringify(bare);
    const asked = `{"detail-type":"GetFindings","account":"1","detail":{"findings":[${alone}]}}`;
    expect(await archived(`${alone}\n${asked}`)).toEqual([alone, asked]);
  });
});

test('findings one per line, in an array and as GetFindings answers are records', async () => {
  const findings = [1, 2, 3].map((n) => JSON.stringify({ ...bare, Id: `f${n}` }));
  for (const input of [
    findings.join('\n'),
    `[${findings.join(',')}]`,
    `{"Findings":[${findings.join(',')}],"NextToken":"x"}`,
  ]) {
    expect((await written(input)).map(({ facts }) => facts.current)).toEqual(['f1', 'f2', 'f3']);
  }
});

test('no odd value anywhere in a finding keeps it from being a valid document', async () => {
  const findings: Any[] = names.flatMap((name) => {
    const value = JSON.parse(readFileSync(new URL(name, SAMPLES), 'utf8'));
    return value.Findings ?? value.detail?.findings ?? (Array.isArray(value) ? value : []);
  });
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('', '0', -1, 1e300, [], {}, [[]], null));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...findings),
      fc.array(fc.nat(), { maxLength: 8 }),
      odd,
      async (finding, way, value) => {
        const changed = structuredClone(finding);
        replaceAt(changed, way, value);
        const whole = finding.class_uid === undefined ? { ...changed, ...bare } : { ...changed, ...bareOcsf };
        const { document } = await one(JSON.stringify(whole));
        expect(ecsFaults(document)).toEqual([]);
      },
    ),
    { numRuns: 2000 },
  );
});

describe('options', () => {
  test('rows of the field map can be added, replaced and removed, for both formats', async () => {
    const options: Partial<SecurityhubOptions> = {
      fields: [
        ['message', ['Description', 'finding_info.desc']],
        ['tags[]', 'Resources[].Tags.Team'],
        ['rule.category', null],
      ],
    };
    const { document } = await one(sample('control'), options);
    expect(document.message).toMatch(/^This control checks/);
    expect(document.tags).toEqual(['봉수']);
    expect(document.rule.category).toBeUndefined();
    expect((await one(sample('v2-control'), options)).document.message).toBe(document.message);
  });

  test('a row that makes no sense is fatal at once', () => {
    const fields: SecurityhubOptions['fields'] = [['message', 'Title', 'txt']];
    expect(() => securityhub({ geo: noGeo, route: [], fields })).toThrow(ConfigError);
  });

  test('every finding goes where the options say', () => {
    expect(securityhub({ geo: noGeo, route: ['splunk'] }).route(blank())).toEqual(['splunk']);
  });
});

const PROWLER = new URL('../../../../shared/data/prowler/s3-iam-cloudtrail.asff.json.gz', import.meta.url);
const isThere = existsSync(PROWLER);
const prowled = isThere ? test : test.skip;
prowled(
  `61 findings of a real run of Prowler${isThere ? '' : ' (skipped: they are not on this machine)'}`,
  async () => {
    const found = await written(gunzipSync(readFileSync(PROWLER)).toString());
    expect(found).toHaveLength(61);
    expect(found.flatMap(({ document }) => ecsFaults(document))).toEqual([]);
    for (const { document } of found) {
      expect(document.observer).toEqual({ vendor: 'Prowler', product: 'Prowler' });
      const { generator_id, compliance } = document.aws.securityhub;
      expect(`prowler-${compliance.control_id}`).toBe(generator_id);
      expect(document.rule.id).toBe(compliance.control_id);
    }
    expect(new Set(found.map(({ facts }) => facts.id)).size).toBe(61);
  },
);

test('event.json carries samples through SQS', () => {
  const { Records } = JSON.parse(sample('event'));
  expect(Records.map(({ eventSource }: Any) => eventSource)).toEqual(Array(3).fill('aws:sqs'));
  const bodies = Records.map(({ body }: Any) => JSON.parse(body));
  expect(bodies).toEqual(['control', 'v2-guardduty', 'third-party'].map((name) => JSON.parse(sample(name))));
});
