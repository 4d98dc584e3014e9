/**
 * App Runner: services. Of environment values nothing is kept.
 * https://docs.aws.amazon.com/apprunner/latest/api/API_Service.html
 */
import {
  AppRunnerClient,
  DescribeServiceCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  type Service,
  type ServiceSummary,
  type Tag,
} from '@aws-sdk/client-apprunner';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, service } from '../discovery/service.ts';

const apprunner = service(AppRunnerClient);

interface RecentUpdate extends ServiceSummary {
  readonly service?: Service | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

const appRunnerService = declare<RecentUpdate>({
  type: 'AWS::AppRunner::Service',
  class: 'compute',
  scope: 'region',
  pack: 'compute',
  ...apprunner.pages({
    action: 'apprunner:ListServices',
    page: (NextToken) => new ListServicesCommand({ NextToken, MaxResults: 20 }), // the most AWS takes
    read: ({ ServiceSummaryList, NextToken }) => ({ records: ServiceSummaryList, next: NextToken }),
  }),
  details: [
    apprunner.detail({
      action: 'apprunner:DescribeService',
      fills: ['security', 'relationships'],
      call: ({ ServiceArn }) => new DescribeServiceCommand({ ServiceArn }),
      read: ({ Service }) => ({ service: Service }),
    }),
    apprunner.detail({
      action: 'apprunner:ListTagsForResource',
      fills: ['tags'],
      call: ({ ServiceArn }) => new ListTagsForResourceCommand({ ResourceArn: ServiceArn }),
      read: ({ Tags }) => ({ tags: Tags }),
    }),
  ],
  asset(each) {
    if (each.Status === 'DELETED') return undefined;
    const { service: of } = each;
    const ingress = of?.NetworkConfiguration?.IngressConfiguration;
    return {
      id: each.ServiceArn ?? '',
      nativeId: each.ServiceId ?? '',
      name: each.ServiceName,
      tags: each.tags,
      createdAt: each.CreatedAt,
      net: { dns: [each.ServiceUrl] },
      security: {
        status: each.Status,
        endpoint: ingress && (ingress.IsPubliclyAccessible ? 'public' : 'private'),
        kmsKey: of?.EncryptionConfiguration?.KmsKey,
      },
      relationships: [
        relation('assumes', of?.InstanceConfiguration?.InstanceRoleArn),
        relation('routes_to', of?.NetworkConfiguration?.EgressConfiguration?.VpcConnectorArn),
        relation('encrypted_by', of?.EncryptionConfiguration?.KmsKey),
        relation('made_from', of?.SourceConfiguration?.ImageRepository?.ImageIdentifier),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [appRunnerService];
