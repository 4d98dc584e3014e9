/**
 * RDS, and Aurora, DocumentDB and Neptune, which answer in the same place: instances, clusters, proxies, snapshots.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Operations.html
 */
import {
  type DBCluster,
  type DBClusterSnapshot,
  type DBInstance,
  type DBProxy,
  type DBSnapshot,
  DescribeDBClusterSnapshotAttributesCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBProxiesCommand,
  DescribeDBSnapshotAttributesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const rds = service(RDSClient);
const DATABASE = { class: 'database', scope: 'region', pack: 'data' } as const;
const MaxRecords = 100;

const groupsOf = ({ VpcSecurityGroups = [] }: Pick<DBInstance, 'VpcSecurityGroups'>) =>
  VpcSecurityGroups.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId);

const instance = declare<DBInstance>({
  type: 'AWS::RDS::DBInstance',
  ...DATABASE,
  ...rds.pages({
    action: 'rds:DescribeDBInstances',
    page: (Marker) => new DescribeDBInstancesCommand({ Marker, MaxRecords }),
    one: (DBInstanceIdentifier) => new DescribeDBInstancesCommand({ DBInstanceIdentifier }),
    read: ({ DBInstances, Marker }) => ({ records: DBInstances, next: Marker }),
  }),
  asset(each) {
    const { DBInstanceArn = '', DBInstanceIdentifier = '', DBSubnetGroup } = each;
    const subnets = DBSubnetGroup?.Subnets?.map(({ SubnetIdentifier }) => SubnetIdentifier);
    return {
      id: DBInstanceArn,
      nativeId: DBInstanceIdentifier,
      name: DBInstanceIdentifier,
      zone: each.AvailabilityZone,
      tags: each.TagList,
      createdAt: each.InstanceCreateTime,
      incarnation: each.DbiResourceId,
      net: { dns: [each.Endpoint?.Address], vpc: DBSubnetGroup?.VpcId, subnets, sg: groupsOf(each) },
      security: {
        status: each.DBInstanceStatus,
        publiclyAccessible: each.PubliclyAccessible,
        encrypted: each.StorageEncrypted,
        kmsKey: each.KmsKeyId,
        engine: `${each.Engine} ${each.EngineVersion}`,
        port: each.Endpoint?.Port,
        iamAuth: each.IAMDatabaseAuthenticationEnabled,
        deletionProtection: each.DeletionProtection,
        caValidTill: each.CertificateDetails?.ValidTill,
        backupDays: each.BackupRetentionPeriod,
        logExports: each.EnabledCloudwatchLogsExports,
      },
      relationships: [
        relation('member_of', each.DBClusterIdentifier),
        relation('in_vpc', DBSubnetGroup?.VpcId),
        ...relations('in_subnet', subnets),
        ...relations('protected_by', groupsOf(each)),
        relation('encrypted_by', each.KmsKeyId),
        ...relations(
          'assumes',
          each.AssociatedRoles?.map(({ RoleArn }) => RoleArn),
        ),
      ],
    };
  },
});

const cluster = declare<DBCluster>({
  type: 'AWS::RDS::DBCluster',
  ...DATABASE,
  ...rds.pages({
    action: 'rds:DescribeDBClusters',
    page: (Marker) => new DescribeDBClustersCommand({ Marker, MaxRecords }),
    one: (DBClusterIdentifier) => new DescribeDBClustersCommand({ DBClusterIdentifier }),
    read: ({ DBClusters, Marker }) => ({ records: DBClusters, next: Marker }),
  }),
  asset(each) {
    const { DBClusterArn = '', DBClusterIdentifier = '', DBClusterMembers = [] } = each;
    return {
      id: DBClusterArn,
      nativeId: DBClusterIdentifier,
      name: DBClusterIdentifier,
      tags: each.TagList,
      createdAt: each.ClusterCreateTime,
      incarnation: each.DbClusterResourceId,
      net: { dns: [each.Endpoint, each.ReaderEndpoint, ...(each.CustomEndpoints ?? [])], sg: groupsOf(each) },
      security: {
        status: each.Status,
        encrypted: each.StorageEncrypted,
        kmsKey: each.KmsKeyId,
        engine: `${each.Engine} ${each.EngineVersion}`,
        port: each.Port,
        iamAuth: each.IAMDatabaseAuthenticationEnabled,
        deletionProtection: each.DeletionProtection,
        httpEndpoint: each.HttpEndpointEnabled,
        backupDays: each.BackupRetentionPeriod,
        logExports: each.EnabledCloudwatchLogsExports,
      },
      relationships: [
        ...relations('protected_by', groupsOf(each)),
        ...relations(
          'routes_to',
          DBClusterMembers.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier),
        ),
        relation('encrypted_by', each.KmsKeyId),
        ...relations(
          'assumes',
          each.AssociatedRoles?.map(({ RoleArn }) => RoleArn),
        ),
      ],
    };
  },
});

const proxy = declare<DBProxy>({
  type: 'AWS::RDS::DBProxy',
  ...DATABASE,
  ...rds.pages({
    action: 'rds:DescribeDBProxies',
    page: (Marker) => new DescribeDBProxiesCommand({ Marker, MaxRecords }),
    one: (DBProxyName) => new DescribeDBProxiesCommand({ DBProxyName }),
    read: ({ DBProxies, Marker }) => ({ records: DBProxies, next: Marker }),
  }),
  asset: (each) => ({
    id: each.DBProxyArn ?? '',
    nativeId: each.DBProxyName ?? '',
    name: each.DBProxyName,
    createdAt: each.CreatedDate,
    net: { dns: [each.Endpoint], vpc: each.VpcId, subnets: each.VpcSubnetIds, sg: each.VpcSecurityGroupIds },
    security: { status: each.Status, requireTls: each.RequireTLS, engine: each.EngineFamily },
    relationships: [
      relation('in_vpc', each.VpcId),
      ...relations('in_subnet', each.VpcSubnetIds),
      ...relations('protected_by', each.VpcSecurityGroupIds),
      relation('assumes', each.RoleArn),
    ],
  }),
});

/** Accounts that may restore it; `all`: anybody. */
interface Shared {
  readonly sharedWith?: readonly string[];
}

type Attributes = readonly {
  readonly AttributeName?: string | undefined;
  readonly AttributeValues?: readonly string[] | undefined;
}[];

const sharedBy = (attributes: Attributes = []): Shared => ({
  sharedWith: attributes.find(({ AttributeName }) => AttributeName === 'restore')?.AttributeValues ?? [],
});

const SHARING = ['security.public', 'security.sharedWith'];

const snapshot = declare<DBSnapshot & Shared>({
  type: 'AWS::RDS::DBSnapshot',
  ...DATABASE,
  ...rds.pages({
    action: 'rds:DescribeDBSnapshots',
    page: (Marker) => new DescribeDBSnapshotsCommand({ Marker, MaxRecords, SnapshotType: 'manual' }),
    one: (DBSnapshotIdentifier) => new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }),
    read: ({ DBSnapshots, Marker }) => ({ records: DBSnapshots, next: Marker }),
  }),
  details: [
    rds.detail({
      action: 'rds:DescribeDBSnapshotAttributes',
      fills: SHARING,
      call: ({ DBSnapshotIdentifier }) => new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier }),
      read: ({ DBSnapshotAttributesResult: result }) => sharedBy(result?.DBSnapshotAttributes),
    }),
  ],
  asset: (each) => ({
    id: each.DBSnapshotArn ?? '',
    nativeId: each.DBSnapshotIdentifier ?? '',
    name: each.DBSnapshotIdentifier,
    tags: each.TagList,
    createdAt: each.SnapshotCreateTime,
    security: {
      public: each.sharedWith?.includes('all'),
      sharedWith: each.sharedWith,
      encrypted: each.Encrypted,
      kmsKey: each.KmsKeyId,
      engine: `${each.Engine} ${each.EngineVersion}`,
    },
    relationships: [relation('made_from', each.DBInstanceIdentifier), relation('encrypted_by', each.KmsKeyId)],
  }),
});

const clusterSnapshot = declare<DBClusterSnapshot & Shared>({
  type: 'AWS::RDS::DBClusterSnapshot',
  ...DATABASE,
  ...rds.pages({
    action: 'rds:DescribeDBClusterSnapshots',
    page: (Marker) => new DescribeDBClusterSnapshotsCommand({ Marker, MaxRecords, SnapshotType: 'manual' }),
    one: (DBClusterSnapshotIdentifier) => new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier }),
    read: ({ DBClusterSnapshots, Marker }) => ({
      records: DBClusterSnapshots,
      next: Marker,
    }),
  }),
  details: [
    rds.detail({
      action: 'rds:DescribeDBClusterSnapshotAttributes',
      fills: SHARING,
      call: ({ DBClusterSnapshotIdentifier }) =>
        new DescribeDBClusterSnapshotAttributesCommand({ DBClusterSnapshotIdentifier }),
      read: ({ DBClusterSnapshotAttributesResult: result }) => sharedBy(result?.DBClusterSnapshotAttributes),
    }),
  ],
  asset: (each) => ({
    id: each.DBClusterSnapshotArn ?? '',
    nativeId: each.DBClusterSnapshotIdentifier ?? '',
    name: each.DBClusterSnapshotIdentifier,
    tags: each.TagList,
    createdAt: each.SnapshotCreateTime,
    security: {
      public: each.sharedWith?.includes('all'),
      sharedWith: each.sharedWith,
      encrypted: each.StorageEncrypted,
      kmsKey: each.KmsKeyId,
      engine: `${each.Engine} ${each.EngineVersion}`,
    },
    relationships: [relation('made_from', each.DBClusterIdentifier), relation('encrypted_by', each.KmsKeyId)],
  }),
});

export const declarations: readonly Declaration[] = [instance, cluster, proxy, snapshot, clusterSnapshot];
