/** docs/generated/endpoints.md: the AWS services that each function calls, by the clients that its code imports. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SOURCES, type SourceName } from '../../shared/sources.ts';
import { functionNames } from '../deploy/functions.ts';
import type { FunctionName } from '../deploy/settings.ts';
import { page, table } from './markdown.ts';

const root = join(import.meta.dirname, '../..');

/** The VPC endpoint of each client: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html */
const ENDPOINTS: Readonly<Record<string, string>> = {
  s3: 's3 (gateway)',
  firehose: 'kinesis-firehose',
  'secrets-manager': 'secretsmanager',
  sqs: 'sqs',
  sts: 'sts',
  cloudtrail: 'cloudtrail, in the region of each trail',
  securityhub: 'securityhub',
  shield: 'for us-east-1, a NAT gateway',
};

/** What a file imports at run time: clients by name, and files of the project. A dynamic import counts. */
function importsOf(path: string): { readonly clients: readonly string[]; readonly files: readonly string[] } {
  const text = readFileSync(join(root, path), 'utf8');
  const found = [...text.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)';|\bimport\('([^']+)'\)/gms)];
  const names = found.map(([, fixed, lazy]) => fixed ?? lazy);
  // called without their SDK client: signer({ service: 'securityhub', … })
  const signed = [...text.matchAll(/signer\(\{ service: '([a-z]+)'/g)].map(([, service]) => service);
  return {
    clients: [...names.flatMap((name) => /^@aws-sdk\/client-([a-z0-9-]+)$/.exec(name)?.[1] ?? []), ...signed],
    files: names
      .filter((name) => name.startsWith('.') && name.endsWith('.ts'))
      .map((name) => join(dirname(path), name)),
  };
}

/** The clients that a function can call, sorted. */
export function clientsOf(name: FunctionName): readonly string[] {
  const seen = new Set<string>();
  const clients = new Set<string>();
  const open = [`functions/${name}/handler.ts`];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const found = importsOf(path);
    for (const client of found.clients) clients.add(client);
    open.push(...found.files);
  }
  return [...clients].toSorted();
}

/** Of the inventory only what it calls for itself: the accounts' services are some fifty, in every region. */
const INVENTORY_OWN: readonly string[] = ['firehose', 's3', 'secrets-manager', 'sqs', 'sts'];

/** Throws Error for a client that has no row above. */
export function endpointsOf(name: FunctionName): readonly string[] {
  const all = clientsOf(name);
  const own = name === 'asset-inventory' ? all.filter((client) => INVENTORY_OWN.includes(client)) : all;
  return own.map((client) => {
    if (ENDPOINTS[client] === undefined) throw new Error(`no VPC endpoint is known for the client of ${client}`);
    return ENDPOINTS[client];
  });
}

export function endpointsPage(): string {
  const rows = functionNames.map((name) => {
    const others = name === 'asset-inventory' ? ', and every service it lists: a NAT gateway' : '';
    const title = SOURCES[name as SourceName]?.title ?? '';
    return [`\`${name}\``, title, `${endpointsOf(name).join(' · ')}${others}`];
  });
  return page(
    'Endpoints by function',
    'npm run generate',
    'The AWS services that each function calls, by the clients that its code imports. A function in a VPC reaches them through VPC endpoints of\nthese names, or through a NAT gateway. `secretsmanager` is called only with `opensearchAuth: basic` or Splunk, in the region of the secret.\nOpenSearch and Splunk themselves are not in the table.',
    table(['function', 'collects', 'endpoints'], rows),
  );
}
