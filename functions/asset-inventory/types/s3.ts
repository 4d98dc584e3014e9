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
import { type At, type Declaration, type Detail, declare, type Listed } from '../declaration.ts';
import { relation, service } from '../service.ts';

const HOME = 'us-east-1'; // the region that an empty location means

interface Told extends Bucket {
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

const s3In = (at: At, { region = HOME }: Told) => at.client(S3Client, region);

/** Of the account and of a bucket the same four, by their names in `security`. */
const BLOCKS = ['blockPublicAcls', 'ignorePublicAcls', 'blockPublicPolicy', 'restrictPublicBuckets'];

const details: readonly Detail<Told>[] = [
  {
    action: 's3:GetBucketLocation',
    fills: ['region'],
    when: ({ BucketRegion }) => BucketRegion === undefined,
    async ask({ Name: Bucket }, at) {
      const command = new GetBucketLocationCommand({ Bucket });
      const { LocationConstraint: region } = await at.ask('s3:GetBucketLocation', (options) =>
        at.client(S3Client).send(command, options),
      );
      return { region: region === 'EU' ? 'eu-west-1' : region || HOME };
    },
  },
  {
    action: 's3:GetBucketPublicAccessBlock',
    fills: BLOCKS.map((name) => `security.${name}`),
    absent: ['NoSuchPublicAccessBlockConfiguration'],
    async ask(bucket, at) {
      const command = new GetPublicAccessBlockCommand({ Bucket: bucket.Name });
      const answer = await at.ask('s3:GetBucketPublicAccessBlock', (options) =>
        s3In(at, bucket).send(command, options),
      );
      return { block: answer.PublicAccessBlockConfiguration };
    },
  },
  {
    action: 's3:GetBucketPolicyStatus',
    fills: ['security.policyPublic'],
    absent: ['NoSuchBucketPolicy'],
    async ask(bucket, at) {
      const command = new GetBucketPolicyStatusCommand({ Bucket: bucket.Name });
      const answer = await at.ask('s3:GetBucketPolicyStatus', (options) => s3In(at, bucket).send(command, options));
      return { policyPublic: answer.PolicyStatus?.IsPublic };
    },
  },
  {
    action: 's3:GetBucketPolicy',
    fills: ['security.policy'],
    absent: ['NoSuchBucketPolicy'],
    async ask(bucket, at) {
      const command = new GetBucketPolicyCommand({ Bucket: bucket.Name });
      const answer = await at.ask('s3:GetBucketPolicy', (options) => s3In(at, bucket).send(command, options));
      return { policy: answer.Policy };
    },
  },
  {
    action: 's3:GetBucketAcl',
    fills: ['security.acl'],
    async ask(bucket, at) {
      const command = new GetBucketAclCommand({ Bucket: bucket.Name });
      const answer = await at.ask('s3:GetBucketAcl', (options) => s3In(at, bucket).send(command, options));
      return { grants: answer.Grants };
    },
  },
  {
    action: 's3:GetEncryptionConfiguration',
    fills: ['security.encryption', 'security.kmsKey'],
    absent: ['ServerSideEncryptionConfigurationNotFoundError'],
    async ask(bucket, at) {
      const command = new GetBucketEncryptionCommand({ Bucket: bucket.Name });
      const answer = await at.ask('s3:GetEncryptionConfiguration', (options) =>
        s3In(at, bucket).send(command, options),
      );
      const [rule] = answer.ServerSideEncryptionConfiguration?.Rules ?? [];
      return { encryption: rule?.ApplyServerSideEncryptionByDefault };
    },
  },
  {
    action: 's3:GetBucketVersioning',
    fills: ['security.versioning'],
    async ask(bucket, at) {
      const command = new GetBucketVersioningCommand({ Bucket: bucket.Name });
      const answer = await at.ask('s3:GetBucketVersioning', (options) => s3In(at, bucket).send(command, options));
      return { versioning: answer.Status };
    },
  },
  {
    action: 's3:GetBucketLogging',
    fills: ['security.logTarget'],
    async ask(bucket, at) {
      const command = new GetBucketLoggingCommand({ Bucket: bucket.Name });
      const answer = await at.ask('s3:GetBucketLogging', (options) => s3In(at, bucket).send(command, options));
      return { logTarget: answer.LoggingEnabled?.TargetBucket };
    },
  },
  {
    action: 's3:GetBucketOwnershipControls',
    fills: ['security.ownership'],
    absent: ['OwnershipControlsNotFoundError'],
    async ask(bucket, at) {
      const command = new GetBucketOwnershipControlsCommand({ Bucket: bucket.Name });
      const answer = await at.ask('s3:GetBucketOwnershipControls', (options) =>
        s3In(at, bucket).send(command, options),
      );
      return { ownership: answer.OwnershipControls?.Rules?.[0]?.ObjectOwnership };
    },
  },
  {
    action: 's3:GetBucketObjectLockConfiguration',
    fills: ['security.objectLock'],
    absent: ['ObjectLockConfigurationNotFoundError'],
    async ask(bucket, at) {
      const command = new GetObjectLockConfigurationCommand({ Bucket: bucket.Name });
      const answer = await at.ask('s3:GetBucketObjectLockConfiguration', (options) =>
        s3In(at, bucket).send(command, options),
      );
      return { locked: answer.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled' };
    },
  },
  {
    action: 's3:GetBucketTagging',
    fills: ['tags', 'name'],
    absent: ['NoSuchTagSet'],
    async ask(bucket, at) {
      const command = new GetBucketTaggingCommand({ Bucket: bucket.Name });
      const answer = await at.ask('s3:GetBucketTagging', (options) => s3In(at, bucket).send(command, options));
      return { tags: answer.TagSet };
    },
  },
  {
    action: 's3:GetBucketWebsite',
    fills: ['security.website'],
    absent: ['NoSuchWebsiteConfiguration'],
    async ask(bucket, at) {
      const command = new GetBucketWebsiteCommand({ Bucket: bucket.Name });
      await at.ask('s3:GetBucketWebsite', (options) => s3In(at, bucket).send(command, options));
      return { website: true };
    },
  },
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
const withRegion = (each: Bucket): Told => (each.BucketRegion ? { ...each, region: each.BucketRegion } : each);

const bucket = declare<Told>({
  type: 'AWS::S3::Bucket',
  class: 'storage',
  scope: 'global',
  pack: 'data',
  actions: ['s3:ListAllMyBuckets'],
  async list(at, ContinuationToken) {
    // each bucket is asked about twelve times: small pages, so that a unit can stop between them
    const command = new ListBucketsCommand({ ContinuationToken, MaxBuckets: 100 });
    const page = await at.ask('s3:ListAllMyBuckets', (options) => at.client(S3Client).send(command, options));
    return { records: (page.Buckets ?? []).map(withRegion), next: page.ContinuationToken };
  },
  async find(at, name) {
    const command = new ListBucketsCommand({ Prefix: name, MaxBuckets: 100 });
    const page = await at.ask('s3:ListAllMyBuckets', (options) => at.client(S3Client).send(command, options));
    return (page.Buckets ?? []).filter(({ Name }) => Name === name).map(withRegion);
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
    {
      action: 's3:GetAccountPublicAccessBlock',
      fills: BLOCKS.map((name) => `security.${name}`),
      absent: ['NoSuchPublicAccessBlockConfiguration'],
      async ask(_, at) {
        const command = new GetAccountBlockCommand({ AccountId: at.account });
        const answer = await at.ask('s3:GetAccountPublicAccessBlock', (options) =>
          at.client(S3ControlClient).send(command, options),
        );
        return { block: answer.PublicAccessBlockConfiguration };
      },
    },
  ],
  asset: ({ block }, at) => ({
    id: at.arn('s3', 'account-public-access-block', undefined, ''),
    idSynthetic: true,
    nativeId: at.account,
    name: 'account public access block',
    security: blockOf(block),
  }),
});

const control = service(S3ControlClient);

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
    const page = await control.ask(at, 's3:ListAccessPoints', command);
    return { records: page.AccessPointList ?? [], next: page.NextToken };
  },
  details: [
    control.detail({
      action: 's3:GetAccessPointPolicyStatus',
      fills: ['security.policyPublic'],
      absent: ['NoSuchAccessPointPolicy'],
      ask: ({ Name }, at) => new GetAccessPointPolicyStatusCommand({ AccountId: at.account, Name }),
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
