import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { demoEvents, type Sent, sampleEvents } from '../events.ts';
import { loadApps } from '../props/app.ts';
import { searched } from '../props/event.ts';
import { listOf } from '../spl/value.ts';
import { cimFaults, type Fault, memberships } from './check.ts';
import { GAPS } from './gaps.ts';
import { type DataSet, dataSets } from './models.ts';
import { ownEvents, publishedEvents } from './more.ts';

const splunk = join(import.meta.dirname, '../../../splunk');
const app = loadApps(join(splunk, 'bongsu'), join(splunk, 'bongsu_aws'));
const NAMES = [
  'cloudtrail',
  'waf',
  'dns',
  'flowlogs',
  'guardduty',
  'securityhub',
  'inspector',
  'macie',
  'shield',
  'networkfirewall',
  's3access',
] as const;

/** Which data models events of a sourcetype are in. The others have none: docs/splunk/cim.md says why. */
const MODELS: Readonly<Record<string, readonly string[]>> = {
  'aws:cloudtrail': ['Authentication', 'Change', 'Data_Access'],
  'aws:waf': ['Intrusion_Detection', 'Web'],
  'aws:route53': ['Intrusion_Detection', 'Network_Resolution'],
  'aws:cloudwatchlogs:vpcflow': ['Network_Traffic'],
  'aws:transitgateway:flowlogs': ['Network_Traffic'],
  'aws:networkfirewall': ['Intrusion_Detection', 'Network_Traffic'],
  'aws:s3:accesslogs': ['Web'],
  'aws:cloudwatch:guardduty': ['Alerts', 'Intrusion_Detection'],
  'aws:securityhub:finding': ['Alerts', 'Vulnerabilities'],
  'aws:securityhub:ocsf': ['Alerts', 'Vulnerabilities'],
  'aws:securityhub:insight': ['Alerts'],
  'aws:securityhub:action': ['Alerts'],
  'aws:inspector:v2:findings': ['Alerts', 'Vulnerabilities'],
  'aws:inspector:v2:events': [],
  'aws:macie:finding': ['Alerts', 'DLP'],
  'aws:shield': ['Alerts'],
  'bongsu:asset': ['Compute_Inventory'],
  'bongsu:asset:change': ['Change'],
  'bongsu:integrity': ['Alerts'],
};

let events: readonly Sent[];
let sets: readonly DataSet[] | undefined;
let missing = '';

beforeAll(async () => {
  sets = await dataSets((line) => {
    missing = line;
  });
  if (sets === undefined && process.env.CI === 'true') throw new Error(missing);
  const samples = await Promise.all(NAMES.map((name) => sampleEvents(name)));
  events = [...samples.flat(), ...(await demoEvents()), ...(await ownEvents()), ...publishedEvents()];
}, 600_000);

const gapOf = ({ sourcetype, raw }: Sent, { model, field }: Fault) =>
  GAPS.find(
    (gap) =>
      gap.sourcetype === sourcetype &&
      gap.model === model &&
      gap.fields.includes(field) &&
      (gap.of === undefined || gap.of.test(raw)),
  );

describe('the Common Information Model', () => {
  test('every event has all fields of its data models, with allowed values, but for what its source lacks', () => {
    if (sets === undefined) return console.warn(`skipped: ${missing}`);
    const used = new Set<object>();
    const wrong = new Set<string>();
    for (const event of events) {
      for (const fault of cimFaults(searched(event, app), sets)) {
        const gap = gapOf(event, fault);
        if (gap !== undefined) used.add(gap);
        else wrong.add(`${event.sourcetype} (${event.from}) ${fault.model}.${fault.field}: ${fault.reason}`);
      }
    }
    expect([...wrong]).toEqual([]);
    expect(GAPS.filter((gap) => !used.has(gap))).toEqual([]);
  });

  test('every sourcetype is in the data models that it is for', () => {
    if (sets === undefined) return console.warn(`skipped: ${missing}`);
    const models = new Map<string, Set<string>>();
    for (const event of events) {
      const found = models.get(event.sourcetype) ?? new Set();
      for (const { model } of memberships(searched(event, app), sets)) found.add(model);
      models.set(event.sourcetype, found);
    }
    expect(Object.fromEntries([...models].map(([name, found]) => [name, [...found].sort()]))).toEqual(MODELS);
  });

  test('tags name exactly the models of their event types, and every tag is of an event type', () => {
    if (sets === undefined) return console.warn(`skipped: ${missing}`);
    for (const [stanza, tags] of app.tags) {
      expect(app.eventtypes.has(stanza.replace('eventtype=', ''))).toBe(true);
      const names = [...tags.keys()].sort();
      const isChild = stanza.includes('cloudtrail');
      if (!isChild)
        expect(sets.flatMap((set) => set.tags.map((list) => [...list].sort().join()))).toContain(names.join());
    }
    expect([...app.eventtypes.keys()].filter((type) => !app.tags.has(`eventtype=${type}`))).toEqual([]);
  });

  test('the severity that came as an indexed field and the one in the record are not mixed', () => {
    const guardduty = events.filter(({ sourcetype }) => sourcetype === 'aws:cloudwatch:guardduty');
    const severities = guardduty.map((event) => listOf(searched(event, app).get('severity') ?? null).length);
    expect(Math.max(...severities)).toBe(1);
  });
});
