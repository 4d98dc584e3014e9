/**
 * How many primary shards an index gets, by what its source wrote in the days before.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/bp-sharding.html
 */

/** The largest that AWS advises for logs; 30 to 50 GiB is what it calls ideal. */
export const MAX_SHARD_BYTES = 50 * 2 ** 30;
const MIN_SHARD_BYTES = 30 * 2 ** 30;

/** Lucene ends at 2^31 documents a shard; a quarter is left for a day that nobody expected. */
export const MAX_SHARD_DOCUMENTS = 1_600_000_000;

/** A day may be a fifth larger than the largest of those before. */
const GROWTH = 1.2;

/** Of one index on one data node: more share its CPU without being faster. */
const MAX_PER_NODE = 10;

/** `index.max_number_of_shards`, which the service does not change. */
const MAX_SHARDS = 1024;

/** What an index of one day or month holds, replicas not counted. */
export interface Volume {
  readonly bytes: number;
  readonly documents: number;
}

export interface Shards {
  readonly shards: number;
  /** Shards will be larger than advised, since the domain has too few data nodes for more. */
  readonly isShort: boolean;
}

/** In: what the source's last whole periods held. One shard where nothing is known. */
export function shardsFor(volumes: readonly Volume[], dataNodes: number): Shards {
  const most = (of: (volume: Volume) => number) => Math.max(0, ...volumes.map(of)) * GROWTH;
  const bytes = most((volume) => volume.bytes);
  const bySize = Math.max(1, Math.ceil(bytes / MAX_SHARD_BYTES));
  const byCount = Math.max(1, Math.ceil(most(({ documents }) => documents) / MAX_SHARD_DOCUMENTS));
  const needed = Math.max(spread(bySize, bytes, dataNodes), byCount);
  const limit = Math.min(MAX_SHARDS, Math.max(1, dataNodes) * MAX_PER_NODE);
  // a shard that is full refuses documents, one that is large is only slow
  return { shards: Math.min(MAX_SHARDS, Math.max(byCount, Math.min(needed, limit))), isShort: needed > limit };
}

/** The same number on every node, unless shards would become small by it. */
function spread(shards: number, bytes: number, dataNodes: number): number {
  if (dataNodes < 1 || shards <= 1) return shards;
  const even = Math.ceil(shards / dataNodes) * dataNodes;
  return bytes / even >= MIN_SHARD_BYTES ? even : shards;
}

/** Whether a month of such days fits into one shard, so that an index a day is only overhead. */
export const fitsMonth = (days: readonly Volume[]): boolean =>
  days.length > 0 && Math.max(...days.map(({ bytes }) => bytes)) * GROWTH * 31 <= MAX_SHARD_BYTES;
