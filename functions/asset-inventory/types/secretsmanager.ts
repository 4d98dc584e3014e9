/**
 * Secrets Manager: that there are secrets, and who may read them. Their values are never asked for.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html
 */
import {
  GetResourcePolicyCommand,
  ListSecretsCommand,
  type SecretListEntry,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, service } from '../discovery/service.ts';

const secretsmanager = service(SecretsManagerClient);

interface RecentUpdate extends SecretListEntry {
  readonly policy?: string | undefined;
}

const secret = declare<RecentUpdate>({
  type: 'AWS::SecretsManager::Secret',
  class: 'security',
  scope: 'region',
  pack: 'security',
  ...secretsmanager.pages({
    action: 'secretsmanager:ListSecrets',
    page: (NextToken) => new ListSecretsCommand({ NextToken, MaxResults: 100 }),
    read: ({ SecretList, NextToken }) => ({ records: SecretList, next: NextToken }),
  }),
  details: [
    secretsmanager.detail({
      action: 'secretsmanager:GetResourcePolicy',
      fills: ['security.policy'],
      call: ({ ARN }) => new GetResourcePolicyCommand({ SecretId: ARN }),
      read: ({ ResourcePolicy }) => ({ policy: ResourcePolicy }),
    }),
  ],
  asset: (each) => ({
    id: each.ARN ?? '',
    nativeId: each.ARN ?? '',
    name: each.Name,
    tags: each.Tags,
    createdAt: each.CreatedDate,
    security: {
      policy: each.policy,
      rotates: each.RotationEnabled ?? false,
      kmsKey: each.KmsKeyId,
      service: each.OwningService,
    },
    volatile: { lastUsed: each.LastAccessedDate, lastRotated: each.LastRotatedDate, lastChanged: each.LastChangedDate },
    relationships: [relation('encrypted_by', each.KmsKeyId), relation('attached_to', each.RotationLambdaARN)],
  }),
});

export const declarations: readonly Declaration[] = [secret];
