/**
 * A real Filebeat, built once from its Go module (some ten minutes) and kept in the cache.
 * Its sources are published under the Apache License 2.0 and the Elastic License; ./filebeat is the part under the former.
 * https://github.com/elastic/beats/tree/v7.17.29/filebeat
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cache } from '../cache.ts';
import { locked } from '../lock.ts';

export const VERSION = '7.17.29';
const MODULE = 'github.com/elastic/beats/v7';

export interface Filebeat {
  /** Where the home is that `startFilebeat` was given, for another start with the same registry. */
  readonly home: string;
  /** Offsets that Filebeat believes to be delivered, by the path of the file. */
  offsets(): Promise<ReadonlyMap<string, number>>;
  /** What it wrote to its log. */
  log(): string;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The folder with the program and its modules; undefined: it is not in the cache, and nobody asked to build it. */
export async function filebeatHome(): Promise<string | undefined> {
  const home = cache(`filebeat-${VERSION}-${platform()}-${arch()}`);
  if (!(await exists(home)) && process.env.FULL === '1') await locked(`${home}.lock`, () => build(home));
  return (await exists(home)) ? home : undefined;
}

/** The module replaces others, which only works from inside of it: it is copied out of Go's read-only cache. */
async function build(home: string): Promise<void> {
  if (await exists(home)) return;
  const work = await mkdtemp(join(tmpdir(), 'filebeat-'));
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' };
  const { stdout } = await run('go', ['mod', 'download', '-json', `${MODULE}@v${VERSION}`], { cwd: work, env });
  const source = join(work, 'source');
  await cp((JSON.parse(stdout) as { Dir: string }).Dir, source, { recursive: true });
  await run('chmod', ['-R', 'u+w', source]);
  const unfinished = `${home}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  const args = ['build', '-trimpath', '-ldflags=-s -w', '-o', join(unfinished, 'filebeat'), './filebeat'];
  await run('go', args, { cwd: source, env, maxBuffer: 64 << 20 });
  for (const name of ['system', 'auditd'])
    await cp(join(source, 'filebeat/module', name), join(unfinished, 'module', name), { recursive: true });
  await rename(unfinished, home);
  await rm(work, { recursive: true });
}

/** `config`: a filebeat.yml. `home`: of an earlier run, whose registry goes on. */
export async function startFilebeat(config: string, home?: string): Promise<Filebeat> {
  const program = await filebeatHome();
  if (program === undefined) throw new Error('there is no Filebeat in the cache');
  const folder = home ?? (await mkdtemp(join(tmpdir(), 'bongsu-filebeat-')));
  const path = join(folder, 'filebeat.yml');
  await writeFile(path, config, { mode: 0o600 });
  const args = ['-e', '--strict.perms=false', '-c', path, '--path.home', program, '--path.data', join(folder, 'data')];
  const child = spawn(join(program, 'filebeat'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const lines: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => lines.push(chunk));
  return {
    home: folder,
    offsets: () => offsetsIn(join(folder, 'data/registry/filebeat/log.json')),
    log: () => Buffer.concat(lines).toString(),
    stop: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await end;
  clearTimeout(timer);
}

/** The registry's log: an operation and its values, a line each. Later lines count; what was compacted before is not needed here. */
async function offsetsIn(path: string): Promise<ReadonlyMap<string, number>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const offsets = new Map<string, number>();
  for (const line of text.split('\n')) {
    const value = parsed(line)?.v;
    if (value?.source !== undefined && value.offset !== undefined) offsets.set(value.source, value.offset);
  }
  return offsets;
}

interface Entry {
  readonly v?: { readonly source?: string; readonly offset?: number };
}

/** The last line may be half written. */
function parsed(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}
