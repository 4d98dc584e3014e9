/**
 * A permission that is withdrawn and given back, refused by the local AWS's own check of IAM policies and not by a stand-in.
 * That check knows users' keys, assumed roles and the policies that stand on a role. It does not know session policies, and
 * sees no trust policy of a role in another account: session.test.ts holds what is asked of STS. The local AWS is this
 * suite's own and ends with it, and so does its check.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateNetworkInterfaceCommand, CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { onAws } from '../../rig/aws/suite.ts';
import { root } from '../../rig/cache.ts';
import { type Between, between } from './between.ts';
import { type Run, type World, world } from './fleet.ts';

const ACCOUNT = '111111111111';
const REGION = 'eu-west-1';
const ROLE = 'bongsu-asset-inventory';
const INTERFACES = `${ACCOUNT}/${REGION}/AWS::EC2::NetworkInterface`;
const BUCKETS = `${ACCOUNT}/global/AWS::S3::Bucket`;
const LISTING = 'ec2:DescribeNetworkInterfaces';
const SUB_CALL = 's3:GetBucketPolicyStatus';
/** As the local AWS calls those questions about a bucket of which it does not know the action. */
const LOCAL = 's3:ListBucket';
/** The one thing that a policy on the inventory's own role changes: that role. */
const ITS_OWN = [{ kind: 'changed', asset: { name: ROLE }, diff: [{ path: 'security.inlinePolicies' }] }];

const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const allowing = (Action: readonly string[]) => ({ Effect: 'Allow', Action, Resource: '*' });
const ANYTHING = policy(allowing(['*']));

/** What the onboarding template grants. */
async function granted(): Promise<readonly string[]> {
  const template = await readFile(join(root, 'resources/onboarding/asset-inventory.yml'), 'utf8');
  return [...template.matchAll(/^ +- "([\w-]+:\w+)"$/gm)].map(([, action]) => action);
}

await onAws('a permission that is withdrawn', {}, (aws) => {
  const before = process.env;
  let proxy: Between;
  let one: World;
  let iam: IAMClient;
  let whole: readonly string[];
  let first: Run;
  let blind: Run;

  /** From now on each call needs keys that are known, a signature that fits and a policy that allows it. */
  const enforce = () => fetch(`${aws.url}/moto-api/reset-auth`, { method: 'POST', body: '0' });

  const put = (PolicyName: string, PolicyDocument: string) =>
    iam.send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName, PolicyDocument }));

  beforeAll(async () => {
    proxy = await between(aws.url);
    process.env = { ...before, AWS_ENDPOINT_URL: proxy.url, AWS_ENDPOINT_URL_S3_CONTROL: 'http://s3-control.invalid' };
    const own = await collectorsKeys();
    one = await world({ url: proxy.url, accounts: [ACCOUNT], regions: [REGION], bucket: 'inventory', own });
    await fill();
    iam = await one.client(IAMClient, ACCOUNT, 'us-east-1');
    for (const RoleName of [ROLE, 'test'])
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy() }));
    await iam.send(new PutRolePolicyCommand({ RoleName: 'test', PolicyName: 'all', PolicyDocument: ANYTHING }));
    whole = [...(await granted()), LOCAL];
    await put('look', policy(allowing(whole)));
    await enforce();
    first = await one.run();
  });
  afterAll(async () => {
    process.env = before;
    await proxy.stop();
  });

  async function collectorsKeys() {
    const home = new IAMClient({
      endpoint: proxy.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    });
    const UserName = 'collector';
    await home.send(new CreateUserCommand({ UserName }));
    await home.send(new PutUserPolicyCommand({ UserName, PolicyName: 'all', PolicyDocument: ANYTHING }));
    const { AccessKey } = await home.send(new CreateAccessKeyCommand({ UserName }));
    home.destroy();
    return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  }

  async function fill(): Promise<void> {
    const ec2 = await one.client(EC2Client, ACCOUNT, REGION);
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc!.VpcId, CidrBlock: '10.0.1.0/24' }));
    for (const PrivateIpAddress of ['10.0.1.50', '10.0.1.51'])
      await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: Subnet!.SubnetId, PrivateIpAddress }));
    const s3 = await one.client(S3Client, ACCOUNT, 'us-east-1');
    await s3.send(new CreateBucketCommand({ Bucket: 'open' }));
    const reading = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::open/*' };
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'open', Policy: policy(reading) }));
  }

  const withdraw = (...actions: readonly string[]) =>
    put('look', policy(allowing(whole.filter((action) => !actions.includes(action)))));

  const kindsOf = ({ changes }: Run) => changes.map(({ kind }) => kind);
  const shardOf = ({ manifest }: Run) => manifest.shards.find(({ region }) => region === REGION);
  const statesOf = ({ assets }: Run, of: string) => assets.filter(({ type }) => type === of).map(({ state }) => state);

  test('what the onboarding template grants is enough', () => {
    expect(whole).toEqual(expect.arrayContaining([LISTING, SUB_CALL]));
    expect(new Set(kindsOf(first))).toEqual(new Set(['baseline']));
    expect(first.row(INTERFACES)).toMatchObject({ status: 'ok', items: 2 });
    expect(first.row(BUCKETS)).toMatchObject({ status: 'ok', items: 1 });
    expect(first.manifest.summary).toMatchObject({ okPercent: 100, stale: 0 });
  });

  test('deletes nothing, and the report names the action and what grants it', async () => {
    await withdraw(LISTING, SUB_CALL);
    blind = await one.run();
    expect(blind.changes).toMatchObject(ITS_OWN);
    expect(blind.row(INTERFACES)).toMatchObject({
      status: 'denied',
      items: 0,
      staleAssets: 2,
      missing: [LISTING],
      statement: allowing([LISTING]),
    });
    expect(statesOf(blind, 'AWS::EC2::NetworkInterface')).toEqual(['stale', 'stale']);
    expect(blind.manifest.summary.stale).toBe(2);
  });

  test('of a sub-call is a gap of its asset, which stays as it was known', () => {
    expect(blind.row(BUCKETS)).toMatchObject({
      status: 'ok',
      items: 1,
      missing: [SUB_CALL],
      statement: allowing([SUB_CALL]),
    });
    const bucket = blind.assets.find(({ nativeId }) => nativeId === 'open')!;
    expect(bucket).toMatchObject({ state: 'active', gaps: [`${SUB_CALL} AccessDenied`] });
    expect(bucket.security.policyPublic).toBe(true);
  });

  test('is whole again by the statements of the report, put on the role as they are', async () => {
    const suggested = blind.manifest.coverage.flatMap(({ statement }) => (statement === undefined ? [] : [statement]));
    expect(suggested).toHaveLength(2);
    await put('suggested', policy(...suggested));
    const seeing = await one.run();
    expect(seeing.changes).toMatchObject(ITS_OWN);
    expect(seeing.row(INTERFACES)).toMatchObject({ status: 'ok', items: 2 });
    expect(seeing.manifest.coverage.filter(({ missing }) => missing !== undefined)).toEqual([]);
    expect(seeing.manifest.summary).toMatchObject({ okPercent: 100, stale: 0 });
    expect(shardOf(seeing)).toEqual(shardOf(first));
  });
});
