/**
 * EFS: file systems, and the addresses that they are mounted at.
 * https://docs.aws.amazon.com/efs/latest/ug/API_FileSystemDescription.html
 */
import {
  DescribeFileSystemPolicyCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  EFSClient,
  type FileSystemDescription,
  type MountTargetDescription,
} from '@aws-sdk/client-efs';
import { type At, type Declaration, declare } from '../discovery/declaration.ts';
import { every } from '../discovery/list.ts';
import { relation, relations, service } from '../discovery/service.ts';

const efs = service(EFSClient);

interface RecentUpdate extends FileSystemDescription {
  readonly targets?: readonly MountTargetDescription[];
  readonly policy?: string | undefined;
}

const TARGETS = 'elasticfilesystem:DescribeMountTargets';

const targetsOf = (at: At, FileSystemId: string | undefined) =>
  every(async (Marker) => {
    const page = await efs.call(at, TARGETS, new DescribeMountTargetsCommand({ FileSystemId, Marker }));
    return { records: page.MountTargets ?? [], next: page.NextMarker };
  });

const fileSystem = declare<RecentUpdate>({
  type: 'AWS::EFS::FileSystem',
  class: 'storage',
  scope: 'region',
  pack: 'data',
  ...efs.pages({
    action: 'elasticfilesystem:DescribeFileSystems',
    page: (Marker) => new DescribeFileSystemsCommand({ Marker, MaxItems: 100 }),
    one: (FileSystemId) => new DescribeFileSystemsCommand({ FileSystemId }),
    read: ({ FileSystems, NextMarker }) => ({ records: FileSystems, next: NextMarker }),
  }),
  details: [
    {
      action: TARGETS,
      fills: ['net', 'relationships'],
      call: async ({ FileSystemId }, at) => ({ targets: await targetsOf(at, FileSystemId) }),
    },
    efs.detail({
      action: 'elasticfilesystem:DescribeFileSystemPolicy',
      fills: ['security.mountPolicy'],
      absent: ['PolicyNotFound'],
      call: ({ FileSystemId }) => new DescribeFileSystemPolicyCommand({ FileSystemId }),
      read: ({ Policy }) => ({ policy: Policy }),
    }),
  ],
  asset(each, at) {
    const { FileSystemId = '', targets, KmsKeyId } = each;
    const enis = targets?.map(({ NetworkInterfaceId }) => NetworkInterfaceId);
    const subnets = targets?.map(({ SubnetId }) => SubnetId);
    return {
      id: each.FileSystemArn ?? at.arn('elasticfilesystem', `file-system/${FileSystemId}`),
      nativeId: FileSystemId,
      name: each.Name,
      account: each.OwnerId,
      tags: each.Tags,
      createdAt: each.CreationTime,
      net: {
        private: targets?.map(({ IpAddress }) => IpAddress),
        v6: targets?.map(({ Ipv6Address }) => Ipv6Address),
        eni: enis,
        dns: [`${FileSystemId}.efs.${at.region}.amazonaws.com`],
        vpc: targets?.[0]?.VpcId,
        subnets,
      },
      security: {
        encrypted: each.Encrypted,
        kmsKey: KmsKeyId,
        mountPolicy: each.policy, // whom it lets in is in the VPC already
      },
      relationships: [
        ...relations('attached_to', enis),
        ...relations('in_subnet', subnets),
        relation('encrypted_by', KmsKeyId),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [fileSystem];
