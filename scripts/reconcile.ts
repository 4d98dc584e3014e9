/** `npm run reconcile`: finds the objects of a source's bucket that were never read, and has them read. */
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { announcement } from '../shared/input/s3.ts';
import { logicalName } from '../shared/sources.ts';
import { look, sendAll } from './aws/queue.ts';
import { findStack, known, queueNames, type Stack } from './aws/stack.ts';
import {
  duration,
  instant,
  JSON_HELP,
  only,
  run,
  STACK_HELP,
  STACK_OPTIONS,
  UsageError,
  type Values,
} from './command.ts';
import { type Counts, missing } from './reconcile/compare.ts';
import { inventory, type Listed, type Span } from './reconcile/inventory.ts';
import { readLedger } from './reconcile/ledger.ts';

const options = {
  ...STACK_OPTIONS,
  since: { type: 'string' },
  until: { type: 'string' },
  margin: { type: 'string', default: '15m' }, // to wait in the queue, to be read, and for the ledger to be written
  redrive: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  objects: { type: 'string' },
  'all-days': { type: 'boolean', default: false },
  'requester-pays': { type: 'boolean', default: false },
} as const;

type Options = Values<typeof options>;

const LEDGER = 'books/'; // resources/ledger.yml
const MAX_MESSAGES = 100;

/** Throws UsageError. */
function spanOf({ since, until, margin }: Options, now: number): Span {
  if (since === undefined) throw new UsageError('Missing --since: expected a date or a duration such as 90m, 12h, 3d.');
  const span = {
    since: instant('--since', since, now),
    until: Math.min(now - duration('--margin', margin), until === undefined ? now : instant('--until', until, now)),
  };
  if (span.since > span.until) throw new UsageError(`--since is later than --until, or within the last ${margin}.`);
  return span;
}

interface Location {
  readonly bucket: string;
  readonly prefix: string;
}

/** Throws UsageError. */
function locationOf(option: string, url: string): Location {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(url) ?? [];
  if (bucket === undefined) throw new UsageError(`${option} is "${url}": expected s3://bucket/prefix.`);
  return { bucket, prefix };
}

/** Where the stack's source finds its objects. Throws UsageError. */
function objectsOf(stack: Stack, source: string): Location {
  const url = stack.output(`${logicalName(source)}Objects`);
  if (url === undefined) {
    throw new UsageError(`The stack knows no bucket of ${source}: expected --objects s3://bucket/prefix.`);
  }
  return locationOf('the output of the stack', url);
}

const iso = (ms: number): string => new Date(ms).toISOString();

interface Job {
  readonly source: string;
  readonly stack: Stack;
  readonly location: Location;
  readonly span: Span;
  readonly isJson: boolean;
  readonly isRedrive: boolean;
  readonly allDays: boolean;
  readonly isRequesterPaying: boolean;
}

/** Returns the exit status. */
async function reconcile(job: Job, s3: S3Client, sqs: SQSClient): Promise<number> {
  const { source, stack, location, span, isJson, isRedrive } = job;
  const { bucket, prefix } = location;
  const ledger = await readLedger(s3, stack.output('QuarantineBucketName') ?? '', LEDGER, source, span.since);
  const queue = stack.queue(source)!;
  const { messages: waiting } = await look(sqs, queue);
  const counts: Counts = { objects: 0, read: 0, unknown: 0, missing: 0, missingBytes: 0, oldest: undefined };
  let leftOut = 0;
  let pending: Listed[] = [];
  let redriven = 0;

  async function send(): Promise<void> {
    const bodies = pending.map(({ key, size }) => JSON.stringify(announcement({ bucket, key, size })));
    await sendAll(sqs, queue, bodies);
    redriven += pending.length;
    pending = [];
  }

  const listed = inventory(s3, bucket, prefix, span, { ...job, onLeftOut: () => leftOut++ });
  for await (const each of missing(listed, { source, bucket, ledger }, counts)) {
    const uri = `s3://${bucket}/${each.key}`;
    const at = iso(each.modified);
    const line = isJson ? JSON.stringify({ uri, bytes: each.size, at }) : `${at}  ${each.size}  ${uri}`;
    process.stdout.write(`${line}\n`);
    if (isRedrive) pending.push(each);
    if (pending.length === MAX_MESSAGES) await send();
  }
  if (pending.length > 0) await send();
  print({ source, span, counts, redriven, waiting, beginning: ledger.beginning, leftOut }, isJson);
  return counts.missing === redriven ? 0 : 1;
}

interface Summary {
  readonly source: string;
  readonly span: Span;
  readonly counts: Counts;
  readonly redriven: number;
  /** Messages that were in the queue before. */
  readonly waiting: number;
  /** When the ledger's first lines were written, epoch milliseconds; undefined: it is empty. */
  readonly beginning: number | undefined;
  /** Folders of other days that were not listed. */
  readonly leftOut: number;
}

function print(summary: Summary, isJson: boolean): void {
  const { source, span, counts, redriven, waiting, beginning, leftOut } = summary;
  const { objects, read, unknown, missing, missingBytes, oldest } = counts;
  const [since, until] = [iso(span.since), iso(span.until)];
  if (isJson) {
    const times = { oldest: oldest && iso(oldest), ledgerSince: beginning && iso(beginning) };
    const found = { source, since, until, ...counts, ...times, redriven, waiting, foldersLeftOut: leftOut };
    process.stdout.write(`${JSON.stringify(found)}\n`);
    return;
  }
  const lines = [
    `${source}, ${since} to ${until}: ${objects} objects, ${read} read, ${missing} never read`,
    ...(oldest === undefined ? [] : [`  ${missingBytes} bytes never read, the oldest from ${iso(oldest)}`]),
    ...(unknown > 0
      ? [`  ${unknown} of them came before the ledger ${begins(beginning)}: whether they were read is not known`]
      : []),
    ...(leftOut > 0 ? [`  ${leftOut} folders of other days were not listed; --all-days lists them, too`] : []),
    ...(redriven > 0 ? [`  ${redriven} sent to the queue`] : []),
    ...(waiting > 0 ? [`  about ${waiting} messages were in the queue before; some may name these objects`] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

const begins = (beginning: number | undefined): string =>
  beginning === undefined ? 'has any line' : `begins, at ${iso(beginning)}`;

await run({
  help: {
    usage: ['reconcile -- <source> --since <time> [options]'],
    about: `Lists the objects in a source's bucket, compares them with the ledger, and names those that were never read.`,
    arguments: { '<source>': 'a source that reads objects from S3' },
    options: {
      '--since <time>': 'objects that were written since: a date, or a duration such as 90m, 12h, 3d',
      '--until <time>': 'objects that were written until (default: now)',
      '--margin <time>': 'ignore objects younger than this, which may still be in the queue (default: 15m)',
      '--redrive': "send the source's queue an S3 event for each object",
      '--dry-run': 'send nothing, even with --redrive',
      '--all-days': `list the folders of all days: a backfill puts new objects into old folders
(default: folders up to two days away from the time span)`,
      '--requester-pays': 'pay for listing a bucket whose requester pays',
      '--objects <url>': 's3://bucket/prefix, instead of the one of the source',
      ...JSON_HELP,
      ...STACK_HELP,
    },
    one: 'objects were never read, and were not sent to the queue',
  },
  options,
  async run(values, positionals) {
    const name = only('source', positionals, queueNames);
    const span = spanOf(values, Date.now());
    const given = values.objects === undefined ? undefined : locationOf('--objects', values.objects);
    const stack = await findStack(values);
    const source = known(stack, name);
    const location = given ?? objectsOf(stack, source);
    const { region } = stack;
    const s3 = new S3Client({ region, followRegionRedirects: true });
    const sqs = new SQSClient({ region });
    const isRedrive = values.redrive && !values['dry-run'];
    try {
      const how = { allDays: values['all-days'], isRequesterPaying: values['requester-pays'] };
      return await reconcile({ source, stack, location, span, isJson: values.json, isRedrive, ...how }, s3, sqs);
    } finally {
      s3.destroy();
      sqs.destroy();
    }
  },
});
