/**
 * Route 53 Resolver: the endpoints by which DNS comes into a VPC and leaves it.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverEndpoint.html
 */
import {
  type IpAddressResponse,
  ListResolverEndpointIpAddressesCommand,
  ListResolverEndpointsCommand,
  ListTagsForResourceCommand,
  type ResolverEndpoint,
  Route53ResolverClient,
  type Tag,
} from '@aws-sdk/client-route53resolver';
import { type At, type Declaration, declare } from '../discovery/declaration.ts';
import { every } from '../discovery/list.ts';
import { relation, relations, service } from '../discovery/service.ts';

const resolver = service(Route53ResolverClient);

interface RecentUpdate extends ResolverEndpoint {
  readonly addresses?: readonly IpAddressResponse[];
  readonly tags?: readonly Tag[] | undefined;
}

const from = (NextToken: string | undefined) => ({ MaxResults: 100, ...(NextToken !== undefined && { NextToken }) });

const ADDRESSES = 'route53resolver:ListResolverEndpointIpAddresses';

const addressesOf = (at: At, ResolverEndpointId: string | undefined) =>
  every(async (NextToken) => {
    const command = new ListResolverEndpointIpAddressesCommand({ ResolverEndpointId, ...from(NextToken) });
    const page = await resolver.call(at, ADDRESSES, command);
    return { records: page.IpAddresses ?? [], next: page.NextToken };
  });

const endpoint = declare<RecentUpdate>({
  type: 'AWS::Route53Resolver::ResolverEndpoint',
  class: 'dns',
  scope: 'region',
  pack: 'edge',
  ...resolver.pages({
    action: 'route53resolver:ListResolverEndpoints',
    page: (NextToken) => new ListResolverEndpointsCommand(from(NextToken)),
    read: ({ ResolverEndpoints, NextToken }) => ({ records: ResolverEndpoints, next: NextToken }),
  }),
  details: [
    { action: ADDRESSES, fills: ['net'], call: async ({ Id }, at) => ({ addresses: await addressesOf(at, Id) }) },
    resolver.detail({
      action: 'route53resolver:ListTagsForResource',
      fills: ['tags'],
      call: ({ Arn }) => new ListTagsForResourceCommand({ ResourceArn: Arn }),
      read: ({ Tags }) => ({ tags: Tags }),
    }),
  ],
  asset(each) {
    const subnets = each.addresses?.map(({ SubnetId }) => SubnetId);
    return {
      id: each.Arn ?? '',
      nativeId: each.Id ?? '',
      name: each.Name,
      tags: each.tags,
      createdAt: each.CreationTime,
      net: {
        private: each.addresses?.map(({ Ip }) => Ip),
        v6: each.addresses?.map(({ Ipv6 }) => Ipv6),
        vpc: each.HostVPCId,
        subnets,
        sg: each.SecurityGroupIds,
      },
      security: { direction: each.Direction, status: each.Status, protocols: each.Protocols },
      relationships: [
        relation('in_vpc', each.HostVPCId),
        ...relations('in_subnet', subnets),
        ...relations('protected_by', each.SecurityGroupIds),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [endpoint];
