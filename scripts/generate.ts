/**
 * `npm run generate`: writes the files that follow from the code. A file is stale when its content differs from what the
 * code says now; `--check` names the stale ones and writes nothing.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { none, run } from './command.ts';
import { outputs } from './generate/outputs.ts';

const root = join(import.meta.dirname, '..');

async function isStale(path: string, content: string): Promise<boolean> {
  return (await readFile(join(root, path), 'utf8').catch(() => undefined)) !== content;
}

await run({
  help: {
    usage: ['generate -- [options]'],
    about: 'Writes the files that follow from the code: generated documentation, onboarding templates, event rules.',
    options: { '--check': 'write nothing; name the files that are stale' },
    output: { stdout: 'one line per file that was written, or with --check is stale' },
    one: '--check found a stale file',
  },
  options: { check: { type: 'boolean', default: false } },
  async run({ check }, positionals) {
    none(positionals);
    let stale = 0;
    for (const [path, content] of await outputs()) {
      if (!(await isStale(path, content))) continue;
      stale++;
      if (!check) await writeFile(join(root, path), content);
      process.stdout.write(`${path}\n`);
    }
    return check && stale > 0 ? 1 : 0;
  },
});
