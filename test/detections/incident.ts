/** What the demo's incident becomes, as documents of all its sources. */
import { gunzipSync } from 'node:zlib';
import { collected, type Delivered } from '../../scripts/detections/proof/deliver.ts';
import type { World } from '../../scripts/detections/proof/world.ts';
import { handlerOf } from '../../scripts/handlers.ts';
import { incident } from '../../scripts/incident.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import type { SourceName } from '../../shared/sources.ts';

const AT = new Date('2026-11-24T13:40:38Z');

type Document = Pick<Delivered, 'id' | 'bulk'>;

type Known = Pick<World, 'geo' | 'assets'>;
const NOTHING: Known = { geo: noGeo, assets: undefined };

interface Input {
  readonly name: SourceName;
  readonly uri: string;
  readonly body: Buffer;
}

async function documentsOf({ name, uri, body }: Input, known: Known): Promise<readonly Document[]> {
  const { make } = await handlerOf(name);
  const source = make({ ...known, route: ['opensearch', 'splunk'], fields: [] });
  const plain = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body;
  return (await collected(source, uri, plain.toString(), true)).documents;
}

/** `at`: when the incident ends. `known`: what is joined into documents. */
export async function incidentDocuments(at = AT, known = NOTHING): Promise<readonly Document[]> {
  const { objects, events } = incident(at);
  const all: Document[] = [];
  for (const { source, body, key } of objects)
    all.push(...(await documentsOf({ name: source, uri: `s3://logs/${key}`, body }, known)));
  for (const [number, { source, event }] of events.entries()) {
    all.push(
      ...(await documentsOf(
        { name: source, uri: `eventbridge:${number}`, body: Buffer.from(JSON.stringify(event)) },
        known,
      )),
    );
  }
  return all;
}
