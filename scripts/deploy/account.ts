/**
 * Checks, before anything is deployed, that the account and region have what a created domain needs: CloudFormation fails only
 * after minutes, and leaves a stack that must be removed.
 * In: parameters, clients of the account. Out: one sentence for each that is missing.
 */
import { GetRoleCommand, IAMClient, type IAMClientConfig, NoSuchEntityException } from '@aws-sdk/client-iam';
import {
  type InstanceTypeDetails,
  ListVersionsCommand,
  OpenSearchClient,
  type OpenSearchClientConfig,
  paginateListInstanceTypeDetails,
} from '@aws-sdk/client-opensearch';
import { clusterOf } from './cluster.ts';
import { created } from './destinations.ts';
import type { Parameters } from './parameters.ts';
import { fault } from './sentences.ts';

export interface Account {
  readonly iam: IAMClient;
  readonly opensearch: OpenSearchClient;
}

export const accountOf = (config: IAMClientConfig & OpenSearchClientConfig): Account => ({
  iam: new IAMClient(config),
  opensearch: new OpenSearchClient(config),
});

/** https://docs.aws.amazon.com/opensearch-service/latest/developerguide/slr-aos.html */
const SERVICE_ROLE = 'AWSServiceRoleForAmazonOpenSearchService';

/** Rejects with the client's error where the account can't be checked. */
export async function accountFaults(parameters: Parameters, account: Account): Promise<readonly string[]> {
  if (!created(parameters)) return [];
  const ofRole = parameters.opensearchNetwork === 'vpc' ? await roleFaults(account) : [];
  return [...ofRole, ...(await engineFaults(parameters, account))];
}

async function roleFaults({ iam }: Account): Promise<readonly string[]> {
  try {
    await iam.send(new GetRoleCommand({ RoleName: SERVICE_ROLE }));
    return [];
  } catch (error) {
    if (!(error instanceof NoSuchEntityException)) throw error;
    return [
      `The account has no role ${SERVICE_ROLE}, without which a domain can't be in a VPC. Create it once: aws iam create-service-linked-role --aws-service-name opensearchservice.amazonaws.com`,
    ];
  }
}

/** Engine versions and instance types differ between regions, and types between versions. */
async function engineFaults(parameters: Parameters, { opensearch }: Account): Promise<readonly string[]> {
  const { opensearchVersion: version } = parameters;
  const { Versions = [] } = await opensearch.send(new ListVersionsCommand({ MaxResults: 100 }));
  const known = Versions.flatMap((each) => (each.startsWith('OpenSearch_') ? [each.slice('OpenSearch_'.length)] : []));
  if (!known.includes(version)) {
    return [fault('opensearchVersion', `a version that the region offers, which are ${known.join(', ')}`, version)];
  }
  const types = new Map<string, InstanceTypeDetails>();
  const query = { EngineVersion: `OpenSearch_${version}`, MaxResults: 100 };
  for await (const { InstanceTypeDetails = [] } of paginateListInstanceTypeDetails({ client: opensearch }, query)) {
    for (const each of InstanceTypeDetails) types.set(each.InstanceType ?? '', each);
  }
  return typeFaults(parameters, types);
}

function typeFaults(parameters: Parameters, types: ReadonlyMap<string, InstanceTypeDetails>): readonly string[] {
  const { opensearchVersion: version } = parameters;
  const cluster = clusterOf(parameters);
  const used = [
    ['opensearchInstanceType', cluster.instanceType],
    ...(cluster.masters > 0 ? [['opensearchMasterType', cluster.masterType] as const] : []),
  ] as const;
  const unknown = used
    .filter(([, type]) => !types.has(type))
    .map(([name, type]) => fault(name, `a type that the region offers for OpenSearch ${version}`, type));
  const data = types.get(cluster.instanceType);
  if (cluster.warm > 0 && data?.WarmEnabled === false) {
    unknown.push(fault('opensearchWarmCount', `0, because UltraWarm does not go with ${cluster.instanceType}`));
  }
  if (data?.AdvancedSecurityEnabled === false || data?.EncryptionEnabled === false) {
    const expected = 'a type with encryption at rest and fine-grained access control';
    unknown.push(fault('opensearchInstanceType', expected, cluster.instanceType));
  }
  return unknown;
}
