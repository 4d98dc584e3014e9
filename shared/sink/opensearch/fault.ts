/**
 * Classifies an error of OpenSearch: what happens to the records that met it, and what an operator can do about it.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/handling-errors.html
 */

/** Of one action of `_bulk`, or of a whole request. */
export interface Fault {
  readonly status: number;
  readonly type?: string;
  readonly reason?: string;
  readonly index?: string;
}

/** `reroute`: this index accepts nothing any more, another one may. */
export type Action = 'accept' | 'reroute' | 'retry' | 'reject';

export interface Classification {
  readonly action: Action;
  /** Less at once would help. */
  readonly busy?: true;
  readonly advice?: string;
}

const retry = (advice?: string): Classification => ({ action: 'retry', ...(advice !== undefined && { advice }) });
const reroute = (advice: string): Classification => ({ action: 'reroute', advice });
const busy = (advice?: string): Classification => ({ ...retry(advice), busy: true });

const ANY = /^/;
const BLOCK = 'cluster_block_exception';
const ILLEGAL = 'illegal_argument_exception';
const FULL_QUEUE = busy('the nodes have more to index than they keep up with');
const NO_NEW_INDEX = retry('no index can be made: storage or memory is nearly used up, or an operator forbade it');

/**
 * By type and what the reason holds; the first that fits. All of them concern the index, the cluster or our permissions, and
 * most have a status of 4xx: nothing is wrong with the record. The numbers are those of OpenSearch's blocks; a block of the
 * whole cluster has no `index [` before it.
 */
const KNOWN: readonly (readonly [type: string, says: RegExp, Classification])[] = [
  ['circuit_breaking_exception', ANY, busy('a node is short of memory')],
  ['rejected_execution_exception', ANY, FULL_QUEUE],
  ['es_rejected_execution_exception', ANY, FULL_QUEUE],
  [BLOCK, /^index \[.*FORBIDDEN\/8\//, reroute('the index is in UltraWarm or was made read-only')],
  [BLOCK, /^index \[.*FORBIDDEN\/5\//, reroute('the index was made read-only')],
  ['index_closed_exception', ANY, reroute('the index was closed')],
  [BLOCK, /\/12\//, retry('a disk is nearly full: add storage or delete indices, then the block goes by itself')],
  [BLOCK, /FORBIDDEN\/(6|13)\//, retry('the whole cluster was made read-only: see cluster.blocks in its settings')],
  [BLOCK, /\/10\//, NO_NEW_INDEX],
  [BLOCK, ANY, retry()],
  ['index_create_block_exception', ANY, NO_NEW_INDEX],
  ['unavailable_shards_exception', ANY, retry('a shard of the index is on no node: see _cluster/allocation/explain')],
  ['index_not_found_exception', ANY, retry('action.auto_create_index has to allow the index')],
  ['validation_exception', /shards/, retry('raise cluster.max_shards_per_node or delete indices')],
  ['validation_exception', ANY, retry()],
  [ILLEGAL, /^Document ID is not supported/, retry('the collection has to be of the type search')],
  [
    ILLEGAL,
    /^no write index is defined for alias/,
    retry('an alias stands in the place of the index: name its write index'),
  ],
  [
    ILLEGAL,
    /^pipeline with id \[.*\] does not exist/,
    retry('create the pipeline or take it out of the index settings'),
  ],
  [
    ILLEGAL,
    /^only write ops with an op_type of create/,
    retry('a data stream stands in the place of the index: delete it'),
  ],
  [ILLEGAL, /Number of documents in shard .* exceeds/, retry('the shard is full: give the index more shards')],
  ['invalid_index_name_exception', ANY, retry('correct the name of the index')],
  ['security_exception', ANY, retry('the role or user has to be allowed to write there and to make indices')],
];

const ACCEPT: Classification = { action: 'accept' };
const BUSY = busy();
const RETRY = retry();
const FORBIDDEN = retry('the role or user has to be allowed to write there and to make indices');
const REJECT: Classification = { action: 'reject' };

export function classify({ status, type = '', reason = '' }: Fault): Classification {
  if (status < 300 || status === 409) return ACCEPT; // 409: it is there already, or a newer state of it
  const known = KNOWN.find(([of, says]) => of === type && says.test(reason));
  if (known !== undefined) return known[2];
  if (status === 401 || status === 403) return FORBIDDEN;
  if (status === 429 || status === 503) return BUSY;
  return status >= 500 ? RETRY : REJECT;
}

/** For the log and the quarantine. */
export function describe({ status, type = String(status), reason, index = '' }: Fault, of: Classification): string {
  const said = reason || 'no reason given';
  return [type, ...(said.includes(index) ? [] : [index]), said, ...(of.advice === undefined ? [] : [of.advice])].join(
    ': ',
  );
}
