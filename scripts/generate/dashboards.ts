/** The dashboards of OpenSearch: the file to import, and the page that lists them. */
import { dashboards } from '../../opensearch/dashboard/index.ts';
import type { Dashboard } from '../../opensearch/dashboard/model.ts';
import { ndjson, savedObjects } from '../dashboards/objects.ts';

export const dashboardFiles = (): readonly (readonly [path: string, content: string])[] => [
  ['opensearch/dashboard/bongsu.ndjson', ndjson(savedObjects(dashboards))],
  ['docs/generated/dashboards.md', page()],
];

const page = (): string => `<!-- Written by \`npm run generate\` from opensearch/dashboard/. -->

# Dashboards of OpenSearch

[How to import them](../how-to/import-dashboards.md). Each has filters at the top and a list of documents at the end.

${dashboards.map(section).join('\n')}`;

const section = ({ title, purpose, filters, rows }: Dashboard): string => {
  const panels = rows.flat();
  const patterns = [...new Set(panels.map(({ index }) => `\`${index}\``))].sort();
  return `## ${title}

${purpose}

- Index patterns: ${patterns.join(', ')}
- Filters: ${filters.fields.map(([, label]) => label).join(', ')}
- Panels: ${panels.map((panel) => panel.title).join(' · ')}
`;
};
