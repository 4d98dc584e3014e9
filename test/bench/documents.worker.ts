/**
 * The `_bulk` bodies of one object, as the Lambda would send them:
 * `node documents.worker.mjs <source> <object.gz> <body.ndjson> [table of assets]`. stdout: {"documents","bodyBytes"}.
 * With a table, countries, networks and assets are joined.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { handler as networkfirewall } from '../../functions/networkfirewall/handler.ts';
import { handler as s3access } from '../../functions/s3access/handler.ts';
import { lookupIn } from '../../shared/asset/lookup.ts';
import { type Assets, assetTable } from '../../shared/enrich/assets.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import { openGeo } from '../../shared/enrich/opengeo.ts';
import { fileBody } from '../../shared/input/file.ts';
import type { Item, Sink } from '../../shared/model.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';
import { MEASURED } from './sources.ts';

const [name, path, into, table] = process.argv.slice(2);
const make = { networkfirewall: networkfirewall.make, s3access: s3access.make }[name] ?? MEASURED[name].source;
const log = { info() {}, warn: console.error, error: console.error };
const assets: Assets | undefined =
  table === undefined ? undefined : { table: assetTable(lookupIn(readFileSync(table))), refresh() {} };
const geo = table === undefined ? noGeo : await openGeo('bundled', { s3: new S3Client({}), log });

const source = make({ geo, assets, route: ['opensearch'], fields: [] });
const login = async () => ({ username: 'bench', password: 'bench' });
let bodyBytes = 0;
const sink: Sink = {
  ...opensearch({ url: 'https://localhost', auth: { kind: 'basic', login }, index: source.index }),
  async send({ text, count }) {
    const body = text.slice();
    bodyBytes += body.length;
    appendFileSync(into, body);
    return { accepted: count, retry: [], rejected: [] };
  },
};
writeFileSync(into, '');
const item: Item = {
  id: 'bench',
  async *bodies() {
    yield fileBody(path, Number.POSITIVE_INFINITY);
  },
};
const [outcome] = await collect(source, [item], {
  sinks: [sink],
  quarantine: { put: ({ reason }) => console.error(reason), async flush() {} },
  log,
  metrics: { add() {}, flush() {} },
  signal: new AbortController().signal,
});
if (outcome.error !== undefined) throw outcome.error;
process.stdout.write(JSON.stringify({ documents: outcome.counts.opensearch?.sent ?? 0, bodyBytes }));
