/**
 * CloudTrail events → ECS. Rows: [target, path(s), cast?] over the record as AWS writes it; `derived` is what source.ts made
 * of it. Free-form detail is copied whole into flat_object fields, fields that no row names into `aws.cloudtrail.other`.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
import type { Field } from '../../shared/transform/rows.ts';

const IDENTITY = 'userIdentity';
const SESSION = `${IDENTITY}.sessionContext`;
const ISSUER = `${SESSION}.sessionIssuer`;
const REQUEST = 'requestParameters';

const TLS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
const TLS_VERSIONS = Object.fromEntries(
  TLS.map((name) => [name, name === 'TLSv1' ? '1.0' : name.slice('TLSv'.length)]),
);
const TLS_PROTOCOLS = { ...Object.fromEntries(TLS.map((name) => [name, 'tls'])), SSLv2: 'ssl', SSLv3: 'ssl' };

export const FIELDS: readonly Field[] = [
  ['@timestamp', ['eventTime', 'timeWindow.windowStart'], 'instant'],
  ['ecs.version', [], { constant: '9.4.0' }],
  ['tags', [], 'own'],

  ['event.kind', [], 'kind'],
  ['event.category', [], 'category'],
  ['event.type', [], 'type'],
  ['event.outcome', [], 'outcome'],
  ['event.dataset', [], { constant: 'aws.cloudtrail' }],
  ['event.provider', ['eventSource', 'insightDetails.eventSource']],
  ['event.action', ['eventName', 'insightDetails.eventName']],
  ['event.code', 'insightDetails.insightType'],
  ['event.start', 'timeWindow.windowStart', 'instant'],
  ['event.end', 'timeWindow.windowEnd', 'instant'],
  ['event.id', ['eventID', 'eventId']],

  ['error.code', ['errorCode', 'insightDetails.errorCode']],
  ['error.message', 'errorMessage'],

  ['cloud.provider', [], { constant: 'aws' }],
  ['cloud.account.id', ['recipientAccountId', 'accountId', `${IDENTITY}.accountId`]],
  ['cloud.region', 'awsRegion'],
  ['cloud.service.name', 'derived.service'],

  ['source.address', 'sourceIPAddress'],
  ['source.ip', 'derived.ip', 'geo'],
  ['source.domain', 'derived.domain'],

  ['user.id', [`${IDENTITY}.principalId`, `${IDENTITY}.onBehalfOf.userId`]],
  ['user.name', 'derived.user'],
  ['user.effective.id', 'derived.effective.id'],
  ['user.effective.name', ['derived.effective.name', 'derived.root'], 'orRoot'],
  ['user.target.id', 'derived.target.id'],
  ['user.target.name', ['derived.target.name', 'derived.root'], 'orRoot'],
  ['user.changes.name', 'derived.changes.name'],
  ['group.id', 'derived.group.id'],
  ['group.name', 'derived.group'],
  ['user_agent.original', 'userAgent'],

  ['tls.version', 'tlsDetails.tlsVersion', { table: TLS_VERSIONS }],
  ['tls.version_protocol', 'tlsDetails.tlsVersion', { table: TLS_PROTOCOLS, strict: true }],
  ['tls.cipher', 'tlsDetails.cipherSuite'],
  ['tls.curve', 'tlsDetails.keyExchange'],
  ['tls.client.server_name', 'derived.server'],

  ['related.ip[]', 'derived.ip'],
  [
    'related.user[]',
    [
      'derived.user',
      'derived.session',
      `${ISSUER}.userName`,
      `${SESSION}.sourceIdentity`,
      'derived.effective.name',
      'derived.effective.session',
      'derived.target.name',
      'derived.changes.name',
    ],
  ],
  ['related.hosts[]', ['derived.domain', 'derived.server']],

  ['aws.cloudtrail.event_version', 'eventVersion'],
  ['aws.cloudtrail.event_type', 'eventType'],
  ['aws.cloudtrail.event_category', 'eventCategory'],
  ['aws.cloudtrail.api_version', 'apiVersion'],
  ['aws.cloudtrail.read_only', 'readOnly', 'boolean'],
  ['aws.cloudtrail.management_event', 'managementEvent', 'boolean'],
  ['aws.cloudtrail.request_id', 'requestID'],
  ['aws.cloudtrail.shared_event_id', 'sharedEventID'],
  ['aws.cloudtrail.recipient_account_id', 'recipientAccountId'],
  ['aws.cloudtrail.vpc_endpoint_id', 'vpcEndpointId'],
  ['aws.cloudtrail.vpc_endpoint_account_id', 'vpcEndpointAccountId'],
  ['aws.cloudtrail.session_credential_from_console', 'sessionCredentialFromConsole', 'boolean'],

  ['aws.cloudtrail.user_identity.type', `${IDENTITY}.type`],
  ['aws.cloudtrail.user_identity.arn', `${IDENTITY}.arn`],
  ['aws.cloudtrail.user_identity.account_id', `${IDENTITY}.accountId`],
  ['aws.cloudtrail.user_identity.access_key_id', `${IDENTITY}.accessKeyId`],
  ['aws.cloudtrail.user_identity.user_name', `${IDENTITY}.userName`],
  ['aws.cloudtrail.user_identity.session_name', 'derived.session'],
  ['aws.cloudtrail.user_identity.invoked_by', `${IDENTITY}.invokedBy`],
  ['aws.cloudtrail.user_identity.invoked_by_delegate.account_id', `${IDENTITY}.invokedByDelegate.accountId`],
  ['aws.cloudtrail.user_identity.identity_provider', `${IDENTITY}.identityProvider`],
  ['aws.cloudtrail.user_identity.credential_id', `${IDENTITY}.credentialId`],
  ['aws.cloudtrail.user_identity.on_behalf_of.user_id', `${IDENTITY}.onBehalfOf.userId`],
  ['aws.cloudtrail.user_identity.on_behalf_of.identity_store_arn', `${IDENTITY}.onBehalfOf.identityStoreArn`],
  ['aws.cloudtrail.user_identity.in_scope_of', `${IDENTITY}.inScopeOf`, 'flat'],
  ['aws.cloudtrail.user_identity.session_context.creation_date', `${SESSION}.attributes.creationDate`, 'instant'],
  [
    'aws.cloudtrail.user_identity.session_context.mfa_authenticated',
    `${SESSION}.attributes.mfaAuthenticated`,
    'boolean',
  ],
  ['aws.cloudtrail.user_identity.session_context.source_identity', `${SESSION}.sourceIdentity`],
  ['aws.cloudtrail.user_identity.session_context.assumed_root', `${SESSION}.assumedRoot`, 'boolean'],
  ['aws.cloudtrail.user_identity.session_context.ec2_role_delivery', `${SESSION}.ec2RoleDelivery`],
  ['aws.cloudtrail.user_identity.session_context.session_issuer.type', `${ISSUER}.type`],
  ['aws.cloudtrail.user_identity.session_context.session_issuer.principal_id', `${ISSUER}.principalId`],
  ['aws.cloudtrail.user_identity.session_context.session_issuer.arn', `${ISSUER}.arn`],
  ['aws.cloudtrail.user_identity.session_context.session_issuer.account_id', `${ISSUER}.accountId`],
  ['aws.cloudtrail.user_identity.session_context.session_issuer.user_name', `${ISSUER}.userName`],
  ['aws.cloudtrail.user_identity.session_context.web_id_federation_data', `${SESSION}.webIdFederationData`, 'flat'],

  // What people look for most, as keywords: the search bar's wildcards find nothing in a flat_object.
  ['aws.cloudtrail.request.bucket', `${REQUEST}.bucketName`],
  ['aws.cloudtrail.request.object', `${REQUEST}.key`],
  ['aws.cloudtrail.request.user', `${REQUEST}.userName`],
  ['aws.cloudtrail.request.role', [`${REQUEST}.roleName`, `${REQUEST}.roleArn`]],
  ['aws.cloudtrail.request.group', [`${REQUEST}.groupName`, `${REQUEST}.groupId`]],
  ['aws.cloudtrail.request.policy', [`${REQUEST}.policyArn`, `${REQUEST}.policyName`]],
  ['aws.cloudtrail.request.function', [`${REQUEST}.functionName`, `${REQUEST}.functionArn`]],
  ['aws.cloudtrail.request.key', [`${REQUEST}.keyId`, `${REQUEST}.keyName`]],
  ['aws.cloudtrail.request.secret', `${REQUEST}.secretId`],
  [
    'aws.cloudtrail.request.instance[]',
    [
      `${REQUEST}.instanceId`,
      `${REQUEST}.instancesSet.items[].instanceId`,
      'responseElements.instancesSet.items[].instanceId',
    ],
  ],

  // Of what the index keeps without searching it.
  ['aws.cloudtrail.response.console_login', 'responseElements.ConsoleLogin'],
  [
    'aws.cloudtrail.response.access_key_id',
    ['responseElements.accessKey.accessKeyId', 'responseElements.credentials.accessKeyId'],
  ],
  ['aws.cloudtrail.additional.mfa_used', 'additionalEventData.MFAUsed'],
  ['aws.cloudtrail.additional.mfa_identifier', 'additionalEventData.MFAIdentifier'],

  ['aws.cloudtrail.resources', 'resources', 'resources'],
  ['aws.cloudtrail.request_parameters', 'requestParameters', 'flat'],
  ['aws.cloudtrail.response_elements', 'responseElements', 'flat'],
  ['aws.cloudtrail.additional_event_data', 'additionalEventData', 'flat'],
  ['aws.cloudtrail.service_event_details', 'serviceEventDetails', 'flat'],
  ['aws.cloudtrail.insight_details', 'insightDetails', 'flat'],
  ['aws.cloudtrail.event_context', 'eventContext', 'flat'],
  ['aws.cloudtrail.time_window.size', 'timeWindow.windowSize'],
  ['aws.cloudtrail.summary', 'summary', 'flat'],
  ['aws.cloudtrail.addendum', 'addendum', 'flat'],
  ['aws.cloudtrail.edge_device_details', 'edgeDeviceDetails', 'flat'],
  ['aws.cloudtrail.other', [], 'others'],
  ['aws.cloudtrail.reshaped', [], 'reshaped'],
];

/** One element of `resources`. */
export const RESOURCE: readonly Field[] = [
  ['arn', 'ARN'],
  ['arn_prefix', 'ARNPrefix'],
  ['account_id', 'accountId'],
  ['type', 'type'],
];
