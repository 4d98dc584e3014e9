/** Pythons like those that Splunk brings (3.9 and 3.13), each with its splunk-sdk and pytest, set up once in the cache. */
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
  /** The interpreter of a virtual environment with splunklib and pytest. */
  readonly python: string;
}

const run = promisify(execFile);
const requirements = join(import.meta.dirname, 'requirements.txt');

/** splunk-sdk 3 needs Python 3.13; 2.1.1 is the last one for Splunk's Python 3.9. */
const SDK = (version: string): string => (version === '3.13' ? 'splunk-sdk==3.0.1' : 'splunk-sdk==2.1.1');
const SPLUNKS = ['3.9', '3.13'];
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

async function install(command: string, version: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await run(command, ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps'];
  await run(join(folder, 'bin/python'), [...pip, '-r', requirements, SDK(version)]);
}

async function environment(command: string, version: string): Promise<SplunkPython> {
  const pins = `${await readFile(requirements, 'utf8')}${SDK(version)}${(await run(command, ['-VV'])).stdout}`;
  const folder = cache(`venv-splunk-${version}-${createHash('sha256').update(pins).digest('hex').slice(0, 12)}`);
  const complete = join(folder, 'complete');
  const make = async (): Promise<void> => {
    if (existsSync(complete)) return;
    await install(command, version, folder);
    await writeFile(complete, '');
  };
  if (!existsSync(complete)) await locked(`${folder}.lock`, make, () => {});
  return { version, python: join(folder, 'bin/python') };
}

/**
 * Python 3.9 and 3.13 as far as this machine has them, else one between them. Sets up the environments that are not there
 * yet (10 s each).
 */
export async function splunkPythons(): Promise<readonly SplunkPython[]> {
  const found: SplunkPython[] = [];
  for (const version of [...SPLUNKS, ...OTHERS]) {
    if (found.length > 0 && OTHERS.includes(version)) break;
    const command = await interpreter(version);
    if (command !== undefined) found.push(await environment(command, version));
  }
  return found;
}
