/** Splunk's own validator of dashboards, in a folder of its own: 100 MB that the root's `npm ci` does not bring. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cache } from '../../rig/cache.ts';
import { locked } from '../../rig/lock.ts';

const run = promisify(execFile);
const tool = join(import.meta.dirname, '../../../scripts/splunk/validate');

export interface Validator {
  /** Faults by the name of the dashboard. */
  faults(definitions: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Names of options by type of panel. */
  options(): Promise<Readonly<Record<string, readonly string[]>>>;
}

/** Installs what package-lock.json pins, once. Throws Error where the packages can't be had. */
export async function validator(): Promise<Validator> {
  const lock = await readFile(join(tool, 'package-lock.json'));
  const folder = cache(`splunk-validate-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`);
  await locked(`${folder}.lock`, () => install(folder));
  const env = { ...process.env, NODE_PATH: join(folder, 'node_modules'), NODE_OPTIONS: '' };
  const ask = (args: readonly string[], input: string) => {
    const asked = run(process.execPath, [join(tool, 'validate.cjs'), ...args], { env, maxBuffer: 1 << 26 });
    asked.child.stdin?.end(input);
    return asked.then(({ stdout }) => JSON.parse(stdout));
  };
  return {
    faults: (definitions) => ask([], JSON.stringify(definitions)),
    options: () => ask(['--options'], ''),
  };
}

async function install(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const half = `${folder}.half`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) await copyFile(join(tool, file), join(half, file));
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], { cwd: half });
  await rename(half, folder);
}
