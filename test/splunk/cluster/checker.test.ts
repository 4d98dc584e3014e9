/** The checker of conf files: it finds what Splunk would silently ignore, and says where. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { kit, pythonOf } from './ansible.ts';

let interpreter: string | undefined;
let folder = '';
beforeAll(async () => {
  interpreter = (await pythonOf((line) => console.info(line)))?.python;
  folder = await mkdtemp(join(tmpdir(), 'bongsu-checker-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes files and checks them. Returns the printed lines, without the folder, and the exit code. */
async function check(files: Readonly<Record<string, string>>): Promise<{ lines: string[]; code: number }> {
  const place = await mkdtemp(join(folder, 'run-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(place, 'local'), { recursive: true });
    await writeFile(join(place, 'local', name), text);
  }
  const run = promisify(execFile)(interpreter!, [join(kit, 'check.py'), place]);
  const { stdout, code } = await run.then(
    (ran) => ({ ...ran, code: 0 }),
    (error) => error,
  );
  const lines = (stdout as string).trimEnd().split('\n');
  return { lines: lines.map((line) => line.replace(`${join(place, 'local')}/`, '')), code };
}

const secret = '$7$IIBp7HKUeEbWbEwmoVnF+x81zl7wgwjIb7znFiPmsy';

test('what is right passes', async () => {
  if (interpreter === undefined) return;
  const right = `# The manager.\n[clustering]\nmode = manager\npass4SymmKey = ${secret}\n\n[license]\nmanager_uri = self\n`;
  expect(await check({ 'server.conf': right })).toEqual({ lines: ['1 files, 0 faults'], code: 0 });
});

/** A planted typo each: file, text, and what is said of it. */
const planted: readonly [string, string, string][] = [
  [
    'server.conf',
    '[clustering]\nmanger_uri = https://cm1:8089\n',
    '2: [clustering] manger_uri: unknown setting; did you mean manager_uri?',
  ],
  ['server.conf', '[clustring]\nmode = peer\n', '1: [clustring]: unknown stanza; did you mean clustering?'],
  ['server.conf', '[clustering]\nmode = master\n', '2: [clustering] mode: expected one of manager, peer, searchhead'],
  ['server.conf', '[clustering]\nmanager_uri = http://cm1:8089\n', '2: [clustering] manager_uri: expected url'],
  ['server.conf', '[clustering]\nmanager_uri = cm1:8089\n', '2: [clustering] manager_uri: expected url'],
  [
    'server.conf',
    '[clustering]\nsite_replication_factor = origin 1,total 3\n',
    '2: [clustering] site_replication_factor: expected factor',
  ],
  [
    'server.conf',
    '[general]\npass4SymmKey = changeme\n',
    '2: [general] pass4SymmKey: expected an encrypted secret, $7$…',
  ],
  [
    'server.conf',
    `[general]\npass4SymmKey = ${secret}==site = site1\n`,
    '2: [general] pass4SymmKey: expected an encrypted secret, $7$…',
  ],
  ['server.conf', '[replication_port://8080]\ndisabled = 0\n', '1: [replication_port://8080]: unknown stanza'],
  ['server.conf', '[sslConfig]\nsslVerifyServerCert = yes\n', '2: [sslConfig] sslVerifyServerCert: expected bool'],
  ['server.conf', '[sslConfig]\nsslVersions = *,-ssl2\n', '2: [sslConfig] sslVersions: expected one of tls1.2'],
  ['server.conf', '[shclustering]\nreplication_factor = three\n', '2: [shclustering] replication_factor: expected int'],
  ['server.conf', '[shclustering]\ndisabled = 0\ndisabled = 1\n', '3: [shclustering] disabled: stands here twice'],
  ['server.conf', '[clustering]\nmode = peer\n[clustering]\n', '3: [clustering]: stands here twice'],
  ['server.conf', '[clustering]\nmode: peer\n', '2: neither a stanza nor a setting'],
  ['inputs.conf', '[http]\nports = 8088\n', '2: [http] ports: unknown setting; did you mean port?'],
  [
    'inputs.conf',
    '[http://bongsu]\nuseAck = true\n',
    '2: [http://bongsu] useAck: unknown setting; did you mean useACK?',
  ],
  ['inputs.conf', '[splunktcp:9997]\ndisabled = 0\n', '1: [splunktcp:9997]: unknown stanza'],
  [
    'indexes.conf',
    '[aws_waf]\nfrozenTimePeriodInSec = 1\n',
    '2: [aws_waf] frozenTimePeriodInSec: unknown setting; did you mean frozenTimePeriodInSecs?',
  ],
  [
    'indexes.conf',
    '[volume:remote_store]\nremote.s3.access_key = AKIA\n',
    '2: [volume:remote_store] remote.s3.access_key: unknown setting',
  ],
  [
    'outputs.conf',
    '[tcpout:x]\nindexerDiscovry = y\n',
    '2: [tcpout:x] indexerDiscovry: unknown setting; did you mean indexerDiscovery?',
  ],
  [
    'authentication.conf',
    '[authentication]\nauthType = saml\n',
    '2: [authentication] authType: expected one of Splunk, LDAP, Scripted, SAML, ProxySSO',
  ],
  [
    'web.conf',
    '[settings]\nenableSplunkWebSSl = true\n',
    '2: [settings] enableSplunkWebSSl: unknown setting; did you mean enableSplunkWebSSL?',
  ],
  [
    'deploymentclient.conf',
    '[target-broker:deploymentServer]\ntargetUri = https://ds1:8089\n',
    '2: [target-broker:deploymentServer] targetUri: expected host_port',
  ],
  [
    'serverclass.conf',
    '[serverClass:a:app:b]\nrestartSplunk = true\n',
    '2: [serverClass:a:app:b] restartSplunk: unknown setting; did you mean restartSplunkd?',
  ],
  ['servers.conf', '[a]\nb = c\n', ' not a file that the kit knows'],
];

test.each(planted)('%s: %j', async (name, text, said) => {
  if (interpreter === undefined) return;
  const { lines, code } = await check({ [name]: text });
  expect(lines[0]).toBe(`${name}:${said}`);
  expect(code).toBe(1);
});

test('a message never holds a value', async () => {
  if (interpreter === undefined) return;
  const { lines } = await check({
    'server.conf': '[general]\npass4SymmKey = correct horse\npass4SymKey = battery staple\n',
  });
  expect(lines).toHaveLength(3);
  expect(lines.join('\n')).not.toMatch(/horse|staple/);
});

test('a line that is continued is one setting', async () => {
  if (interpreter === undefined) return;
  const { lines } = await check({ 'server.conf': '[clustering]\navailable_sites = site1,\\\nsite2\nmod = peer\n' });
  expect(lines[0]).toBe('server.conf:4: [clustering] mod: unknown setting; did you mean mode?');
});

test('a folder without conf files is a fault', async () => {
  if (interpreter === undefined) return;
  expect(await check({})).toEqual({ lines: ['0 files, 0 faults'], code: 1 });
});
