/** Ansible with the collection of `splunk/cluster`, in the Python of the local AWS. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../rig/cache.ts';
import { type Progress, type Python, python } from '../../rig/python.ts';
import { library } from '../pip.ts';

export const kit = join(root, 'splunk/cluster');
const requirements = join(import.meta.dirname, 'requirements.txt');

export interface Ansible {
  /** A folder of this run: `certificates/` is in it. */
  readonly folder: string;
  /** The interpreter that finds Ansible and splunksecrets. */
  readonly python: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Runs a command of Ansible; what it prints, and whether it succeeded. */
  command(
    name: string,
    args: readonly string[],
    cwd?: string,
  ): Promise<{ readonly printed: string; readonly isOk: boolean }>;
  stop(): Promise<void>;
}

/** Undefined, with the reason as a progress line, where this machine lacks a Python. Throws where that is not to be: CI=true. */
export async function pythonOf(progress: Progress): Promise<Python | undefined> {
  let reason = '';
  const found = await python((line) => {
    reason = line;
    progress(line);
  });
  if (found === undefined && process.env.CI === 'true') throw new Error(`the cluster kit can't be tested: ${reason}`);
  return found;
}

/** Undefined or thrown as above. */
export async function ansible(progress: Progress): Promise<Ansible | undefined> {
  if ((await pythonOf(progress)) === undefined) return undefined;
  const found = await library('ansible', requirements, false, progress);
  if (found === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'bongsu-ansible-'));
  const collections = join(folder, 'collections');
  await mkdir(join(collections, 'ansible_collections/bongsu'), { recursive: true });
  await symlink(kit, join(collections, 'ansible_collections/bongsu/splunk'));
  const environment = {
    ...process.env,
    PATH: `${join(found.folder, 'bin')}:${process.env.PATH}`,
    PYTHONPATH: found.folder,
    PYTHONDONTWRITEBYTECODE: '1',
    ANSIBLE_COLLECTIONS_PATH: collections,
    ANSIBLE_HOME: join(folder, 'home'),
    ANSIBLE_FORKS: '4',
    ANSIBLE_PIPELINING: '1',
    ANSIBLE_NOCOLOR: '1',
    NO_COLOR: '1',
    LC_ALL: 'C.UTF-8',
  };
  return {
    folder,
    python: found.python,
    environment,
    // The scripts in bin/ name the interpreter of the virtual environment that installed them.
    command: (name, args, cwd = kit) =>
      promisify(execFile)(found.python, [join(found.folder, 'bin', name), ...args], {
        cwd,
        env: environment,
        maxBuffer: 1e8,
      }).then(
        ({ stdout, stderr }) => ({ printed: stdout + stderr, isOk: true }),
        ({ stdout = '', stderr = '', message }) => ({ printed: stdout + stderr || message, isOk: false }),
      ),
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Made up, but long and different enough for the checks. */
export const secrets = {
  splunk_secret: 'a'.repeat(254),
  forwarder_splunk_secret: 'b'.repeat(254),
  pass4symmkey: {
    general: 'passphrase of all nodes',
    indexer_cluster: 'passphrase of the indexers',
    search_head_cluster: 'passphrase of the search heads',
    discovery: 'passphrase of the discovery',
  },
  admin_password: 'password of the administrator',
  admin_password_hash: '$6$salt$hash',
};

/** Two rows instead of those of sources.yml, so that a new source changes no golden file. */
const sources = {
  guardduty: { index: 'aws_findings', sourcetypes: ['aws:cloudwatch:guardduty'] },
  waf: { index: 'aws_waf', sourcetypes: ['aws:waf'] },
};

/**
 * Writes the variables with which a playbook renders below `folder` on this machine instead of on nodes.
 * Returns the arguments for `ansible-playbook`.
 */
export async function here(
  { folder, python }: Ansible,
  to: string,
  hosts: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): Promise<string[]> {
  const certificates = join(folder, 'certificates');
  await mkdir(certificates, { recursive: true });
  for (const name of ['ca', 'idpCert', ...hosts])
    await writeFile(join(certificates, `${name}.pem`), `certificate of ${name}\n`);
  const tokens = Object.fromEntries(['all', ...Object.keys(sources)].map((name) => [name, `token of ${name}`]));
  const { uid, gid } = process.getuid ? { uid: process.getuid(), gid: process.getgid!() } : { uid: 0, gid: 0 };
  const variables = {
    splunk_secrets_source: JSON.stringify({ ...secrets, hec_tokens: tokens }),
    splunk_certificates: certificates,
    splunk_home: join(folder, to, '{{ inventory_hostname }}'),
    splunk_user: String(uid),
    splunk_group: String(gid),
    splunk_sources: sources,
    splunk_serial: '100%',
    splunk_apply: false,
    ansible_connection: 'local',
    ansible_python_interpreter: python,
    ...more,
  };
  const file = join(folder, `${to}.json`);
  await writeFile(file, JSON.stringify(variables));
  return ['-i', join(kit, 'inventory/example'), '-e', `@${file}`, '--tags', 'conf'];
}
