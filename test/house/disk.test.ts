/**
 * A Lambda's disk may be full: nothing is written there but by a dry run, and to read Parquet, whose own test says that the
 * object comes again.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { inputsOf } from '../inputs.ts';
import { root } from '../rig/cache.ts';

const WRITERS = [
  'functions/bootstrap/put.ts', // dry run
  'functions/integrity/local.ts', // `sls invoke local`
  'shared/input/parquet.ts',
  'shared/sink/store/file.ts', // dry run
  'shared/sink/store/quarantine.ts', // dry run
];
const WRITES = /\b(appendFile|createWriteStream|mkdir|mkdtemp|open|rename|tmpdir|writeFile|write)(Sync)?\b/;

let files: readonly string[];
beforeAll(async () => {
  const inputs = await inputsOf(globSync('functions/*/handler.ts', { cwd: root }));
  files = Object.keys(inputs).filter((path) => path.endsWith('.ts'));
});

/** The names that a file imports from the file system or the operating system. */
const imported = (path: string): string[] =>
  [
    ...readFileSync(join(root, path), 'utf8').matchAll(/import \{([^}]*)\} from 'node:(?:fs|fs\/promises|os)'/g),
  ].flatMap(([, names]) => names.split(',').map((name) => name.trim()));

test('no Lambda writes to its disk but these', () => {
  expect(files.length).toBeGreaterThan(50);
  const writers = files.filter((path) => imported(path).some((name) => WRITES.test(name)));
  expect(writers.sort()).toEqual(WRITERS);
});
