/**
 * API Gateway: HTTP and WebSocket APIs, with the routes that nobody has to sign in for.
 * https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html
 */
import {
  type Api,
  ApiGatewayV2Client,
  GetApisCommand,
  GetRoutesCommand,
  GetStagesCommand,
  type Route,
  type Stage,
} from '@aws-sdk/client-apigatewayv2';
import { type At, type Declaration, declare } from '../discovery/declaration.ts';
import { every } from '../discovery/list.ts';
import { relations, service } from '../discovery/service.ts';

const apigateway = service(ApiGatewayV2Client);
// every read of this service is the one action
const READ = 'apigateway:GET';
const MaxResults = '500';

interface RecentUpdate extends Api {
  readonly routes?: readonly Route[];
  readonly stages?: readonly Stage[];
}

const routesOf = (at: At, ApiId: string | undefined) =>
  every(async (NextToken) => {
    const page = await apigateway.call(at, READ, new GetRoutesCommand({ ApiId, NextToken, MaxResults }));
    return { records: page.Items ?? [], next: page.NextToken };
  });

const stagesOf = (at: At, ApiId: string | undefined) =>
  every(async (NextToken) => {
    const page = await apigateway.call(at, READ, new GetStagesCommand({ ApiId, NextToken, MaxResults }));
    return { records: page.Items ?? [], next: page.NextToken };
  });

const api = declare<RecentUpdate>({
  type: 'AWS::ApiGatewayV2::Api',
  class: 'edge',
  scope: 'region',
  pack: 'edge',
  ...apigateway.pages({
    action: READ,
    page: (NextToken) => new GetApisCommand({ NextToken, MaxResults }),
    read: ({ Items, NextToken }) => ({ records: Items, next: NextToken }),
  }),
  details: [
    {
      action: READ,
      fills: ['security.openRoutes', 'security.unlogged', 'relationships'],
      call: async ({ ApiId }, at) => ({ routes: await routesOf(at, ApiId), stages: await stagesOf(at, ApiId) }),
    },
  ],
  asset(each, at) {
    const { ApiId = '', routes, stages } = each;
    const host = each.ApiEndpoint && URL.parse(each.ApiEndpoint)?.hostname;
    return {
      id: at.arn('apigateway', `/apis/${ApiId}`, ''),
      nativeId: ApiId,
      name: each.Name,
      tags: each.Tags,
      createdAt: each.CreatedDate,
      net: { dns: [host ?? `${ApiId}.execute-api.${at.region}.amazonaws.com`] },
      security: {
        endpoint: 'public',
        protocol: each.ProtocolType,
        defaultEndpoint: !each.DisableExecuteApiEndpoint,
        openRoutes: routes
          ?.filter(({ AuthorizationType = 'NONE' }) => AuthorizationType === 'NONE')
          .map(({ RouteKey }) => RouteKey),
        cors: each.CorsConfiguration?.AllowOrigins,
        unlogged: stages
          ?.filter(({ AccessLogSettings: log }) => !log?.DestinationArn)
          .map(({ StageName }) => StageName),
      },
      relationships: relations(
        'logs_to',
        stages?.map(({ AccessLogSettings: log }) => log?.DestinationArn),
      ),
    };
  },
});

export const declarations: readonly Declaration[] = [api];
