/** Findings that other collectors got wrong; test/sample/cases/README.md says what is right. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { guardduty } from '../../functions/guardduty/source.ts';
import { inspector } from '../../functions/inspector/source.ts';
import { macie } from '../../functions/macie/source.ts';
import { securityhub } from '../../functions/securityhub/source.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import { type Any, allWritten, readAll, type Written } from '../source.ts';

const sample = (name: string): string => readFileSync(new URL(`../sample/cases/${name}`, import.meta.url), 'utf8');
const options = { geo: noGeo, route: ['opensearch', 'splunk'] as const };
const hub = (input: string, natives: readonly string[] = []): Promise<Written[]> =>
  allWritten(securityhub({ ...options, natives }), input);

/** What `aws-findings-history` and `aws-findings-current` hold after these records, in this order of arrival. */
function stored(records: readonly Written[]) {
  const history = new Map<string, Written>();
  const current = new Map<string, Written>();
  for (const record of records) {
    const { id, current: uid, version, copy } = record.facts;
    if (!history.has(id)) history.set(id, record);
    if (copy || uid === '') continue;
    if (version >= (current.get(uid)?.facts.version ?? 0)) current.set(uid, record);
  }
  return { history, current };
}

const edit = (line: string, change: (finding: Any, event: Any) => void): string => {
  const event = JSON.parse(line);
  change(event.detail.findings[0], event);
  return JSON.stringify(event);
};

describe('hub-changes-without-date', () => {
  const lines = sample('hub-changes-without-date.ndjson').trim().split('\n');

  test('both states are in the history, the second is the current one, in either order of arrival', async () => {
    const records = await hub(lines.join('\n'));
    for (const order of [records, records.toReversed()]) {
      const { history, current } = stored(order);
      expect(history.size).toBe(records.length);
      expect(current.size).toBe(records.length / 2);
      for (const [, { facts }] of current) expect(records.map((each) => each.facts.id).indexOf(facts.id) % 2).toBe(1);
    }
  });

  test('the same delivery twice, also with its members in another order, is one state', async () => {
    const shuffled = lines.map((line) =>
      edit(line, (finding, event) => {
        event.detail.findings[0] = Object.fromEntries(Object.entries(finding).reverse());
      }),
    );
    expect(stored(await hub([...lines, ...shuffled].join('\n'))).history.size).toBe(lines.length);
  });

  const changes: Readonly<Record<string, (finding: Any) => void>> = {
    label: (f) => Object.assign(f.Severity, { Label: 'LOW' }),
    number: (f) => Object.assign(f.Severity, { Normalized: 75 }),
    own: (f) => Object.assign(f, { UserDefinedFields: { owner: 'kim' } }),
    criticality: (f) => Object.assign(f, { Criticality: 99 }),
    confidence: (f) => Object.assign(f, { Confidence: 42 }),
    verification: (f) => Object.assign(f, { VerificationState: 'TRUE_POSITIVE' }),
    types: (f) => Object.assign(f, { Types: ['Effects/Data Exposure'] }),
    related: (f) => Object.assign(f, { RelatedFindings: [{ ProductArn: f.ProductArn, Id: 'other' }] }),
    note: (f) => Object.assign(f, { Note: { Text: 'n', UpdatedBy: 'kim', UpdatedAt: '2026-11-24T14:02:00Z' } }),
    workflow: (f) => Object.assign(f, { Workflow: { Status: 'NOTIFIED' } }),
  };

  test.each(Object.keys(changes))(
    '%s: a state of its own; by the time of its event, also when taken back',
    async (name) => {
      const at = (time: string, change: (finding: Any) => void = () => {}) =>
        edit(lines[0], (finding, event) => {
          event.time = time;
          change(finding);
        });
      const input = [at('2026-11-24T14:01:00Z'), at('2026-11-24T14:03:00Z', changes[name]), at('2026-11-24T14:05:00Z')];
      const [before, changed, after] = await hub(input.join('\n'));
      expect(changed.facts.id).not.toBe(before.facts.id);
      expect(after.facts.id).toBe(before.facts.id);
      expect(stored([after, changed, before]).current.get(after.facts.current)).toBe(after);
    },
  );

  test('two edits after another are two states, and one without its own envelope counts by its update', async () => {
    const own = (owner: string) =>
      edit(lines[0], (finding) => Object.assign(finding, { UserDefinedFields: { owner } }));
    const [kim, lee] = await hub([own('kim'), own('lee')].join('\n'));
    expect(kim.facts.id).not.toBe(lee.facts.id);
    expect(stored([kim, lee]).current.get(lee.facts.current)).toBe(lee);
    const [alone] = await hub(JSON.stringify(JSON.parse(own('kim')).detail.findings[0]));
    expect(alone.facts.id).toBe(kim.facts.id);
    expect(stored([lee, alone]).current.get(lee.facts.current)).toBe(lee); // a backfill is of no later time
  });

  test('what GetFindings answers later is the later state', async () => {
    const [event] = await hub(lines[0]);
    const asked = edit(lines[0], (finding, envelope) => {
      Object.assign(envelope, { 'detail-type': 'GetFindings', time: '2026-11-24T15:00:00.000Z' });
      Object.assign(finding, { Criticality: 7 });
    });
    const [answer] = await hub(asked);
    expect(stored([answer, event]).current.get(event.facts.current)).toBe(answer);
  });

  test('in OCSF: a comment, a severity', async () => {
    const finding = (change: object) =>
      JSON.stringify({
        version: '0',
        id: 'e',
        'detail-type': 'Findings Imported V2',
        source: 'aws.securityhub',
        account: '123456789012',
        time: '2026-11-24T14:01:00Z',
        region: 'ap-northeast-2',
        detail: {
          findings: [
            {
              class_uid: 2003,
              severity: 'High',
              severity_id: 4,
              vendor_attributes: { severity: 'High', severity_id: 4 },
              finding_info: { uid: 'f', modified_time: 1795527638000 },
              metadata: { product: { uid: 'arn:aws:securityhub:ap-northeast-2::productv2/aws/securityhub' } },
              ...change,
            },
          ],
        },
      });
    const changes = [{}, { comment: 'known' }, { severity: 'Low', severity_id: 2 }, { comment: 'asked', status_id: 2 }];
    const records = await hub(changes.map(finding).join('\n'));
    expect(stored(records).history.size).toBe(4);
    expect(stored(records.slice(0, 2).toReversed()).current.get('f')).toBe(records[1]);
  });
});

describe('two states of the same update', () => {
  const states = async (source: Parameters<typeof allWritten>[0], inputs: readonly object[]) => {
    const records = await allWritten(source, inputs.map((input) => JSON.stringify(input)).join('\n'));
    expect(new Set(records.map(({ facts }) => facts.id)).size).toBe(inputs.length);
    for (const order of [records, records.toReversed()]) {
      expect(stored(order).current.get(records[0].facts.current)).toBe(records.at(-1));
    }
  };

  test('inspector: closed in the second of its last update', () => {
    const event = JSON.parse(sample('inspector-date.json'));
    const closed = { ...event, detail: { ...event.detail, status: 'CLOSED' } };
    return states(inspector({ route: ['opensearch'] }), [event, closed]);
  });

  test('guardduty and macie: archived', async () => {
    const event = JSON.parse(sample('native-worked-in-hub.guardduty.json'));
    const archived = { ...event, detail: { ...event.detail, service: { serviceName: 'guardduty', archived: true } } };
    await states(guardduty(options), [event, archived]);
    const detail = {
      id: 'm',
      category: 'POLICY',
      type: 'Policy:IAMUser/S3BucketPublic',
      updatedAt: '2026-11-24T13:40:38Z',
    };
    const policy = { 'detail-type': 'Macie Finding', time: '2026-11-24T13:41:00Z', detail };
    await states(macie(options), [policy, { ...policy, detail: { ...detail, archived: true } }]);
  });
});

describe('native-worked-in-hub', () => {
  test('what people do with a native finding is current, and no copy that Splunk does not get', async () => {
    const [native] = await allWritten(guardduty(options), sample('native-worked-in-hub.guardduty.json'));
    const [copy, worked] = await hub(sample('native-worked-in-hub.securityhub.ndjson'), ['guardduty']);
    expect([copy.facts.copy, worked.facts.copy]).toEqual([true, false]);
    const { current, history } = stored([native, copy, worked]);
    const { document } = current.get(native.facts.current)!;
    expect(document.aws.securityhub).toMatchObject({ workflow: { status: 'resolved' }, note: { text: 'pentest' } });
    expect(document).toMatchObject({ finding: { uid: native.facts.current }, observer: { product: 'guardduty' } });
    expect(history.size).toBe(3);
  });

  test.each([
    [{ Workflow: { Status: 'SUPPRESSED' } }, false],
    [{ Severity: { Label: 'LOW' }, FindingProviderFields: { Severity: { Label: 'MEDIUM' } } }, false],
    [{ UserDefinedFields: { ticket: '7' } }, false],
    [{ RecordState: 'ARCHIVED' }, true], // by GuardDuty itself
    [{ ProcessedAt: '2026-11-24T13:40:41Z' }, false], // set back to new an hour after GuardDuty's update
    [{ ProcessedAt: '2026-11-24T14:00:58Z' }, true],
  ])('%j: a copy? %s', async (change, isCopy) => {
    const [line] = sample('native-worked-in-hub.securityhub.ndjson').split('\n');
    const [{ facts }] = await hub(
      edit(line, (finding) => Object.assign(finding, change)),
      ['guardduty'],
    );
    expect(facts.copy).toBe(isCopy);
  });
});

describe('inspector-date', () => {
  test('is read', async () => {
    const [{ document }] = await allWritten(inspector({ route: [] }), sample('inspector-date.json'));
    expect(document['@timestamp']).toBe('2026-11-24T13:40:38.000Z');
  });

  const time = '2026-11-24T13:40:39Z';
  const unreadable = ['yesterday', '', null, {}, -1, 1e300];
  test.each(unreadable)(
    'an update at %j: the time of the event stands in, in every source of findings',
    async (updatedAt) => {
      const dates = { updatedAt, lastObservedAt: updatedAt };
      const event = (name: string, change: object) => {
        const { detail, ...rest } = JSON.parse(sample(name));
        return JSON.stringify({ ...rest, time, detail: { ...detail, ...change } });
      };
      const policy = { id: 'm', category: 'POLICY', type: 'Policy:IAMUser/S3BucketPublic', ...dates };
      const records = [
        ...(await allWritten(inspector({ route: [] }), event('inspector-date.json', dates))),
        ...(await allWritten(guardduty(options), event('native-worked-in-hub.guardduty.json', dates))),
        ...(await allWritten(macie(options), JSON.stringify({ 'detail-type': 'Macie Finding', time, detail: policy }))),
        ...(await hub(
          edit(sample('hub-changes-without-date.ndjson').split('\n')[0], (finding, envelope) => {
            finding.UpdatedAt = updatedAt;
            envelope.time = time;
          }),
        )),
      ];
      expect(records.map(({ document }) => Date.parse(document['@timestamp']))).toEqual(
        Array(4).fill(Date.parse(time)),
      );
    },
  );

  test.each(['1.663703546405E9', '"1.663703546405E9"', '1663703546.405', '1663703546405'])(
    '%s is a time in every source of findings',
    async (number) => {
      const at = (name: string) => sample(name).replaceAll(/"(updatedAt|UpdatedAt)": ?"[^"]*"/g, `"$1":${number}`);
      const records = [
        ...(await allWritten(inspector({ route: [] }), at('inspector-date.json'))),
        ...(await allWritten(guardduty(options), at('native-worked-in-hub.guardduty.json'))),
        ...(await hub(at('native-worked-in-hub.securityhub.ndjson'))).slice(0, 1),
      ];
      for (const { document } of records) expect(document['@timestamp']).toMatch(/^2022-09-20T19:52:26\.(405|000)Z$/);
    },
  );
});

describe('guardduty-geo', () => {
  const at = async (place: unknown) => {
    const [line] = sample('guardduty-geo.ndjson').split('\n');
    const finding = JSON.parse(line);
    finding.service.action.networkConnectionAction.remoteIpDetails.geoLocation = place;
    return (await allWritten(guardduty(options), JSON.stringify(finding)))[0].document.source.geo?.location;
  };

  test('a place out of range costs the place, not the finding', async () => {
    const records = await allWritten(guardduty(options), sample('guardduty-geo.ndjson'));
    expect(records).toHaveLength(sample('guardduty-geo.ndjson').trim().split('\n').length);
  });

  test.each([
    [{ lat: 37.5, lon: 127.02 }, true],
    [{ lat: '37.5', lon: '127.02' }, true],
    [{ lat: -90, lon: 180 }, true],
    [{ lat: 127.02, lon: 37.5 }, false],
    [{ lat: 1, lon: 181 }, false],
    [{ lat: 0, lon: 0 }, false],
    [{ lat: '', lon: ' ' }, false],
    [{ lat: null, lon: 7 }, false],
    [{ lat: 1e300, lon: 1 }, false],
    ['37.5,127', false],
  ])('%j is a place: %s', async (place, is) => {
    expect((await at(place)) !== undefined).toBe(is);
  });
});

describe('flat-drift and ocsf-status-details', () => {
  test('whatever stands where an object stood is kept, in an object', async () => {
    const finding = { SchemaVersion: '2018-10-08', Id: 'f', UpdatedAt: '2026-11-24T13:40:38Z' };
    const reasons = async (StatusReasons: unknown) => {
      const [{ document }] = await hub(JSON.stringify({ ...finding, Compliance: { StatusReasons } }));
      return document.aws.securityhub.compliance.reasons;
    };
    expect(await reasons('text')).toEqual({ value: 'text' });
    expect(await reasons(['text'])).toEqual({ value: ['text'] });
    expect(await reasons([1, { a: 1 }])).toEqual({ value: [1, { a: 1 }] });
    expect(await reasons(7)).toEqual({ value: 7 });
    expect(await reasons(false)).toEqual({ value: false });
    expect(await reasons([{ a: 1 }])).toEqual([{ a: 1 }]);
  });

  test('all four are taken, and their details are in the document', async () => {
    const details = (await hub(sample('ocsf-status-details.ndjson'))).map(
      ({ document }) => document.aws.securityhub.compliance.reasons,
    );
    expect(details).toEqual([
      { value: ['S3_BLOCK_PUBLIC_ACCESS_MISSING'] },
      [{ code: 'X', desc: 'y' }],
      { value: 'one text' },
      undefined,
    ]);
  });
});

describe('guardduty-malware-scan', () => {
  test('is an event of guardduty, and no state of a finding', async () => {
    const [{ document, facts }] = await allWritten(guardduty(options), sample('guardduty-malware-scan.json'));
    expect(facts).toMatchObject({ id: '72c7d362-737a-6dce-fc78-9e27a0171419', current: '', account: '123456789012' });
    expect(document).toMatchObject({
      '@timestamp': '2026-11-24T13:40:38.000Z',
      event: { kind: 'alert', category: ['malware'], action: 'threats_found', dataset: 'aws.guardduty' },
      file: { name: 'invoice.zip', path: 'invoice.zip' },
      aws: { guardduty: { threat_names: ['EICAR-Test-File (not a virus)'], event: { scanStatus: 'COMPLETED' } } },
    });
  });

  test.each([
    'GuardDuty Malware Protection Post Scan Action Failed',
    'GuardDuty Malware Protection Resource Status Warning',
    'GuardDuty Runtime Protection Unhealthy',
    'GuardDuty Something New',
  ])('%s', async (type) => {
    const event = { ...JSON.parse(sample('guardduty-malware-scan.json')), 'detail-type': type, detail: { a: 1 } };
    const [{ document }] = await allWritten(guardduty(options), JSON.stringify(event));
    expect(document.event).toMatchObject({ kind: 'event', code: type });
  });
});

describe('ocsf-1.0', () => {
  test('is refused with its class and version', async () => {
    const { rejects } = await readAll(securityhub(options), sample('ocsf-1.0.json'));
    expect(rejects).toEqual(['1: OCSF 1.0.0-rc.3 class 2001 (Security Finding) is not read']);
  });

  test.each([
    ['PASSED', 'PASSED'],
    ['FAILED', 'FAILED'],
    ['Pass', 'PASSED'],
  ])('the spelling %s and one resource are read', async (status, read) => {
    const [line] = sample('ocsf-status-details.ndjson').split('\n');
    const { resources, ...finding } = JSON.parse(line);
    const old = { ...finding, resource: resources[0], compliance: { status, control: 'S3.8' } };
    const [{ document }] = await hub(JSON.stringify(old));
    expect(document.aws.securityhub).toMatchObject({ compliance: { status: read }, resource: { id: ['r'] } });
  });
});
