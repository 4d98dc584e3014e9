/**
 * What a document of each log source costs in OpenSearch: bytes on disk and CPU time, on a real node with documents of the
 * product's own pipeline. In: optionally another checkout to compare with. Out: figures; CPU times as ratios of one run.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { forEngine } from '../../functions/bootstrap/engine.ts';
import { cloudtrail } from '../../test/bench/cloudtrail.data.ts';
import { dns } from '../../test/bench/dns.data.ts';
import { flowlogs } from '../../test/bench/flowlogs.data.ts';
import { networkfirewall } from '../../test/bench/networkfirewall.data.ts';
import { lines, member, writeObject } from '../../test/bench/object.ts';
import { s3access } from '../../test/bench/s3access.data.ts';
import { waf } from '../../test/bench/waf.data.ts';
import { cache, root } from '../../test/rig/cache.ts';
import { type Node, startOpenSearch } from '../../test/rig/opensearch/opensearch.ts';
import { type Put, type Stored, stored } from './node.ts';

interface Plan {
  readonly text: (records: number) => Iterable<string>;
  readonly records: number;
}

/** Enough that what an index costs by itself no longer shows: 40,000 and 100,000 flow logs differ by 2 %. */
export const INDEXED: Readonly<Record<string, Plan>> = {
  flowlogs: { text: (records) => lines(flowlogs(records)), records: 40_000 },
  cloudtrail: { text: (records) => member('Records', cloudtrail(records)), records: 15_000 },
  waf: { text: (records) => lines(waf(records)), records: 15_000 },
  dns: { text: (records) => lines(dns(records)), records: 30_000 },
  networkfirewall: { text: (records) => lines(networkfirewall(records)), records: 20_000 },
  s3access: { text: (records) => lines(s3access(records)), records: 20_000 },
};

export interface Options {
  readonly sources: readonly string[];
  /** Another checkout of the project: its field maps and templates are measured, too. */
  readonly against?: string | undefined;
  readonly rounds: number;
  /** The file of a look-up table: documents get countries, networks and assets. */
  readonly assets?: string | undefined;
  readonly say: (line: string) => void;
}

/** One way to store a source's documents. */
interface Way {
  readonly name: string;
  readonly templates: readonly Put[];
  readonly body: string;
}

export interface Figure {
  readonly source: string;
  readonly way: string;
  readonly bytes: number;
  /** Of the source's first way in the same round, the median. */
  readonly cpuRatio: number;
  readonly cpuMicroseconds: number;
  /** Bytes of one record as AWS delivers it, unzipped. */
  readonly rawBytes: number;
}

/** Source by source. Throws where there is no node to measure on. */
export async function* indexing(options: Options): AsyncGenerator<Figure> {
  const node = await startOpenSearch({ progress: options.say, isLong: true });
  if ('skipped' in node) throw new Error(`no OpenSearch to measure on: ${node.skipped}`);
  try {
    for (const source of options.sources) yield* await ofSource(node, source, options);
  } finally {
    await node.stop();
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

async function ofSource(node: Node, source: string, options: Options): Promise<readonly Figure[]> {
  const { text, records } = INDEXED[source];
  const object = join(cache('bench'), `index-${source}.gz`);
  const rawBytes = [...text(records)].reduce((sum, piece) => sum + Buffer.byteLength(piece), 0) / records;
  await writeObject(object, text(records));
  const ways = await waysOf(source, object, options);
  await stored(node, ways[0]); // the first run of a JVM costs more
  const runs = new Map<Way, Stored[]>(ways.map((way) => [way, []]));
  for (let round = 1; round <= options.rounds; round++) {
    for (const way of ways) {
      options.say(`${source}, round ${round} of ${options.rounds}: ${way.name}`);
      runs.get(way)!.push(await stored(node, way));
    }
  }
  const first = runs.get(ways[0])!;
  return ways.map((way) => {
    const of = runs.get(way)!;
    const { documents, bytes } = of[0];
    const cpuRatio = median(of.map(({ cpuMs }, round) => cpuMs / first[round].cpuMs));
    const cpuMicroseconds = (1000 * median(of.map(({ cpuMs }) => cpuMs))) / documents;
    return { source, way: way.name, bytes: bytes / documents, cpuRatio, cpuMicroseconds, rawBytes };
  });
}

/** The other checkout first, then this one: as an engine with derived source takes it, and as an older one does. */
async function waysOf(source: string, object: string, { against, assets }: Options): Promise<readonly Way[]> {
  const body = await documents(source, object, { folder: root, assets });
  const templates = templatesIn(root);
  const derived = { name: 'now', templates: templates('3.4.0'), body };
  const old = { name: 'now, before 3.1', templates: templates('2.19.4'), body };
  const own = (way: Way) => JSON.stringify(way.templates.find(({ path }) => path.endsWith(`/aws-${source}`)));
  const ours = own(derived) === own(old) ? [derived] : [derived, old];
  if (against === undefined) return ours;
  const before = { name: 'before', templates: templatesIn(against)('3.4.0') };
  return [{ ...before, body: await documents(source, object, { folder: against, assets }) }, ...ours];
}

/** The templates of a checkout with one shard and no replica, for an engine. */
function templatesIn(folder: string): (version: string) => readonly Put[] {
  const read = (kind: string, path: string, prefix = '') =>
    readdirSync(join(folder, 'opensearch', kind))
      .filter((file) => file.endsWith('.json'))
      .map((file) => ({
        path: `${path}/${prefix}${basename(file, '.json')}`,
        body: JSON.parse(readFileSync(join(folder, 'opensearch', kind, file), 'utf8')),
      }));
  return (version) => [
    ...read('pipeline', '/_ingest/pipeline'),
    ...read('component', '/_component_template', 'bongsu-').map((each) => ({ ...each, body: single(each.body) })),
    ...read('index', '/_index_template').map((each) => ({ ...each, body: forEngine(each.body, version) })),
  ];
}

const single = (body: { template: { settings?: { index?: object } } }): object =>
  body.template.settings?.index === undefined
    ? body
    : { ...body, template: { ...body.template, settings: { index: { ...body.template.settings.index, ...SINGLE } } } };
const SINGLE = { number_of_shards: 1, number_of_replicas: 0 };

/** The `_bulk` bodies that a checkout makes of an object. */
async function documents(
  source: string,
  object: string,
  { folder, assets = '' }: { folder: string; assets?: string | undefined },
): Promise<string> {
  const name = folder === root ? 'now' : 'before';
  const worker = join(cache('bench'), `documents-${name}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: ['test/bench/documents.worker.ts'],
    outfile: worker,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    nodePaths: [join(root, 'node_modules')],
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    plugins: [from(folder)],
    logLevel: 'error',
  });
  const into = join(cache('bench'), `index-${source}-${name}.ndjson`);
  await promisify(execFile)(process.execPath, [worker, source, object, into, ...(assets === '' ? [] : [assets])]);
  return into;
}

/** What the worker imports from outside of test/ comes from that checkout. */
const from = (folder: string): Plugin => ({
  name: 'from',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const full = join(resolveDir, path);
      return full.startsWith(join(root, 'functions')) || full.startsWith(join(root, 'shared'))
        ? { path: join(folder, full.slice(root.length)) }
        : undefined;
    });
  },
});
