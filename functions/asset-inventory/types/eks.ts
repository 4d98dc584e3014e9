/**
 * EKS: clusters and their groups of nodes.
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html
 */
import {
  type Cluster,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  EKSClient,
  ListClustersCommand,
  ListNodegroupsCommand,
  type Nodegroup,
} from '@aws-sdk/client-eks';
import { type At, type Declaration, declare, type Listed } from '../discovery/declaration.ts';
import { nested } from '../discovery/list.ts';
import { relation, relations, service } from '../discovery/service.ts';

const eks = service(EKSClient);
const CONTAINER = { class: 'container', scope: 'region', pack: 'compute' } as const;

async function clusterNames(at: At, nextToken: string | undefined): Promise<Listed<string>> {
  const page = await eks.call(at, 'eks:ListClusters', new ListClustersCommand({ nextToken, maxResults: 100 }));
  return { records: page.clusters ?? [], next: page.nextToken };
}

const cluster = declare<Cluster>({
  type: 'AWS::EKS::Cluster',
  ...CONTAINER,
  actions: ['eks:ListClusters'],
  async list(at, cursor) {
    const { records, next } = await clusterNames(at, cursor);
    return { records: records.map((name) => ({ name })), next };
  },
  details: [
    eks.detail({
      action: 'eks:DescribeCluster',
      fills: ['net', 'security', 'relationships', 'tags', 'createdAt'],
      call: ({ name }) => new DescribeClusterCommand({ name }),
      read: ({ cluster = {} }) => cluster,
    }),
  ],
  asset(each, at) {
    const { name = '', resourcesVpcConfig: vpc, encryptionConfig = [], logging } = each;
    const isPublic = vpc?.endpointPublicAccess;
    const kmsKey = encryptionConfig.find(({ provider }) => provider)?.provider?.keyArn;
    return {
      id: at.arn('eks', `cluster/${name}`),
      nativeId: name,
      name,
      tags: each.tags,
      createdAt: each.createdAt,
      net: {
        dns: each.endpoint ? [new URL(each.endpoint).hostname] : [],
        vpc: vpc?.vpcId,
        subnets: vpc?.subnetIds,
        sg: [...(vpc?.securityGroupIds ?? []), vpc?.clusterSecurityGroupId],
      },
      security: {
        status: each.status,
        version: each.version,
        endpoint: isPublic === undefined ? undefined : isPublic ? 'public' : 'private',
        publicCidrs: isPublic ? vpc?.publicAccessCidrs : undefined,
        kmsKey,
        logging: logging?.clusterLogging?.filter(({ enabled }) => enabled).flatMap(({ types = [] }) => types),
        authentication: each.accessConfig?.authenticationMode,
      },
      relationships: [
        relation('in_vpc', vpc?.vpcId),
        ...relations('in_subnet', vpc?.subnetIds),
        ...relations('protected_by', [...(vpc?.securityGroupIds ?? []), vpc?.clusterSecurityGroupId]),
        relation('assumes', each.roleArn),
        relation('encrypted_by', kmsKey),
      ],
    };
  },
});

async function groupsOf(at: At, clusterName: string, nextToken: string | undefined): Promise<Listed<Nodegroup>> {
  const command = new ListNodegroupsCommand({ clusterName, nextToken, maxResults: 100 });
  const page = await eks.call(at, 'eks:ListNodegroups', command);
  return {
    records: (page.nodegroups ?? []).map((nodegroupName) => ({ clusterName, nodegroupName })),
    next: page.nextToken,
  };
}

const nodegroup = declare<Nodegroup>({
  type: 'AWS::EKS::Nodegroup',
  ...CONTAINER,
  actions: ['eks:ListNodegroups', 'eks:ListClusters'],
  list: (at, cursor) =>
    nested(
      cursor,
      (next) => clusterNames(at, next),
      (name, next) => groupsOf(at, name, next),
    ),
  details: [
    eks.detail({
      action: 'eks:DescribeNodegroup',
      fills: ['net', 'security', 'relationships', 'tags', 'createdAt'],
      call: ({ clusterName, nodegroupName }) => new DescribeNodegroupCommand({ clusterName, nodegroupName }),
      read: ({ nodegroup = {} }) => nodegroup,
    }),
  ],
  asset(each, at) {
    const { clusterName = '', nodegroupName = '', resources } = each;
    // the real ARN ends in an id that only DescribeNodegroup returns; without permission for it the asset would change its id
    return {
      id: at.arn('eks', `nodegroup/${clusterName}/${nodegroupName}`),
      idSynthetic: true,
      nativeId: `${clusterName}/${nodegroupName}`,
      name: nodegroupName,
      tags: each.tags,
      createdAt: each.createdAt,
      net: {
        subnets: each.subnets,
        sg: resources?.remoteAccessSecurityGroup ? [resources.remoteAccessSecurityGroup] : [],
      },
      security: {
        status: each.status,
        version: each.version,
        release: each.releaseVersion,
        remoteAccess: each.remoteAccess?.ec2SshKey !== undefined,
        remoteAccessGroups: each.remoteAccess?.sourceSecurityGroups,
      },
      relationships: [
        relation('member_of', at.arn('eks', `cluster/${clusterName}`)),
        ...relations('in_subnet', each.subnets),
        ...relations(
          'routes_to',
          resources?.autoScalingGroups?.map(({ name }) => name),
        ),
        relation('assumes', each.nodeRole),
        relation('made_from', each.launchTemplate?.id),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [cluster, nodegroup];
