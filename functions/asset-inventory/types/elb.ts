/**
 * Classic load balancers.
 * https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DescribeLoadBalancers.html
 */
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  ElasticLoadBalancingClient,
  type LoadBalancerAttributes,
  type LoadBalancerDescription,
  type Tag,
} from '@aws-sdk/client-elastic-load-balancing';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const elb = service(ElasticLoadBalancingClient);

interface RecentUpdate extends LoadBalancerDescription {
  readonly attributes?: LoadBalancerAttributes | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

const loadBalancer = declare<RecentUpdate>({
  type: 'AWS::ElasticLoadBalancing::LoadBalancer',
  class: 'network',
  scope: 'region',
  pack: 'net',
  ...elb.pages({
    action: 'elasticloadbalancing:DescribeLoadBalancers',
    page: (Marker) => new DescribeLoadBalancersCommand({ Marker, PageSize: 100 }),
    one: (name) => new DescribeLoadBalancersCommand({ LoadBalancerNames: [name] }),
    read: ({ LoadBalancerDescriptions, NextMarker }) => ({
      records: LoadBalancerDescriptions,
      next: NextMarker,
    }),
  }),
  details: [
    elb.detail({
      action: 'elasticloadbalancing:DescribeLoadBalancerAttributes',
      fills: ['security.accessLogs'],
      call: ({ LoadBalancerName }) => new DescribeLoadBalancerAttributesCommand({ LoadBalancerName }),
      read: ({ LoadBalancerAttributes }) => ({ attributes: LoadBalancerAttributes }),
    }),
    elb.detail({
      action: 'elasticloadbalancing:DescribeTags',
      fills: ['tags'],
      call: ({ LoadBalancerName = '' }) => new DescribeTagsCommand({ LoadBalancerNames: [LoadBalancerName] }),
      read: ({ TagDescriptions }) => ({ tags: TagDescriptions?.[0]?.Tags }),
    }),
  ],
  asset(each, at) {
    const { LoadBalancerName = '', ListenerDescriptions = [], attributes } = each;
    const listeners = ListenerDescriptions.map(({ Listener }) => Listener);
    const logs = attributes?.AccessLog;
    return {
      id: at.arn('elasticloadbalancing', `loadbalancer/${LoadBalancerName}`),
      nativeId: LoadBalancerName,
      name: LoadBalancerName,
      tags: each.tags,
      createdAt: each.CreatedTime,
      net: { dns: [each.DNSName], vpc: each.VPCId, subnets: each.Subnets, sg: each.SecurityGroups },
      security: {
        scheme: each.Scheme,
        listeners: listeners.map((listener) => `tcp/${listener?.LoadBalancerPort}`),
        plain: listeners.some((listener) => listener?.Protocol === 'HTTP'),
        accessLogs: logs?.Enabled,
      },
      relationships: [
        relation('in_vpc', each.VPCId),
        ...relations('in_subnet', each.Subnets),
        ...relations('protected_by', each.SecurityGroups),
        ...relations(
          'routes_to',
          each.Instances?.map(({ InstanceId }) => InstanceId),
        ),
        ...relations(
          'encrypted_by',
          listeners.map((listener) => listener?.SSLCertificateId),
        ),
        relation('logs_to', logs?.S3BucketName),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [loadBalancer];
