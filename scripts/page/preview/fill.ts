/**
 * Documents for pictures of the dashboards: the demo's incident with the estate joined in, and samples of sources that have no
 * part in it. The samples' times are moved into the incident's hour.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assets } from '../../../functions/asset-inventory/source.ts';
import { GEO_TABLE, geoTable } from '../../../shared/enrich/geotable.ts';
import type { Sink } from '../../../shared/model.ts';
import { notifyUnrouted } from '../../../shared/pipeline/unrouted.ts';
import { incidentDocuments } from '../../../test/detections/incident.ts';
import { indicesOf } from '../../../test/opensearch/indices.ts';
import type { Doc } from '../../../test/opensearch/panels.ts';
import { collected } from '../../detections/proof/deliver.ts';
import { worldOf } from '../../detections/proof/world.ts';
import { geo } from '../../geo.ts';
import { valuesAt } from '../text.ts';
import { ESTATE, feed } from './estate.ts';

const golden = join(import.meta.dirname, '../../../test/golden');
const HOUR_MS = 3_600_000;
/** A sample with the largest number that there is would make all bars of others invisible. */
const MOST_BYTES = 1e12;

export interface Placed {
  readonly index: string;
  readonly id?: string;
  readonly document: Doc;
}

export async function documents(end: Date): Promise<readonly Placed[]> {
  return [...(await incidentPart(end)), ...samples(end), ...(await inventory(end)), ...(await unrouted(end))];
}

async function incidentPart(end: Date): Promise<readonly Placed[]> {
  const places = geoTable(readFileSync(join(await geo(), GEO_TABLE)));
  const known = { geo: places, assets: worldOf({ assets: ESTATE, places: {}, indicators: [] }).assets };
  return (await incidentDocuments(end, known)).flatMap(({ id, bulk }): readonly Placed[] => {
    const [action, line] = bulk.split('\n');
    const index: string = JSON.parse(action).create._index;
    const document: Doc = JSON.parse(line);
    const { finding } = document as { finding?: { uid?: string } };
    const placed = { index, id, document };
    return finding?.uid === undefined
      ? [placed]
      : [placed, { index: 'aws-findings-current', id: finding.uid, document }];
  });
}

function samples(end: Date): readonly Placed[] {
  const names = readdirSync(golden, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  const all = names.flatMap((name) => JSON.parse(readFileSync(join(golden, name), 'utf8')) as Doc[]);
  return all.flatMap((doc, at) => {
    if (valuesAt(doc, 'source.bytes').some((bytes) => Number(bytes) > MOST_BYTES)) return [];
    const moved = new Date(end.getTime() - ((at * 7919) % HOUR_MS)).toISOString();
    return indicesOf(doc).map((index) => ({ index, document: { ...doc, '@timestamp': moved } }));
  });
}

async function inventory(end: Date): Promise<readonly Placed[]> {
  const { current, changes } = feed(end);
  const made = async (index: string, lines: readonly object[]): Promise<readonly Placed[]> => {
    const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const { documents } = await collected(assets({ route: ['opensearch'] }), 's3://assets/feed', body);
    return documents.map(({ document }) => ({ index, document }));
  };
  return [...(await made('aws-assets-current', current)), ...(await made('aws-assets-changes-2026.11', changes))];
}

/** Events of objects that no source could read. */
async function unrouted(end: Date): Promise<readonly Placed[]> {
  const found: Placed[] = [];
  const all = ['dns', 'waf', 'flowlogs', 'waf'].map((source, item) => ({
    ...{ item, source, reason: 'the record is no JSON object', first: Buffer.from('h2 2026-11-24T') },
    uri: `s3://logs/AWSLogs/123456789012/elasticloadbalancing/${item}.log.gz@0123abcd`,
  }));
  const quiet = { log: { info() {}, warn() {}, error() {} }, metrics: { add() {}, flush() {} } };
  await notifyUnrouted(all, { notify: [opensearchOf()], ...quiet }, ({ name }) => ({
    name,
    append(item, _facts, _from, doc) {
      const document = JSON.parse(Buffer.from(doc.bytes.subarray(0, doc.length)).toString()) as Doc;
      const moved = new Date(end.getTime() - item * 11 * 60_000).toISOString();
      found.push({ index: 'aws-unrouted-2026.11', document: { ...document, '@timestamp': moved } });
      return false;
    },
    async sendFull() {},
    async flush() {},
  }));
  return found;
}

/** A sink that nothing is sent to: only its name is asked for. */
const opensearchOf = (): Sink => ({ name: 'opensearch' }) as Sink;
