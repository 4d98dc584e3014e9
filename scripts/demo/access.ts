/** Users of the demo's OpenSearch with Bongsu's roles, and what each may do there, tried out. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Api, apiOf } from '../../functions/bootstrap/api.ts';
import { security } from '../../functions/bootstrap/roles.ts';
import { bootstrap } from '../../functions/bootstrap/steps.ts';
import { DeliveryError } from '../../shared/errors.ts';
import type { Login } from '../../shared/sink/opensearch/client.ts';
import type { Node as Started } from '../../test/rig/opensearch/opensearch.ts';

type Node = Pick<Started, 'url' | 'username' | 'password' | 'caFile'>;

const MASKED = 'user.name';
const passwords = new WeakMap<Node, string>();

const loggedIn = async ({ url, caFile }: Node, login: Login): Promise<Api> =>
  apiOf({ url, auth: { kind: 'basic', login: async () => login }, ca: await readFile(caFile, 'utf8') });

/** Puts roles and their users. Returns the login of the collectors. */
export async function people(node: Node): Promise<Login> {
  const api = await loggedIn(node, node);
  const password = `Aa1-${randomBytes(12).toString('hex')}`;
  passwords.set(node, password);
  const members = {
    Writers: ['collectors'],
    Readers: ['collectors'],
    Analysts: ['analysts'],
    Auditors: ['auditors'],
    MaskedFields: [MASKED],
  };
  await bootstrap(security(members), api);
  for (const name of ['collector', 'analyst', 'auditor']) {
    const path = `/_plugins/_security/api/internalusers/${name}`;
    await api({ method: 'PUT', path, body: { password, backend_roles: [`${name}s`] } });
  }
  return { username: 'collector', password };
}

const TRIES = [
  ['collector', 'searches flow logs', 'POST', '/aws-flowlogs-*/_search', false],
  ['collector', 'deletes an index', 'DELETE', '/aws-flowlogs-late', false],
  ['analyst', 'searches flow logs', 'POST', '/aws-flowlogs-*/_search', true],
  ['analyst', 'writes a document', 'PUT', '/aws-flowlogs-late/_doc/1', false],
  ['auditor', 'searches CloudTrail', 'POST', '/aws-cloudtrail-*/_search', true],
  ['auditor', 'searches flow logs', 'POST', '/aws-flowlogs-*/_search', false],
] as const;

/** A line for each try. Throws Error where somebody may do more or less than the role says. */
export async function access(node: Node): Promise<readonly string[]> {
  const password = passwords.get(node)!;
  const lines: string[] = [];
  for (const [username, what, method, path, mayDo] of TRIES) {
    const api = await loggedIn(node, { username, password });
    const status = await api({ method, path, ...(method !== 'DELETE' && { body: {} }) }).then(
      () => 200,
      (error) => (error instanceof DeliveryError ? error.fields.status : error),
    );
    if (status !== (mayDo ? 200 : 403)) throw new Error(`${username} ${what}: status ${status}`);
    lines.push(`${username.padEnd(10)} ${what.padEnd(20)} ${mayDo ? 'allowed' : 'refused'}`);
  }
  return [...lines, `analyst    ${`sees as ${MASKED}`.padEnd(20)} ${await masked(node, password)}`];
}

async function masked(node: Node, password: string): Promise<string> {
  const api = await loggedIn(node, { username: 'analyst', password });
  const body = { size: 1, query: { exists: { field: MASKED } } };
  const { hits } = (await api({ method: 'POST', path: '/aws-cloudtrail-*/_search', body })) as {
    hits: { hits: readonly { _source: { user: { name: string } } }[] };
  };
  const seen = hits.hits[0]?._source.user.name ?? 'nothing';
  if (!/^[0-9a-f]{64}$/.test(seen)) throw new Error(`an analyst sees ${MASKED} as ${seen}`);
  return seen;
}
