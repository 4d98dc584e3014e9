/**
 * Auto Scaling groups and the launch templates that they start instances from. Of user data only that there is some.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html
 */
import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  type LaunchTemplate,
  type ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const autoscaling = service(AutoScalingClient);
const ec2 = service(EC2Client);
const COMPUTE = { class: 'compute', scope: 'region', pack: 'compute' } as const;

const group = declare<AutoScalingGroup>({
  type: 'AWS::AutoScaling::AutoScalingGroup',
  ...COMPUTE,
  ...autoscaling.pages({
    action: 'autoscaling:DescribeAutoScalingGroups',
    page: (NextToken) => new DescribeAutoScalingGroupsCommand({ NextToken, MaxRecords: 100 }),
    one: (name) => new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
    read: ({ AutoScalingGroups, NextToken }) => ({ records: AutoScalingGroups, next: NextToken }),
  }),
  asset(each) {
    const { AutoScalingGroupARN = '', AutoScalingGroupName = '', Instances = [], LaunchTemplate: template } = each;
    const subnets = each.VPCZoneIdentifier?.split(',').map((id) => id.trim());
    return {
      id: AutoScalingGroupARN,
      nativeId: AutoScalingGroupName,
      name: AutoScalingGroupName,
      tags: each.Tags,
      createdAt: each.CreatedTime,
      net: { subnets },
      security: {
        min: each.MinSize,
        max: each.MaxSize,
        launchTemplateVersion: template?.Version,
        launchConfiguration: each.LaunchConfigurationName,
      },
      relationships: [
        ...relations('attached_to', [
          ...Instances.map(({ InstanceId }) => InstanceId),
          ...(each.TargetGroupARNs ?? []),
        ]),
        ...relations('in_subnet', subnets),
        relation('made_from', template?.LaunchTemplateId),
        relation('assumes', each.ServiceLinkedRoleARN),
      ],
    };
  },
});

interface ToldTemplate extends LaunchTemplate {
  readonly data?: Omit<ResponseLaunchTemplateData, 'UserData'> & { readonly hasUserData: boolean };
}

const launchTemplate = declare<ToldTemplate>({
  type: 'AWS::EC2::LaunchTemplate',
  ...COMPUTE,
  ...ec2.pages({
    action: 'ec2:DescribeLaunchTemplates',
    page: (NextToken) => new DescribeLaunchTemplatesCommand({ NextToken, MaxResults: 200 }), // the most AWS takes
    one: (id) => new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] }),
    read: ({ LaunchTemplates, NextToken }) => ({
      records: LaunchTemplates,
      next: NextToken,
    }),
  }),
  details: [
    ec2.detail({
      action: 'ec2:DescribeLaunchTemplateVersions',
      fills: ['imdsv2', 'publicIp', 'image', 'userData', 'instanceProfile'].map((name) => `security.${name}`),
      call: ({ LaunchTemplateId }) =>
        new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: ['$Default'] }),
      read({ LaunchTemplateVersions = [] }) {
        const { UserData, ...data } = LaunchTemplateVersions[0]?.LaunchTemplateData ?? {};
        return { data: { ...data, hasUserData: Boolean(UserData) } };
      },
    }),
  ],
  asset(each, at) {
    const { LaunchTemplateId = '', data } = each;
    const profile = data?.IamInstanceProfile;
    return {
      id: at.arn('ec2', `launch-template/${LaunchTemplateId}`),
      nativeId: LaunchTemplateId,
      name: each.LaunchTemplateName,
      tags: each.Tags,
      createdAt: each.CreateTime,
      net: { sg: data?.SecurityGroupIds },
      security: {
        defaultVersion: each.DefaultVersionNumber,
        imdsv2: data && data.MetadataOptions?.HttpTokens === 'required',
        publicIp: data?.NetworkInterfaces?.some(({ AssociatePublicIpAddress }) => AssociatePublicIpAddress),
        image: data?.ImageId,
        userData: data?.hasUserData,
        instanceProfile: profile?.Arn ?? profile?.Name,
      },
      relationships: [
        relation('made_from', data?.ImageId),
        ...relations('protected_by', data?.SecurityGroupIds),
        relation('assumes', profile?.Arn),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [group, launchTemplate];
