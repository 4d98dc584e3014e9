/** Integrity events → ECS. Rows: [target, path(s), cast?] over a record of fault.ts. */
import type { Field } from '../../shared/transform/objects/compile.ts';

// ECS's allowed event.type values for category file
const TYPES = {
  'log-file-missing': 'deletion',
  'log-file-altered': 'change',
  'digest-missing': 'deletion',
  'digest-altered': 'change',
  'digest-unsigned': 'change',
  'digest-late': 'info',
  'chain-broken': 'change',
  'chain-restarted': 'info',
  'chain-gap': 'info',
};

export const FIELDS: readonly Field[] = [
  ['@timestamp', 'time', 'instant'],
  ['ecs.version', [], { constant: '9.4.0' }],
  ['message', 'message'],

  ['event.kind', [], { constant: 'alert' }],
  ['event.category', [], { constant: ['file'] }],
  ['event.type[]', 'kind', { table: TYPES, strict: true }],
  ['event.outcome', [], { constant: 'failure' }],
  ['event.dataset', [], { constant: 'aws.integrity' }],
  ['event.action', 'kind'],
  ['event.id', 'id'],
  ['event.reason', 'reason'],
  ['event.created', 'detected', 'instant'],
  ['event.start', 'start', 'instant'],
  ['event.end', 'end', 'instant'],

  ['cloud.provider', [], { constant: 'aws' }],
  ['cloud.account.id', 'account'],
  ['cloud.region', 'region'],
  ['cloud.service.name', [], { constant: 'cloudtrail' }],

  ['file.path', 'key'],
  ['file.hash.sha256', 'hash'],
  ['related.hash[]', ['expected', 'found']],

  ['aws.integrity.severity', 'severity'],
  ['aws.integrity.trail', 'trail'],
  ['aws.integrity.home_region', 'homeRegion'],
  ['aws.integrity.bucket', 'bucket'],
  ['aws.integrity.key', 'key'],
  ['aws.integrity.digest', 'digest'],
  ['aws.integrity.hash.expected', 'expected'],
  ['aws.integrity.hash.found', 'found'],
];
