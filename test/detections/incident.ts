/** What the demo's incident becomes, as documents of all its sources. */
import { gunzipSync } from 'node:zlib';
import { collected, type Delivered } from '../../scripts/detections/proof/deliver.ts';
import { handlerOf } from '../../scripts/handlers.ts';
import { incident } from '../../scripts/incident.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import type { SourceName } from '../../shared/sources.ts';

const AT = new Date('2026-11-24T13:40:38Z');

type Document = Pick<Delivered, 'id' | 'bulk'>;

async function documentsOf(name: SourceName, uri: string, body: Buffer): Promise<readonly Document[]> {
  const { make } = await handlerOf(name);
  const source = make({ geo: noGeo, assets: undefined, route: ['opensearch', 'splunk'], fields: [] });
  const plain = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body;
  return (await collected(source, uri, plain.toString(), true)).documents;
}

/** `at`: when the incident ends. */
export async function incidentDocuments(at = AT): Promise<readonly Document[]> {
  const { objects, events } = incident(at);
  const all: Document[] = [];
  for (const { source, body, key } of objects) all.push(...(await documentsOf(source, `s3://logs/${key}`, body)));
  for (const [number, { source, event }] of events.entries()) {
    all.push(...(await documentsOf(source, `eventbridge:${number}`, Buffer.from(JSON.stringify(event)))));
  }
  return all;
}
