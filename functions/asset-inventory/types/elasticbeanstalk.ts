/**
 * Elastic Beanstalk: environments.
 * https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_EnvironmentDescription.html
 */
import {
  DescribeEnvironmentsCommand,
  ElasticBeanstalkClient,
  type EnvironmentDescription,
  ListTagsForResourceCommand,
  type Tag,
} from '@aws-sdk/client-elastic-beanstalk';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, service } from '../discovery/service.ts';

const beanstalk = service(ElasticBeanstalkClient);

interface RecentUpdate extends EnvironmentDescription {
  readonly tags?: readonly Tag[] | undefined;
}

const environment = declare<RecentUpdate>({
  type: 'AWS::ElasticBeanstalk::Environment',
  class: 'compute',
  scope: 'region',
  pack: 'compute',
  ...beanstalk.pages({
    action: 'elasticbeanstalk:DescribeEnvironments',
    page: (NextToken) => new DescribeEnvironmentsCommand({ NextToken, MaxRecords: 100, IncludeDeleted: false }),
    one: (id) => new DescribeEnvironmentsCommand({ EnvironmentIds: [id], IncludeDeleted: false }),
    read: ({ Environments, NextToken }) => ({ records: Environments, next: NextToken }),
  }),
  details: [
    beanstalk.detail({
      action: 'elasticbeanstalk:ListTagsForResource',
      fills: ['tags'],
      call: ({ EnvironmentArn }) => new ListTagsForResourceCommand({ ResourceArn: EnvironmentArn }),
      read: ({ ResourceTags }) => ({ tags: ResourceTags }),
    }),
  ],
  asset(each) {
    if (each.Status === 'Terminated') return undefined;
    const { EndpointURL: endpoint } = each;
    const isAddress = /^[\d.]+$/.test(endpoint ?? '');
    return {
      id: each.EnvironmentArn ?? '',
      nativeId: each.EnvironmentId ?? '',
      name: each.EnvironmentName,
      tags: each.tags,
      createdAt: each.DateCreated,
      net: { dns: [each.CNAME, isAddress ? undefined : endpoint], public: [isAddress ? endpoint : undefined] },
      security: {
        status: each.Status,
        platform: each.PlatformArn ?? each.SolutionStackName,
        application: each.ApplicationName,
        version: each.VersionLabel,
        role: each.OperationsRole,
      },
      volatile: { health: each.Health },
      relationships: [
        relation('resolves_to', isAddress ? undefined : endpoint),
        relation('member_of', each.ApplicationName),
        relation('assumes', each.OperationsRole),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [environment];
