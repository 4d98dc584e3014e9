import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type MacieOptions, macie } from '../../../functions/macie/source.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { bytesOf } from '../../../shared/text/bytes.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { type Any, allWritten, replaceAt } from '../../source.ts';

const SAMPLES = new URL('../../sample/macie/', import.meta.url);
const names = readdirSync(SAMPLES)
  .filter((name) => name.endsWith('.json') && name !== 'event.json')
  .sort();
const sample = (name: string): string => readFileSync(new URL(`${name}.json`, SAMPLES), 'utf8');

const known = { geo: { country_iso_code: 'DE' }, as: { number: 64999, organization: { name: 'Known' } } };
const geo: MacieOptions['geo'] = { of: (ip) => (ip === '192.0.2.44' ? known : undefined) };

const written = (input: string, options: Partial<MacieOptions> = {}) =>
  allWritten(macie({ geo: noGeo, route: ['opensearch', 'splunk'], ...options }), input);

async function one(input: string, options?: Partial<MacieOptions>) {
  const found = await written(input, options);
  expect(found).toHaveLength(1);
  return found[0];
}

/** A finding with only what each must have. */
const bare = { id: 'f1', updatedAt: '2026-11-24T18:19:10Z', resourcesAffected: {} };

test('samples become the golden documents, byte for byte, and each is valid ECS', async () => {
  const lines: string[] = [];
  for (const name of names) {
    for (const { line, document } of await written(readFileSync(new URL(name, SAMPLES), 'utf8'), { geo })) {
      expect(ecsFaults(document)).toEqual([]);
      lines.push(line);
    }
  }
  expectGolden('macie', lines);
  expect(lines.length).toBeGreaterThan(names.length); // none lost; the API's answer holds several
});

describe('identity', () => {
  test('each state has its own id, the newest state that of the finding, ordered by the update', async () => {
    const { facts, document } = await one(sample('policy'));
    expect(facts).toEqual({
      ...blank(),
      id: '64b917aa-3843-014c-91d8-937ff0c0ffee@2026-11-24T23:12:15.000Z',
      current: '64b917aa-3843-014c-91d8-937ff0c0ffee',
      time: 1795561935000,
      version: 1795561935000,
      severity: 'high',
      account: '123456789012',
      region: 'us-east-1',
      product: 'macie',
      workflow: 'new',
    });
    expect(document.finding).toEqual({ uid: facts.current, severity: 'high', way: 'eventbridge', via: '123456789012' });
  });

  test('a state has one id whichever way it came', async () => {
    const [api, archived] = await written(sample('get-findings'));
    expect(api.facts).toEqual((await one(sample('policy'))).facts);
    expect(api.document.finding.way).toBe('api');
    expect(archived.facts.workflow).toBe('archived');
  });

  test.each([
    [{ ...bare, id: '' }, 'the finding has no id'],
    [{ ...bare, updatedAt: 'soon' }, 'updatedAt of the finding is not a date'],
    [
      { ...bare, resourcesAffected: undefined, type: 'Policy:S3/BucketBlockPublicAccessDisabled' },
      'this is not a finding of Macie',
    ],
    [{ 'detail-type': 'Macie Finding', detail: [] }, 'the event has no detail'],
    [{ 'detail-type': 'Macie Alert', detail: {} }, 'unexpected detail-type "Macie Alert"'],
  ])('%j is refused', async (event, message) => {
    await expect(written(JSON.stringify(event))).rejects.toMatchObject({ name: 'DecodeError', message });
  });
});

describe('sensitive data', () => {
  test('is counted by category and kind', async () => {
    const { document } = await one(sample('sensitive-data'));
    expect(document.aws.macie.sensitive).toMatchObject({
      count: 70,
      has_more: true,
      categories: ['PERSONAL_INFORMATION', 'FINANCIAL_INFORMATION'],
      types: ['USA_SOCIAL_SECURITY_NUMBER', 'NAME', 'CREDIT_CARD_NUMBER', 'employee number'],
    });
    expect(document.aws.macie.sensitive.detections[1]).toEqual({
      category: 'FINANCIAL_INFORMATION',
      totalCount: 2,
      detections: [{ type: 'CREDIT_CARD_NUMBER', count: 2 }],
    });
    expect(document.aws.macie.job.results).toMatch(/^s3:\/\/amzn-s3-demo-results\//);
  });

  test('gets nowhere itself, not by the places where it was found: neither the document nor the raw record has them', async () => {
    const { line, raw } = await one(sample('sensitive-data'));
    for (const text of [line, raw]) expect(text).not.toMatch(/occurrences|Jane|078|봉-1|columnName|jsonPath/);
    const { detail, ...envelope } = JSON.parse(raw);
    expect(envelope).toEqual((({ detail: _, ...rest }) => rest)(JSON.parse(sample('sensitive-data'))));
    expect(detail.classificationDetails.result.sensitiveData[0].totalCount).toBe(65);
  });

  test('gets nowhere by members that AWS may add', async () => {
    const finding = { ...bare, moreDetails: { result: [{ occurrences: { cells: ['Jane'] }, count: 1 }] } };
    const { document, raw } = await one(JSON.stringify(finding));
    expect(document.aws.macie.other).toEqual({ moreDetails: { result: [{ count: 1 }] } });
    expect(raw).not.toContain('Jane');
  });

  test('a record without places is as it came; one that is no JSON too', async () => {
    const source = macie({ geo: noGeo, route: [] });
    for (const text of ['{"id" : "f1"}', '{"occurrences":1.2.3}']) {
      const record = bytesOf(text);
      expect(source.raw(record, blank())).toBe(record);
    }
  });

  test('the object is a file', async () => {
    const { document } = await one(sample('sensitive-data'));
    expect(document.file).toEqual({
      name: 'Employee Contacts.csv',
      path: 'hr/2026/Employee Contacts.csv',
      extension: 'csv',
      size: 4750,
      mtime: '2026-11-20T23:08:25.000Z',
      mime_type: 'text/csv',
    });
    expect(document.event).toMatchObject({ category: ['file'], type: ['info'] });
  });
});

describe('policies', () => {
  test('the actor is the user and the source; the place is ours where we know one', async () => {
    const { document } = await one(sample('policy'), { geo });
    expect(document.user).toEqual({ name: 'deploy', id: 'AROA1234567890EXAMPLE:session' });
    expect(document.source).toEqual({ ip: '192.0.2.44', address: '192.0.2.44', ...known });
    expect(document.event).toMatchObject({ category: ['configuration'], type: ['change'], action: 'PutBucketPolicy' });
    expect(document.aws.macie.actor.arn).toBe('arn:aws:sts::123456789012:assumed-role/deploy/session');
    expect(document.aws.macie.bucket).toMatchObject({ effective_permission: 'PUBLIC', encryption: 'NONE' });
  });

  test('else it is Macie’s, without what a sample made up', async () => {
    expect((await one(sample('policy'))).document.source).toMatchObject({
      geo: { city_name: 'Ashburn', country_iso_code: 'US', location: { lat: 39.0481, lon: -77.4728 } },
      as: { number: 64496, organization: { name: 'Example Hosting' } },
    });
    expect((await one(sample('sample'))).document.source.as).toEqual({
      organization: { name: 'GeneratedFindingASNOrg' },
    });
  });
});

test('a sample is marked, in any case', async () => {
  expect((await one(sample('sample'))).document.aws.macie.sample).toBe(true);
  expect((await one(sample('policy'))).document.aws.macie.sample).toBe(false);
});

test('no odd value anywhere in a finding keeps it from being a valid document', async () => {
  const findings = names.flatMap((name) => {
    const value = JSON.parse(readFileSync(new URL(name, SAMPLES), 'utf8'));
    return value.findings ?? [value.detail];
  });
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('', '0', -1, 1e300, [], {}, [[]], null));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...findings),
      fc.array(fc.nat(), { maxLength: 8 }),
      odd,
      async (finding, way, value) => {
        const changed: Any = structuredClone(finding);
        replaceAt(changed, way, value);
        const { document } = await one(JSON.stringify({ ...changed, ...bare }));
        expect(ecsFaults(document)).toEqual([]);
      },
    ),
    { numRuns: 2000 },
  );
});

test('rows of the field map can be added and replaced; one that makes no sense is fatal at once', async () => {
  const fields = [['labels.division', 'resourcesAffected.s3Bucket.tags[].value']] as const;
  expect((await one(sample('policy'), { fields })).document.labels).toEqual({ division: 'HR' });
  expect(() => macie({ geo: noGeo, route: [], fields: [['message', 'title', 'txt']] })).toThrow(ConfigError);
});

test('event.json carries a sample through SQS', () => {
  const [{ body, eventSource }] = JSON.parse(sample('event')).Records;
  expect(eventSource).toBe('aws:sqs');
  expect(JSON.parse(body)).toEqual(JSON.parse(sample('sensitive-data')));
});
