/**
 * What ECS calls an event, by its name and the service it was asked of: data.
 * https://www.elastic.co/docs/reference/ecs/ecs-allowed-values-event-category
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */

/** `categories` come beside `api`. */
export interface Kind {
  readonly categories: readonly string[];
  readonly types: readonly string[];
}

const kind = (categories: string, types: string): Kind => {
  const words = (text: string) => text.split(' ').filter((word) => word !== '');
  return { categories: words(categories), types: words(types) };
};

const LOGIN = kind('authentication', 'start');
const IDENTITY_CHANGE = kind('iam', 'change user');
const LOGOUT = kind('authentication', 'end');
const SESSION_START = kind('session', 'start');
const SESSION_END = kind('session', 'end');
const EXECUTION = kind('process', 'start');
const DATA = kind('', 'access');
const FILE_READ = kind('file', 'access');
const FILE_CREATION = kind('file', 'creation');
const FILE_CHANGE = kind('file', 'change');
const FILE_DELETION = kind('file', 'deletion');

const named = (what: Kind, names: string): [string, Kind][] => names.split(' ').map((name) => [name, what]);

/** Events that their name alone identifies or, with the first label of the service, by both. */
export const EVENTS: ReadonlyMap<string, Kind> = new Map([
  ...named(
    LOGIN,
    'ConsoleLogin CheckMfa SwitchRole RenewRole GetSessionToken GetFederationToken GetSigninToken UserAuthentication CredentialChallenge CredentialVerification Federate FederateUser InitiateAuth AdminInitiateAuth RespondToAuthChallenge AdminRespondToAuthChallenge sso.GetRoleCredentials sso.CreateToken sso.Authenticate rolesanywhere.CreateSession',
  ),
  ...named(
    IDENTITY_CHANGE,
    'signin.PasswordUpdated signin.PasswordRecoveryRequested signin.PasswordRecoveryCompleted signin.EmailUpdated signin.MfaDeviceUpdated',
  ),
  ...named(LOGOUT, 'ExitRole sso.Logout signin.Logout'),
  ...named(SESSION_START, 'ssm.StartSession ssm.ResumeSession ssm-guiconnect.GetConnection'),
  ...named(SESSION_END, 'ssm.TerminateSession'),
  ...named(
    EXECUTION,
    'lambda.Invoke lambda.InvokeAsync lambda.InvokeExecution ssm.SendCommand ecs.ExecuteCommand states.StartExecution',
  ),
  ...named(
    DATA,
    'secretsmanager.GetSecretValue secretsmanager.BatchGetSecretValue ssm.GetParameter ssm.GetParameters ssm.GetParametersByPath ssm.GetParameterHistory kms.Decrypt kms.Encrypt kms.ReEncrypt kms.GenerateDataKey kms.GenerateDataKeyPair kms.GenerateDataKeyWithoutPlaintext kms.GenerateDataKeyPairWithoutPlaintext kms.GenerateMac kms.VerifyMac kms.Sign kms.Verify kms.DeriveSharedSecret ec2.GetPasswordData ec2.GetConsoleOutput ec2.GetConsoleScreenshot',
  ),
  ...named(
    FILE_READ,
    's3.GetObject s3.HeadObject s3.GetObjectAcl s3.GetObjectTagging s3.GetObjectAttributes s3.GetObjectTorrent s3.GetObjectRetention s3.GetObjectLegalHold s3.SelectObjectContent s3.ListParts',
  ),
  ...named(
    FILE_CREATION,
    's3.PutObject s3.CopyObject s3.PostObject s3.CompleteMultipartUpload s3.CreateMultipartUpload s3.UploadPart s3.UploadPartCopy s3.WriteGetObjectResponse',
  ),
  ...named(
    FILE_CHANGE,
    's3.PutObjectAcl s3.PutObjectTagging s3.PutObjectRetention s3.PutObjectLegalHold s3.RestoreObject s3.DeleteObjectTagging s3.RenameObject',
  ),
  ...named(FILE_DELETION, 's3.DeleteObject s3.DeleteObjects s3.AbortMultipartUpload'),
  ['ec2.RunInstances', kind('host', 'creation start')],
  ['ec2.StartInstances', kind('host', 'start')],
  ['ec2.RebootInstances', kind('host', 'change')],
  ['ec2.StopInstances', kind('host', 'end')],
  ['ec2.TerminateInstances', kind('host', 'deletion end')],
]);

/** Names that begin so, before VERBS. */
export const PREFIXES: readonly (readonly [prefix: string, kind: Kind])[] = [
  ['AssumeRole', LOGIN],
  ['AssumeRoot', LOGIN],
];

export type Deed = 'info' | 'creation' | 'deletion' | 'change';

const begins = (deed: Deed, verbs: string): [string, Deed][] => verbs.split(' ').map((verb) => [verb, deed]);

/** The verb that a name begins with says what is done; `readOnly` says it for others. */
export const VERBS: ReadonlyMap<string, Deed> = new Map([
  ...begins(
    'info',
    'Get List Describe Lookup Search Query Scan Head Check Validate View Select Preview Estimate Simulate Discover Filter Count Test Read',
  ),
  ...begins('creation', 'Create Run Register Allocate Import Copy Issue Request Upload Provision Clone'),
  ...begins('deletion', 'Delete Terminate Deregister Release Purge Destroy'),
  ...begins(
    'change',
    'Put Update Modify Attach Detach Associate Disassociate Add Remove Set Enable Disable Activate Deactivate Start Stop Reboot Authorize Revoke Tag Untag Change Reset Restore Replace Apply Accept Reject Assign Unassign Cancel Rotate Schedule Move Merge Upgrade Invite Leave Grant Retire Configure Promote Failover Deploy Publish Send',
  ),
]);

/** Services by what they keep: their events are of that category too. */
export const SERVICES: ReadonlyMap<string, string> = new Map([
  ['iam', 'iam'],
  ['sso', 'iam'],
  ['sso-directory', 'iam'],
  ['identitystore', 'iam'],
  ['cognito-idp', 'iam'],
  ['cognito-identity', 'iam'],
  ['rds', 'database'],
  ['rds-data', 'database'],
  ['dynamodb', 'database'],
  ['redshift', 'database'],
  ['redshift-data', 'database'],
  ['redshift-serverless', 'database'],
  ['elasticache', 'database'],
  ['docdb-elastic', 'database'],
  ['timestream', 'database'],
]);

/** In iam: whom a name is about; anything else is an administrator's. */
export const SUBJECTS: readonly (readonly [part: RegExp, type: string])[] = [
  [/User|LoginProfile|AccessKey|MFADevice|SSHPublicKey|SigningCertificate|ServiceSpecificCredential|Password/, 'user'],
  [/Group/, 'group'],
];

/** Error codes that say that it was not allowed. */
export const DENIALS = /AccessDenied|Unauthorized|NotAuthorized|Forbidden|ExplicitDeny/i;

/** What decides how an event is classified. Texts are empty where the record has none. */
export interface Event {
  /** First label of `eventSource`: `s3`. */
  readonly service: string;
  readonly name: string;
  readonly readOnly: string;
  readonly category: string;
  readonly type: string;
  /** Of an Insight event: `Start` or `End`. */
  readonly state: string;
  readonly errorCode: string;
}

/** ECS's event.kind, event.category and event.type. */
export function classify(event: Event): Kind & { readonly kind: string } {
  if (event.category === 'Insight') {
    return { kind: 'alert', categories: ['api'], types: ['info', ...(STATES[event.state] ?? [])] };
  }
  const { categories, types } = kindOf(event);
  if (event.type === 'AwsConsoleSignIn')
    return { kind: 'event', categories: categories.length > 0 ? categories : ['authentication'], types };
  const isNetwork = event.category === 'NetworkActivity';
  const verdict = DENIALS.test(event.errorCode) ? ['denied'] : isNetwork ? ['allowed'] : [];
  return {
    kind: 'event',
    categories: ['api', ...(isNetwork ? ['network'] : []), ...categories],
    types: [...types, ...verdict],
  };
}

const STATES: Readonly<Record<string, readonly string[]>> = { Start: ['start'], End: ['end'] };

function kindOf(event: Event): Kind {
  const { service, name } = event;
  if (name === '') return { categories: [], types: ['info'] }; // nobody knows what it was
  const known =
    EVENTS.get(`${service}.${name}`) ??
    EVENTS.get(name) ??
    PREFIXES.find(([prefix]) => name.startsWith(prefix))?.[1] ??
    (event.type === 'AwsConsoleSignIn' ? LOGIN : undefined);
  if (known !== undefined) return known;
  const deed = deedOf(event);
  const type = deed === 'info' && event.category === 'Data' ? 'access' : deed;
  const category = SERVICES.get(service) ?? (deed === 'info' ? undefined : 'configuration');
  if (category === undefined) return { categories: [], types: [type] };
  return { categories: [category], types: category === 'iam' ? [type, ...subjectsOf(name)] : [type] };
}

function deedOf({ name, readOnly }: Event): Deed {
  const [, verb = ''] = /^(?:Batch|Admin)?([A-Z][a-z]+)/.exec(name) ?? [];
  return VERBS.get(verb) ?? (readOnly === 'true' ? 'info' : 'change');
}

function subjectsOf(name: string): readonly string[] {
  const subjects = SUBJECTS.filter(([part]) => part.test(name)).map(([, type]) => type);
  return subjects.length > 0 ? subjects : ['admin'];
}
