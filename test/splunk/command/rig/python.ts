/** Pythons like those that Splunk brings (3.9 and 3.13), with splunk-sdk and pytest, set up once in the cache. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cache } from '../../../rig/cache.ts';
import { locked } from '../../../rig/lock.ts';

export interface SplunkPython {
  /** `3.9`, `3.13` */
  readonly version: string;
  /** Of splunk-sdk: `2.1.1` */
  readonly sdk: string;
  /** The interpreter of a virtual environment with splunklib and pytest. */
  readonly python: string;
}

const run = promisify(execFile);
const requirements = join(import.meta.dirname, 'requirements.txt');

/** The app brings 2.1.1, the last splunk-sdk for Python 3.9 (scripts/splunk/requirements.txt). 3 needs Python 3.13. */
const SHIPPED = '2.1.1';
const SPLUNKS: readonly (readonly [version: string, sdk: string])[] = [
  ['3.13', SHIPPED],
  ['3.9', SHIPPED],
  ['3.13', '3.0.1'],
];
/** Where a machine has none of Splunk's: one that runs the same code with the same SDK. */
const OTHERS = ['3.12', '3.11', '3.10'];

// Debian splits `ensurepip` off into python3-venv: without it `python -m venv` fails half way.
const PROBE = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';

const candidates = (version: string): string[] => [
  `python${version}`,
  ...globSync(join(homedir(), `.pyenv/versions/${version}.*/bin/python${version}`)),
  'python3',
];

async function isVersion(command: string, version: string): Promise<boolean> {
  try {
    return (await run(command, ['-c', PROBE])).stdout.trim() === version;
  } catch {
    return false;
  }
}

async function interpreter(version: string): Promise<string | undefined> {
  for (const command of candidates(version)) if (await isVersion(command, version)) return command;
  return undefined;
}

async function install(command: string, sdk: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await run(command, ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps'];
  await run(join(folder, 'bin/python'), [...pip, '-r', requirements, `splunk-sdk==${sdk}`]);
}

async function environment(command: string, version: string, sdk: string): Promise<SplunkPython> {
  const pins = `${await readFile(requirements, 'utf8')}${sdk}${(await run(command, ['-VV'])).stdout}`;
  const folder = cache(`venv-splunk-${version}-${createHash('sha256').update(pins).digest('hex').slice(0, 12)}`);
  const complete = join(folder, 'complete');
  const make = async (): Promise<void> => {
    if (existsSync(complete)) return;
    await install(command, sdk, folder);
    await writeFile(complete, '');
  };
  if (!existsSync(complete)) await locked(`${folder}.lock`, make, () => {});
  return { version, sdk, python: join(folder, 'bin/python') };
}

/**
 * Python 3.13 and 3.9 as far as this machine has them, else one between them; the one that matters most comes first.
 * Sets up the environments that are not there yet (10 s each).
 */
export async function splunkPythons(): Promise<readonly SplunkPython[]> {
  const found: SplunkPython[] = [];
  const add = async (version: string, sdk: string): Promise<void> => {
    const command = await interpreter(version);
    if (command !== undefined) found.push(await environment(command, version, sdk));
  };
  for (const [version, sdk] of SPLUNKS) await add(version, sdk);
  for (const version of OTHERS) if (found.length === 0) await add(version, SHIPPED);
  return found;
}
