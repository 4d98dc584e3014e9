/** `npm run quarantine`: what was refused, and on its way again once the reason is gone. */
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { spill } from '../shared/sink/store/spill.ts';
import { findStack, regionOf, type Stack } from './aws/stack.ts';
import { instant, parsed, Refusal, run, STACK_HELP, STACK_OPTIONS } from './command.ts';
import { groups } from './quarantine/groups.ts';
import { type Kept, type Odd, rejects, type Wanted } from './quarantine/rejects.ts';
import { replay } from './quarantine/replay.ts';
import { type Marks, marks, noMarks } from './quarantine/replaylog.ts';
import { bucketShelf, folderShelf, type Shelf } from './quarantine/store.ts';

const HELP = `npm run --silent quarantine -- list|show|replay [options]

What could not be decoded or was refused for good by a destination, with the reason and every byte.
  list       how many there are of each source, destination and reason
  show       the records, one line of JSON each, the oldest first
  replay     sends them through their source again, once what they were refused for is mended: same records, same ids.
             What was replayed is marked, so a second replay sends nothing.

  --source   of this source
  --sink     refused by opensearch, splunk or archive; none: could not be decoded
  --reason   the reason contains this
  --since    refused since: a date or 90m, 12h, 3d; --until likewise
  --again    replay: also what was replayed before
  --dry-run  replay: counts what would be sent

${STACK_HELP}
  --bucket   list, show: a quarantine bucket without its stack, or file:<folder> of a dry run

docs/how-to/recover-records.md says more. Exit status: 0; 1 where something can't be replayed or read; 2 for a wrong option.
`;

const OPTIONS = {
  ...STACK_OPTIONS,
  source: { type: 'string' },
  sink: { type: 'string' },
  reason: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  again: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  bucket: { type: 'string' },
} as const;

type Options = ReturnType<typeof parsed<typeof OPTIONS>>['values'];

const SINKS = ['opensearch', 'splunk', 'archive', 'none'];

/** Throws Refusal. */
function wantedIn({ source, sink, reason, since, until }: Options): Wanted {
  if (sink !== undefined && !SINKS.includes(sink)) {
    throw new Refusal(`There is no sink "${sink}": expected ${SINKS.join(', ')}.`);
  }
  return {
    source,
    sink,
    reason,
    since: since === undefined ? 0 : instant('--since', since),
    until: until === undefined ? Number.POSITIVE_INFINITY : instant('--until', until),
  };
}

interface Place {
  readonly shelf: Shelf;
  readonly marks: Marks;
}

/** Throws Refusal. */
async function placeOf(options: Options, s3: S3Client): Promise<Place> {
  const { bucket } = options;
  if (bucket?.startsWith('file:')) return { shelf: await folderShelf(bucket.slice('file:'.length)), marks: noMarks };
  const name = bucket ?? quarantineOf(await findStack(options));
  return { shelf: bucketShelf(s3, name), marks: marks(s3, name) };
}

function quarantineOf(stack: Stack): string {
  const bucket = stack.output('QuarantineBucketName');
  if (bucket === undefined) throw new Refusal(`The stack ${stack.name} has no quarantine.`);
  return bucket;
}

const say = (line: string) => process.stderr.write(`${line}\n`);

/** Tells of what can't be read, and counts it. */
function oddities({ name }: Shelf): { readonly odd: Odd; readonly count: () => number } {
  let count = 0;
  return {
    odd({ key, line }, reason) {
      count++;
      say(`${name}${key}:${line} is left out: ${reason}`);
    },
    count: () => count,
  };
}

async function list(options: Options, s3: S3Client): Promise<number> {
  const { shelf, marks } = await placeOf(options, s3);
  const { odd, count } = oddities(shelf);
  const all = groups();
  for await (const reject of rejects(shelf, wantedIn(options), odd)) all.add(reject, await marks.has(reject.spots));
  process.stdout.write(all.table(shelf.name));
  return count() === 0 ? 0 : 1;
}

async function show(options: Options, s3: S3Client): Promise<number> {
  const { shelf, marks } = await placeOf(options, s3);
  const { odd, count } = oddities(shelf);
  for await (const reject of rejects(shelf, wantedIn(options), odd)) {
    const text = `${JSON.stringify(shown(reject, shelf, await marks.has(reject.spots)))}\n`;
    if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
  return count() === 0 ? 0 : 1;
}

/** Bytes that are no text stand as base64. */
function shown({ raw, spots: [{ key, line }], ...reject }: Kept, { name }: Shelf, isReplayed: boolean): object {
  const bytes = raw();
  const text = bytes.toString();
  const content = Buffer.from(text).equals(bytes) ? { raw: text } : { base64: bytes.toString('base64') };
  return { ...reject, replayed: isReplayed, in: `${name}${key}:${line}`, ...content };
}

const SPILL = 'spill'; // resources/source/spill.yml

async function replayAll(options: Options, s3: S3Client): Promise<number> {
  const { again, 'dry-run': dryRun } = options;
  if (options.bucket !== undefined) throw new Refusal('replay needs a stack: its queues are where records go.');
  const stack = await findStack(options);
  const bucket = quarantineOf(stack);
  const shelf = bucketShelf(s3, bucket);
  const { odd, count } = oddities(shelf);
  const sqs = new SQSClient({ region: stack.region });
  try {
    const summary = await replay(rejects(shelf, wantedIn(options), odd), {
      s3,
      sqs,
      bucket,
      queue: stack.queue,
      spill: (source) => spill({ client: s3, bucket, prefix: SPILL, source, deadline: () => Number.POSITIVE_INFINITY }),
      marks: marks(s3, bucket),
      again,
      dryRun,
      stays: ({ source, uri, seq }, why) => say(`${source} ${uri} ${seq} stays: ${why}`),
    });
    process.stdout.write(`${JSON.stringify({ dryRun, ...summary })}\n`);
    return summary.staying + count() === 0 ? 0 : 1;
  } finally {
    sqs.destroy();
  }
}

const COMMANDS: ReadonlyMap<string, (options: Options, s3: S3Client) => Promise<number>> = new Map([
  ['list', list],
  ['show', show],
  ['replay', replayAll],
]);

await run(async (args) => {
  const { values, positionals } = parsed(args, OPTIONS);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [name = '', ...others] = positionals;
  const command = COMMANDS.get(name);
  if (command === undefined || others.length > 0) {
    throw new Refusal(`There is no command "${positionals.join(' ')}": expected ${[...COMMANDS.keys()].join(', ')}.`);
  }
  const s3 = new S3Client({ region: regionOf(values), followRegionRedirects: true });
  try {
    return await command(values, s3);
  } finally {
    s3.destroy();
  }
});
