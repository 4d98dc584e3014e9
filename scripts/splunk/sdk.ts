/** splunklib, as the package index has it: downloaded by version and checksum, kept in .cache, never in git. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const requirements = join(import.meta.dirname, 'requirements.txt');
const root = join(import.meta.dirname, '../..');

/** The folder that holds `splunklib`. Throws Error, with what to do, where it can't be fetched. */
export async function sdk(): Promise<string> {
  const pins = await readFile(requirements);
  const cache = process.env.BONGSU_CACHE ?? join(root, '.cache');
  const folder = join(cache, `splunk-sdk-${createHash('sha256').update(pins).digest('hex').slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const half = await mkdtemp(`${folder}-`);
  try {
    await download(half);
    await rename(half, folder).catch((error) => {
      if (!existsSync(folder)) throw error; // another process was faster
    });
  } finally {
    await rm(half, { recursive: true, force: true });
  }
  return folder;
}

/** pip checks the checksum of what it downloads. */
async function download(folder: string): Promise<void> {
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps'];
  try {
    await run('python3', [...pip, '--require-hashes', '--dest', folder, '--requirement', requirements]);
  } catch (cause) {
    throw new Error('splunk-sdk could not be downloaded: python3 with pip is needed, and a package index', { cause });
  }
  const [archive] = (await readdir(folder)).filter((name) => name.endsWith('.tar.gz'));
  await run('tar', ['-xzf', archive, '--strip-components=1', '--wildcards', '*/splunklib/*'], { cwd: folder });
  await rm(join(folder, archive));
}
