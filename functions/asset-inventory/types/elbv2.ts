/**
 * Load balancers of the second kind (application, network, gateway), with their listeners and what is behind them.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html
 */
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type Listener,
  type LoadBalancer,
  type LoadBalancerAttribute,
  type Tag,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type At, type Declaration, type Detail, declare } from '../discovery/declaration.ts';
import { every } from '../discovery/list.ts';
import { relation, relations, service } from '../discovery/service.ts';

const elb = service(ElasticLoadBalancingV2Client);

interface RecentUpdate extends LoadBalancer {
  readonly listeners?: readonly Listener[];
  readonly attributes?: readonly LoadBalancerAttribute[] | undefined;
  readonly targetGroups?: readonly TargetGroup[];
  readonly targets?: readonly (string | undefined)[];
  readonly tags?: readonly Tag[] | undefined;
}

const LISTENERS = 'elasticloadbalancing:DescribeListeners';
const GROUPS = 'elasticloadbalancing:DescribeTargetGroups';
const HEALTH = 'elasticloadbalancing:DescribeTargetHealth';

const listenersOf = (at: At, LoadBalancerArn: string | undefined) =>
  every(async (Marker) => {
    const page = await elb.call(at, LISTENERS, new DescribeListenersCommand({ LoadBalancerArn, Marker }));
    return { records: page.Listeners ?? [], next: page.NextMarker };
  });

const groupsOf = (at: At, LoadBalancerArn: string | undefined) =>
  every(async (Marker) => {
    const page = await elb.call(at, GROUPS, new DescribeTargetGroupsCommand({ LoadBalancerArn, Marker }));
    return { records: page.TargetGroups ?? [], next: page.NextMarker };
  });

async function targetsOf(at: At, { TargetGroupArn }: TargetGroup) {
  const { TargetHealthDescriptions = [] } = await elb.call(
    at,
    HEALTH,
    new DescribeTargetHealthCommand({ TargetGroupArn }),
  );
  return TargetHealthDescriptions.map(({ Target }) => Target?.Id);
}

const details: readonly Detail<RecentUpdate>[] = [
  {
    action: LISTENERS,
    fills: ['security.listeners', 'security.tlsPolicies', 'security.plain'],
    call: async ({ LoadBalancerArn }, at) => ({ listeners: await listenersOf(at, LoadBalancerArn) }),
  },
  {
    action: GROUPS,
    fills: ['relationships'],
    call: async ({ LoadBalancerArn }, at) => ({ targetGroups: await groupsOf(at, LoadBalancerArn) }),
  },
  {
    action: HEALTH,
    fills: ['relationships'],
    when: ({ targetGroups = [] }) => targetGroups.length > 0,
    async call({ targetGroups = [] }, at) {
      const targets: (string | undefined)[] = [];
      for (const each of targetGroups) targets.push(...(await targetsOf(at, each)));
      return { targets };
    },
  },
  elb.detail({
    action: 'elasticloadbalancing:DescribeLoadBalancerAttributes',
    fills: ['security.accessLogs', 'security.deletionProtection', 'security.dropsInvalidHeaders'],
    call: ({ LoadBalancerArn }) => new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }),
    read: ({ Attributes }) => ({ attributes: Attributes }),
  }),
  elb.detail({
    action: 'elasticloadbalancing:DescribeTags',
    fills: ['tags'],
    call: ({ LoadBalancerArn = '' }) => new DescribeTagsCommand({ ResourceArns: [LoadBalancerArn] }),
    read: ({ TagDescriptions }) => ({ tags: TagDescriptions?.[0]?.Tags }),
  }),
];

/** `tcp/443` */
const portOf = ({ Protocol, Port }: Listener): string => `${/UDP|QUIC/.test(Protocol ?? '') ? 'udp' : 'tcp'}/${Port}`;

const loadBalancer = declare<RecentUpdate>({
  type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  class: 'network',
  scope: 'region',
  pack: 'net',
  ...elb.pages({
    action: 'elasticloadbalancing:DescribeLoadBalancers',
    page: (Marker) => new DescribeLoadBalancersCommand({ Marker, PageSize: 100 }),
    one: (arn) => new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }),
    read: ({ LoadBalancers, NextMarker }) => ({ records: LoadBalancers, next: NextMarker }),
  }),
  details,
  asset(each) {
    const { LoadBalancerArn = '', AvailabilityZones = [], SecurityGroups, listeners, attributes } = each;
    const subnets = AvailabilityZones.map(({ SubnetId }) => SubnetId);
    const addresses = AvailabilityZones.flatMap(({ LoadBalancerAddresses = [] }) => LoadBalancerAddresses);
    const attribute = (name: string) => attributes?.find(({ Key }) => Key === name)?.Value;
    const logs = attribute('access_logs.s3.enabled');
    return {
      id: LoadBalancerArn,
      nativeId: LoadBalancerArn,
      name: each.LoadBalancerName,
      tags: each.tags,
      createdAt: each.CreatedTime,
      net: {
        dns: [each.DNSName],
        private: addresses.map(({ PrivateIPv4Address }) => PrivateIPv4Address),
        public: addresses.map(({ IpAddress }) => IpAddress),
        v6: addresses.map(({ IPv6Address }) => IPv6Address),
        vpc: each.VpcId,
        subnets,
        sg: SecurityGroups,
      },
      security: {
        scheme: each.Scheme,
        kind: each.Type,
        state: each.State?.Code,
        listeners: listeners?.map(portOf),
        tlsPolicies: listeners?.map(({ SslPolicy }) => SslPolicy).filter((policy) => policy !== undefined),
        plain: listeners?.some(
          ({ Protocol, DefaultActions = [] }) => Protocol === 'HTTP' && !DefaultActions.some(isToTls),
        ),
        accessLogs: logs && logs === 'true',
        deletionProtection: attributes && attribute('deletion_protection.enabled') === 'true',
        dropsInvalidHeaders: attributes && attribute('routing.http.drop_invalid_header_fields.enabled') === 'true',
      },
      relationships: [
        relation('in_vpc', each.VpcId),
        ...relations('in_subnet', subnets),
        ...relations('protected_by', SecurityGroups),
        ...relations('routes_to', each.targets),
        ...relations(
          'routes_to',
          each.targetGroups?.map(({ TargetGroupArn }) => TargetGroupArn),
        ),
        ...relations(
          'encrypted_by',
          listeners?.flatMap(({ Certificates = [] }) => Certificates.map(({ CertificateArn }) => CertificateArn)),
        ),
        relation('logs_to', (logs === 'true' && attribute('access_logs.s3.bucket')) || undefined),
      ],
    };
  },
});

const isToTls = ({ RedirectConfig }: NonNullable<Listener['DefaultActions']>[number]): boolean =>
  RedirectConfig?.Protocol === 'HTTPS';

export const declarations: readonly Declaration[] = [loadBalancer];
