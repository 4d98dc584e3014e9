/** `npm run bootstrap`: sets up an OpenSearch, or says what would be changed there. */
import { readFileSync } from 'node:fs';
import { apiOf } from '../functions/bootstrap/api.ts';
import type { Change } from '../functions/bootstrap/item.ts';
import { plannedSteps } from '../functions/bootstrap/plan.ts';
import { policyNames } from '../functions/bootstrap/policies.ts';
import { retentions } from '../functions/bootstrap/retention.ts';
import { bootstrap } from '../functions/bootstrap/steps.ts';
import { ConfigError, DeliveryError, messageOf } from '../shared/errors.ts';
import type { Auth, ClientOptions } from '../shared/sink/opensearch/client.ts';
import { regionOf } from './aws/stack.ts';
import { count, JSON_HELP, none, oneOf, run, UsageError, type Values } from './command.ts';

const options = {
  url: { type: 'string' },
  auth: { type: 'string', default: 'es' },
  region: { type: 'string' },
  ca: { type: 'string' },
  dashboards: { type: 'string' },
  tenant: { type: 'string', default: 'global' },
  shards: { type: 'string', default: '1' },
  replicas: { type: 'string', default: '1' },
  retention: { type: 'string', default: 'off' },
  tiers: { type: 'string', default: 'hot' },
  detections: { type: 'string', default: 'off' },
  roles: { type: 'boolean', default: false },
  plan: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Options = Values<typeof options>;

/** The password is never an argument: everybody on the machine sees those. Throws UsageError. */
function authOf({ auth: kind, region }: Options): Auth {
  const name = oneOf('--auth', kind, ['es', 'aoss', 'basic']);
  if (name !== 'basic') return { kind: name, region: regionOf({ region }) };
  const { OPENSEARCH_USERNAME: username, OPENSEARCH_PASSWORD: password } = process.env;
  if (!username || !password)
    throw new UsageError('With --auth basic, set OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD in the environment.');
  return { kind: 'basic', login: async () => ({ username, password }) };
}

/** Throws UsageError. */
function accessOf(values: Options): ClientOptions {
  const { url, ca } = values;
  if (url === undefined) throw new UsageError('Missing --url: expected https://host[:port].');
  const auth = authOf(values);
  return { url, auth, ca: ca === undefined ? undefined : readFileSync(ca, 'utf8') };
}

/** Replicas may be none. Throws UsageError. */
const sizesOf = ({ shards, replicas }: Options) => ({
  shards: count('--shards', shards),
  replicas: replicas === '0' ? 0 : count('--replicas', replicas),
});

/** Dashboards of the service are behind the domain's own address; elsewhere they are asked only where somebody says where. */
const dashboardsOf = ({ dashboards, auth, tenant }: Options) => {
  const base = dashboards ?? (auth === 'es' ? '/_dashboards' : undefined);
  return base === undefined || base === 'off' ? undefined : { base, tenant };
};

/** Where alerts go stays as it is: only the deployment knows the topic. */
function monitorsOf({ detections, url }: Options, dashboards: { readonly base: string } | undefined) {
  const name = oneOf('--detections', detections, ['off', 'disabled', 'enabled']);
  if (name === 'off') return undefined;
  const link = dashboards && `${url}${dashboards.base}`;
  return { isEnabled: name === 'enabled', format: 'text', ...(link !== undefined && { link }) } as const;
}

const FAULTS: readonly string[] = ['refused', 'foreign'];

function print(changes: readonly Change[], { plan, json }: Options): void {
  const due = changes.filter(({ action }) => action !== 'none');
  for (const change of due) {
    const { action, object, paths = [], reason } = change;
    const more = reason ?? paths.join(', ');
    process.stdout.write(
      json ? `${JSON.stringify(change)}\n` : `${action.padEnd(8)} ${object}${more && `: ${more}`}\n`,
    );
  }
  if (json) return;
  const done = due.filter(({ action }) => !FAULTS.includes(action)).length;
  const counts = `${done} ${plan ? 'to change' : 'changed'}, ${changes.length - due.length} as they should be`;
  process.stdout.write(`${changes.length} objects: ${counts}, ${due.length - done} not possible\n`);
}

/** Returns the exit status. */
async function changed(values: Options): Promise<number> {
  const access = accessOf(values);
  const dashboards = dashboardsOf(values);
  const steps = plannedSteps({
    sizes: sizesOf(values),
    lifecycle: {
      retentions: retentions(values.retention, policyNames),
      tiers: oneOf('--tiers', values.tiers, ['hot', 'ultrawarm']),
    },
    members: {},
    withRoles: values.roles,
    dashboards,
    monitors: monitorsOf(values, dashboards),
  });
  const changes = await bootstrap(steps, apiOf(access), { plan: values.plan });
  print(changes, values);
  return changes.some(({ action }) => FAULTS.includes(action)) ? 1 : 0;
}

await run({
  help: {
    usage: ['bootstrap -- --url <address> [options]'],
    about: `Sets up an OpenSearch as the deployment does: ingest pipelines, templates, lifecycle policies, dashboards,
monitors. Objects are compared first, and only those that are missing or differ are put. Nothing is deleted. Objects that Bongsu did
not make stay as they are.`,
    options: {
      '--url <address>': 'the OpenSearch: https://host[:port]',
      '--plan': 'print what would be changed, and change nothing',
      '--auth <kind>':
        'es, aoss: signed with your AWS credentials; basic: OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD\n(default: es)',
      '--region <name>': 'the AWS region (default: AWS_REGION, or ap-northeast-2)',
      '--ca <file>': 'a PEM file of the authority to trust',
      '--dashboards <path>':
        'where OpenSearch Dashboards is behind the address, or off (default: /_dashboards with es,\notherwise off)',
      '--tenant <name>': 'the tenant that gets the dashboards (default: global)',
      '--detections <state>': 'off, or monitors that are made disabled or enabled (default: off)',
      '--shards <number>': 'primary shards of an index of logs (default: 1)',
      '--replicas <number>': 'replicas of each shard (default: 1)',
      '--retention <ages>':
        'put lifecycle policies: ages at which documents leave a tier, as in\n"hot=7d,warm=90d; flowlogs: hot=3d" (default: off)',
      '--tiers <kind>': 'ultrawarm: warm and cold storage of Amazon OpenSearch Service; hot: neither (default: hot)',
      '--roles': 'put the roles and tenants, too, without members',
      ...JSON_HELP,
    },
    output: {
      'create, update': 'the object was missing, or of an older version',
      restore: 'somebody had changed the object by hand; the members that differed are named',
      foreign: 'an object of the same name is not made by Bongsu, and stays',
      refused: 'OpenSearch did not take it, with its reason',
    },
    one: 'an object is foreign or was refused',
  },
  options,
  takesPaths: true,
  async run(values, positionals) {
    none(positionals);
    try {
      return await changed(values);
    } catch (error) {
      if (!(error instanceof ConfigError || error instanceof DeliveryError)) throw error;
      process.stderr.write(`bootstrap: ${messageOf(error)}\n`);
      return 2;
    }
  },
});
