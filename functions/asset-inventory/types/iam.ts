/**
 * IAM: roles, users and their access keys. Once an account.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
import {
  type AccessKeyLastUsed,
  type AccessKeyMetadata,
  type AttachedPolicy,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListMFADevicesCommand,
  ListUsersCommand,
  type RoleDetail,
  type User,
  type UserDetail,
} from '@aws-sdk/client-iam';
import { type At, type Declaration, declare, type Listed } from '../declaration.ts';
import { nested } from '../list.ts';

const iam = (at: At) => at.client(IAMClient);

const MaxItems = 200;

const policiesOf = (attached: readonly AttachedPolicy[] = []) => attached.map(({ PolicyArn }) => PolicyArn);

/** A policy document comes URL-encoded. */
const documentOf = (text: string | undefined): string | undefined => text && decodeURIComponent(text);

const role = declare<RoleDetail>({
  type: 'AWS::IAM::Role',
  class: 'identity',
  scope: 'global',
  pack: 'identity',
  actions: ['iam:GetAccountAuthorizationDetails'],
  async list(at, Marker) {
    const command = new GetAccountAuthorizationDetailsCommand({ Filter: ['Role'], Marker, MaxItems });
    const page = await at.ask('iam:GetAccountAuthorizationDetails', (options) => iam(at).send(command, options));
    return { records: page.RoleDetailList ?? [], next: page.IsTruncated ? page.Marker : undefined };
  },
  asset: (each) => ({
    id: each.Arn ?? '',
    nativeId: each.RoleId ?? '',
    name: each.RoleName,
    tags: each.Tags,
    createdAt: each.CreateDate,
    incarnation: each.RoleId,
    security: {
      trust: documentOf(each.AssumeRolePolicyDocument),
      policies: policiesOf(each.AttachedManagedPolicies),
      inlinePolicies: each.RolePolicyList?.map(
        ({ PolicyName, PolicyDocument }) => `${PolicyName} ${documentOf(PolicyDocument)}`,
      ),
      boundary: each.PermissionsBoundary?.PermissionsBoundaryArn,
    },
    volatile: { lastUsed: each.RoleLastUsed?.LastUsedDate },
    relationships: [
      ...policiesOf(each.AttachedManagedPolicies).map((target) => ({ type: 'protected_by' as const, target })),
      ...(each.InstanceProfileList ?? []).map(({ Arn }) => ({ type: 'member_of' as const, target: Arn })),
    ],
  }),
});

interface ToldUser extends UserDetail {
  readonly mfa?: boolean;
}

const user = declare<ToldUser>({
  type: 'AWS::IAM::User',
  class: 'identity',
  scope: 'global',
  pack: 'identity',
  actions: ['iam:GetAccountAuthorizationDetails'],
  async list(at, Marker) {
    const command = new GetAccountAuthorizationDetailsCommand({ Filter: ['User'], Marker, MaxItems });
    const page = await at.ask('iam:GetAccountAuthorizationDetails', (options) => iam(at).send(command, options));
    return { records: page.UserDetailList ?? [], next: page.IsTruncated ? page.Marker : undefined };
  },
  details: [
    {
      action: 'iam:ListMFADevices',
      fills: ['security.mfa'],
      async ask({ UserName }, at) {
        const command = new ListMFADevicesCommand({ UserName });
        const { MFADevices = [] } = await at.ask('iam:ListMFADevices', (options) => iam(at).send(command, options));
        return { mfa: MFADevices.length > 0 };
      },
    },
  ],
  asset: (each) => ({
    id: each.Arn ?? '',
    nativeId: each.UserId ?? '',
    name: each.UserName,
    tags: each.Tags,
    createdAt: each.CreateDate,
    incarnation: each.UserId,
    security: {
      policies: policiesOf(each.AttachedManagedPolicies),
      inlinePolicies: each.UserPolicyList?.map(
        ({ PolicyName, PolicyDocument }) => `${PolicyName} ${documentOf(PolicyDocument)}`,
      ),
      groups: each.GroupList,
      boundary: each.PermissionsBoundary?.PermissionsBoundaryArn,
      mfa: each.mfa,
    },
    relationships: policiesOf(each.AttachedManagedPolicies).map((target) => ({ type: 'protected_by', target })),
  }),
});

interface ToldKey extends AccessKeyMetadata {
  readonly used?: AccessKeyLastUsed | undefined;
}

async function userNames(at: At, Marker: string | undefined): Promise<Listed<string>> {
  const command = new ListUsersCommand({ Marker, MaxItems: 100 });
  const page = await at.ask('iam:ListUsers', (options) => iam(at).send(command, options));
  const records = (page.Users ?? []).map(({ UserName = '' }: User) => UserName);
  return { records, next: page.IsTruncated ? page.Marker : undefined };
}

async function keysOf(at: At, UserName: string, Marker: string | undefined): Promise<Listed<ToldKey>> {
  const command = new ListAccessKeysCommand({ UserName, Marker });
  const page = await at.ask('iam:ListAccessKeys', (options) => iam(at).send(command, options));
  return { records: page.AccessKeyMetadata ?? [], next: page.IsTruncated ? page.Marker : undefined };
}

const accessKey = declare<ToldKey>({
  type: 'AWS::IAM::AccessKey',
  class: 'identity',
  scope: 'global',
  pack: 'identity',
  actions: ['iam:ListAccessKeys', 'iam:ListUsers'],
  async find(at, AccessKeyId) {
    const command = new GetAccessKeyLastUsedCommand({ AccessKeyId });
    const { UserName = '' } = await at.ask('iam:GetAccessKeyLastUsed', (options) => iam(at).send(command, options));
    const { records } = await keysOf(at, UserName, undefined); // nobody has more than two
    return records.filter((key) => key.AccessKeyId === AccessKeyId);
  },
  list: (at, cursor) =>
    nested(
      cursor,
      (next) => userNames(at, next),
      (name, next) => keysOf(at, name, next),
    ),
  details: [
    {
      action: 'iam:GetAccessKeyLastUsed',
      fills: ['volatile.lastUsed', 'volatile.lastUsedService', 'volatile.lastUsedRegion'],
      async ask({ AccessKeyId }, at) {
        const command = new GetAccessKeyLastUsedCommand({ AccessKeyId });
        const answer = await at.ask('iam:GetAccessKeyLastUsed', (options) => iam(at).send(command, options));
        return { used: answer.AccessKeyLastUsed };
      },
    },
  ],
  asset({ AccessKeyId = '', UserName = '', Status, CreateDate, used }, at) {
    const owner = at.arn('iam', `user/${UserName}`, undefined, '');
    return {
      id: `${owner}/accesskey/${AccessKeyId}`,
      idSynthetic: true,
      nativeId: AccessKeyId,
      name: `${UserName} ${AccessKeyId}`,
      createdAt: CreateDate,
      security: { status: Status, user: UserName },
      volatile: { lastUsed: used?.LastUsedDate, lastUsedService: used?.ServiceName, lastUsedRegion: used?.Region },
      relationships: [{ type: 'member_of', target: owner }],
    };
  },
});

export const declarations: readonly Declaration[] = [role, user, accessKey];
