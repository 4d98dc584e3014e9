/**
 * MSK: clusters of Kafka.
 * https://docs.aws.amazon.com/msk/2.0/APIReference/v2-clusters.html
 */
import {
  type Cluster,
  GetBootstrapBrokersCommand,
  type GetBootstrapBrokersCommandOutput,
  KafkaClient,
  ListClustersV2Command,
} from '@aws-sdk/client-kafka';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const kafka = service(KafkaClient);

interface RecentUpdate extends Cluster {
  readonly brokers?: Omit<GetBootstrapBrokersCommandOutput, '$metadata'>;
}

/** In: `b-1.demo.kafka.eu-west-1.amazonaws.com:9094,b-2…`, one text for each way to connect. */
const hostsOf = (brokers: RecentUpdate['brokers'] = {}): string[] =>
  Object.values(brokers)
    .flatMap((hosts) => (typeof hosts === 'string' ? hosts.split(',') : []))
    .map((host) => host.replace(/:\d+$/, ''));

const cluster = declare<RecentUpdate>({
  type: 'AWS::MSK::Cluster',
  class: 'messaging',
  scope: 'region',
  pack: 'data',
  ...kafka.pages({
    action: 'kafka:ListClustersV2',
    page: (NextToken) => new ListClustersV2Command({ NextToken, MaxResults: 100 }),
    read: ({ ClusterInfoList, NextToken }) => ({ records: ClusterInfoList, next: NextToken }),
  }),
  details: [
    kafka.detail({
      action: 'kafka:GetBootstrapBrokers',
      fills: ['net.dns'],
      call: ({ ClusterArn }) => new GetBootstrapBrokersCommand({ ClusterArn }),
      read: ({ $metadata: _, ...brokers }) => ({ brokers }),
    }),
  ],
  asset(each) {
    const { Provisioned: of, Serverless } = each;
    const nodes = of?.BrokerNodeGroupInfo;
    const [vpc] = Serverless?.VpcConfigs ?? [];
    const subnets = nodes?.ClientSubnets ?? vpc?.SubnetIds;
    const groups = nodes?.SecurityGroups ?? vpc?.SecurityGroupIds;
    const kmsKey = of?.EncryptionInfo?.EncryptionAtRest?.DataVolumeKMSKeyId;
    const access = nodes?.ConnectivityInfo?.PublicAccess?.Type;
    return {
      id: each.ClusterArn ?? '',
      nativeId: each.ClusterArn ?? '',
      name: each.ClusterName,
      tags: each.Tags,
      createdAt: each.CreationTime,
      net: { dns: hostsOf(each.brokers), subnets, sg: groups },
      security: {
        status: each.State,
        kind: each.ClusterType,
        publiclyAccessible: access !== undefined && access !== 'DISABLED',
        tls: of?.EncryptionInfo?.EncryptionInTransit?.ClientBroker,
        unauthenticated: of?.ClientAuthentication?.Unauthenticated?.Enabled,
        encrypted: true, // at rest all of them are
        kmsKey,
        version: of?.CurrentBrokerSoftwareInfo?.KafkaVersion,
      },
      relationships: [
        ...relations('in_subnet', subnets),
        ...relations('protected_by', groups),
        relation('encrypted_by', kmsKey),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [cluster];
