/** Events as Splunk gets them, written by the sources themselves from their samples and the demo's incident. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { handlerOf } from '../../scripts/handlers.ts';
import { incident } from '../../scripts/incident.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import { DecodeError } from '../../shared/errors.ts';
import type { Facts } from '../../shared/model.ts';
import { blank } from '../../shared/pipeline/facts.ts';
import type { SourceName } from '../../shared/sources.ts';
import { Text } from '../../shared/text/text.ts';
import type { Indexed } from './props/event.ts';

export interface Sent extends Indexed {
  /** The source's name, and the file it came from. */
  readonly from: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly time?: number;
}

type Name = SourceName;
const samples = join(import.meta.dirname, '../sample');
const AT = new Date('2026-11-24T13:40:38Z');

/** What becomes of one body. Records that the source refuses are left out. */
export async function sent(name: Name, body: Buffer | string, from: string): Promise<Sent[]> {
  const { make } = await handlerOf(name);
  const source = make({ geo: noGeo, assets: undefined, fields: [], route: ['splunk'] });
  const found: Sent[] = [];
  const doc = new Text(16);
  const write = (record: unknown, seq: number) => {
    doc.length = 0;
    const facts = blank();
    if (!source.write(record, { uri: from, seq }, doc, facts)) return;
    const { bytes, start, end } = source.raw(record, facts);
    const raw = Buffer.from(bytes.subarray(start, end)).toString();
    const { time } = facts;
    found.push({
      name,
      from,
      raw,
      time,
      sourcetype: facts.sourcetype || source.splunk.sourcetype,
      fields: indexed(facts),
    });
  };
  for await (const page of source.decode(chunk(body))) {
    for (let isOver = false; !isOver; ) {
      unlessRefused(() => {
        const record = page.next();
        isOver = record === undefined;
        if (!isOver) write(record, page.seq);
      });
    }
  }
  return found;
}

function unlessRefused(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
}

async function* chunk(body: Buffer | string): AsyncGenerator<Buffer> {
  yield Buffer.from(body);
}

/** shared/sink/splunk: what goes beside the event. */
function indexed(facts: Facts): Record<string, string> {
  const uid = facts.current || facts.about;
  return {
    event_id: facts.id,
    ...(facts.severity !== undefined && { severity: facts.severity }),
    ...(uid !== '' && { finding_uid: uid }),
  };
}

/** Of the samples in AWS's published shapes; not of those that are odd or broken on purpose. */
export async function sampleEvents(name: Name): Promise<Sent[]> {
  const folder = join(samples, name);
  const files = readdirSync(folder).filter(
    (file) => /\.(json|jsonl|log)$/.test(file) && !/^(event|broken|drift)/.test(file),
  );
  const all = await Promise.all(files.map((file) => sent(name, readFileSync(join(folder, file)), file)));
  return all.flat();
}

/** All that the demo's incident sends to Splunk. */
export async function demoEvents(): Promise<Sent[]> {
  const { objects, events } = incident(AT);
  const logs = objects.map(({ source, body }) => sent(source, unpacked(body), 'incident'));
  const findings = events.map(({ source, event }) => sent(source, JSON.stringify(event), 'incident'));
  return (await Promise.all([...logs, ...findings])).flat();
}

const unpacked = (body: Buffer): Buffer => (body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body);
