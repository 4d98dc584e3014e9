/** The collection by Ansible's own linters, and what runs beside the roles: certificates, secrets, plug-ins. */
import { execFile } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sourceNames } from '../../../shared/sources.ts';
import { type Ansible, ansible, here, kit } from './ansible.ts';

const LINTING_MS = 600_000;
const run = promisify(execFile);
let tool: Ansible | undefined;
beforeAll(async () => {
  tool = await ansible((line) => console.info(line));
}, LINTING_MS);
afterAll(() => tool?.stop());

test(
  'ansible-lint finds nothing',
  async () => {
    if (tool === undefined) return; // said why
    const { printed, isOk } = await tool.command('ansible-lint', [
      '--strict',
      '--nocolor',
      '--project-dir',
      '.',
      '-c',
      '.ansible-lint',
    ]);
    expect(isOk ? '' : printed).toBe('');
    expect(printed).toMatch(/Passed: 0 failure\(s\), 0 warning\(s\)/);
  },
  LINTING_MS,
);

test.each(
  globSync('playbooks/*.yml', { cwd: kit })
    .sort()
    .map((path) => [basename(path, '.yml')]),
)(
  '%s passes the syntax check',
  async (name) => {
    if (tool === undefined) return;
    const variables = await here(tool, 'syntax', []);
    const { printed, isOk } = await tool.command('ansible-playbook', [
      '--syntax-check',
      `bongsu.splunk.${name}`,
      ...variables,
    ]);
    expect([isOk, printed]).toEqual([true, expect.stringContaining(`playbooks/${name}.yml`)]);
  },
  LINTING_MS,
);

test(
  'a typo in a template stops before anything is written',
  async () => {
    if (tool === undefined) return;
    const templates = join(tool.folder, 'templates/mine');
    await mkdir(templates, { recursive: true });
    await writeFile(join(templates, 'web.conf.j2'), '[settings]\nhtttpport = {{ 8000 }}\n');
    const files = JSON.stringify({ 'etc/apps/mine/local': ['web.conf'] }).replaceAll('"', "'");
    const shown = await tool.command('ansible', [
      'localhost',
      '-m',
      'ansible.builtin.debug',
      '-a',
      `msg={{ lookup('bongsu.splunk.conf', '${join(templates, '..')}', files=${files}) }}`,
    ]);
    expect(shown.isOk).toBe(false);
    expect(shown.printed).toContain('web.conf:2: [settings] htttpport: unknown setting; did you mean httpport?');
  },
  LINTING_MS,
);

test(
  'certificates are made once, chain to the CA and hold the names that others ask for',
  async () => {
    if (tool === undefined) return;
    const folder = join(tool.folder, 'made');
    const nodes = ['idx1.splunk.internal', 'cm1.splunk.internal'];
    const given = JSON.stringify({
      splunk_certificates: folder,
      splunk_hec_host: 'hec.splunk.internal',
      certificates_nodes: nodes,
      ansible_python_interpreter: tool.python,
    });
    const args = ['bongsu.splunk.certificates', '-i', join(kit, 'inventory/example'), '-e', given];
    const first = await tool.command('ansible-playbook', args);
    expect([first.isOk, first.printed]).toEqual([true, expect.stringMatching(/changed=[1-9]/)]);
    for (const node of nodes) {
      const pem = join(folder, `${node}.pem`);
      expect(
        (await run('openssl', ['verify', '-CAfile', join(folder, 'ca.pem'), '-purpose', 'sslserver', pem])).stdout,
      ).toContain(': OK');
      const { stdout } = await run('openssl', ['x509', '-in', pem, '-noout', '-ext', 'subjectAltName']);
      expect(stdout.trim().split('\n')[1].trim()).toBe(
        node.startsWith('idx') ? `DNS:${node}, DNS:hec.splunk.internal` : `DNS:${node}`,
      );
      expect(await readFile(pem, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE[\s\S]+PRIVATE KEY[\s\S]+BEGIN CERTIFICATE/);
      expect((statSync(pem).mode & 0o777).toString(8)).toBe('600');
    }
    const second = await tool.command('ansible-playbook', args);
    expect(second.printed).toMatch(/changed=0/);
  },
  LINTING_MS,
);

test('make_secrets.py makes what the roles ask for, anew each time', async () => {
  if (tool === undefined) return;
  const made = async () => JSON.parse((await run(tool!.python, [join(kit, 'make_secrets.py')])).stdout);
  const [one, other] = [await made(), await made()];
  const faults =
    'import json, sys; sys.path.insert(0, sys.argv[1]); from passphrases import secret_faults; print(secret_faults(json.load(sys.stdin)))';
  const asked = run(tool.python, ['-c', faults, join(kit, 'plugins/module_utils')]);
  asked.child.stdin!.end(JSON.stringify(one));
  expect((await asked).stdout).toBe('[]\n');
  expect(Object.keys(one.hec_tokens)).toEqual(['all', ...sourceNames]);
  expect(new Set(Object.values(one.hec_tokens)).size).toBe(sourceNames.length + 1);
  expect(one.splunk_secret).not.toBe(other.splunk_secret);
  const [, salt] = /^\$6\$([^$]+)\$/.exec(one.admin_password_hash)!;
  const again = run('openssl', ['passwd', '-6', '-salt', salt, '-stdin']);
  again.child.stdin!.end(one.admin_password);
  expect((await again).stdout.trim()).toBe(one.admin_password_hash);
});

test('Splunk’s own lines in a file that both write stay', async () => {
  if (tool === undefined) return;
  const script = `
import json, sys
sys.path.insert(0, sys.argv[1])
from conf_settings import merged
print(json.dumps([merged(text, settings) for text, settings in json.load(sys.stdin)]))`;
  const asked = run(tool.python, ['-c', script, join(kit, 'plugins/modules')], { env: tool.environment });
  const name = { general: { serverName: 'idx1' } };
  const theirs = '[general]\nserverName = ip-10-0-0-1\nguid = 1\n\n[lmpool:x]\nquota = MAX\n';
  asked.child.stdin!.end(
    JSON.stringify([
      [theirs, name],
      [theirs.replace('ip-10-0-0-1', 'idx1'), name],
      ['[lmpool:x]\nserverName = y', name],
      ['', name],
    ]),
  );
  expect(JSON.parse((await asked).stdout)).toEqual([
    [theirs.replace('ip-10-0-0-1', 'idx1'), ['general/serverName']],
    [theirs.replace('ip-10-0-0-1', 'idx1'), []],
    ['[lmpool:x]\nserverName = y\n[general]\nserverName = idx1\n', ['general/serverName']],
    ['[general]\nserverName = idx1\n', ['general/serverName']],
  ]);
});

test('no file of the kit holds a secret', () => {
  const files = globSync('**', { cwd: kit, withFileTypes: true }).filter((each) => each.isFile());
  expect(files.length).toBeGreaterThan(60);
  for (const { parentPath, name } of files)
    expect([name, readFileSync(join(parentPath, name), 'utf8')]).toEqual([
      name,
      expect.not.stringMatching(
        /PRIVATE KEY-----\n|AKIA[A-Z0-9]{16}|\$[167]\$[A-Za-z0-9+/]{20}|token\s*=\s*[0-9a-f]{8}-/,
      ),
    ]);
});
