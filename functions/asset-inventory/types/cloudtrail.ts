/**
 * CloudTrail: trails, each in its home region, and event data stores.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Trail.html
 */
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  type EventDataStore,
  GetEventDataStoreCommand,
  type GetEventDataStoreCommandOutput,
  GetEventSelectorsCommand,
  type GetEventSelectorsCommandOutput,
  GetTrailStatusCommand,
  ListEventDataStoresCommand,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { lastOf, relation, service } from '../discovery/service.ts';

const cloudtrail = service(CloudTrailClient);
const SECURITY = { class: 'security', scope: 'region', pack: 'security' } as const;

interface ToldTrail extends Trail {
  readonly logging?: boolean | undefined;
  readonly selectors?: Pick<GetEventSelectorsCommandOutput, 'EventSelectors' | 'AdvancedEventSelectors'>;
}

const trail = declare<ToldTrail>({
  type: 'AWS::CloudTrail::Trail',
  ...SECURITY,
  ...cloudtrail.pages({
    action: 'cloudtrail:DescribeTrails',
    page: () => new DescribeTrailsCommand({ includeShadowTrails: false }), // not paginated
    read: ({ trailList }) => ({ records: trailList }),
  }),
  details: [
    cloudtrail.detail({
      action: 'cloudtrail:GetTrailStatus',
      fills: ['security.logging'],
      call: ({ TrailARN }) => new GetTrailStatusCommand({ Name: TrailARN }),
      read: ({ IsLogging }) => ({ logging: IsLogging }),
    }),
    cloudtrail.detail({
      action: 'cloudtrail:GetEventSelectors',
      fills: ['security.selectors'],
      call: ({ TrailARN }) => new GetEventSelectorsCommand({ TrailName: TrailARN }),
      read: ({ EventSelectors, AdvancedEventSelectors }) => ({ selectors: { EventSelectors, AdvancedEventSelectors } }),
    }),
  ],
  asset: (each, at) => ({
    id: each.TrailARN ?? '',
    nativeId: each.TrailARN ?? '',
    name: each.Name,
    account: each.TrailARN?.split(':')[4],
    security: {
      logging: each.logging,
      multiRegion: each.IsMultiRegionTrail,
      organization: each.IsOrganizationTrail,
      validated: each.LogFileValidationEnabled,
      globalEvents: each.IncludeGlobalServiceEvents,
      kmsKey: each.KmsKeyId,
      selectors: [...(each.selectors?.EventSelectors ?? []), ...(each.selectors?.AdvancedEventSelectors ?? [])].map(
        (selector) => JSON.stringify(selector),
      ),
    },
    relationships: [
      relation('logs_to', each.S3BucketName && at.arn('s3', each.S3BucketName, '', '')),
      relation('logs_to', each.CloudWatchLogsLogGroupArn),
      relation('encrypted_by', each.KmsKeyId),
      relation('assumes', each.CloudWatchLogsRoleArn),
    ],
  }),
});

interface ToldStore extends EventDataStore {
  readonly store?: Omit<GetEventDataStoreCommandOutput, '$metadata'>;
}

const eventDataStore = declare<ToldStore>({
  type: 'AWS::CloudTrail::EventDataStore',
  ...SECURITY,
  ...cloudtrail.pages({
    action: 'cloudtrail:ListEventDataStores',
    page: (NextToken) => new ListEventDataStoresCommand({ NextToken, MaxResults: 100 }),
    read: ({ EventDataStores, NextToken }) => ({ records: EventDataStores, next: NextToken }),
  }),
  details: [
    cloudtrail.detail({
      action: 'cloudtrail:GetEventDataStore',
      fills: ['security', 'createdAt'],
      call: ({ EventDataStoreArn }) => new GetEventDataStoreCommand({ EventDataStore: EventDataStoreArn }),
      read: (store) => ({ store }),
    }),
  ],
  asset({ EventDataStoreArn = '', Name, store }) {
    if (store?.Status === 'PENDING_DELETION') return undefined;
    return {
      id: EventDataStoreArn,
      nativeId: lastOf(EventDataStoreArn) ?? EventDataStoreArn,
      name: Name,
      createdAt: store?.CreatedTimestamp,
      security: {
        status: store?.Status,
        multiRegion: store?.MultiRegionEnabled,
        organization: store?.OrganizationEnabled,
        retentionDays: store?.RetentionPeriod,
        terminationProtection: store?.TerminationProtectionEnabled,
        kmsKey: store?.KmsKeyId,
      },
      relationships: [relation('encrypted_by', store?.KmsKeyId)],
    };
  },
});

export const declarations: readonly Declaration[] = [trail, eventDataStore];
