/**
 * ECS: clusters, services, tasks and the instances that they run on.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Operations.html
 */
import {
  type Attachment,
  type Cluster,
  type ContainerInstance,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListClustersCommand,
  ListContainerInstancesCommand,
  ListServicesCommand,
  ListTasksCommand,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import { type At, type Declaration, declare, type Listed } from '../discovery/declaration.ts';
import { nested } from '../discovery/list.ts';
import { lastOf, relation, relations, service } from '../discovery/service.ts';

const ecs = service(ECSClient);
const CONTAINER = { class: 'container', scope: 'region', pack: 'compute' } as const;

async function clusterArns(at: At, nextToken: string | undefined): Promise<Listed<string>> {
  const page = await ecs.call(at, 'ecs:ListClusters', new ListClustersCommand({ nextToken, maxResults: 100 }));
  return { records: page.clusterArns ?? [], next: page.nextToken };
}

const cluster = declare<Cluster>({
  type: 'AWS::ECS::Cluster',
  ...CONTAINER,
  actions: ['ecs:ListClusters', 'ecs:DescribeClusters'],
  async list(at, cursor) {
    const { records: arns, next } = await clusterArns(at, cursor);
    if (arns.length === 0) return { records: [], next };
    const command = new DescribeClustersCommand({
      clusters: [...arns],
      include: ['TAGS', 'SETTINGS', 'CONFIGURATIONS'],
    });
    const { clusters = [] } = await ecs.call(at, 'ecs:DescribeClusters', command);
    return { records: clusters, next };
  },
  asset(each) {
    const { clusterArn = '', clusterName = '', status, configuration } = each;
    if (status === 'INACTIVE') return undefined; // deleted
    return {
      id: clusterArn,
      nativeId: clusterName,
      name: clusterName,
      tags: each.tags,
      security: {
        status,
        containerInsights: each.settings?.find(({ name }) => name === 'containerInsights')?.value,
        execLogging: configuration?.executeCommandConfiguration?.logging,
        capacity: each.capacityProviders,
      },
      relationships: [relation('encrypted_by', configuration?.executeCommandConfiguration?.kmsKeyId)],
    };
  },
});

async function servicesOf(at: At, cluster: string, nextToken: string | undefined): Promise<Listed<Service>> {
  const list = new ListServicesCommand({ cluster, nextToken, maxResults: 10 }); // as many as can be described at once
  const { serviceArns = [], nextToken: next } = await ecs.call(at, 'ecs:ListServices', list);
  if (serviceArns.length === 0) return { records: [], next };
  const describe = new DescribeServicesCommand({ cluster, services: serviceArns, include: ['TAGS'] });
  const { services = [] } = await ecs.call(at, 'ecs:DescribeServices', describe);
  return { records: services, next };
}

const ecsService = declare<Service>({
  type: 'AWS::ECS::Service',
  ...CONTAINER,
  actions: ['ecs:ListServices', 'ecs:DescribeServices', 'ecs:ListClusters'],
  list: (at, cursor) =>
    nested(
      cursor,
      (next) => clusterArns(at, next),
      (arn, next) => servicesOf(at, arn, next),
    ),
  asset(each) {
    const { serviceArn = '', serviceName = '', loadBalancers = [], status } = each;
    if (status === 'INACTIVE') return undefined;
    const vpc = each.networkConfiguration?.awsvpcConfiguration;
    return {
      id: serviceArn,
      nativeId: serviceArn,
      name: serviceName,
      tags: each.tags,
      createdAt: each.createdAt,
      net: { subnets: vpc?.subnets, sg: vpc?.securityGroups },
      security: {
        status,
        launchType: each.launchType,
        publicIp: vpc && vpc.assignPublicIp === 'ENABLED',
        execEnabled: each.enableExecuteCommand ?? false,
        taskDefinition: each.taskDefinition,
        role: each.roleArn,
      },
      relationships: [
        relation('member_of', each.clusterArn),
        ...relations('in_subnet', vpc?.subnets),
        ...relations('protected_by', vpc?.securityGroups),
        ...relations(
          'attached_to',
          loadBalancers.map(({ targetGroupArn }) => targetGroupArn),
        ),
        relation('assumes', each.roleArn),
      ],
    };
  },
});

async function tasksOf(at: At, cluster: string, nextToken: string | undefined): Promise<Listed<Task>> {
  const list = new ListTasksCommand({ cluster, nextToken, maxResults: 100 });
  const { taskArns = [], nextToken: next } = await ecs.call(at, 'ecs:ListTasks', list);
  if (taskArns.length === 0) return { records: [], next };
  const describe = new DescribeTasksCommand({ cluster, tasks: taskArns, include: ['TAGS'] });
  const { tasks = [] } = await ecs.call(at, 'ecs:DescribeTasks', describe);
  return { records: tasks, next };
}

/** An interface's facts are a list of names and values. */
const factsOf = (attachments: readonly Attachment[] = [], fact: string): (string | undefined)[] =>
  attachments
    .flatMap(({ details = [] }) => details)
    .filter(({ name }) => name === fact)
    .map(({ value }) => value);

const task = declare<Task>({
  type: 'AWS::ECS::Task',
  ...CONTAINER,
  actions: ['ecs:ListTasks', 'ecs:DescribeTasks', 'ecs:ListClusters'],
  list: (at, cursor) =>
    nested(
      cursor,
      (next) => clusterArns(at, next),
      (arn, next) => tasksOf(at, arn, next),
    ),
  asset(each) {
    const { taskArn = '', attachments, containers = [], group } = each;
    if (each.lastStatus === 'STOPPED') return undefined;
    return {
      id: taskArn,
      nativeId: lastOf(taskArn) ?? taskArn,
      name: group,
      zone: each.availabilityZone,
      tags: each.tags,
      createdAt: each.createdAt,
      net: {
        private: factsOf(attachments, 'privateIPv4Address'),
        v6: factsOf(attachments, 'IPv6Address'),
        eni: factsOf(attachments, 'networkInterfaceId'),
        mac: factsOf(attachments, 'macAddress'),
        dns: factsOf(attachments, 'privateDnsName'),
        subnets: factsOf(attachments, 'subnetId'),
      },
      security: {
        status: each.lastStatus,
        launchType: each.launchType,
        platform: each.platformVersion,
        taskDefinition: each.taskDefinitionArn,
        execEnabled: each.enableExecuteCommand ?? false,
        images: containers.map(({ image, imageDigest }) => (imageDigest ? `${image}@${imageDigest}` : image)),
      },
      relationships: [
        relation('member_of', each.clusterArn),
        ...relations('attached_to', factsOf(attachments, 'networkInterfaceId')),
        ...relations('in_subnet', factsOf(attachments, 'subnetId')),
        relation('attached_to', each.containerInstanceArn),
        relation('made_from', each.taskDefinitionArn),
      ],
    };
  },
});

async function instancesOf(at: At, cluster: string, nextToken: string | undefined): Promise<Listed<ContainerInstance>> {
  const list = new ListContainerInstancesCommand({ cluster, nextToken, maxResults: 100 });
  const { containerInstanceArns = [], nextToken: next } = await ecs.call(at, 'ecs:ListContainerInstances', list);
  if (containerInstanceArns.length === 0) return { records: [], next };
  const of = { cluster, containerInstances: containerInstanceArns };
  const describe = new DescribeContainerInstancesCommand({ ...of, include: ['TAGS'] });
  const { containerInstances = [] } = await ecs.call(at, 'ecs:DescribeContainerInstances', describe);
  return { records: containerInstances, next };
}

const containerInstance = declare<ContainerInstance>({
  type: 'AWS::ECS::ContainerInstance',
  ...CONTAINER,
  actions: ['ecs:ListContainerInstances', 'ecs:DescribeContainerInstances', 'ecs:ListClusters'],
  list: (at, cursor) =>
    nested(
      cursor,
      (next) => clusterArns(at, next),
      (arn, next) => instancesOf(at, arn, next),
    ),
  asset: (each) => ({
    id: each.containerInstanceArn ?? '',
    nativeId: lastOf(each.containerInstanceArn) ?? '',
    name: each.ec2InstanceId,
    tags: each.tags,
    createdAt: each.registeredAt,
    security: { status: each.status, agent: each.versionInfo?.agentVersion, docker: each.versionInfo?.dockerVersion },
    relationships: [relation('attached_to', each.ec2InstanceId)],
  }),
});

export const declarations: readonly Declaration[] = [cluster, ecsService, task, containerInstance];
