import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ShieldOptions, shield } from '../../../functions/shield/source.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { type Any, allWritten, replaceAt } from '../../source.ts';

const SAMPLES = new URL('../../sample/shield/', import.meta.url);
const names = readdirSync(SAMPLES)
  .filter((name) => name.endsWith('.json') && name !== 'event.json')
  .sort();
const sample = (name: string): string => readFileSync(new URL(`${name}.json`, SAMPLES), 'utf8');

const known = { geo: { country_iso_code: 'DE' }, as: { number: 64999, organization: { name: 'Known' } } };
const geo: ShieldOptions['geo'] = { of: (ip) => (ip === '198.51.100.77' ? known : undefined) };

const written = (input: string, options: Partial<ShieldOptions> = {}) =>
  allWritten(shield({ geo: noGeo, route: ['opensearch', 'splunk'], ...options }), input);

async function one(input: string, options?: Partial<ShieldOptions>) {
  const found = await written(input, options);
  expect(found).toHaveLength(1);
  return found[0];
}

/** An attack with only what each must have. */
const bare = { AttackId: 'a1', StartTime: '2026-11-24T13:31:00Z' };
const attack = (more: object, around: object = {}) => one(JSON.stringify({ ...around, Attack: { ...bare, ...more } }));

test('samples become the golden documents, byte for byte, and each is valid ECS', async () => {
  const lines: string[] = [];
  for (const name of names) {
    for (const { line, document } of await written(readFileSync(new URL(name, SAMPLES), 'utf8'), { geo })) {
      expect(ecsFaults(document)).toEqual([]);
      lines.push(line);
    }
  }
  expectGolden('shield', lines);
  expect(lines.length).toBeGreaterThan(names.length); // none lost; an attack has two states
});

describe('attacks', () => {
  test('each state has an id of its own, the newest that of the attack; what was asked for last is newest', async () => {
    const [ongoing, over] = await written(sample('attack'));
    expect(ongoing.facts).toEqual({
      ...blank(),
      id: expect.stringMatching(/^1a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809@[0-9a-f]{16}$/),
      current: '1a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809',
      time: Date.parse('2026-11-24T13:31:00Z'),
      version: 1795527300000,
      severity: 'high',
      account: '123456789012',
      region: 'eu-west-1',
      product: 'shield',
      workflow: 'new',
    });
    expect(over.facts).toMatchObject({
      current: ongoing.facts.current,
      time: Date.parse('2026-11-24T13:52:30Z'),
      version: 1795528500000,
      severity: 'high',
      workflow: 'resolved',
    });
    expect(over.facts.id).not.toBe(ongoing.facts.id);
  });

  test('one state has one id and one index, whenever it was asked for', async () => {
    const [early, late] = await Promise.all([1, 2].map((asked) => attack({}, { asked: asked * 1e12 })));
    expect([late.facts.id, late.facts.time]).toEqual([early.facts.id, early.facts.time]);
    expect(late.facts.version).toBeGreaterThan(early.facts.version);
  });

  test('one that goes on and one that is over are told as such', async () => {
    const [ongoing, over] = await written(sample('attack'));
    expect(ongoing.document.event).toMatchObject({ type: ['start', 'info'], start: '2026-11-24T13:31:00.000Z' });
    expect(ongoing.document.event.end).toBeUndefined();
    expect(ongoing.document.aws.shield.state).toBe('ongoing');
    expect(over.document.event).toMatchObject({ type: ['end', 'denied'], duration: 1290e9 });
    expect(over.document.aws.shield).toMatchObject({
      state: 'over',
      vectors: ['SYN_FLOOD', 'REQUEST_FLOOD'],
      mitigations: ['WAF_RATE_LIMIT', 'SYN_PROXY'],
    });
    expect(over.document.threat.technique.id).toEqual(['T1498', 'T1499']);
  });

  test('the greatest contributor is the source, and all are related', async () => {
    const [, { document }] = await written(sample('attack'), { geo });
    expect(document.source).toEqual({ ip: '198.51.100.77', address: '198.51.100.77', ...known });
    expect(document.destination).toEqual({ ip: '203.0.113.80', address: '203.0.113.80' });
    expect(document.related.ip).toEqual(['198.51.100.77', '198.51.100.9', '2001:db8::77', '203.0.113.80']);
    expect(document.url.original).toBe('https://shop.example.com/login');
    expect(document.user_agent.original).toBe('python-requests/2.32');
  });

  test('as the API gives it alone, it has the account of the resource, and no region where that has none', async () => {
    const { document, facts } = await one(sample('describe-attack'));
    expect([facts.account, facts.region]).toEqual(['123456789012', '']);
    expect(facts.version).toBe(facts.time);
    expect(document.aws.shield.resource.service).toBe('cloudfront');
    expect(document.aws.shield.other).toEqual({ Novelty: { what: 'AWS has added since' } });
  });
});

describe('alarms', () => {
  test('an alarm is followed by its ARN', async () => {
    const [on, off] = [await one(sample('alarm')), await one(sample('alarm-ok'))];
    const arn = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:DDoSDetectedAlarmForProtection-1a2b3c4d';
    expect(on.facts).toEqual({
      ...blank(),
      id: `${arn}@2026-11-24T13:33:40.985Z`,
      current: arn,
      time: 1795527220985,
      version: 1795527220985,
      severity: 'high',
      account: '123456789012',
      region: 'us-east-1',
      product: 'shield',
      workflow: 'new',
    });
    expect(off.facts).toMatchObject({ current: arn, workflow: 'resolved', severity: 'high' });
    expect(off.facts.version).toBeGreaterThan(on.facts.version);
    expect(on.document.finding).toEqual({ uid: arn, severity: 'high', way: 'eventbridge', via: '123456789012' });
    expect(on.document.aws.shield).toMatchObject({
      state: 'ongoing',
      resource: { arn: 'arn:aws:cloudfront::123456789012:distribution/E1ABCDEFGHIJKL' },
      alarm: { value: 'ALARM', before: 'OK', metric: 'DDoSDetected' },
    });
  });

  test('one without enough data says nothing of an attack', async () => {
    const event = JSON.parse(sample('alarm'));
    event.detail.state.value = 'INSUFFICIENT_DATA';
    const { document, facts } = await one(JSON.stringify(event));
    expect(facts.workflow).toBe('');
    expect(document.aws.shield.state).toBeUndefined();
  });
});

test('the state of the subscription is an event of its own, with one id a day', async () => {
  const { document, facts } = await one(sample('subscription'));
  expect(facts).toMatchObject({
    id: 'shield-subscription-123456789012-INACTIVE@2026-11-24',
    current: '',
    severity: 'informational',
  });
  expect(document.event.kind).toBe('state');
  expect(document.message).toBe('Shield Advanced is not subscribed');
  expect(document.finding).toBeUndefined();
});

test.each([
  [{ Attack: { ...bare, AttackId: '' } }, 'the attack has no id'],
  [{ Attack: { ...bare, StartTime: 'soon' } }, 'StartTime of the attack is not a date'],
  [{ SubscriptionState: 'ACTIVE' }, 'the state of the subscription has no time'],
  [{ 'detail-type': 'Macie Finding' }, 'unexpected detail-type "Macie Finding"'],
  [
    {
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { configuration: { metrics: [{ metricStat: { metric: { namespace: 'AWS/EC2' } } }] } },
    },
    'the alarm is on no metric of Shield',
  ],
])('%j is refused', async (event, message) => {
  await expect(written(JSON.stringify(event))).rejects.toMatchObject({ name: 'DecodeError', message });
});

test('no odd value anywhere in an attack keeps it from being a valid document', async () => {
  const attacks = (await written(sample('attack'))).map(({ raw }) => JSON.parse(raw));
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('', '0', -1, 1e300, [], {}, [[]], null));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...attacks),
      fc.array(fc.nat(), { maxLength: 8 }),
      odd,
      async (record, way, value) => {
        const changed: Any = structuredClone(record);
        replaceAt(changed.Attack, way, value);
        Object.assign(changed.Attack, bare);
        const { document } = await one(JSON.stringify(changed));
        expect(ecsFaults(document)).toEqual([]);
      },
    ),
    { numRuns: 2000 },
  );
});

test('rows of the field maps can be added and replaced; one that makes no sense is fatal at once', async () => {
  const fields = [['labels.resource', ['ResourceArn', 'alarmName', 'SubscriptionState']]] as const;
  for (const name of ['describe-attack', 'alarm', 'subscription'])
    expect((await one(sample(name), { fields })).document.labels.resource).toBeTruthy();
  expect(() => shield({ geo: noGeo, route: [], fields: [['message', 'title', 'txt']] })).toThrow(ConfigError);
});

test('event.json carries a sample through SQS', () => {
  const [{ body, eventSource }] = JSON.parse(sample('event')).Records;
  expect(eventSource).toBe('aws:sqs');
  expect(JSON.parse(body)).toEqual(JSON.parse(sample('alarm')));
});
