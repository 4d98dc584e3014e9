import { describe, expect, test } from '@jest/globals';
import { type DomainStatus, importOf } from '../../../scripts/import/domain.ts';
import { references, type Template, type Value, without } from '../../../scripts/import/template.ts';

const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const statement = (role: string): Value => ({
  Effect: 'Allow',
  Principal: { AWS: { 'Fn::GetAtt': [role, 'Arn'] } },
  Action: 'es:ESHttp*',
});

const DEPLOYED: Template = {
  AWSTemplateFormatVersion: '2010-09-09',
  Resources: { FlowlogsRole: { Type: 'AWS::IAM::Role' }, Key: { Type: 'AWS::KMS::Key' } },
  Outputs: { LogBucketName: { Value: 'logs' } },
};

const PROPERTIES: Record<string, Value> = {
  DomainName: 'bongsu-prod',
  EncryptionAtRestOptions: { Enabled: true, KmsKeyId: KEY },
  AdvancedSecurityOptions: {
    Enabled: true,
    InternalUserDatabaseEnabled: false,
    MasterUserOptions: { MasterUserARN: { 'Fn::GetAtt': ['BootstrapRole', 'Arn'] } },
  },
  LogPublishingOptions: {
    ES_APPLICATION_LOGS: { Enabled: true, CloudWatchLogsLogGroupArn: { 'Fn::GetAtt': ['DomainErrorLog', 'Arn'] } },
  },
  AccessPolicies: { Version: '2012-10-17', Statement: [statement('BootstrapRole'), statement('FlowlogsRole')] },
  VPCOptions: { SubnetIds: ['subnet-1'] },
};

const packaged = (properties: Record<string, Value> = {}, others: Template['Resources'] = {}): Template => ({
  Resources: {
    ...others,
    Domain: {
      Type: 'AWS::OpenSearchService::Domain',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      DependsOn: ['DomainLogPolicy', 'FlowlogsRole'],
      Properties: { ...PROPERTIES, ...properties },
    },
  },
});

const DOMAIN: DomainStatus = {
  DomainName: 'bongsu-prod',
  VPCOptions: { VPCId: 'vpc-1' },
  EncryptionAtRestOptions: { KmsKeyId: KEY },
};

test('the domain is added without what refers to resources that the deployment brings, and nothing else moves', () => {
  const { template, resources } = importOf(DEPLOYED, packaged(), DOMAIN);
  expect(resources).toEqual([
    {
      ResourceType: 'AWS::OpenSearchService::Domain',
      LogicalResourceId: 'Domain',
      ResourceIdentifier: { DomainName: 'bongsu-prod' },
    },
  ]);
  const { Domain, ...others } = template.Resources;
  expect({ ...template, Resources: others }).toEqual(DEPLOYED);
  expect(Domain).toEqual({
    Type: 'AWS::OpenSearchService::Domain',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    DependsOn: ['FlowlogsRole'],
    Properties: {
      DomainName: 'bongsu-prod',
      EncryptionAtRestOptions: { Enabled: true, KmsKeyId: KEY },
      AdvancedSecurityOptions: { Enabled: true, InternalUserDatabaseEnabled: false },
      AccessPolicies: { Version: '2012-10-17', Statement: [statement('FlowlogsRole')] },
      VPCOptions: { SubnetIds: ['subnet-1'] },
    },
  });
});

test('a user pool that stayed comes with it', () => {
  const pool = { Type: 'AWS::Cognito::UserPool', Properties: { UserPoolName: 'bongsu-prod' } };
  const cognito = { UserPoolId: { Ref: 'UserPool' }, RoleArn: { 'Fn::GetAtt': ['DomainCognitoRole', 'Arn'] } };
  const { template, resources } = importOf(DEPLOYED, packaged({ CognitoOptions: cognito }, { UserPool: pool }), {
    ...DOMAIN,
    CognitoOptions: { UserPoolId: 'eu-west-1_AbCdEfGhI' },
  });
  expect(resources[1]).toEqual({
    ResourceType: 'AWS::Cognito::UserPool',
    LogicalResourceId: 'UserPool',
    ResourceIdentifier: { UserPoolId: 'eu-west-1_AbCdEfGhI' },
  });
  expect(template.Resources.UserPool).toEqual({ ...pool, DeletionPolicy: 'Retain' });
  expect(template.Resources.Domain.Properties).not.toHaveProperty('CognitoOptions');
});

describe('refused, because the next deployment would replace the domain', () => {
  test.each([
    ['another name', { DomainName: 'bongsu-dev' }, DOMAIN, /"bongsu-dev", not bongsu-prod/],
    [
      'the key of the new stack',
      { EncryptionAtRestOptions: { Enabled: true, KmsKeyId: { Ref: 'Key' } } },
      DOMAIN,
      new RegExp(`set opensearchKeyArn=${KEY}`),
    ],
    ['a domain that is public', {}, { ...DOMAIN, VPCOptions: undefined }, /is public and the package has it in a VPC/],
  ])('%s', (_, properties, domain, said) => {
    expect(() => importOf(DEPLOYED, packaged(properties as Record<string, Value>), domain as DomainStatus)).toThrow(
      said,
    );
  });

  test('a stack that has its domain, and a package without one', () => {
    expect(() => importOf(packaged(), packaged(), DOMAIN)).toThrow(/has its domain already/);
    expect(() => importOf(DEPLOYED, DEPLOYED, DOMAIN)).toThrow(/no domain/);
  });
});

test('references are found in Ref, GetAtt of both forms and Sub with its own variables', () => {
  const value = {
    a: { Ref: 'A' },
    b: [{ 'Fn::GetAtt': ['B', 'Arn'] }, { 'Fn::GetAtt': 'C.Arn' }],
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Fn::Sub's
    c: { 'Fn::Sub': '${D}-${E.Arn}-${!No}-${AWS::Region}' },
    d: { 'Fn::Sub': ['${own}/${F}', { own: { Ref: 'G' } }] },
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Fn::Sub's
    e: { Ref: 'AWS::AccountId' },
    f: 'Ref',
  };
  expect(references(value).toSorted()).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G']);
  expect(without({ x: { y: 1 } }, () => true)).toEqual({ x: { y: 1 } });
});
