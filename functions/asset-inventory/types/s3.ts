/**
 * S3: buckets, and what the account as a whole blocks. Listed once an account; each bucket is asked about in its own region.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
import {
  type Bucket,
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  type Grant,
  ListBucketsCommand,
  type PublicAccessBlockConfiguration,
  S3Client,
  type ServerSideEncryptionByDefault,
  type Tag,
} from '@aws-sdk/client-s3';
import {
  type AccessPoint,
  GetAccessPointPolicyStatusCommand,
  GetPublicAccessBlockCommand as GetAccountBlockCommand,
  ListAccessPointsCommand,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { type Declaration, type Detail, declare, type Listed } from '../discovery/declaration.ts';
import { relation, service } from '../discovery/service.ts';

const HOME = 'us-east-1'; // the region that an empty location means

interface RecentUpdate extends Bucket {
  readonly region?: string;
  readonly block?: PublicAccessBlockConfiguration | undefined;
  readonly policyPublic?: boolean | undefined;
  readonly policy?: string | undefined;
  readonly grants?: readonly Grant[] | undefined;
  readonly encryption?: ServerSideEncryptionByDefault | undefined;
  readonly versioning?: string | undefined;
  readonly logTarget?: string | undefined;
  readonly ownership?: string | undefined;
  readonly locked?: boolean;
  readonly tags?: readonly Tag[] | undefined;
  readonly website?: boolean;
}

const s3 = service(S3Client);
const control = service(S3ControlClient);

const regionOf = ({ region = HOME }: RecentUpdate): string => region;

/** Of the account and of a bucket the same four, by their names in `security`. */
const BLOCKS = ['blockPublicAcls', 'ignorePublicAcls', 'blockPublicPolicy', 'restrictPublicBuckets'];

const details: readonly Detail<RecentUpdate>[] = [
  s3.detail({
    action: 's3:GetBucketLocation',
    fills: ['region'],
    when: ({ BucketRegion }) => BucketRegion === undefined,
    call: ({ Name: Bucket }) => new GetBucketLocationCommand({ Bucket }),
    read: ({ LocationConstraint: region }) => ({ region: region === 'EU' ? 'eu-west-1' : region || HOME }),
  }),
  s3.detail({
    action: 's3:GetBucketPublicAccessBlock',
    fills: BLOCKS.map((name) => `security.${name}`),
    absent: ['NoSuchPublicAccessBlockConfiguration'],
    region: regionOf,
    call: ({ Name: Bucket }) => new GetPublicAccessBlockCommand({ Bucket }),
    read: ({ PublicAccessBlockConfiguration: block }) => ({ block }),
  }),
  s3.detail({
    action: 's3:GetBucketPolicyStatus',
    fills: ['security.policyPublic'],
    absent: ['NoSuchBucketPolicy'],
    region: regionOf,
    call: ({ Name: Bucket }) => new GetBucketPolicyStatusCommand({ Bucket }),
    read: (answer) => ({ policyPublic: answer.PolicyStatus?.IsPublic }),
  }),
  s3.detail({
    action: 's3:GetBucketPolicy',
    fills: ['security.policy'],
    absent: ['NoSuchBucketPolicy'],
    region: regionOf,
    call: ({ Name: Bucket }) => new GetBucketPolicyCommand({ Bucket }),
    read: (answer) => ({ policy: answer.Policy }),
  }),
  s3.detail({
    action: 's3:GetBucketAcl',
    fills: ['security.acl'],
    region: regionOf,
    call: ({ Name: Bucket }) => new GetBucketAclCommand({ Bucket }),
    read: (answer) => ({ grants: answer.Grants }),
  }),
  s3.detail({
    action: 's3:GetEncryptionConfiguration',
    fills: ['security.encryption', 'security.kmsKey'],
    absent: ['ServerSideEncryptionConfigurationNotFoundError'],
    region: regionOf,
    call: ({ Name: Bucket }) => new GetBucketEncryptionCommand({ Bucket }),
    read(answer) {
      const [rule] = answer.ServerSideEncryptionConfiguration?.Rules ?? [];
      return { encryption: rule?.ApplyServerSideEncryptionByDefault };
    },
  }),
  s3.detail({
    action: 's3:GetBucketVersioning',
    fills: ['security.versioning'],
    region: regionOf,
    call: ({ Name: Bucket }) => new GetBucketVersioningCommand({ Bucket }),
    read: (answer) => ({ versioning: answer.Status }),
  }),
  s3.detail({
    action: 's3:GetBucketLogging',
    fills: ['security.logTarget'],
    region: regionOf,
    call: ({ Name: Bucket }) => new GetBucketLoggingCommand({ Bucket }),
    read: (answer) => ({ logTarget: answer.LoggingEnabled?.TargetBucket }),
  }),
  s3.detail({
    action: 's3:GetBucketOwnershipControls',
    fills: ['security.ownership'],
    absent: ['OwnershipControlsNotFoundError'],
    region: regionOf,
    call: ({ Name: Bucket }) => new GetBucketOwnershipControlsCommand({ Bucket }),
    read: (answer) => ({ ownership: answer.OwnershipControls?.Rules?.[0]?.ObjectOwnership }),
  }),
  s3.detail({
    action: 's3:GetBucketObjectLockConfiguration',
    fills: ['security.objectLock'],
    absent: ['ObjectLockConfigurationNotFoundError'],
    region: regionOf,
    call: ({ Name: Bucket }) => new GetObjectLockConfigurationCommand({ Bucket }),
    read: (answer) => ({ locked: answer.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled' }),
  }),
  s3.detail({
    action: 's3:GetBucketTagging',
    fills: ['tags', 'name'],
    absent: ['NoSuchTagSet'],
    region: regionOf,
    call: ({ Name: Bucket }) => new GetBucketTaggingCommand({ Bucket }),
    read: (answer) => ({ tags: answer.TagSet }),
  }),
  s3.detail({
    action: 's3:GetBucketWebsite',
    fills: ['security.website'],
    absent: ['NoSuchWebsiteConfiguration'],
    region: regionOf,
    call: ({ Name: Bucket }) => new GetBucketWebsiteCommand({ Bucket }),
    read: () => ({ website: true }),
  }),
];

const blockOf = (block: PublicAccessBlockConfiguration | undefined) => ({
  blockPublicAcls: block?.BlockPublicAcls ?? false,
  ignorePublicAcls: block?.IgnorePublicAcls ?? false,
  blockPublicPolicy: block?.BlockPublicPolicy ?? false,
  restrictPublicBuckets: block?.RestrictPublicBuckets ?? false,
});

/** `READ http://acs.amazonaws.com/groups/global/AllUsers`, `FULL_CONTROL <canonical id>` */
const grantOf = ({ Grantee, Permission }: Grant): string =>
  `${Permission} ${Grantee?.URI ?? Grantee?.ID ?? Grantee?.EmailAddress}`;

/** Newer answers say where a bucket is, which saves a question. */
const withRegion = (each: Bucket): RecentUpdate => (each.BucketRegion ? { ...each, region: each.BucketRegion } : each);

const bucket = declare<RecentUpdate>({
  type: 'AWS::S3::Bucket',
  class: 'storage',
  scope: 'global',
  pack: 'data',
  ...s3.pages({
    action: 's3:ListAllMyBuckets',
    // each bucket is asked about twelve times: small pages, so that a unit can stop between them
    page: (ContinuationToken) => new ListBucketsCommand({ ContinuationToken, MaxBuckets: 100 }),
    read: ({ Buckets, ContinuationToken }) => ({ records: Buckets?.map(withRegion), next: ContinuationToken }),
  }),
  async find(at, name) {
    const command = new ListBucketsCommand({ Prefix: name, MaxBuckets: 100 });
    const { Buckets = [] } = await s3.call(at, 's3:ListAllMyBuckets', command);
    return Buckets.filter(({ Name }) => Name === name).map(withRegion);
  },
  details,
  asset(each, at) {
    const { Name = '', region = HOME } = each;
    return {
      id: at.arn('s3', Name, '', ''),
      nativeId: Name,
      region,
      tags: each.tags,
      createdAt: each.CreationDate,
      incarnation: each.CreationDate?.toISOString(),
      net: { dns: [`${Name}.s3.${region}.amazonaws.com`, `${Name}.s3.amazonaws.com`] },
      security: {
        ...blockOf(each.block),
        policyPublic: each.policyPublic ?? false,
        policy: each.policy,
        acl: each.grants?.map(grantOf),
        encryption: each.encryption?.SSEAlgorithm,
        kmsKey: each.encryption?.KMSMasterKeyID,
        versioning: each.versioning ?? 'Disabled',
        logTarget: each.logTarget,
        ownership: each.ownership,
        objectLock: each.locked ?? false,
        website: each.website ?? false,
      },
      relationships: [
        { type: 'encrypted_by', target: each.encryption?.KMSMasterKeyID },
        { type: 'logs_to', target: each.logTarget && at.arn('s3', each.logTarget, '', '') },
      ],
    };
  },
});

interface Block {
  readonly block?: PublicAccessBlockConfiguration | undefined;
}

const accountBlock = declare<Block>({
  type: 'AWS::S3::AccountPublicAccessBlock',
  class: 'storage',
  scope: 'global',
  pack: 'data',
  actions: [],
  list: async () => ({ records: [{}] }), // every account has one, if only an empty one
  details: [
    control.detail({
      action: 's3:GetAccountPublicAccessBlock',
      fills: BLOCKS.map((name) => `security.${name}`),
      absent: ['NoSuchPublicAccessBlockConfiguration'],
      call: (_, at) => new GetAccountBlockCommand({ AccountId: at.account }),
      read: ({ PublicAccessBlockConfiguration: block }) => ({ block }),
    }),
  ],
  asset: ({ block }, at) => ({
    id: at.arn('s3', 'account-public-access-block', undefined, ''),
    idSynthetic: true,
    nativeId: at.account,
    name: 'account public access block',
    security: blockOf(block),
  }),
});

interface ToldPoint extends AccessPoint {
  readonly policyPublic?: boolean | undefined;
}

const accessPoint = declare<ToldPoint>({
  type: 'AWS::S3::AccessPoint',
  class: 'storage',
  scope: 'region',
  pack: 'data',
  actions: ['s3:ListAccessPoints'],
  async list(at, NextToken): Promise<Listed<ToldPoint>> {
    const command = new ListAccessPointsCommand({ AccountId: at.account, NextToken, MaxResults: 1000 });
    const page = await control.call(at, 's3:ListAccessPoints', command);
    return { records: page.AccessPointList ?? [], next: page.NextToken };
  },
  details: [
    control.detail({
      action: 's3:GetAccessPointPolicyStatus',
      fills: ['security.policyPublic'],
      absent: ['NoSuchAccessPointPolicy'],
      call: ({ Name }, at) => new GetAccessPointPolicyStatusCommand({ AccountId: at.account, Name }),
      read: ({ PolicyStatus }) => ({ policyPublic: PolicyStatus?.IsPublic }),
    }),
  ],
  asset: (each, at) => ({
    id: each.AccessPointArn ?? at.arn('s3', `accesspoint/${each.Name}`),
    nativeId: each.Name ?? '',
    name: each.Name,
    net: {
      dns: [
        `${each.Name}-${at.account}.s3-accesspoint.${at.region}.amazonaws.com`,
        each.Alias && `${each.Alias}.s3.${at.region}.amazonaws.com`,
      ],
      vpc: each.VpcConfiguration?.VpcId,
    },
    security: { origin: each.NetworkOrigin, policyPublic: each.policyPublic ?? false },
    relationships: [
      relation('routes_to', each.Bucket && at.arn('s3', each.Bucket, '', '')),
      relation('in_vpc', each.VpcConfiguration?.VpcId),
    ],
  }),
});

export const declarations: readonly Declaration[] = [bucket, accountBlock, accessPoint];
