/** `npm run assets`: answers questions from what the asset inventory has written, in S3 or in a folder. */
import { addressKey } from '../shared/asset/claims.ts';
import { changeLine, coverageLines, diff } from './assets/diff.ts';
import { type Held, holdersAt } from './assets/holders.ts';
import { inventoryAt, type StoredInventory } from './assets/inventory.ts';
import { findStack } from './aws/stack.ts';
import {
  type Command,
  JSON_HELP,
  only,
  run,
  STACK_HELP,
  STACK_OPTIONS,
  statusOf,
  UsageError,
  type Values,
} from './command.ts';

const options = {
  ...STACK_OPTIONS,
  in: { type: 'string' },
  ip: { type: 'string' },
  name: { type: 'string' },
  time: { type: 'string' },
  vpc: { type: 'string' },
  account: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  run: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type Options = Values<typeof options>;

/** Prints one line, or one object. */
type Print = (line: string, value: object) => void;

/** Answers a question of an inventory. */
type Answer = (inventory: StoredInventory, print: Print) => Promise<void>;

/** Checks the options of a sub-command. Throws UsageError. */
const COMMANDS: Readonly<Record<string, (values: Options) => Answer>> = {
  at({ ip, name, time, vpc, account, json }) {
    if ((ip === undefined) === (name === undefined)) throw new UsageError('at needs either --ip or --name.');
    if (ip !== undefined && addressKey(ip, '') === undefined)
      throw new UsageError(`--ip is "${ip}": expected an IP address.`);
    const ms = time === undefined ? Date.now() : Date.parse(time);
    if (Number.isNaN(ms)) throw new UsageError(`--time is "${time}": expected a date such as 2026-11-24T03:12:00Z.`);
    return async (inventory, print) => {
      const held = holdersAt(await inventory.table(), { ip, name, time: Math.floor(ms / 1000), vpc, account });
      for (const each of held) print(line(each), each);
      if (held.length === 0 && !json) process.stdout.write('no known asset\n');
    };
  },
  diff({ from, to }) {
    if (from === undefined) throw new UsageError('diff needs --from, the name of a run.');
    return async (inventory, print) => {
      const changes = await diff(inventory, await inventory.manifest(from), await inventory.manifest(to));
      for (const change of changes) print(changeLine(change), change);
    };
  },
  coverage({ run, json }) {
    return async (inventory, print) => {
      const manifest = await inventory.manifest(run);
      if (json) for (const row of manifest.coverage) print('', row);
      else for (const each of coverageLines(manifest)) print(each, {});
    };
  },
};

/** Where the inventory is: `--in`, ASSETS_URL, or the bucket of the stack. Throws UsageError. */
async function locationOf(values: Options): Promise<string> {
  const isStack = values.stack !== undefined || values.stage !== undefined;
  const { ASSETS_URL = 'off' } = process.env;
  if (values.in !== undefined) return values.in;
  if (!isStack && ASSETS_URL !== 'off') return ASSETS_URL;
  if (!isStack) throw new UsageError('Missing --in or --stage: expected s3://bucket[/prefix], a folder, or a stage.');
  const stack = await findStack(values);
  const bucket = stack.output('AssetsBucketName');
  if (bucket === undefined) throw new UsageError(`The stack ${stack.name} has no asset inventory.`);
  return `s3://${bucket}`;
}

/** `exact     vpc-1  10.0.3.17  web-1  AWS::EC2::Instance  123456789012  team-a@example.com  arn:…  2026-… – 2026-…` */
const line = ({ match, scope, of, name, type, account, owner, id, after, since, until, before }: Held): string =>
  [
    match.padEnd(9),
    scope || '–',
    of,
    name,
    type,
    account,
    owner || 'owner unknown',
    id,
    `${since || `after ${after || '?'}`} – ${until || `before ${before || '?'}`}`,
  ].join('  ');

const command: Command<typeof options> = {
  help: {
    usage: [
      'assets -- at --ip <address>|--name <id> [--time <date>] [--vpc <id>] [--account <id>] [options]',
      'assets -- diff --from <run> [--to <run>] [options]',
      'assets -- coverage [--run <run>] [options]',
    ],
    about: `Answers questions from what the asset inventory has written. docs/reference/enrichment.md explains the answers.`,
    arguments: {
      at: `the assets that held an address or a name at a time, in any VPC: whether that is certain (exact), the only
possibility (bounded) or one of several (ambiguous), the owner, and the times between which it is known`,
      diff: 'what changed between two runs',
      coverage: 'what a run could not list, and the permission that would allow it',
    },
    options: {
      '--ip <address>': 'at: an IPv4 or IPv6 address',
      '--name <id>': 'at: an interface, an instance, an ARN or an access key',
      '--time <date>': 'at: an ISO date (default: now)',
      '--vpc <id>': 'at: only in this VPC',
      '--account <id>': 'at: only in this account',
      '--from <run>': 'diff: the earlier run',
      '--to <run>': 'diff: the later run (default: the newest)',
      '--run <run>': 'coverage: the run (default: the newest)',
      '--in <location>': 's3://bucket[/prefix], or a folder with a copy of it (default: ASSETS_URL)',
      ...JSON_HELP,
      ...STACK_HELP,
    },
  },
  options,
  takesPaths: true,
  async run(values, positionals) {
    const answer = COMMANDS[only('command', positionals, Object.keys(COMMANDS))](values);
    await answer(inventoryAt(await locationOf(values)), (text, value) => {
      process.stdout.write(`${values.json ? JSON.stringify(value) : text}\n`);
    });
    return 0;
  },
};

/** Returns the exit status. */
export const assets = (args: readonly string[]): Promise<number> => statusOf(command, args);

if (import.meta.main) await run(command);
