/** Bodies through the real path, but for the wire: what the sinks have written is looked at instead of being sent. */
import { isUtf8 } from 'node:buffer';
import { noGeo } from '../../shared/enrich/geo.ts';
import type { Batch, Body, Item, Reject, Sink } from '../../shared/model.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';
import { splunk } from '../../shared/sink/splunk/sink.ts';
import { lines } from '../../shared/sink/store/reject.ts';
import type { Kind } from './kinds.ts';

export type Counts = Record<string, number>;

export interface Seen {
  /** How often each mark arrived, by sink. */
  readonly documents: Counts;
  readonly events: Counts;
  /** How often each reason was given. */
  readonly rejects: Counts;
  /** Bytes written to sinks and kept in the quarantine. */
  readonly bytes: { sent: number; kept: number };
  /** What is no JSON or no UTF-8 in what was written. */
  readonly breaches: string[];
  /** Why items failed. */
  readonly errors: string[];
}

const count = (counts: Counts, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

const LARGEST_LINE = 1_024_000; // as Firehose takes it

/** Each list of bodies is an item. */
export async function direct(kind: Kind, items: readonly (() => AsyncIterable<Body>)[]): Promise<Seen> {
  const source = kind.source({ geo: noGeo, route: ['opensearch', 'splunk'] });
  const seen: Seen = {
    documents: Object.create(null),
    events: Object.create(null),
    rejects: Object.create(null),
    bytes: { sent: 0, kept: 0 },
    breaches: [],
    errors: [],
  };
  const login = async () => ({ username: 'fuzz', password: 'fuzz' });
  const url = 'https://nowhere.invalid';
  const outcomes = await collect(
    source,
    items.map((bodies, at): Item => ({ id: String(at), bodies })),
    {
      sinks: [
        looking(opensearch({ url, auth: { kind: 'basic', login }, index: source.index }), seen, seen.documents),
        looking(splunk({ endpoints: [url], token: async () => 'fuzz', ...source.splunk }), seen, seen.events),
      ],
      quarantine: {
        put(reject: Reject) {
          count(seen.rejects, reject.reason);
          for (const line of lines(reject, '0', LARGEST_LINE)) seen.bytes.kept += line.length;
        },
        async flush() {},
      },
      log: { info() {}, warn() {}, error() {} },
      metrics: { add() {}, flush() {} },
      signal: new AbortController().signal,
    },
  );
  for (const { error } of outcomes) if (error !== undefined) seen.errors.push(String(error));
  return seen;
}

/** The sink's own way of writing. */
function looking(sink: Sink, { bytes, breaches }: Seen, counts: Counts): Sink {
  const { name, maxBytes, append } = sink;
  return {
    name,
    maxBytes,
    append,
    async send(batch: Batch) {
      bytes.sent += batch.bytes;
      for (let at = 0; at < batch.count; at++) {
        const record = Buffer.from(batch.slice(at));
        const text = record.toString();
        const fault = isUtf8(record) ? faultOf(name === 'splunk' ? [text] : text.trimEnd().split('\n')) : 'not UTF-8';
        if (fault !== undefined) breaches.push(`${name}: ${fault}: ${text.slice(0, 2000)}`);
        count(counts, /mark\d+[a-z]/.exec(text)?.[0] ?? 'other');
      }
      return { accepted: batch.count, retry: [], rejected: [] };
    },
  };
}

function faultOf(texts: readonly string[]): string | undefined {
  try {
    for (const text of texts) JSON.parse(text);
    return undefined;
  } catch (error) {
    return String(error);
  }
}
