/**
 * ElastiCache: clusters, replication groups and serverless caches.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CacheCluster.html
 */
import {
  type CacheCluster,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  DescribeServerlessCachesCommand,
  ElastiCacheClient,
  ListTagsForResourceCommand,
  type ReplicationGroup,
  type ServerlessCache,
  type Tag,
} from '@aws-sdk/client-elasticache';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const elasticache = service(ElastiCacheClient);
const DATABASE = { class: 'database', scope: 'region', pack: 'data' } as const;

interface Tagged {
  readonly ARN?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

const tags = elasticache.detail<Tagged, { readonly TagList?: Tag[] | undefined }>({
  action: 'elasticache:ListTagsForResource',
  fills: ['tags'],
  when: ({ ARN }) => ARN !== undefined,
  call: ({ ARN }) => new ListTagsForResourceCommand({ ResourceName: ARN }),
  read: ({ TagList }) => ({ tags: TagList }),
});

const cluster = declare<CacheCluster & Tagged>({
  type: 'AWS::ElastiCache::CacheCluster',
  ...DATABASE,
  ...elasticache.pages({
    action: 'elasticache:DescribeCacheClusters',
    page: (Marker) => new DescribeCacheClustersCommand({ Marker, MaxRecords: 100, ShowCacheNodeInfo: true }),
    one: (CacheClusterId) => new DescribeCacheClustersCommand({ CacheClusterId, ShowCacheNodeInfo: true }),
    read: ({ CacheClusters, Marker }) => ({ records: CacheClusters, next: Marker }),
  }),
  details: [tags],
  asset(each, at) {
    const { CacheClusterId = '', CacheNodes = [], SecurityGroups = [] } = each;
    const groups = SecurityGroups.map(({ SecurityGroupId }) => SecurityGroupId);
    return {
      id: each.ARN ?? at.arn('elasticache', `cluster:${CacheClusterId}`),
      nativeId: CacheClusterId,
      name: CacheClusterId,
      zone: each.PreferredAvailabilityZone,
      tags: each.tags,
      createdAt: each.CacheClusterCreateTime,
      net: {
        dns: [...CacheNodes.map(({ Endpoint }) => Endpoint?.Address), each.ConfigurationEndpoint?.Address],
        sg: groups,
      },
      security: {
        status: each.CacheClusterStatus,
        engine: `${each.Engine} ${each.EngineVersion}`,
        tls: each.TransitEncryptionEnabled,
        encrypted: each.AtRestEncryptionEnabled,
        authToken: each.AuthTokenEnabled,
        subnetGroup: each.CacheSubnetGroupName,
      },
      relationships: [
        ...relations('protected_by', groups),
        relation('member_of', each.ReplicationGroupId),
        relation('logs_to', each.LogDeliveryConfigurations?.[0]?.DestinationDetails?.CloudWatchLogsDetails?.LogGroup),
      ],
    };
  },
});

const replicationGroup = declare<ReplicationGroup & Tagged>({
  type: 'AWS::ElastiCache::ReplicationGroup',
  ...DATABASE,
  ...elasticache.pages({
    action: 'elasticache:DescribeReplicationGroups',
    page: (Marker) => new DescribeReplicationGroupsCommand({ Marker, MaxRecords: 100 }),
    one: (ReplicationGroupId) => new DescribeReplicationGroupsCommand({ ReplicationGroupId }),
    read: ({ ReplicationGroups, Marker }) => ({ records: ReplicationGroups, next: Marker }),
  }),
  details: [tags],
  asset(each, at) {
    const { ReplicationGroupId = '', NodeGroups = [] } = each;
    const endpoints = NodeGroups.flatMap(({ PrimaryEndpoint, ReaderEndpoint }) => [PrimaryEndpoint, ReaderEndpoint]);
    return {
      id: each.ARN ?? at.arn('elasticache', `replicationgroup:${ReplicationGroupId}`),
      nativeId: ReplicationGroupId,
      name: ReplicationGroupId,
      tags: each.tags,
      createdAt: each.ReplicationGroupCreateTime,
      net: { dns: [each.ConfigurationEndpoint, ...endpoints].map((endpoint) => endpoint?.Address) },
      security: {
        status: each.Status,
        tls: each.TransitEncryptionEnabled,
        encrypted: each.AtRestEncryptionEnabled,
        authToken: each.AuthTokenEnabled,
        kmsKey: each.KmsKeyId,
      },
      relationships: [relation('encrypted_by', each.KmsKeyId), ...relations('routes_to', each.MemberClusters)],
    };
  },
});

const serverless = declare<ServerlessCache & Tagged>({
  type: 'AWS::ElastiCache::ServerlessCache',
  ...DATABASE,
  ...elasticache.pages({
    action: 'elasticache:DescribeServerlessCaches',
    page: (NextToken) => new DescribeServerlessCachesCommand({ NextToken, MaxResults: 50 }),
    one: (ServerlessCacheName) => new DescribeServerlessCachesCommand({ ServerlessCacheName }),
    read: ({ ServerlessCaches, NextToken }) => ({ records: ServerlessCaches, next: NextToken }),
  }),
  details: [tags],
  asset: (each) => ({
    id: each.ARN ?? '',
    nativeId: each.ServerlessCacheName ?? '',
    name: each.ServerlessCacheName,
    tags: each.tags,
    createdAt: each.CreateTime,
    net: {
      dns: [each.Endpoint?.Address, each.ReaderEndpoint?.Address],
      subnets: each.SubnetIds,
      sg: each.SecurityGroupIds,
    },
    security: {
      status: each.Status,
      engine: `${each.Engine} ${each.FullEngineVersion}`,
      kmsKey: each.KmsKeyId,
      encrypted: true, // all of them are, and speak TLS only
      tls: true,
    },
    relationships: [
      ...relations('in_subnet', each.SubnetIds),
      ...relations('protected_by', each.SecurityGroupIds),
      relation('encrypted_by', each.KmsKeyId),
    ],
  }),
});

export const declarations: readonly Declaration[] = [cluster, replicationGroup, serverless];
