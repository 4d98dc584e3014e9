/**
 * Directory Service: directories, which WorkSpaces and file systems sign in with.
 * https://docs.aws.amazon.com/directoryservice/latest/devguide/API_DirectoryDescription.html
 */
import {
  DescribeDirectoriesCommand,
  type DirectoryDescription,
  DirectoryServiceClient,
  ListTagsForResourceCommand,
  type Tag,
} from '@aws-sdk/client-directory-service';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const ds = service(DirectoryServiceClient);

interface RecentUpdate extends DirectoryDescription {
  readonly tags?: readonly Tag[] | undefined;
}

const directory = declare<RecentUpdate>({
  type: 'AWS::DirectoryService::Directory',
  class: 'identity',
  scope: 'region',
  pack: 'security',
  ...ds.pages({
    action: 'ds:DescribeDirectories',
    page: (NextToken) => new DescribeDirectoriesCommand({ NextToken, Limit: 100 }),
    one: (id) => new DescribeDirectoriesCommand({ DirectoryIds: [id] }),
    read: ({ DirectoryDescriptions, NextToken }) => ({ records: DirectoryDescriptions, next: NextToken }),
  }),
  details: [
    ds.detail({
      action: 'ds:ListTagsForResource',
      fills: ['tags'],
      call: ({ DirectoryId }) => new ListTagsForResourceCommand({ ResourceId: DirectoryId }),
      read: ({ Tags }) => ({ tags: Tags }),
    }),
  ],
  asset(each, at) {
    const { DirectoryId = '', VpcSettings, ConnectSettings } = each;
    const vpc = VpcSettings ?? ConnectSettings;
    const group = VpcSettings?.SecurityGroupId ?? ConnectSettings?.SecurityGroupId;
    return {
      id: at.arn('ds', `directory/${DirectoryId}`),
      nativeId: DirectoryId,
      name: each.Name,
      tags: each.tags,
      createdAt: each.LaunchTime,
      net: {
        private: [...(each.DnsIpAddrs ?? []), ...(ConnectSettings?.ConnectIps ?? [])],
        dns: [each.Name, each.AccessUrl],
        vpc: vpc?.VpcId,
        subnets: vpc?.SubnetIds,
        sg: [group],
      },
      security: { status: each.Stage, kind: each.Type, edition: each.Edition, sso: each.SsoEnabled },
      relationships: [
        relation('in_vpc', vpc?.VpcId),
        ...relations('in_subnet', vpc?.SubnetIds),
        relation('protected_by', group),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [directory];
