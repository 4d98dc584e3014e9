/**
 * IAM: roles, users and their access keys, groups, policies, who else may sign people in, and the account as a whole.
 * Once an account.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
import {
  type AccessKeyLastUsed,
  type AccessKeyMetadata,
  type AttachedPolicy,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountPasswordPolicyCommand,
  GetAccountSummaryCommand,
  GetOpenIDConnectProviderCommand,
  type GetOpenIDConnectProviderCommandOutput,
  type GroupDetail,
  IAMClient,
  ListAccessKeysCommand,
  ListAccountAliasesCommand,
  ListMFADevicesCommand,
  ListOpenIDConnectProvidersCommand,
  ListSAMLProvidersCommand,
  ListServerCertificatesCommand,
  ListUsersCommand,
  type ManagedPolicyDetail,
  type OpenIDConnectProviderListEntry,
  type PasswordPolicy,
  type RoleDetail,
  type SAMLProviderListEntry,
  type ServerCertificateMetadata,
  type User,
  type UserDetail,
} from '@aws-sdk/client-iam';
import { type At, type Declaration, declare, type Listed } from '../discovery/declaration.ts';
import { nested } from '../discovery/list.ts';
import { lastOf, relations, service } from '../discovery/service.ts';

const iam = service(IAMClient);

const IDENTITY = { class: 'identity', scope: 'global', pack: 'identity' } as const;
const DETAILS = 'iam:GetAccountAuthorizationDetails';
const MaxItems = 200;

const policiesOf = (attached: readonly AttachedPolicy[] = []) => attached.map(({ PolicyArn }) => PolicyArn);

/** A policy document comes URL-encoded. */
const documentOf = (text: string | undefined): string | undefined => text && decodeURIComponent(text);

const role = declare<RoleDetail>({
  type: 'AWS::IAM::Role',
  ...IDENTITY,
  ...iam.pages({
    action: DETAILS,
    page: (Marker) => new GetAccountAuthorizationDetailsCommand({ Filter: ['Role'], Marker, MaxItems }),
    read: ({ RoleDetailList, IsTruncated, Marker }) => ({
      records: RoleDetailList,
      next: IsTruncated ? Marker : undefined,
    }),
  }),
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
  ...IDENTITY,
  ...iam.pages({
    action: DETAILS,
    page: (Marker) => new GetAccountAuthorizationDetailsCommand({ Filter: ['User'], Marker, MaxItems }),
    read: ({ UserDetailList, IsTruncated, Marker }) => ({
      records: UserDetailList,
      next: IsTruncated ? Marker : undefined,
    }),
  }),
  details: [
    iam.detail({
      action: 'iam:ListMFADevices',
      fills: ['security.mfa'],
      call: ({ UserName }) => new ListMFADevicesCommand({ UserName }),
      read: ({ MFADevices = [] }) => ({ mfa: MFADevices.length > 0 }),
    }),
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
  const page = await iam.call(at, 'iam:ListUsers', new ListUsersCommand({ Marker, MaxItems: 100 }));
  const records = (page.Users ?? []).map(({ UserName = '' }: User) => UserName);
  return { records, next: page.IsTruncated ? page.Marker : undefined };
}

async function keysOf(at: At, UserName: string, Marker: string | undefined): Promise<Listed<ToldKey>> {
  const page = await iam.call(at, 'iam:ListAccessKeys', new ListAccessKeysCommand({ UserName, Marker }));
  return { records: page.AccessKeyMetadata ?? [], next: page.IsTruncated ? page.Marker : undefined };
}

const accessKey = declare<ToldKey>({
  type: 'AWS::IAM::AccessKey',
  ...IDENTITY,
  actions: ['iam:ListAccessKeys', 'iam:ListUsers'],
  async find(at, AccessKeyId) {
    const command = new GetAccessKeyLastUsedCommand({ AccessKeyId });
    const { UserName = '' } = await iam.call(at, 'iam:GetAccessKeyLastUsed', command);
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
    iam.detail({
      action: 'iam:GetAccessKeyLastUsed',
      fills: ['volatile.lastUsed', 'volatile.lastUsedService', 'volatile.lastUsedRegion'],
      call: ({ AccessKeyId }) => new GetAccessKeyLastUsedCommand({ AccessKeyId }),
      read: ({ AccessKeyLastUsed: used }) => ({ used }),
    }),
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

const group = declare<GroupDetail>({
  type: 'AWS::IAM::Group',
  ...IDENTITY,
  ...iam.pages({
    action: DETAILS,
    page: (Marker) => new GetAccountAuthorizationDetailsCommand({ Filter: ['Group'], Marker, MaxItems }),
    read: ({ GroupDetailList, IsTruncated, Marker }) => ({
      records: GroupDetailList,
      next: IsTruncated ? Marker : undefined,
    }),
  }),
  asset: (each) => ({
    id: each.Arn ?? '',
    nativeId: each.GroupId ?? '',
    name: each.GroupName,
    createdAt: each.CreateDate,
    incarnation: each.GroupId,
    security: {
      policies: policiesOf(each.AttachedManagedPolicies),
      inlinePolicies: each.GroupPolicyList?.map(
        ({ PolicyName, PolicyDocument }) => `${PolicyName} ${documentOf(PolicyDocument)}`,
      ),
    },
    relationships: relations('protected_by', policiesOf(each.AttachedManagedPolicies)),
  }),
});

const policy = declare<ManagedPolicyDetail>({
  type: 'AWS::IAM::ManagedPolicy',
  ...IDENTITY,
  ...iam.pages({
    action: DETAILS,
    page: (Marker) => new GetAccountAuthorizationDetailsCommand({ Filter: ['LocalManagedPolicy'], Marker, MaxItems }),
    read: ({ Policies, IsTruncated, Marker }) => ({ records: Policies, next: IsTruncated ? Marker : undefined }),
  }),
  asset(each) {
    const version = each.PolicyVersionList?.find(({ IsDefaultVersion }) => IsDefaultVersion);
    return {
      id: each.Arn ?? '',
      nativeId: each.PolicyId ?? '',
      name: each.PolicyName,
      createdAt: each.CreateDate,
      incarnation: each.PolicyId,
      security: { document: documentOf(version?.Document), attachments: each.AttachmentCount },
    };
  },
});

interface ToldAccount {
  readonly summary?: Readonly<Record<string, number>> | undefined;
  readonly passwords?: PasswordPolicy | undefined;
  readonly alias?: string | undefined;
}

const account = declare<ToldAccount>({
  type: 'AWS::IAM::Account',
  ...IDENTITY,
  actions: [],
  list: async () => ({ records: [{}] }),
  details: [
    iam.detail({
      action: 'iam:GetAccountSummary',
      fills: ['security.rootMfa', 'security.rootKeys'],
      call: () => new GetAccountSummaryCommand({}),
      read: ({ SummaryMap }) => ({ summary: SummaryMap }),
    }),
    iam.detail({
      action: 'iam:GetAccountPasswordPolicy',
      fills: ['security.passwordPolicy'],
      absent: ['NoSuchEntity', 'NoSuchEntityException'],
      call: () => new GetAccountPasswordPolicyCommand({}),
      read: ({ PasswordPolicy }) => ({ passwords: PasswordPolicy }),
    }),
    iam.detail({
      action: 'iam:ListAccountAliases',
      fills: ['name'],
      call: () => new ListAccountAliasesCommand({}), // an account has one at most
      read: ({ AccountAliases }) => ({ alias: AccountAliases?.[0] }),
    }),
  ],
  asset: ({ summary, passwords, alias }, at) => ({
    id: at.arn('iam', 'root', undefined, ''),
    nativeId: at.account,
    name: alias,
    security: {
      rootMfa: summary && summary.AccountMFAEnabled === 1,
      rootKeys: summary && (summary.AccountAccessKeysPresent ?? 0) > 0,
      passwordPolicy: passwords,
    },
  }),
});

const samlProvider = declare<SAMLProviderListEntry>({
  type: 'AWS::IAM::SAMLProvider',
  ...IDENTITY,
  ...iam.pages({
    action: 'iam:ListSAMLProviders', // not paginated
    page: () => new ListSAMLProvidersCommand({}),
    read: ({ SAMLProviderList }) => ({ records: SAMLProviderList }),
  }),
  asset: ({ Arn = '', CreateDate, ValidUntil }) => ({
    id: Arn,
    nativeId: Arn,
    name: lastOf(Arn),
    createdAt: CreateDate,
    security: { notAfter: ValidUntil },
  }),
});

interface ToldOidc extends OpenIDConnectProviderListEntry {
  readonly provider?: Omit<GetOpenIDConnectProviderCommandOutput, '$metadata'>;
}

const oidcProvider = declare<ToldOidc>({
  type: 'AWS::IAM::OIDCProvider',
  ...IDENTITY,
  ...iam.pages({
    action: 'iam:ListOpenIDConnectProviders', // not paginated
    page: () => new ListOpenIDConnectProvidersCommand({}),
    read: ({ OpenIDConnectProviderList }) => ({ records: OpenIDConnectProviderList }),
  }),
  details: [
    iam.detail({
      action: 'iam:GetOpenIDConnectProvider',
      fills: ['security', 'tags', 'createdAt'],
      call: ({ Arn }) => new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: Arn }),
      read: (provider) => ({ provider }),
    }),
  ],
  asset: ({ Arn = '', provider }) => ({
    id: Arn,
    nativeId: Arn,
    name: provider?.Url ?? Arn.split('oidc-provider/')[1],
    tags: provider?.Tags,
    createdAt: provider?.CreateDate,
    security: { url: provider?.Url, audiences: provider?.ClientIDList, thumbprints: provider?.ThumbprintList },
  }),
});

const serverCertificate = declare<ServerCertificateMetadata>({
  type: 'AWS::IAM::ServerCertificate',
  ...IDENTITY,
  ...iam.pages({
    action: 'iam:ListServerCertificates',
    page: (Marker) => new ListServerCertificatesCommand({ Marker, MaxItems }),
    read: ({ ServerCertificateMetadataList, IsTruncated, Marker }) => ({
      records: ServerCertificateMetadataList,
      next: IsTruncated ? Marker : undefined,
    }),
  }),
  asset: (each) => ({
    id: each.Arn ?? '',
    nativeId: each.ServerCertificateId ?? '',
    name: each.ServerCertificateName,
    createdAt: each.UploadDate,
    incarnation: each.ServerCertificateId,
    security: { notAfter: each.Expiration },
  }),
});

export const declarations: readonly Declaration[] = [
  role,
  user,
  accessKey,
  group,
  policy,
  account,
  samlProvider,
  oidcProvider,
  serverCertificate,
];
