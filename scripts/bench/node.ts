/** Documents put into a real node: bytes on its disk after a force-merge, and the CPU time it took to index them. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { type ClientOptions, sender } from '../../shared/sink/opensearch/client.ts';
import { asker } from '../../test/rig/opensearch/asker.ts';
import type { Node } from '../../test/rig/opensearch/opensearch.ts';

export interface Put {
  /** `/_index_template/aws-flowlogs` */
  readonly path: string;
  readonly body: object;
}

export interface Stored {
  readonly documents: number;
  /** After a force-merge into one segment a shard. */
  readonly bytes: number;
  /** User and system time of the node's process from the first request to the last refresh, without the force-merge. */
  readonly cpuMs: number;
  /** Bytes by extension of Lucene's files. */
  readonly files: Readonly<Record<string, number>>;
}

const CHUNK = 1 << 20;
const NEWLINE = 10;
const INDICES = 'aws-*';

interface Work {
  readonly templates: readonly Put[];
  /** A file of `_bulk` lines. */
  readonly body: string;
}

/** Throws for a document that is refused. The indices are deleted afterwards. */
export async function stored(node: Node, { templates, body }: Work): Promise<Stored> {
  const access: ClientOptions = {
    url: node.url,
    auth: { kind: 'basic', login: async () => node },
    ca: readFileSync(node.caFile, 'utf8'),
  };
  const ask = asker(access);
  const cpu = async () => {
    const { nodes } = (await ask('GET', '/_nodes/stats/process')) as {
      nodes: Record<string, { process: { cpu: { total_in_millis: number } } }>;
    };
    return Object.values(nodes)[0].process.cpu.total_in_millis;
  };
  for (const template of templates) await ask('PUT', template.path, template.body);
  const before = await cpu();
  await sendAll(access, body);
  await ask('POST', `/${INDICES}/_refresh`);
  const cpuMs = (await cpu()) - before;
  await ask('POST', `/${INDICES}/_forcemerge?max_num_segments=1&flush=true`);
  await ask('POST', `/${INDICES}/_refresh`);
  const { _all } = (await ask('GET', `/${INDICES}/_stats?include_segment_file_sizes=true`)) as Stats;
  const { docs, store, segments } = _all.primaries;
  await ask('DELETE', `/${INDICES}`);
  const files = Object.entries(segments.file_sizes ?? {}).map(([name, { size_in_bytes }]) => [name, size_in_bytes]);
  return { documents: docs.count, bytes: store.size_in_bytes, cpuMs, files: Object.fromEntries(files) };
}

interface Stats {
  readonly _all: {
    readonly primaries: {
      readonly docs: { readonly count: number };
      readonly store: { readonly size_in_bytes: number };
      readonly segments: { readonly file_sizes?: Readonly<Record<string, { readonly size_in_bytes: number }>> };
    };
  };
}

/** Two requests at a time, as a Lambda. */
async function sendAll(access: ClientOptions, path: string): Promise<void> {
  const send = sender(access);
  const headers = { 'content-type': 'application/x-ndjson' };
  const one = async (body: Buffer) => {
    const answer = await send({ method: 'POST', path: '/_bulk', body, headers }, 120_000, new AbortController().signal);
    const { errors, items } = answer.body as { errors: boolean; items: readonly { create: { error?: object } }[] };
    if (errors) throw new Error(JSON.stringify(items.find(({ create }) => create.error !== undefined)));
  };
  let waiting: Promise<void> = Promise.resolve();
  for (const body of bodies(path)) {
    const sent = one(body);
    await waiting;
    waiting = sent;
  }
  await waiting;
}

/** Pieces that end behind a whole document. */
function* bodies(path: string): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    let rest = Buffer.alloc(0);
    for (;;) {
      const read = Buffer.alloc(CHUNK);
      const length = readSync(file, read);
      if (length === 0) break;
      const all = Buffer.concat([rest, read.subarray(0, length)]);
      const end = endOf(all);
      if (end > 0) yield all.subarray(0, end);
      rest = Buffer.from(all.subarray(end));
    }
    if (rest.length > 0) yield rest;
  } finally {
    closeSync(file);
  }
}

const ACTION = Buffer.from('\n{"create":');

/** Behind the last document that another action follows. */
function endOf(bytes: Buffer): number {
  const at = bytes.lastIndexOf(ACTION);
  return at < 0 || bytes[at] !== NEWLINE ? 0 : at + 1;
}
