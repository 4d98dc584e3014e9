/**
 * What an error of OpenSearch tells of the records that met it, and what somebody can do about it.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/handling-errors.html
 */

/** Of one action of `_bulk`, or of a whole request. */
export interface Fault {
  readonly status: number;
  readonly type?: string;
  readonly reason?: string;
  readonly index?: string;
}

/** `barred`: this index takes nothing any more, another may. */
export type Fate = 'accepted' | 'barred' | 'retry' | 'rejected';

export interface Judgement {
  readonly fate: Fate;
  /** Less at once would help. */
  readonly busy?: true;
  readonly advice?: string;
}

const retry = (advice?: string): Judgement => ({ fate: 'retry', ...(advice !== undefined && { advice }) });
const barred = (advice: string): Judgement => ({ fate: 'barred', advice });
const busy = (advice?: string): Judgement => ({ ...retry(advice), busy: true });

const ANY = /^/;
const BLOCK = 'cluster_block_exception';
const FULL_QUEUE = busy('the nodes have more to index than they keep up with');
const NO_NEW_INDEX = retry('no index can be made: storage or memory is nearly used up, or an operator forbade it');

/**
 * By type and what the reason holds; the first that fits. All of them tell of the index, the cluster or our rights, and
 * most with a status of 4xx: nothing is wrong with the record. The numbers are those of the blocks that OpenSearch knows; a
 * block of the whole cluster has no `index [` before it.
 */
const JUDGEMENTS: readonly (readonly [type: string, says: RegExp, Judgement])[] = [
  ['circuit_breaking_exception', ANY, busy('a node is short of memory')],
  ['rejected_execution_exception', ANY, FULL_QUEUE],
  ['es_rejected_execution_exception', ANY, FULL_QUEUE],
  [BLOCK, /^index \[.*FORBIDDEN\/8\//, barred('the index is in UltraWarm or was made read-only')],
  [BLOCK, /^index \[.*FORBIDDEN\/5\//, barred('the index was made read-only')],
  ['index_closed_exception', ANY, barred('the index was closed')],
  [BLOCK, /\/12\//, retry('a disk is nearly full: add storage or delete indices, then the block goes by itself')],
  [BLOCK, /FORBIDDEN\/(6|13)\//, retry('the whole cluster was made read-only: see cluster.blocks in its settings')],
  [BLOCK, /\/10\//, NO_NEW_INDEX],
  [BLOCK, ANY, retry()],
  ['index_create_block_exception', ANY, NO_NEW_INDEX],
  ['index_not_found_exception', ANY, retry('action.auto_create_index has to allow the index')],
  ['validation_exception', /shards/, retry('raise cluster.max_shards_per_node or delete indices')],
  ['validation_exception', ANY, retry()],
  ['security_exception', ANY, retry('the role or user has to be allowed to write there and to make indices')],
];

const ACCEPTED: Judgement = { fate: 'accepted' };
const BUSY = busy();
const RETRY = retry();
const REJECTED: Judgement = { fate: 'rejected' };

export function judge({ status, type = '', reason = '' }: Fault): Judgement {
  if (status < 300 || status === 409) return ACCEPTED; // 409: it is there already, or a newer state of it
  const known = JUDGEMENTS.find(([of, says]) => of === type && says.test(reason));
  if (known !== undefined) return known[2];
  if (status === 429 || status === 503) return BUSY;
  return status >= 500 ? RETRY : REJECTED;
}

/** For the log and the quarantine. */
export function told({ status, type = String(status), reason, index = '' }: Fault, { advice }: Judgement): string {
  const said = reason || 'no reason given';
  return [type, ...(said.includes(index) ? [] : [index]), said, ...(advice === undefined ? [] : [advice])].join(': ');
}
