/** Colours and panels that dashboards share. Severities have the same colour everywhere; an ordinal scale, readable on dark and light. */
import type { Json, Panel } from './model.ts';

export const SEVERITY_COLORS: Readonly<Record<string, string>> = {
  critical: '#D13D5B',
  high: '#E8743B',
  medium: '#E0B13E',
  low: '#4C9ED9',
  informational: '#8E97A8',
};
export const ALLOWED = '#3FA67A';
export const BLOCKED = '#D13D5B';

/** For charts that are split by severity. */
export const bySeverity: Readonly<Record<string, Json>> = {
  seriesColorsByField: SEVERITY_COLORS,
  stackMode: 'stacked',
};

/** For charts that are split by what became of something. */
export const byAction: Readonly<Record<string, Json>> = {
  seriesColorsByField: { allowed: ALLOWED, success: ALLOWED, blocked: BLOCKED, failure: BLOCKED },
  stackMode: 'stacked',
};

export const PLAIN: Readonly<Record<string, Json>> = {
  legendDisplay: 'off',
  xAxisTitleVisibility: 'hide',
  yAxisTitleVisibility: 'hide',
};
export const OVER_TIME: Readonly<Record<string, Json>> = {
  legendDisplay: 'bottom',
  xAxisTitleVisibility: 'hide',
  yAxisTitleVisibility: 'hide',
};

/** A big number. `color`: where it is above 0 it asks for attention. */
export function number(panel: Omit<Panel, 'kind' | 'options'>, color = '#5C87C4'): Panel {
  const ranges: Json = [
    { to: 1, value: '#8E97A8' },
    { from: 1, value: color },
  ];
  return {
    ...panel,
    kind: 'singlevalue',
    options: {
      majorColor: '> majorValue | rangeValue(ranges)',
      trendDisplay: 'off',
      sparklineDisplay: 'off',
      majorFontSize: 40,
    },
    context: { ranges },
  };
}

const MATCHES: Json = Object.entries(SEVERITY_COLORS).map(([match, value]) => ({ match, value }));

/** Widths of columns whose names or values would be broken otherwise, pixels. The rest of a table is shared by the others. */
const COLUMNS: Readonly<Record<string, Json>> = Object.fromEntries(
  Object.entries({
    time: 140,
    newest: 140,
    hours_silent: 125,
    account: 130,
    severity: 100,
    sourcetype: 195,
    src: 130,
    dest: 150,
    index: 118,
    addresses: 115,
    services: 102,
    user_agent: 120,
    score: 80,
    vulnerability: 135,
    exploit: 85,
    fix: 65,
    finding: 220,
    work_status: 120,
    work_owner: 120,
    finding_uid: 120,
  }).map(([name, width]) => [name, { width }]),
);

/** A table whose column `severity` has the severity's colour. */
export const severityTable = (count: number): Pick<Panel, 'kind' | 'options' | 'context'> => ({
  kind: 'table',
  options: {
    count,
    columnFormat: {
      ...COLUMNS,
      severity: { width: 100, rowColors: "> table | seriesByName('severity') | matchValue(severities)" },
    },
  },
  context: { severities: MATCHES },
});

export const table = (count: number): Pick<Panel, 'kind' | 'options'> => ({
  kind: 'table',
  options: { count, columnFormat: COLUMNS },
});

/** The world, shaded by a count per two-letter code of a country: names of countries differ from map to map. */
export const world: Pick<Panel, 'kind' | 'options' | 'context'> = {
  kind: 'map',
  options: {
    showBaseLayer: false,
    scaleUnit: 'metric',
    center: [25, 15],
    zoom: 0.6,
    layers: [
      {
        type: 'choropleth',
        source: 'geo://default/world',
        areaIds: "> primary | seriesByName('country_iso_code')",
        areaValues: "> primary | seriesByName('count')",
        dataColors: "> primary | seriesByName('count') | gradient(shades)",
      },
    ],
  },
  context: { shades: { colors: ['#F3D9A6', '#E8743B', '#A61E3D'] } },
};
