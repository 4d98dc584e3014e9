/**
 * Redshift Serverless: workgroups, which are reached, and namespaces, which hold the data.
 * https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_Workgroup.html
 */
import {
  ListNamespacesCommand,
  ListTagsForResourceCommand,
  ListWorkgroupsCommand,
  type Namespace,
  RedshiftServerlessClient,
  type Tag,
  type Workgroup,
} from '@aws-sdk/client-redshift-serverless';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const redshift = service(RedshiftServerlessClient);
const DATABASE = { class: 'database', scope: 'region', pack: 'data' } as const;

type RecentUpdate<R> = R & { readonly tags?: readonly Tag[] | undefined };

const workgroup = declare<RecentUpdate<Workgroup>>({
  type: 'AWS::RedshiftServerless::Workgroup',
  ...DATABASE,
  ...redshift.pages({
    action: 'redshift-serverless:ListWorkgroups',
    page: (nextToken) => new ListWorkgroupsCommand({ nextToken, maxResults: 100 }),
    read: ({ workgroups, nextToken }) => ({ records: workgroups, next: nextToken }),
  }),
  details: [
    redshift.detail({
      action: 'redshift-serverless:ListTagsForResource',
      fills: ['tags'],
      call: ({ workgroupArn }) => new ListTagsForResourceCommand({ resourceArn: workgroupArn }),
      read: ({ tags }) => ({ tags }),
    }),
  ],
  asset(each) {
    const interfaces = (each.endpoint?.vpcEndpoints ?? []).flatMap(({ networkInterfaces = [] }) => networkInterfaces);
    return {
      id: each.workgroupArn ?? '',
      nativeId: each.workgroupName ?? '',
      name: each.workgroupName,
      tags: each.tags,
      createdAt: each.creationDate,
      net: {
        dns: [each.endpoint?.address, each.customDomainName],
        private: interfaces.map(({ privateIpAddress }) => privateIpAddress),
        v6: interfaces.map(({ ipv6Address }) => ipv6Address),
        eni: interfaces.map(({ networkInterfaceId }) => networkInterfaceId),
        vpc: each.endpoint?.vpcEndpoints?.[0]?.vpcId,
        subnets: each.subnetIds,
        sg: each.securityGroupIds,
      },
      security: {
        status: each.status,
        publiclyAccessible: each.publiclyAccessible,
        enhancedRouting: each.enhancedVpcRouting,
        port: each.endpoint?.port,
      },
      relationships: [
        relation('member_of', each.namespaceName),
        ...relations('in_subnet', each.subnetIds),
        ...relations('protected_by', each.securityGroupIds),
      ],
    };
  },
});

const namespace = declare<RecentUpdate<Namespace>>({
  type: 'AWS::RedshiftServerless::Namespace',
  ...DATABASE,
  ...redshift.pages({
    action: 'redshift-serverless:ListNamespaces',
    page: (nextToken) => new ListNamespacesCommand({ nextToken, maxResults: 100 }),
    read: ({ namespaces, nextToken }) => ({ records: namespaces, next: nextToken }),
  }),
  asset: (each) => ({
    id: each.namespaceArn ?? '',
    nativeId: each.namespaceName ?? '',
    name: each.namespaceName,
    tags: each.tags,
    createdAt: each.creationDate,
    security: { status: each.status, kmsKey: each.kmsKeyId, logExports: each.logExports },
    relationships: [relation('encrypted_by', each.kmsKeyId), relation('assumes', each.defaultIamRoleArn)],
  }),
});

export const declarations: readonly Declaration[] = [workgroup, namespace];
