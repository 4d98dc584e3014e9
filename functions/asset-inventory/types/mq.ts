/**
 * Amazon MQ: brokers. Users and passwords are not asked for.
 * https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers-broker-id.html
 */
import {
  type BrokerSummary,
  DescribeBrokerCommand,
  type DescribeBrokerCommandOutput,
  ListBrokersCommand,
  MqClient,
} from '@aws-sdk/client-mq';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const mq = service(MqClient);

interface RecentUpdate extends BrokerSummary {
  readonly broker?: Omit<DescribeBrokerCommandOutput, '$metadata' | 'Users'>;
}

const hostOf = (url: string): string | undefined => URL.parse(url)?.hostname;

const broker = declare<RecentUpdate>({
  type: 'AWS::AmazonMQ::Broker',
  class: 'messaging',
  scope: 'region',
  pack: 'data',
  ...mq.pages({
    action: 'mq:ListBrokers',
    page: (NextToken) => new ListBrokersCommand({ NextToken, MaxResults: 100 }),
    read: ({ BrokerSummaries, NextToken }) => ({ records: BrokerSummaries, next: NextToken }),
  }),
  details: [
    mq.detail({
      action: 'mq:DescribeBroker',
      fills: ['net', 'security', 'relationships', 'tags'],
      call: ({ BrokerId }) => new DescribeBrokerCommand({ BrokerId }),
      read: ({ Users: _, ...broker }) => ({ broker }),
    }),
  ],
  asset(each) {
    const { broker: of } = each;
    const instances = of?.BrokerInstances ?? [];
    return {
      id: each.BrokerArn ?? '',
      nativeId: each.BrokerId ?? '',
      name: each.BrokerName,
      tags: of?.Tags,
      createdAt: each.Created,
      net: {
        dns: instances.flatMap(({ Endpoints = [], ConsoleURL }) => [...Endpoints, ConsoleURL ?? ''].map(hostOf)),
        private: instances.map(({ IpAddress }) => IpAddress),
        subnets: of?.SubnetIds,
        sg: of?.SecurityGroups,
      },
      security: {
        status: each.BrokerState,
        publiclyAccessible: of?.PubliclyAccessible,
        engine: `${each.EngineType} ${of?.EngineVersion ?? ''}`.trim(),
        kmsKey: of?.EncryptionOptions?.KmsKeyId,
        logging: of?.Logs && { general: of.Logs.General, audit: of.Logs.Audit },
        authentication: of?.AuthenticationStrategy,
      },
      relationships: [
        ...relations('in_subnet', of?.SubnetIds),
        ...relations('protected_by', of?.SecurityGroups),
        relation('encrypted_by', of?.EncryptionOptions?.KmsKeyId),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [broker];
