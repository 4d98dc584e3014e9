/**
 * Shield Advanced: attacks (asked for by poll.ts), alarms on its metrics (EventBridge) and whether it is subscribed.
 * In: `{"Attack":{…}}` as DescribeAttack gives it, with what poll.ts adds; `{"SubscriptionState"}`; an event
 * "CloudWatch Alarm State Change" of the namespace AWS/DDoSProtection.
 * An attack is followed until it has an end: each state has an id by its content, since AWS gives an update no time, and the
 * state that was asked for last is the newest one.
 * https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_DescribeAttack.html
 * https://docs.aws.amazon.com/waf/latest/developerguide/shield-metrics.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */

import { json } from '../../shared/decode/json.ts';
import { type Assets, refreshing } from '../../shared/enrich/assets.ts';
import type { Geo } from '../../shared/enrich/geo.ts';
import { joined } from '../../shared/enrich/joined.ts';
import { DecodeError } from '../../shared/errors.ts';
import { findingUid } from '../../shared/finding/identity.ts';
import { type Derived, listOf, textOrEmpty, withJoin } from '../../shared/finding/values.ts';
import type { Bytes, Facts, SinkName, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import {
  compile,
  epochMs,
  type Field,
  find,
  isObject,
  type Json,
  type JsonObject,
  numberOf,
  override,
  parse,
  spelled,
} from '../../shared/transform/objects/compile.ts';
import { ALARM_FIELDS, ATTACK_FIELDS, NAMED, SUBSCRIPTION_FIELDS, TECHNIQUES } from './fields.ts';
import { hashOf } from './hash.ts';

export interface ShieldOptions {
  readonly geo: Pick<Geo, 'of'>;
  readonly assets?: Assets | undefined;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace those of all field maps. */
  readonly fields?: readonly Field[];
}

/** Throws ConfigError for a row of `fields` that can't be compiled. */
export function shield({ geo, assets, route, fields = [] }: ShieldOptions): Source<Bytes> {
  const attackDocument = compile(override(ATTACK_FIELDS, fields));
  const alarmDocument = compile(override(ALARM_FIELDS, fields));
  const subscriptionDocument = compile(override(SUBSCRIPTION_FIELDS, fields));
  return {
    ...streamOf('shield'),
    decode: refreshing(assets, json()),
    write(record, _from, doc, facts) {
      const event = parse(record);
      facts.product = 'shield';
      const join = (names: readonly unknown[] = []) => {
        const { time, account } = facts;
        return joined(assets, { names, time, account });
      };
      if (isObject(event.Attack)) {
        const attack = attackOf(event, event.Attack, geo, facts);
        doc.json(attackDocument(withJoin(attack, join([event.Attack.ResourceArn]))));
      } else if (event.SubscriptionState !== undefined) {
        doc.json(subscriptionDocument(withJoin(subscriptionOf(event, facts), join())));
      } else {
        doc.json(alarmDocument(withJoin(alarmOf(event, facts), join())));
      }
      return true;
    },
    raw: (record) => record,
    route: () => route,
  };
}

// AWS rates neither attacks nor alarms. Their ends are rated like their beginnings: a filter may not let in only one of them.
const SEVERITY = 'high';

function attackOf(event: JsonObject, attack: JsonObject, geo: ShieldOptions['geo'], facts: Facts): Derived {
  const id = textOrEmpty(attack.AttackId);
  const start = epochMs(attack.StartTime);
  const end = epochMs(attack.EndTime);
  const time = end ?? start;
  if (id === '') throw new DecodeError('the attack has no id', { field: 'AttackId' });
  if (time === undefined) throw new DecodeError('StartTime of the attack is not a date', { field: 'StartTime' });
  const arn = textOrEmpty(attack.ResourceArn);
  const [, , service, region = '', owner = ''] = arn.split(':');
  facts.current = findingUid('shield', id);
  facts.id = `${facts.current}@${hashOf(attack)}`;
  facts.time = time;
  facts.version = epochMs(event.asked) ?? time;
  facts.severity = SEVERITY;
  facts.account = textOrEmpty(event.account) || owner;
  facts.region = region;
  facts.workflow = end === undefined ? 'new' : 'resolved';
  const state = end === undefined ? 'ongoing' : 'over';
  const derived = {
    ...factFields(facts),
    way: 'api',
    via: event.account,
    message: `DDoS attack on ${arn}, ${state}`,
    types: [end === undefined ? 'start' : 'end', listOf(attack.Mitigations).length > 0 ? 'denied' : 'info'],
    duration: start !== undefined && end !== undefined ? (end - start) * 1e6 : undefined,
    state,
    service,
    ...endsOf(attack, geo),
    techniques: listOf(attack.AttackProperties).map((property) => TECHNIQUES.get(find(property, 'AttackLayer'))),
    other: otherOf(attack),
  };
  return { ...attack, derived };
}

/** What documents have of the facts. */
const factFields = ({ id, current, time, account, region, severity }: Facts): object => ({
  id,
  uid: current,
  time,
  account,
  region,
  severity,
});

/** Where an attack came from and what it went for, the greatest contributors first. */
function endsOf({ AttackProperties, SubResources }: JsonObject, geo: ShieldOptions['geo']): object {
  const top: Record<string, unknown[]> = Object.create(null);
  for (const property of listOf(AttackProperties)) {
    const kind = spelled(find(property, 'AttackPropertyIdentifier'));
    const contributors = listOf(find(property, 'TopContributors')).toSorted((a, b) => shareOf(b) - shareOf(a));
    top[kind] = [...(top[kind] ?? []), ...contributors.map((contributor) => find(contributor, 'Name'))];
  }
  const ip = textOrEmpty(top.SOURCE_IP_ADDRESS?.[0]);
  const url = listOf(SubResources).find((resource) => find(resource, 'Type') === 'URL');
  return { top, source: { ip, ...geo.of(ip) }, url: find(url, 'Id') };
}

const shareOf = (contributor: Json): number => numberOf(find(contributor, 'Value')) ?? 0;

/** Fields that no row names: what AWS has added since. */
function otherOf(attack: JsonObject): object | undefined {
  const fields = Object.entries(attack).filter(([name]) => !NAMED.has(name));
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

const ALARM = 'CloudWatch Alarm State Change';

/** Without enough data an alarm says nothing of an attack. */
const STATES: ReadonlyMap<unknown, { readonly workflow: string; readonly state: string }> = new Map([
  ['ALARM', { workflow: 'new', state: 'ongoing' }],
  ['OK', { workflow: 'resolved', state: 'over' }],
]);

/** An alarm is followed by its ARN: its newest state is the one that counts. */
function alarmOf(event: JsonObject, facts: Facts): Derived {
  const type = event['detail-type'];
  if (type === undefined) throw new DecodeError('this is not an attack, an alarm or a subscription');
  if (type !== ALARM) throw new DecodeError(`unexpected detail-type ${JSON.stringify(type)}`, { expected: ALARM });
  const { detail } = event;
  const metric = metricOf(detail);
  const arn = textOrEmpty(listOf(event.resources)[0]);
  const time = epochMs(find(detail, 'state.timestamp')) ?? epochMs(event.time);
  if (!isObject(detail) || metric === undefined) {
    throw new DecodeError('the alarm is on no metric of Shield', { expected: NAMESPACE });
  }
  if (arn === '') throw new DecodeError('the alarm has no ARN', { field: 'resources' });
  if (time === undefined) throw new DecodeError('the alarm has no time', { field: 'state.timestamp' });
  facts.current = findingUid('shield', arn);
  facts.id = `${facts.current}@${new Date(time).toISOString()}`;
  facts.time = time;
  facts.version = time;
  facts.severity = SEVERITY;
  facts.account = textOrEmpty(event.account);
  facts.region = textOrEmpty(event.region);
  const value = find(detail, 'state.value');
  facts.workflow = STATES.get(value)?.workflow ?? '';
  const derived = {
    ...factFields(facts),
    way: 'eventbridge',
    via: event.account,
    message: `Alarm ${spelled(detail.alarmName)}: ${spelled(value)}`,
    types: ['info'],
    state: STATES.get(value)?.state,
    metric,
    detail,
  };
  return { ...detail, derived };
}

const NAMESPACE = 'AWS/DDoSProtection';

const metricOf = (detail: unknown): unknown =>
  listOf(find(detail, 'configuration.metrics'))
    .map((metric) => find(metric, 'metricStat.metric'))
    .find((metric) => find(metric, 'namespace') === NAMESPACE);

/** Told once a day at most, whatever happens to what poll.ts remembers. */
function subscriptionOf(event: JsonObject, facts: Facts): Derived {
  const time = epochMs(event.asked);
  if (time === undefined) throw new DecodeError('the state of the subscription has no time', { field: 'asked' });
  const { SubscriptionState: state } = event;
  facts.account = textOrEmpty(event.account);
  facts.id = `shield-subscription-${facts.account}-${spelled(state)}@${new Date(time).toISOString().slice(0, 10)}`;
  facts.time = time;
  facts.severity = 'informational';
  const message = `Shield Advanced is ${state === 'ACTIVE' ? '' : 'not '}subscribed`;
  return { ...event, derived: { ...factFields(facts), message } };
}
