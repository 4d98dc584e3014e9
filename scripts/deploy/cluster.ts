/**
 * The nodes of a domain that the stack makes: what its size stands for, and what single parameters change.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-opensearchservice-domain.html
 */
import type { Tree } from './compose.ts';
import type { Parameters } from './parameters.ts';

export interface Cluster {
  readonly instanceType: string;
  readonly nodes: number;
  readonly zones: number;
  /** Undefined: the instances have disks of their own. */
  readonly volumeGib: number | undefined;
  readonly masters: number;
  readonly masterType: string;
  readonly warm: number;
  readonly warmType: string;
  readonly isCold: boolean;
  readonly isStandby: boolean;
}

const SIZES = {
  development: { instanceType: 'r7g.large.search', nodes: 3, volumeGib: 100, masters: 0, warm: 0 },
  production: { instanceType: 'r7g.xlarge.search', nodes: 3, volumeGib: 500, masters: 3, warm: 3 },
} as const;

/** Families that bring their own disks: `i4g.large.search`. */
export const hasOwnDisks = (type: string): boolean => /^(i[34][a-z]*|i7i|i8g|im4gn|[a-z]+\dgd|oi2)\./.test(type);

export function clusterOf(parameters: Parameters): Cluster {
  const size = SIZES[parameters.opensearchSize];
  const instanceType = parameters.opensearchInstanceType || size.instanceType;
  const nodes = parameters.opensearchInstanceCount || size.nodes;
  const warm = Number(parameters.opensearchWarmCount || size.warm);
  return {
    instanceType,
    nodes,
    zones: zonesOf(parameters, nodes),
    volumeGib: hasOwnDisks(instanceType) ? undefined : parameters.opensearchVolumeGib || size.volumeGib,
    masters: Number(parameters.opensearchMasterCount || size.masters),
    masterType: parameters.opensearchMasterType || 'm7g.large.search',
    warm,
    warmType: parameters.opensearchWarmType || 'ultrawarm1.medium.search',
    isCold: warm > 0 && parameters.opensearchCold !== 'off',
    isStandby: parameters.opensearchStandby === 'on',
  };
}

/** One zone for each subnet; without subnets the most that the nodes can be spread over evenly. */
function zonesOf({ subnetIds, opensearchNetwork }: Parameters, nodes: number): number {
  if (opensearchNetwork === 'vpc') return subnetIds.length;
  return [3, 2].find((zones) => nodes % zones === 0) ?? 1;
}

/** ClusterConfig. */
export function clusterConfig({ zones, masters, warm, ...cluster }: Cluster): Tree {
  return {
    InstanceType: cluster.instanceType,
    InstanceCount: cluster.nodes,
    ZoneAwarenessEnabled: zones > 1,
    ...(zones > 1 && { ZoneAwarenessConfig: { AvailabilityZoneCount: zones } }),
    ...(cluster.isStandby && { MultiAZWithStandbyEnabled: true }),
    ...(masters > 0 && {
      DedicatedMasterEnabled: true,
      DedicatedMasterCount: masters,
      DedicatedMasterType: cluster.masterType,
    }),
    ...(warm > 0 && {
      WarmEnabled: true,
      WarmCount: warm,
      WarmType: cluster.warmType,
      ColdStorageOptions: { Enabled: cluster.isCold },
    }),
  };
}

/** EBSOptions. gp3 includes 3 operations per second for each GiB above 1 TiB. https://docs.aws.amazon.com/opensearch-service/latest/developerguide/sizing-domains.html */
export function disks({ volumeGib }: Cluster, { opensearchIops, opensearchThroughput }: Parameters): Tree {
  if (volumeGib === undefined) return { EBSEnabled: false };
  return {
    EBSEnabled: true,
    VolumeType: 'gp3',
    VolumeSize: volumeGib,
    Iops: opensearchIops || Math.min(16_000, Math.max(3_000, 3 * volumeGib)),
    Throughput: opensearchThroughput || (volumeGib < 170 ? 125 : 250),
  };
}
