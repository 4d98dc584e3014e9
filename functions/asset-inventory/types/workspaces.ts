/**
 * WorkSpaces: people's desktops.
 * https://docs.aws.amazon.com/workspaces/latest/api/API_Workspace.html
 */
import {
  DescribeTagsCommand,
  DescribeWorkspacesCommand,
  type Tag,
  WorkSpacesClient,
  type Workspace,
} from '@aws-sdk/client-workspaces';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, service } from '../discovery/service.ts';

const workspaces = service(WorkSpacesClient);

interface RecentUpdate extends Workspace {
  readonly tags?: readonly Tag[] | undefined;
}

const workspace = declare<RecentUpdate>({
  type: 'AWS::WorkSpaces::Workspace',
  class: 'compute',
  scope: 'region',
  pack: 'compute',
  ...workspaces.pages({
    action: 'workspaces:DescribeWorkspaces',
    page: (NextToken) => new DescribeWorkspacesCommand({ NextToken, Limit: 25 }), // the most AWS takes
    one: (id) => new DescribeWorkspacesCommand({ WorkspaceIds: [id] }),
    read: ({ Workspaces, NextToken }) => ({ records: Workspaces, next: NextToken }),
  }),
  details: [
    workspaces.detail({
      action: 'workspaces:DescribeTags',
      fills: ['tags'],
      call: ({ WorkspaceId }) => new DescribeTagsCommand({ ResourceId: WorkspaceId }),
      read: ({ TagList }) => ({ tags: TagList }),
    }),
  ],
  asset(each, at) {
    const { WorkspaceId = '', State } = each;
    if (State === 'TERMINATED') return undefined;
    return {
      id: at.arn('workspaces', `workspace/${WorkspaceId}`),
      nativeId: WorkspaceId,
      name: each.ComputerName ?? each.WorkspaceName,
      tags: each.tags,
      net: { private: [each.IpAddress], v6: [each.Ipv6Address], dns: [each.ComputerName], subnets: [each.SubnetId] },
      security: {
        user: each.UserName,
        encrypted: each.RootVolumeEncryptionEnabled === true && each.UserVolumeEncryptionEnabled === true,
        kmsKey: each.VolumeEncryptionKey,
        mode: each.WorkspaceProperties?.RunningMode,
      },
      volatile: { state: State },
      relationships: [
        relation('in_subnet', each.SubnetId),
        relation('member_of', each.DirectoryId),
        relation('made_from', each.BundleId),
        relation('encrypted_by', each.VolumeEncryptionKey),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [workspace];
