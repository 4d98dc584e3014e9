/** `npm run reconcile`: what lies in a source's bucket against what was read, and again what was not. */
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { announcement } from '../shared/input/s3.ts';
import { look, sendAll } from './aws/queue.ts';
import { findStack, known, logicalOf, type Stack } from './aws/stack.ts';
import { duration, instant, parsed, Refusal, run, STACK_HELP, STACK_OPTIONS } from './command.ts';
import { type Counts, missing } from './reconcile/compare.ts';
import { inventory, type Listed, type Span } from './reconcile/inventory.ts';
import { readLedger } from './reconcile/ledger.ts';

const HELP = `npm run --silent reconcile -- <source> --since <date> [--until <date>] [--redrive] [--json]

Lists the objects of a source's bucket and names those that were never read.
  --since    of objects that came since: a date or 90m, 12h, 3d; --until likewise
  --margin   objects of so long are left out, since they may be on their way: 15m by default
  --redrive  has them read: sends the source's queue an event of S3 for each
  --json     one line of JSON an object and, the last one, the counts
  --objects  s3://bucket/prefix instead of the source's own

${STACK_HELP}

Exit status: 0; 1 where objects were never read and are not redriven; 2 for a wrong option.
`;

const OPTIONS = {
  ...STACK_OPTIONS,
  since: { type: 'string' },
  until: { type: 'string' },
  margin: { type: 'string', default: '15m' }, // to wait in the queue, to be read, and for the ledger to be written
  redrive: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  objects: { type: 'string' },
} as const;

type Options = ReturnType<typeof parsed<typeof OPTIONS>>['values'];

const LEDGER = 'books/'; // resources/ledger.yml
const AT_ONCE = 100; // messages

/** Throws Refusal. */
function spanOf({ since, until, margin }: Options, now: number): Span {
  if (since === undefined) throw new Refusal('Expected --since: a date or 90m, 12h, 3d.');
  const span = {
    since: instant('--since', since, now),
    until: Math.min(now - duration('--margin', margin), until === undefined ? now : instant('--until', until, now)),
  };
  if (span.since > span.until)
    throw new Refusal(`There is nothing between --since and --until, less the last ${margin}.`);
  return span;
}

/** Throws Refusal. */
function placeOf(
  { objects }: Options,
  stack: Stack,
  source: string,
): { readonly bucket: string; readonly prefix: string } {
  const url = objects ?? stack.output(`${logicalOf(source)}Objects`);
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(url ?? '') ?? [];
  if (bucket === undefined)
    throw new Refusal(`${source} reads no bucket that the stack knows: expected --objects s3://bucket/prefix.`);
  return { bucket, prefix };
}

const iso = (ms: number): string => new Date(ms).toISOString();

async function reconcile(
  source: string,
  stack: Stack,
  options: Options,
  s3: S3Client,
  sqs: SQSClient,
): Promise<number> {
  const span = spanOf(options, Date.now());
  const { bucket, prefix } = placeOf(options, stack, source);
  const ledger = await readLedger(s3, stack.output('QuarantineBucketName') ?? '', LEDGER, source, span.since);
  if (ledger.beginning === undefined || ledger.beginning > span.since) {
    const from = ledger.beginning === undefined ? 'is empty' : `begins at ${iso(ledger.beginning)}`;
    throw new Refusal(`Nobody knows what was read before: the ledger of ${stack.name} ${from}.`);
  }
  const queue = stack.queue(source)!;
  const { messages: waiting } = await look(sqs, queue);
  const counts: Counts = { objects: 0, read: 0, missing: 0, missingBytes: 0, oldest: undefined };
  let open: Listed[] = [];
  let redriven = 0;

  async function send(): Promise<void> {
    const bodies = open.map(({ key, size }) => JSON.stringify(announcement({ bucket, key, size })));
    await sendAll(sqs, queue, bodies);
    redriven += open.length;
    open = [];
  }

  for await (const each of missing(inventory(s3, bucket, prefix, span), { source, bucket, ledger }, counts)) {
    const uri = `s3://${bucket}/${each.key}`;
    const at = iso(each.modified);
    const line = options.json ? JSON.stringify({ uri, bytes: each.size, at }) : `${at}  ${each.size}  ${uri}`;
    process.stdout.write(`${line}\n`);
    if (options.redrive) open.push(each);
    if (open.length === AT_ONCE) await send();
  }
  if (open.length > 0) await send();
  tell({ source, span, counts, redriven, waiting }, options.json);
  return counts.missing === redriven ? 0 : 1;
}

interface Summary {
  readonly source: string;
  readonly span: Span;
  readonly counts: Counts;
  readonly redriven: number;
  /** Messages in the queue before. */
  readonly waiting: number;
}

function tell({ source, span, counts, redriven, waiting }: Summary, isJson: boolean): void {
  const { objects, read, missing, missingBytes, oldest } = counts;
  const [since, until] = [iso(span.since), iso(span.until)];
  if (isJson) {
    const found = { source, since, until, ...counts, oldest: oldest && iso(oldest), redriven, waiting };
    process.stdout.write(`${JSON.stringify(found)}\n`);
    return;
  }
  const lines = [
    `${source}, ${since} to ${until}: ${objects} objects, ${read} read, ${missing} never read`,
    ...(oldest === undefined ? [] : [`  ${missingBytes} bytes, the oldest came at ${iso(oldest)}`]),
    ...(redriven > 0 ? [`  ${redriven} redriven`] : []),
    ...(waiting > 0
      ? [`  about ${waiting} messages were in the queue already: some of them may tell of these objects`]
      : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

await run(async (args) => {
  const { values, positionals } = parsed(args, OPTIONS);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new Refusal('Expected the name of one source.');
  const stack = await findStack(values);
  const source = known(stack, name);
  const { region } = stack;
  const s3 = new S3Client({ region, followRegionRedirects: true });
  const sqs = new SQSClient({ region });
  try {
    return await reconcile(source, stack, values, s3, sqs);
  } finally {
    s3.destroy();
    sqs.destroy();
  }
});
