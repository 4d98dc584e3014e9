/**
 * EC2: instances and what their network is made of.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html
 */
import {
  type Address,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type Instance,
  type InternetGateway,
  type IpPermission,
  type NetworkAcl,
  type NetworkAclEntry,
  type NetworkInterface,
  type Reservation,
  type Route,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
  type Vpc,
} from '@aws-sdk/client-ec2';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, service } from '../discovery/service.ts';

const ec2 = service(EC2Client);

// Without a page size EC2 counts a call against a smaller bucket.
// https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
const MaxResults = 1000;

const NETWORK = { class: 'network', scope: 'region', pack: 'net' } as const;

/** With the reservation's owner, who owns the instance. */
type Owned = Instance & Pick<Reservation, 'OwnerId'>;

const instancesIn = (reservations: readonly Reservation[] = []): Owned[] =>
  reservations.flatMap(({ OwnerId, Instances = [] }) => Instances.map((instance) => ({ ...instance, OwnerId })));

const instance = declare<Owned>({
  type: 'AWS::EC2::Instance',
  class: 'compute',
  scope: 'region',
  pack: 'compute',
  ...ec2.pages({
    action: 'ec2:DescribeInstances',
    page: (NextToken) => new DescribeInstancesCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeInstancesCommand({ InstanceIds: [id] }),
    read: ({ Reservations, NextToken }) => ({ records: instancesIn(Reservations), next: NextToken }),
  }),
  asset(each, at) {
    const { InstanceId = '', NetworkInterfaces = [], State, Placement } = each;
    if (State?.Name === 'terminated') return undefined; // it is shown for an hour more
    const addresses = NetworkInterfaces.flatMap(({ PrivateIpAddresses = [] }) => PrivateIpAddresses);
    return {
      id: at.arn('ec2', `instance/${InstanceId}`, each.OwnerId),
      nativeId: InstanceId,
      account: each.OwnerId,
      zone: Placement?.AvailabilityZoneId ?? Placement?.AvailabilityZone,
      tags: each.Tags,
      createdAt: NetworkInterfaces.find(({ Attachment }) => Attachment?.DeviceIndex === 0)?.Attachment?.AttachTime,
      net: {
        private: [each.PrivateIpAddress, ...addresses.map(({ PrivateIpAddress }) => PrivateIpAddress)],
        public: [each.PublicIpAddress, ...addresses.map(({ Association }) => Association?.PublicIp)],
        v6: NetworkInterfaces.flatMap(({ Ipv6Addresses = [] }) => Ipv6Addresses.map(({ Ipv6Address }) => Ipv6Address)),
        prefixes: NetworkInterfaces.flatMap(prefixesOf),
        eni: NetworkInterfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId),
        mac: NetworkInterfaces.map(({ MacAddress }) => MacAddress),
        dns: [each.PrivateDnsName, each.PublicDnsName],
        vpc: each.VpcId,
        subnets: [each.SubnetId, ...NetworkInterfaces.map(({ SubnetId }) => SubnetId)],
        sg: each.SecurityGroups?.map(({ GroupId }) => GroupId),
      },
      security: {
        state: State?.Name,
        instanceType: each.InstanceType,
        image: each.ImageId,
        platform: each.PlatformDetails ?? each.Platform,
        imdsv2: each.MetadataOptions?.HttpTokens === 'required',
        launchedAt: each.LaunchTime,
        instanceProfile: each.IamInstanceProfile?.Arn,
        keyName: each.KeyName,
      },
      relationships: [
        ...NetworkInterfaces.map(({ NetworkInterfaceId }) => relation('attached_to', NetworkInterfaceId)),
        ...(each.BlockDeviceMappings ?? []).map(({ Ebs }) => relation('attached_to', Ebs?.VolumeId)),
        ...(each.SecurityGroups ?? []).map(({ GroupId }) => relation('protected_by', GroupId)),
        relation('in_subnet', each.SubnetId),
        relation('in_vpc', each.VpcId),
        relation('made_from', each.ImageId),
        relation('assumes', each.IamInstanceProfile?.Arn),
        relation('member_of', each.Tags?.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value),
      ],
    };
  },
});

const prefixesOf = ({
  Ipv4Prefixes = [],
  Ipv6Prefixes = [],
}: Pick<NetworkInterface, 'Ipv4Prefixes' | 'Ipv6Prefixes'>) => [
  ...Ipv4Prefixes.map(({ Ipv4Prefix }) => Ipv4Prefix),
  ...Ipv6Prefixes.map(({ Ipv6Prefix }) => Ipv6Prefix),
];

const networkInterface = declare<NetworkInterface>({
  type: 'AWS::EC2::NetworkInterface',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeNetworkInterfaces',
    page: (NextToken) => new DescribeNetworkInterfacesCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }),
    read: ({ NetworkInterfaces, NextToken }) => ({ records: NetworkInterfaces, next: NextToken }),
  }),
  asset(eni, at) {
    const { NetworkInterfaceId = '', PrivateIpAddresses = [], Attachment } = eni;
    return {
      id: at.arn('ec2', `network-interface/${NetworkInterfaceId}`, eni.OwnerId),
      nativeId: NetworkInterfaceId,
      account: eni.OwnerId,
      zone: eni.AvailabilityZone,
      tags: eni.TagSet,
      net: {
        private: [eni.PrivateIpAddress, ...PrivateIpAddresses.map(({ PrivateIpAddress }) => PrivateIpAddress)],
        public: [eni.Association?.PublicIp, ...PrivateIpAddresses.map(({ Association }) => Association?.PublicIp)],
        v6: eni.Ipv6Addresses?.map(({ Ipv6Address }) => Ipv6Address),
        prefixes: prefixesOf(eni),
        eni: [NetworkInterfaceId],
        mac: [eni.MacAddress],
        dns: [eni.PrivateDnsName, eni.Association?.PublicDnsName],
        vpc: eni.VpcId,
        subnets: [eni.SubnetId],
        sg: eni.Groups?.map(({ GroupId }) => GroupId),
      },
      security: {
        description: eni.Description,
        kind: eni.InterfaceType,
        requester: eni.RequesterId,
        managed: eni.RequesterManaged,
        sourceDestCheck: eni.SourceDestCheck,
        status: eni.Status,
        attachedAt: Attachment?.AttachTime,
        ...(PrivateIpAddresses.length > 1 && { primary: eni.PrivateIpAddress }),
      },
      relationships: [
        relation('attached_to', Attachment?.InstanceId),
        ...(eni.Groups ?? []).map(({ GroupId }) => relation('protected_by', GroupId)),
        relation('in_subnet', eni.SubnetId),
        relation('in_vpc', eni.VpcId),
        relation('attached_to', eni.Association?.AllocationId),
      ],
    };
  },
});

/** `tcp/443`, `tcp/1000-2000`, `icmp`, `all` */
function portsOf({ IpProtocol = '-1', FromPort, ToPort }: IpPermission): string {
  if (IpProtocol === '-1') return 'all';
  if (FromPort === undefined || FromPort === -1) return IpProtocol;
  return `${IpProtocol}/${FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`}`;
}

/** Each rule `tcp/443 0.0.0.0/0`: ports, and who it is for. What a rule is described as is no part of it. */
const rulesOf = (permissions: readonly IpPermission[] = []): string[] =>
  permissions.flatMap((permission) =>
    [
      ...(permission.IpRanges ?? []).map(({ CidrIp }) => CidrIp),
      ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
      ...(permission.PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId),
      ...(permission.UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId),
    ].map((peer) => `${portsOf(permission)} ${peer}`),
  );

const securityGroup = declare<SecurityGroup>({
  type: 'AWS::EC2::SecurityGroup',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeSecurityGroups',
    page: (NextToken) => new DescribeSecurityGroupsCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeSecurityGroupsCommand({ GroupIds: [id] }),
    read: ({ SecurityGroups, NextToken }) => ({ records: SecurityGroups, next: NextToken }),
  }),
  asset(group, at) {
    const { GroupId = '', IpPermissions, IpPermissionsEgress } = group;
    const peers = [...(IpPermissions ?? []), ...(IpPermissionsEgress ?? [])].flatMap(
      ({ UserIdGroupPairs = [] }) => UserIdGroupPairs,
    );
    return {
      id: at.arn('ec2', `security-group/${GroupId}`, group.OwnerId),
      nativeId: GroupId,
      name: group.GroupName,
      account: group.OwnerId,
      tags: group.Tags,
      net: { vpc: group.VpcId },
      security: { ingress: rulesOf(IpPermissions), egress: rulesOf(IpPermissionsEgress) },
      relationships: [
        relation('in_vpc', group.VpcId),
        ...peers.filter((peer) => peer.GroupId !== GroupId).map((peer) => relation('routes_to', peer.GroupId)),
      ],
    };
  },
});

const vpc = declare<Vpc>({
  type: 'AWS::EC2::VPC',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeVpcs',
    page: (NextToken) => new DescribeVpcsCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeVpcsCommand({ VpcIds: [id] }),
    read: ({ Vpcs, NextToken }) => ({ records: Vpcs, next: NextToken }),
  }),
  asset(each, at) {
    const { VpcId = '' } = each;
    return {
      id: at.arn('ec2', `vpc/${VpcId}`, each.OwnerId),
      nativeId: VpcId,
      account: each.OwnerId,
      tags: each.Tags,
      net: {
        prefixes: [
          each.CidrBlock,
          ...(each.CidrBlockAssociationSet ?? []).map(({ CidrBlock }) => CidrBlock),
          ...(each.Ipv6CidrBlockAssociationSet ?? []).map(({ Ipv6CidrBlock }) => Ipv6CidrBlock),
        ],
        vpc: VpcId,
      },
      security: { default: each.IsDefault },
    };
  },
});

const subnet = declare<Subnet>({
  type: 'AWS::EC2::Subnet',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeSubnets',
    page: (NextToken) => new DescribeSubnetsCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeSubnetsCommand({ SubnetIds: [id] }),
    read: ({ Subnets, NextToken }) => ({ records: Subnets, next: NextToken }),
  }),
  asset(each, at) {
    const { SubnetId = '' } = each;
    return {
      id: at.arn('ec2', `subnet/${SubnetId}`, each.OwnerId),
      nativeId: SubnetId,
      account: each.OwnerId,
      zone: each.AvailabilityZoneId ?? each.AvailabilityZone,
      tags: each.Tags,
      net: {
        prefixes: [
          each.CidrBlock,
          ...(each.Ipv6CidrBlockAssociationSet ?? []).map(({ Ipv6CidrBlock }) => Ipv6CidrBlock),
        ],
        vpc: each.VpcId,
        subnets: [SubnetId],
      },
      security: { mapsPublicIp: each.MapPublicIpOnLaunch },
      relationships: [relation('in_vpc', each.VpcId)],
    };
  },
});

/** `0.0.0.0/0 igw-1`, and `… blackhole` where the target is gone. */
function routeOf(route: Route): string {
  const to = route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId;
  const by =
    route.NatGatewayId ??
    route.TransitGatewayId ??
    route.VpcPeeringConnectionId ??
    route.EgressOnlyInternetGatewayId ??
    route.LocalGatewayId ??
    route.CarrierGatewayId ??
    route.CoreNetworkArn ??
    route.GatewayId ??
    route.NetworkInterfaceId ??
    route.InstanceId;
  return `${to} ${by}${route.State === 'blackhole' ? ' blackhole' : ''}`;
}

const routeTable = declare<RouteTable>({
  type: 'AWS::EC2::RouteTable',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeRouteTables',
    page: (NextToken) => new DescribeRouteTablesCommand({ NextToken, MaxResults: 100 }), // the most AWS takes
    one: (id) => new DescribeRouteTablesCommand({ RouteTableIds: [id] }),
    read: ({ RouteTables, NextToken }) => ({ records: RouteTables, next: NextToken }),
  }),
  asset(table, at) {
    const { RouteTableId = '', Associations = [], Routes = [] } = table;
    return {
      id: at.arn('ec2', `route-table/${RouteTableId}`, table.OwnerId),
      nativeId: RouteTableId,
      account: table.OwnerId,
      tags: table.Tags,
      net: { vpc: table.VpcId, subnets: Associations.map(({ SubnetId }) => SubnetId) },
      security: { main: Associations.some(({ Main }) => Main), routes: Routes.map(routeOf) },
      relationships: [
        relation('in_vpc', table.VpcId),
        ...Associations.map(({ SubnetId }) => relation('attached_to', SubnetId)),
        ...Routes.map(({ GatewayId, NatGatewayId }) => relation('routes_to', NatGatewayId ?? GatewayId)).filter(
          ({ target }) => target !== 'local',
        ),
      ],
    };
  },
});

const internetGateway = declare<InternetGateway>({
  type: 'AWS::EC2::InternetGateway',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeInternetGateways',
    page: (NextToken) => new DescribeInternetGatewaysCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeInternetGatewaysCommand({ InternetGatewayIds: [id] }),
    read: ({ InternetGateways, NextToken }) => ({ records: InternetGateways, next: NextToken }),
  }),
  asset(gateway, at) {
    const { InternetGatewayId = '', Attachments = [] } = gateway;
    return {
      id: at.arn('ec2', `internet-gateway/${InternetGatewayId}`, gateway.OwnerId),
      nativeId: InternetGatewayId,
      account: gateway.OwnerId,
      tags: gateway.Tags,
      net: { vpc: Attachments[0]?.VpcId },
      security: { attached: Attachments.length > 0 },
      relationships: Attachments.map(({ VpcId }) => relation('attached_to', VpcId)),
    };
  },
});

/** `in 100 allow tcp/443 0.0.0.0/0`; the smallest number that matches decides. */
function entryOf({ Egress, RuleNumber, RuleAction, Protocol, PortRange, ...to }: NetworkAclEntry): string {
  const name = PROTOCOLS[Protocol ?? ''] ?? Protocol;
  const ports = PortRange && { FromPort: PortRange.From, ToPort: PortRange.To };
  return `${Egress ? 'out' : 'in'} ${RuleNumber} ${RuleAction} ${portsOf({ IpProtocol: name, ...ports })} ${to.CidrBlock ?? to.Ipv6CidrBlock}`;
}

/** Network ACLs have numbers where security groups have names. */
const PROTOCOLS: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6' };

const networkAcl = declare<NetworkAcl>({
  type: 'AWS::EC2::NetworkAcl',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeNetworkAcls',
    page: (NextToken) => new DescribeNetworkAclsCommand({ NextToken, MaxResults }),
    one: (id) => new DescribeNetworkAclsCommand({ NetworkAclIds: [id] }),
    read: ({ NetworkAcls, NextToken }) => ({ records: NetworkAcls, next: NextToken }),
  }),
  asset(acl, at) {
    const { NetworkAclId = '', Associations = [] } = acl;
    return {
      id: at.arn('ec2', `network-acl/${NetworkAclId}`, acl.OwnerId),
      nativeId: NetworkAclId,
      account: acl.OwnerId,
      tags: acl.Tags,
      net: { vpc: acl.VpcId, subnets: Associations.map(({ SubnetId }) => SubnetId) },
      security: { default: acl.IsDefault, entries: acl.Entries?.map(entryOf) },
      relationships: [
        relation('in_vpc', acl.VpcId),
        ...Associations.map(({ SubnetId }) => relation('attached_to', SubnetId)),
      ],
    };
  },
});

const address = declare<Address>({
  type: 'AWS::EC2::EIP',
  ...NETWORK,
  ...ec2.pages({
    action: 'ec2:DescribeAddresses',
    page: () => new DescribeAddressesCommand({}), // not paginated
    one: (id) => new DescribeAddressesCommand({ AllocationIds: [id] }),
    read: ({ Addresses }) => ({ records: Addresses }),
  }),
  asset(each, at) {
    const id = each.AllocationId ?? each.PublicIp ?? '';
    return {
      id: at.arn('ec2', `elastic-ip/${id}`),
      nativeId: id,
      tags: each.Tags,
      net: {
        public: [each.PublicIp, each.CarrierIp],
        private: [each.PrivateIpAddress],
        eni: [each.NetworkInterfaceId],
      },
      security: { attached: each.AssociationId !== undefined },
      relationships: [
        relation('attached_to', each.NetworkInterfaceId),
        relation('attached_to', each.InstanceId || undefined),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [
  instance,
  networkInterface,
  securityGroup,
  vpc,
  subnet,
  routeTable,
  internetGateway,
  networkAcl,
  address,
];
