/** Splunk's AppInspect over a packaged app, offline. https://dev.splunk.com/enterprise/docs/developapps/testvalidate/appinspect/ */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Package } from '../../../scripts/splunk/apps.ts';
import type { Progress } from '../../rig/python.ts';
import { library } from '../pip.ts';

const run = promisify(execFile);

export interface Verdict {
  readonly error: number;
  readonly failure: number;
  readonly future_failure: number;
  readonly success: number;
  /** Names of the checks that warn. */
  readonly warnings: readonly string[];
  /** What errors and failures say, for a person. */
  readonly said: readonly string[];
}

export type Inspect = (app: Package, tag: 'cloud' | 'private_victoria') => Promise<Verdict>;

interface Check {
  readonly name: string;
  readonly result: string;
  readonly messages: readonly { readonly message: string; readonly result: string }[];
}

/** Undefined, with the reason as a progress line, where this machine can't run it. */
export async function appInspect(progress: Progress): Promise<Inspect | undefined> {
  const found = await library('appinspect', join(import.meta.dirname, 'requirements.txt'), false, progress);
  if (found === undefined) return undefined;
  const magic = join(found.folder, 'pylibmagic');
  const env = {
    ...process.env,
    PYTHONPATH: found.folder,
    LD_LIBRARY_PATH: magic,
    MAGIC: join(magic, 'magic.mgc'),
  };
  return async ({ name, bytes }, tag) => {
    const folder = await mkdtemp(join(tmpdir(), 'appinspect-'));
    try {
      const [archive, report] = [join(folder, name), join(folder, 'report.json')];
      await writeFile(archive, bytes);
      const options = ['--mode', 'precert', '--included-tags', tag, '--skip-trusted-libraries-update', '--ci'];
      const output = ['--data-format', 'json', '--output-file', report];
      const script = join(found.folder, 'bin/splunk-appinspect');
      await run(found.python, [script, 'inspect', archive, ...options, ...output], { env, cwd: folder }).catch(
        (error) => error, // the exit status tells of warnings too: the report counts
      );
      return verdictOf(JSON.parse(await readFile(report, 'utf8')));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

function verdictOf({ summary, reports }: { summary: Verdict; reports: { groups: { checks: Check[] }[] }[] }): Verdict {
  const checks = reports.flatMap(({ groups }) => groups.flatMap((group) => group.checks));
  const isBad = ({ result }: Check) => ['error', 'failure', 'future_failure'].includes(result);
  return {
    ...summary,
    warnings: checks.filter(({ result }) => result === 'warning').map(({ name }) => name),
    said: checks.filter(isBad).flatMap(({ name, messages }) => messages.map(({ message }) => `${name}: ${message}`)),
  };
}
