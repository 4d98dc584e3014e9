/**
 * An object that takes longer than an invocation, between small ones: 250,000 flow logs, a `_bulk` of one second, a timeout of 13 s.
 * Prints what each invocation read and, at the end, copies in OpenSearch and HEC. Run it with node.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { flowlogs } from '../../functions/flowlogs/source.ts';
import { replay } from '../../functions/replay/replay.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import { s3Bodies } from '../../shared/input/s3.ts';
import { sqsItems } from '../../shared/input/sqs.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { retrying } from '../../shared/sink/delivery/retry.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';
import { splunk } from '../../shared/sink/splunk/sink.ts';
import { checkpoints } from '../../shared/sink/store/checkpoints.ts';
import { spill } from '../../shared/sink/store/spill.ts';
import { buckets } from '../fake/buckets.ts';
import { clientOf } from '../fake/server.ts';
import { startHec } from '../rig/hec/hec.ts';

const [LINES, TIMEOUT_MS, RESERVE_MS, BULK_MS] = [250_000, 13_000, 5_000, 1_000];
const TOKEN = '11111111-2222-4333-8444-555555555555';
const quiet = { info() {}, warn() {}, error() {} };

/** How often each document came. */
const documents = new Map<string, number>();
const domain = createServer(async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  await wait(BULK_MS);
  const ids = [
    ...gunzipSync(Buffer.concat(parts))
      .toString()
      .matchAll(/"_id":"([^"]+)"/g),
  ].map(([, id]) => id);
  const items = ids.map((id) => {
    documents.set(id, (documents.get(id) ?? 0) + 1);
    return { create: { status: documents.get(id) === 1 ? 201 : 409 } };
  });
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: false, items }));
});
await new Promise<void>((resolve) => domain.listen(0, '127.0.0.1', resolve));
const [hec, store] = [await startHec({ token: TOKEN }), await buckets()];
const client = new S3Client({ ...clientOf(store), forcePathStyle: true });

const lines = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const at = Date.UTC(2026, 10, 1) / 1000 + ((first + i) % 86_000);
    return `2 123456789012 eni-0a1b2c3d4e5f60718 10.0.${i & 255}.7 192.0.2.7 ${1024 + (i % 60_000)} 443 6 10 840 ${at} ${at + 60} ACCEPT OK\n`;
  }).join('');
const messageOf = (key: string, text: string) => {
  const bytes = gzipSync(text);
  store.objects.set(`logs/${key}`, { bytes });
  const s3 = { bucket: { name: 'logs' }, object: { key, size: bytes.length } };
  return { messageId: key, body: JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put', s3 }] }), times: 0 };
};
let open = [messageOf('long', lines(0, LINES)), ...[1, 2, 3].map((n) => messageOf(`small-${n}`, lines(n, 30)))];

let deadline = 0;
const source = flowlogs({ geo: noGeo, route: ['opensearch', 'splunk'] });
const address = `http://127.0.0.1:${(domain.address() as AddressInfo).port}`;
const login = async () => ({ username: 'x', password: 'x' });
const own = [
  opensearch({ url: address, auth: { kind: 'basic', login }, index: source.index }),
  splunk({ endpoints: [hec.url], token: async () => TOKEN, ...source.splunk }),
];
const sinks = own.map((sink) => retrying(sink, { deadline: () => deadline }));
const bodies = s3Bodies(client, { source: 'flowlogs', maxObjectBytes: 2 ** 33, log: quiet });
const kept = { client, bucket: 'kept', log: quiet };

for (let number = 1; open.length > 0 && number <= 5; number++) {
  const Records = open.map((each) => ({ ...each, attributes: { ApproximateReceiveCount: String(++each.times) } }));
  deadline = Date.now() + TIMEOUT_MS - RESERVE_MS;
  const started = Date.now();
  const outcomes = await collect(source, sqsItems({ Records } as never, bodies), {
    sinks,
    quarantine: { put() {}, flush: async () => {} },
    spill: spill({ ...kept, prefix: 'spill', source: 'flowlogs', deadline: () => deadline + RESERVE_MS / 2 }),
    checkpoints: checkpoints({ ...kept, prefix: 'checkpoints/flowlogs' }),
    deadline: () => deadline,
    log: quiet,
    metrics: { add() {}, flush() {} },
    signal: AbortSignal.timeout(TIMEOUT_MS - RESERVE_MS),
  });
  for (const { id, read, counts, error } of outcomes) {
    process.stdout.write(`${number}. ${id}: read ${read} ${JSON.stringify(counts)} ${error ?? 'done'}\n`);
  }
  process.stdout.write(`${number}. took ${Date.now() - started} ms of ${TIMEOUT_MS}\n`);
  open = open.filter(({ messageId }) => outcomes.some(({ id, error }) => id === messageId && error !== undefined));
}
const spilled = [...store.objects.keys()].filter((path) => path.startsWith('kept/spill/'));
for (const path of spilled) {
  const isClosed = { kind: 'closed' } as const;
  const lease = {
    look: async () => isClosed,
    take: async () => isClosed,
    onSuccess: async () => {},
    onFailure: async () => 0,
  };
  const quarantine = { put() {}, flush: async () => {} };
  const sinkOf = ({ sink }: { sink: string }) => own.find(({ name }) => name === sink)!;
  const tools = {
    s3: client,
    prefix: 'spill',
    sinkOf,
    leaseOf: () => lease,
    quarantine,
    progress: checkpoints({ client, bucket: 'kept', prefix: 'state/replay-progress', log: quiet }),
    log: quiet,
    metrics: { add() {}, flush() {} },
  };
  await replay(
    { bucket: 'kept', key: path.slice('kept/'.length), size: undefined },
    tools,
    new AbortController().signal,
  );
}
const copies = new Map<unknown, number>();
for (const { fields } of hec.events()) copies.set(fields?.event_id, (copies.get(fields?.event_id) ?? 0) + 1);
process.stdout.write(
  `${JSON.stringify({
    unfinished: open.length,
    spilled: spilled.length,
    documents: documents.size,
    sentToOpenSearch: [...documents.values()].reduce((sum, n) => sum + n, 0),
    events: copies.size,
    sentToSplunk: hec.events().length,
    mostCopies: [...copies.values()].reduce((most, n) => Math.max(most, n), 0),
  })}\n`,
);
domain.close();
await Promise.all([hec.stop(), store.stop()]);
