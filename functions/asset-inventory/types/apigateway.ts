/**
 * API Gateway: REST APIs and custom domains.
 * https://docs.aws.amazon.com/apigateway/latest/api/API_RestApi.html
 */
import {
  APIGatewayClient,
  type DomainName,
  GetDomainNamesCommand,
  GetRestApisCommand,
  GetStagesCommand,
  type RestApi,
  type Stage,
} from '@aws-sdk/client-api-gateway';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const apigateway = service(APIGatewayClient);
const EDGE = { class: 'edge', scope: 'region', pack: 'edge' } as const;
// every read of this service is the one action
const READ = 'apigateway:GET';

interface RecentUpdate extends RestApi {
  readonly stages?: readonly Stage[] | undefined;
}

/** A policy comes as the inside of a JSON string. */
const policyOf = (text: string | undefined): string | undefined => text?.replaceAll('\\"', '"');

const restApi = declare<RecentUpdate>({
  type: 'AWS::ApiGateway::RestApi',
  ...EDGE,
  ...apigateway.pages({
    action: READ,
    page: (position) => new GetRestApisCommand({ position, limit: 500 }),
    read: ({ items, position }) => ({ records: items, next: position }),
  }),
  details: [
    apigateway.detail({
      action: READ,
      fills: ['security.stages', 'security.unlogged', 'relationships'],
      call: ({ id: restApiId }) => new GetStagesCommand({ restApiId }), // not paginated
      read: ({ item }) => ({ stages: item }),
    }),
  ],
  asset(each, at) {
    const { id = '', endpointConfiguration: endpoint, stages } = each;
    const isPrivate = endpoint?.types?.includes('PRIVATE');
    const policy = policyOf(each.policy);
    return {
      id: at.arn('apigateway', `/restapis/${id}`, ''),
      nativeId: id,
      name: each.name,
      tags: each.tags,
      createdAt: each.createdDate,
      net: { dns: each.disableExecuteApiEndpoint ? [] : [`${id}.execute-api.${at.region}.amazonaws.com`] },
      security: {
        endpoint: isPrivate ? 'private' : 'public',
        kinds: endpoint?.types,
        defaultEndpoint: !each.disableExecuteApiEndpoint,
        // of a private API, `*` is who is in the VPC
        [isPrivate ? 'endpointPolicy' : 'policy']: policy,
        stages: stages?.map(({ stageName }) => stageName),
        unlogged: stages
          ?.filter(({ accessLogSettings: log }) => !log?.destinationArn)
          .map(({ stageName }) => stageName),
      },
      relationships: [
        ...relations('attached_to', endpoint?.vpcEndpointIds),
        ...relations(
          'protected_by',
          stages?.map(({ webAclArn }) => webAclArn),
        ),
        ...relations(
          'logs_to',
          stages?.map(({ accessLogSettings: log }) => log?.destinationArn),
        ),
      ],
    };
  },
});

const domainName = declare<DomainName>({
  type: 'AWS::ApiGateway::DomainName',
  ...EDGE,
  ...apigateway.pages({
    action: READ,
    page: (position) => new GetDomainNamesCommand({ position, limit: 500 }),
    read: ({ items, position }) => ({ records: items, next: position }),
  }),
  asset: (each, at) => ({
    id: at.arn('apigateway', `/domainnames/${each.domainName}`, ''),
    nativeId: each.domainName ?? '',
    name: each.domainName,
    tags: each.tags,
    net: { dns: [each.domainName, each.regionalDomainName, each.distributionDomainName] },
    security: { tlsPolicy: each.securityPolicy, kinds: each.endpointConfiguration?.types },
    relationships: [relation('encrypted_by', each.regionalCertificateArn ?? each.certificateArn)],
  }),
});

export const declarations: readonly Declaration[] = [restApi, domainName];
