/**
 * What one run of each monitor costs a real node that holds a million documents, all of which came in within the monitors' window:
 * 1,100 a second. As a quiet moment, the same run a day later, when none did.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { noGeo } from '../../shared/enrich/geo.ts';
import type { Item } from '../../shared/model.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { retrying } from '../../shared/sink/delivery/retry.ts';
import type { ClientOptions } from '../../shared/sink/opensearch/client.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';
import { cloudtrail } from '../../test/bench/cloudtrail.data.ts';
import { dns } from '../../test/bench/dns.data.ts';
import { flowlogs } from '../../test/bench/flowlogs.data.ts';
import { lines, member } from '../../test/bench/object.ts';
import { MEASURED } from '../../test/bench/sources.ts';
import { waf } from '../../test/bench/waf.data.ts';
import { asker } from '../../test/rig/opensearch/asker.ts';
import { startOpenSearch } from '../../test/rig/opensearch/opensearch.ts';
import { library } from './load.ts';
import { type Ask, lineSender, prepare, runOf, type Search, searched } from './proof/node.ts';
import { monitorFor } from './proof/proof.ts';

export interface Cost {
  readonly name: string;
  /** Of the search alone, and CPU of the whole node, milliseconds. */
  readonly ms: number;
  readonly cpuMs: number;
  readonly quietMs: number;
}

const PARTS: Readonly<Record<string, (records: number) => Iterable<string>>> = {
  flowlogs: (records) => lines(flowlogs(records)),
  cloudtrail: (records) => member('Records', cloudtrail(records)),
  dns: (records) => lines(dns(records)),
  waf: (records) => lines(waf(records)),
};
/** Of a million. */
const SHARES: Readonly<Record<string, number>> = { flowlogs: 0.7, cloudtrail: 0.1, dns: 0.15, waf: 0.05 };
const DAY_MS = 86_400_000;
/** With 512 MB the node refuses requests over a million documents. */
const HEAP = '3g';
const EACH = 20; // monitors after which a line says how far it is

type Say = (line: string) => void;

/** Undefined where no node can be started. */
export async function costs(documents: number, say: Say): Promise<readonly Cost[] | undefined> {
  const node = await startOpenSearch({ progress: say, isLong: true, heap: HEAP });
  if ('skipped' in node) {
    say(`not measured: ${node.skipped}`);
    return undefined;
  }
  try {
    const access = {
      url: node.url,
      auth: { kind: 'basic', login: async () => node },
      ca: readFileSync(node.caFile, 'utf8'),
    } as const;
    const ask = patient(asker(access));
    await prepare(ask);
    for (const [source, share] of Object.entries(SHARES)) {
      const first = (documents * share) / COPIES;
      say(`storing ${first} documents of ${source}, and ${COPIES - 1} copies of each`);
      await stored(source, first, access);
      await ask('POST', `/aws-${source}-*/_refresh`);
      await copied(source, ask);
    }
    await ask('POST', '/aws-*/_refresh');
    const { count } = (await ask('GET', '/aws-*/_count')) as { readonly count: number };
    if (count !== documents) throw new Error(`${count} documents are stored, expected ${documents}`);
    say(`running ${library().kept.length} monitors over ${count} documents`);
    return await measured(ask, lineSender(access), say);
  } finally {
    await node.stop();
  }
}

async function stored(name: string, records: number, access: ClientOptions): Promise<void> {
  const source = MEASURED[name].source({ geo: noGeo, assets: undefined, route: ['opensearch'], fields: [] });
  const item: Item = {
    id: name,
    async *bodies() {
      yield { uri: `s3://bench/${name}@e`, chunks: chunksOf(PARTS[name](records)) };
    },
  };
  const sink = retrying(opensearch({ ...access, index: source.index }), { deadline: () => Number.POSITIVE_INFINITY });
  const log = { info() {}, warn() {}, error() {} };
  const [{ error, counts }] = await collect(source, [item], {
    sinks: [sink],
    quarantine: { put() {}, flush: async () => {} },
    log,
    metrics: { add() {}, flush() {} },
    signal: new AbortController().signal,
  });
  if (error !== undefined) throw error;
  if (counts.opensearch?.sent !== records) throw new Error(`${name}: not every document was stored`);
}

/** The node copies documents itself, which takes a third of the time; an id has a number at its end. */
const COPIES = 20;

async function copied(source: string, ask: Ask): Promise<void> {
  const from = `aws-${source}-2*`;
  for (let number = 1; number < COPIES; number++) {
    const { task } = (await ask('POST', '/_reindex?wait_for_completion=false', {
      source: { index: from, size: 1000 },
      dest: { index: `aws-${source}-copies`, op_type: 'create' },
      script: { source: 'ctx._id = ctx._id + params.number', params: { number: `-${number}` } },
    })) as { readonly task: string };
    while (!(await isDone(ask, task))) await sleep(500);
  }
}

/** The test's node has a small heap, and refuses what comes while it collects. */
const patient =
  (ask: Ask): Ask =>
  async (...call) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask(...call);
      } catch (error) {
        if (attempt === 10 || !/circuit_breaking_exception/.test(String(error))) throw error;
        await sleep(1000);
      }
    }
  };

/** Throws Error where a document was not copied. */
async function isDone(ask: Ask, task: string): Promise<boolean> {
  const { completed, response, error } = (await ask('GET', `/_tasks/${task}`)) as {
    readonly completed: boolean;
    readonly response?: { readonly failures: readonly unknown[] };
    readonly error?: unknown;
  };
  if (error !== undefined || (response?.failures.length ?? 0) > 0)
    throw new Error(`documents were not copied: ${JSON.stringify(error ?? response?.failures[0]).slice(0, 500)}`);
  return completed;
}

const CHUNK = 1 << 18;

async function* chunksOf(text: Iterable<string>): AsyncGenerator<Uint8Array> {
  let chunk = '';
  for (const part of text) {
    chunk += part;
    if (chunk.length < CHUNK) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  yield Buffer.from(chunk);
}

async function measured(ask: Ask, send: ReturnType<typeof lineSender>, say: Say): Promise<readonly Cost[]> {
  const { kept, lists } = library();
  // the window ends where the first documents are fifteen minutes old: all are in it, however long they took
  const now = Date.now();
  const found: Cost[] = [];
  for (const { detection } of kept) {
    const monitor = widened(runOf(monitorFor({ detection, lists }), now));
    const before = await cpu(ask);
    const ms = await took(monitor, send);
    const cpuMs = (await cpu(ask)) - before;
    const quietMs = await took(runOf(monitorFor({ detection, lists }), now + DAY_MS), send);
    found.push({ name: detection.name, ms, cpuMs, quietMs });
    if (found.length % EACH === 0) say(`${found.length} monitors: ${sumOf(found)} ms of CPU`);
  }
  return found.sort((a, b) => b.cpuMs - a.cpuMs);
}

const sumOf = (costs: readonly Cost[]): number => costs.reduce((sum, { cpuMs }) => sum + cpuMs, 0);

/** Of any length, so that everything that was stored is looked at. */
const widened = (search: Search): Search => ({
  ...search,
  body: JSON.parse(JSON.stringify(search.body).replace(/\|\|-\d+m/g, '||-1d')),
});

async function took(search: Search, send: ReturnType<typeof lineSender>): Promise<number> {
  const [answer] = (await searched(send, [search])) as readonly { readonly took?: number; readonly error?: object }[];
  if (answer.took === undefined) throw new Error(JSON.stringify(answer.error).slice(0, 500));
  return answer.took;
}

/** Of the process since its start, milliseconds. */
async function cpu(ask: Ask): Promise<number> {
  const { nodes } = (await ask('GET', '/_nodes/stats/process')) as {
    readonly nodes: Readonly<
      Record<string, { readonly process: { readonly cpu: { readonly total_in_millis: number } } }>
    >;
  };
  return Object.values(nodes)[0].process.cpu.total_in_millis;
}
