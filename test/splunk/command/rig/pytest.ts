/** Runs pytest and gives each of its tests as one of jest's. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SplunkPython } from './python.ts';

export interface Case {
  readonly name: string;
  /** What pytest said of a test that did not pass. */
  readonly failure: string | undefined;
}

/** Runs all tests of a folder. Rejects with pytest's output where it can't even collect them. */
export async function pytest({ python }: SplunkPython, folder: string): Promise<readonly Case[]> {
  const work = await mkdtemp(join(tmpdir(), 'bongsu-pytest-'));
  try {
    const report = join(work, 'report.xml');
    const args = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', `--junit-xml=${report}`, folder];
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    const said = await new Promise<string>((resolve) => {
      execFile(python, args, { env, maxBuffer: 1 << 26 }, (_, stdout, stderr) => resolve(stdout + stderr));
    });
    const cases = casesOf(await readFile(report, 'utf8').catch(() => ''));
    if (cases.length === 0) throw new Error(said);
    return cases;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** https://docs.pytest.org/en/stable/how-to/output.html#creating-junitxml-format-files */
function casesOf(xml: string): Case[] {
  return [...xml.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs)].map(
    ([, file, name, inner = '']) => ({
      name: `${text(file).split('.').at(-1)} ${text(name)}`,
      failure: /<(failure|error|skipped)\b/.test(inner) ? text(inner) : undefined,
    }),
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  amp: '&',
  '#10': '\n',
  '#9': '\t',
};
const text = (xml: string): string => xml.replace(/&([^;]+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
