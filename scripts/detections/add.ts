/** Sigma rules of others: compiled for both products, each with what is not known; their tests are run if they have any. */
import { globSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../command.ts';
import { lackOf } from './check.ts';
import { FOLDER, type Kept, keptIn, listsIn, samplesIn } from './load.ts';
import type { Detection, Lists } from './model.ts';
import { monitorOf } from './monitor.ts';
import { faultsOf, subjects } from './proof/proof.ts';
import { RuleRefusal } from './refusal.ts';
import { stanzaOf, textOfStanza } from './savedsearch.ts';

type Say = (line: string) => void;

export interface Compiled {
  readonly name: string;
  readonly detection?: Detection;
  /** undefined: it compiled. */
  readonly opensearch?: string | undefined;
  readonly splunk?: string | undefined;
  /** What its tests say; none where it has none. */
  readonly tests?: readonly string[];
}

/** In: files, or folders with some. */
export async function compiled(paths: readonly string[]): Promise<readonly Compiled[]> {
  const samples = samplesIn(join(FOLDER, 'samples'));
  const lists = listsIn(join(FOLDER, 'lists'));
  const found: Compiled[] = [];
  for (const file of paths.flatMap(filesIn)) {
    const name = basename(file, '.yml');
    try {
      for (const kept of keptIn(file, 'own', samples)) found.push(await one(kept, lists));
    } catch (error) {
      if (!(error instanceof RuleRefusal)) throw error;
      found.push({ name, opensearch: error.message, splunk: error.message });
    }
  }
  return found;
}

async function one(kept: Kept, lists: Lists): Promise<Compiled> {
  const { detection, tests } = kept;
  const opensearch = refusalOf(() => monitorOf(detection, lists));
  const splunk = refusalOf(() => stanzaOf(detection));
  const lacks = tests && lackOf(tests);
  if (lacks !== undefined) throw new RuleRefusal(detection.name, lacks);
  const isCompiled = opensearch === undefined && splunk === undefined;
  const ran = tests === undefined || !isCompiled ? [] : (await subjects([kept], lists)).flatMap(faultsOf);
  return { name: detection.name, detection, opensearch, splunk, ...(tests && { tests: ran }) };
}

function refusalOf(compile: () => unknown): string | undefined {
  try {
    compile();
    return undefined;
  } catch (error) {
    if (!(error instanceof RuleRefusal)) throw error;
    return error.message;
  }
}

function filesIn(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
  } catch {
    throw new UsageError(`There is no file or folder "${path}".`);
  }
  return globSync('**/*.yml', { cwd: path })
    .filter((file) => !file.endsWith('.test.yml'))
    .sort()
    .map((file) => join(path, file));
}

export async function added(paths: readonly string[], out: string | undefined, say: Say): Promise<number> {
  if (paths.length === 0) throw new UsageError('add needs a file or a folder of Sigma rules.');
  const all = await compiled(paths);
  for (const { name, opensearch, splunk, tests } of all) {
    const bad = [...new Set([opensearch, splunk])].filter((each) => each !== undefined);
    const result = tests === undefined ? 'no tests' : tests.length === 0 ? 'tests pass' : tests.join('; ');
    say(bad.length === 0 ? `ok       ${name} (${result})` : `refused  ${bad.join('; ')}`);
  }
  const count = (which: 'opensearch' | 'splunk') => all.filter((each) => each[which] === undefined).length;
  say(`${all.length} rules: ${count('opensearch')} for OpenSearch, ${count('splunk')} for Splunk`);
  if (out !== undefined) write(all, out);
  const isGood = all.every(({ opensearch, splunk, tests = [] }) => !opensearch && !splunk && tests.length === 0);
  return isGood ? 0 : 1;
}

function write(all: readonly Compiled[], out: string): void {
  const lists = listsIn(join(FOLDER, 'lists'));
  const put = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const { name, detection, opensearch } of all) {
    if (detection === undefined || opensearch !== undefined) continue;
    put(join(out, 'monitor', `${name}.json`), `${JSON.stringify(monitorOf(detection, lists), null, 2)}\n`);
  }
  const stanzas = all.flatMap(({ detection, splunk }) =>
    detection === undefined || splunk !== undefined ? [] : [textOfStanza(stanzaOf(detection))],
  );
  put(join(out, 'savedsearches.conf'), stanzas.join('\n'));
}
