/**
 * MemoryDB: clusters.
 * https://docs.aws.amazon.com/memorydb/latest/APIReference/API_Cluster.html
 */
import {
  type Cluster,
  DescribeClustersCommand,
  ListTagsCommand,
  MemoryDBClient,
  type Tag,
} from '@aws-sdk/client-memorydb';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const memorydb = service(MemoryDBClient);

interface RecentUpdate extends Cluster {
  readonly tags?: readonly Tag[] | undefined;
}

const cluster = declare<RecentUpdate>({
  type: 'AWS::MemoryDB::Cluster',
  class: 'database',
  scope: 'region',
  pack: 'data',
  ...memorydb.pages({
    action: 'memorydb:DescribeClusters',
    page: (NextToken) => new DescribeClustersCommand({ NextToken, MaxResults: 100 }),
    one: (ClusterName) => new DescribeClustersCommand({ ClusterName }),
    read: ({ Clusters, NextToken }) => ({ records: Clusters, next: NextToken }),
  }),
  details: [
    memorydb.detail({
      action: 'memorydb:ListTags',
      fills: ['tags'],
      call: ({ ARN }) => new ListTagsCommand({ ResourceArn: ARN }),
      read: ({ TagList }) => ({ tags: TagList }),
    }),
  ],
  asset(each) {
    const groups = each.SecurityGroups?.map(({ SecurityGroupId }) => SecurityGroupId);
    return {
      id: each.ARN ?? '',
      nativeId: each.Name ?? '',
      name: each.Name,
      tags: each.tags,
      net: { dns: [each.ClusterEndpoint?.Address], sg: groups },
      security: {
        status: each.Status,
        tls: each.TLSEnabled,
        acl: each.ACLName,
        openAccess: each.ACLName === 'open-access',
        kmsKey: each.KmsKeyId,
        engine: `${each.Engine ?? 'redis'} ${each.EngineVersion}`,
      },
      relationships: [...relations('protected_by', groups), relation('encrypted_by', each.KmsKeyId)],
    };
  },
});

export const declarations: readonly Declaration[] = [cluster];
