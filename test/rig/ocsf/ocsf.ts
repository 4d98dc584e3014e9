/** Holds OCSF events against the published schema, in the Python of the local AWS. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cache } from '../cache.ts';
import { locked } from '../lock.ts';
import { type Progress, python } from '../python.ts';

/** Resolves to one sentence a fault. Every event names its class, the schema's version and its profiles. */
export type Validate = (events: readonly { readonly metadata: { readonly version: string } }[]) => Promise<string[]>;

const run = promisify(execFile);
const requirements = join(import.meta.dirname, 'requirements.txt');
const script = join(import.meta.dirname, 'validate.py');

/** Undefined, with the reason as a progress line, where this machine lacks the Python for it. */
export async function ocsfSchema(progress: Progress): Promise<Validate | undefined> {
  const found = await python(progress);
  if (found === undefined) return undefined;
  const library = await schemaFor(found.python);
  return async (events) => {
    const [{ metadata }] = events;
    const held = run(found.python, [script, metadata.version], { env: { ...process.env, PYTHONPATH: library } });
    held.child.stdin?.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    return (await held).stdout.split('\n').filter((line) => line !== '');
  };
}

/** Downloads the pinned package once; its checksum is the one of requirements.txt. */
async function schemaFor(interpreter: string): Promise<string> {
  const pins = await readFile(requirements);
  const folder = cache(`ocsf-${createHash('sha256').update(pins).digest('hex').slice(0, 12)}`);
  await locked(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const half = `${folder}.half`;
    await rm(half, { recursive: true, force: true });
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps'];
    await run(interpreter, [...pip, '--require-hashes', '--target', half, '-r', requirements]);
    await rename(half, folder);
  });
  return folder;
}
