import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Source } from '../../../shared/model.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { opensearchAccess } from '../../../shared/runtime/access.ts';
import type { Runtime } from '../../../shared/runtime/lambda.ts';
import { spilledSink } from '../../../shared/runtime/sinks.ts';
import { dependencies, sourceOptions } from '../../../shared/runtime/wiring.ts';
import { Batch } from '../../../shared/text/batch.ts';
import { Text } from '../../../shared/text/text.ts';
import { results, scripted } from '../../rig/opensearch/scripted.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const runtime: Runtime = { source: 'x', log: silent, metrics: { add: () => {}, flush: () => {} }, deadline: () => 0 };
const source = {
  name: 'x',
  index: { name: 'aws-x', period: 'day' },
  splunk: { sourcetype: 'x', format: 'json' },
} as Source<unknown>;

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf';
const before = process.env;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
  process.env = {
    ROUTE: 'opensearch,splunk',
    GEO_URL: 'off',
    QUARANTINE_STREAM: `file:${folder}`,
    AWS_REGION: 'eu-west-1',
  };
});
afterEach(async () => {
  process.env = before;
  await rm(folder, { recursive: true });
});

test('there is a sink for each destination of the route and no setting of others is needed', () => {
  process.env.ROUTE = 'splunk';
  process.env.SPLUNK_HEC_URL = 'file:out';
  expect(dependencies(source, runtime).sinks.map(({ name }) => name)).toEqual(['splunk']);
});

test('what EventBridge sent is archived, what stands in S3 is not, and nothing that tells of strange objects', () => {
  Object.assign(process.env, {
    ROUTE: 'splunk,archive',
    SPLUNK_HEC_URL: `file:${folder}`,
    ARCHIVE_STREAM: `file:${folder}`,
    FILTER: '{"splunk":{"severity":"high"}}',
  });
  const { sinks, notify = [], admits = () => false } = dependencies(source, runtime);
  expect(sinks.map(({ name }) => name)).toEqual(['splunk', 'archive']);
  expect(notify.map(({ name }) => name)).toEqual(['splunk']);
  const facts = { ...blank(), severity: 'low' } as const;
  const geo = ['eventbridge:e1', 's3://b/k@e', 'file:x'].map((uri) => ({ uri, seq: 1 }));
  expect(geo.map((from) => admits('archive', facts, from))).toEqual([true, false, false]);
  expect(geo.map((from) => admits('splunk', facts, from))).toEqual([false, false, false]);
});

test("what tells of objects that are not the source's goes to the same destinations, under a name of its own", async () => {
  Object.assign(process.env, {
    OPENSEARCH_URL: `file:${folder}`,
    SPLUNK_HEC_URL: `file:${folder}`,
    INDEX_PERIOD: 'day',
    SPLUNK_SOURCETYPE: 'mine',
    SPLUNK_INDEX: 'security',
  });
  const { notify = [] } = dependencies(source, runtime);
  const doc = new Text(16);
  doc.json({});
  const facts = { ...blank(), id: 'a' };
  const raw = { bytes: doc.bytes, view: doc.view, start: 0, end: doc.length };
  const bodies = notify.map(({ name, append }) => {
    const text = new Text(16);
    append(text, facts, { uri: 's3://b/k', seq: 0 }, doc, raw);
    return [name, Buffer.from(text.slice()).toString()];
  });
  expect(bodies).toEqual([
    ['opensearch', '{"create":{"_index":"aws-unrouted-1970.01","_id":"a"}}\n{}\n'],
    [
      'splunk',
      '{"time":"0.000","source":"s3://b/k","sourcetype":"bongsu:unrouted","index":"security","event":{},"fields":{"event_id":"a"}}\n',
    ],
  ]);
});

test('late events are counted, those that were spilled as well', async () => {
  const closed = results({ 0: { status: 400, type: 'index_closed_exception', reason: 'closed' } });
  const server = await scripted(closed, results(), closed, results());
  Object.assign(process.env, {
    ROUTE: 'opensearch',
    OPENSEARCH_URL: server.url,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
  const counted: unknown[] = [];
  const metrics = { add: (...count: unknown[]) => void counted.push(count), flush: () => {} };
  const counting = { ...runtime, metrics };
  const [sink] = dependencies(source, counting).sinks;
  const batch = new Batch(64);
  batch.begin(0, 's3://b/k', 1);
  const doc = new Text(16);
  doc.json({});
  const raw = { bytes: doc.bytes, view: doc.view, start: 0, end: doc.length };
  sink.append(batch.text, { ...blank(), id: 'a' }, { uri: 's3://b/k', seq: 1 }, doc, raw);
  const spilled = { sink: 'opensearch', source: 'x' } as Parameters<typeof spilledSink>[0];
  for (const each of [sink, spilledSink(spilled, counting)]) {
    expect(await each.send(batch, new AbortController().signal)).toMatchObject({ accepted: 1, retry: [] });
  }
  await server.stop();
  expect(server.requests.map(({ lines }) => JSON.parse(lines[0]).create._index)).toEqual([
    'aws-x-1970.01.01',
    'aws-x-late',
    'aws-x-1970.01.01',
    'aws-x-late',
  ]);
  expect(counted).toEqual([
    ['Late', 1, 'opensearch'],
    ['Late', 1, 'opensearch'],
  ]);
});

test('real destinations are made without a call', () => {
  Object.assign(process.env, {
    OPENSEARCH_URL: 'https://search.example',
    SPLUNK_HEC_URL: 'https://hec.example:8088',
    SPLUNK_HEC_SECRET_ARN: ARN,
    QUARANTINE_STREAM: 'bongsu-dev-quarantine',
  });
  expect(dependencies(source, runtime).sinks.map(({ name }) => name)).toEqual(['opensearch', 'splunk']);
});

test('where Splunk is asked for acknowledgements, sixteen batches may wait for them', () => {
  Object.assign(process.env, {
    ROUTE: 'splunk',
    SPLUNK_HEC_URL: 'https://hec.example:8088',
    SPLUNK_HEC_SECRET_ARN: ARN,
    SPLUNK_ACK: 'on',
  });
  const waiting = () => dependencies(source, runtime).sinks.map(({ maxInFlight }) => maxInFlight);
  expect(waiting()).toEqual([16]);
  delete process.env.SPLUNK_ACK;
  expect(waiting()).toEqual([undefined]);
});

test('all wrong settings of a source and its sinks are told at once', async () => {
  process.env.QUARANTINE_STREAM = '';
  process.env.SPLUNK_HEC_URL = 'hec.example';
  await expect(sourceOptions(runtime)).rejects.toThrow(/QUARANTINE_STREAM.*OPENSEARCH_URL.*SPLUNK_HEC_URL/);
});

test('a secret that a destination needs is named where its ARN is missing', () => {
  process.env.OPENSEARCH_URL = 'https://search.example';
  process.env.OPENSEARCH_AUTH = 'basic';
  process.env.SPLUNK_HEC_URL = 'https://hec.example';
  expect(() => dependencies(source, runtime)).toThrow('OPENSEARCH_SECRET_ARN is not set');
  process.env.OPENSEARCH_SECRET_ARN = ARN;
  expect(() => dependencies(source, runtime)).toThrow('SPLUNK_HEC_SECRET_ARN is not set');
});

test('an authority is read from its file; one that is not there is named', async () => {
  process.env.OPENSEARCH_URL = 'https://search.example';
  process.env.OPENSEARCH_CA_FILE = join(folder, 'ca.pem');
  expect(() => opensearchAccess()).toThrow('OPENSEARCH_CA_FILE');
  await writeFile(process.env.OPENSEARCH_CA_FILE, 'PEM');
  expect(opensearchAccess()).toEqual({
    url: 'https://search.example',
    auth: { kind: 'es', region: 'eu-west-1' },
    ca: 'PEM',
  });
});
