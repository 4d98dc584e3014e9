/** The words of resources/domain.yml. In: parameters, and the metadata of a SAML identity provider. */
import { clusterConfig, clusterOf, disks } from './cluster.ts';
import type { Tree, Words } from './compose.ts';
import { people, securityOptions } from './login.ts';
import type { Parameters } from './parameters.ts';

/** What the service does with the pools. https://docs.aws.amazon.com/opensearch-service/latest/developerguide/cognito-auth.html */
const POOL_ACTIONS = {
  cognitoUserPoolActions: [
    'DescribeUserPool',
    'CreateUserPoolClient',
    'DeleteUserPoolClient',
    'UpdateUserPoolClient',
    'DescribeUserPoolClient',
    'AdminInitiateAuth',
    'AdminUserGlobalSignOut',
    'ListUserPoolClients',
  ].map((action) => `cognito-idp:${action}`),
  cognitoIdentityPoolActions: [
    'DescribeIdentityPool',
    'UpdateIdentityPool',
    'SetIdentityPoolRoles',
    'GetIdentityPoolRoles',
  ].map((action) => `cognito-identity:${action}`),
};

export function domain(parameters: Parameters, metadata: string): Words {
  const cluster = clusterOf(parameters);
  return {
    cluster: clusterConfig(cluster),
    domainDisks: disks(cluster, parameters),
    domainEndpoint: endpointOf(parameters),
    domainKey: parameters.opensearchKeyArn || { Ref: 'Key' },
    domainSecurity: securityOptions(parameters, metadata),
    domainPeople: people(parameters),
    domainOptions: {
      'indices.query.bool.max_clause_count': String(parameters.opensearchMaxClauses),
      'indices.fielddata.cache.size': String(parameters.opensearchFielddataPercent),
      'rest.action.multi.allow_explicit_index': 'true', // _bulk names the index of each document
      override_main_response_version: 'false',
    },
    ...POOL_ACTIONS,
  };
}

function endpointOf({ opensearchHost, opensearchCertificateArn }: Parameters): Tree {
  const own = {
    CustomEndpointEnabled: true,
    CustomEndpoint: opensearchHost,
    CustomEndpointCertificateArn: opensearchCertificateArn,
  };
  return {
    EnforceHTTPS: true,
    TLSSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10',
    ...(opensearchHost !== '' && own),
  };
}
