/**
 * Global Accelerator: accelerators with their static addresses, asked for in us-west-2 once an account.
 * https://docs.aws.amazon.com/global-accelerator/latest/api/API_Accelerator.html
 */
import {
  type Accelerator,
  type AcceleratorAttributes,
  DescribeAcceleratorAttributesCommand,
  GlobalAcceleratorClient,
  ListAcceleratorsCommand,
  ListTagsForResourceCommand,
  type Tag,
} from '@aws-sdk/client-global-accelerator';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { lastOf, relation, service } from '../discovery/service.ts';

const accelerators = service(GlobalAcceleratorClient, 'us-west-2');

interface RecentUpdate extends Accelerator {
  readonly attributes?: AcceleratorAttributes | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

const accelerator = declare<RecentUpdate>({
  type: 'AWS::GlobalAccelerator::Accelerator',
  class: 'edge',
  scope: 'global',
  pack: 'edge',
  ...accelerators.pages({
    action: 'globalaccelerator:ListAccelerators',
    page: (NextToken) => new ListAcceleratorsCommand({ NextToken, MaxResults: 100 }),
    read: ({ Accelerators, NextToken }) => ({ records: Accelerators, next: NextToken }),
  }),
  details: [
    accelerators.detail({
      action: 'globalaccelerator:DescribeAcceleratorAttributes',
      fills: ['security.flowLogs'],
      call: ({ AcceleratorArn }) => new DescribeAcceleratorAttributesCommand({ AcceleratorArn }),
      read: ({ AcceleratorAttributes }) => ({ attributes: AcceleratorAttributes }),
    }),
    accelerators.detail({
      action: 'globalaccelerator:ListTagsForResource',
      fills: ['tags'],
      call: ({ AcceleratorArn }) => new ListTagsForResourceCommand({ ResourceArn: AcceleratorArn }),
      read: ({ Tags }) => ({ tags: Tags }),
    }),
  ],
  asset(each, at) {
    const { AcceleratorArn = '', IpSets = [], attributes } = each;
    const addresses = IpSets.flatMap(({ IpAddresses = [] }) => IpAddresses);
    const bucket = attributes?.FlowLogsS3Bucket;
    return {
      id: AcceleratorArn,
      nativeId: lastOf(AcceleratorArn) ?? AcceleratorArn,
      name: each.Name,
      tags: each.tags,
      createdAt: each.CreatedTime,
      net: {
        public: addresses.filter((ip) => !ip.includes(':')),
        v6: addresses.filter((ip) => ip.includes(':')),
        dns: [each.DnsName, each.DualStackDnsName],
      },
      security: {
        endpoint: each.Enabled ? 'public' : undefined,
        enabled: each.Enabled,
        status: each.Status,
        flowLogs: attributes?.FlowLogsEnabled,
      },
      relationships: [relation('logs_to', bucket && at.arn('s3', bucket, '', ''))],
    };
  },
});

export const declarations: readonly Declaration[] = [accelerator];
