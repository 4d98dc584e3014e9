/**
 * FSx: file systems.
 * https://docs.aws.amazon.com/fsx/latest/APIReference/API_FileSystem.html
 */
import { DescribeFileSystemsCommand, type FileSystem, FSxClient } from '@aws-sdk/client-fsx';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const fsx = service(FSxClient);

const fileSystem = declare<FileSystem>({
  type: 'AWS::FSx::FileSystem',
  class: 'storage',
  scope: 'region',
  pack: 'data',
  ...fsx.pages({
    action: 'fsx:DescribeFileSystems',
    page: (NextToken) => new DescribeFileSystemsCommand({ NextToken, MaxResults: 100 }),
    one: (id) => new DescribeFileSystemsCommand({ FileSystemIds: [id] }),
    read: ({ FileSystems, NextToken }) => ({ records: FileSystems, next: NextToken }),
  }),
  asset(each) {
    const windows = each.WindowsConfiguration;
    return {
      id: each.ResourceARN ?? '',
      nativeId: each.FileSystemId ?? '',
      account: each.OwnerId,
      tags: each.Tags,
      createdAt: each.CreationTime,
      net: {
        dns: [each.DNSName],
        private: [windows?.PreferredFileServerIp],
        eni: each.NetworkInterfaceIds,
        vpc: each.VpcId,
        subnets: each.SubnetIds,
      },
      security: {
        status: each.Lifecycle,
        kind: each.FileSystemType,
        kmsKey: each.KmsKeyId,
        encrypted: true, // all of them are
        audit: windows?.AuditLogConfiguration?.FileAccessAuditLogLevel,
      },
      relationships: [
        relation('in_vpc', each.VpcId),
        ...relations('in_subnet', each.SubnetIds),
        ...relations('attached_to', each.NetworkInterfaceIds),
        relation('attached_to', windows?.ActiveDirectoryId),
        relation('encrypted_by', each.KmsKeyId),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [fileSystem];
