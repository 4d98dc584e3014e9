/**
 * The cheapest domain that holds and indexes so much.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-dedicatedmasternodes.html
 */

export interface Nodes {
  /** '' where there are none. */
  readonly type: string;
  readonly count: number;
}

export interface Domain {
  readonly data: Nodes;
  /** Of each data node. */
  readonly volumeGib: number;
  readonly masters: Nodes;
  readonly warm: Nodes;
}

export interface Load {
  /** Bytes on disk by tier. */
  readonly tiers: { readonly hot: number; readonly warm: number; readonly cold: number };
  /** CPU time that indexing takes on all nodes together. */
  readonly cpuSecondsADay: number;
  /** Shards in hot storage, for so many data nodes. */
  shards(dataNodes: number): number;
}

interface DataNode {
  readonly vcpus: number;
  readonly memoryGib: number;
  /** The largest gp3 volume. */
  readonly volumeGib: number;
}

const DATA: Readonly<Record<string, DataNode>> = {
  'r7g.large.search': { vcpus: 2, memoryGib: 16, volumeGib: 2048 },
  'r7g.xlarge.search': { vcpus: 4, memoryGib: 32, volumeGib: 3072 },
  'r7g.2xlarge.search': { vcpus: 8, memoryGib: 64, volumeGib: 6144 },
  'r7g.4xlarge.search': { vcpus: 16, memoryGib: 128, volumeGib: 12288 },
};

const GIB = 2 ** 30;
const WARM: Readonly<Record<string, number>> = {
  'ultrawarm1.medium.search': 1536 * GIB,
  'ultrawarm1.large.search': 20_480 * GIB,
};

const ZONES = 3;
const MOST_DATA_NODES = 80; // without asking AWS
const LEAST_VOLUME_GIB = 100;
/** Segments that are not merged yet. The service keeps 20 % of a volume, at most 20 GiB, and Linux 5 %. */
const UNMERGED = 1.1;
const LINUX = 0.95;
const SERVICE = 0.8;
/** The busiest minutes of a day, by its average. */
const PEAK = 2.5;
/** What indexing may take at the peak. The rest is for searches, merges and a zone that fails. */
const SHARE_OF_CPU = 0.5;
const SHARDS_PER_GIB_HEAP = 25;
const DAY_SECONDS = 86_400;

/** Throws Error for what 80 of the largest nodes can't hold. */
export function domainFor(load: Load, dollarsPerHour: Readonly<Record<string, number>>): Domain {
  const hotGib = (load.tiers.hot * UNMERGED) / LINUX / SERVICE / GIB;
  const fitting = Object.entries(DATA)
    .map(([type, node]) => ({ type, count: countFor(node, hotGib, load) }))
    .filter(({ count }) => count <= MOST_DATA_NODES);
  const cost = ({ type, count }: Nodes) => count * dollarsPerHour[type];
  const [data] = fitting.toSorted((a, b) => cost(a) - cost(b));
  if (data === undefined) throw new Error(`${Math.round(hotGib)} GiB of hot storage need more than one domain`);
  return {
    data,
    volumeGib: Math.max(LEAST_VOLUME_GIB, Math.ceil(hotGib / data.count)),
    masters: { type: masterFor(data.count), count: 3 },
    warm: warmFor(load.tiers, dollarsPerHour),
  };
}

function countFor({ vcpus, memoryGib, volumeGib }: DataNode, hotGib: number, load: Load): number {
  const heapGib = Math.min(32, memoryGib / 2);
  const byCpu = (load.cpuSecondsADay * PEAK) / DAY_SECONDS / SHARE_OF_CPU / vcpus;
  let count = multiple(Math.max(hotGib / volumeGib, byCpu));
  while (count <= MOST_DATA_NODES && load.shards(count) > count * heapGib * SHARDS_PER_GIB_HEAP) count += ZONES;
  return count;
}

const multiple = (nodes: number): number => Math.max(1, Math.ceil(nodes / ZONES)) * ZONES;

const masterFor = (dataNodes: number): string =>
  dataNodes <= 30 ? 'r7g.large.search' : dataNodes <= 60 ? 'r7g.xlarge.search' : 'r7g.2xlarge.search';

/** Cold data need warm nodes, too: they are searched there. */
function warmFor({ warm, cold }: Load['tiers'], dollarsPerHour: Readonly<Record<string, number>>): Nodes {
  if (warm <= 0 && cold <= 0) return { type: '', count: 0 };
  const choices = Object.entries(WARM).map(([type, bytes]) => ({ type, count: Math.max(2, Math.ceil(warm / bytes)) }));
  return choices.toSorted((a, b) => a.count * dollarsPerHour[a.type] - b.count * dollarsPerHour[b.type])[0];
}
