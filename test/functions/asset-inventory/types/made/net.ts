import {
  AllocateAddressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateCustomerGatewayCommand,
  CreateFlowLogsCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateNetworkAclCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTransitGatewayCommand,
  CreateTransitGatewayVpcAttachmentCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  CreateVpcEndpointServiceConfigurationCommand,
  CreateVpcPeeringConnectionCommand,
  CreateVpnConnectionCommand,
  CreateVpnGatewayCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  CreateLoadBalancerCommand as CreateClassicCommand,
  ElasticLoadBalancingClient,
} from '@aws-sdk/client-elastic-load-balancing';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateFirewallCommand, NetworkFirewallClient } from '@aws-sdk/client-network-firewall';
import { expect } from '@jest/globals';
import { arn, type Made, type MadeRow } from '../made.ts';

const ec2 = ({ client }: Made) => client(EC2Client);

async function gateway(things: Made): Promise<string> {
  const { CustomerGateway } = await ec2(things).send(
    new CreateCustomerGatewayCommand({ Type: 'ipsec.1', IpAddress: '203.0.113.7', BgpAsn: 65000 }),
  );
  return CustomerGateway!.CustomerGatewayId!;
}

async function balancer({ client, subnet, otherSubnet, group }: Made, name: string): Promise<string> {
  const command = new CreateLoadBalancerCommand({
    Name: name,
    Subnets: [subnet, otherSubnet],
    SecurityGroups: [group],
    Scheme: 'internet-facing',
    Tags: [{ Key: 'owner', Value: 'web' }],
  });
  const { LoadBalancers } = await client(ElasticLoadBalancingV2Client).send(command);
  return LoadBalancers![0].LoadBalancerArn!;
}

async function transitGateway(things: Made): Promise<string> {
  const options = { AutoAcceptSharedAttachments: 'enable' } as const;
  const { TransitGateway } = await ec2(things).send(new CreateTransitGatewayCommand({ Options: options }));
  return TransitGateway!.TransitGatewayId!;
}

export const ROWS: readonly MadeRow[] = [
  {
    type: 'AWS::EC2::VPC',
    async make(things) {
      const { Vpc } = await ec2(things).send(new CreateVpcCommand({ CidrBlock: '10.30.0.0/16' }));
      return {
        id: arn('ec2', `vpc/${Vpc!.VpcId}`),
        net: { prefixes: ['10.30.0.0/16'], vpc: Vpc!.VpcId! },
        security: { default: false },
      };
    },
  },
  {
    type: 'AWS::EC2::Subnet',
    async make(things) {
      const command = new CreateSubnetCommand({ VpcId: things.vpc, CidrBlock: '10.20.9.0/24' });
      const id = (await ec2(things).send(command)).Subnet!.SubnetId!;
      return {
        id: arn('ec2', `subnet/${id}`),
        net: { prefixes: ['10.20.9.0/24'], vpc: things.vpc, subnets: [id] },
        security: { mapsPublicIp: false },
      };
    },
  },
  {
    type: 'AWS::EC2::NetworkInterface',
    async make(things) {
      const { NetworkInterface } = await ec2(things).send(
        new CreateNetworkInterfaceCommand({
          SubnetId: things.subnet,
          PrivateIpAddress: '10.20.1.77',
          Groups: [things.group],
          Description: 'EFS mount target for fs-0abc',
        }),
      );
      const id = NetworkInterface!.NetworkInterfaceId!;
      return {
        id: arn('ec2', `network-interface/${id}`),
        net: expect.objectContaining({ private: ['10.20.1.77'], eni: [id], sg: [things.group] }),
        security: { description: 'EFS mount target for fs-0abc' },
      };
    },
  },
  {
    type: 'AWS::EC2::SecurityGroup',
    async make(things) {
      const of = { VpcId: things.vpc, GroupName: 'ssh', Description: 'ssh' };
      const { GroupId } = await ec2(things).send(new CreateSecurityGroupCommand(of));
      const IpPermissions = [
        { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '198.51.100.0/24' }] },
      ];
      await ec2(things).send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      return {
        id: arn('ec2', `security-group/${GroupId}`),
        net: { vpc: things.vpc },
        security: { ingress: ['tcp/22 198.51.100.0/24'] },
      };
    },
  },
  {
    type: 'AWS::EC2::RouteTable',
    async make(things) {
      const { RouteTable } = await ec2(things).send(new CreateRouteTableCommand({ VpcId: things.vpc }));
      return {
        id: arn('ec2', `route-table/${RouteTable!.RouteTableId}`),
        net: { vpc: things.vpc },
        security: { routes: ['10.20.0.0/16 local'] },
      };
    },
  },
  {
    type: 'AWS::EC2::InternetGateway',
    async make(things) {
      const { InternetGateway } = await ec2(things).send(new CreateInternetGatewayCommand({}));
      return {
        id: arn('ec2', `internet-gateway/${InternetGateway!.InternetGatewayId}`),
        security: { attached: false },
      };
    },
  },
  {
    type: 'AWS::EC2::NetworkAcl',
    async make(things) {
      const { NetworkAcl } = await ec2(things).send(new CreateNetworkAclCommand({ VpcId: things.vpc }));
      return {
        id: arn('ec2', `network-acl/${NetworkAcl!.NetworkAclId}`),
        net: { vpc: things.vpc },
        security: { default: false },
      };
    },
  },
  {
    type: 'AWS::EC2::EIP',
    async make(things) {
      const { AllocationId, PublicIp = '' } = await ec2(things).send(new AllocateAddressCommand({ Domain: 'vpc' }));
      return {
        id: arn('ec2', `elastic-ip/${AllocationId}`),
        net: { public: [PublicIp] },
        security: { attached: false },
      };
    },
  },
  {
    type: 'AWS::EC2::NatGateway',
    async make(things) {
      const { AllocationId, PublicIp = '' } = await ec2(things).send(new AllocateAddressCommand({ Domain: 'vpc' }));
      const { NatGateway } = await ec2(things).send(
        new CreateNatGatewayCommand({ SubnetId: things.subnet, AllocationId }),
      );
      return {
        id: arn('ec2', `natgateway/${NatGateway!.NatGatewayId}`),
        net: expect.objectContaining({ public: [PublicIp], subnets: [things.subnet] }),
        security: { state: 'available' },
      };
    },
  },
  {
    type: 'AWS::EC2::TransitGateway',
    async make(things) {
      return { id: arn('ec2', `transit-gateway/${await transitGateway(things)}`), security: { acceptsShared: true } };
    },
  },
  {
    type: 'AWS::EC2::TransitGatewayAttachment',
    async make(things) {
      const TransitGatewayId = await transitGateway(things);
      const { TransitGatewayVpcAttachment } = await ec2(things).send(
        new CreateTransitGatewayVpcAttachmentCommand({
          TransitGatewayId,
          VpcId: things.vpc,
          SubnetIds: [things.subnet],
        }),
      );
      return {
        id: arn('ec2', `transit-gateway-attachment/${TransitGatewayVpcAttachment!.TransitGatewayAttachmentId}`),
        net: { vpc: things.vpc },
        security: { kind: 'vpc' },
        relationships: expect.arrayContaining([{ type: 'attached_to', target: TransitGatewayId }]),
      };
    },
  },
  {
    type: 'AWS::EC2::VPCEndpoint',
    async make({ vpc, subnet, group, client }) {
      const { VpcEndpoint } = await client(EC2Client).send(
        new CreateVpcEndpointCommand({
          VpcId: vpc,
          ServiceName: 'com.amazonaws.eu-west-1.ssm',
          VpcEndpointType: 'Interface',
          SubnetIds: [subnet],
          SecurityGroupIds: [group],
          PrivateDnsEnabled: false,
        }),
      );
      return {
        id: arn('ec2', `vpc-endpoint/${VpcEndpoint!.VpcEndpointId}`),
        net: expect.objectContaining({ vpc, subnets: [subnet] }),
        security: { kind: 'Interface', service: 'com.amazonaws.eu-west-1.ssm' },
      };
    },
  },
  {
    type: 'AWS::EC2::VPCEndpointService',
    async make(things) {
      const front = await balancer(things, 'private-link');
      const { ServiceConfiguration } = await ec2(things).send(
        new CreateVpcEndpointServiceConfigurationCommand({
          NetworkLoadBalancerArns: [front],
          AcceptanceRequired: true,
        }),
      );
      return {
        id: arn('ec2', `vpc-endpoint-service/${ServiceConfiguration!.ServiceId}`),
        net: { dns: [expect.stringContaining('eu-west-1.vpce.amazonaws.com')] },
        security: { acceptanceRequired: true },
        relationships: [{ type: 'routes_to', target: front }],
      };
    },
  },
  {
    type: 'AWS::EC2::VPCPeeringConnection',
    async make(things) {
      const { Vpc } = await ec2(things).send(new CreateVpcCommand({ CidrBlock: '10.40.0.0/16' }));
      const { VpcPeeringConnection } = await ec2(things).send(
        new CreateVpcPeeringConnectionCommand({ VpcId: things.vpc, PeerVpcId: Vpc!.VpcId }),
      );
      return {
        id: arn('ec2', `vpc-peering-connection/${VpcPeeringConnection!.VpcPeeringConnectionId}`),
        net: { prefixes: ['10.20.0.0/16', '10.40.0.0/16'] },
        security: { foreign: false },
      };
    },
  },
  {
    type: 'AWS::EC2::VPNConnection',
    async make(things) {
      const CustomerGatewayId = await gateway(things);
      const { VpnGateway } = await ec2(things).send(new CreateVpnGatewayCommand({ Type: 'ipsec.1' }));
      const VpnGatewayId = VpnGateway!.VpnGatewayId!;
      const { VpnConnection } = await ec2(things).send(
        new CreateVpnConnectionCommand({ Type: 'ipsec.1', CustomerGatewayId, VpnGatewayId }),
      );
      return {
        id: arn('ec2', `vpn-connection/${VpnConnection!.VpnConnectionId}`),
        security: { kind: 'ipsec.1' },
        relationships: [CustomerGatewayId, VpnGatewayId].map((target) => ({ type: 'attached_to', target })),
      };
    },
  },
  {
    type: 'AWS::EC2::CustomerGateway',
    async make(things) {
      return {
        id: arn('ec2', `customer-gateway/${await gateway(things)}`),
        net: { public: ['203.0.113.7'] },
        security: { asn: '65000' },
      };
    },
  },
  {
    type: 'AWS::EC2::FlowLog',
    async make(things) {
      const { FlowLogIds } = await ec2(things).send(
        new CreateFlowLogsCommand({
          ResourceType: 'VPC',
          ResourceIds: [things.vpc],
          TrafficType: 'ALL',
          LogDestinationType: 's3',
          LogDestination: 'arn:aws:s3:::parts',
        }),
      );
      return {
        id: arn('ec2', `vpc-flow-log/${FlowLogIds![0]}`),
        security: { traffic: 'ALL', format: expect.stringContaining('interface-id') },
        relationships: [
          { type: 'logs_to', target: 'arn:aws:s3:::parts' },
          { type: 'attached_to', target: things.vpc },
        ],
      };
    },
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    async make(things) {
      const elb = things.client(ElasticLoadBalancingV2Client);
      const LoadBalancerArn = await balancer(things, 'web');
      const { TargetGroups } = await elb.send(
        new CreateTargetGroupCommand({ Name: 'web', TargetType: 'ip', Protocol: 'HTTP', Port: 80, VpcId: things.vpc }),
      );
      const TargetGroupArn = TargetGroups![0].TargetGroupArn!;
      await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: '10.20.1.5', Port: 80 }] }));
      await elb.send(
        new CreateListenerCommand({
          LoadBalancerArn,
          Protocol: 'HTTP',
          Port: 80,
          DefaultActions: [{ Type: 'forward', TargetGroupArn }],
        }),
      );
      return {
        id: LoadBalancerArn,
        name: 'web',
        tags: { owner: 'web' },
        net: expect.objectContaining({ vpc: things.vpc, sg: [things.group], dns: [expect.stringMatching(/^web-/)] }),
        security: { scheme: 'internet-facing', listeners: ['tcp/80'], plain: true, deletionProtection: false },
        relationships: expect.arrayContaining([{ type: 'routes_to', target: '10.20.1.5' }]),
      };
    },
  },
  {
    type: 'AWS::ElasticLoadBalancing::LoadBalancer',
    async make({ client, subnet, group }) {
      await client(ElasticLoadBalancingClient).send(
        new CreateClassicCommand({
          LoadBalancerName: 'old',
          Listeners: [{ Protocol: 'HTTP', LoadBalancerPort: 80, InstancePort: 8080 }],
          Subnets: [subnet],
          SecurityGroups: [group],
          Tags: [{ Key: 'owner', Value: 'web' }],
        }),
      );
      return {
        id: arn('elasticloadbalancing', 'loadbalancer/old'),
        tags: { owner: 'web' },
        net: expect.objectContaining({ dns: [expect.stringContaining('old')], sg: [group] }),
        security: { scheme: 'internet-facing', listeners: ['tcp/80'], plain: true },
      };
    },
  },
  {
    type: 'AWS::NetworkFirewall::Firewall',
    async make({ client, vpc, subnet }) {
      const FirewallPolicyArn = arn('network-firewall', 'firewall-policy/strict');
      const { Firewall } = await client(NetworkFirewallClient).send(
        new CreateFirewallCommand({
          FirewallName: 'wall',
          VpcId: vpc,
          SubnetMappings: [{ SubnetId: subnet }],
          FirewallPolicyArn,
        }),
      );
      return {
        id: Firewall!.FirewallArn!,
        net: { vpc, subnets: [subnet] },
        security: { policyArn: FirewallPolicyArn },
      };
    },
  },
];
