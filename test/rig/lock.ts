/** A lock between processes: a file that holds the owner's process id. */
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};

const take = async (path: string): Promise<boolean> => {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
};

const dropStale = async (path: string): Promise<void> => {
  const owner = Number(await readFile(path, 'utf8').catch(() => ''));
  // An empty file is one that its owner is about to write to.
  if (owner && !alive(owner)) await rm(path, { force: true });
};

/**
 * Runs `work` while no other process, and no other call in this one, runs work under the same path.
 * A lock whose owner is gone is taken over. `waiting` is called once where somebody else holds it.
 */
export const locked = async <T>(path: string, work: () => Promise<T>, waiting?: () => void): Promise<T> => {
  await mkdir(dirname(path), { recursive: true });
  for (let tries = 0; !(await take(path)); tries++) {
    if (tries === 0) waiting?.();
    await dropStale(path);
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
};
