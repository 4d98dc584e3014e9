/** What follows from the tables of splunk/cluster. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kinds, machines, targets } from './cluster/machines.ts';
import { network } from './cluster/network.ts';
import { indexesPage, portsPage } from './cluster/pages.ts';
import { sourcesSection } from './cluster/sources.ts';
import { tables, withSection } from './cluster/tables.ts';

const FOLDER = 'splunk/cluster';
const TEMPLATE = `${FOLDER}/cloudformation.yml`;
const SOURCES = `${FOLDER}/sources.yml`;
const DOCS = 'docs/splunk/cluster';

/** In: the folder of the project. Out: path and text of each file that is generated, whole or in part. */
export async function clusterFiles(root: string): Promise<[string, string][]> {
  const { ports, indexes, nodes } = await tables(join(root, FOLDER));
  const sections = {
    kinds: kinds(),
    nodes: machines(nodes),
    'hec targets': targets(nodes, 'indexer'),
    'web targets': targets(nodes, 'search_head'),
    network: network(ports),
  };
  const template = await readFile(join(root, TEMPLATE), 'utf8');
  const rows = await readFile(join(root, SOURCES), 'utf8');
  return [
    [SOURCES, withSection(rows, 'sources', sourcesSection())],
    [TEMPLATE, Object.entries(sections).reduce((text, [name, section]) => withSection(text, name, section), template)],
    [`${DOCS}/ports.md`, portsPage(ports)],
    [`${DOCS}/indexes.md`, indexesPage(indexes)],
  ];
}
