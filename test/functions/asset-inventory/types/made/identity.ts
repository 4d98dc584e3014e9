import {
  AttachGroupPolicyCommand,
  CreateAccessKeyCommand,
  CreateAccountAliasCommand,
  CreateGroupCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateSAMLProviderCommand,
  CreateUserCommand,
  IAMClient,
  UpdateAccountPasswordPolicyCommand,
  UploadServerCertificateCommand,
} from '@aws-sdk/client-iam';
import {
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  CreatePolicyCommand as CreateOrganizationPolicyCommand,
  DescribeAccountCommand,
  ListRootsCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { expect } from '@jest/globals';
import { ACCOUNT } from '../looked.ts';
import type { Made, MadeRow } from '../made.ts';

const iam = ({ client }: Made) => client(IAMClient);

const policyOf = (Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

/** Made by the first who needs it; an account is in one at most. */
let organization: Promise<unknown> | undefined;

async function inOrganization({ client }: Made): Promise<OrganizationsClient> {
  const organizations = client(OrganizationsClient, 'us-east-1');
  organization ??= organizations.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
  await organization;
  return organizations;
}

export const ROWS: readonly MadeRow[] = [
  {
    type: 'AWS::IAM::Role',
    async make(things) {
      const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
      const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
      const { Role } = await iam(things).send(new CreateRoleCommand({ RoleName: 'box', AssumeRolePolicyDocument }));
      return {
        id: Role!.Arn!,
        nativeId: Role!.RoleId!,
        security: { trust: expect.stringContaining('ec2.amazonaws.com') },
      };
    },
  },
  {
    type: 'AWS::IAM::User',
    async make(things) {
      const { User } = await iam(things).send(new CreateUserCommand({ UserName: 'ana' }));
      return { id: User!.Arn!, nativeId: User!.UserId!, security: { mfa: false } };
    },
  },
  {
    type: 'AWS::IAM::AccessKey',
    async make(things) {
      await iam(things).send(new CreateUserCommand({ UserName: 'ci' }));
      const { AccessKey } = await iam(things).send(new CreateAccessKeyCommand({ UserName: 'ci' }));
      return {
        id: `arn:aws:iam::123456789012:user/ci/accesskey/${AccessKey!.AccessKeyId}`,
        idSynthetic: true,
        security: { status: 'Active', user: 'ci' },
      };
    },
  },
  {
    type: 'AWS::IAM::Group',
    async make(things) {
      const { Group } = await iam(things).send(new CreateGroupCommand({ GroupName: 'admins' }));
      const of = { PolicyName: 'read', PolicyDocument: policyOf('ec2:Describe*') };
      const PolicyArn = (await iam(things).send(new CreatePolicyCommand(of))).Policy!.Arn!;
      await iam(things).send(new AttachGroupPolicyCommand({ GroupName: 'admins', PolicyArn }));
      return { id: Group!.Arn!, nativeId: Group!.GroupId!, security: { policies: [PolicyArn] } };
    },
  },
  {
    type: 'AWS::IAM::ManagedPolicy',
    async make(things) {
      const of = { PolicyName: 'all', PolicyDocument: policyOf('*') };
      const { Policy } = await iam(things).send(new CreatePolicyCommand(of));
      return { id: Policy!.Arn!, security: { document: expect.stringContaining('"Action":"*"'), attachments: 0 } };
    },
  },
  {
    type: 'AWS::IAM::Account',
    async make(things) {
      await iam(things).send(new CreateAccountAliasCommand({ AccountAlias: 'shop-prod' }));
      await iam(things).send(new UpdateAccountPasswordPolicyCommand({ MinimumPasswordLength: 20 }));
      return {
        id: 'arn:aws:iam::123456789012:root',
        name: 'shop-prod',
        security: { rootMfa: false, passwordPolicy: expect.objectContaining({ MinimumPasswordLength: 20 }) },
      };
    },
  },
  {
    type: 'AWS::IAM::SAMLProvider',
    async make(things) {
      const { SAMLProviderArn = '' } = await iam(things).send(
        new CreateSAMLProviderCommand({ Name: 'corp', SAMLMetadataDocument: `<a>${'x'.repeat(1000)}</a>` }),
      );
      return { id: SAMLProviderArn, name: 'corp', security: { notAfter: expect.any(String) } };
    },
  },
  {
    type: 'AWS::IAM::OIDCProvider',
    async make(things) {
      const { OpenIDConnectProviderArn = '' } = await iam(things).send(
        new CreateOpenIDConnectProviderCommand({
          Url: 'https://token.actions.githubusercontent.com',
          ClientIDList: ['sts.amazonaws.com'],
          ThumbprintList: ['a'.repeat(40)],
        }),
      );
      return { id: OpenIDConnectProviderArn, security: { audiences: ['sts.amazonaws.com'] } };
    },
  },
  {
    type: 'AWS::IAM::ServerCertificate',
    async make(things) {
      const { ServerCertificateMetadata } = await iam(things).send(
        new UploadServerCertificateCommand({
          ServerCertificateName: 'old',
          CertificateBody: 'certificate',
          PrivateKey: 'key',
        }),
      );
      return { id: ServerCertificateMetadata!.Arn!, name: 'old' };
    },
  },
  {
    type: 'AWS::Organizations::Account',
    async make(things) {
      const organizations = await inOrganization(things);
      const { Account } = await organizations.send(new DescribeAccountCommand({ AccountId: ACCOUNT }));
      return { id: Account!.Arn!, nativeId: '123456789012', security: { state: 'ACTIVE' } };
    },
  },
  {
    type: 'AWS::Organizations::OrganizationalUnit',
    async make(things) {
      const organizations = await inOrganization(things);
      const { Roots } = await organizations.send(new ListRootsCommand({}));
      const unit = (Name: string, ParentId: string | undefined) =>
        organizations.send(new CreateOrganizationalUnitCommand({ Name, ParentId }));
      const { OrganizationalUnit: above } = await unit('Prod', Roots![0].Id);
      const { OrganizationalUnit: below } = await unit('Web', above!.Id);
      return {
        id: below!.Arn!,
        name: 'Web',
        relationships: [{ type: 'member_of', target: above!.Id! }],
      };
    },
  },
  {
    type: 'AWS::Organizations::Policy',
    async make(things) {
      const organizations = await inOrganization(things);
      const { Policy } = await organizations.send(
        new CreateOrganizationPolicyCommand({
          Name: 'guard',
          Description: 'guard',
          Type: 'SERVICE_CONTROL_POLICY',
          Content: policyOf('ec2:*'),
        }),
      );
      return {
        id: Policy!.PolicySummary!.Arn!,
        name: 'guard',
        security: { managed: false, document: expect.stringContaining('ec2:*') },
      };
    },
  },
];
