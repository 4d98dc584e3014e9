/** The tables of the Splunk configuration in splunk/cluster, and how their names look in its CloudFormation template. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';

/** One row of `splunk_flows`: who may reach a port of which kind of node. */
export interface Flow {
  readonly to: string;
  /** A name in `splunk_ports`. */
  readonly port: string;
  readonly from: readonly string[];
  readonly why: string;
}
export interface Ports {
  readonly splunk_ports: Readonly<Record<string, number>>;
  readonly splunk_flows: readonly Flow[];
}
export interface Node {
  /** Its name in the inventory, such as `idx1.splunk.internal`. */
  readonly name: string;
  /** Its group in the inventory, such as `indexer`. */
  readonly kind: string;
  /** `site2` stands in the second zone; nodes without one take the zones in turn. */
  readonly site?: string | undefined;
}

/** `splunk_indexes` of sources.yml. */
export type Indexes = Readonly<
  Record<string, { readonly days: number; readonly max_mb: number; readonly why: string }>
>;
export interface Tables {
  readonly ports: Ports;
  readonly indexes: Indexes;
  readonly nodes: readonly Node[];
}

type Inventory = Readonly<
  Record<string, { readonly hosts: Readonly<Record<string, { splunk_site?: string } | null>> }>
>;

/** In: that folder. Throws where a file is missing or not YAML. */
export async function tables(folder: string): Promise<Tables> {
  const yaml = async (name: string): Promise<unknown> => load(await readFile(join(folder, name), 'utf8'));
  const inventory = (await yaml('inventory/example/hosts.yml')) as Inventory;
  const nodes = Object.entries(inventory).flatMap(([kind, { hosts }]) =>
    Object.entries(hosts).map(([name, variables]) => ({ name, kind, site: variables?.splunk_site })),
  );
  const { splunk_indexes } = (await yaml('sources.yml')) as { splunk_indexes: Indexes };
  return { ports: (await yaml('ports.yml')) as Ports, indexes: splunk_indexes, nodes };
}

/** Where the people and the collectors are: addresses, not nodes. */
export const OUTSIDE: Readonly<Record<string, string>> = { users: 'UserCidr', collectors: 'CollectorCidr' };

/** `cluster_manager` → `ClusterManager`. */
export const pascal = (name: string): string =>
  name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());

/** Every node that has a network rule, in the order of the table. */
export const groupsOf = ({ splunk_flows }: Ports): readonly string[] =>
  [...new Set(splunk_flows.flatMap(({ to, from }) => [to, ...from]))].filter((name) => !(name in OUTSIDE));

/** Replaces what stands between `# begin <name>` and `# end <name>`. Throws where the text has no such lines. */
export function withSection(text: string, name: string, section: string): string {
  const begin = `# begin ${name}\n`;
  const from = text.indexOf(begin) + begin.length;
  const to = text.lastIndexOf('\n', text.indexOf(`# end ${name}\n`, from)) + 1;
  if (from < begin.length || to < from) throw new Error(`no section ${name}`);
  return text.slice(0, from) + section + text.slice(to);
}
