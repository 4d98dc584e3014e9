/** `npm run redrive`: moves the messages of dead-letter queues back into the queues of their sources, or drops dead ones. */
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { findStack, known, queueNames, type Stack } from './aws/stack.ts';
import { count, JSON_HELP, only, run, STACK_HELP, STACK_OPTIONS, UsageError } from './command.ts';
import { type DeadLetters, inspect, redrive } from './redrive/deadletters.ts';
import { drop, type Verdict } from './redrive/drop.ts';

const options = {
  ...STACK_OPTIONS,
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  max: { type: 'string' },
} as const;

/** What a dead-letter queue held, and how many of its messages were moved. */
interface Result {
  readonly source: string;
  readonly found: DeadLetters | undefined;
  readonly moved: number;
}

/** `2 h 5 min` */
function age(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

function text({ source, found, moved }: Result, stack: Stack, isDryRun: boolean): string {
  if (found === undefined) return `${source}: none`;
  const { messages, id, since, what, why } = found;
  const log = `aws logs filter-log-events --log-group-name /aws/lambda/${stack.name}-${source} --filter-pattern '"${id}"'`;
  return [
    `${source}: ${messages} messages, the oldest ${age(Date.now() - since)} old`,
    `  first:  ${what}`,
    `  reason: ${why ?? `see ${log}`}`,
    ...(isDryRun ? [] : [`  moved:  ${moved}`]),
  ].join('\n');
}

function json({ source, found, moved }: Result): string {
  if (found === undefined) return JSON.stringify({ source, messages: 0, moved });
  const { messages, id, since, what, why } = found;
  return JSON.stringify({
    source,
    messages,
    oldest: new Date(since).toISOString(),
    id,
    first: what,
    reason: why,
    moved,
  });
}

interface DropOptions {
  readonly sqs: SQSClient;
  readonly isDryRun: boolean;
  readonly isJson: boolean;
}

async function dropAll(sources: readonly string[], stack: Stack, options: DropOptions): Promise<number> {
  const { sqs, isDryRun, isJson } = options;
  const s3 = new S3Client({ region: stack.region, followRegionRedirects: true });
  const print = (line: string) => process.stdout.write(`${line}\n`);
  try {
    for (const source of sources) {
      const onMessage = ({ what, isGone, why }: Verdict) => {
        if (isJson) print(JSON.stringify({ source, what, isGone, why }));
        else print(`${source}: ${isGone ? 'gone' : 'stays'}: ${what}${why === undefined ? '' : `: ${why}`}`);
      };
      const { dropped, stay } = await drop(stack.deadLetters(source)!, { sqs, s3, isDryRun, onMessage });
      if (isJson) print(JSON.stringify({ source, dropped: isDryRun ? 0 : dropped, gone: dropped, stay }));
      else print(`${source}: ${dropped} ${isDryRun ? 'would be dropped' : 'dropped'}, ${stay} stay`);
    }
    return 0;
  } finally {
    s3.destroy();
    sqs.destroy();
  }
}

await run({
  help: {
    usage: ['redrive -- <source>|all [options]', 'redrive -- drop <source>|all [--dry-run] [options]'],
    about: `Moves the messages of a source's dead-letter queue back into its queue. Run it once the cause of the failure is fixed.
Records keep their ids. Prints how many messages there are, their age, and what the first one is about.
drop deletes the messages whose objects are all gone, and leaves the others. Prints each message.`,
    arguments: { '<source>': 'a source of the stack, or replay', all: 'every queue of the stack' },
    options: {
      '--dry-run': 'move nothing, drop nothing',
      '--max <messages>': 'move at most this many',
      ...JSON_HELP,
      ...STACK_HELP,
    },
  },
  options,
  async run(values, all) {
    const isDrop = all[0] === 'drop';
    const positionals = isDrop ? all.slice(1) : all;
    if (isDrop && values.max !== undefined) throw new UsageError('drop takes no --max: it looks at every message.');
    const name = only('source', positionals, [...queueNames, 'all']);
    const max = values.max === undefined ? undefined : count('--max', values.max);
    const isDryRun = values['dry-run'];
    const stack = await findStack(values);
    const sources = name === 'all' ? stack.sources : [known(stack, name)];
    const sqs = new SQSClient({ region: stack.region });
    if (isDrop) return await dropAll(sources, stack, { sqs, isDryRun, isJson: values.json });
    try {
      for (const source of sources) {
        const [dead, queue] = [stack.deadLetters(source)!, stack.queue(source)!];
        const found = await inspect(sqs, dead);
        const moved = found === undefined || isDryRun ? 0 : await redrive(sqs, dead, queue, max);
        const result = { source, found, moved };
        process.stdout.write(`${values.json ? json(result) : text(result, stack, isDryRun)}\n`);
      }
      return 0;
    } finally {
      sqs.destroy();
    }
  },
});
