/** Bodies through the real path: an object of S3, unpacked, decoded, written, sent over the wire, or quarantined. */
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { S3Client } from '@aws-sdk/client-s3';
import { noGeo } from '../../shared/enrich/geo.ts';
import { s3Bodies } from '../../shared/input/s3.ts';
import type { Item } from '../../shared/model.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';
import { splunk } from '../../shared/sink/splunk/sink.ts';
import { quarantine } from '../../shared/sink/store/quarantine.ts';
import { type Firehose, firehose } from '../fake/firehose.ts';
import { type S3, s3 } from '../fake/s3.ts';
import { clientOf } from '../fake/server.ts';
import { type Destinations, destinations } from './destinations.ts';
import type { Kind } from './kinds.ts';

/** One that was kept, as its line in the quarantine says. */
export interface Kept {
  readonly uri: string;
  readonly seq: number;
  readonly reason: string;
  readonly sink?: string;
}

export interface Arrived {
  /** Of OpenSearch, by the mark of their record. */
  readonly documents: ReadonlyMap<string, readonly { readonly id: string; readonly text: string }[]>;
  /** Of Splunk, likewise. */
  readonly events: ReadonlyMap<string, readonly string[]>;
  readonly rejects: readonly Kept[];
  /** Why items failed. */
  readonly errors: readonly unknown[];
  readonly breaches: readonly string[];
}

export interface Stage {
  /** Each body is an object; those of one list come in one message, in their order. */
  run(kind: Kind, messages: readonly (readonly Uint8Array[])[]): Promise<Arrived>;
  stop(): Promise<void>;
}

export const MARK = /mark\d+[a-z]/;
const BUCKET = 'logs';
const MAX_OBJECT_BYTES = 1 << 30;
const quiet = { info() {}, warn() {}, error() {} };

export async function stage(): Promise<Stage> {
  const store = await s3();
  const stream = await firehose();
  const client = new S3Client({ ...clientOf(store), forcePathStyle: true, maxAttempts: 3 });
  const firehoseClient = new FirehoseClient({ ...clientOf(stream), maxAttempts: 3 });
  return {
    async run(kind, messages) {
      const to = await destinations();
      stream.kept.length = 0;
      const errors = await collected(kind, put(store, messages), { client, firehose: firehoseClient, to });
      await to.stop();
      return arrived(to, stream, errors);
    },
    async stop() {
      client.destroy();
      firehoseClient.destroy();
      await store.stop();
      await stream.stop();
    },
  };
}

/** The notifications of S3. */
function put({ objects }: S3, messages: readonly (readonly Uint8Array[])[]): readonly object[] {
  objects.clear();
  return messages.map((bodies, message) => ({
    Records: bodies.map((bytes, body) => {
      const key = keyOf(message, body);
      objects.set(`${BUCKET}/${key}`, { bytes, etag: `e${message}` });
      return { eventName: 'ObjectCreated:Put', s3: { bucket: { name: BUCKET }, object: { key, size: bytes.length } } };
    }),
  }));
}

export const keyOf = (message: number, body: number): string => `fuzz/${message}/${body}`;
export const uriOf = (message: number, body: number): string => `s3://${BUCKET}/${keyOf(message, body)}@e${message}`;

interface Parts {
  readonly client: S3Client;
  readonly firehose: FirehoseClient;
  readonly to: Destinations;
}

async function collected(kind: Kind, events: readonly object[], { client, firehose, to }: Parts): Promise<unknown[]> {
  const source = kind.source({ geo: noGeo, route: ['opensearch', 'splunk'] });
  const bodies = s3Bodies(client, { source: source.name, maxObjectBytes: MAX_OBJECT_BYTES, log: quiet });
  const items = events.map((event, at): Item => ({ id: String(at), bodies: (signal) => bodies(event, signal) }));
  const login = async () => ({ username: 'fuzz', password: 'fuzz' });
  const outcomes = await collect(source, items, {
    sinks: [
      opensearch({ url: to.endpoint, auth: { kind: 'basic', login }, index: source.index }),
      splunk({ endpoints: [to.endpoint], token: async () => 'fuzz', ...source.splunk }),
    ],
    quarantine: quarantine({ client: firehose, stream: 'quarantine', version: '0', log: quiet, baseMs: 1 }),
    log: quiet,
    metrics: { add() {}, flush() {} },
    signal: new AbortController().signal,
  });
  return outcomes.flatMap(({ error }) => (error === undefined ? [] : [error]));
}

function arrived(to: Destinations, { kept }: Firehose, errors: readonly unknown[]): Arrived {
  const markOf = (text: string): string => MARK.exec(text)?.[0] ?? '';
  return {
    documents: Map.groupBy(to.documents, ({ text }) => markOf(text)),
    events: Map.groupBy(to.events, markOf),
    rejects: kept.map((line) => JSON.parse(line.toString())),
    errors,
    breaches: to.breaches,
  };
}
