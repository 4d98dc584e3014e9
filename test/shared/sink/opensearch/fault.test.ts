import { describe, expect, test } from '@jest/globals';
import { type Fate, type Fault, judge, told } from '../../../../shared/sink/opensearch/fault.ts';

const block = (status: number, reason: string): Fault => ({ status, type: 'cluster_block_exception', reason });
const FLOOD = 'TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block';

describe('what an error tells', () => {
  // each as a node of OpenSearch 3.4 worded it, but for those that AWS publishes
  test.each<[Fate, boolean, string, Fault]>([
    [
      'accepted',
      false,
      'version_conflict',
      { status: 409, type: 'version_conflict_engine_exception', reason: '[1]: …' },
    ],
    ['retry', true, 'more to index', { status: 429, type: 'rejected_execution_exception', reason: 'queue full' }],
    ['retry', true, 'more to index', { status: 429, type: 'es_rejected_execution_exception', reason: 'queue full' }],
    ['retry', true, 'short of memory', { status: 429, type: 'circuit_breaking_exception', reason: '[parent] Data …' }],
    ['retry', true, 'short of memory', { status: 503, type: 'circuit_breaking_exception', reason: '[parent] Data …' }],
    ['retry', true, 'Too Many', { status: 429, reason: '429 Too Many Requests /_bulk' }],
    ['retry', true, 'shard', { status: 503, type: 'unavailable_shards_exception', reason: 'no primary shard' }],
    ['retry', false, '504', { status: 504, reason: '' }],
    ['retry', false, 'nearly full', block(429, `index [x] blocked by: [${FLOOD}];`)],
    [
      'retry',
      false,
      'nearly full',
      block(403, 'index [x] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];'),
    ],
    ['barred', false, 'UltraWarm', block(403, 'index [x] blocked by: [FORBIDDEN/8/index write (api)];')],
    ['barred', false, 'UltraWarm', block(403, `index [x] blocked by: [${FLOOD}, FORBIDDEN/8/index write (api)];`)],
    ['barred', false, 'read-only', block(403, 'index [x] blocked by: [FORBIDDEN/5/index read-only (api)];')],
    [
      'barred',
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
    [
      'rejected',
      false,
      'failed to parse',
      { status: 400, type: 'mapper_parsing_exception', reason: 'failed to parse' },
    ],
    ['rejected', false, '413', { status: 413, reason: '' }],
  ])('%s, busy: %p, says "%s": %j', (fate, busy, says, fault) => {
    const judgement = judge(fault);
    expect({ fate: judgement.fate, busy: judgement.busy === true }).toEqual({ fate, busy });
    expect(told(fault, judgement)).toContain(says);
  });

  test('is told with the index once', () => {
    const fault = block(403, 'index [aws-dns-2026.08.24] blocked by: [FORBIDDEN/5/index read-only (api)];');
    expect(told({ ...fault, index: 'aws-dns-2026.08.24' }, judge(fault))).toBe(
      'cluster_block_exception: index [aws-dns-2026.08.24] blocked by: [FORBIDDEN/5/index read-only (api)];: the index was made read-only',
    );
  });
});
