/**
 * Dashboards as saved objects, one JSON text a line: index patterns, visualizations, saved searches, dashboards. OpenSearch
 * Dashboards imports the file as it is. The same definitions always give the same bytes.
 * https://docs.opensearch.org/latest/dashboards/management/saved-objects/
 */
import type { Dashboard, IndexPattern, Panel } from '../../opensearch/dashboard/model.ts';
import { aggregations } from './aggregations.ts';
import { dashboardId, filtersId, panelId, purposeId } from './ids.ts';
import { lucene } from './lucene.ts';
import { parametersOf, TYPES } from './parameters.ts';

interface Reference {
  readonly name: string;
  readonly type: string;
  readonly id: string;
}

export interface SavedObject {
  readonly id: string;
  readonly type: 'index-pattern' | 'visualization' | 'search' | 'dashboard';
  readonly attributes: object;
  readonly references: readonly Reference[];
}

/** Versions of the formats below, and a time that says nothing. */
const MIGRATION = { 'index-pattern': '7.6.0', visualization: '7.10.0', search: '7.9.3', dashboard: '7.9.3' } as const;
const UPDATED = '2026-01-01T00:00:00.000Z';
const SOURCE_INDEX = 'kibanaSavedObjectMeta.searchSourceJSON.index';

/** Index patterns first, then each dashboard's panels and the dashboard itself. */
export function savedObjects(dashboards: readonly Dashboard[]): readonly SavedObject[] {
  const all = dashboards.flatMap((dashboard) => [...panelsOf(dashboard), dashboardOf(dashboard)]);
  const patterns = new Set(all.flatMap(({ references }) => references.filter(isPattern).map(({ id }) => id)));
  return [...[...patterns].sort().map((id) => patternOf(id as IndexPattern)), ...all];
}

const isPattern = ({ type }: Reference): boolean => type === 'index-pattern';

export const ndjson = (objects: readonly SavedObject[]): string =>
  objects
    .map(({ id, type, attributes, references }) => {
      const migrationVersion = { [type]: MIGRATION[type] };
      return `${JSON.stringify({ attributes, id, migrationVersion, references, type, updated_at: UPDATED, version: 'WzEsMV0=' })}\n`;
    })
    .join('');

/** Without fields: OpenSearch Dashboards asks the indices for them when the pattern is first used. */
const patternOf = (title: IndexPattern): SavedObject => ({
  id: title,
  type: 'index-pattern',
  attributes: {
    title,
    timeFieldName: '@timestamp',
    fields: '[]',
    fieldFormatMap: JSON.stringify(FORMATS),
  },
  references: [],
});

const BYTES = { id: 'bytes', params: {} };
const link = (urlTemplate: string) => ({ id: 'url', params: { urlTemplate, labelTemplate: '{{value}}' } });

/** How values are shown: bytes as KB and MB, ids as links to the AWS console and to public registers. */
const FORMATS = {
  'source.bytes': BYTES,
  'destination.bytes': BYTES,
  'network.bytes': BYTES,
  'http.response.bytes': BYTES,
  'file.size': BYTES,
  'vulnerability.id': link('https://nvd.nist.gov/vuln/detail/{{value}}'),
  'cloud.instance.id': link('https://console.aws.amazon.com/ec2/home#InstanceDetails:instanceId={{value}}'),
  'aws.securityhub.remediation.url': link('{{rawValue}}'),
  'threat.technique.id': link('https://attack.mitre.org/techniques/{{value}}'),
};

function panelsOf(dashboard: Dashboard): readonly SavedObject[] {
  return [
    purposeOf(dashboard),
    filtersOf(dashboard),
    ...dashboard.rows
      .flat()
      .map((panel) => (panel.kind === 'list' ? searchOf(dashboard, panel) : visualizationOf(dashboard, panel))),
  ];
}

const meta = (query: string, isIndexed = true) => ({
  searchSourceJSON: JSON.stringify({
    query: { query, language: 'lucene' },
    filter: [],
    ...(isIndexed && { indexRefName: SOURCE_INDEX }),
  }),
});

const indexReference = (id: IndexPattern): Reference => ({ name: SOURCE_INDEX, type: 'index-pattern', id });

function visualization(
  id: string,
  title: string,
  type: string,
  params: object,
  rest: Partial<Visualization> = {},
): SavedObject {
  const { aggs = [], query = '', index, description = '' } = rest;
  return {
    id,
    type: 'visualization',
    attributes: {
      title,
      description,
      visState: JSON.stringify({ title, type, aggs, params }),
      uiStateJSON: '{}',
      version: 1,
      kibanaSavedObjectMeta: meta(query, index !== undefined),
    },
    references: index === undefined ? [] : [indexReference(index)],
  };
}

interface Visualization {
  readonly aggs: readonly object[];
  readonly query: string;
  readonly index: IndexPattern;
  readonly description: string;
}

function visualizationOf(dashboard: Dashboard, panel: Panel): SavedObject {
  const { kind, title, index, where } = panel;
  const type = TYPES[kind as keyof typeof TYPES];
  const isText = kind === 'note';
  const rest = isText ? {} : { aggs: aggregations(panel), query: lucene(where), index };
  return visualization(panelId(dashboard, panel), title, type, parametersOf(panel), rest);
}

const purposeOf = (dashboard: Dashboard): SavedObject =>
  visualization(purposeId(dashboard), `${dashboard.title}: what it is for`, 'markdown', {
    fontSize: 12,
    openLinksInNewTab: false,
    markdown: dashboard.purpose,
  });

function filtersOf(dashboard: Dashboard): SavedObject {
  const { index, fields } = dashboard.filters;
  const controls = fields.map(([fieldName, label], i) => ({
    id: `control-${i}`,
    fieldName,
    parent: '',
    label,
    type: 'list',
    options: { type: 'terms', multiselect: true, dynamicOptions: true, size: 5, order: 'desc' },
    indexPatternRefName: `control_${i}_index_pattern`,
  }));
  const made = visualization(filtersId(dashboard), `${dashboard.title}: filters`, 'input_control_vis', {
    controls,
    updateFiltersOnChange: false,
    useTimeFilter: false,
    pinFilters: false,
  });
  const references = controls.map(({ indexPatternRefName }) => ({
    name: indexPatternRefName,
    type: 'index-pattern',
    id: index,
  }));
  return { ...made, references };
}

const searchOf = (dashboard: Dashboard, panel: Panel): SavedObject => ({
  id: panelId(dashboard, panel),
  type: 'search',
  attributes: {
    title: `${dashboard.title}: ${panel.title}`,
    description: '',
    hits: 0,
    columns: panel.columns,
    sort: [],
    version: 1,
    kibanaSavedObjectMeta: {
      searchSourceJSON: JSON.stringify({
        query: { query: lucene(panel.where), language: 'lucene' },
        filter: [],
        highlightAll: true,
        version: true,
        indexRefName: SOURCE_INDEX,
      }),
    },
  },
  references: [indexReference(panel.index)],
});

const WIDTH = 48; // columns of the grid
const HEIGHTS: Readonly<Record<Panel['kind'], number>> = {
  number: 6,
  note: 6,
  donut: 14,
  timeline: 14,
  ranking: 16,
  map: 18,
  table: 18,
  list: 20,
};

interface Placed {
  readonly id: string;
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly title?: string;
}

/** The purpose and the filters on top, then row by row. */
export function layout(dashboard: Dashboard): readonly Placed[] {
  const placed: Placed[] = [
    { id: purposeId(dashboard), type: 'visualization', x: 0, y: 0, w: 16, h: 7 },
    { id: filtersId(dashboard), type: 'visualization', x: 16, y: 0, w: 32, h: 7 },
  ];
  let y = 7;
  for (const row of dashboard.rows) {
    const h = Math.max(...row.map(({ kind }) => HEIGHTS[kind]));
    row.forEach((panel, i) => {
      const x = Math.round((i * WIDTH) / row.length);
      const w = Math.round(((i + 1) * WIDTH) / row.length) - x;
      const type = panel.kind === 'list' ? 'search' : 'visualization';
      placed.push({ id: panelId(dashboard, panel), type, x, y, w, h, title: panel.title });
    });
    y += h;
  }
  return placed;
}

function dashboardOf(dashboard: Dashboard): SavedObject {
  const placed = layout(dashboard);
  const panels = placed.map(({ x, y, w, h, title }, i) => ({
    version: '2.19.0',
    gridData: { x, y, w, h, i: String(i) },
    panelIndex: String(i),
    embeddableConfig: {},
    ...(title !== undefined && { title }),
    panelRefName: `panel_${i}`,
  }));
  return {
    id: dashboardId(dashboard),
    type: 'dashboard',
    attributes: {
      title: `Bongsu · ${dashboard.title}`,
      description: dashboard.purpose,
      hits: 0,
      panelsJSON: JSON.stringify(panels),
      optionsJSON: JSON.stringify({ useMargins: true, hidePanelTitles: false }),
      version: 1,
      timeRestore: false,
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({ query: { query: '', language: 'lucene' }, filter: [] }),
      },
    },
    references: placed.map(({ id, type }, i) => ({ name: `panel_${i}`, type, id })),
  };
}
