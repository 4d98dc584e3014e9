/**
 * A real Filebeat sends to the Lambda's own handler behind a local function URL, while everything goes wrong that can: each line
 * arrives once, and Filebeat's registry never says that something was delivered which is not kept.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ARN, KEY, type Stage, stage, storedKey } from '../functions/endpoint/stage.ts';
import { type Filebeat, filebeatHome, startFilebeat } from '../rig/filebeat/filebeat.ts';
import { type FunctionUrl, functionUrl, type Handler } from '../rig/filebeat/functionurl.ts';
import { type Logs, PARTS, writeLogs } from './lines.ts';

const SPILLED = 'quarantine/spill/opensearch/endpoint/';

const home = process.env.FULL === '1' ? await filebeatHome() : undefined;
const title =
  home === undefined ? 'skipped: npm run test:filebeat runs it, and builds Filebeat the first time' : 'a real Filebeat';

// biome-ignore lint/suspicious/noExplicitAny: documents are asked for what tests know of them
type Any = any;

const output = (url: string, more: string) => `
output.elasticsearch:
  hosts: ["${url}"]
  api_key: "web:${KEY}"
  bulk_max_size: 200
  backoff.init: 100ms
  backoff.max: 500ms
${more}
logging.level: info
`;

const input = (path: string, module: string, dataset: string) => `
  - type: log
    paths: ["${path}"]
    scan_frequency: 1s
    fields_under_root: true
    fields: { event.module: ${module}, event.dataset: ${dataset} }`;

/** Waits for a condition; a Filebeat that never gets there ends the test by its time. */
async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(100);
}

(home === undefined ? describe.skip : describe)(title, () => {
  let at: Stage;
  let url: FunctionUrl;
  let filebeat: Filebeat;
  const folder = mkdtempSync(join(tmpdir(), 'bongsu-logs-'));
  /** What is kept: in OpenSearch or, by the same names, in the spill. */
  const documents = (): Any[] => [...new Map([...spilled(at), ...at.opensearch.documents]).values()];
  const of = (dataset: string) => documents().filter(({ event }) => event?.dataset === dataset);

  beforeAll(async () => {
    at = await stage({ ROUTE: 'opensearch' });
    const { handler } = await import('../../functions/endpoint/handler.ts');
    url = await functionUrl(handler as Handler);
  });
  afterAll(async () => {
    await filebeat?.stop();
    await url.stop();
    await at.stop();
  });

  test('10,000 lines arrive once each through 429, lost answers and restarts, and the registry is never ahead', async () => {
    const logs = writeLogs(folder, { messages: 4000, secure: 3000, audit: 3000 / PARTS });
    at.secrets.values.set(ARN, JSON.stringify({ keys: { web: storedKey({ eventsPerSecond: 300 }) } }));
    url.fault = (bulk) => (({ 2: 'before', 4: 'after', 6: 429, 9: 'after', 12: 502 }) as const)[bulk as 2];
    at.opensearch.refuses = (request, _document, number) => (request % 9 === 0 && number % 3 === 0 ? 429 : undefined);
    at.opensearch.cuts = (request) => (request === 7 ? 'after' : undefined);
    const inputs = [
      input(logs.messages, 'system', 'system.syslog'),
      input(logs.secure, 'system', 'system.auth'),
      input(logs.audit, 'auditd', 'auditd.log'),
    ];
    const config = `filebeat.inputs:${inputs.join('')}\nsetup.template.enabled: false\nsetup.ilm.enabled: false\n${output(url.url, '')}`;
    filebeat = await startFilebeat(config);

    const isWhole = async () => {
      await neverAhead(filebeat, logs, documents);
      return (
        of('system.syslog').length >= 4000 &&
        of('system.auth').length >= 3000 &&
        recordsOf(of('auditd.log')).length >= 3000
      );
    };
    await until(async () => (await isWhole()) || url.bulks() > 20);
    await url.restart();
    const { home } = filebeat;
    await filebeat.stop();
    await neverAhead(filebeat, logs, documents);
    filebeat = await startFilebeat(config, home);
    await until(isWhole);
    await until(async () => ended(await filebeat.offsets(), logs));

    expect(new Set(of('system.syslog').map(({ message }) => message)).size).toBe(4000);
    expect(of('system.syslog')).toHaveLength(4000);
    expect(new Set(of('system.auth').map(({ user }) => user.name)).size).toBe(3000);
    expect(of('system.auth')).toHaveLength(3000);
    const records = recordsOf(of('auditd.log'));
    expect(new Set(records).size).toBe(3000);
    // an event that straddles two batches comes again with other records after a restart: none is lost, some are there twice
    const whole = recordsOf(of('auditd.log').filter(({ auditd }) => auditd.partial !== true));
    expect(new Set(whole).size).toBe(whole.length);
    expect(url.statuses.get(429)).toBeGreaterThan(0);
    expect(url.statuses.get(400) ?? 0).toBe(0);
  }, 600_000);

  test('the default set-up works: template, ILM and the modules system and auditd', async () => {
    await filebeat?.stop();
    at.opensearch.documents.clear();
    at.s3.objects.clear();
    at.opensearch.refuses = () => undefined;
    at.opensearch.cuts = () => undefined;
    url.fault = () => undefined;
    at.secrets.values.set(ARN, JSON.stringify({ keys: { web: storedKey() } }));
    const logs = writeLogs(mkdtempSync(join(tmpdir(), 'bongsu-logs-')), { messages: 5, secure: 5, audit: 5 });
    const modules = `
filebeat.modules:
  - module: system
    syslog: { enabled: true, var.paths: ["${logs.messages}"] }
    auth: { enabled: true, var.paths: ["${logs.secure}"] }
  - module: auditd
    log: { enabled: true, var.paths: ["${logs.audit}"] }
`;
    filebeat = await startFilebeat(modules + output(url.url, ''));
    await until(
      () =>
        of('system.syslog').length >= 5 && of('system.auth').length >= 5 && recordsOf(of('auditd.log')).length >= 20,
    );
    expect(of('system.auth').map(({ source }) => source.ip)).toEqual(Array(5).fill('198.51.100.23'));
    expect(of('auditd.log').map(({ process }) => process.args[0])).toEqual(Array(5).fill('id'));
  }, 600_000);

  test('a minute without OpenSearch: what comes meanwhile is spilled and confirmed', async () => {
    at.opensearch.documents.clear();
    at.s3.objects.clear();
    at.opensearch.status = 503;
    const logs = writeLogs(mkdtempSync(join(tmpdir(), 'bongsu-logs-')), { messages: 50, secure: 0, audit: 0 });
    await filebeat.stop();
    filebeat = await startFilebeat(
      `filebeat.inputs:${input(logs.messages, 'system', 'system.syslog')}\n${output(url.url, '')}`,
    );
    await until(async () => (await filebeat.offsets()).get(logs.messages) === logs.ends.get(logs.messages)!.at(-1));
    expect(at.opensearch.documents.size).toBe(0);
    expect(new Set(spilled(at).map(([, { message }]) => message)).size).toBe(50);
  }, 600_000);
});

/** Documents of spilled requests, by index and id. */
function spilled({ s3 }: Stage): (readonly [string, Any])[] {
  const bodies = [...s3.objects].filter(([key]) => key.startsWith(SPILLED)).map(([, { bytes }]) => gunzipSync(bytes));
  return bodies.flatMap((body) => {
    const [, ...lines] = body
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    return lines.flatMap(({ create }, n) =>
      create ? [[`${create._index}/${create._id}`, lines[n + 1]] as const] : [],
    );
  });
}

/** `<event>/<type>` of each record of audit.log that is in a document. */
const recordsOf = (documents: readonly Any[]): readonly string[] =>
  documents.flatMap(({ event, auditd }) => auditd.record_types.map((type: string) => `${event.id}/${type}`));

/** Expects that each line in front of the registry's offset is kept. The registry is read first: what is kept only grows. */
async function neverAhead(
  filebeat: Filebeat,
  { messages, ends }: Logs,
  documents: () => readonly Any[],
): Promise<void> {
  const offset = (await filebeat.offsets()).get(messages) ?? 0;
  const kept = new Set(documents().map(({ message }) => message));
  const before = ends.get(messages)!.filter((end) => end <= offset);
  expect(before.map((_, n) => `message ${n}`).filter((message) => !kept.has(message))).toEqual([]);
}

const ended = (offsets: ReadonlyMap<string, number>, { ends }: Logs): boolean =>
  [...ends].every(([path, all]) => offsets.get(path) === all.at(-1));
