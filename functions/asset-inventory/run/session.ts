/**
 * How a member account is entered: by its read-only role, under a name of its own, with no more rights than the unit at
 * work asks for, whatever the role may.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { ClientConfig, Credentials } from '../discovery/declaration.ts';

export interface Role {
  readonly name: string;
  readonly externalId: string | undefined;
}

/** By which CloudTrail tells the inventory's own calls from all others. */
export const SESSION_NAME = 'asset-inventory';
export const USER_AGENT = 'bongsu-asset-inventory';

const SPARE_MS = 5 * 60_000;
const MAX_POLICY = 2048; // characters; AWS takes no more

/**
 * Credentials of an account, made when they are asked for and again before they end.
 * The provider rejects with STS's error where the account can't be entered.
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

  return () => {
    if (entering === undefined || until < Date.now()) {
      until = Number.POSITIVE_INFINITY;
      entering = enter();
      entering.catch(() => {
        entering = undefined; // the next one tries again
      });
    }
    return entering;
  };
}

/** Reads that show contents and not what there is: never, even where the beginning of their name is allowed. */
const CONTENTS = [
  's3:GetObject*',
  'ssm:GetParameter*',
  'secretsmanager:GetSecretValue',
  'kinesis:GetRecords',
  'ecr:GetDownloadUrlForLayer',
];

/** The session's policy: these actions or, where they don't fit, what begins like them. */
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
