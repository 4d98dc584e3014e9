/**
 * KMS: the customer's own keys. Those that AWS manages for a service are not listed as assets.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html
 */
import {
  type AliasListEntry,
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KeyListEntry,
  type KeyMetadata,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  type Tag,
} from '@aws-sdk/client-kms';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { service } from '../discovery/service.ts';

const kms = service(KMSClient);

interface RecentUpdate extends KeyListEntry {
  readonly metadata?: KeyMetadata | undefined;
  readonly rotates?: boolean | undefined;
  readonly policy?: string | undefined;
  readonly aliases?: readonly AliasListEntry[] | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

/** Others are AWS's own, or not known. */
const isOwn = ({ metadata }: RecentUpdate): boolean => metadata?.KeyManager !== 'AWS';

const key = declare<RecentUpdate>({
  type: 'AWS::KMS::Key',
  class: 'security',
  scope: 'region',
  pack: 'security',
  ...kms.pages({
    action: 'kms:ListKeys',
    page: (Marker) => new ListKeysCommand({ Marker, Limit: 1000 }),
    read: ({ Keys, NextMarker }) => ({ records: Keys, next: NextMarker }),
  }),
  details: [
    kms.detail({
      action: 'kms:DescribeKey',
      fills: ['status', 'kind', 'manager', 'origin', 'multiRegion', 'deletedAfter'].map((name) => `security.${name}`),
      call: ({ KeyId }) => new DescribeKeyCommand({ KeyId }),
      read: ({ KeyMetadata }) => ({ metadata: KeyMetadata }),
    }),
    kms.detail({
      action: 'kms:GetKeyRotationStatus',
      fills: ['security.rotates'],
      absent: ['UnsupportedOperationException'],
      // other keys have no rotation to ask for
      when: (each) => isOwn(each) && each.metadata?.KeySpec === 'SYMMETRIC_DEFAULT',
      call: ({ KeyId }) => new GetKeyRotationStatusCommand({ KeyId }),
      read: ({ KeyRotationEnabled }) => ({ rotates: KeyRotationEnabled }),
    }),
    kms.detail({
      action: 'kms:GetKeyPolicy',
      fills: ['security.policy'],
      when: isOwn,
      call: ({ KeyId }) => new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }),
      read: ({ Policy }) => ({ policy: Policy }),
    }),
    kms.detail({
      action: 'kms:ListAliases',
      fills: ['name'],
      when: isOwn,
      call: ({ KeyId }) => new ListAliasesCommand({ KeyId }),
      read: ({ Aliases }) => ({ aliases: Aliases }),
    }),
    kms.detail({
      action: 'kms:ListResourceTags',
      fills: ['tags'],
      when: isOwn,
      call: ({ KeyId }) => new ListResourceTagsCommand({ KeyId }),
      read: ({ Tags }) => ({ tags: Tags }),
    }),
  ],
  asset(each) {
    const { KeyArn = '', KeyId = '', metadata, aliases } = each;
    if (!isOwn(each)) return undefined;
    const names = (aliases ?? []).map(({ AliasName = '' }) => AliasName).sort();
    return {
      id: KeyArn,
      nativeId: KeyId,
      name: names[0],
      tags: each.tags,
      createdAt: metadata?.CreationDate,
      security: {
        status: metadata?.KeyState,
        kind: metadata?.KeySpec,
        manager: metadata?.KeyManager,
        origin: metadata?.Origin,
        multiRegion: metadata?.MultiRegion,
        deletedAfter: metadata?.DeletionDate,
        rotates: each.rotates,
        policy: each.policy,
        aliases: names,
      },
    };
  },
});

export const declarations: readonly Declaration[] = [key];
