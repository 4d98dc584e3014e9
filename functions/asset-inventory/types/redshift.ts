/**
 * Redshift: clusters.
 * https://docs.aws.amazon.com/redshift/latest/APIReference/API_Cluster.html
 */
import {
  type Cluster,
  DescribeClustersCommand,
  DescribeLoggingStatusCommand,
  type DescribeLoggingStatusCommandOutput,
  RedshiftClient,
} from '@aws-sdk/client-redshift';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const redshift = service(RedshiftClient);

interface RecentUpdate extends Cluster {
  readonly logging?: Pick<DescribeLoggingStatusCommandOutput, 'LoggingEnabled' | 'BucketName'>;
}

const cluster = declare<RecentUpdate>({
  type: 'AWS::Redshift::Cluster',
  class: 'database',
  scope: 'region',
  pack: 'data',
  ...redshift.pages({
    action: 'redshift:DescribeClusters',
    page: (Marker) => new DescribeClustersCommand({ Marker, MaxRecords: 100 }),
    one: (ClusterIdentifier) => new DescribeClustersCommand({ ClusterIdentifier }),
    read: ({ Clusters, Marker }) => ({ records: Clusters, next: Marker }),
  }),
  details: [
    redshift.detail({
      action: 'redshift:DescribeLoggingStatus',
      fills: ['security.logging'],
      call: ({ ClusterIdentifier }) => new DescribeLoggingStatusCommand({ ClusterIdentifier }),
      read: ({ LoggingEnabled, BucketName }) => ({ logging: { LoggingEnabled, BucketName } }),
    }),
  ],
  asset(each, at) {
    const { ClusterIdentifier = '', ClusterNodes = [], VpcSecurityGroups = [], logging } = each;
    const groups = VpcSecurityGroups.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId);
    return {
      id: at.arn('redshift', `cluster:${ClusterIdentifier}`),
      nativeId: ClusterIdentifier,
      name: ClusterIdentifier,
      zone: each.AvailabilityZone,
      tags: each.Tags,
      createdAt: each.ClusterCreateTime,
      incarnation: each.ClusterNamespaceArn,
      net: {
        dns: [each.Endpoint?.Address],
        private: ClusterNodes.map(({ PrivateIPAddress }) => PrivateIPAddress),
        public: ClusterNodes.map(({ PublicIPAddress }) => PublicIPAddress),
        eni: (each.Endpoint?.VpcEndpoints ?? []).flatMap(({ NetworkInterfaces = [] }) =>
          NetworkInterfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId),
        ),
        vpc: each.VpcId,
        sg: groups,
      },
      security: {
        status: each.ClusterStatus,
        publiclyAccessible: each.PubliclyAccessible,
        encrypted: each.Encrypted,
        kmsKey: each.KmsKeyId,
        logging: logging?.LoggingEnabled,
        enhancedRouting: each.EnhancedVpcRouting,
        port: each.Endpoint?.Port,
        subnetGroup: each.ClusterSubnetGroupName,
      },
      relationships: [
        relation('in_vpc', each.VpcId),
        ...relations('protected_by', groups),
        relation('encrypted_by', each.KmsKeyId),
        relation('logs_to', logging?.BucketName),
        ...relations(
          'assumes',
          each.IamRoles?.map(({ IamRoleArn }) => IamRoleArn),
        ),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [cluster];
