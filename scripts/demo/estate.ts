/**
 * What the company of the made-up incident owns, on the local AWS: three accounts with the hosts of the story under the
 * addresses and ids that its logs name them by, a bucket, roles. And a run of the inventory over it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  EC2Client,
  type IpPermission,
  RunInstancesCommand,
  type Tag,
} from '@aws-sdk/client-ec2';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, GetObjectCommand, PutBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Current, Manifest, Status } from '../../shared/asset/model.ts';
import { type Aws, request } from '../../test/rig/aws/aws.ts';
import { ACCOUNTS, bastion, database, EXPORTS, type Host, idle, REGION, web } from '../incident/scenario.ts';

const EXTERNAL_ID = 'demo';
const ROLE = 'bongsu-asset-inventory';
const RUN_MS = 300_000;

/** Deployment parameters: the inventory looks at the estate, and logs are joined with it. */
export const INVENTORY = {
  assetAccounts: Object.values(ACCOUNTS).join(','),
  assetRegions: REGION,
  assetExternalId: EXTERNAL_ID,
  assetRoleName: ROLE,
  assetUrl: 'own',
};

/** The local AWS for it: nothing in an account but the estate; S3 Control, which has a host for each account, is not there. */
export const ON_AWS = {
  hasImages: false,
  concurrency: 4,
  environment: { AWS_ENDPOINT_URL_S3_CONTROL: 'http://s3-control.invalid' },
};

interface Network {
  readonly account: string;
  readonly block: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly hosts: readonly Host[];
  /** Ports that are reachable from the internet. */
  readonly open: readonly number[];
}

const NETWORKS: readonly Network[] = [
  {
    account: ACCOUNTS.shop,
    block: '10.20.0.0/16',
    tags: { owner: 'team-shop@example.com', environment: 'prod' },
    hosts: [web, bastion, ...idle],
    open: [22, 80, 443],
  },
  {
    account: ACCOUNTS.data,
    block: '10.30.0.0/16',
    tags: { owner: 'team-data@example.com', environment: 'prod', criticality: 'critical' },
    hosts: [database],
    open: [],
  },
];

type Client<C> = new (config: object) => C;
type Open = <C>(kind: Client<C>) => C;

/** Creates everything. `launchedAt`: of the hosts. Rejects with the first error of the local AWS. */
export async function build(aws: Aws, launchedAt: Date): Promise<void> {
  for (const [name, account] of Object.entries(ACCOUNTS)) {
    const open = await entered(aws, account);
    await role(open, ROLE, account);
    await role(open, `${name}-deploy`, account);
    for (const network of NETWORKS.filter((each) => each.account === account)) await lay(open, network, launchedAt);
    if (account === ACCOUNTS.data) await bucket(open);
  }
}

async function entered(aws: Aws, account: string): Promise<Open> {
  const shared = { endpoint: aws.url, region: REGION, forcePathStyle: true };
  const RoleArn = `arn:aws:iam::${account}:role/estate`;
  const sts = new STSClient({ ...shared, credentials: ownCredentials(aws) });
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'estate' }));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return (kind) => new kind({ ...shared, credentials });
}

const ownCredentials = ({ env }: Aws) => ({
  accessKeyId: env.AWS_ACCESS_KEY_ID,
  secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
});

async function role(open: Open, RoleName: string, account: string): Promise<void> {
  const Statement = [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNTS.shop}:root` },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': EXTERNAL_ID } },
    },
  ];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  const Tags = [{ Key: 'account', Value: account }];
  await open(IAMClient).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Tags }));
}

async function bucket(open: Open): Promise<void> {
  const s3 = open(S3Client);
  const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
  await s3.send(new CreateBucketCommand({ Bucket: EXPORTS, CreateBucketConfiguration }));
  const TagSet = [{ Key: 'owner', Value: 'team-data@example.com' }];
  await s3.send(new PutBucketTaggingCommand({ Bucket: EXPORTS, Tagging: { TagSet } }));
}

/** A VPC with its hosts; it has an internet gateway if a host has a public address. */
async function lay(open: Open, { block, tags, hosts, open: ports }: Network, launchedAt: Date): Promise<void> {
  const ec2 = () => open(EC2Client);
  const VpcId = hosts[0].vpc;
  const tagged = (ResourceType: 'vpc' | 'instance', more: object = {}) => [
    { ResourceType, Tags: tagsOf({ ...tags, ...more }) },
  ];
  await under(ec2(), [VpcId]).send(new CreateVpcCommand({ CidrBlock: block, TagSpecifications: tagged('vpc') }));
  const group = await groupOf(ec2(), VpcId, ports);
  if (ports.length > 0) await gateway(ec2(), VpcId);
  for (const [subnet, [{ ip }]] of Map.groupBy(hosts, (host) => host.subnet)) {
    const CidrBlock = ip.replace(/\d+$/, '0/24');
    await under(ec2(), [subnet]).send(new CreateSubnetCommand({ VpcId, CidrBlock }));
  }
  for (const { instance, eni, subnet, ip, name, publicIp } of hosts) {
    await under(ec2(), [instance, eni], launchedAt).send(
      new RunInstancesCommand({
        ImageId: 'ami-0123456789abcdef0',
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        SubnetId: subnet,
        PrivateIpAddress: ip,
        SecurityGroupIds: [group],
        TagSpecifications: tagged('instance', { Name: name }),
      }),
    );
    if (publicIp === undefined) continue;
    const { AllocationId } = await ec2().send(new AllocateAddressCommand({ Domain: 'vpc', Address: publicIp }));
    await ec2().send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId: eni }));
  }
}

const tagsOf = (tags: object): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Sets the ids and the launch time of what the client's calls create: test/rig/aws/local_aws/ids.py, times.py. */
function under(client: EC2Client, ids: readonly string[], launchedAt?: Date): EC2Client {
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['x-local-aws-ids'] = ids.join(',');
      if (launchedAt !== undefined) headers['x-local-aws-time'] = launchedAt.toISOString();
      return next(args);
    },
    { step: 'build' },
  );
  return client;
}

async function groupOf(ec2: EC2Client, VpcId: string, ports: readonly number[]): Promise<string> {
  const named = { GroupName: 'hosts', Description: 'hosts', VpcId };
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand(named));
  const IpPermissions = ports.map(
    (port): IpPermission => ({
      IpProtocol: 'tcp',
      FromPort: port,
      ToPort: port,
      IpRanges: [{ CidrIp: '0.0.0.0/0' }],
    }),
  );
  if (ports.length > 0) await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  return GroupId;
}

async function gateway(ec2: EC2Client, VpcId: string): Promise<void> {
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const GatewayId = InternetGateway?.InternetGatewayId;
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: GatewayId, VpcId }));
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
  const [{ RouteTableId }] = RouteTables;
  await ec2.send(new CreateRouteCommand({ RouteTableId, GatewayId, DestinationCidrBlock: '0.0.0.0/0' }));
}

/** One run, from its tick until the table that logs are joined with is there: what it saw. Rejects after five minutes. */
export async function look(aws: Aws, outputs: Readonly<Record<string, string>>): Promise<Manifest> {
  const tick = { 'detail-type': 'Scheduled Event', source: 'aws.events', account: ACCOUNTS.shop, region: REGION };
  const message = { QueueUrl: outputs.AssetInventoryQueueUrl, MessageBody: JSON.stringify(tick) };
  await request(aws, 'sqs', 'AmazonSQS.SendMessage', message);
  const s3 = new S3Client({
    endpoint: aws.url,
    region: aws.env.AWS_REGION,
    forcePathStyle: true,
    credentials: ownCredentials(aws),
  });
  const read = (Key: string) => contents(s3, outputs.AssetsBucketName, Key);
  const deadline = Date.now() + RUN_MS;
  while ((await read('lookup/current')) === undefined) {
    if (Date.now() > deadline) throw new Error(`the run of the inventory has not ended: ${aws.logFile}`);
    await sleep(200);
  }
  const current: Current = JSON.parse((await read('current.json')) ?? '');
  return JSON.parse((await read(current.manifest)) ?? '');
}

async function contents(s3: S3Client, Bucket: string, Key: string): Promise<string | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return await Body!.transformToString();
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** `assets: 61 in 3 accounts, coverage 96 %`, and the types that could not be seen. */
export function summaryOf({ accounts, coverage, summary }: Manifest): string {
  const unseen = new Set(coverage.filter(({ status }) => !SEEN.has(status)).map(({ type }) => type));
  const rest = unseen.size === 0 ? '' : ` (not seen on the local AWS: ${[...unseen].join(', ')})`;
  return `assets: ${summary.assets} in ${accounts.length} accounts, coverage ${summary.okPercent} %${rest}`;
}

const SEEN = new Set<Status>(['ok', 'empty']);
