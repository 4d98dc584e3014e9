import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { locked } from './lock.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'lock-'));

test('work under the same lock runs one after another', async () => {
  const path = join(folder(), 'a');
  const told: string[] = [];
  const work = async (name: string): Promise<void> => {
    told.push(`${name} begins`);
    await setImmediate();
    told.push(`${name} ends`);
  };
  await Promise.all(
    ['one', 'two'].map((name) =>
      locked(
        path,
        () => work(name),
        () => told.push('waits'),
      ),
    ),
  );
  expect(told.filter((line) => line !== 'waits')).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
  expect(told).toContain('waits');
});

test('a lock is free again after work that failed', async () => {
  const path = join(folder(), 'a');
  await expect(locked(path, () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
  expect(await locked(path, async () => 'done')).toBe('done');
  expect(readdirSync(join(path, '..'))).toEqual([]);
});

test('a lock whose owner is gone is taken over', async () => {
  const path = join(folder(), 'a');
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(path, String(pid));
  expect(await locked(path, async () => 'done')).toBe('done');
});
