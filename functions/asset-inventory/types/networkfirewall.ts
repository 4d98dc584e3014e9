/**
 * Network Firewall: firewalls, and the endpoints that traffic is sent through.
 * https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_Firewall.html
 */
import {
  DescribeFirewallCommand,
  DescribeLoggingConfigurationCommand,
  type Firewall,
  type FirewallMetadata,
  type FirewallStatus,
  ListFirewallsCommand,
  type LogDestinationConfig,
  NetworkFirewallClient,
} from '@aws-sdk/client-network-firewall';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const firewalls = service(NetworkFirewallClient);

interface RecentUpdate extends FirewallMetadata {
  readonly firewall?: Firewall | undefined;
  readonly status?: FirewallStatus | undefined;
  readonly logging?: readonly LogDestinationConfig[];
}

const firewall = declare<RecentUpdate>({
  type: 'AWS::NetworkFirewall::Firewall',
  class: 'network',
  scope: 'region',
  pack: 'net',
  ...firewalls.pages({
    action: 'network-firewall:ListFirewalls',
    page: (NextToken) => new ListFirewallsCommand({ NextToken, MaxResults: 100 }),
    read: ({ Firewalls, NextToken }) => ({ records: Firewalls, next: NextToken }),
  }),
  details: [
    firewalls.detail({
      action: 'network-firewall:DescribeFirewall',
      fills: ['net', 'security.deleteProtection', 'security.status', 'security.policyArn', 'relationships', 'tags'],
      call: ({ FirewallArn }) => new DescribeFirewallCommand({ FirewallArn }),
      read: ({ Firewall, FirewallStatus }) => ({ firewall: Firewall, status: FirewallStatus }),
    }),
    firewalls.detail({
      action: 'network-firewall:DescribeLoggingConfiguration',
      fills: ['security.logging'],
      call: ({ FirewallArn }) => new DescribeLoggingConfigurationCommand({ FirewallArn }),
      read: ({ LoggingConfiguration }) => ({ logging: LoggingConfiguration?.LogDestinationConfigs ?? [] }),
    }),
  ],
  asset(each) {
    const { firewall: of, status, logging } = each;
    const attachments = Object.values(status?.SyncStates ?? {}).map(({ Attachment }) => Attachment);
    const subnets = of?.SubnetMappings?.map(({ SubnetId }) => SubnetId);
    return {
      id: each.FirewallArn ?? '',
      nativeId: each.FirewallName ?? '',
      name: each.FirewallName,
      tags: of?.Tags,
      net: { vpc: of?.VpcId, subnets },
      security: {
        status: status?.Status,
        deleteProtection: of?.DeleteProtection,
        policyArn: of?.FirewallPolicyArn,
        logging: logging?.map(({ LogType }) => LogType),
      },
      relationships: [
        relation('in_vpc', of?.VpcId),
        ...relations('in_subnet', subnets),
        ...relations(
          'attached_to',
          attachments.map((attachment) => attachment?.EndpointId),
        ),
        ...relations(
          'logs_to',
          logging?.flatMap(({ LogDestination = {} }) => Object.values(LogDestination)),
        ),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [firewall];
