import { CreateTableCommand, DynamoDBClient, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import { CreateFileSystemCommand, CreateMountTargetCommand, EFSClient } from '@aws-sdk/client-efs';
import {
  CreateCacheClusterCommand,
  CreateReplicationGroupCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { CreateFileSystemCommand as CreateFsxCommand, FSxClient } from '@aws-sdk/client-fsx';
import { CreateStreamCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import {
  CreateClusterCommand as CreateMemoryCommand,
  CreateSubnetGroupCommand,
  MemoryDBClient,
} from '@aws-sdk/client-memorydb';
import { CreateBrokerCommand, MqClient } from '@aws-sdk/client-mq';
import { CreateDomainCommand, OpenSearchClient } from '@aws-sdk/client-opensearch';
import {
  CreateDBClusterCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBProxyCommand,
  CreateDBSnapshotCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { CreateClusterCommand as CreateRedshiftCommand, RedshiftClient } from '@aws-sdk/client-redshift';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateAccessPointCommand, PutPublicAccessBlockCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CreateServerCommand, TransferClient } from '@aws-sdk/client-transfer';
import { expect } from '@jest/globals';
import { ACCOUNT } from '../looked.ts';
import { arn, type Made, type MadeRow } from '../made.ts';

const KEY = arn('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab');

async function database({ client, group }: Made, DBInstanceIdentifier: string) {
  const { DBInstance } = await client(RDSClient).send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier,
      DBInstanceClass: 'db.t3.micro',
      Engine: 'postgres',
      MasterUsername: 'root',
      MasterUserPassword: 'Not-a-real-1',
      AllocatedStorage: 20,
      StorageEncrypted: true,
      KmsKeyId: KEY,
      PubliclyAccessible: true,
      VpcSecurityGroupIds: [group],
      Tags: [{ Key: 'owner', Value: 'data' }],
    }),
  );
  return DBInstance!;
}

async function databaseCluster({ client, group }: Made, DBClusterIdentifier: string) {
  const { DBCluster } = await client(RDSClient).send(
    new CreateDBClusterCommand({
      DBClusterIdentifier,
      Engine: 'aurora-postgresql',
      MasterUsername: 'root',
      MasterUserPassword: 'Not-a-real-1',
      StorageEncrypted: true,
      DeletionProtection: true,
      VpcSecurityGroupIds: [group],
    }),
  );
  return DBCluster!;
}

const control = ({ client }: Made) => client(S3ControlClient);

export const ROWS: readonly MadeRow[] = [
  {
    type: 'AWS::RDS::DBInstance',
    async make(things) {
      const { DBInstanceArn = '', Endpoint } = await database(things, 'one');
      return {
        id: DBInstanceArn,
        tags: { owner: 'data' },
        net: expect.objectContaining({ dns: [Endpoint!.Address], sg: [things.group] }),
        security: { publiclyAccessible: true, encrypted: true, port: 5432 },
      };
    },
  },
  {
    type: 'AWS::RDS::DBCluster',
    async make(things) {
      const { DBClusterArn = '', Endpoint = '', ReaderEndpoint = '' } = await databaseCluster(things, 'many');
      return {
        id: DBClusterArn,
        net: expect.objectContaining({ dns: [Endpoint, ReaderEndpoint].sort() }),
        security: { encrypted: true, deletionProtection: true },
      };
    },
  },
  {
    type: 'AWS::RDS::DBProxy',
    async make({ client, subnet, group }) {
      const { DBProxy } = await client(RDSClient).send(
        new CreateDBProxyCommand({
          DBProxyName: 'front',
          EngineFamily: 'POSTGRESQL',
          Auth: [{ AuthScheme: 'SECRETS' }],
          RoleArn: arn('iam', 'role/proxy', ''),
          VpcSubnetIds: [subnet],
          VpcSecurityGroupIds: [group],
          RequireTLS: true,
        }),
      );
      return {
        id: DBProxy!.DBProxyArn!,
        net: expect.objectContaining({ subnets: [subnet], sg: [group] }),
        security: { requireTls: true },
      };
    },
  },
  {
    type: 'AWS::RDS::DBSnapshot',
    async make(things) {
      await database(things, 'kept');
      const DBSnapshotIdentifier = 'kept-1';
      const rds = things.client(RDSClient);
      const { DBSnapshot } = await rds.send(
        new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'kept', DBSnapshotIdentifier }),
      );
      const open = { DBSnapshotIdentifier, AttributeName: 'restore', ValuesToAdd: ['all'] };
      await rds.send(new ModifyDBSnapshotAttributeCommand(open));
      return {
        id: DBSnapshot!.DBSnapshotArn!,
        security: { public: true, sharedWith: ['all'], encrypted: true },
        relationships: expect.arrayContaining([{ type: 'made_from', target: 'kept' }]),
      };
    },
  },
  {
    type: 'AWS::RDS::DBClusterSnapshot',
    async make(things) {
      await databaseCluster(things, 'many-kept');
      const of = { DBClusterIdentifier: 'many-kept', DBClusterSnapshotIdentifier: 'many-1' };
      const { DBClusterSnapshot } = await things.client(RDSClient).send(new CreateDBClusterSnapshotCommand(of));
      return { id: DBClusterSnapshot!.DBClusterSnapshotArn!, security: { public: false, encrypted: true } };
    },
  },
  {
    type: 'AWS::DynamoDB::Table',
    async make({ client }) {
      const dynamodb = client(DynamoDBClient);
      const { TableDescription } = await dynamodb.send(
        new CreateTableCommand({
          TableName: 'orders',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
          DeletionProtectionEnabled: true,
          Tags: [{ Key: 'owner', Value: 'data' }],
        }),
      );
      const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
      await dynamodb.send(
        new UpdateContinuousBackupsCommand({ TableName: 'orders', PointInTimeRecoverySpecification }),
      );
      return {
        id: TableDescription!.TableArn!,
        tags: { owner: 'data' },
        security: { deletionProtection: true, recoverable: true },
      };
    },
  },
  {
    type: 'AWS::ElastiCache::CacheCluster',
    async make({ client }) {
      const { CacheCluster } = await client(ElastiCacheClient).send(
        new CreateCacheClusterCommand({
          CacheClusterId: 'cache',
          Engine: 'redis',
          CacheNodeType: 'cache.t3.micro',
          NumCacheNodes: 1,
          TransitEncryptionEnabled: true,
          Tags: [{ Key: 'owner', Value: 'data' }],
        }),
      );
      return { id: CacheCluster!.ARN!, tags: { owner: 'data' }, security: { tls: true } };
    },
  },
  {
    type: 'AWS::ElastiCache::ReplicationGroup',
    async make({ client }) {
      const { ReplicationGroup } = await client(ElastiCacheClient).send(
        new CreateReplicationGroupCommand({
          ReplicationGroupId: 'replicas',
          ReplicationGroupDescription: 'replicas',
          Engine: 'redis',
          AtRestEncryptionEnabled: true,
          NumNodeGroups: 1,
          ReplicasPerNodeGroup: 1,
        }),
      );
      return { id: ReplicationGroup!.ARN!, security: { encrypted: true } };
    },
  },
  {
    type: 'AWS::MemoryDB::Cluster',
    async make({ client, subnet, group }) {
      const memory = client(MemoryDBClient);
      await memory.send(new CreateSubnetGroupCommand({ SubnetGroupName: 'memory', SubnetIds: [subnet] }));
      const { Cluster } = await memory.send(
        new CreateMemoryCommand({
          ClusterName: 'memory',
          NodeType: 'db.t4g.small',
          ACLName: 'open-access',
          SubnetGroupName: 'memory',
          SecurityGroupIds: [group],
          TLSEnabled: true,
        }),
      );
      return {
        id: Cluster!.ARN!,
        net: expect.objectContaining({ sg: [group] }),
        security: { tls: true, openAccess: true },
      };
    },
  },
  {
    type: 'AWS::OpenSearchService::Domain',
    async make({ client }) {
      const { DomainStatus } = await client(OpenSearchClient).send(
        new CreateDomainCommand({
          DomainName: 'logs',
          EncryptionAtRestOptions: { Enabled: true },
          NodeToNodeEncryptionOptions: { Enabled: true },
          TagList: [{ Key: 'owner', Value: 'data' }],
        }),
      );
      return {
        id: DomainStatus!.ARN!,
        tags: { owner: 'data' },
        net: { dns: [expect.stringContaining('logs')] },
        security: { endpoint: 'public', encrypted: true, nodeToNode: true },
      };
    },
  },
  {
    type: 'AWS::Redshift::Cluster',
    async make({ client, group }) {
      const { Cluster } = await client(RedshiftClient).send(
        new CreateRedshiftCommand({
          ClusterIdentifier: 'house',
          NodeType: 'ra3.large',
          MasterUsername: 'root',
          MasterUserPassword: 'Not-a-real-1',
          PubliclyAccessible: true,
          Encrypted: true,
          VpcSecurityGroupIds: [group],
        }),
      );
      return {
        id: arn('redshift', 'cluster:house'),
        net: expect.objectContaining({ dns: [Cluster!.Endpoint!.Address], sg: [group] }),
        security: { publiclyAccessible: true, encrypted: true, logging: false },
      };
    },
  },
  {
    type: 'AWS::EFS::FileSystem',
    async make({ client, subnet, group }) {
      const efs = client(EFSClient);
      const { FileSystemId, FileSystemArn = '' } = await efs.send(
        new CreateFileSystemCommand({ CreationToken: '1', Encrypted: true, Tags: [{ Key: 'Name', Value: 'shared' }] }),
      );
      const { NetworkInterfaceId, IpAddress } = await efs.send(
        new CreateMountTargetCommand({ FileSystemId, SubnetId: subnet, SecurityGroups: [group] }),
      );
      return {
        id: FileSystemArn,
        name: 'shared',
        net: expect.objectContaining({ eni: [NetworkInterfaceId], private: [IpAddress], subnets: [subnet] }),
        security: { encrypted: true },
      };
    },
  },
  {
    type: 'AWS::FSx::FileSystem',
    async make({ client, subnet }) {
      const { FileSystem } = await client(FSxClient).send(
        new CreateFsxCommand({ FileSystemType: 'LUSTRE', StorageCapacity: 1200, SubnetIds: [subnet] }),
      );
      return {
        id: FileSystem!.ResourceARN!,
        net: expect.objectContaining({ subnets: [subnet] }),
        security: { kind: 'LUSTRE' },
      };
    },
  },
  {
    type: 'AWS::S3::Bucket',
    async make({ client }) {
      const s3 = client(S3Client, 'us-east-1');
      await s3.send(new CreateBucketCommand({ Bucket: 'kept' }));
      const VersioningConfiguration = { Status: 'Enabled' as const };
      await s3.send(new PutBucketVersioningCommand({ Bucket: 'kept', VersioningConfiguration }));
      return {
        id: 'arn:aws:s3:::kept',
        region: 'us-east-1',
        net: { dns: ['kept.s3.amazonaws.com', 'kept.s3.us-east-1.amazonaws.com'] },
        security: { versioning: 'Enabled', policyPublic: false },
      };
    },
  },
  {
    type: 'AWS::S3::AccountPublicAccessBlock',
    async make(things) {
      const PublicAccessBlockConfiguration = { BlockPublicAcls: true, RestrictPublicBuckets: true };
      await control(things).send(
        new PutPublicAccessBlockCommand({ AccountId: ACCOUNT, PublicAccessBlockConfiguration }),
      );
      return {
        id: 'arn:aws:s3::123456789012:account-public-access-block',
        idSynthetic: true,
        security: { blockPublicAcls: true, restrictPublicBuckets: true, ignorePublicAcls: false },
      };
    },
  },
  {
    type: 'AWS::S3::AccessPoint',
    async make(things) {
      await things.client(S3Client, 'us-east-1').send(new CreateBucketCommand({ Bucket: 'pointed' }));
      const { AccessPointArn = '' } = await control(things).send(
        new CreateAccessPointCommand({ AccountId: ACCOUNT, Name: 'point', Bucket: 'pointed' }),
      );
      return {
        id: AccessPointArn,
        net: { dns: expect.arrayContaining(['point-123456789012.s3-accesspoint.eu-west-1.amazonaws.com']) },
        security: { origin: 'Internet', policyPublic: false },
        relationships: [{ type: 'routes_to', target: 'arn:aws:s3:::pointed' }],
      };
    },
  },
  {
    type: 'AWS::SQS::Queue',
    async make({ client }) {
      const Attributes = { KmsMasterKeyId: 'alias/aws/sqs', MessageRetentionPeriod: '60' };
      const { QueueUrl = '' } = await client(SQSClient).send(
        new CreateQueueCommand({ QueueName: 'jobs', Attributes, tags: { owner: 'data' } }),
      );
      return {
        id: arn('sqs', 'jobs'),
        nativeId: QueueUrl,
        tags: { owner: 'data' },
        security: { encrypted: true, retentionS: 60 },
      };
    },
  },
  {
    type: 'AWS::SNS::Topic',
    async make({ client }) {
      const sns = client(SNSClient);
      const { TopicArn = '' } = await sns.send(
        new CreateTopicCommand({ Name: 'news', Tags: [{ Key: 'owner', Value: 'data' }] }),
      );
      const queue = arn('sqs', 'jobs');
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue }));
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'ana@example.com' }));
      return {
        id: TopicArn,
        tags: { owner: 'data' },
        security: { encrypted: false, subscriptions: [queue, 'email'] },
        relationships: [{ type: 'routes_to', target: queue }],
      };
    },
  },
  {
    type: 'AWS::AmazonMQ::Broker',
    async make({ client, subnet, group }) {
      const { BrokerArn = '' } = await client(MqClient).send(
        new CreateBrokerCommand({
          BrokerName: 'broker',
          EngineType: 'RABBITMQ',
          EngineVersion: '3.13',
          HostInstanceType: 'mq.t3.micro',
          DeploymentMode: 'SINGLE_INSTANCE',
          PubliclyAccessible: true,
          AutoMinorVersionUpgrade: true,
          SubnetIds: [subnet],
          SecurityGroups: [group],
          Users: [{ Username: 'root', Password: 'Not-a-real-1' }],
        }),
      );
      return {
        id: BrokerArn,
        name: 'broker',
        net: expect.objectContaining({ subnets: [subnet], sg: [group] }),
        security: { publiclyAccessible: true },
      };
    },
  },
  {
    type: 'AWS::Kinesis::Stream',
    async make({ client }) {
      const kinesis = client(KinesisClient);
      await kinesis.send(new CreateStreamCommand({ StreamName: 'clicks', ShardCount: 1 }));
      return { id: arn('kinesis', 'stream/clicks'), security: { encrypted: false, retentionHours: 24 } };
    },
  },
  {
    type: 'AWS::Transfer::Server',
    async make({ client }) {
      const { ServerId } = await client(TransferClient).send(
        new CreateServerCommand({
          EndpointType: 'PUBLIC',
          Protocols: ['SFTP'],
          IdentityProviderType: 'SERVICE_MANAGED',
        }),
      );
      return {
        id: arn('transfer', `server/${ServerId}`),
        net: { dns: [`${ServerId}.server.transfer.eu-west-1.amazonaws.com`] },
        security: { endpoint: 'public', protocols: ['SFTP'], plain: false },
      };
    },
  },
];
