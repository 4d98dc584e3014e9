/** Python packages that tests and tools use, each list of pins in a folder of its own, downloaded once. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { cache } from '../rig/cache.ts';
import { locked } from '../rig/lock.ts';
import { type Progress, python } from '../rig/python.ts';

const run = promisify(execFile);

export interface Library {
  readonly python: string;
  /** For PYTHONPATH; `bin/` in it holds the commands. */
  readonly folder: string;
}

/**
 * In: a name for the folder, the path of a requirements.txt. `isWhole`: the list names all packages with their checksums.
 * Undefined, with the reason as a progress line, where this machine lacks a Python.
 */
export async function library(
  name: string,
  requirements: string,
  isWhole: boolean,
  progress: Progress = () => {},
): Promise<Library | undefined> {
  const found = await python(progress);
  if (found === undefined) return undefined;
  const pins = await readFile(requirements);
  const folder = cache(`${name}-${createHash('sha256').update(pins).digest('hex').slice(0, 12)}`);
  await locked(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    progress(`downloading ${name}, once`);
    const half = `${folder}.half`;
    await rm(half, { recursive: true, force: true });
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
    const whole = isWhole ? ['--no-deps', '--require-hashes'] : [];
    await run(found.python, [...pip, ...whole, '--target', half, '-r', requirements]);
    await rename(half, folder);
  });
  return { python: found.python, folder };
}
