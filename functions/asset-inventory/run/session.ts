/**
 * Enters a member account through its read-only role, with a session policy that allows only the actions of the unit at
 * work, whatever the role allows.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { ClientConfig, Credentials } from '../discovery/declaration.ts';

export interface Role {
  readonly name: string;
  readonly externalId: string | undefined;
}

/** CloudTrail shows this name on the inventory's own calls. */
export const SESSION_NAME = 'asset-inventory';
export const USER_AGENT = 'bongsu-asset-inventory';

const SPARE_MS = 5 * 60_000;
const MAX_POLICY = 2048; // characters, STS's limit

/**
 * Credentials of an account, requested when first needed and again before they expire.
 * `forceRefresh`: AWS says that they expired. The provider rejects with STS's error where the role can't be assumed.
 */
export function sessionIn(
  sts: Pick<STSClient, 'send'>,
  { partition, account, role, actions }: { partition: string; account: string; role: Role; actions: readonly string[] },
): ClientConfig['credentials'] {
  let entering: Promise<Credentials> | undefined;
  let until = 0;

  async function enter(): Promise<Credentials> {
    const command = new AssumeRoleCommand({
      RoleArn: `arn:${partition}:iam::${account}:role/${role.name}`,
      RoleSessionName: SESSION_NAME,
      ExternalId: role.externalId,
      Policy: policyFor(actions),
    });
    const given = (await sts.send(command)).Credentials;
    const expiration = given?.Expiration ?? new Date();
    until = expiration.getTime() - SPARE_MS;
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = given ?? {};
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration };
  }

  return ({ forceRefresh = false } = {}) => {
    if (entering === undefined || forceRefresh || until < Date.now()) {
      until = Number.POSITIVE_INFINITY;
      entering = enter();
      entering.catch(() => {
        entering = undefined; // the next call tries again
      });
    }
    return entering;
  };
}

/** Actions that read contents. Always denied, even where a wildcard would allow them. */
const CONTENTS = [
  's3:GetObject*',
  'ssm:GetParameter*',
  'secretsmanager:GetSecretValue',
  'kinesis:GetRecords',
  'ecr:GetDownloadUrlForLayer',
];

/** The session policy: the exact actions or, where they exceed the limit, wildcards by verb. */
export function policyFor(actions: readonly string[]): string {
  const exact = policy([...new Set(actions)].sort());
  if (exact.length <= MAX_POLICY) return exact;
  return policy([...new Set(actions.map(beginning))].sort());
}

const policy = (Action: readonly string[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action, Resource: '*' },
      { Effect: 'Deny', Action: CONTENTS, Resource: '*' },
    ],
  });

/** `ec2:Describe*` of `ec2:DescribeVpcs` */
const beginning = (action: string): string => action.replace(/:([A-Z][a-z]+).*/, ':$1*');
