import { ACMClient, RequestCertificateCommand } from '@aws-sdk/client-acm';
import { CloudTrailClient, CreateTrailCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { CognitoIdentityClient, CreateIdentityPoolCommand } from '@aws-sdk/client-cognito-identity';
import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  ConfigServiceClient,
  PutConfigurationRecorderCommand,
  PutDeliveryChannelCommand,
  StartConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { CreateDirectoryCommand, DirectoryServiceClient } from '@aws-sdk/client-directory-service';
import { CreateDetectorCommand, GuardDutyClient } from '@aws-sdk/client-guardduty';
import { CreateAliasCommand, CreateKeyCommand, EnableKeyRotationCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { EnableSecurityHubCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import {
  CreateDocumentCommand,
  ModifyDocumentPermissionCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { expect } from '@jest/globals';
import { arn, type MadeRow } from '../made.ts';

export const ROWS: readonly MadeRow[] = [
  {
    type: 'AWS::CertificateManager::Certificate',
    async make({ client }) {
      const { CertificateArn = '' } = await client(ACMClient).send(
        new RequestCertificateCommand({
          DomainName: 'www.example.com',
          SubjectAlternativeNames: ['example.com'],
          Tags: [{ Key: 'owner', Value: 'web' }],
        }),
      );
      return {
        id: CertificateArn,
        name: 'www.example.com',
        tags: { owner: 'web' },
        net: { dns: ['example.com', 'www.example.com'] },
        security: { kind: 'AMAZON_ISSUED', inUse: false },
      };
    },
  },
  {
    type: 'AWS::KMS::Key',
    async make({ client }) {
      const kms = client(KMSClient);
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Tags: [{ TagKey: 'owner', TagValue: 'sec' }] }));
      const { KeyId, Arn = '' } = KeyMetadata!;
      await kms.send(new CreateAliasCommand({ AliasName: 'alias/orders', TargetKeyId: KeyId }));
      await kms.send(new EnableKeyRotationCommand({ KeyId }));
      return {
        id: Arn,
        name: 'alias/orders',
        tags: { owner: 'sec' },
        security: { status: 'Enabled', rotates: true, policy: expect.stringContaining('kms:*') },
      };
    },
  },
  {
    type: 'AWS::SecretsManager::Secret',
    async make({ client }) {
      const { ARN = '' } = await client(SecretsManagerClient).send(
        new CreateSecretCommand({ Name: 'db', SecretString: 'hunter2', Tags: [{ Key: 'owner', Value: 'sec' }] }),
      );
      return { id: ARN, name: 'db', tags: { owner: 'sec' }, security: { rotates: false } };
    },
  },
  {
    type: 'AWS::SSM::Parameter',
    async make({ client }) {
      const of = { Name: '/shop/db-password', Type: 'String', Value: 'hunter2' } as const;
      await client(SSMClient).send(new PutParameterCommand(of));
      return {
        id: arn('ssm', 'parameter/shop/db-password'),
        security: { kind: 'String', encrypted: false, plainSecret: true },
      };
    },
  },
  {
    type: 'AWS::SSM::Document',
    async make({ client }) {
      const ssm = client(SSMClient);
      const Content = JSON.stringify({ schemaVersion: '2.2', description: 'x', mainSteps: [] });
      await ssm.send(new CreateDocumentCommand({ Name: 'patch', Content, DocumentType: 'Command' }));
      const share = { Name: 'patch', PermissionType: 'Share', AccountIdsToAdd: ['all'] } as const;
      await ssm.send(new ModifyDocumentPermissionCommand({ ...share, AccountIdsToAdd: ['all'] }));
      return { id: arn('ssm', 'document/patch'), security: { public: true, kind: 'Command' } };
    },
  },
  {
    type: 'AWS::GuardDuty::Detector',
    async make({ client }) {
      const { DetectorId } = await client(GuardDutyClient).send(new CreateDetectorCommand({ Enable: true }));
      return { id: arn('guardduty', `detector/${DetectorId}`), security: { status: 'ENABLED' } };
    },
  },
  {
    type: 'AWS::SecurityHub::Hub',
    lacks: ['securityhub:GetEnabledStandards'],
    async make({ client }) {
      await client(SecurityHubClient).send(new EnableSecurityHubCommand({}));
      return { id: arn('securityhub', 'hub/default'), security: { newControls: true } };
    },
  },
  {
    type: 'AWS::CloudTrail::Trail',
    async make({ client }) {
      await client(S3Client, 'us-east-1').send(new CreateBucketCommand({ Bucket: 'trails' }));
      const trail = client(CloudTrailClient);
      const { TrailARN = '' } = await trail.send(
        new CreateTrailCommand({ Name: 'all', S3BucketName: 'trails', IsMultiRegionTrail: true }),
      );
      await trail.send(new StartLoggingCommand({ Name: 'all' }));
      return {
        id: TrailARN,
        name: 'all',
        security: { logging: true, multiRegion: true, validated: false },
        relationships: [{ type: 'logs_to', target: 'arn:aws:s3:::trails' }],
      };
    },
  },
  {
    type: 'AWS::Config::ConfigurationRecorder',
    async make({ client }) {
      const config = client(ConfigServiceClient);
      const roleARN = arn('iam', 'role/config', '');
      const recordingGroup = { allSupported: true, includeGlobalResourceTypes: true };
      await config.send(
        new PutConfigurationRecorderCommand({ ConfigurationRecorder: { name: 'default', roleARN, recordingGroup } }),
      );
      await config.send(
        new PutDeliveryChannelCommand({ DeliveryChannel: { name: 'default', s3BucketName: 'trails' } }),
      );
      await config.send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName: 'default' }));
      return {
        id: arn('config', 'configuration-recorder/default'),
        idSynthetic: true,
        security: { recording: true, all: true, global: true },
        relationships: expect.arrayContaining([{ type: 'logs_to', target: 'arn:aws:s3:::trails' }]),
      };
    },
  },
  {
    type: 'AWS::Cognito::UserPool',
    async make({ client }) {
      const users = client(CognitoIdentityProviderClient);
      const { UserPool } = await users.send(
        new CreateUserPoolCommand({ PoolName: 'people', MfaConfiguration: 'OFF', UserPoolTags: { owner: 'web' } }),
      );
      await users.send(new CreateUserPoolDomainCommand({ Domain: 'people', UserPoolId: UserPool!.Id }));
      return {
        id: arn('cognito-idp', `userpool/${UserPool!.Id}`),
        tags: { owner: 'web' },
        net: { dns: ['people.auth.eu-west-1.amazoncognito.com'] },
        security: { mfa: 'OFF', selfSignUp: true },
      };
    },
  },
  {
    type: 'AWS::Cognito::IdentityPool',
    async make({ client }) {
      const { IdentityPoolId } = await client(CognitoIdentityClient).send(
        new CreateIdentityPoolCommand({ IdentityPoolName: 'guests', AllowUnauthenticatedIdentities: true }),
      );
      return { id: arn('cognito-identity', `identitypool/${IdentityPoolId}`), security: { unauthenticated: true } };
    },
  },
  {
    type: 'AWS::DirectoryService::Directory',
    async make({ client, vpc, subnet, otherSubnet }) {
      const { DirectoryId } = await client(DirectoryServiceClient).send(
        new CreateDirectoryCommand({
          Name: 'corp.example.com',
          Password: 'Not-a-real-1',
          Size: 'Small',
          VpcSettings: { VpcId: vpc, SubnetIds: [subnet, otherSubnet] },
          Tags: [{ Key: 'owner', Value: 'it' }],
        }),
      );
      return {
        id: arn('ds', `directory/${DirectoryId}`),
        name: 'corp.example.com',
        tags: { owner: 'it' },
        net: expect.objectContaining({ vpc, subnets: [subnet, otherSubnet].sort() }),
        security: { kind: 'SimpleAD' },
      };
    },
  },
];
