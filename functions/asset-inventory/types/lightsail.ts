/**
 * Lightsail: instances, static addresses, databases and load balancers.
 * https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_Instance.html
 */
import {
  GetInstancesCommand,
  GetLoadBalancersCommand,
  GetRelationalDatabasesCommand,
  GetStaticIpsCommand,
  type Instance,
  type InstancePortInfo,
  LightsailClient,
  type LoadBalancer,
  type RelationalDatabase,
  type StaticIp,
} from '@aws-sdk/client-lightsail';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const lightsail = service(LightsailClient);
const COMPUTE = { class: 'compute', scope: 'region', pack: 'compute' } as const;

/** `tcp/22 0.0.0.0/0` of each port that is open. */
const rulesOf = (ports: readonly InstancePortInfo[] = []): string[] =>
  ports.flatMap(({ protocol, fromPort, toPort, cidrs = [], ipv6Cidrs = [] }) =>
    [...cidrs, ...ipv6Cidrs].map(
      (cidr) =>
        `${protocol === 'all' ? 'all' : `${protocol}/${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`} ${cidr}`,
    ),
  );

const instance = declare<Instance>({
  type: 'AWS::Lightsail::Instance',
  ...COMPUTE,
  ...lightsail.pages({
    action: 'lightsail:GetInstances',
    page: (pageToken) => new GetInstancesCommand({ pageToken }),
    read: ({ instances, nextPageToken }) => ({ records: instances, next: nextPageToken }),
  }),
  asset(each) {
    const ingress = rulesOf(each.networking?.ports);
    const open = ingress.filter((rule) => /(0\.0\.0\.0|::)\/0$/.test(rule));
    return {
      id: each.arn ?? '',
      nativeId: each.name ?? '',
      name: each.name,
      zone: each.location?.availabilityZone,
      tags: each.tags,
      createdAt: each.createdAt,
      net: { private: [each.privateIpAddress], public: [each.publicIpAddress], v6: each.ipv6Addresses },
      security: {
        ingress,
        // it stands in no VPC of the account: its own firewall alone decides
        public: each.publicIpAddress !== undefined && open.length > 0,
        imdsv2: each.metadataOptions?.httpTokens === 'required',
        blueprint: each.blueprintId,
        keyName: each.sshKeyName,
      },
      volatile: { state: each.state?.name },
    };
  },
});

const staticIp = declare<StaticIp>({
  type: 'AWS::Lightsail::StaticIp',
  ...COMPUTE,
  class: 'network',
  ...lightsail.pages({
    action: 'lightsail:GetStaticIps',
    page: (pageToken) => new GetStaticIpsCommand({ pageToken }),
    read: ({ staticIps, nextPageToken }) => ({ records: staticIps, next: nextPageToken }),
  }),
  asset: (each) => ({
    id: each.arn ?? '',
    nativeId: each.name ?? '',
    name: each.name,
    createdAt: each.createdAt,
    net: { public: [each.ipAddress] },
    security: { attached: each.isAttached },
    relationships: [relation('attached_to', each.attachedTo)],
  }),
});

const database = declare<RelationalDatabase>({
  type: 'AWS::Lightsail::Database',
  ...COMPUTE,
  class: 'database',
  ...lightsail.pages({
    action: 'lightsail:GetRelationalDatabases',
    page: (pageToken) => new GetRelationalDatabasesCommand({ pageToken }),
    read: ({ relationalDatabases, nextPageToken }) => ({ records: relationalDatabases, next: nextPageToken }),
  }),
  asset: (each) => ({
    id: each.arn ?? '',
    nativeId: each.name ?? '',
    name: each.name,
    zone: each.location?.availabilityZone,
    tags: each.tags,
    createdAt: each.createdAt,
    net: { dns: [each.masterEndpoint?.address] },
    security: {
      public: each.publiclyAccessible, // no group of the account stands before it
      engine: `${each.engine} ${each.engineVersion}`,
      port: each.masterEndpoint?.port,
      backups: each.backupRetentionEnabled,
    },
    volatile: { state: each.state },
  }),
});

const loadBalancer = declare<LoadBalancer>({
  type: 'AWS::Lightsail::LoadBalancer',
  ...COMPUTE,
  class: 'network',
  ...lightsail.pages({
    action: 'lightsail:GetLoadBalancers',
    page: (pageToken) => new GetLoadBalancersCommand({ pageToken }),
    read: ({ loadBalancers, nextPageToken }) => ({ records: loadBalancers, next: nextPageToken }),
  }),
  asset(each) {
    const targets = (each.instanceHealthSummary ?? []).map(({ instanceName }) => instanceName);
    return {
      id: each.arn ?? '',
      nativeId: each.name ?? '',
      name: each.name,
      tags: each.tags,
      createdAt: each.createdAt,
      net: { dns: [each.dnsName] },
      security: {
        endpoint: 'public',
        scheme: 'internet-facing',
        listeners: each.publicPorts?.map((port) => `tcp/${port}`),
        httpsOnly: each.httpsRedirectionEnabled,
        tlsPolicy: each.tlsPolicyName,
      },
      relationships: relations('routes_to', targets),
    };
  },
});

export const declarations: readonly Declaration[] = [instance, staticIp, database, loadBalancer];
