/** A Python with the local AWS (moto) and the template linter (cfn-lint) in it, set up once. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cache } from './cache.ts';
import { locked } from './lock.ts';

export interface Python {
  /** The interpreter of the virtual environment. */
  readonly python: string;
  /** The folder of its commands (`cfn-lint`, …). */
  readonly bin: string;
}

/** Takes one line for a person to read. */
export type Progress = (line: string) => void;

const run = promisify(execFile);
const requirements = join(import.meta.dirname, 'aws/requirements.txt');
const candidates = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];

// Debian splits `ensurepip` off into python3-venv: without it `python -m venv` fails half way.
const probe = 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11); print("%d.%d" % sys.version_info[:2])';

const version = async (command: string): Promise<string | undefined> => {
  try {
    return (await run(command, ['-c', probe])).stdout.trim();
  } catch {
    return undefined;
  }
};

const found = async (): Promise<{ command: string; version: string } | undefined> => {
  for (const command of candidates) {
    const answer = await version(command);
    if (answer) return { command, version: answer };
  }
  return undefined;
};

const install = async (command: string, folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await run(command, ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '-r', requirements];
  await run(join(folder, 'bin/python'), pip);
};

/**
 * Sets up the virtual environment where it is not there yet (20 s, 320 MB) and returns it.
 * Undefined, with the reason as a progress line, where no Python ≥ 3.11 with its venv module is found.
 */
export const python = async (progress: Progress = () => {}): Promise<Python | undefined> => {
  const base = await found();
  if (!base) {
    progress('no Python 3.11 or newer with its venv module was found (Debian: apt-get install python3-venv)');
    return undefined;
  }
  const pins = await readFile(requirements);
  const name = `venv-${createHash('sha256').update(base.version).update(pins).digest('hex').slice(0, 12)}`;
  const folder = cache(name);
  // Scripts in a virtual environment name their interpreter by its full path, so the folder can't be renamed into place
  // when it is whole: a file in it says so instead.
  const whole = join(folder, 'complete');
  const build = async (): Promise<void> => {
    if (existsSync(whole)) return;
    progress(`setting up the local AWS in Python ${base.version}, once (half a minute)`);
    await install(base.command, folder);
    await writeFile(whole, '');
  };
  const waiting = (): void => progress('another process is setting up the local AWS: waiting for it');
  if (!existsSync(whole)) await locked(`${folder}.lock`, build, waiting);
  return { python: join(folder, 'bin/python'), bin: join(folder, 'bin') };
};
