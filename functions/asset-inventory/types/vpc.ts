/**
 * How a VPC reaches others and is watched: NAT and transit gateways, endpoints, peering, VPNs, flow logs.
 * https://docs.aws.amazon.com/vpc/latest/userguide/extend-intro.html
 */
import {
  type ClientVpnEndpoint,
  type CustomerGateway,
  DescribeClientVpnEndpointsCommand,
  DescribeCustomerGatewaysCommand,
  DescribeFlowLogsCommand,
  DescribeNatGatewaysCommand,
  DescribeTransitGatewayAttachmentsCommand,
  DescribeTransitGatewaysCommand,
  DescribeVpcEndpointServiceConfigurationsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpnConnectionsCommand,
  EC2Client,
  type FlowLog,
  type NatGateway,
  type ServiceConfiguration,
  type TransitGateway,
  type TransitGatewayAttachment,
  type VpcEndpoint,
  type VpcPeeringConnection,
  type VpcPeeringConnectionVpcInfo,
  type VpnConnection,
} from '@aws-sdk/client-ec2';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const ec2 = service(EC2Client);
const NETWORK = { class: 'network', scope: 'region', pack: 'net' } as const;
const MaxResults = 1000;

/** Shown for a while after its end. */
const isOver = (state: string | undefined): boolean => /^(deleted|failed|rejected|expired)$/i.test(state ?? '');

const natGateway = declare<NatGateway>({
  type: 'AWS::EC2::NatGateway',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeNatGateways',
    page: (NextToken) => new DescribeNatGatewaysCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeNatGatewaysCommand({ NatGatewayIds: [id] }),
    read: ({ NatGateways, NextToken }) => ({ records: NatGateways, next: NextToken }),
  }),
  asset(gateway, at) {
    const { NatGatewayId = '', NatGatewayAddresses: addresses = [], VpcId, SubnetId, State } = gateway;
    if (isOver(State)) return undefined;
    return {
      id: at.arn('ec2', `natgateway/${NatGatewayId}`),
      nativeId: NatGatewayId,
      tags: gateway.Tags,
      createdAt: gateway.CreateTime,
      net: {
        private: addresses.map(({ PrivateIp }) => PrivateIp),
        public: addresses.map(({ PublicIp }) => PublicIp),
        eni: addresses.map(({ NetworkInterfaceId }) => NetworkInterfaceId),
        vpc: VpcId,
        subnets: [SubnetId],
      },
      security: { state: State, connectivity: gateway.ConnectivityType },
      relationships: [
        relation('in_vpc', VpcId),
        relation('in_subnet', SubnetId),
        ...relations(
          'attached_to',
          addresses.flatMap(({ NetworkInterfaceId, AllocationId }) => [NetworkInterfaceId, AllocationId]),
        ),
      ],
    };
  },
});

const transitGateway = declare<TransitGateway>({
  type: 'AWS::EC2::TransitGateway',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeTransitGateways',
    page: (NextToken) => new DescribeTransitGatewaysCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeTransitGatewaysCommand({ TransitGatewayIds: [id] }),
    read: ({ TransitGateways, NextToken }) => ({ records: TransitGateways, next: NextToken }),
  }),
  asset(gateway, at) {
    const { TransitGatewayId = '', OwnerId, State, Options } = gateway;
    if (isOver(State)) return undefined;
    return {
      id: gateway.TransitGatewayArn ?? at.arn('ec2', `transit-gateway/${TransitGatewayId}`, OwnerId),
      nativeId: TransitGatewayId,
      account: OwnerId,
      tags: gateway.Tags,
      createdAt: gateway.CreationTime,
      net: { prefixes: Options?.TransitGatewayCidrBlocks },
      security: {
        state: State,
        acceptsShared: Options?.AutoAcceptSharedAttachments === 'enable',
        asn: Options?.AmazonSideAsn,
      },
    };
  },
});

const transitGatewayAttachment = declare<TransitGatewayAttachment>({
  type: 'AWS::EC2::TransitGatewayAttachment',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeTransitGatewayAttachments',
    page: (NextToken) => new DescribeTransitGatewayAttachmentsCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeTransitGatewayAttachmentsCommand({ TransitGatewayAttachmentIds: [id] }),
    read: ({ TransitGatewayAttachments, NextToken }) => ({ records: TransitGatewayAttachments, next: NextToken }),
  }),
  asset(attachment, at) {
    const { TransitGatewayAttachmentId = '', ResourceOwnerId, ResourceType, ResourceId, State } = attachment;
    if (isOver(State)) return undefined;
    return {
      id: at.arn('ec2', `transit-gateway-attachment/${TransitGatewayAttachmentId}`, ResourceOwnerId),
      nativeId: TransitGatewayAttachmentId,
      account: ResourceOwnerId,
      tags: attachment.Tags,
      createdAt: attachment.CreationTime,
      net: { vpc: ResourceType === 'vpc' ? ResourceId : undefined },
      security: { state: State, kind: ResourceType, gatewayAccount: attachment.TransitGatewayOwnerId },
      relationships: [relation('attached_to', attachment.TransitGatewayId), relation('attached_to', ResourceId)],
    };
  },
});

const vpcEndpoint = declare<VpcEndpoint>({
  type: 'AWS::EC2::VPCEndpoint',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeVpcEndpoints',
    page: (NextToken) => new DescribeVpcEndpointsCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }),
    read: ({ VpcEndpoints, NextToken }) => ({ records: VpcEndpoints, next: NextToken }),
  }),
  asset(endpoint, at) {
    const { VpcEndpointId = '', NetworkInterfaceIds, SubnetIds, Groups = [], VpcId, State } = endpoint;
    if (isOver(State)) return undefined;
    return {
      id: at.arn('ec2', `vpc-endpoint/${VpcEndpointId}`, endpoint.OwnerId),
      nativeId: VpcEndpointId,
      account: endpoint.OwnerId,
      tags: endpoint.Tags,
      createdAt: endpoint.CreationTimestamp,
      net: {
        dns: endpoint.DnsEntries?.map(({ DnsName }) => DnsName),
        eni: NetworkInterfaceIds,
        vpc: VpcId,
        subnets: SubnetIds,
        sg: Groups.map(({ GroupId }) => GroupId),
      },
      security: {
        state: State,
        kind: endpoint.VpcEndpointType,
        service: endpoint.ServiceName,
        privateDns: endpoint.PrivateDnsEnabled,
        endpointPolicy: endpoint.PolicyDocument, // who may pass, not who may enter: no `policy` of the endpoint itself
      },
      relationships: [
        relation('in_vpc', VpcId),
        ...relations('in_subnet', SubnetIds),
        ...relations('attached_to', NetworkInterfaceIds),
        ...relations('attached_to', endpoint.RouteTableIds),
        ...Groups.map(({ GroupId }) => relation('protected_by', GroupId)),
      ],
    };
  },
});

const endpointService = declare<ServiceConfiguration>({
  type: 'AWS::EC2::VPCEndpointService',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeVpcEndpointServiceConfigurations',
    page: (NextToken) => new DescribeVpcEndpointServiceConfigurationsCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeVpcEndpointServiceConfigurationsCommand({ ServiceIds: [id] }),
    read: ({ ServiceConfigurations, NextToken }) => ({ records: ServiceConfigurations, next: NextToken }),
  }),
  asset(each, at) {
    const { ServiceId = '' } = each;
    return {
      id: at.arn('ec2', `vpc-endpoint-service/${ServiceId}`),
      nativeId: ServiceId,
      name: each.ServiceName,
      tags: each.Tags,
      net: { dns: [...(each.BaseEndpointDnsNames ?? []), each.PrivateDnsName] },
      security: { state: each.ServiceState, acceptanceRequired: each.AcceptanceRequired },
      relationships: relations('routes_to', [
        ...(each.NetworkLoadBalancerArns ?? []),
        ...(each.GatewayLoadBalancerArns ?? []),
      ]),
    };
  },
});

const cidrsOf = (side: VpcPeeringConnectionVpcInfo | undefined) => [
  side?.CidrBlock,
  ...(side?.CidrBlockSet ?? []).map(({ CidrBlock }) => CidrBlock),
  ...(side?.Ipv6CidrBlockSet ?? []).map(({ Ipv6CidrBlock }) => Ipv6CidrBlock),
];

const peering = declare<VpcPeeringConnection>({
  type: 'AWS::EC2::VPCPeeringConnection',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeVpcPeeringConnections',
    page: (NextToken) => new DescribeVpcPeeringConnectionsCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [id] }),
    read: ({ VpcPeeringConnections, NextToken }) => ({ records: VpcPeeringConnections, next: NextToken }),
  }),
  asset(connection, at) {
    const { VpcPeeringConnectionId = '', RequesterVpcInfo: from, AccepterVpcInfo: to, Status } = connection;
    if (isOver(Status?.Code)) return undefined;
    return {
      id: at.arn('ec2', `vpc-peering-connection/${VpcPeeringConnectionId}`, from?.OwnerId),
      nativeId: VpcPeeringConnectionId,
      account: from?.OwnerId,
      tags: connection.Tags,
      net: { prefixes: [...cidrsOf(from), ...cidrsOf(to)] },
      security: {
        state: Status?.Code,
        requester: from?.OwnerId,
        accepter: to?.OwnerId,
        foreign: from?.OwnerId !== to?.OwnerId,
      },
      relationships: relations('attached_to', [from?.VpcId, to?.VpcId]),
    };
  },
});

const vpnConnection = declare<VpnConnection>({
  type: 'AWS::EC2::VPNConnection',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeVpnConnections', // not paginated
    page: () => new DescribeVpnConnectionsCommand({}),
    one: (id) => new DescribeVpnConnectionsCommand({ VpnConnectionIds: [id] }),
    read: ({ VpnConnections }) => ({ records: VpnConnections }),
  }),
  asset(connection, at) {
    const { VpnConnectionId = '', Options, State } = connection;
    if (isOver(State)) return undefined;
    const tunnels = connection.VgwTelemetry ?? [];
    return {
      id: at.arn('ec2', `vpn-connection/${VpnConnectionId}`),
      nativeId: VpnConnectionId,
      tags: connection.Tags,
      net: {
        public: [...tunnels, ...(Options?.TunnelOptions ?? [])].map(({ OutsideIpAddress }) => OutsideIpAddress),
        prefixes: [Options?.LocalIpv4NetworkCidr, Options?.RemoteIpv4NetworkCidr].filter(
          (cidr) => cidr !== '0.0.0.0/0',
        ),
      },
      security: { state: State, kind: connection.Type, static: Options?.StaticRoutesOnly },
      volatile: { tunnelsUp: tunnels.filter(({ Status }) => Status === 'UP').length },
      relationships: relations('attached_to', [
        connection.TransitGatewayId,
        connection.VpnGatewayId,
        connection.CustomerGatewayId,
      ]),
    };
  },
});

const customerGateway = declare<CustomerGateway>({
  type: 'AWS::EC2::CustomerGateway',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeCustomerGateways', // not paginated
    page: () => new DescribeCustomerGatewaysCommand({}),
    one: (id) => new DescribeCustomerGatewaysCommand({ CustomerGatewayIds: [id] }),
    read: ({ CustomerGateways }) => ({ records: CustomerGateways }),
  }),
  asset(gateway, at) {
    const { CustomerGatewayId = '', State } = gateway;
    if (isOver(State)) return undefined;
    return {
      id: at.arn('ec2', `customer-gateway/${CustomerGatewayId}`),
      nativeId: CustomerGatewayId,
      name: gateway.DeviceName,
      tags: gateway.Tags,
      net: { public: [gateway.IpAddress] },
      security: { state: State, asn: gateway.BgpAsn, certificate: gateway.CertificateArn },
    };
  },
});

const clientVpn = declare<ClientVpnEndpoint>({
  type: 'AWS::EC2::ClientVpnEndpoint',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeClientVpnEndpoints',
    page: (NextToken) => new DescribeClientVpnEndpointsCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeClientVpnEndpointsCommand({ ClientVpnEndpointIds: [id] }),
    read: ({ ClientVpnEndpoints, NextToken }) => ({ records: ClientVpnEndpoints, next: NextToken }),
  }),
  asset(endpoint, at) {
    const { ClientVpnEndpointId = '', VpcId, SecurityGroupIds, ConnectionLogOptions: log, Status } = endpoint;
    if (isOver(Status?.Code)) return undefined;
    return {
      id: at.arn('ec2', `client-vpn-endpoint/${ClientVpnEndpointId}`),
      nativeId: ClientVpnEndpointId,
      name: endpoint.Description,
      tags: endpoint.Tags,
      createdAt: endpoint.CreationTime,
      net: { dns: [endpoint.DnsName], prefixes: [endpoint.ClientCidrBlock], vpc: VpcId, sg: SecurityGroupIds },
      security: {
        state: Status?.Code,
        authentication: endpoint.AuthenticationOptions?.map(({ Type }) => Type),
        splitTunnel: endpoint.SplitTunnel,
        logging: log?.Enabled,
        endpoint: 'public',
      },
      relationships: [
        relation('in_vpc', VpcId),
        ...relations('protected_by', SecurityGroupIds),
        relation('logs_to', log?.CloudwatchLogGroup),
      ],
    };
  },
});

const flowLog = declare<FlowLog>({
  type: 'AWS::EC2::FlowLog',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeFlowLogs',
    page: (NextToken) => new DescribeFlowLogsCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeFlowLogsCommand({ FlowLogIds: [id] }),
    read: ({ FlowLogs, NextToken }) => ({ records: FlowLogs, next: NextToken }),
  }),
  asset(log, at) {
    const { FlowLogId = '' } = log;
    return {
      id: at.arn('ec2', `vpc-flow-log/${FlowLogId}`),
      nativeId: FlowLogId,
      tags: log.Tags,
      createdAt: log.CreationTime,
      security: {
        status: log.FlowLogStatus,
        delivery: log.DeliverLogsStatus,
        traffic: log.TrafficType,
        format: log.LogFormat,
        seconds: log.MaxAggregationInterval,
      },
      relationships: [
        relation('attached_to', log.ResourceId),
        relation('logs_to', log.LogDestination ?? log.LogGroupName),
        relation('assumes', log.DeliverLogsPermissionArn),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [
  natGateway,
  transitGateway,
  transitGatewayAttachment,
  vpcEndpoint,
  endpointService,
  peering,
  vpnConnection,
  customerGateway,
  clientVpn,
  flowLog,
];
