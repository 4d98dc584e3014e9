/**
 * Transfer Family: servers.
 * https://docs.aws.amazon.com/transfer/latest/APIReference/API_DescribedServer.html
 */
import {
  type DescribedServer,
  DescribeServerCommand,
  type ListedServer,
  ListServersCommand,
  TransferClient,
} from '@aws-sdk/client-transfer';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const transfer = service(TransferClient);

type RecentUpdate = ListedServer & { readonly server?: DescribedServer | undefined };

const server = declare<RecentUpdate>({
  type: 'AWS::Transfer::Server',
  class: 'storage',
  scope: 'region',
  pack: 'data',
  ...transfer.pages({
    action: 'transfer:ListServers',
    page: (NextToken) => new ListServersCommand({ NextToken, MaxResults: 1000 }),
    read: ({ Servers, NextToken }) => ({ records: Servers, next: NextToken }),
  }),
  details: [
    transfer.detail({
      action: 'transfer:DescribeServer',
      fills: ['net', 'security', 'relationships', 'tags'],
      call: ({ ServerId }) => new DescribeServerCommand({ ServerId }),
      read: ({ Server }) => ({ server: Server }),
    }),
  ],
  asset(each, at) {
    const { ServerId = '', EndpointType, server: of } = each;
    const details = of?.EndpointDetails;
    return {
      id: each.Arn ?? at.arn('transfer', `server/${ServerId}`),
      nativeId: ServerId,
      tags: of?.Tags,
      net: {
        dns: [`${ServerId}.server.transfer.${at.region}.amazonaws.com`],
        vpc: details?.VpcId,
        subnets: details?.SubnetIds,
        sg: details?.SecurityGroupIds,
      },
      security: {
        state: each.State,
        endpoint: EndpointType === 'PUBLIC' ? 'public' : 'vpc',
        publiclyAccessible: details && (details.AddressAllocationIds ?? []).length > 0,
        protocols: of?.Protocols,
        plain: of?.Protocols?.includes('FTP'),
        tlsPolicy: of?.SecurityPolicyName,
        identities: each.IdentityProviderType,
      },
      relationships: [
        relation('in_vpc', details?.VpcId),
        ...relations('in_subnet', details?.SubnetIds),
        ...relations('protected_by', details?.SecurityGroupIds),
        ...relations('attached_to', [details?.VpcEndpointId, ...(details?.AddressAllocationIds ?? [])]),
        relation('encrypted_by', of?.Certificate),
        relation('assumes', each.LoggingRole),
        ...relations('logs_to', of?.StructuredLogDestinations),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [server];
