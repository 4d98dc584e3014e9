/**
 * `npm run bench [-- <source>] [--json]`: what a source costs, as ratios of user CPU within one interleaved run; each way
 * runs in a process of its own. Only ratios mean something: the machine's speed is in both sides.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { startBlackhole } from '../test/bench/blackhole.ts';
import { writeFlowlogs } from '../test/bench/flowlogs.data.ts';
import { cache, root } from '../test/rig/cache.ts';

const HELP = `usage: npm run bench [-- <source>] [--json]

Measures a source (default: all) against the naive way: the whole object as one string, an object per record,
JSON.stringify. Ratios of user CPU, medians of ${3} interleaved rounds, and the peak memory of a 1 GB object.
Sources: flowlogs

  --json   one JSON object on the last line
  --help   this text
`;

const ROUNDS = 3;
const RECORDS = 400_000; // 104 MB
const GIGABYTE_OF_RECORDS = 4_000_000; // 1.04 GB
const SMALL_RECORDS = 20_000; // 5 MB
const WAYS = ['gunzip', 'naive', 'ours', 'naive-gzip', 'ours-gzip', 'ours-places'] as const;

interface Run {
  readonly documents: number;
  readonly userMs: number;
  readonly wallMs: number;
  readonly peakRssMb: number;
}

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly floor: string;
  readonly isMet: boolean;
}

const folder = cache('bench');
const worker = join(folder, 'worker.mjs');

/** Bundled as a Lambda is: type stripping and unused code would count as memory. */
async function bundle(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['test/bench/worker.ts'],
    outfile: worker,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    logLevel: 'error',
  });
}

async function run(way: string, ...args: string[]): Promise<Run> {
  const { stdout } = await promisify(execFile)(process.execPath, [worker, way, ...args], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}

async function object(records: number): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `flowlogs-${records}.gz`);
  if (!existsSync(path)) {
    say(`making an object of ${records.toLocaleString('en')} flow logs`);
    await writeFlowlogs(`${path}.${process.pid}`, records);
    renameSync(`${path}.${process.pid}`, path);
  }
  return path;
}

const say = (line: string) => process.stderr.write(`${line}\n`);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

async function flowlogs(): Promise<Row[]> {
  const path = await object(RECORDS);
  const runs = new Map<string, Run[]>(WAYS.map((way) => [way, []]));
  for (let round = 1; round <= ROUNDS; round++) {
    for (const way of WAYS) {
      say(`round ${round} of ${ROUNDS}: ${way}`);
      runs.get(way)!.push(await run(way, path));
    }
  }
  const ratio = (a: string, b: string) =>
    median(runs.get(a)!.map(({ userMs }, round) => userMs / runs.get(b)![round].userMs));
  const small = await object(SMALL_RECORDS);
  say('first 5 MB object of a fresh process');
  const first: Run[] = [];
  for (let round = 0; round < ROUNDS; round++) first.push(await run('ours', small));
  const big = await memory();
  return [
    atMost('plain body ÷ gunzip alone', ratio('ours', 'gunzip'), '×', 9),
    atLeast('naive ÷ ours, plain body', ratio('naive', 'ours'), '×', 3),
    atLeast('naive with gzip-6 ÷ ours with gzip-1', ratio('naive-gzip', 'ours-gzip'), '×', 2.5),
    atMost('country and network on top', 100 * (ratio('ours-places', 'ours') - 1), '%', 60),
    atLeast(
      'first 5 MB object of a fresh process',
      5.2 / (median(first.map(({ userMs }) => userMs)) / 1000),
      'MB/s',
      35,
    ),
    atMost('peak memory, 1 GB object, all on', big.peakRssMb, 'MB', 192),
    exactly('documents of the 1 GB object', big.documents, GIGABYTE_OF_RECORDS),
  ];
}

/** Both sinks over the wire, enrichment on. */
async function memory(): Promise<Run> {
  const path = await object(GIGABYTE_OF_RECORDS);
  const blackhole = await startBlackhole();
  try {
    say('1 GB object, both destinations over the wire, enrichment on');
    const result = await run('everything', path, blackhole.url, blackhole.url);
    if (blackhole.documents() !== result.documents) {
      throw new Error(`${blackhole.documents()} documents arrived of ${result.documents}`);
    }
    return result;
  } finally {
    await blackhole.stop();
  }
}

const atLeast = (name: string, value: number, unit: string, floor: number): Row => {
  return { name, value, unit, floor: `≥ ${floor}`, isMet: value >= floor };
};
const atMost = (name: string, value: number, unit: string, floor: number): Row => {
  return { name, value, unit, floor: `≤ ${floor}`, isMet: value <= floor };
};
const exactly = (name: string, value: number, expected: number): Row => {
  return { name, value, unit: '', floor: `= ${expected}`, isMet: value === expected };
};

const SOURCES: Readonly<Record<string, () => Promise<Row[]>>> = { flowlogs };

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const names = positionals.length > 0 ? positionals : Object.keys(SOURCES);
  const unknown = names.find((name) => !(name in SOURCES));
  if (unknown !== undefined) {
    say(`unknown source ${JSON.stringify(unknown)}: expected ${Object.keys(SOURCES).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  await bundle();
  const results: Record<string, Row[]> = {};
  for (const name of names) {
    const rows = await SOURCES[name]();
    results[name] = rows;
    for (const { name: what, value, unit, floor, isMet } of rows) {
      const figure = `${Number.isInteger(value) ? value : value.toFixed(2)} ${unit}`.trim();
      process.stdout.write(
        `${name.padEnd(10)} ${what.padEnd(40)} ${figure.padStart(12)}  ${floor.padEnd(10)} ${isMet ? 'met' : 'MISSED'}\n`,
      );
    }
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
}

await main();
