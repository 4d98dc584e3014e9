/**
 * The naive way, to compare with: the whole object parsed at once, an object per document, JSON.stringify, one joined body
 * per 5 MiB. It makes the same documents as functions/cloudtrail from the records of cloudtrail.data.ts, which a test holds
 * it to.
 */
import { isIP } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { classify } from '../../functions/cloudtrail/events.ts';

// biome-ignore lint/suspicious/noExplicitAny: a record has any shape
type Any = any;

const text = (value: unknown) => (value === '' || value === null ? undefined : value);
const present = (values: readonly unknown[]) => {
  const found = [...new Set(values.filter((value) => value !== undefined && value !== null && value !== ''))];
  return found.length > 0 ? found : undefined;
};
const boolean = (value: unknown) => (value === undefined ? undefined : value === true || value === 'true');
/** Without objects that hold nothing. */
const some = (value: object) => (Object.values(value).some((inner) => inner !== undefined) ? value : undefined);
const instant = (value: string | undefined) =>
  value === undefined ? undefined : new Date(value).toISOString().replace('.000Z', 'Z');
const flat = (value: unknown) => (value === null || value === undefined ? undefined : value);

const instancesOf = (set: Any): (string | undefined)[] =>
  (set?.items ?? []).map(({ instanceId }: Any) => text(instanceId));

function identity(user: Any): { readonly name?: string; readonly session?: string } {
  const resource = user.arn?.split(':').slice(5).join(':').split('/');
  const issuer = user.sessionContext?.sessionIssuer?.userName;
  if (resource === undefined) return { name: user.userName ?? issuer ?? user.invokedBy };
  if (resource[0] === 'assumed-role') return { name: user.userName ?? resource[1], session: resource.at(-1) };
  return { name: user.userName ?? resource.at(-1) };
}

export function document(r: Any): object {
  const user = r.userIdentity ?? {};
  const session = user.sessionContext ?? {};
  const issuer = session.sessionIssuer ?? {};
  const insight = r.insightDetails ?? {};
  const request = r.requestParameters ?? {};
  const response = r.responseElements ?? {};
  const service = r.eventSource?.split('.')[0];
  const { name, session: sessionName } = identity(user);
  const address = r.sourceIPAddress;
  const ip = address !== undefined && isIP(address) !== 0 ? address : undefined;
  const domain = ip === undefined && address?.includes('.') && !address.includes(' ') ? address : undefined;
  const server = r.tlsDetails?.clientProvidedHostHeader?.split(':')[0];
  const isSts = service === 'sts';
  const isIam = service === 'iam';
  const role = isSts ? request.roleArn?.split('/').at(-1) : undefined;
  const { kind, categories, types } = classify({
    service: service ?? '',
    name: r.eventName ?? '',
    readOnly: String(r.readOnly ?? ''),
    category: r.eventCategory ?? '',
    type: r.eventType ?? '',
    state: insight.state ?? '',
    errorCode: r.errorCode ?? '',
  });
  const isFailure = r.errorCode ?? r.errorMessage ?? (response.ConsoleLogin === 'Failure' || undefined);
  const tls = /^TLSv(1(?:\.\d)?)$/.exec(r.tlsDetails?.tlsVersion ?? '');
  return {
    '@timestamp': instant(r.eventTime),
    ecs: { version: '9.4.0' },
    event: {
      kind,
      category: categories,
      type: types,
      outcome: r.insightDetails ? undefined : isFailure === undefined ? 'success' : 'failure',
      dataset: 'aws.cloudtrail',
      provider: r.eventSource ?? insight.eventSource,
      action: r.eventName ?? insight.eventName,
      code: insight.insightType,
      id: r.eventID,
    },
    error: some({ code: r.errorCode ?? insight.errorCode, message: r.errorMessage }),
    cloud: {
      provider: 'aws',
      account: some({ id: r.recipientAccountId ?? user.accountId }),
      region: r.awsRegion,
      service: some({ name: service }),
    },
    source: some({ address, ip, domain }),
    user: some({
      id: user.principalId ?? user.onBehalfOf?.userId,
      name,
      effective: some({ id: isSts ? response.assumedRoleUser?.assumedRoleId : undefined, name: role }),
      target: some({ id: isIam ? response.user?.userId : undefined, name: isIam ? request.userName : undefined }),
      changes: some({ name: isIam ? request.newUserName : undefined }),
    }),
    group: some({ name: isIam ? request.groupName : undefined }),
    user_agent: some({ original: r.userAgent }),
    tls: some({
      version: tls?.[1],
      version_protocol: tls ? 'tls' : undefined,
      cipher: r.tlsDetails?.cipherSuite,
      curve: r.tlsDetails?.keyExchange,
      client: some({ server_name: server }),
    }),
    related: some({
      ip: present([ip]),
      user: present([
        name,
        sessionName,
        issuer.userName,
        session.sourceIdentity,
        role,
        isSts ? request.roleSessionName : undefined,
        isIam ? request.userName : undefined,
        isIam ? request.newUserName : undefined,
      ]),
      hosts: present([domain, server]),
    }),
    aws: {
      cloudtrail: {
        event_version: r.eventVersion,
        event_type: r.eventType,
        event_category: r.eventCategory,
        api_version: r.apiVersion,
        read_only: boolean(r.readOnly),
        management_event: boolean(r.managementEvent),
        request_id: r.requestID,
        shared_event_id: r.sharedEventID,
        recipient_account_id: r.recipientAccountId,
        vpc_endpoint_id: r.vpcEndpointId,
        vpc_endpoint_account_id: r.vpcEndpointAccountId,
        session_credential_from_console: boolean(r.sessionCredentialFromConsole),
        user_identity: some({
          type: user.type,
          arn: user.arn,
          account_id: user.accountId,
          access_key_id: text(user.accessKeyId),
          user_name: user.userName,
          session_name: sessionName,
          invoked_by: user.invokedBy,
          identity_provider: user.identityProvider,
          credential_id: user.credentialId,
          on_behalf_of: some({
            user_id: user.onBehalfOf?.userId,
            identity_store_arn: user.onBehalfOf?.identityStoreArn,
          }),
          in_scope_of: flat(user.inScopeOf),
          session_context: some({
            creation_date: instant(session.attributes?.creationDate),
            mfa_authenticated: boolean(session.attributes?.mfaAuthenticated),
            source_identity: session.sourceIdentity,
            ec2_role_delivery: session.ec2RoleDelivery,
            session_issuer: some({
              type: issuer.type,
              principal_id: issuer.principalId,
              arn: issuer.arn,
              account_id: issuer.accountId,
              user_name: issuer.userName,
            }),
            web_id_federation_data: flat(session.webIdFederationData),
          }),
        }),
        resources: r.resources?.map(({ ARN, ARNPrefix, accountId, type }: Any) => ({
          arn: ARN,
          arn_prefix: ARNPrefix,
          account_id: accountId,
          type,
        })),
        request: some({
          bucket: text(request.bucketName),
          object: text(request.key),
          user: text(request.userName),
          role: text(request.roleName) ?? text(request.roleArn),
          group: text(request.groupName) ?? text(request.groupId),
          policy: text(request.policyArn) ?? text(request.policyName),
          function: text(request.functionName) ?? text(request.functionArn),
          key: text(request.keyId) ?? text(request.keyName),
          secret: text(request.secretId),
          instance: present([
            text(request.instanceId),
            ...instancesOf(request.instancesSet),
            ...instancesOf(response.instancesSet),
          ]),
        }),
        response: some({
          console_login: text(response.ConsoleLogin),
          access_key_id: text(response.accessKey?.accessKeyId) ?? text(response.credentials?.accessKeyId),
        }),
        additional: some({
          mfa_used: text(r.additionalEventData?.MFAUsed),
          mfa_identifier: text(r.additionalEventData?.MFAIdentifier),
        }),
        request_parameters: flat(r.requestParameters),
        response_elements: flat(r.responseElements),
        additional_event_data: flat(r.additionalEventData),
        service_event_details: flat(r.serviceEventDetails),
        insight_details: flat(r.insightDetails),
        event_context: flat(r.eventContext),
        addendum: flat(r.addendum),
        edge_device_details: flat(r.edgeDeviceDetails),
      },
    },
  };
}

/** Calls `send` with each body. Returns how many documents there were. */
export function naive(object: Buffer, send: (body: string) => void): number {
  const { Records } = JSON.parse(gunzipSync(object).toString());
  let body = '';
  for (const record of Records) {
    const day = record.eventTime.slice(0, 10).replaceAll('-', '.');
    const id = `${record.eventID}/${record.recipientAccountId}`;
    const action = { create: { _index: `aws-cloudtrail-${day}`, _id: id } };
    body += `${JSON.stringify(action)}\n${JSON.stringify(document(record))}\n`;
    if (body.length > 5 << 20) {
      send(body);
      body = '';
    }
  }
  send(body);
  return Records.length;
}
