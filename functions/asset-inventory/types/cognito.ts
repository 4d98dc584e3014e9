/**
 * Cognito: user pools and identity pools.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
 */
import {
  CognitoIdentityClient,
  DescribeIdentityPoolCommand,
  type IdentityPool,
  type IdentityPoolShortDescription,
  ListIdentityPoolsCommand,
} from '@aws-sdk/client-cognito-identity';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  ListUserPoolsCommand,
  type UserPoolDescriptionType,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relations, service } from '../discovery/service.ts';

const users = service(CognitoIdentityProviderClient);
const identities = service(CognitoIdentityClient);
const IDENTITY = { class: 'identity', scope: 'region', pack: 'security' } as const;

interface ToldUserPool extends UserPoolDescriptionType {
  readonly pool?: UserPoolType | undefined;
}

const userPool = declare<ToldUserPool>({
  type: 'AWS::Cognito::UserPool',
  ...IDENTITY,
  ...users.pages({
    action: 'cognito-idp:ListUserPools',
    page: (NextToken) => new ListUserPoolsCommand({ NextToken, MaxResults: 60 }), // the most AWS takes
    read: ({ UserPools, NextToken }) => ({ records: UserPools, next: NextToken }),
  }),
  details: [
    users.detail({
      action: 'cognito-idp:DescribeUserPool',
      fills: ['net', 'security', 'tags'],
      call: ({ Id }) => new DescribeUserPoolCommand({ UserPoolId: Id }),
      read: ({ UserPool }) => ({ pool: UserPool }),
    }),
  ],
  asset({ Id = '', Name, CreationDate, pool }, at) {
    const triggers = Object.values(pool?.LambdaConfig ?? {}).filter((arn) => typeof arn === 'string');
    return {
      id: at.arn('cognito-idp', `userpool/${Id}`),
      nativeId: Id,
      name: Name,
      tags: pool?.UserPoolTags,
      createdAt: CreationDate,
      net: { dns: [pool?.Domain && `${pool.Domain}.auth.${at.region}.amazoncognito.com`, pool?.CustomDomain] },
      security: {
        mfa: pool?.MfaConfiguration,
        selfSignUp: pool && pool.AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true,
        threatProtection: pool?.UserPoolAddOns?.AdvancedSecurityMode,
        deletionProtection: pool?.DeletionProtection,
      },
      relationships: relations('routes_to', triggers),
    };
  },
});

type ToldIdentityPool = IdentityPoolShortDescription & { readonly pool?: IdentityPool };

const identityPool = declare<ToldIdentityPool>({
  type: 'AWS::Cognito::IdentityPool',
  ...IDENTITY,
  ...identities.pages({
    action: 'cognito-identity:ListIdentityPools',
    page: (NextToken) => new ListIdentityPoolsCommand({ NextToken, MaxResults: 60 }), // the most AWS takes
    read: ({ IdentityPools, NextToken }) => ({ records: IdentityPools, next: NextToken }),
  }),
  details: [
    identities.detail({
      action: 'cognito-identity:DescribeIdentityPool',
      fills: ['security', 'tags', 'relationships'],
      call: ({ IdentityPoolId }) => new DescribeIdentityPoolCommand({ IdentityPoolId }),
      read: (pool) => ({ pool }),
    }),
  ],
  asset: ({ IdentityPoolId = '', IdentityPoolName, pool }, at) => ({
    id: at.arn('cognito-identity', `identitypool/${IdentityPoolId}`),
    nativeId: IdentityPoolId,
    name: IdentityPoolName,
    tags: pool?.IdentityPoolTags,
    security: { unauthenticated: pool?.AllowUnauthenticatedIdentities, classicFlow: pool?.AllowClassicFlow },
    relationships: [
      ...relations('attached_to', pool?.OpenIdConnectProviderARNs),
      ...relations('attached_to', pool?.SamlProviderARNs),
      ...relations(
        'attached_to',
        pool?.CognitoIdentityProviders?.map(({ ProviderName }) => ProviderName?.split('/').at(-1)),
      ),
    ],
  }),
});

export const declarations: readonly Declaration[] = [userPool, identityPool];
