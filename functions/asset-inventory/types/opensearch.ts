/**
 * OpenSearch Service: domains.
 * https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DomainStatus.html
 */
import {
  DescribeDomainCommand,
  type DomainStatus,
  ListDomainNamesCommand,
  ListTagsCommand,
  OpenSearchClient,
  type Tag,
} from '@aws-sdk/client-opensearch';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const opensearch = service(OpenSearchClient);

interface RecentUpdate {
  readonly DomainName: string;
  readonly domain?: DomainStatus | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

const domain = declare<RecentUpdate>({
  type: 'AWS::OpenSearchService::Domain',
  class: 'database',
  scope: 'region',
  pack: 'data',
  ...opensearch.pages({
    action: 'es:ListDomainNames', // not paginated
    page: () => new ListDomainNamesCommand({}),
    read: ({ DomainNames }) => ({ records: DomainNames?.map(({ DomainName = '' }) => ({ DomainName })) }),
  }),
  details: [
    opensearch.detail({
      action: 'es:DescribeDomain',
      fills: ['net', 'security', 'relationships'],
      call: ({ DomainName }) => new DescribeDomainCommand({ DomainName }),
      read: ({ DomainStatus }) => ({ domain: DomainStatus }),
    }),
    opensearch.detail({
      action: 'es:ListTags',
      fills: ['tags'],
      call: ({ DomainName }, at) => new ListTagsCommand({ ARN: at.arn('es', `domain/${DomainName}`) }),
      read: ({ TagList }) => ({ tags: TagList }),
    }),
  ],
  asset({ DomainName, domain: of, tags }, at) {
    if (of?.Deleted) return undefined;
    const vpc = of?.VPCOptions?.VPCId ? of.VPCOptions : undefined;
    const rest = of?.EncryptionAtRestOptions;
    return {
      id: at.arn('es', `domain/${DomainName}`),
      nativeId: DomainName,
      name: DomainName,
      tags,
      net: {
        dns: [
          of?.Endpoint,
          of?.EndpointV2,
          ...Object.values(of?.Endpoints ?? {}),
          of?.DomainEndpointOptions?.CustomEndpoint,
        ],
        vpc: vpc?.VPCId,
        subnets: vpc?.SubnetIds,
        sg: vpc?.SecurityGroupIds,
      },
      security: {
        endpoint: of && (vpc ? 'vpc' : 'public'),
        // in a VPC, `*` is who can reach it there
        [vpc ? 'endpointPolicy' : 'policy']: of?.AccessPolicies || undefined,
        encrypted: rest?.Enabled,
        kmsKey: rest?.KmsKeyId,
        nodeToNode: of?.NodeToNodeEncryptionOptions?.Enabled,
        fineGrained: of?.AdvancedSecurityOptions?.Enabled,
        httpsOnly: of?.DomainEndpointOptions?.EnforceHTTPS,
        tlsPolicy: of?.DomainEndpointOptions?.TLSSecurityPolicy,
        engine: of?.EngineVersion,
      },
      relationships: [
        relation('in_vpc', vpc?.VPCId),
        ...relations('in_subnet', vpc?.SubnetIds),
        ...relations('protected_by', vpc?.SecurityGroupIds),
        relation('encrypted_by', rest?.KmsKeyId),
        relation('attached_to', of?.CognitoOptions?.UserPoolId),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [domain];
