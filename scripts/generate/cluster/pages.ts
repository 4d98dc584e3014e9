/** Pages of docs/splunk/cluster, from ports.yml and sources.yml. In: the tables. Out: Markdown. */
import { parameterPrefix, type SourceName } from '../../../shared/sources.ts';
import { page, table } from '../markdown.ts';
import { sourcesOfKit } from './sources.ts';
import { groupsOf, type Indexes, OUTSIDE, type Ports } from './tables.ts';

const words = (name: string): string => name.replaceAll('_', ' ');

/** An arrow for each pair of nodes, with all the ports between them. */
function diagram(ports: Ports): string {
  const arrows = new Map<string, number[]>();
  for (const { to, port, from } of ports.splunk_flows)
    for (const sender of from) {
      const arrow = `${sender} ${to}`;
      arrows.set(arrow, [...(arrows.get(arrow) ?? []), ports.splunk_ports[port]]);
    }
  const people = Object.keys(OUTSIDE).map((name) => `  ${name}([${name}])`);
  const nodes = groupsOf(ports).map((name) => `  ${name}[${words(name)}]`);
  const lines = [...arrows].map(([arrow, numbers]) => `  ${arrow.replace(' ', ` -->|${numbers.join(', ')}| `)}`);
  return ['```mermaid', 'flowchart LR', ...people, ...nodes, ...lines, '```'].join('\n');
}

export const portsPage = (ports: Ports): string =>
  page(
    'Ports',
    'npm run generate',
    `Every node opens these ports and no other. \`splunk/cluster/ports.yml\` is the table: the roles, the security groups of the template and
this page follow from it. All of them are TCP with TLS.

${table(
  ['to', 'port', 'from', 'why'],
  ports.splunk_flows.map(({ to, port, from, why }) => [
    words(to),
    String(ports.splunk_ports[port]),
    from.map(words).join(', '),
    why,
  ]),
)}

No port is open for administration: Session Manager reaches the nodes without one ([installation](install.md#reach-the-nodes)). Nodes
may connect to each other, and to HTTPS addresses outside: S3, KMS, Session Manager and the identity provider.

${diagram(ports)}`,
  );

export const indexesPage = (indexes: Indexes): string =>
  page(
    'Indexes and HEC tokens',
    'npm run generate',
    `One index for each retention and audience:

${table(
  ['index', 'days', 'at most', 'what'],
  Object.entries(indexes).map(([name, { days, max_mb, why }]) => [
    `\`${name}\``,
    String(days),
    `${max_mb / 1024} GiB`,
    why,
  ]),
)}

Each source has a token of its own, which may write to its index only. The token \`bongsu\` may write to all of them: a stack of
collectors has one token.

${table(
  ['source', 'token', 'index', 'sourcetypes'],
  Object.entries(sourcesOfKit).map(([name, { index, sourcetypes }]) => [
    `\`${name}\``,
    `\`bongsu_${name}\``,
    `\`${index}\``,
    sourcetypes.map((each) => `\`${each}\``).join(', '),
  ]),
)}

## Parameters of the collectors

Tell a stack with one token which index each source has. Acknowledgement is on in this configuration (\`splunk_hec_ack\`), so it has to be on here:

\`\`\`yaml
splunkHecUrl: https://hec.splunk.internal:8088
splunkAck: "on"
${Object.entries(sourcesOfKit)
  .map(([name, { index }]) => `${parameterPrefix(name as SourceName)}SplunkIndex: ${index}`)
  .join('\n')}
\`\`\``,
  );
