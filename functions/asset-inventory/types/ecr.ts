/**
 * ECR: repositories of images.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Repository.html
 */
import {
  DescribeRepositoriesCommand,
  ECRClient,
  GetRepositoryPolicyCommand,
  ListTagsForResourceCommand,
  type Repository,
  type Tag,
} from '@aws-sdk/client-ecr';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, service } from '../discovery/service.ts';

const ecr = service(ECRClient);

interface RecentUpdate extends Repository {
  readonly policy?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

const repository = declare<RecentUpdate>({
  type: 'AWS::ECR::Repository',
  class: 'container',
  scope: 'region',
  pack: 'compute',
  ...ecr.pages({
    action: 'ecr:DescribeRepositories',
    page: (nextToken) => new DescribeRepositoriesCommand({ nextToken, maxResults: nextToken ? undefined : 1000 }),
    one: (name) => new DescribeRepositoriesCommand({ repositoryNames: [name] }),
    read: ({ repositories, nextToken }) => ({ records: repositories, next: nextToken }),
  }),
  details: [
    ecr.detail({
      action: 'ecr:GetRepositoryPolicy',
      fills: ['security.policy'],
      absent: ['RepositoryPolicyNotFoundException'],
      call: ({ repositoryName }) => new GetRepositoryPolicyCommand({ repositoryName }),
      read: ({ policyText }) => ({ policy: policyText }),
    }),
    ecr.detail({
      action: 'ecr:ListTagsForResource',
      fills: ['tags'],
      call: ({ repositoryArn }) => new ListTagsForResourceCommand({ resourceArn: repositoryArn }),
      read: ({ tags }) => ({ tags }),
    }),
  ],
  asset(each) {
    const { repositoryArn = '', repositoryName = '', encryptionConfiguration: encryption } = each;
    return {
      id: repositoryArn,
      nativeId: repositoryName,
      name: repositoryName,
      tags: each.tags,
      createdAt: each.createdAt,
      net: { dns: [each.repositoryUri?.split('/')[0]] },
      security: {
        policy: each.policy,
        scanOnPush: each.imageScanningConfiguration?.scanOnPush ?? false,
        mutableTags: each.imageTagMutability !== 'IMMUTABLE',
        kmsKey: encryption?.kmsKey,
        uri: each.repositoryUri,
      },
      relationships: [relation('encrypted_by', encryption?.kmsKey)],
    };
  },
});

export const declarations: readonly Declaration[] = [repository];
