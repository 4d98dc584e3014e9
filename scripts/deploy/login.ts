/**
 * How people get into a domain that the stack makes, and who may send requests to it.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
 */
import { readFile } from 'node:fs/promises';
import type { Node, Tree } from './compose.ts';
import type { Parameters } from './parameters.ts';
import { fault } from './sentences.ts';

/** Bytes: the template has 1 MB for everything. */
const MAX_METADATA = 200_000;

/** The identity provider's metadata from a file or an address; a sentence where it can't be had. */
export async function samlMetadata({
  opensearchLogin,
  opensearchSamlMetadata: from,
}: Parameters): Promise<{ readonly text: string; readonly faults: readonly string[] }> {
  if (opensearchLogin !== 'saml' || from === '') return { text: '', faults: [] };
  const refused = (expected: string) => ({ text: '', faults: [fault('opensearchSamlMetadata', expected, from)] });
  try {
    const text = from.startsWith('https:') ? await fetched(from) : await readFile(from, 'utf8');
    if (!/<(\w+:)?EntityDescriptor\b/.test(text)) return refused('XML with an EntityDescriptor');
    if (text.length > MAX_METADATA) return refused(`metadata of one identity provider, at most ${MAX_METADATA} bytes`);
    return { text, faults: [] };
  } catch (error) {
    return refused(`metadata that can be read (${(error as Error).message})`);
  }
}

async function fetched(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return await answer.text();
}

/** AdvancedSecurityOptions. The bootstrap is the master, unless that is a user with a password. */
export function securityOptions(parameters: Parameters, metadata: string): Tree {
  const { opensearchLogin: login, opensearchMasterSecretArn: secret } = parameters;
  const of = (name: string) => `{{resolve:secretsmanager:${secret}:SecretString:${name}}}`;
  return {
    Enabled: true,
    InternalUserDatabaseEnabled: login === 'internal',
    MasterUserOptions:
      login === 'internal'
        ? { MasterUserName: of('username'), MasterUserPassword: of('password') }
        : { MasterUserARN: { 'Fn::GetAtt': ['BootstrapRole', 'Arn'] } },
    ...(login === 'saml' && { SAMLOptions: samlOptions(parameters, metadata) }),
  };
}

const samlOptions = (parameters: Parameters, metadata: string): Tree => ({
  Enabled: true,
  Idp: { EntityId: parameters.opensearchSamlEntityId, MetadataContent: metadata },
  MasterBackendRole: parameters.opensearchSamlAdminGroup,
  RolesKey: parameters.opensearchSamlRolesKey,
  ...(parameters.opensearchSamlSubjectKey !== '' && { SubjectKey: parameters.opensearchSamlSubjectKey }),
  SessionTimeoutMinutes: parameters.opensearchSamlMinutes,
});

/** IAM roles among members, which sign their requests. */
const rolesIn = (members: readonly string[]): readonly string[] => members.filter((each) => each.startsWith('arn:'));

/**
 * Principals of people. With SAML or passwords requests of a browser are not signed: the domain has to admit everybody, and
 * fine-grained access control decides.
 */
export function people(parameters: Parameters): Node {
  const { opensearchLogin, opensearchAdminArns, opensearchAnalysts, opensearchAuditors, opensearchManagers } =
    parameters;
  if (opensearchLogin !== 'cognito') return { AWS: '*' };
  const teams = parameters.opensearchTeams.flatMap((team) => team.members);
  const all = [opensearchAdminArns, opensearchAnalysts, opensearchAuditors, opensearchManagers, teams].flatMap(rolesIn);
  return { AWS: [{ 'Fn::GetAtt': ['BootstrapRole', 'Arn'] }, ...new Set(all)] };
}
