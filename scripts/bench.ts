/**
 * `npm run bench`: what a source costs, as ratios of user CPU within one interleaved run. Each way runs in its own process.
 * Only ratios are comparable between machines.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { naiveTable, table } from '../test/bench/assets.data.ts';
import { startBlackhole } from '../test/bench/blackhole.ts';
import { cloudtrail } from '../test/bench/cloudtrail.data.ts';
import { dns } from '../test/bench/dns.data.ts';
import { KIND_NAMES } from '../test/bench/endpoint.data.ts';
import { flowlogs } from '../test/bench/flowlogs.data.ts';
import { lines, member, unzippedSize, writeObject } from '../test/bench/object.ts';
import { waf } from '../test/bench/waf.data.ts';
import { cache, root } from '../test/rig/cache.ts';
import { INDEXED, indexing } from './bench/indexing.ts';
import { JSON_HELP, oneOf, run } from './command.ts';
import { type Cost, costs } from './detections/cost.ts';

/** How much of a source is measured, and its limits. An absent limit is not checked. */
interface Plan {
  /** The text of an object with this many records. */
  readonly text: (records: number) => Iterable<string>;
  /** Records of the measured object, of a fresh process's first object, and of the 1 GB object. */
  readonly records: {
    readonly usual: number;
    readonly small: number;
    readonly gigabyte: number;
    /** Of an object of 14 kB, compressed, as AWS delivers them most. */
    readonly tiny: number;
  };
  readonly floors: {
    /** Maximum of ours ÷ gunzip alone. */
    readonly gunzip?: number;
    /** Minimum of naive ÷ ours, plain and with compressed bodies. */
    readonly naive: number;
    readonly compressed: number;
  };
}

const PLANS: Readonly<Record<string, Plan>> = {
  flowlogs: {
    text: (records) => lines(flowlogs(records)),
    records: { usual: 400_000, small: 20_000, gigabyte: 4_000_000, tiny: 225 }, // 104 MB, 5.2 MB, 1.04 GB
    floors: { gunzip: 9, naive: 3, compressed: 2.5 },
  },
  cloudtrail: {
    text: (records) => member('Records', cloudtrail(records)),
    records: { usual: 160_000, small: 3500, gigabyte: 700_000, tiny: 75 }, // 234 MB, 5.1 MB, 1.03 GB
    floors: { naive: 1.5, compressed: 1.5 },
  },
  waf: {
    text: (records) => lines(waf(records)),
    records: { usual: 100_000, small: 2200, gigabyte: 450_000, tiny: 87 }, // 231 MB, 5.1 MB, 1.04 GB
    floors: { naive: 1.2, compressed: 1.2 },
  },
  dns: {
    text: (records) => lines(dns(records)),
    records: { usual: 300_000, small: 10_300, gigabyte: 2_100_000, tiny: 300 }, // 148 MB, 5.1 MB, 1.04 GB
    floors: { naive: 1.2, compressed: 1.2 },
  },
};

/** As in serverless.yml. */
const FLAGS = ['--max-semi-space-size=4'];
const ENV = { ...process.env, MALLOC_ARENA_MAX: '1' };
const ROUNDS = 3;
const WAYS = [
  'gunzip',
  'naive',
  'ours',
  'naive-gzip',
  'ours-gzip',
  'ours-zstd',
  'ours-geo',
  'ours-joined',
  'ours-threats',
] as const;
type Way = (typeof WAYS)[number] | 'ours-small' | 'everything';

// Of every source.
const MOST_FOR_GEO = 60;
const MOST_FOR_ASSETS = 60; // with geo
const MOST_FOR_THREATS = 25;
const LEAST_AT_FIRST = 35;
const MOST_MEMORY = 192;
const TINY_OBJECTS = 1_000;
const MOST_FOR_TINY = 2.5;

/** Limits of the asset look-up table alone. */
const ASSETS = 'assets';
const INTERVALS = 100_000;
const TABLE_FLOORS = { loadMs: 100, megabytes: 64, perSecond: 500_000 };

/** What of an event of a Beat is measured: without the network and the destinations. */
const ENDPOINT = 'endpoint';
const EVENTS = 20_000;
const MOST_FOR_ECS = 25; // 6 to 17 on busy machines

/** Monitors over so many documents, all in their window; `BENCH_DOCUMENTS` is another number, a multiple of 2,000. */
const DETECTIONS = 'detections';
const DOCUMENTS = Number(process.env.BENCH_DOCUMENTS ?? 1_000_000);
const MOST_CPU_MS = 90_000; // of five minutes of two vCPU: 15 %
const SHOWN = 10;

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
const assetsWorker = join(folder, 'assets.worker.mjs');
const tablePath = join(folder, 'assets.table');

/** Bundled as a Lambda is: type stripping and unused code would count as memory. */
async function bundle(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['test/bench/worker.ts', 'test/bench/assets.worker.ts', 'test/bench/endpoint.worker.ts'],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
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

async function measure(source: string, way: Way, ...args: string[]): Promise<Run> {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, worker, source, way, ...args], {
    maxBuffer: 1 << 26,
    env: ENV,
  });
  return JSON.parse(stdout);
}

/** Limits of a document in OpenSearch, bytes on disk by source and way. */
const INDEX = 'index';
const MOST_BYTES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  flowlogs: { now: 120, 'now, before 3.1': 200 },
};

type Named = readonly [source: string, row: Row];

/** `against`: another checkout. `joined`: with countries, networks and assets. */
async function* measuredIndex({ against, joined }: Options): AsyncGenerator<Named> {
  const assets = joined ? tablePath : undefined;
  const figures = indexing({ sources: Object.keys(INDEXED), against, rounds: ROUNDS, assets, say });
  for await (const { source, way, bytes, cpuRatio, cpuMicroseconds, rawBytes } of figures) {
    const most = joined ? undefined : MOST_BYTES[source]?.[way];
    const size = `bytes a document, ${way}`;
    yield [source, most === undefined ? known(size, bytes, 'B') : atMost(size, bytes, 'B', most)];
    yield [source, known(`CPU by that of the first, ${way}`, cpuRatio, '×')];
    yield [source, known(`CPU a document, ${way}`, cpuMicroseconds, 'µs')];
    yield [source, known(`bytes a record as delivered, ${way}`, rawBytes, 'B')];
  }
}

interface TableRun {
  readonly loadMs: number;
  readonly megabytes: number;
  readonly addressesPerSecond: number;
  readonly namesPerSecond: number;
}

async function runTable(way: 'table' | 'json', path: string): Promise<TableRun> {
  const args = [...FLAGS, '--expose-gc', assetsWorker, way, path, String(INTERVALS)];
  return JSON.parse((await promisify(execFile)(process.execPath, args, { env: ENV })).stdout);
}

/** The look-up table by itself, and as a JSON map. */
async function measuredTable(): Promise<Row[]> {
  const [ours, naive] = [`${tablePath}.zst`, join(folder, 'assets.json.gz')];
  say(`making a table of ${INTERVALS.toLocaleString('en')} intervals`);
  writeFileSync(ours, zstdCompressSync(table(INTERVALS)));
  writeFileSync(naive, gzipSync(naiveTable(INTERVALS)));
  const runs: { readonly table: TableRun; readonly json: TableRun }[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    say(`${ASSETS}, round ${round} of ${ROUNDS}`);
    runs.push({ table: await runTable('table', ours), json: await runTable('json', naive) });
  }
  const of = (name: keyof TableRun) => median(runs.map((each) => each.table[name]));
  const ratio = (name: keyof TableRun) => median(runs.map(({ table, json }) => json[name] / table[name]));
  return [
    atMost('load, CPU', of('loadMs'), 'ms', TABLE_FLOORS.loadMs),
    atLeast('a JSON map ÷ ours, load', ratio('loadMs'), '×', 1),
    atMost('memory', of('megabytes'), 'MB', TABLE_FLOORS.megabytes),
    atLeast('a JSON map ÷ ours, memory', ratio('megabytes'), '×', 1),
    atLeast('look-ups by VPC, address and time', of('addressesPerSecond'), '/s', TABLE_FLOORS.perSecond),
    atLeast('look-ups by interface and time', of('namesPerSecond'), '/s', TABLE_FLOORS.perSecond),
    atLeast('ours ÷ a JSON map, look-ups by address', 1 / ratio('addressesPerSecond'), '×', 1),
  ];
}

/** Events of Beats → ECS, by kind, against their JSON read and written alone. */
async function measuredEvents(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const kind of KIND_NAMES) {
    const runs: { readonly naive: number; readonly ours: number }[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      say(`${ENDPOINT}, ${kind}, round ${round} of ${ROUNDS}`);
      runs.push({ naive: await runEvents('naive', kind), ours: await runEvents('ours', kind) });
    }
    rows.push(known(`${kind}, CPU an event`, (1000 * median(runs.map(({ ours }) => ours))) / EVENTS, 'µs'));
    const ratio = median(runs.map(({ naive, ours }) => ours / naive));
    rows.push(atMost(`${kind} in ECS ÷ JSON alone`, ratio, '×', MOST_FOR_ECS));
  }
  return rows;
}

/** Milliseconds of user CPU. */
async function runEvents(way: 'naive' | 'ours', kind: string): Promise<number> {
  const args = [...FLAGS, join(folder, 'endpoint.worker.mjs'), way, kind, String(EVENTS)];
  const { documents, userMs } = JSON.parse((await promisify(execFile)(process.execPath, args, { env: ENV })).stdout);
  if (way === 'ours' && documents !== EVENTS) throw new Error(`${EVENTS} events became ${documents} documents`);
  return userMs;
}

/** The dearest monitors, and all together. None where no node can be started. */
async function measuredMonitors(): Promise<Row[]> {
  const all = (await costs(DOCUMENTS, say)) ?? [];
  const sum = (of: keyof Omit<Cost, 'name'>) => all.reduce((total, each) => total + each[of], 0);
  const dearest = all.slice(0, SHOWN).map(({ name, cpuMs }) => atMost(`${name}, CPU`, cpuMs, 'ms', MOST_CPU_MS / 10));
  if (all.length === 0) return [];
  return [
    ...dearest,
    atMost('a run of all, CPU', sum('cpuMs'), 'ms', MOST_CPU_MS),
    atMost('a run of all, searching', sum('ms'), 'ms', MOST_CPU_MS),
    atMost('a run of all when nothing came in', sum('quietMs'), 'ms', MOST_CPU_MS),
  ];
}

async function object(source: string, records: number): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${source}-${records}.gz`);
  if (!existsSync(path)) {
    say(`making an object of ${records.toLocaleString('en')} records of ${source}`);
    await writeObject(`${path}.${process.pid}`, PLANS[source].text(records));
    renameSync(`${path}.${process.pid}`, path);
  }
  return path;
}

const say = (line: string) => process.stderr.write(`${line}\n`);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

async function measured(source: string): Promise<Row[]> {
  const { records, floors } = PLANS[source];
  const ratio = await ratios(source, await object(source, records.usual));
  const small = await object(source, records.small);
  say('first 5 MB object of a fresh process');
  const first: Run[] = [];
  for (let round = 0; round < ROUNDS; round++) first.push(await measure(source, 'ours', small));
  const megabytes = (await unzippedSize(small)) / 1e6;
  const tiny = await tinyObjects(source, records.tiny);
  const big = await memory(source, records.gigabyte);
  return [
    ...(floors.gunzip === undefined
      ? []
      : [atMost('plain body ÷ gunzip alone', ratio('ours', 'gunzip'), '×', floors.gunzip)]),
    atLeast('naive ÷ ours, plain body', ratio('naive', 'ours'), '×', floors.naive),
    atLeast('naive with gzip-6 ÷ ours with gzip-1', ratio('naive-gzip', 'ours-gzip'), '×', floors.compressed),
    atLeast('naive with gzip-6 ÷ ours with zstd-1', ratio('naive-gzip', 'ours-zstd'), '×', floors.compressed),
    atMost('country and network on top', 100 * (ratio('ours-geo', 'ours') - 1), '%', MOST_FOR_GEO),
    atMost('country, network and assets on top', 100 * (ratio('ours-joined', 'ours') - 1), '%', MOST_FOR_ASSETS),
    atMost('100,000 threat indicators on top', 100 * (ratio('ours-threats', 'ours') - 1), '%', MOST_FOR_THREATS),
    atLeast(
      'first 5 MB object of a fresh process',
      megabytes / (median(first.map(({ userMs }) => userMs)) / 1000),
      'MB/s',
      LEAST_AT_FIRST,
    ),
    atMost(`a record of ${TINY_OBJECTS} objects of 14 kB ÷ of a large one`, tiny, '×', MOST_FOR_TINY),
    atMost('peak memory, 1 GB object, all on', big.peakRssMb, 'MB', MOST_MEMORY),
    exactly('documents of the 1 GB object', big.documents, records.gigabyte),
  ];
}

/** The median of one way's user CPU by another's in the same round. */
async function ratios(source: string, path: string): Promise<(a: Way, b: Way) => number> {
  const runs = new Map<Way, Run[]>(WAYS.map((way) => [way, []]));
  for (let round = 1; round <= ROUNDS; round++) {
    for (const way of WAYS) {
      say(`${source}, round ${round} of ${ROUNDS}: ${way}`);
      runs.get(way)!.push(await measure(source, way, path, tablePath));
    }
  }
  return (a, b) => median(runs.get(a)!.map(({ userMs }, round) => userMs / runs.get(b)![round].userMs));
}

/** What a record of many tiny objects takes of user CPU, by that of one large object in the same round. */
async function tinyObjects(source: string, records: number): Promise<number> {
  const [usual, tiny] = [await object(source, PLANS[source].records.usual), await object(source, records)];
  const ratios: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    say(`${source}, round ${round} of ${ROUNDS}: ${TINY_OBJECTS} objects of 14 kB`);
    const each = ({ userMs, documents }: Run) => userMs / documents;
    const many = each(await measure(source, 'ours-small', tiny, String(TINY_OBJECTS)));
    ratios.push(many / each(await measure(source, 'ours', usual)));
  }
  return median(ratios);
}

/** Both sinks over the wire, enrichment on. */
async function memory(source: string, records: number): Promise<Run> {
  const path = await object(source, records);
  const blackhole = await startBlackhole();
  try {
    say('1 GB object, both destinations over the wire, enrichment on');
    const result = await measure(source, 'everything', path, blackhole.url, blackhole.url);
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
const known = (name: string, value: number, unit: string): Row => ({ name, value, unit, floor: '–', isMet: true });
const exactly = (name: string, value: number, expected: number): Row => {
  return { name, value, unit: '', floor: `= ${expected}`, isMet: value === expected };
};

interface Options {
  readonly json: boolean;
  readonly against?: string | undefined;
  readonly joined: boolean;
}

/** Returns whether every figure meets its limit. */
async function bench(names: readonly string[], options: Options): Promise<boolean> {
  const { json } = options;
  await bundle();
  writeFileSync(tablePath, table(INTERVALS));
  let isMet = true;
  for (const name of names) {
    for await (const [source, row] of rowsOf(name)) {
      isMet &&= row.isMet;
      process.stdout.write(`${json ? JSON.stringify({ source, ...row }) : text(source, row)}\n`);
    }
  }
  return isMet;

  async function* rowsOf(name: string): AsyncGenerator<Named> {
    if (name === INDEX) return yield* measuredIndex(options);
    const own: Readonly<Record<string, () => Promise<Row[]>>> = {
      [ASSETS]: measuredTable,
      [DETECTIONS]: measuredMonitors,
      [ENDPOINT]: measuredEvents,
    };
    const rows = own[name]?.() ?? measured(name);
    for (const row of await rows) yield [name, row];
  }
}

function text(source: string, { name, value, unit, floor, isMet }: Row): string {
  const figure = `${Number.isInteger(value) ? value : value.toFixed(2)} ${unit}`.trim();
  return `${source.padEnd(15)} ${name.padEnd(44)} ${figure.padStart(12)}  ${floor.padEnd(10)} ${isMet ? 'met' : 'MISSED'}`;
}

const NAMES = [...Object.keys(PLANS), ASSETS, ENDPOINT, DETECTIONS];
/** A million documents take long to store. */
const USUAL = NAMES.filter((name) => name !== DETECTIONS);

await run({
  help: {
    usage: ['bench -- [<source>…] [--json]', 'bench -- index [--against <folder>] [--joined] [--json]'],
    about: `Measures a source against the naive way: the whole object as one string, an object per record, JSON.stringify.
Prints ratios of user CPU, medians of ${ROUNDS} interleaved rounds, and the peak memory of a 1 GB object.`,
    arguments: {
      '<source>': `${Object.keys(PLANS).join(', ')} (default: all, ${ASSETS} and ${ENDPOINT})`,
      [ASSETS]: `the look-up table of ${INTERVALS.toLocaleString('en')} intervals`,
      [ENDPOINT]: 'lines and Windows events that Beats send → ECS, against their JSON read and written alone',
      [DETECTIONS]: `every monitor over ${DOCUMENTS.toLocaleString('en')} documents on a real OpenSearch node (only by name)`,
      [INDEX]:
        'what a document costs on a real OpenSearch node: bytes on disk after a force-merge, CPU time to index it',
    },
    options: {
      '--against <folder>': 'with index: another checkout of the project, measured in turn with this one',
      '--joined': 'with index: documents have countries, networks and assets',
      ...JSON_HELP,
    },
    one: 'a figure misses its limit',
  },
  options: {
    json: { type: 'boolean', default: false },
    against: { type: 'string' },
    joined: { type: 'boolean', default: false },
  },
  async run(values, positionals) {
    const names = positionals.map((name) => oneOf('source', name, [...NAMES, INDEX]));
    return (await bench(names.length > 0 ? names : USUAL, values)) ? 0 : 1;
  },
});
