/** The demo without a local AWS: the same handlers in a process of their own, which write files instead of sending. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { SourceName } from '../../shared/sources.ts';
import { parameters } from '../deploy/parameters.ts';
import { settings } from '../deploy/settings.ts';
import { type Arrived, countsIn, type FindingEvent, type LogObject, type Stage } from './stage.ts';

const root = join(import.meta.dirname, '../..');
const BUCKET = 'objects';

export async function local(missing: readonly string[]): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'bongsu-demo-'));
  const out = join(folder, 'out');
  let log = '';

  async function invoke(source: SourceName, messages: readonly object[]): Promise<void> {
    if (messages.length === 0) return;
    const Records = messages.map((message, i) => ({
      messageId: `${source}-${i}`,
      eventSource: 'aws:sqs',
      body: JSON.stringify(message),
    }));
    const child = spawn(process.execPath, [join(import.meta.dirname, 'invoke.ts'), source], {
      cwd: root,
      env: { ...process.env, ...environment(out, source) },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(JSON.stringify({ Records }));
    log += await text(child.stdout);
  }

  return {
    leftOut: [
      ...missing,
      'left out: the deployed stack, OpenSearch, the HEC receiver and the inventory of assets; the handlers write files instead',
    ],
    async play(objects: readonly LogObject[], events: readonly FindingEvent[]) {
      for (const { key, body } of objects) {
        const path = join(folder, BUCKET, key);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, body);
      }
      for (const [source, own] of Map.groupBy(objects, (object) => object.source)) {
        await invoke(
          source,
          own.map(({ key, body }) => notification(join(folder, BUCKET), key, body.length)),
        );
      }
      for (const [source, own] of Map.groupBy(events, (event) => event.source)) {
        await invoke(
          source,
          own.map(({ event }) => event),
        );
      }
    },
    counts: async () => countsIn(log),
    arrived: (source) => arrived(out, source),
    hints: [`the files    ${out}`],
    stop: () => rm(folder, { recursive: true }),
  };
}

/** The Lambda's environment as the deployment makes it, with both destinations in a folder. */
function environment(out: string, source: SourceName): NodeJS.ProcessEnv {
  const folder = `file:${out}`;
  const { values } = parameters({
    opensearchUrl: folder,
    splunkHecUrl: folder,
    archive: 'off',
    [`${source}Route`]: 'opensearch,splunk',
  });
  return {
    ...settings(values, 'bongsu-demo', '').environment[source],
    IS_LOCAL: 'true',
    QUARANTINE_STREAM: folder,
    AWS_REGION: 'eu-west-1',
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const notification = (folder: string, key: string, size: number) => ({
  Records: [
    {
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: `file:${folder}` }, object: { key: encodeURIComponent(key), size } },
    },
  ],
});

async function arrived(out: string, source: SourceName): Promise<Arrived> {
  const lines = async (name: string, between: string | RegExp = '\n') => {
    const content = await readFile(join(out, name), 'utf8').catch(() => '');
    return content.split(between).filter((line) => line !== '');
  };
  const actions = await lines(`${source}.opensearch.ndjson`);
  const events = await lines(`${source}.splunk.ndjson`, /\n(?=\{"time":)/); // a record of JSON has the lines that it came in
  const rejects = (await lines('quarantine.ndjson')).map((line): { source: string } => JSON.parse(line));
  return {
    opensearch: actions.filter((line) => line.startsWith('{"create"')).length,
    splunk: events.length,
    quarantined: rejects.filter((reject) => reject.source === source).length,
    samples: {
      ...(actions.length > 0 && { opensearch: { ...JSON.parse(actions[0]).create, _source: JSON.parse(actions[1]) } }),
      ...(events.length > 0 && { splunk: JSON.parse(events[0]) }),
    },
  };
}
