import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type InspectorOptions, inspector } from '../../../functions/inspector/source.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { type Any, allWritten, replaceAt } from '../../source.ts';

const SAMPLES = new URL('../../sample/inspector/', import.meta.url);
const names = readdirSync(SAMPLES)
  .filter((name) => name.endsWith('.json') && name !== 'event.json')
  .sort();
const sample = (name: string): string => readFileSync(new URL(`${name}.json`, SAMPLES), 'utf8');

const written = (input: string, options: Partial<InspectorOptions> = {}) =>
  allWritten(inspector({ route: ['opensearch', 'splunk'], ...options }), input);

async function one(input: string, options?: Partial<InspectorOptions>) {
  const found = await written(input, options);
  expect(found).toHaveLength(1);
  return found[0];
}

/** A finding with only what each must have. */
const bare = {
  findingArn: 'arn:aws:inspector2:eu-west-1:123456789012:finding/f1',
  updatedAt: 'Nov 24, 2026, 1:40:05 PM',
};
const of = (finding: object) => one(JSON.stringify({ ...bare, ...finding }));

test('samples become the golden documents, byte for byte, and each is valid ECS', async () => {
  const lines: string[] = [];
  for (const name of names) {
    for (const { line, document } of await written(readFileSync(new URL(name, SAMPLES), 'utf8'))) {
      expect(ecsFaults(document)).toEqual([]);
      lines.push(line);
    }
  }
  expectGolden('inspector', lines);
  expect(lines.length).toBeGreaterThan(names.length); // none lost; the API's answer holds several
});

describe('identity', () => {
  test('each state has its own id, the newest state that of the finding, ordered by the update', async () => {
    const { facts, document } = await one(sample('instance'));
    expect(facts).toEqual({
      ...blank(),
      id: '0f2a9c4e6b8d1f3a5c7e9b0d2f4a6c8e@2026-11-24T13:40:05.000Z',
      current: '0f2a9c4e6b8d1f3a5c7e9b0d2f4a6c8e',
      time: 1795527605000,
      version: Date.parse('2026-11-24T13:40:12Z'), // when it was sent
      severity: 'high',
      account: '123456789012',
      region: 'eu-west-1',
      product: 'inspector',
      workflow: 'new',
    });
    expect(document.finding).toEqual({ uid: facts.current, severity: 'high', way: 'eventbridge', via: '123456789012' });
  });

  test('a state has one id whichever way it came, though the API tells parts of a second', async () => {
    const [event] = await written(sample('instance'));
    const [api] = await written(sample('list-findings'));
    expect(api.facts.id).toBe(event.facts.id);
    expect(api.document.finding).toEqual({ uid: event.facts.current, severity: 'high', way: 'api' });
    expect(api.document.aws.inspector.vulnerability).toEqual(event.document.aws.inspector.vulnerability);
    expect(api.document.aws.inspector.exploit).toEqual(event.document.aws.inspector.exploit);
  });

  test.each(['Nov 24, 2026, 01:40:05 PM', '2026-11-24T13:40:05Z', 1795527605, '1795527605'])(
    'updated at %s is the same state',
    async (updatedAt) => {
      const { facts, document } = await of({ updatedAt });
      expect(facts.id).toBe('f1@2026-11-24T13:40:05.000Z');
      expect(document['@timestamp']).toBe('2026-11-24T13:40:05.000Z');
    },
  );

  test('a finding that was never updated has the time at which it was last seen', async () => {
    const { facts } = await of({ updatedAt: null, lastObservedAt: '2026-11-24T00:00:00Z' });
    expect(facts.time).toBe(Date.parse('2026-11-24T00:00:00Z'));
  });

  test('the region is that of the finding, since an image has none', async () => {
    const { document, facts } = await one(sample('image'));
    expect([document.cloud.region, facts.region]).toEqual(['us-east-2', 'us-east-2']);
  });

  test.each([
    ['ACTIVE', 'new'],
    ['SUPPRESSED', 'suppressed'],
    ['CLOSED', 'resolved'],
    ['NEW_ONE', ''],
  ])('%s is the workflow state "%s"', async (status, workflow) => {
    const { document, facts } = await of({ status });
    expect(facts.workflow).toBe(workflow);
    expect(document.aws.inspector.status).toBe(status);
  });

  test.each([
    [{ ...bare, findingArn: '' }, 'the finding has no ARN'],
    [{ ...bare, updatedAt: 'soon' }, 'updatedAt of the finding is not a date'],
    [{ 'detail-type': 'Inspector2 Finding', detail: null }, 'the event has no detail'],
    [{ 'detail-type': 'Inspector2 AutoEnable', detail: {} }, 'unexpected detail-type "Inspector2 AutoEnable"'],
    [{ 'detail-type': 'Inspector2 Scan', time: '2026-11-24T00:00:00Z', detail: {} }, 'the event has no id'],
    [{ 'detail-type': 'Inspector2 Scan', id: 'e1', detail: {} }, 'time of the event is not a date'],
  ])('%j is refused', async (event, message) => {
    await expect(written(JSON.stringify(event))).rejects.toMatchObject({ name: 'DecodeError', message });
  });
});

describe('severity', () => {
  test.each([
    ['CRITICAL', 'critical'],
    ['INFORMATIONAL', 'informational'],
    ['UNTRIAGED', undefined],
  ])('%s is %s', async (severity, label) => {
    const { document, facts } = await of({ severity });
    expect(facts.severity).toBe(label);
    expect(document.vulnerability.severity).toBe(label);
    expect(document.aws.inspector.severity).toBe(severity.toLowerCase());
  });

  test('the base score is that which Inspector started from, its own the environmental one', async () => {
    const { document } = await one(sample('image'));
    expect(document.vulnerability.score).toEqual({ base: 6.5, environmental: 6.5, version: '3.0' });
    expect(document.vulnerability.classification).toBe('CVSS');
  });

  test('without that, the newest CVSS counts, and without any, Inspector’s own', async () => {
    const cvss = [
      { baseScore: 8.1, version: '3.1', source: 'NVD' },
      { baseScore: 5.8, version: '2.0', source: 'NVD' },
    ];
    const { document } = await of({ packageVulnerabilityDetails: { cvss } });
    expect(document.vulnerability.score).toEqual({ base: 8.1, version: '3.1' });
    expect((await one(sample('lambda'))).document.vulnerability.score).toEqual({
      base: 8.95,
      environmental: 8.95,
      version: '3.1',
    });
  });
});

describe('kinds', () => {
  test('one vulnerable package is the package; of several each is kept and found by its name', async () => {
    expect((await one(sample('image'))).document.package).toEqual({
      name: 'libssh2',
      version: '1.4.3',
      architecture: 'X86_64',
      type: 'os',
    });
    const { document } = await one(sample('instance'));
    expect(document.package).toBeUndefined();
    expect(document.aws.inspector.package_names).toEqual(['openssh-client', 'openssh-server']);
    expect(document.aws.inspector.packages[1]).toMatchObject({
      version: '9.6p1',
      fixedInVersion: '1:9.6p1-3ubuntu13.3',
      packageManager: 'OS',
      remediation: 'apt-get update && apt-get upgrade',
    });
  });

  test('the chance and the fact of an exploit, and whether there is a fix, are told', async () => {
    const { document } = await one(sample('instance'));
    expect(document.aws.inspector).toMatchObject({
      epss: 0.68543,
      exploit: { available: 'YES', last_known_at: '2026-11-22T02:12:09.000Z' },
      fix_available: 'YES',
    });
    expect(document.vulnerability).toMatchObject({ id: 'CVE-2024-6387', enumeration: 'CVE' });
  });

  test('a vulnerability in code has the weakness as its id, and the file', async () => {
    const { document } = await one(sample('code'));
    expect(document.vulnerability).toMatchObject({ id: 'CWE-77', enumeration: 'CWE', severity: 'critical' });
    expect(document.rule).toEqual({ id: 'Rule-434311', name: 'OS command injection' });
    expect(document.file).toEqual({ name: 'run.py', path: 'report/run.py' });
    expect(document.faas).toMatchObject({ name: 'report', version: '3' });
  });

  test('a way from the Internet has the port, where it is one', async () => {
    const { document } = await one(sample('network'));
    expect(document.event.category).toEqual(['vulnerability', 'network']);
    expect([document.network.transport, document.destination.port]).toEqual(['tcp', 22]);
    const openPortRange = { begin: 0, end: 65535 };
    const wide = await of({ networkReachabilityDetails: { openPortRange, protocol: 'UDP' } });
    expect(wide.document.destination).toBeUndefined();
    expect(wide.document.aws.inspector.network.port).toEqual({ begin: 0, end: 65535 });
  });

  test('what AWS has added since is kept', async () => {
    expect((await one(sample('lambda'))).document.aws.inspector.other).toEqual({
      novelty: { what: 'AWS has added since' },
    });
  });

  test('coverage and scans are events of their own: no finding, no newest state, one id each', async () => {
    const coverage = await one(sample('coverage'));
    expect(coverage.document.event).toMatchObject({ kind: 'state', action: 'inactive' });
    expect(coverage.document.cloud.instance.id).toBe('i-087d63509b8c97098');
    expect(coverage.document['@timestamp']).toBe('2026-11-24T13:39:58.665Z');
    const scan = await one(sample('scan-image'));
    expect(scan.document.event.kind).toBe('event');
    expect(scan.document.aws.inspector.scan.findings).toEqual({ critical: 7, high: 61, medium: 62, total: 158 });
    for (const { document, facts } of [coverage, scan]) {
      expect(document.finding).toBeUndefined();
      expect(facts).toMatchObject({ id: document.event.id, current: '', version: 0, severity: undefined });
      expect(facts.sourcetype).toBe('aws:inspector:v2:events');
    }
  });

  test('the record itself is the event as it came', async () => {
    expect(JSON.parse((await one(sample('scan-image'))).raw)).toEqual(JSON.parse(sample('scan-image')));
  });
});

describe('what does not fit', () => {
  test('no odd value anywhere in an event keeps it from being a valid document', async () => {
    const events = names.flatMap((name) => {
      const value = JSON.parse(readFileSync(new URL(name, SAMPLES), 'utf8'));
      return value.findings ?? [value];
    });
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('', '0', 'N/A', -1, 1e300, [], {}, [[]], null));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...events),
        fc.array(fc.nat(), { maxLength: 8 }),
        odd,
        async (event, way, value) => {
          const changed: Any = structuredClone(event);
          const detail = changed.detail ?? changed;
          replaceAt(detail, way, value);
          if (detail.findings === undefined) Object.assign(detail, bare);
          const { document } = await one(JSON.stringify(changed));
          expect(ecsFaults(document)).toEqual([]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('rows of the field map can be added and replaced; one that makes no sense is fatal at once', async () => {
    const fields = [['labels.team', 'resources[].tags.Team']] as const;
    expect((await one(sample('instance'), { fields })).document.labels).toEqual({ team: '봉수' });
    expect(() => inspector({ route: [], fields: [['message', 'title', 'txt']] })).toThrow(ConfigError);
  });
});

test('event.json carries a sample through SQS', () => {
  const [{ body, eventSource }] = JSON.parse(sample('event')).Records;
  expect(eventSource).toBe('aws:sqs');
  expect(JSON.parse(body)).toEqual(JSON.parse(sample('instance')));
});
