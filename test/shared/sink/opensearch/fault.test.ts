import { describe, expect, test } from '@jest/globals';
import {
  type Action,
  classify,
  describe as describeFault,
  type Fault,
} from '../../../../shared/sink/opensearch/fault.ts';

const block = (status: number, reason: string): Fault => ({ status, type: 'cluster_block_exception', reason });
const FLOOD = 'TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block';

describe('an error of OpenSearch', () => {
  // each as a node of OpenSearch 3.4 worded it, but for those that AWS publishes
  test.each<[Action, boolean, string, Fault]>([
    ['accept', false, 'version_conflict', { status: 409, type: 'version_conflict_engine_exception', reason: '[1]: …' }],
    ['retry', true, 'more to index', { status: 429, type: 'rejected_execution_exception', reason: 'queue full' }],
    ['retry', true, 'more to index', { status: 429, type: 'es_rejected_execution_exception', reason: 'queue full' }],
    ['retry', true, 'short of memory', { status: 429, type: 'circuit_breaking_exception', reason: '[parent] Data …' }],
    ['retry', true, 'short of memory', { status: 503, type: 'circuit_breaking_exception', reason: '[parent] Data …' }],
    ['retry', true, 'Too Many', { status: 429, reason: '429 Too Many Requests /_bulk' }],
    ['retry', false, 'allocation', { status: 503, type: 'unavailable_shards_exception', reason: 'no primary shard' }],
    ['retry', false, '504', { status: 504, reason: '' }],
    ['retry', false, 'nearly full', block(429, `index [x] blocked by: [${FLOOD}];`)],
    [
      'retry',
      false,
      'nearly full',
      block(403, 'index [x] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];'),
    ],
    ['reroute', false, 'UltraWarm', block(403, 'index [x] blocked by: [FORBIDDEN/8/index write (api)];')],
    ['reroute', false, 'UltraWarm', block(403, `index [x] blocked by: [${FLOOD}, FORBIDDEN/8/index write (api)];`)],
    ['reroute', false, 'read-only', block(403, 'index [x] blocked by: [FORBIDDEN/5/index read-only (api)];')],
    [
      'reroute',
      false,
      'x: closed: the index',
      { status: 400, type: 'index_closed_exception', reason: 'closed', index: 'x' },
    ],
    ['retry', false, 'FORBIDDEN/9', block(403, 'index [x] blocked by: [FORBIDDEN/9/index metadata (api)];')],
    ['retry', false, 'whole cluster', block(403, 'blocked by: [FORBIDDEN/6/cluster read-only (api)];')],
    ['retry', false, 'whole cluster', block(403, 'blocked by: [FORBIDDEN/13/cluster read-only / allow delete (api)];')],
    [
      'retry',
      false,
      'not recovered',
      block(503, 'blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];'),
    ],
    [
      'retry',
      false,
      'no index can be made',
      block(403, 'blocked by: [FORBIDDEN/10/cluster create-index blocked (api)];'),
    ],
    [
      'retry',
      false,
      'no index can be made',
      {
        status: 403,
        type: 'index_create_block_exception',
        reason: 'blocked by: [FORBIDDEN/10/cluster create-index blocked (api)];',
      },
    ],
    [
      'retry',
      false,
      'auto_create_index',
      { status: 404, type: 'index_not_found_exception', reason: 'no such index [x]' },
    ],
    [
      'retry',
      false,
      'cluster.max_shards_per_node',
      {
        status: 400,
        type: 'validation_exception',
        reason:
          'Validation Failed: 1: this action would add [2] total LOCAL_ONLY shards, but this cluster currently has …',
      },
    ],
    ['retry', false, 'something', { status: 400, type: 'validation_exception', reason: 'something else' }],
    ['retry', false, 'allowed', { status: 403, type: 'security_exception', reason: 'no permissions for [indices:…]' }],
    ['reject', false, 'failed to parse', { status: 400, type: 'mapper_parsing_exception', reason: 'failed to parse' }],
    ['reject', false, '413', { status: 413, reason: '' }],
    ['retry', false, 'allowed to write', { status: 403, type: 'authorization_exception', reason: 'no permissions' }],
    ['retry', false, 'allowed to write', { status: 401, reason: '' }],
    [
      'retry',
      false,
      'correct the name',
      { status: 400, type: 'invalid_index_name_exception', reason: 'must be lowercase' },
    ],
    ...(
      [
        ['Document ID is not supported in create/index operation request', 'of the type search'],
        ['no write index is defined for alias [aws-dns]. The write index may be explicitly disabled', 'write index'],
        ['pipeline with id [geo] does not exist', 'create the pipeline'],
        ['only write ops with an op_type of create are allowed in data streams', 'delete it'],
        ['Number of documents in shard [x][0] exceeds the limit of [2147483519] documents per shard', 'more shards'],
      ] as const
    ).map(([reason, says]): [Action, boolean, string, Fault] => [
      'retry',
      false,
      says,
      { status: 400, type: 'illegal_argument_exception', reason },
    ]),
    [
      'reject',
      false,
      'mapper [a]',
      { status: 400, type: 'illegal_argument_exception', reason: 'mapper [a] cannot be changed' },
    ],
  ])('%s, busy: %p, says "%s": %j', (action, busy, says, fault) => {
    const found = classify(fault);
    expect({ action: found.action, busy: found.busy === true }).toEqual({ action, busy });
    expect(describeFault(fault, found)).toContain(says);
  });

  test('is described with its index once', () => {
    const fault = block(403, 'index [aws-dns-2026.08.24] blocked by: [FORBIDDEN/5/index read-only (api)];');
    expect(describeFault({ ...fault, index: 'aws-dns-2026.08.24' }, classify(fault))).toBe(
      'cluster_block_exception: index [aws-dns-2026.08.24] blocked by: [FORBIDDEN/5/index read-only (api)];: the index was made read-only',
    );
  });
});
