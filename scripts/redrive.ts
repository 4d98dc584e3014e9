/** `npm run redrive`: messages that failed every time, back into the queue of their source. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { findStack, known, type Stack } from './aws/stack.ts';
import { count, parsed, Refusal, run, STACK_HELP, STACK_OPTIONS } from './command.ts';
import { type DeadLetters, inspect, redrive } from './redrive/deadletters.ts';

const HELP = `npm run --silent redrive -- <source>|all [--dry-run] [--max <messages>]

Moves the messages of a source's dead-letter queue back into its queue, once the reason is gone: they are read as if they had
just come, and records keep their ids. Says how many there are, how old, and what the first one is about.

  --dry-run  only says it
  --max      moves at most so many

${STACK_HELP}

Exit status: 0; 2 for a wrong option.
`;

const OPTIONS = {
  ...STACK_OPTIONS,
  'dry-run': { type: 'boolean', default: false },
  max: { type: 'string' },
} as const;

/** `2 h 5 min` */
function age(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

function told(source: string, { messages, id, since, what, why }: DeadLetters, stack: Stack): string {
  const log = `aws logs filter-log-events --log-group-name /aws/lambda/${stack.name}-${source} --filter-pattern '"${id}"'`;
  return [
    `${source}: ${messages} messages, up to ${age(Date.now() - since)} old`,
    `  the first: ${what}`,
    `  failed: ${why ?? `see ${log}`}`,
  ].join('\n');
}

async function each(source: string, stack: Stack, sqs: SQSClient, max: number | undefined, dryRun: boolean) {
  const [dead, queue] = [stack.deadLetters(source)!, stack.queue(source)!];
  const found = await inspect(sqs, dead);
  if (found === undefined) return `${source}: none`;
  const lines = told(source, found, stack);
  return dryRun ? lines : `${lines}\n  moved: ${await redrive(sqs, dead, queue, max)}`;
}

await run(async (args) => {
  const { values, positionals } = parsed(args, OPTIONS);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new Refusal('Expected the name of one source, or all.');
  const max = values.max === undefined ? undefined : count('--max', values.max);
  const stack = await findStack(values);
  const sources = name === 'all' ? stack.sources : [known(stack, name)];
  const sqs = new SQSClient({ region: stack.region });
  try {
    for (const source of sources) {
      process.stdout.write(`${await each(source, stack, sqs, max, values['dry-run'])}\n`);
    }
    return 0;
  } finally {
    sqs.destroy();
  }
});
