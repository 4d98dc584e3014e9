import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fileBody } from '../../../shared/input/file.ts';
import { textOf } from '../../fake/read.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
});
afterEach(() => rm(folder, { recursive: true }));

const text = (path: string): Promise<string> => textOf(fileBody(path, 1000).chunks);

test('a file is read by its bytes, compressed or not', async () => {
  const path = join(folder, 'a.log');
  await writeFile(path, gzipSync('line 1\nline 2'));
  expect(fileBody(path, 1000).uri).toBe(`file:${path}`);
  expect(await text(path)).toBe('line 1\nline 2');
  await writeFile(path, 'plain');
  expect(await text(path)).toBe('plain');
});

test('a file that is not there is a ReadError naming it', async () => {
  const path = join(folder, 'none');
  await expect(text(path)).rejects.toMatchObject({ name: 'ReadError', fields: { path } });
});
