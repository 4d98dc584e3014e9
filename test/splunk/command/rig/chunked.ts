/**
 * Runs a search command as splunkd does, over version 2 of the protocol ("chunked 1.0"): getinfo, then execute until it is
 * finished. The command is the real one with Splunk's own SDK; what is asked comes from here.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { root } from '../../../rig/cache.ts';

/** A field with several values is a list. */
export type Row = Readonly<Record<string, string | readonly string[]>>;

export interface Metadata {
  readonly type?: string;
  readonly finished?: boolean;
  readonly inspector?: { readonly messages?: readonly (readonly [string, string])[] };
}

export interface Chunk {
  readonly metadata: Metadata;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

export interface Search {
  readonly python: string;
  readonly command?: 'elasticsearch' | 'elasticsearchcount' | 'elasticsearchasset';
  /** As splunkd gives them: `index=aws-*`, without quotes. */
  readonly args: readonly string[];
  readonly splunkd: string;
  readonly sessionKey: string;
  /** Epoch seconds of the time picker; 0 and Infinity: all time. */
  readonly earliest?: number;
  readonly latest?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A command under way. */
export interface Running {
  readonly process: ChildProcess;
  readonly info: Metadata;
  /** Asks for the next chunk; undefined once the command has ended. */
  next(): Promise<Chunk | undefined>;
  /** Peak of its memory so far in bytes (Linux). */
  peak(): number;
  /** Ends what splunkd says to it; resolves to the exit code and what was written to stderr. */
  end(): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

export interface Result {
  readonly type: string | undefined;
  readonly rows: readonly Row[];
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
  readonly chunks: number;
  readonly code: number | null;
  readonly stderr: string;
  readonly peak: number;
}

const BIN = join(root, 'splunk/bongsu/bin');

export async function start(search: Search): Promise<Running> {
  const dispatch = await mkdtemp(join(tmpdir(), 'bongsu-dispatch-'));
  const script = join(BIN, `${search.command ?? 'elasticsearch'}.py`);
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...search.env };
  const child = spawn(search.python, [script], { cwd: BIN, env, stdio: 'pipe' });
  const exited = once(child, 'exit');
  const stderr: string[] = [];
  child.stderr.on('data', (data: Buffer) => stderr.push(data.toString()));
  child.stdin.on('error', () => {}); // it may end before it has read all
  const read = reader(child.stdout);
  const say = (metadata: object) => {
    const json = Buffer.from(JSON.stringify(metadata));
    child.stdin.write(Buffer.concat([Buffer.from(`chunked 1.0,${json.length},0\n`), json]));
  };
  say({ action: 'getinfo', preview: false, searchinfo: searchinfo(search, dispatch) });
  const info = await read();
  return {
    process: child,
    info: info?.metadata ?? {},
    next: () => {
      say({ action: 'execute', preview: false, finished: true });
      return read();
    },
    peak: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) * 1024,
    end: async () => {
      child.stdin.end();
      child.stdout.resume();
      const [code] = (await exited) as [number | null];
      await rm(dispatch, { recursive: true, force: true });
      return { code, stderr: stderr.join('') };
    },
  };
}

/** Runs a command to its end. */
export async function run(search: Search): Promise<Result> {
  const running = await start(search);
  const chunks: Chunk[] = [];
  const messages = [...(running.info.inspector?.messages ?? [])];
  let peak = 0;
  while (running.info.finished !== true && chunks.at(-1)?.metadata.finished !== true) {
    const chunk = await running.next();
    if (chunk === undefined) break;
    chunks.push(chunk);
    messages.push(...(chunk.metadata.inspector?.messages ?? []));
    peak = running.process.exitCode === null ? running.peak() : peak;
  }
  const told = (kind: string) => messages.filter(([level]) => level === kind).map(([, text]) => text);
  return {
    type: running.info.type,
    rows: chunks.flatMap(({ rows }) => rows),
    warnings: told('WARN'),
    errors: told('ERROR'),
    chunks: chunks.length,
    peak,
    ...(await running.end()),
  };
}

function searchinfo(
  { args, splunkd, sessionKey, earliest = 0, latest = 0, ...search }: Search,
  dispatch: string,
): object {
  return {
    args,
    raw_args: args,
    dispatch_dir: dispatch,
    sid: '1790000000.1',
    app: 'search',
    owner: 'analyst',
    username: 'analyst',
    session_key: sessionKey,
    splunkd_uri: splunkd,
    splunk_version: '9.4.3',
    search: encodeURIComponent(`| ${search.command ?? 'elasticsearch'}`),
    command: search.command ?? 'elasticsearch',
    maxresultrows: 50_000,
    earliest_time: String(earliest),
    latest_time: latest === Number.POSITIVE_INFINITY ? 'inf' : String(latest),
  };
}

/** Reads one chunk at a time; undefined at the end. */
function reader(stream: NodeJS.ReadableStream): () => Promise<Chunk | undefined> {
  let held: Buffer = Buffer.alloc(0);
  let ended = false;
  let wake = () => {};
  stream.on('data', (data: Buffer) => {
    held = held.length === 0 ? data : Buffer.concat([held, data]);
    if (held.length > 1 << 20) stream.pause();
    wake();
  });
  stream.on('end', () => {
    ended = true;
    wake();
  });
  async function take(find: (bytes: Buffer) => number): Promise<Buffer | undefined> {
    for (;;) {
      const length = find(held);
      if (length >= 0 && length <= held.length) {
        const bytes = held.subarray(0, length);
        held = held.subarray(length);
        return bytes;
      }
      if (ended) return undefined;
      stream.resume();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  return async () => {
    const head = await take((bytes) => bytes.indexOf('\n') + 1 || -1);
    const [, metadata, body] = /^chunked 1\.0,(\d+),(\d+)\n$/.exec(head?.toString() ?? '') ?? [];
    if (metadata === undefined) return undefined;
    const json = (await take(() => Number(metadata)))!.toString();
    const csv = (await take(() => Number(body)))!.toString();
    return { metadata: JSON.parse(json) as Metadata, ...table(csv) };
  };
}

/** Fields and their `__mv_` twins → rows; cells that are empty in both are left out. */
function table(csv: string): { columns: string[]; rows: Row[] } {
  const [head = [], ...lines] = parse(csv, { relax_column_count: false }) as string[][];
  const rows = lines.map((cells) => {
    const row: Record<string, string | string[]> = {};
    for (let at = 0; at < head.length; at += 2) {
      if (head[at + 1] !== `__mv_${head[at]}`) throw new Error(`column ${head[at]} has no twin`);
      if (cells[at + 1] !== '') row[head[at]] = values(cells[at + 1]);
      else if (cells[at] !== '') row[head[at]] = cells[at];
    }
    return row;
  });
  return { columns: head.filter((_, at) => at % 2 === 0), rows };
}

const values = (mv: string): string[] =>
  [...mv.matchAll(/\$((?:[^$]|\$\$)*)\$(?:;|$)/g)].map(([, value]) => value.replaceAll('$$', '$'));
