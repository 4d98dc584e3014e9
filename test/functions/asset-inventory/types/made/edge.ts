import { APIGatewayClient, CreateDomainNameCommand, CreateRestApiCommand } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client, CreateApiCommand, CreateRouteCommand } from '@aws-sdk/client-apigatewayv2';
import { CloudFrontClient, CreateDistributionCommand } from '@aws-sdk/client-cloudfront';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { CreateResolverEndpointCommand, Route53ResolverClient } from '@aws-sdk/client-route53resolver';
import { CreateWebACLCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import { expect } from '@jest/globals';
import type { Made, MadeRow } from '../made.ts';

async function zone({ client }: Made, Name: string): Promise<string> {
  const { HostedZone } = await client(Route53Client).send(new CreateHostedZoneCommand({ Name, CallerReference: Name }));
  return HostedZone!.Id!.split('/').at(-1)!;
}

export const ROWS: readonly MadeRow[] = [
  {
    type: 'AWS::ApiGateway::RestApi',
    async make({ client }) {
      const endpointConfiguration = { types: ['REGIONAL' as const] };
      const { id } = await client(APIGatewayClient).send(
        new CreateRestApiCommand({ name: 'shop', endpointConfiguration }),
      );
      return {
        id: `arn:aws:apigateway:eu-west-1::/restapis/${id}`,
        name: 'shop',
        net: { dns: [`${id}.execute-api.eu-west-1.amazonaws.com`] },
        security: { endpoint: 'public', kinds: ['REGIONAL'] },
      };
    },
  },
  {
    type: 'AWS::ApiGateway::DomainName',
    async make({ client }) {
      await client(APIGatewayClient).send(
        new CreateDomainNameCommand({ domainName: 'api.example.com', securityPolicy: 'TLS_1_2' }),
      );
      return {
        id: 'arn:aws:apigateway:eu-west-1::/domainnames/api.example.com',
        net: { dns: expect.arrayContaining(['api.example.com']) },
        security: { tlsPolicy: 'TLS_1_2' },
      };
    },
  },
  {
    type: 'AWS::ApiGatewayV2::Api',
    async make({ client }) {
      const api = client(ApiGatewayV2Client);
      const { ApiId } = await api.send(new CreateApiCommand({ Name: 'http', ProtocolType: 'HTTP' }));
      await api.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET /open' }));
      return {
        id: `arn:aws:apigateway:eu-west-1::/apis/${ApiId}`,
        net: { dns: [`${ApiId}.execute-api.eu-west-1.amazonaws.com`] },
        security: { endpoint: 'public', openRoutes: ['GET /open'] },
      };
    },
  },
  {
    type: 'AWS::CloudFront::Distribution',
    async make({ client }) {
      const { Distribution } = await client(CloudFrontClient).send(
        new CreateDistributionCommand({
          DistributionConfig: {
            CallerReference: '1',
            Comment: 'shop',
            Enabled: true,
            Aliases: { Quantity: 1, Items: ['www.example.com'] },
            Origins: {
              Quantity: 1,
              Items: [{ Id: 'one', DomainName: 'shop.s3.amazonaws.com', S3OriginConfig: { OriginAccessIdentity: '' } }],
            },
            DefaultCacheBehavior: { TargetOriginId: 'one', ViewerProtocolPolicy: 'allow-all' },
          },
        }),
      );
      return {
        id: Distribution!.ARN!,
        region: 'global',
        net: { dns: expect.arrayContaining([Distribution!.DomainName!, 'www.example.com']) },
        security: { endpoint: 'public', plain: true },
        relationships: expect.arrayContaining([{ type: 'routes_to', target: 'arn:aws:s3:::shop' }]),
      };
    },
  },
  {
    type: 'AWS::Route53::HostedZone',
    lacks: ['route53:ListQueryLoggingConfigs'],
    async make(things) {
      const id = await zone(things, 'example.com.');
      return {
        id: `arn:aws:route53:::hostedzone/${id}`,
        net: { dns: ['example.com'] },
        security: { private: false },
      };
    },
  },
  {
    type: 'AWS::Route53::RecordSet',
    async make(things) {
      const HostedZoneId = await zone(things, 'example.org.');
      const ResourceRecordSet = {
        Name: 'www.example.org.',
        Type: 'A' as const,
        TTL: 60,
        ResourceRecords: [{ Value: '198.51.100.9' }],
      };
      const ChangeBatch = { Changes: [{ Action: 'CREATE' as const, ResourceRecordSet }] };
      await things.client(Route53Client).send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
      return {
        id: `arn:aws:route53:::recordset/${HostedZoneId}/www.example.org/A`,
        idSynthetic: true,
        net: { dns: ['www.example.org'] },
        security: { kind: 'A', ttl: 60, values: ['198.51.100.9'] },
        relationships: expect.arrayContaining([{ type: 'resolves_to', target: '198.51.100.9' }]),
      };
    },
  },
  {
    type: 'AWS::Route53Resolver::ResolverEndpoint',
    async make({ client, subnet, otherSubnet, group }) {
      const { ResolverEndpoint } = await client(Route53ResolverClient).send(
        new CreateResolverEndpointCommand({
          CreatorRequestId: '1',
          Name: 'in',
          Direction: 'INBOUND',
          SecurityGroupIds: [group],
          IpAddresses: [
            { SubnetId: subnet, Ip: '10.20.1.200' },
            { SubnetId: otherSubnet, Ip: '10.20.2.200' },
          ],
        }),
      );
      return {
        id: ResolverEndpoint!.Arn!,
        net: expect.objectContaining({ private: ['10.20.1.200', '10.20.2.200'], sg: [group] }),
        security: { direction: 'INBOUND' },
      };
    },
  },
  {
    type: 'AWS::WAFv2::WebACL',
    lacks: ['wafv2:ListResourcesForWebACL'],
    async make({ client }) {
      const VisibilityConfig = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: false, MetricName: 'm' };
      const { Summary } = await client(WAFV2Client).send(
        new CreateWebACLCommand({ Name: 'front', Scope: 'REGIONAL', DefaultAction: { Allow: {} }, VisibilityConfig }),
      );
      return { id: Summary!.ARN!, name: 'front', security: { defaultAction: 'allow', logging: false } };
    },
  },
];
