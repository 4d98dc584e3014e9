/** docs/generated/sources.md: one row per source, from shared/sources.ts. */
import { posix } from 'node:path';
import { indicesOf, SOURCES, type SourceName, type SourceRow, sourceNames } from '../../shared/sources.ts';
import { page, table } from './markdown.ts';

const FOLDER = 'generated';

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

function deliveryOf(name: SourceName, row: SourceRow): string {
  return [
    ...(row.objects === undefined ? [] : [`S3 \`${row.objects.prefix ?? `${name}/`}\``]),
    ...(row.kind === 'http' ? ['HTTPS'] : []),
    ...(row.subscription ? ['CloudWatch Logs'] : []),
    ...(row.events === undefined ? [] : ['EventBridge']),
    ...(row.kind === 'alert' ? ['SNS'] : []),
    ...(row.schedule === undefined ? [] : [`\`${row.schedule}\``]),
  ].join(', ');
}

function cellsOf(name: SourceName): readonly string[] {
  const row = SOURCES[name];
  const link = posix.relative(FOLDER, row.page);
  return [
    `\`${name}\``,
    `[${row.title}](${link})`,
    row.kind,
    deliveryOf(name, row) || 'the schedule of its parameter',
    row.route.join(', '),
    code(indicesOf(row)),
    code([row.splunk.sourcetype, ...(row.sourcetypes ?? [])]),
  ];
}

export const sourcesPage = (): string =>
  page(
    'Sources',
    'npm run generate',
    'The destinations are the defaults: `<source>Route` changes them. Indices get a day or a month at the end of their names.',
    table(
      ['source', 'what it collects', 'kind', 'delivery', 'destinations', 'OpenSearch indices', 'Splunk sourcetypes'],
      sourceNames.map(cellsOf),
    ),
  );
