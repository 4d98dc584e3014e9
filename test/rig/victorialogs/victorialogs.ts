/**
 * VictoriaLogs, a log store that speaks HEC: a second opinion on what our HEC requests say, since it can be queried.
 * Any token is fine with it, and it answers success whatever the events are like: refusals are the other rig's part.
 * https://docs.victoriametrics.com/victorialogs/data-ingestion/splunk/
 */
import { execFile, spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rename } from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { cache } from '../cache.ts';
import { locked } from '../lock.ts';

export interface VictoriaLogs {
  /** What a HEC client is given: `http://127.0.0.1:port`. */
  readonly hecUrl: string;
  /** One object per event: `_time`, `_msg` (a text event) or `event.*`, `host`, `source`, `sourcetype`, `index`, `fields.*`. */
  query(logsql: string): Promise<readonly Record<string, string>[]>;
  stop(): Promise<void>;
}

export interface Skipped {
  readonly skipped: string;
}

const run = promisify(execFile);
const MODULE = import.meta.dirname;
const PACKAGE = 'github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs';
// Pure Go: no C compiler needed. A GOFLAGS of the user's may not suit.
const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' };

/**
 * Starts one with an empty store. Builds it first if the cache lacks it (a minute or less). Skipped without a Go that fits; in
 * CI a Go that doesn't fit is an error.
 */
export async function startVictoriaLogs(say?: (message: string) => void): Promise<VictoriaLogs | Skipped> {
  if (process.env.BONGSU_CLOCK !== undefined) return { skipped: 'the clock is moved' };
  const binary = cache(`victoria-logs-${await version()}-${platform()}-${arch()}`);
  const skipped = await built(binary, say);
  return skipped ?? start(binary);
}

async function version(): Promise<string> {
  const mod = await readFile(join(MODULE, 'go.mod'), 'utf8');
  return /VictoriaLogs (v\S+)/.exec(mod)![1];
}

async function built(binary: string, say?: (message: string) => void): Promise<Skipped | undefined> {
  if (await exists(binary)) return undefined;
  const unfit = await unfitGo();
  if (unfit !== undefined) return { skipped: unfit };
  await locked(`${binary}.lock`, async () => {
    if (await exists(binary)) return;
    say?.('building VictoriaLogs, once');
    await mkdir(dirname(binary), { recursive: true });
    const unfinished = `${binary}.${process.pid}`;
    await run('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', unfinished, PACKAGE], {
      cwd: MODULE,
      env: environment,
    });
    await rename(unfinished, binary);
  });
  return undefined;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Why Go can't build it, if so: there is none, or one that is too old and may not fetch a newer. */
async function unfitGo(): Promise<string | undefined> {
  try {
    await run('go', ['list', '-m'], { cwd: MODULE, env: environment });
    return undefined;
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') return 'VictoriaLogs needs Go to be built';
    if (process.env.CI === 'true') throw error;
    return `VictoriaLogs can't be built: ${stderr?.trim()}`;
  }
}

/**
 * A shell that ends the store and drops its files once its own standard input ends: when we close it, or when this process
 * is gone, whatever way it went. It leaves the log to the store, so that the log ends with it.
 */
const KEEPER =
  '"$@" & pid=$!; trap "" INT HUP TERM; exec 2>/dev/null; cat >/dev/null; kill -9 $pid; wait $pid; rm -rf "$FOLDER"';

async function start(binary: string): Promise<VictoriaLogs> {
  const folder = await mkdtemp(join(tmpdir(), 'bongsu-victorialogs-'));
  const child = spawn(
    'sh',
    ['-c', KEEPER, 'sh', binary, '-httpListenAddr=127.0.0.1:0', `-storageDataPath=${folder}`, ...RETENTION],
    { env: { ...process.env, FOLDER: folder }, stdio: ['pipe', 'ignore', 'pipe'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.stdin.end();
    await ended;
  };
  const hecUrl = await addressIn(child.stderr);
  if (hecUrl === undefined) {
    await stop();
    throw new Error('VictoriaLogs did not start');
  }
  return { hecUrl, query: (logsql) => query(hecUrl, logsql), stop };
}

// The default drops events older than a week.
const RETENTION = ['-retentionPeriod=100y', '-futureRetention=100y'];

/** Its log tells the port that it got. Goes on reading, lest the log stop it. */
function addressIn(log: NodeJS.ReadableStream): Promise<string | undefined> {
  return new Promise((resolve) => {
    const lines = createInterface(log);
    lines.on('line', (line) => {
      const address = /started server at (http:\/\/[^/]+)\//.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
    lines.once('close', () => resolve(undefined));
  });
}

async function query(url: string, logsql: string): Promise<readonly Record<string, string>[]> {
  await ask(`${url}/internal/force_flush`); // events show up a second later otherwise
  const answer = await ask(`${url}/select/logsql/query`, new URLSearchParams({ query: logsql }));
  const lines = answer.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, string>);
}

async function ask(url: string, body?: URLSearchParams): Promise<string> {
  const response = await fetch(url, { method: 'POST', ...(body !== undefined && { body }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`VictoriaLogs answered ${response.status}: ${text}`);
  return text;
}
