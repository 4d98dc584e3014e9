/** Parameters of a domain that the stack makes: its nodes, its address, and how people get in. What they mean: docs/reference/parameters.md. */
import { arn, listOf, matching, oneOf, type Parameter, text, wholeNumber } from './kinds.ts';

const instance = matching(
  'an instance type of OpenSearch Service, such as r7g.large.search',
  /^[a-z0-9]+\.[a-z0-9]+\.search$/,
);
const secret = arn('secretsmanager', 'secret:.+-[A-Za-z0-9]{6}', 'the whole ARN of a secret {"username","password"}');
const field = matching('a field', /^[a-z_@][\w.@-]*$/i);
/** An IAM role by its ARN, or a group as the identity provider names it. */
const members = listOf(
  'a list of ARNs of IAM roles and names of SAML groups',
  matching('a member', /^[\w+=,.@:/ -]{1,512}$/),
);

export interface Team {
  readonly name: string;
  readonly accounts: readonly string[];
  readonly members: readonly string[];
}

const isTexts = (value: unknown, pattern: RegExp): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((each) => pattern.test(text(each)));

/** As YAML or as JSON text. */
const teams: Parameter<readonly Team[]> = {
  expected: 'a list of teams, each {"name":"shop","accounts":["111111111111"],"members":["<role or group>"]}',
  fallback: [],
  parse: (given) => {
    try {
      const value: unknown = typeof given === 'string' ? JSON.parse(given) : given;
      return Array.isArray(value) && value.every(isTeam) ? value.map(plain) : undefined;
    } catch {
      return undefined; // refused like any other value that is not a list
    }
  },
};

function isTeam(value: unknown): value is Team {
  const { name, accounts, members, ...others } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isNamed = typeof name === 'string' && /^[a-z0-9_]{1,40}$/.test(name);
  return isNamed && isTexts(accounts, /^\d{12}$/) && isTexts(members, /./) && Object.keys(others).length === 0;
}

const plain = ({ name, accounts, members }: Team): Team => ({ name, accounts: accounts.map(text), members });

export const domainParameters = {
  opensearchSize: oneOf(['development', 'production'], 'development'),
  opensearchVersion: oneOf(['3.5', '3.3', '3.1', '2.19'], '3.3'),
  opensearchInstanceType: instance,
  opensearchInstanceCount: wholeNumber(1, 80, 'data nodes', 0),
  opensearchVolumeGib: wholeNumber(10, 24576, 'GiB', 0),
  opensearchIops: wholeNumber(3000, 64000, 'operations per second', 0),
  opensearchThroughput: wholeNumber(125, 4000, 'MiB/s', 0),
  opensearchMasterType: instance,
  opensearchMasterCount: matching('0, 3 or 5 dedicated masters', /^[035]$/),
  opensearchWarmType: matching(
    'ultrawarm1.medium.search or ultrawarm1.large.search',
    /^ultrawarm1\.(medium|large)\.search$/,
  ),
  opensearchWarmCount: matching('a number of UltraWarm nodes, 0 or 2 to 150', /^(0|[2-9]|[1-9]\d|1[0-4]\d|150)$/),
  opensearchCold: oneOf(['on', 'off'], ''),
  opensearchStandby: oneOf(['on', 'off'], 'off'),
  opensearchOffPeakHour: wholeNumber(0, 23, 'o’clock in UTC', 15),
  opensearchMaxClauses: wholeNumber(1024, 65536, 'clauses', 1024),
  opensearchFielddataPercent: wholeNumber(1, 100, 'percent', 20),
  opensearchHost: matching('a host name, such as search.example.com', /^[a-z0-9-]+(\.[a-z0-9-]+)+$/),
  opensearchCertificateArn: arn('acm', 'certificate/[\\w-]+', 'the ARN of a certificate in ACM'),
  opensearchKeyArn: arn('kms', 'key/[\\w-]+', 'the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>'),

  opensearchLogin: oneOf(['saml', 'cognito', 'internal'], ''),
  opensearchSamlMetadata: matching(
    'the path or the https address of the metadata of the identity provider',
    /^(https:\/\/)?\S+$/,
  ),
  opensearchSamlEntityId: matching('the entity id of the identity provider', /^\S{8,512}$/),
  opensearchSamlAdminGroup: matching('the group whose members may do everything', /^[\w+=,.@:/ -]{1,512}$/),
  opensearchSamlRolesKey: matching('the attribute that has the groups', /^\S+$/, 'Role'),
  opensearchSamlSubjectKey: matching('the attribute that has the name', /^\S+$/),
  opensearchSamlMinutes: wholeNumber(1, 1440, 'minutes', 60),
  opensearchUserPoolId: matching('create or the id of a user pool', /^(create|[a-z0-9-]+_[A-Za-z0-9]+)$/, 'create'),
  opensearchIdentityPoolId: matching('the id of an identity pool', /^[a-z0-9-]+:[0-9a-f-]{36}$/),
  opensearchMasterSecretArn: secret,

  opensearchAnalysts: members,
  opensearchAuditors: members,
  opensearchManagers: members,
  opensearchTeams: teams,
  opensearchMaskedFields: listOf('a list of fields', field),
  opensearchHiddenFields: listOf('a list of fields', field),
};
