/** `npm run endpoint-key`: makes, lists and revokes the API keys of agents that send to the endpoint. */
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { keysIn, newKey, type StoredKey, secretOf } from '../functions/endpoint/access/keys.ts';
import { findStack } from './aws/stack.ts';
import {
  count,
  duration,
  JSON_HELP,
  oneOf,
  run,
  STACK_HELP,
  STACK_OPTIONS,
  UsageError,
  type Values,
} from './command.ts';

const options = {
  ...STACK_OPTIONS,
  name: { type: 'string' },
  indices: { type: 'string', default: 'filebeat-*,winlogbeat-*' },
  rate: { type: 'string' },
  expires: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Options = Values<typeof options>;
type Keys = Map<string, StoredKey>;

/** The secret of a stack. */
interface Store {
  read(): Promise<Keys>;
  write(keys: Keys): Promise<void>;
}

/** Secrets Manager takes 64 KiB: some 250 keys. */
const MAX_SECRET_BYTES = 65_536;

async function storeOf(values: Options): Promise<Store> {
  const stack = await findStack(values);
  const SecretId = stack.output('EndpointKeysArn');
  if (SecretId === undefined)
    throw new UsageError(`The stack ${stack.name} has no API keys: set endpointAuth to apikey.`);
  const client = new SecretsManagerClient({ region: stack.region });
  return {
    async read() {
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
      return keysIn(SecretString);
    },
    async write(keys) {
      const SecretString = secretOf(keys);
      if (SecretString.length > MAX_SECRET_BYTES)
        throw new UsageError(`The secret holds ${keys.size} keys and is full: revoke some.`);
      await client.send(new PutSecretValueCommand({ SecretId, SecretString }));
    },
  };
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** What is shown of a key: never its hash. */
const shown = (id: string, { sha256: _, ...key }: StoredKey): object => ({ id, ...key });

async function create(values: Options, [extra]: readonly string[]): Promise<number> {
  const { name, rate, expires } = values;
  if (extra !== undefined) throw new UsageError(`Unexpected argument "${extra}": expected options only.`);
  if (name === undefined) throw new UsageError('Missing --name: say who uses the key.');
  const indices = values.indices.split(',').map((each) => each.trim());
  const eventsPerSecond = rate === undefined ? {} : { eventsPerSecond: count('--rate', rate) };
  const now = Date.now();
  const end = expires === undefined ? {} : { expires: new Date(now + duration('--expires', expires)).toISOString() };
  const { id, key, stored } = newKey({
    name,
    indices,
    ...eventsPerSecond,
    ...end,
    created: new Date(now).toISOString(),
  });
  const store = await storeOf(values);
  const keys = await store.read();
  if (values['dry-run']) {
    print(values.json ? JSON.stringify({ dryRun: true, ...shown(id, stored) }) : `a key for ${name} would be made`);
    return 0;
  }
  await store.write(keys.set(id, stored));
  if (values.json) print(JSON.stringify({ ...shown(id, stored), key }));
  else
    print(
      `api_key: "${id}:${key}"\nThis is the only time that the key is shown. Put it into the keystore of the Beat.`,
    );
  return 0;
}

async function list(values: Options, [extra]: readonly string[]): Promise<number> {
  if (extra !== undefined) throw new UsageError(`Unexpected argument "${extra}": expected options only.`);
  const keys = await (await storeOf(values)).read();
  for (const [id, key] of keys) print(values.json ? JSON.stringify(shown(id, key)) : line(id, key));
  return 0;
}

function line(id: string, { name, indices, eventsPerSecond, expires }: StoredKey): string {
  const rate = eventsPerSecond === undefined ? 'no rate' : `${eventsPerSecond} events/s`;
  const end =
    expires === undefined
      ? 'never expires'
      : Date.parse(expires) <= Date.now()
        ? `expired ${expires}`
        : `expires ${expires}`;
  return `${id}  ${name}  ${indices.join(',')}  ${rate}  ${end}`;
}

async function revoke(values: Options, [id, extra]: readonly string[]): Promise<number> {
  if (id === undefined) throw new UsageError('Missing the id of the key: npm run endpoint-key -- list shows it.');
  if (extra !== undefined) throw new UsageError(`Unexpected argument "${extra}": expected one id.`);
  const store = await storeOf(values);
  const keys = await store.read();
  const key = keys.get(id);
  if (key === undefined) throw new UsageError(`There is no key "${id}".`);
  const isDryRun = values['dry-run'];
  keys.delete(id);
  if (!isDryRun) await store.write(keys);
  const said = `${id} (${key.name}) ${isDryRun ? 'would be revoked' : 'is revoked: requests with it are refused within a minute'}`;
  print(values.json ? JSON.stringify({ dryRun: isDryRun, revoked: id }) : said);
  return 0;
}

const COMMANDS: Readonly<Record<string, (values: Options, rest: readonly string[]) => Promise<number>>> = {
  create,
  list,
  revoke,
};

await run({
  help: {
    usage: [
      'endpoint-key -- create --name <text> [options]',
      'endpoint-key -- list [options]',
      'endpoint-key -- revoke <id> [options]',
    ],
    about: `Works on the API keys of the agents that send to the endpoint. The secret of the stack holds their hashes only, so a key is
shown once. docs/how-to/endpoint/README.md shows a session. Two people who change keys at the same moment overwrite each other.`,
    arguments: {
      create: 'make a key and print it as Beats take it',
      list: 'print the keys, without what is secret',
      revoke: 'remove a key; it is refused within a minute',
    },
    options: {
      '--name <text>': 'create: who uses the key',
      '--indices <patterns>':
        'create: the indices that it may write to, with * and commas\n(default: filebeat-*,winlogbeat-*)',
      '--rate <events>': 'create: events a second in each environment of the Lambda (default: unlimited)',
      '--expires <time>': 'create: after a duration such as 90d (default: never)',
      '--dry-run': 'create, revoke: change nothing',
      ...JSON_HELP,
      ...STACK_HELP,
    },
  },
  options,
  run(values, [name, ...rest]) {
    const command = name === undefined ? undefined : COMMANDS[oneOf('command', name, Object.keys(COMMANDS))];
    if (command === undefined)
      throw new UsageError(`Missing the command: expected ${Object.keys(COMMANDS).join(', ')}.`);
    return command(values, rest);
  },
});
