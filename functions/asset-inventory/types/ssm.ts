/**
 * Systems Manager: machines that its agent runs on, parameters (never their values) and documents.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html
 */
import {
  DescribeDocumentPermissionCommand,
  DescribeInstanceInformationCommand,
  DescribeInstancePatchStatesCommand,
  DescribeParametersCommand,
  type DocumentIdentifier,
  type InstanceInformation,
  type InstancePatchState,
  ListDocumentsCommand,
  type ParameterMetadata,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, service } from '../discovery/service.ts';

const ssm = service(SSMClient);

interface ToldInstance extends InstanceInformation {
  readonly patches?: InstancePatchState | undefined;
}

const managedInstance = declare<ToldInstance>({
  type: 'AWS::SSM::ManagedInstance',
  class: 'compute',
  scope: 'region',
  pack: 'compute',
  ...ssm.pages({
    action: 'ssm:DescribeInstanceInformation',
    page: (NextToken) => new DescribeInstanceInformationCommand({ NextToken, MaxResults: 50 }), // the most AWS takes
    one: (id) => new DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values: [id] }] }),
    read: ({ InstanceInformationList, NextToken }) => ({ records: InstanceInformationList, next: NextToken }),
  }),
  details: [
    ssm.detail({
      action: 'ssm:DescribeInstancePatchStates',
      fills: ['security.missingPatches', 'security.failedPatches'],
      call: ({ InstanceId = '' }) => new DescribeInstancePatchStatesCommand({ InstanceIds: [InstanceId] }),
      read: ({ InstancePatchStates }) => ({ patches: InstancePatchStates?.[0] }),
    }),
  ],
  asset(each, at) {
    const { InstanceId = '', patches } = each;
    return {
      id: at.arn('ssm', `managed-instance/${InstanceId}`),
      nativeId: InstanceId,
      name: each.ComputerName ?? each.Name,
      createdAt: each.RegistrationDate,
      net: {
        private: [each.IPAddress].filter((ip) => !ip?.includes(':')),
        v6: [each.IPAddress].filter((ip) => ip?.includes(':')),
        dns: [each.ComputerName],
      },
      security: {
        platform: [each.PlatformName, each.PlatformVersion].filter(Boolean).join(' '),
        agent: each.AgentVersion,
        latestAgent: each.IsLatestVersion,
        missingPatches: patches?.MissingCount,
        failedPatches: patches?.FailedCount,
      },
      volatile: { ping: each.PingStatus, lastPing: each.LastPingDateTime },
      relationships: [
        // `i-…` is an instance of EC2, `mi-…` a machine of elsewhere
        relation('attached_to', InstanceId.startsWith('i-') ? InstanceId : undefined),
        relation('assumes', each.IamRole),
      ],
    };
  },
});

const SECRET = /passw(or)?d|secret|token|credential|private_?key|api_?key/i;

const parameter = declare<ParameterMetadata>({
  type: 'AWS::SSM::Parameter',
  class: 'security',
  scope: 'region',
  pack: 'security',
  ...ssm.pages({
    action: 'ssm:DescribeParameters',
    page: (NextToken) => new DescribeParametersCommand({ NextToken, MaxResults: 50 }), // the most AWS takes
    read: ({ Parameters, NextToken }) => ({ records: Parameters, next: NextToken }),
  }),
  asset(each, at) {
    const { Name = '', Type } = each;
    const isPlain = Type !== 'SecureString';
    return {
      id: each.ARN ?? at.arn('ssm', `parameter${Name.startsWith('/') ? '' : '/'}${Name}`),
      nativeId: Name,
      name: Name,
      security: {
        kind: Type,
        encrypted: !isPlain,
        kmsKey: each.KeyId,
        plainSecret: isPlain && SECRET.test(Name),
        tier: each.Tier,
      },
      volatile: { modified: each.LastModifiedDate, by: each.LastModifiedUser },
      relationships: [relation('encrypted_by', each.KeyId)],
    };
  },
});

interface ToldDocument extends DocumentIdentifier {
  readonly sharedWith?: readonly string[] | undefined;
}

const document = declare<ToldDocument>({
  type: 'AWS::SSM::Document',
  class: 'security',
  scope: 'region',
  pack: 'security',
  ...ssm.pages({
    action: 'ssm:ListDocuments',
    page: (NextToken) =>
      new ListDocumentsCommand({ NextToken, MaxResults: 50, Filters: [{ Key: 'Owner', Values: ['Self'] }] }),
    read: ({ DocumentIdentifiers, NextToken }) => ({ records: DocumentIdentifiers, next: NextToken }),
  }),
  details: [
    ssm.detail({
      action: 'ssm:DescribeDocumentPermission',
      fills: ['security.public', 'security.sharedWith'],
      call: ({ Name }) => new DescribeDocumentPermissionCommand({ Name, PermissionType: 'Share' }),
      read: ({ AccountIds }) => ({ sharedWith: AccountIds ?? [] }),
    }),
  ],
  asset: (each, at) => ({
    id: at.arn('ssm', `document/${each.Name}`),
    nativeId: each.Name ?? '',
    name: each.Name,
    tags: each.Tags,
    createdAt: each.CreatedDate,
    security: {
      kind: each.DocumentType,
      version: each.DocumentVersion,
      public: each.sharedWith?.some((account) => /^all$/i.test(account)),
      sharedWith: each.sharedWith,
    },
  }),
});

export const declarations: readonly Declaration[] = [managedInstance, parameter, document];
