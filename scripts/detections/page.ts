/** docs/generated/detections.md: every detection by the first tactic it is for. */
import { coverageOf, sourcesOf, words } from './coverage.ts';
import type { Kept } from './load.ts';
import { TACTICS } from './matrix.ts';
import type { Lists } from './model.ts';
import { rulesOf } from './proof/proof.ts';

export function pageOf(kept: readonly Kept[], lists: Lists): string {
  const parts = TACTICS.flatMap((tactic) => {
    const own = kept.filter(({ detection }) => detection.tactics[0] === tactic);
    return own.length === 0 ? [] : [`### ${words(tactic)}\n\n${tableOf(own)}`];
  });
  return `# Detections

<!-- written by \`npm run detections -- generate\` -->

${summary(kept)}

Each is a Sigma rule in \`detections/\`, compiled into a monitor of OpenSearch (\`opensearch/monitor/\`) and a saved search of the Splunk
app. All are disabled until you enable them. How to write one: [Write a detection](../how-to/write-a-detection.md).

![Detections by tactic and technique](detections.svg)

## By tactic

${parts.join('\n\n')}

## By source

A detection needs its sources to be on.

${sourceTable(kept)}

## Allow-lists

Data in \`detections/lists/\`. Change a list and generate again; in Splunk change the macros \`bongsu_list_<name>\` instead.

${listTable(kept, lists)}
`;
}

function summary(kept: readonly Kept[]): string {
  const correlations = kept.filter(({ detection }) => detection.kind === 'correlation');
  const several = kept.filter((each) => sourcesOf(each).length > 1);
  const tests = kept.reduce((sum, { tests: of }) => sum + (of?.cases.length ?? 0), 0);
  const techniques = new Set(kept.flatMap(({ detection }) => detection.techniques));
  const tactics = coverageOf(kept).filter((each) => each.techniques.length > 0);
  return `${kept.length} detections, ${correlations.length} of them correlations, ${several.length} over two sources; ${techniques.size} techniques in ${tactics.length} tactics; ${tests} test cases.`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, at) => Math.max(3, ...all.map((row) => [...row[at]].length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, at) => text + ' '.repeat(widths[at] - [...text].length)).join(' | ')} |`;
  return [line(all[0]), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...all.slice(1).map(line)].join(
    '\n',
  );
}

function tableOf(kept: readonly Kept[]): string {
  const rows = kept.map((each) => {
    const { detection, tests } = each;
    const fires = tests?.cases.filter((of) => of.fires).length ?? 0;
    return [
      `\`${detection.name}\``,
      detection.title,
      detection.level,
      sourcesOf(each).join(', '),
      detection.techniques.join(', '),
      `${fires} + ${(tests?.cases.length ?? 0) - fires}`,
    ];
  });
  return table(['name', 'what happened', 'severity', 'sources', 'ATT&CK', 'tests'], rows);
}

function sourceTable(kept: readonly Kept[]): string {
  const counts = new Map<string, number>();
  for (const each of kept) for (const source of sourcesOf(each)) counts.set(source, (counts.get(source) ?? 0) + 1);
  return table(
    ['source', 'detections'],
    [...counts].sort(([, a], [, b]) => b - a).map(([source, count]) => [`\`${source}\``, String(count)]),
  );
}

function listTable(kept: readonly Kept[], lists: Lists): string {
  const users = (name: string) =>
    kept.filter(({ detection }) =>
      rulesOf(detection).some(({ match }) => JSON.stringify(match).includes(`"name":"${name}"`)),
    );
  return table(
    ['list', 'entries', 'detections'],
    Object.entries(lists).map(([name, values]) => [
      `\`${name}\``,
      String(values.length),
      users(name)
        .map(({ detection }) => `\`${detection.name}\``)
        .join(' '),
    ]),
  );
}
