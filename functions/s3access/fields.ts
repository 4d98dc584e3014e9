/**
 * S3 server access logs → ECS. Rows: [target, path(s), cast?] over a line's columns; `derived` is what source.ts made of them.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
 */
import type { Field } from '../../shared/transform/objects/compile.ts';

export const FIELDS: readonly Field[] = [
  ['@timestamp', 'time', 'instant'],
  ['ecs.version', [], { constant: '9.4.0' }],
  ['event.kind', [], { constant: 'event' }],
  ['event.category', [], { constant: ['web'] }],
  ['event.type[]', 'derived.types[]'],
  ['event.dataset', [], { constant: 'aws.s3access' }],
  ['event.action', 'operation'],
  ['event.outcome', 'derived.outcome'],
  ['event.id', 'request_id'],
  ['event.duration', 'derived.duration', 'int'],
  ['error.code', 'error_code'],

  ['cloud.provider', [], { constant: 'aws' }],
  ['cloud.service.name', [], { constant: 's3' }],
  ['cloud.account.id', 'derived.account'],
  ['cloud.region', ['source_region', 'derived.region']],

  ['source.address', 'remote_ip'],
  ['source.ip', 'remote_ip', 'ip'],
  ['source.geo', 'derived.source.geo', 'flat'],
  ['source.as', 'derived.source.as', 'flat'],
  ['user.id', 'requester'],
  ['user.name', 'derived.user'],

  ['http.version', 'version'],
  ['http.request.id', 'request_id'],
  ['http.request.method', 'method'],
  ['http.request.referrer', 'referer'],
  ['http.response.status_code', 'status', 'int'],
  ['http.response.body.bytes', 'bytes_sent', 'int'],
  ['url.original', 'target'],
  ['url.path', 'derived.path'],
  ['url.query', 'derived.query'],
  ['url.domain', 'host_header', 'lower'],
  ['user_agent.original', 'user_agent'],
  ['tls.version', 'derived.tls'],
  ['tls.version_protocol', 'derived.tls', { table: { '1.0': 'tls', '1.1': 'tls', '1.2': 'tls', '1.3': 'tls' } }],
  ['tls.cipher', 'cipher_suite'],

  ['related.ip[]', 'remote_ip', 'ip'],
  ['related.user[]', ['derived.user', 'requester']],
  ['related.hosts[]', 'host_header', 'lower'],

  ['aws.s3access.bucket', 'bucket'],
  ['aws.s3access.bucket_owner', 'bucket_owner'],
  ['aws.s3access.key', 'key'],
  ['aws.s3access.request_uri', 'request_uri'],
  ['aws.s3access.object_size', 'object_size', 'int'],
  ['aws.s3access.total_time_ms', 'total_time', 'int'],
  ['aws.s3access.turn_around_time_ms', 'turn_around_time', 'int'],
  ['aws.s3access.version_id', 'version_id'],
  ['aws.s3access.host_id', 'host_id'],
  ['aws.s3access.signature_version', 'signature_version'],
  ['aws.s3access.authentication_type', 'authentication_type'],
  ['aws.s3access.access_point_arn', 'access_point_arn'],
  ['aws.s3access.acl_required', 'acl_required', { table: { Yes: true, No: false } }],
  ['aws.s3access.rest', 'rest'],
];
