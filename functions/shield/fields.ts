/**
 * Shield Advanced → ECS. Rows: [target, path(s), cast?] over an attack as DescribeAttack gives it, over an alarm, and over
 * the state of the subscription; `derived` is what source.ts made of them.
 * https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_AttackDetail.html
 */
import { JOINED } from '../../shared/transform/joined.ts';
import type { Field } from '../../shared/transform/objects/compile.ts';

const VECTOR = 'SubResources[].AttackVectors[].VectorType';

const COMMON: readonly Field[] = [
  ['@timestamp', 'derived.time', 'instant'],
  ['ecs.version', [], { constant: '9.4.0' }],
  ['message', 'derived.message'],
  ['event.dataset', [], { constant: 'aws.shield' }],
  ['event.provider', [], { constant: 'shield' }],
  ['observer.vendor', [], { constant: 'AWS' }],
  ['observer.product', [], { constant: 'shield' }],
  ['cloud.provider', [], { constant: 'aws' }],
  ['cloud.account.id', 'derived.account'],
  ...JOINED,
  ['cloud.region', 'derived.region'],
  ['cloud.service.name', [], { constant: 'shield' }],
];

/** Of what is followed from its beginning to its end. */
const OF_FINDINGS: readonly Field[] = [
  ...COMMON,
  ['event.kind', [], { constant: 'alert' }],
  ['event.category[]', [], { constant: ['network', 'intrusion_detection'] }],
  ['event.type[]', 'derived.types[]'],
  ['event.id', 'derived.uid'],
  ['finding.uid', 'derived.uid'],
  ['finding.severity', 'derived.severity'],
  ['finding.way', 'derived.way'],
  ['finding.via', 'derived.via'],
];

export const ATTACK_FIELDS: readonly Field[] = [
  ...OF_FINDINGS,
  ['event.code', VECTOR],
  ['event.start', 'StartTime', 'instant'],
  ['event.end', 'EndTime', 'instant'],
  ['event.duration', 'derived.duration', 'int'],

  ['threat.framework', [], { constant: 'MITRE ATT&CK' }],
  ['threat.tactic.id[]', [], { constant: ['TA0040'] }],
  ['threat.tactic.name[]', [], { constant: ['Impact'] }],
  ['threat.technique.id[]', 'derived.techniques[].id'],
  ['threat.technique.name[]', 'derived.techniques[].name'],

  // of the greatest contributor
  ['source.ip', 'derived.source.ip', 'ip'],
  ['source.address', 'derived.source.ip'],
  ['source.geo', 'derived.source.geo', 'flat'],
  ['source.as', 'derived.source.as', 'flat'],
  ['user_agent.original', 'derived.top.SOURCE_USER_AGENT[]'],
  ['http.request.referrer', 'derived.top.REFERRER[]'],

  ['destination.ip', 'SubResources[].Id', 'ip'],
  ['destination.address', 'SubResources[].Id', 'ip'],
  ['url.original', ['derived.url', 'derived.top.DESTINATION_URL[]']],

  ['related.ip[]', ['derived.top.SOURCE_IP_ADDRESS[]', 'SubResources[].Id'], 'ip'],

  ['aws.shield.resource.arn', 'ResourceArn'],
  ['aws.shield.resource.service', 'derived.service'],
  ['aws.shield.state', 'derived.state'],
  ['aws.shield.vectors[]', VECTOR],
  ['aws.shield.layers[]', 'AttackProperties[].AttackLayer'],
  ['aws.shield.mitigations[]', 'Mitigations[].MitigationName'],
  ['aws.shield.counters', 'AttackCounters', 'flat'],
  ['aws.shield.contributors', 'AttackProperties', 'flat'],
  ['aws.shield.sub_resources', 'SubResources', 'flat'],
  ['aws.shield.other', 'derived.other', 'flat'],
];

/** Over `detail` of a "CloudWatch Alarm State Change". */
export const ALARM_FIELDS: readonly Field[] = [
  ...OF_FINDINGS,
  ['event.code', 'derived.metric.name'],
  ['event.action', 'state.value', 'lower'],
  ['event.reason', 'state.reason'],
  ['rule.name', 'alarmName'],
  ['rule.description', 'configuration.description'],

  ['aws.shield.resource.arn', 'derived.metric.dimensions.ResourceArn'],
  ['aws.shield.vectors[]', 'derived.metric.dimensions.AttackVector'],
  ['aws.shield.state', 'derived.state'],
  ['aws.shield.alarm.arn', 'derived.uid'],
  ['aws.shield.alarm.value', 'state.value'],
  ['aws.shield.alarm.before', 'previousState.value'],
  ['aws.shield.alarm.metric', 'derived.metric.name'],
  ['aws.shield.alarm.detail', 'derived.detail', 'flat'],
];

export const SUBSCRIPTION_FIELDS: readonly Field[] = [
  ...COMMON,
  ['event.kind', [], { constant: 'state' }],
  ['event.category[]', [], { constant: ['configuration'] }],
  ['event.type[]', [], { constant: ['info'] }],
  ['event.id', 'derived.id'],
  ['event.action', 'SubscriptionState', 'lower'],
  ['aws.shield.subscription', 'SubscriptionState'],
];

/** Fields of an attack that rows name or source.ts reads; others are kept as `aws.shield.other`. */
export const NAMED: ReadonlySet<string> = new Set([
  'AttackId',
  ...ATTACK_FIELDS.flatMap(([, paths]) => paths ?? []).map((path) => path.split('.')[0].replace('[]', '')),
]);

/**
 * ATT&CK's techniques by the layer that an attack is against.
 * https://attack.mitre.org/techniques/T1498/
 * https://attack.mitre.org/techniques/T1499/
 */
export const TECHNIQUES: ReadonlyMap<unknown, { readonly id: string; readonly name: string }> = new Map([
  ['NETWORK', { id: 'T1498', name: 'Network Denial of Service' }],
  ['APPLICATION', { id: 'T1499', name: 'Endpoint Denial of Service' }],
]);
