import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateDirectoryCommand, DirectoryServiceClient } from '@aws-sdk/client-directory-service';
import {
  CreateImageCommand,
  CreateLaunchTemplateCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  EC2Client,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateRepositoryCommand, ECRClient, SetRepositoryPolicyCommand } from '@aws-sdk/client-ecr';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { CreateClusterCommand as CreateEksCommand, CreateNodegroupCommand, EKSClient } from '@aws-sdk/client-eks';
import {
  CreateApplicationCommand,
  CreateEnvironmentCommand,
  ElasticBeanstalkClient,
} from '@aws-sdk/client-elastic-beanstalk';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  CreateWorkspacesCommand,
  RegisterWorkspaceDirectoryCommand,
  WorkSpacesClient,
} from '@aws-sdk/client-workspaces';
import { expect } from '@jest/globals';
import { arn, type Made, type MadeRow } from '../made.ts';

const ec2 = ({ client }: Made) => client(EC2Client);

async function instance(things: Made) {
  const { Instances } = await ec2(things).send(
    new RunInstancesCommand({
      ImageId: 'ami-12c6146b',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: things.subnet,
      SecurityGroupIds: [things.group],
      MetadataOptions: { HttpTokens: 'required' },
      UserData: Buffer.from('export PASSWORD=hunter2').toString('base64'),
    }),
  );
  return Instances![0];
}

async function role({ client }: Made, RoleName: string): Promise<string> {
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  const { Role } = await client(IAMClient).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  return Role!.Arn!;
}

async function volume(things: Made): Promise<string> {
  const of = { AvailabilityZone: 'eu-west-1a', Size: 8, Encrypted: true };
  return (await ec2(things).send(new CreateVolumeCommand(of))).VolumeId!;
}

async function template(things: Made, LaunchTemplateName: string): Promise<string> {
  const { LaunchTemplate } = await ec2(things).send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName,
      LaunchTemplateData: {
        ImageId: 'ami-12c6146b',
        MetadataOptions: { HttpTokens: 'required' },
        UserData: Buffer.from('export PASSWORD=hunter2').toString('base64'),
      },
    }),
  );
  return LaunchTemplate!.LaunchTemplateId!;
}

async function taskDefinition({ client }: Made): Promise<string> {
  const { taskDefinition } = await client(ECSClient).send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      containerDefinitions: [{ name: 'web', image: 'web:1', memory: 64 }],
    }),
  );
  return taskDefinition!.taskDefinitionArn!;
}

async function containerInstance(things: Made, cluster: string) {
  await things.client(ECSClient).send(new CreateClusterCommand({ clusterName: cluster }));
  const { InstanceId } = await instance(things);
  const instanceIdentityDocument = JSON.stringify({ instanceId: InstanceId });
  const { containerInstance } = await things
    .client(ECSClient)
    .send(new RegisterContainerInstanceCommand({ cluster, instanceIdentityDocument }));
  return { id: containerInstance!.containerInstanceArn!, instance: InstanceId! };
}

async function eksCluster(things: Made, name: string) {
  const { cluster } = await things.client(EKSClient).send(
    new CreateEksCommand({
      name,
      roleArn: await role(things, `eks-${name}`),
      resourcesVpcConfig: {
        subnetIds: [things.subnet, things.otherSubnet],
        securityGroupIds: [things.group],
        endpointPublicAccess: true,
        publicAccessCidrs: ['198.51.100.0/24'],
      },
    }),
  );
  return cluster!;
}

export const ROWS: readonly MadeRow[] = [
  {
    type: 'AWS::EC2::Instance',
    async make(things) {
      const { InstanceId, PrivateIpAddress = '' } = await instance(things);
      return {
        id: arn('ec2', `instance/${InstanceId}`),
        net: expect.objectContaining({ private: [PrivateIpAddress], vpc: things.vpc, subnets: [things.subnet] }),
        security: expect.objectContaining({ imdsv2: true, state: 'running' }),
      };
    },
  },
  {
    type: 'AWS::EC2::Volume',
    async make(things) {
      const id = await volume(things);
      return { id: arn('ec2', `volume/${id}`), security: { encrypted: true, attached: false, gib: 8 } };
    },
  },
  {
    type: 'AWS::EC2::Snapshot',
    async make(things) {
      const { SnapshotId } = await ec2(things).send(new CreateSnapshotCommand({ VolumeId: await volume(things) }));
      await ec2(things).send(
        new ModifySnapshotAttributeCommand({
          SnapshotId,
          Attribute: 'createVolumePermission',
          OperationType: 'add',
          GroupNames: ['all'],
        }),
      );
      return { id: arn('ec2', `snapshot/${SnapshotId}`), security: { public: true } };
    },
  },
  {
    type: 'AWS::EC2::Image',
    async make(things) {
      const { InstanceId } = await instance(things);
      const { ImageId } = await ec2(things).send(new CreateImageCommand({ InstanceId, Name: 'golden' }));
      return { id: arn('ec2', `image/${ImageId}`), name: 'golden', security: { public: false } };
    },
  },
  {
    type: 'AWS::EC2::LaunchTemplate',
    async make(things) {
      const id = await template(things, 'web');
      return {
        id: arn('ec2', `launch-template/${id}`),
        name: 'web',
        security: { imdsv2: true, userData: true, image: 'ami-12c6146b' },
      };
    },
  },
  {
    type: 'AWS::AutoScaling::AutoScalingGroup',
    async make(things) {
      const LaunchTemplateId = await template(things, 'scaled');
      const scaling = things.client(AutoScalingClient);
      await scaling.send(
        new CreateAutoScalingGroupCommand({
          AutoScalingGroupName: 'scaled',
          LaunchTemplate: { LaunchTemplateId },
          MinSize: 0,
          MaxSize: 3,
          VPCZoneIdentifier: things.subnet,
        }),
      );
      const { AutoScalingGroups } = await scaling.send(new DescribeAutoScalingGroupsCommand({}));
      return {
        id: AutoScalingGroups![0].AutoScalingGroupARN!,
        net: { subnets: [things.subnet] },
        security: { min: 0, max: 3 },
        relationships: expect.arrayContaining([{ type: 'made_from', target: LaunchTemplateId }]),
      };
    },
  },
  {
    type: 'AWS::Lambda::Function',
    async make(things) {
      const lambda = things.client(LambdaClient);
      const { FunctionArn = '' } = await lambda.send(
        new CreateFunctionCommand({
          FunctionName: 'hello',
          Role: await role(things, 'hello'),
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Code: { S3Bucket: 'parts', S3Key: 'code.zip' },
          Environment: { Variables: { PASSWORD: 'hunter2' } },
          VpcConfig: { SubnetIds: [things.subnet], SecurityGroupIds: [things.group] },
          Tags: { owner: 'web' },
        }),
      );
      const url = { FunctionName: 'hello', AuthType: 'NONE' } as const;
      const { FunctionUrl = '' } = await lambda.send(new CreateFunctionUrlConfigCommand(url));
      await lambda.send(
        new AddPermissionCommand({
          FunctionName: 'hello',
          StatementId: 'all',
          Action: 'lambda:InvokeFunctionUrl',
          Principal: '*',
        }),
      );
      return {
        id: FunctionArn,
        tags: { owner: 'web' },
        net: expect.objectContaining({ dns: [new URL(FunctionUrl).hostname], subnets: [things.subnet] }),
        security: {
          urlAuth: 'NONE',
          runtime: 'nodejs22.x',
          variables: ['PASSWORD'],
          policy: expect.stringContaining('InvokeFunctionUrl'),
        },
      };
    },
  },
  {
    type: 'AWS::ECS::Cluster',
    async make({ client }) {
      const settings = [{ name: 'containerInsights', value: 'enabled' }] as const;
      const { cluster } = await client(ECSClient).send(
        new CreateClusterCommand({ clusterName: 'insight', settings: [...settings] }),
      );
      return { id: cluster!.clusterArn!, name: 'insight', security: { containerInsights: 'enabled' } };
    },
  },
  {
    type: 'AWS::ECS::Service',
    async make(things) {
      const ecs = things.client(ECSClient);
      await ecs.send(new CreateClusterCommand({ clusterName: 'served' }));
      const { service } = await ecs.send(
        new CreateServiceCommand({
          cluster: 'served',
          serviceName: 'web',
          taskDefinition: await taskDefinition(things),
          desiredCount: 0,
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: [things.subnet],
              securityGroups: [things.group],
              assignPublicIp: 'ENABLED',
            },
          },
        }),
      );
      return {
        id: service!.serviceArn!,
        name: 'web',
        net: { subnets: [things.subnet], sg: [things.group] },
        security: { publicIp: true },
      };
    },
  },
  {
    type: 'AWS::ECS::ContainerInstance',
    async make(things) {
      const { id, instance } = await containerInstance(things, 'machines');
      return {
        id,
        name: instance,
        security: { status: 'ACTIVE' },
        relationships: [{ type: 'attached_to', target: instance }],
      };
    },
  },
  {
    type: 'AWS::ECS::Task',
    async make(things) {
      await containerInstance(things, 'tasked');
      const { tasks } = await things
        .client(ECSClient)
        .send(
          new RunTaskCommand({ cluster: 'tasked', taskDefinition: await taskDefinition(things), launchType: 'EC2' }),
        );
      return { id: tasks![0].taskArn!, security: { launchType: 'EC2' } };
    },
  },
  {
    type: 'AWS::EKS::Cluster',
    async make(things) {
      const { arn: id = '', endpoint = '' } = await eksCluster(things, 'one');
      return {
        id,
        net: expect.objectContaining({ dns: [new URL(endpoint).hostname] }),
        security: { endpoint: 'public', publicCidrs: ['198.51.100.0/24'] },
      };
    },
  },
  {
    type: 'AWS::EKS::Nodegroup',
    async make(things) {
      await eksCluster(things, 'two');
      await things.client(EKSClient).send(
        new CreateNodegroupCommand({
          clusterName: 'two',
          nodegroupName: 'nodes',
          subnets: [things.subnet],
          nodeRole: await role(things, 'nodes'),
        }),
      );
      return {
        id: arn('eks', 'nodegroup/two/nodes'),
        idSynthetic: true,
        net: expect.objectContaining({ subnets: [things.subnet] }),
        security: { status: 'ACTIVE' },
      };
    },
  },
  {
    type: 'AWS::ECR::Repository',
    async make({ client }) {
      const ecr = client(ECRClient);
      const of = {
        repositoryName: 'web',
        imageTagMutability: 'IMMUTABLE',
        tags: [{ Key: 'owner', Value: 'web' }],
      } as const;
      const { repository } = await ecr.send(new CreateRepositoryCommand({ ...of, tags: [...of.tags] }));
      const policyText = JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Sid: 'all', Effect: 'Allow', Principal: '*', Action: 'ecr:*' }],
      });
      await ecr.send(new SetRepositoryPolicyCommand({ repositoryName: 'web', policyText }));
      return {
        id: repository!.repositoryArn!,
        tags: { owner: 'web' },
        net: { dns: ['123456789012.dkr.ecr.eu-west-1.amazonaws.com'] },
        security: { mutableTags: false, policy: expect.stringContaining('ecr:*') },
      };
    },
  },
  {
    type: 'AWS::ElasticBeanstalk::Environment',
    async make({ client }) {
      const beanstalk = client(ElasticBeanstalkClient);
      await beanstalk.send(new CreateApplicationCommand({ ApplicationName: 'shop' }));
      const { EnvironmentArn = '' } = await beanstalk.send(
        new CreateEnvironmentCommand({
          ApplicationName: 'shop',
          EnvironmentName: 'prod',
          SolutionStackName: '64bit Amazon Linux 2023 v6.1.0 running Node.js 20',
        }),
      );
      return { id: EnvironmentArn, name: 'prod', security: { application: 'shop' } };
    },
  },
  {
    type: 'AWS::WorkSpaces::Workspace',
    async make({ client, vpc, subnet, otherSubnet }) {
      const { DirectoryId } = await client(DirectoryServiceClient).send(
        new CreateDirectoryCommand({
          Name: 'desk.example.com',
          Password: 'Not-a-real-1',
          Size: 'Small',
          VpcSettings: { VpcId: vpc, SubnetIds: [subnet, otherSubnet] },
        }),
      );
      const workspaces = client(WorkSpacesClient);
      await workspaces.send(new RegisterWorkspaceDirectoryCommand({ DirectoryId, EnableSelfService: false }));
      const { PendingRequests } = await workspaces.send(
        new CreateWorkspacesCommand({
          Workspaces: [{ DirectoryId, UserName: 'ana', BundleId: 'wsb-bh8rsxt14', RootVolumeEncryptionEnabled: true }],
        }),
      );
      return {
        id: arn('workspaces', `workspace/${PendingRequests![0].WorkspaceId}`),
        security: { user: 'ana', encrypted: false },
        relationships: expect.arrayContaining([{ type: 'member_of', target: DirectoryId }]),
      };
    },
  },
];
