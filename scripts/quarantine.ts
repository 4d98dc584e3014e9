/** `npm run quarantine`: lists, shows and replays the records that were rejected. */
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { spill } from '../shared/sink/store/spill.ts';
import { findStack, queueNames, regionOf, type Stack } from './aws/stack.ts';
import { instant, JSON_HELP, oneOf, only, run, STACK_HELP, STACK_OPTIONS, UsageError, type Values } from './command.ts';
import { groups } from './quarantine/groups.ts';
import { type OnUnreadable, rejects, type StoredReject, type Wanted } from './quarantine/rejects.ts';
import { replay, type Summary } from './quarantine/replay.ts';
import { noReplayLog, type ReplayLog, replayLog } from './quarantine/replaylog.ts';
import { bucketStore, folderStore, type QuarantineStore } from './quarantine/store.ts';

const options = {
  ...STACK_OPTIONS,
  source: { type: 'string' },
  sink: { type: 'string' },
  reason: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  again: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  bucket: { type: 'string' },
} as const;

type Options = Values<typeof options>;

const SINKS = ['opensearch', 'splunk', 'archive', 'none'];
const SPILL = 'spill'; // resources/source/spill.yml

/** Throws UsageError. */
function wantedIn({ source, sink, reason, since, until }: Options): Wanted {
  return {
    source: source === undefined ? undefined : oneOf('source', source, queueNames),
    sink: sink === undefined ? undefined : oneOf('sink', sink, SINKS),
    reason,
    since: since === undefined ? 0 : instant('--since', since),
    until: until === undefined ? Number.POSITIVE_INFINITY : instant('--until', until),
  };
}

interface Opened {
  readonly store: QuarantineStore;
  readonly log: ReplayLog;
}

/** Throws UsageError. */
async function opened(values: Options, s3: S3Client): Promise<Opened> {
  const { bucket } = values;
  if (bucket?.startsWith('file:')) return { store: await folderStore(bucket.slice('file:'.length)), log: noReplayLog };
  const name = bucket ?? quarantineOf(await findStack(values));
  return { store: bucketStore(s3, name), log: replayLog(s3, name) };
}

function quarantineOf(stack: Stack): string {
  const bucket = stack.output('QuarantineBucketName');
  if (bucket === undefined) throw new UsageError(`The stack ${stack.name} has no quarantine bucket.`);
  return bucket;
}

const warn = (line: string) => process.stderr.write(`${line}\n`);

/** Prints what can't be read, and counts it. */
function unreadable({ name }: QuarantineStore): { readonly onUnreadable: OnUnreadable; readonly count: () => number } {
  let count = 0;
  return {
    onUnreadable({ key, line }, reason) {
      count++;
      warn(`${name}${key}:${line} is left out: ${reason}`);
    },
    count: () => count,
  };
}

async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}

async function list(values: Options, wanted: Wanted, s3: S3Client): Promise<number> {
  const { store, log } = await opened(values, s3);
  const { onUnreadable, count } = unreadable(store);
  const all = groups();
  for await (const reject of rejects(store, wanted, onUnreadable)) all.add(reject, await log.has(reject.positions));
  await print(values.json ? all.json(store.name) : all.table(store.name));
  return count() === 0 ? 0 : 1;
}

async function show(values: Options, wanted: Wanted, s3: S3Client): Promise<number> {
  const { store, log } = await opened(values, s3);
  const { onUnreadable, count } = unreadable(store);
  for await (const reject of rejects(store, wanted, onUnreadable)) {
    await print(`${JSON.stringify(shown(reject, store, await log.has(reject.positions)))}\n`);
  }
  return count() === 0 ? 0 : 1;
}

/** Bytes that are not UTF-8 are printed as base64. */
function shown({ raw, positions, ...reject }: StoredReject, { name }: QuarantineStore, isReplayed: boolean): object {
  const bytes = raw();
  const text = bytes.toString();
  const content = Buffer.from(text).equals(bytes) ? { raw: text } : { base64: bytes.toString('base64') };
  const [{ key, line }] = positions;
  return { ...reject, replayed: isReplayed, in: `${name}${key}:${line}`, ...content };
}

async function replayAll(values: Options, wanted: Wanted, s3: S3Client): Promise<number> {
  const { again, 'dry-run': dryRun, json } = values;
  if (values.bucket !== undefined) throw new UsageError('replay takes no --bucket: it needs the queues of a stack.');
  const stack = await findStack(values);
  const bucket = quarantineOf(stack);
  const store = bucketStore(s3, bucket);
  const { onUnreadable, count } = unreadable(store);
  const sqs = new SQSClient({ region: stack.region });
  try {
    const summary = await replay(rejects(store, wanted, onUnreadable), {
      s3,
      sqs,
      bucket,
      queue: stack.queue,
      spill: (source) => spill({ client: s3, bucket, prefix: SPILL, source, deadline: () => Number.POSITIVE_INFINITY }),
      log: replayLog(s3, bucket),
      again,
      dryRun,
      onSkipped: ({ source, uri, seq }, why) => warn(`${source} ${uri} ${seq} can't be replayed: ${why}`),
    });
    await print(json ? `${JSON.stringify({ dryRun, ...summary })}\n` : text(summary, dryRun));
    return summary.skipped + count() === 0 ? 0 : 1;
  } finally {
    sqs.destroy();
  }
}

function text(summary: Summary, isDryRun: boolean): string {
  const { replayed, fromObjects, fromQuarantine, spilled, messages, alreadyReplayed, skipped } = summary;
  return [
    `${replayed} records ${isDryRun ? 'would be replayed' : `replayed in ${messages} messages`}`,
    `  ${fromObjects} read again from their objects, ${fromQuarantine} from the quarantine, ${spilled} sent as they were`,
    `${alreadyReplayed} replayed before, ${skipped} can't be replayed`,
    '',
  ].join('\n');
}

const COMMANDS: Readonly<Record<string, (values: Options, wanted: Wanted, s3: S3Client) => Promise<number>>> = {
  list,
  show,
  replay: replayAll,
};

await run({
  help: {
    usage: ['quarantine -- list|show|replay [options]'],
    about: `Works on the quarantine: records that could not be decoded, or that a destination rejected for good, each with its
reason and its bytes. docs/how-to/recover-records.md shows a session.`,
    arguments: {
      list: 'count the records by source, destination and reason',
      show: 'print the records, one JSON object per line, the oldest first',
      replay: `send the records through their source again, once the cause is fixed. Records keep their ids.
The replay log remembers them, so a second replay sends nothing.`,
    },
    options: {
      '--source <name>': 'only records of this source',
      '--sink <name>': `only records that this destination rejected: opensearch, splunk, archive;
none: records that could not be decoded`,
      '--reason <text>': 'only records whose reason contains this text',
      '--since <time>': 'only records rejected since: a date, or a duration such as 90m, 12h, 3d',
      '--until <time>': 'only records rejected until (default: now)',
      '--again': 'replay: include records that were replayed before',
      '--dry-run': 'replay: send nothing, only count',
      ...JSON_HELP,
      '--bucket <name>': 'list, show: a quarantine bucket without its stack, or file:<folder> of a dry run',
      ...STACK_HELP,
    },
    one: "a record can't be read or can't be replayed",
  },
  options,
  takesPaths: true,
  async run(values, positionals) {
    const command = COMMANDS[only('command', positionals, Object.keys(COMMANDS))];
    const wanted = wantedIn(values);
    const s3 = new S3Client({ region: regionOf(values), followRegionRedirects: true });
    try {
      return await command(values, wanted, s3);
    } finally {
      s3.destroy();
    }
  },
});
