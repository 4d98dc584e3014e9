/** What a Lambda loads at a cold start stays small. */
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
// facts: 1.2 MB is the floor, 0.9 MB the goal
const MAX_BYTES = 0.9e6;
// dns has the public suffix list (50 kB). The inventory has the clients of some fifty services in it; an invocation evaluates those of its own pack.
const MORE: Readonly<Record<string, number>> = { dns: 0.97e6, 'asset-inventory': 7e6 };

test.each(globSync('functions/*/handler.ts', { cwd: root }).map((path) => [basename(dirname(path)), path]))(
  'the bundle of %s is within its budget',
  async (name, path) => {
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: [path],
      bundle: true,
      minify: true,
      keepNames: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      mainFields: ['module', 'main'],
      define: { 'import.meta.dirname': '__dirname' },
      write: false,
      logLevel: 'error',
    });
    expect(outputFiles[0].contents.length).toBeLessThan(MORE[name] ?? MAX_BYTES);
  },
);
