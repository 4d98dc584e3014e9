/** An alert → ECS. Rows: [target, path(s), cast?] over a line of bodies.ts. Of several samples the first that has a value counts. */
import type { Field } from '../../shared/transform/objects/compile.ts';

/** As the alerting plugin numbers them, turned round: 5 is critical. */
const SEVERITIES = { critical: 5, high: 4, medium: 3, low: 2, informational: 1 };

const asset = (name: string): readonly string[] =>
  ['asset', 'source.asset', 'destination.asset', 'user.asset'].map((place) => `samples[].${place}.${name}`);

export const FIELDS: readonly Field[] = [
  ['@timestamp', 'start', 'instant'],
  ['ecs.version', [], { constant: '9.4.0' }],
  ['message', 'detection.title'],

  ['event.kind', [], { constant: 'alert' }],
  ['event.category', [], { constant: ['intrusion_detection'] }],
  ['event.type', [], { constant: ['info'] }],
  ['event.dataset', [], { constant: 'aws.alerts' }],
  ['event.action', 'detection.name'],
  ['event.id', 'derived.id'],
  ['event.severity', 'detection.level', { table: SEVERITIES }],
  ['event.url', 'link'],

  ['rule.id', 'detection.id'],
  ['rule.name', 'detection.title'],
  ['rule.description', 'detection.description'],
  ['rule.reference', 'detection.references[]'],
  ['rule.ruleset', [], { constant: 'bongsu' }],
  ['threat.framework', [], { constant: 'MITRE ATT&CK' }],
  ['threat.technique.id[]', 'detection.techniques[]'],
  ['threat.tactic.name[]', 'detection.tactics[]'],

  ['cloud.provider', [], { constant: 'aws' }],
  ['cloud.account.id', 'samples[].cloud.account.id'],
  ['cloud.account.name', 'samples[].cloud.account.name'],
  ['cloud.region', 'samples[].cloud.region'],
  ['host.name', 'samples[].host.name'],
  ['user.name', 'samples[].user.name'],
  ['source.ip', 'samples[].source.ip', 'ip'],
  ['source.address', ['samples[].source.address', 'samples[].source.ip']],
  ['destination.ip', 'samples[].destination.ip', 'ip'],
  ['destination.address', 'samples[].destination.ip'],
  ['related.ip[]', ['samples[].source.ip', 'samples[].destination.ip'], 'ip'],
  ['related.user[]', 'samples[].user.name'],
  ['related.hosts[]', 'samples[].host.name'],

  ['asset.id', asset('id')],
  ['asset.name', asset('name')],
  ['asset.owner', asset('owner')],
  ['asset.environment', asset('environment')],
  ['asset.exposure', asset('exposure')],

  ['aws.alerts.severity', 'detection.level'],
  ['aws.alerts.id', 'id'],
  ['aws.alerts.monitor', 'monitor'],
  ['aws.alerts.keys', 'keys'],
  ['aws.alerts.actions[]', 'samples[].event.action'],
  ['aws.alerts.messages[]', 'samples[].message'],
  ['aws.alerts.documents[]', 'derived.documents[]'],
  ['aws.alerts.first_event', 'samples[].@timestamp', 'instant'],
];
