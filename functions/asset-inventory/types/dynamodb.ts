/**
 * DynamoDB: tables.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
 */
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetResourcePolicyCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  type TableDescription,
  type Tag,
} from '@aws-sdk/client-dynamodb';
import { type At, type Declaration, declare } from '../discovery/declaration.ts';
import { every } from '../discovery/list.ts';
import { relation, relations, service } from '../discovery/service.ts';

const dynamodb = service(DynamoDBClient);

interface RecentUpdate {
  readonly TableName: string;
  readonly table?: TableDescription | undefined;
  readonly recoverable?: boolean;
  readonly policy?: string | undefined;
  readonly tags?: readonly Tag[];
}

const arnOf = ({ TableName, table }: RecentUpdate, at: Pick<At, 'arn'>): string =>
  table?.TableArn ?? at.arn('dynamodb', `table/${TableName}`);

const TAGS = 'dynamodb:ListTagsOfResource';

const tagsOf = (at: At, ResourceArn: string) =>
  every(async (NextToken) => {
    const page = await dynamodb.call(at, TAGS, new ListTagsOfResourceCommand({ ResourceArn, NextToken }));
    return { records: page.Tags ?? [], next: page.NextToken };
  });

const table = declare<RecentUpdate>({
  type: 'AWS::DynamoDB::Table',
  class: 'database',
  scope: 'region',
  pack: 'data',
  ...dynamodb.pages({
    action: 'dynamodb:ListTables',
    page: (ExclusiveStartTableName) => new ListTablesCommand({ ExclusiveStartTableName, Limit: 100 }),
    read: ({ TableNames, LastEvaluatedTableName }) => ({
      records: TableNames?.map((TableName) => ({ TableName })),
      next: LastEvaluatedTableName,
    }),
  }),
  details: [
    dynamodb.detail({
      action: 'dynamodb:DescribeTable',
      fills: ['security', 'relationships', 'createdAt', 'incarnation'],
      call: ({ TableName }) => new DescribeTableCommand({ TableName }),
      read: ({ Table }) => ({ table: Table }),
    }),
    dynamodb.detail({
      action: 'dynamodb:DescribeContinuousBackups',
      fills: ['security.recoverable'],
      call: ({ TableName }) => new DescribeContinuousBackupsCommand({ TableName }),
      read: ({ ContinuousBackupsDescription: backups }) => ({
        recoverable: backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED',
      }),
    }),
    dynamodb.detail({
      action: 'dynamodb:GetResourcePolicy',
      fills: ['security.policy'],
      absent: ['PolicyNotFoundException'],
      call: (each, at) => new GetResourcePolicyCommand({ ResourceArn: arnOf(each, at) }),
      read: ({ Policy }) => ({ policy: Policy }),
    }),
    { action: TAGS, fills: ['tags'], call: async (each, at) => ({ tags: await tagsOf(at, arnOf(each, at)) }) },
  ],
  asset(each, at) {
    const { TableName, table: of } = each;
    const kmsKey = of?.SSEDescription?.KMSMasterKeyArn;
    return {
      id: arnOf(each, at),
      nativeId: TableName,
      name: TableName,
      tags: each.tags,
      createdAt: of?.CreationDateTime,
      incarnation: of?.TableId,
      security: {
        status: of?.TableStatus,
        kmsKey,
        customerKey: of && kmsKey !== undefined, // encrypted it is in any case
        deletionProtection: of && (of.DeletionProtectionEnabled ?? false),
        recoverable: each.recoverable,
        policy: each.policy,
        replicas: of?.Replicas?.map(({ RegionName }) => RegionName),
      },
      relationships: [
        relation('encrypted_by', kmsKey),
        relation('routes_to', of?.LatestStreamArn),
        ...relations(
          'routes_to',
          of?.Replicas?.map(({ RegionName }) => at.arn('dynamodb', `table/${TableName}`, undefined, RegionName)),
        ),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [table];
