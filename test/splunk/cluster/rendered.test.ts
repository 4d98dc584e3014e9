/** The roles, run for a cluster of three indexers, three search heads and one node of each other kind. */
import { execFile } from 'node:child_process';
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { root } from '../../rig/cache.ts';
import { type Ansible, ansible, here, kit, secrets } from './ansible.ts';

const RENDERING_MS = 600_000;
const inventory = load(readFileSync(join(kit, 'inventory/example/hosts.yml'), 'utf8')) as Record<
  string,
  { readonly hosts: Readonly<Record<string, unknown>> }
>;
const hosts = Object.values(inventory).flatMap((group) => Object.keys(group.hosts));
const oneOfEachKind = Object.values(inventory).map((group) => Object.keys(group.hosts)[0]);

let tool: Ansible | undefined;
let first = '';
beforeAll(async () => {
  tool = await ansible((line) => console.info(line));
  if (tool === undefined) return; // said why
  first = await play('multisite', []);
}, RENDERING_MS);
afterAll(() => tool?.stop());

/** Runs site.yml for a folder of its own. Returns what Ansible printed. */
async function play(
  to: string,
  args: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const variables = await here(tool!, to, hosts, more);
  const { printed, isOk } = await tool!.command('ansible-playbook', ['bongsu.splunk.site', ...variables, ...args]);
  return isOk ? printed : `failed: ${printed}`;
}

/** All files of a node, with their modes, as one text. */
function tree(to: string, host: string): string {
  const folder = join(tool!.folder, to, host);
  return globSync('**', { cwd: folder, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .sort()
    .map((path) => {
      const mode = (statSync(path).mode & 0o777).toString(8);
      return `==> ${path.slice(folder.length + 1)} (${mode})\n${readFileSync(path, 'utf8').replace(/\n?$/, '\n')}\n`;
    })
    .join('');
}

function expectGolden(name: string, text: string): void {
  const path = join(root, 'test/golden/splunk/cluster', `${name}.txt`);
  if (process.env.GOLDEN === 'write') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}

/** `host → changed` of Ansible's recap. */
const changes = (printed: string): Record<string, number> =>
  Object.fromEntries(
    [...printed.matchAll(/^(\S+)\s+: ok=\d+\s+changed=(\d+)/gm)].map(([, host, n]) => [host, Number(n)]),
  );

test('the inventory has three indexers, three search heads and a node of each other kind', () => {
  expect(
    Object.fromEntries(Object.entries(inventory).map(([kind, group]) => [kind, Object.keys(group.hosts).length])),
  ).toEqual({
    license_manager: 1,
    cluster_manager: 1,
    indexer: 3,
    deployer: 1,
    search_head: 3,
    deployment_server: 1,
    forwarder: 1,
  });
});

describe('three sites', () => {
  test.each(hosts)('%s is as expected', (host) => {
    if (tool === undefined) return;
    expect(first).not.toContain('failed: ');
    expectGolden(host.split('.')[0], tree('multisite', host));
  });

  test(
    'a second run would change nothing',
    async () => {
      if (tool === undefined) return;
      expect(Object.values(changes(first)).every((count) => count > 0)).toBe(true);
      const again = await play('multisite', ['--check', '--limit', oneOfEachKind.join(',')]);
      expect(changes(again)).toEqual(Object.fromEntries(oneOfEachKind.map((host) => [host, 0])));
    },
    RENDERING_MS,
  );

  test(
    'a change shows in the check, and writes nothing',
    async () => {
      if (tool === undefined) return;
      const before = tree('multisite', 'cm1.splunk.internal');
      const diff = await play('multisite', ['--check', '--diff', '--limit', 'cm1.splunk.internal'], {
        splunk_site_replication_factor: 'origin:2,total:4',
        splunk_site_search_factor: 'origin:2,total:4',
      });
      expect(diff).toContain('-site_replication_factor = origin:1,total:3\n');
      expect(diff).toContain('+site_replication_factor = origin:2,total:4\n');
      expect(changes(diff)).toEqual({ 'cm1.splunk.internal': 1 });
      expect(tree('multisite', 'cm1.splunk.internal')).toBe(before);
    },
    RENDERING_MS,
  );

  test('Splunk’s own encryption opens every passphrase, by another implementation of it', async () => {
    if (tool === undefined) return;
    const script = [
      'import json, sys, splunksecrets',
      'print(json.dumps([splunksecrets.decrypt(key.encode(), text) for key, text in json.load(sys.stdin)]))',
    ].join('\n');
    const found = hosts.flatMap((host) =>
      [...tree('multisite', host).matchAll(/pass4SymmKey = (\S+)/g)].map(([, text]) => [secrets.splunk_secret, text]),
    );
    // The deployment server holds, for forwarders, what only their splunk.secret opens.
    const ofForwarders = /deployment-apps[^=]*outputs[\s\S]*?pass4SymmKey = (\S+)/.exec(
      tree('multisite', 'ds1.splunk.internal'),
    )![1];
    const asked = found.map(([key, text]) =>
      text === ofForwarders ? [secrets.forwarder_splunk_secret, text] : [key, text],
    );
    const run = promisify(execFile)(tool.python, ['-c', script], { env: tool.environment });
    run.child.stdin!.end(JSON.stringify(asked));
    const opened = new Set(JSON.parse((await run).stdout));
    expect(opened).toEqual(new Set(Object.values(secrets.pass4symmkey)));
  });

  test('a forwarder has neither a passphrase nor an account', () => {
    if (tool === undefined) return;
    const forwarder = tree('multisite', 'fwd1.splunk.internal');
    expect(forwarder).toContain(secrets.forwarder_splunk_secret);
    expect(forwarder).not.toMatch(/pass4SymmKey|HASHED_PASSWORD/);
    for (const host of hosts.filter((name) => !name.startsWith('fwd')))
      expect([host, tree('multisite', host).includes(secrets.forwarder_splunk_secret)]).toEqual([host, false]);
  });

  test('no passphrase and no password lies on a node in the clear', () => {
    if (tool === undefined) return;
    for (const host of hosts)
      for (const plain of [...Object.values(secrets.pass4symmkey), secrets.admin_password])
        expect([host, tree('multisite', host).includes(plain)]).toEqual([host, false]);
  });

  test('Ansible prints no secret', () => {
    if (tool === undefined) return;
    for (const secret of [...Object.values(secrets.pass4symmkey), secrets.splunk_secret, 'token of all', '$6$salt'])
      expect(first).not.toContain(secret);
  });

  test('the checker finds nothing in what was rendered', async () => {
    if (tool === undefined) return;
    const check = promisify(execFile)(tool.python, [join(kit, 'check.py'), join(tool.folder, 'multisite')], {
      env: tool.environment,
    });
    expect((await check).stdout).toMatch(/^56 files, 0 faults\n$/);
  });
});

test(
  'one site, no SmartStore, no single sign-on',
  async () => {
    if (tool === undefined) return;
    const limit = ['cm1', 'idx1', 'sh1', 'dep1'].map((name) => `${name}.splunk.internal`);
    const printed = await play('single', ['--limit', limit.join(',')], {
      splunk_multisite: false,
      splunk_smartstore_bucket: '',
      splunk_saml_entity_id: '',
      splunk_hec_ack: false,
    });
    expect(printed).not.toContain('failed: ');
    expectGolden('single', limit.map((host) => `##### ${host}\n${tree('single', host)}`).join(''));
  },
  RENDERING_MS,
);

test(
  'a weak secret, a missing site and a factor that SmartStore can’t hold stop the play, without naming a value',
  async () => {
    if (tool === undefined) return;
    const weak = { ...secrets, pass4symmkey: { ...secrets.pass4symmkey, discovery: 'tooshort' }, hec_tokens: {} };
    const only = ['--limit', 'cm1.splunk.internal'];
    const short = await play('weak', only, { splunk_secrets_source: JSON.stringify(weak) });
    expect(short).toContain('secret pass4symmkey.discovery needs at least 12 characters');
    expect(short).not.toContain('tooshort');
    const factor = await play('weak', only, { splunk_site_search_factor: 'origin:1,total:2' });
    expect(factor).toContain('SmartStore needs a search factor that equals the replication factor.');
    const site = await play('weak', ['--limit', 'idx1.splunk.internal'], { splunk_site: 'site9' });
    expect(site).toContain('idx1.splunk.internal needs a splunk_site, one of site1, site2, site3.');
    expect(globSync('**', { cwd: join(tool.folder, 'weak') })).toEqual([]);
  },
  RENDERING_MS,
);
