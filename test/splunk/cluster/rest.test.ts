/** What playbooks ask of running nodes: in which order, of whom, and that a second run asks for nothing. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Ansible, ansible, kit, secrets } from './ansible.ts';
import { type Answer, type Splunkd, splunkd } from './splunkd.ts';

const PLAYING_MS = 600_000;
const members = ['sh1', 'sh2', 'sh3'].map((name) => `${name}.splunk.internal`);
const nodes = [...members, 'cm1.splunk.internal'];

let tool: Ansible | undefined;
let certificates = '';
beforeAll(async () => {
  tool = await ansible((line) => console.info(line));
  if (tool === undefined) return; // said why
  certificates = join(tool.folder, 'certificates');
  const given = {
    splunk_certificates: certificates,
    certificates_nodes: nodes,
    ansible_python_interpreter: tool.python,
  };
  const made = ['bongsu.splunk.certificates', '-i', join(kit, 'inventory/example'), '-e', JSON.stringify(given)];
  expect(await tool.command('ansible-playbook', made)).toMatchObject({ isOk: true });
  await mkdir(join(tool.folder, 'node/etc/auth/bongsu'), { recursive: true });
  await copyFile(join(certificates, 'ca.pem'), join(tool.folder, 'node/etc/auth/bongsu/ca.pem'));
}, PLAYING_MS);
afterAll(() => tool?.stop());

/** Runs a playbook against nodes that answer so. Returns what they were asked, and what Ansible printed. */
async function play(
  playbook: string,
  answer: Answer,
  more: object = {},
): Promise<Splunkd['asked'] & { printed?: string }> {
  const nodes = await splunkd(certificates, answer);
  const given = {
    splunk_secrets_source: JSON.stringify(secrets),
    splunk_home: join(tool!.folder, 'node'),
    ansible_connection: 'local',
    ansible_python_interpreter: tool!.python,
    ...more,
  };
  tool!.environment.https_proxy = nodes.proxy;
  const args = [playbook, '-i', join(kit, 'inventory/example'), '-e', JSON.stringify(given)];
  const { printed } = await tool!.command('ansible-playbook', args).finally(() => nodes.stop());
  return Object.assign(nodes.asked, { printed });
}

/** A playbook of one part of the role of all nodes. */
async function part(hosts: string, tasks: string): Promise<string> {
  const path = join(tool!.folder, `${tasks}.yml`);
  const play = {
    name: 'Part',
    hosts,
    gather_facts: false,
    vars_files: [join(kit, 'ports.yml')],
    vars: { splunk_secrets: secrets },
    tasks: [{ name: 'Part', 'ansible.builtin.include_role': { name: 'bongsu.splunk.splunk', tasks_from: tasks } }],
  };
  await writeFile(path, JSON.stringify([play]));
  return path;
}

const posts = (asked: Splunkd['asked']): object[] =>
  asked.filter(({ method }) => method === 'POST').map(({ node, path, form }) => ({ node, path, form }));

test(
  'the first captain is elected once, by one member, when none is in a cluster',
  async () => {
    if (tool === undefined) return;
    const captain = await part('search_head', 'captain');
    const asked = await play(captain, () => ({ is_registered: false }));
    expect(
      asked
        .filter(({ method }) => method === 'GET')
        .map(({ node }) => node)
        .sort(),
    ).toEqual(members);
    expect(posts(asked)).toEqual([
      {
        node: 'sh3.splunk.internal',
        path: 'shcluster/member/consensus/foo/bootstrap',
        form: { servers_list: members.map((name) => `https://${name}:8089`).join(',') },
      },
    ]);
    const login = Buffer.from(`admin:${secrets.admin_password}`).toString('base64');
    expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set([`Basic ${login}`]));
    expect(asked.printed).not.toContain(secrets.admin_password);

    const again = await play(captain, ({ node }) => ({ is_registered: node.startsWith('sh1') }));
    expect(again).toHaveLength(3);
    expect(posts(again)).toEqual([]);
  },
  PLAYING_MS,
);

test(
  'a bundle is validated before it is applied, and one with a fault never is',
  async () => {
    if (tool === undefined) return;
    const apply = await part('cluster_manager', 'apply_cluster_bundle');
    const path = 'cluster/manager/control/default/';
    const valid = await play(apply, () => ({ last_validated_bundle: { is_valid_bundle: true } }));
    expect(posts(valid)).toEqual([
      { node: 'cm1.splunk.internal', path: `${path}validate_bundle`, form: { 'check-restart': 'true' } },
      { node: 'cm1.splunk.internal', path: `${path}apply`, form: { ignore_identical_bundle: 'true' } },
    ]);
    const faulty = await play(apply, () => ({ last_validated_bundle: { is_valid_bundle: false } }), {
      splunk_rest_retries: 1,
    });
    expect(posts(faulty)).toHaveLength(1);
    expect(faulty.printed).toMatch(/failed=1/);
  },
  PLAYING_MS,
);

test(
  'a captain hands over to a search head, and to nothing else',
  async () => {
    if (tool === undefined) return;
    const asked = await play('bongsu.splunk.transfer_captain', () => ({}), { splunk_captain: members[1] });
    expect(posts(asked)).toEqual([
      {
        node: 'sh1.splunk.internal',
        path: 'shcluster/member/consensus/foo/transfer_captaincy',
        form: { mgmt_uri: 'https://sh2.splunk.internal:8089' },
      },
    ]);
    const wrong = await play('bongsu.splunk.transfer_captain', () => ({}), { splunk_captain: 'idx1.splunk.internal' });
    expect(wrong).toHaveLength(0);
    expect(wrong.printed).toContain('Give -e splunk_captain=<name>, one of sh1.splunk.internal');
  },
  PLAYING_MS,
);

test(
  'the archive of the KV store is awaited',
  async () => {
    if (tool === undefined) return;
    const asked = await play('bongsu.splunk.backup_kvstore', () => ({ current: { backupRestoreStatus: 'Ready' } }));
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST kvstore/backup/create',
      'GET kvstore/status',
    ]);
    expect(asked[0].form.archiveName).toMatch(/^bongsu-\d{8}T\d{6}Z$/);
  },
  PLAYING_MS,
);
