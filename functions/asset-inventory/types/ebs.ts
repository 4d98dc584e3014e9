/**
 * EBS: volumes, snapshots, and the images made of them.
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volumes.html
 */
import {
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  type DescribeSnapshotsCommandInput,
  DescribeVolumesCommand,
  EC2Client,
  type Image,
  type Snapshot,
  type Volume,
} from '@aws-sdk/client-ec2';
import { type At, type Declaration, declare, type Listed } from '../discovery/declaration.ts';
import { every } from '../discovery/list.ts';
import { relation, relations, service } from '../discovery/service.ts';

const ec2 = service(EC2Client);
const STORAGE = { class: 'storage', scope: 'region', pack: 'compute' } as const;
const MaxResults = 1000;

const volume = declare<Volume>({
  type: 'AWS::EC2::Volume',
  ...STORAGE,
  ...ec2.pages({
    action: 'ec2:DescribeVolumes',
    page: (NextToken) => new DescribeVolumesCommand({ NextToken, MaxResults: 500 }), // the most AWS takes
    one: (id) => new DescribeVolumesCommand({ VolumeIds: [id] }),
    read: ({ Volumes, NextToken }) => ({ records: Volumes, next: NextToken }),
  }),
  asset(each, at) {
    const { VolumeId = '', Attachments = [] } = each;
    return {
      id: at.arn('ec2', `volume/${VolumeId}`),
      nativeId: VolumeId,
      zone: each.AvailabilityZone,
      tags: each.Tags,
      createdAt: each.CreateTime,
      security: {
        state: each.State,
        encrypted: each.Encrypted,
        kmsKey: each.KmsKeyId,
        attached: Attachments.length > 0,
        gib: each.Size,
      },
      relationships: [
        ...Attachments.map(({ InstanceId }) => relation('attached_to', InstanceId)),
        relation('made_from', each.SnapshotId),
        relation('encrypted_by', each.KmsKeyId),
      ],
    };
  },
});

const SNAPSHOTS = 'ec2:DescribeSnapshots';
const OwnerIds = ['self'];

type ToldSnapshot = Snapshot & { readonly isPublic: boolean };

/** Ids of the account's own that anybody may restore: one question for all of them, not one for each. */
async function publicOnes(at: At): Promise<ReadonlySet<string | undefined>> {
  const found = await every(async (NextToken) => {
    const command = new DescribeSnapshotsCommand({ OwnerIds, RestorableByUserIds: ['all'], NextToken, MaxResults });
    const page = await ec2.call(at, SNAPSHOTS, command);
    return { records: page.Snapshots ?? [], next: page.NextToken };
  });
  return new Set(found.map(({ SnapshotId }) => SnapshotId));
}

async function snapshots(at: At, of: DescribeSnapshotsCommandInput): Promise<Listed<ToldSnapshot>> {
  const page = await ec2.call(at, SNAPSHOTS, new DescribeSnapshotsCommand(of));
  const open = await publicOnes(at);
  const records = (page.Snapshots ?? []).map((each) => ({ ...each, isPublic: open.has(each.SnapshotId) }));
  return { records, next: page.NextToken };
}

const snapshot = declare<ToldSnapshot>({
  type: 'AWS::EC2::Snapshot',
  ...STORAGE,
  actions: [SNAPSHOTS],
  list: (at, NextToken) => snapshots(at, { OwnerIds, NextToken, MaxResults }),
  find: async (at, id) => (await snapshots(at, { SnapshotIds: [id] })).records,
  asset(each, at) {
    const { SnapshotId = '' } = each;
    return {
      id: at.arn('ec2', `snapshot/${SnapshotId}`, each.OwnerId),
      nativeId: SnapshotId,
      account: each.OwnerId,
      tags: each.Tags,
      createdAt: each.StartTime,
      security: {
        encrypted: each.Encrypted,
        kmsKey: each.KmsKeyId,
        public: each.isPublic,
        tier: each.StorageTier,
      },
      relationships: [relation('made_from', each.VolumeId), relation('encrypted_by', each.KmsKeyId)],
    };
  },
});

const image = declare<Image>({
  type: 'AWS::EC2::Image',
  ...STORAGE,
  class: 'compute',
  ...ec2.pages({
    action: 'ec2:DescribeImages',
    page: (NextToken) => new DescribeImagesCommand({ Owners: ['self'], NextToken, MaxResults }),
    one: (id) => new DescribeImagesCommand({ ImageIds: [id] }),
    read: ({ Images, NextToken }) => ({ records: Images, next: NextToken }),
  }),
  asset(each, at) {
    const { ImageId = '', BlockDeviceMappings = [] } = each;
    return {
      id: at.arn('ec2', `image/${ImageId}`, each.OwnerId),
      nativeId: ImageId,
      name: each.Name,
      account: each.OwnerId,
      tags: each.Tags,
      createdAt: each.CreationDate,
      security: {
        public: each.Public,
        platform: each.PlatformDetails,
        imdsv2: each.ImdsSupport === 'v2.0',
        deprecatedAt: each.DeprecationTime,
      },
      relationships: relations(
        'made_from',
        BlockDeviceMappings.map(({ Ebs }) => Ebs?.SnapshotId),
      ),
    };
  },
});

export const declarations: readonly Declaration[] = [volume, snapshot, image];
