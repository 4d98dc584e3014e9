/**
 * AWS Config: recorders, and whether they record.
 * https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationRecorder.html
 */
import {
  ConfigServiceClient,
  type ConfigurationRecorder,
  type ConfigurationRecorderStatus,
  type DeliveryChannel,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  DescribeDeliveryChannelsCommand,
} from '@aws-sdk/client-config-service';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const config = service(ConfigServiceClient);

interface RecentUpdate extends ConfigurationRecorder {
  readonly status?: ConfigurationRecorderStatus | undefined;
  readonly channels?: readonly DeliveryChannel[] | undefined;
}

const recorder = declare<RecentUpdate>({
  type: 'AWS::Config::ConfigurationRecorder',
  class: 'security',
  scope: 'region',
  pack: 'security',
  ...config.pages({
    action: 'config:DescribeConfigurationRecorders', // not paginated
    page: () => new DescribeConfigurationRecordersCommand({}),
    read: ({ ConfigurationRecorders }) => ({ records: ConfigurationRecorders }),
  }),
  details: [
    config.detail({
      action: 'config:DescribeConfigurationRecorderStatus',
      fills: ['security.recording'],
      call: ({ name = '' }) => new DescribeConfigurationRecorderStatusCommand({ ConfigurationRecorderNames: [name] }),
      read: ({ ConfigurationRecordersStatus }) => ({ status: ConfigurationRecordersStatus?.[0] }),
    }),
    config.detail({
      action: 'config:DescribeDeliveryChannels',
      fills: ['relationships'],
      call: () => new DescribeDeliveryChannelsCommand({}),
      read: ({ DeliveryChannels }) => ({ channels: DeliveryChannels }),
    }),
  ],
  asset: (each, at) => ({
    id: at.arn('config', `configuration-recorder/${each.name}`),
    idSynthetic: true,
    nativeId: each.name ?? '',
    name: each.name,
    security: {
      recording: each.status?.recording,
      all: each.recordingGroup?.allSupported,
      global: each.recordingGroup?.includeGlobalResourceTypes,
      strategy: each.recordingGroup?.recordingStrategy?.useOnly,
      frequency: each.recordingMode?.recordingFrequency,
    },
    volatile: { lastStatus: each.status?.lastStatus },
    relationships: [
      ...relations(
        'logs_to',
        each.channels?.map(({ s3BucketName }) => s3BucketName && at.arn('s3', s3BucketName, '', '')),
      ),
      relation('assumes', each.roleARN),
    ],
  }),
});

export const declarations: readonly Declaration[] = [recorder];
