/** Runs the project's own Serverless Framework, never against a real AWS. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cache, root } from './cache.ts';
import { locked } from './lock.ts';

export interface ServerlessOptions {
  /** The folder of the serverless.yml; the project's by default. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 300_000;

/** The environment of this process without what could lead to the developer's own AWS. */
export const withoutAws = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));

const run = async (args: readonly string[], folder: string, env: Readonly<Record<string, string>>): Promise<string> => {
  // Left-over bundles of `invoke local`, or of another format, would be zipped with the new ones.
  await rm(join(folder, '.esbuild'), { recursive: true, force: true });
  const child = spawn(process.execPath, [join(root, 'node_modules/.bin/sls'), ...args], {
    cwd: folder,
    env: { ...withoutAws(), SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`sls ${args.join(' ')} failed (${code ?? 'timed out'}):\n${output}\n${errors}`);
  return output;
};

/**
 * Runs `sls <args>` and returns what it printed on stdout. Throws with all it printed where it fails or takes 5 minutes.
 * One runs at a time in a folder, also across processes: they share `.esbuild` and `.serverless`.
 */
export const serverless = (args: readonly string[], { folder = root, env = {} }: ServerlessOptions = {}) => {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  return locked(cache(`serverless-${name}.lock`), () => run(args, folder, env));
};
