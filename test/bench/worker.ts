/**
 * One measured run in a process of its own: `node worker.ts <source> <way> <object.gz> [what the way needs]`.
 * stdout: one JSON object {documents, userMs, wallMs, peakRssMb}.
 * Ways: gunzip · naive · naive-gzip · ours · ours-gzip · ours-zstd · ours-geo · ours-joined (and assets, by the path of a table) ·
 * ours-small (so many objects of it, ten an invocation, by their number) · ours-threats (and 100,000 threat indicators) · everything (geo, and real sinks over the wire, by the URLs of OpenSearch and HEC).
 */
import { createReadStream, readFileSync } from 'node:fs';
import { createGunzip, gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { lookupIn } from '../../shared/asset/lookup.ts';
import { type Assets, assetTable } from '../../shared/enrich/assets.ts';
import { type Geo, noGeo } from '../../shared/enrich/geo.ts';
import { openGeo } from '../../shared/enrich/opengeo.ts';
import { withIndicators } from '../../shared/enrich/threat/match.ts';
import { fileBody } from '../../shared/input/file.ts';
import type { Batch, Item, Sink, Source } from '../../shared/model.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { gzip } from '../../shared/sink/delivery/gzip.ts';
import { retrying } from '../../shared/sink/delivery/retry.ts';
import { inZstd, zstdOrGzip } from '../../shared/sink/opensearch/encoding.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';
import { splunk } from '../../shared/sink/splunk/sink.ts';
import { MEASURED } from './sources.ts';
import { threats } from './threats.data.ts';

const [name, way, path, ...needs] = process.argv.slice(2);
const { source: make, naive } = MEASURED[name];
const MAX_BYTES = 2 ** 40;
const log = { info() {}, warn: console.error, error: console.error };

async function unzipped(): Promise<number> {
  let bytes = 0;
  const stream = createReadStream(path, { highWaterMark: 1 << 18 }).pipe(createGunzip({ chunkSize: 1 << 18 }));
  for await (const chunk of stream) bytes += chunk.length;
  return bytes;
}

/** The real sink's way of writing; instead of sending, `swallow` takes the body. */
function deaf(sink: Sink, swallow: (batch: Batch) => Promise<unknown>): Sink {
  return {
    ...sink,
    async send(batch) {
      await swallow(batch);
      return { accepted: batch.count, retry: [], rejected: [] };
    },
  };
}

const PER_INVOCATION = 10; // messages that SQS gives a Lambda at once

/** The object, so many times. */
async function ours(geo: Geo, sinks: readonly Sink[], { assets, objects = 1 }: Ours = {}): Promise<number> {
  const made = make({ geo, assets, route: sinks.map((sink) => sink.name), fields: [] });
  const source = indicators === undefined ? made : withIndicators(made, indicators, { add() {} });
  let read = 0;
  for (let left = objects; left > 0; left -= PER_INVOCATION) {
    const items = Array.from({ length: Math.min(left, PER_INVOCATION) }, (_, at) => itemOf(`${left}-${at}`));
    read += await invocation(source, items, sinks);
  }
  return read;
}

interface Ours {
  readonly assets?: Assets | undefined;
  readonly objects?: number;
}

const itemOf = (id: string): Item => ({
  id,
  async *bodies() {
    yield fileBody(path, MAX_BYTES);
  },
});

async function invocation(source: Source<unknown>, items: readonly Item[], sinks: readonly Sink[]): Promise<number> {
  const outcomes = await collect(source, items, {
    sinks,
    quarantine: { put() {}, async flush() {} },
    log,
    metrics: { add() {}, flush() {} },
    signal: new AbortController().signal,
  });
  for (const outcome of outcomes) {
    if (outcome.error !== undefined) throw outcome.error;
    const lost = sinks.filter((sink) => outcome.counts[sink.name]?.sent !== outcome.read);
    if (lost.length > 0) throw new Error(`not every record arrived: ${JSON.stringify(outcome)}`);
  }
  return outcomes.reduce((sum, { read }) => sum + read, 0);
}

const bundled = () => openGeo('bundled', { s3: new S3Client({}), log });

/** Once an environment, so that it is measured apart: assets.worker.ts. */
const assets: Assets | undefined =
  way === 'ours-joined' ? { table: assetTable(lookupIn(readFileSync(needs[0]))), refresh() {} } : undefined;
const indicators = way === 'ours-threats' ? { table: threats(100_000), refresh() {} } : undefined;
const { index, splunk: look } = make({ geo: noGeo, assets: undefined, route: [], fields: [] });
const login = async () => ({ username: 'bench', password: 'bench' });
const toOpenSearch = (url: string) => opensearch({ url, auth: { kind: 'basic', login }, index, encoded: zstdOrGzip() });
const toSplunk = (url: string) => splunk({ endpoints: [url], token: async () => 'bench', ...look });
const quiet = toOpenSearch('https://localhost');
const deadline = () => Number.POSITIVE_INFINITY;

const WAYS: Readonly<Record<string, () => Promise<number> | number>> = {
  gunzip: async () => ((await unzipped()) > 0 ? 0 : 0),
  naive: () => naive(readFileSync(path), () => {}),
  'naive-gzip': () => naive(readFileSync(path), (body) => gzipSync(body, { level: 6 })),
  ours: () => ours(noGeo, [deaf(quiet, async () => {})]),
  'ours-small': () => ours(noGeo, [deaf(quiet, async () => {})], { objects: Number(needs[0]) }),
  'ours-gzip': () => ours(noGeo, [deaf(quiet, (batch) => gzip(batch.text.slice()))]),
  'ours-zstd': () => ours(noGeo, [deaf(quiet, (batch) => inZstd(batch.text.slice(), async () => {}))]),
  'ours-geo': async () => ours(await bundled(), [deaf(quiet, async () => {})]),
  'ours-joined': async () => ours(await bundled(), [deaf(quiet, async () => {})], { assets }),
  'ours-threats': () => ours(noGeo, [deaf(quiet, async () => {})]),
  everything: async () =>
    ours(await bundled(), [retrying(toOpenSearch(needs[0]), { deadline }), retrying(toSplunk(needs[1]), { deadline })]),
};

const started = performance.now();
const before = process.cpuUsage();
const documents = await WAYS[way]();
const { user } = process.cpuUsage(before);
const run = {
  documents,
  userMs: user / 1000,
  wallMs: performance.now() - started,
  peakRssMb: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(`${JSON.stringify(run)}\n`);
