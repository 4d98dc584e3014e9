/**
 * A dashboard → Dashboard Studio's definition, in the form with one layout, which Splunk 9 and 10 read.
 * https://docs.splunk.com/Documentation/Splunk/latest/DashStudio/dashDef
 */
import type { Dashboard, Input, Json, Kind, Panel } from './model.ts';

export type Definition = Readonly<Record<string, Json>>;

/** Pixels: the width that Splunk's grid counts in, whatever the window has. */
const WIDTH = 1200;

const TYPES: Readonly<Record<Kind, string>> = {
  singlevalue: 'splunk.singlevalue',
  column: 'splunk.column',
  bar: 'splunk.bar',
  line: 'splunk.line',
  area: 'splunk.area',
  pie: 'splunk.pie',
  table: 'splunk.table',
  map: 'splunk.map',
};

/** Throws Error for a row that does not have twelve twelfths, and for a panel's id that stands twice. */
export function definition(dashboard: Dashboard): Definition {
  const panels = dashboard.rows.flatMap((row) => row.panels);
  const ids = panels.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw new Error(`${dashboard.id}: the panel ${twice} stands twice`);
  return {
    title: dashboard.title,
    description: dashboard.description,
    defaults: {
      dataSources: {
        'ds.search': {
          options: { queryParameters: { earliest: '$time.earliest$', latest: '$time.latest$' } },
        },
      },
    },
    dataSources: {
      ...bases(dashboard),
      ...Object.fromEntries(panels.map((panel) => [`ds_${panel.id}`, source(panel)])),
    },
    visualizations: Object.fromEntries(panels.map((panel) => [`viz_${panel.id}`, visualization(panel)])),
    inputs: inputs(dashboard),
    layout: {
      type: 'grid',
      options: { width: WIDTH },
      structure: structure(dashboard),
      globalInputs: ['input_time', ...(dashboard.inputs ?? []).map(({ token }) => `input_${token}`)],
    },
  };
}

function bases({ bases = {} }: Dashboard): Record<string, Json> {
  const source = (query: string): Json => ({ type: 'ds.search', options: { query } });
  return Object.fromEntries(Object.entries(bases).map(([name, query]) => [`base_${name}`, source(query)]));
}

function source({ title, query, base }: Panel): Json {
  if (base === undefined) return { type: 'ds.search', name: title, options: { query } };
  return { type: 'ds.chain', name: title, options: { extend: `base_${base}`, query } };
}

function visualization({ id, kind, title, options = {}, context, opens }: Panel): Json {
  return {
    type: TYPES[kind],
    title,
    dataSources: { primary: `ds_${id}` },
    options,
    ...(context !== undefined && { context }),
    ...(opens !== undefined && {
      eventHandlers: [{ type: 'drilldown.customUrl', options: { url: `/app/bongsu/${opens}`, newTab: false } }],
    }),
  };
}

function inputs({ inputs: given = [], earliest }: Dashboard): Json {
  const time = {
    type: 'input.timerange',
    title: 'Time',
    options: { token: 'time', defaultValue: `${earliest},now` },
  };
  return { input_time: time, ...Object.fromEntries(given.map((each) => [`input_${each.token}`, input(each)])) };
}

function input({ token, title, kind, initial, choices = [] }: Input): Json {
  const items = choices.map((value) => ({ label: value, value }));
  return {
    type: `input.${kind}`,
    title,
    options: { token, defaultValue: initial, ...(kind === 'multiselect' && { items }) },
  };
}

function structure({ id, rows }: Dashboard): Json {
  let y = 0;
  return rows.flatMap(({ height, panels }) => {
    const sum = panels.reduce((total, { width }) => total + width, 0);
    if (sum !== 12) throw new Error(`${id}: the row of ${panels[0].id} has ${sum} twelfths`);
    let x = 0;
    const row = panels.map((panel) => {
      const position = { x, y, w: (panel.width * WIDTH) / 12, h: height };
      x += position.w;
      return { item: `viz_${panel.id}`, type: 'block', position };
    });
    y += height;
    return row;
  });
}

/** The file that Splunk reads as a view. */
export function view(dashboard: Dashboard): string {
  const json = JSON.stringify(definition(dashboard), null, 2).replaceAll(']]>', ']]]]><![CDATA[>');
  return `<dashboard version="2" theme="dark">
  <label>${escaped(dashboard.title)}</label>
  <description>${escaped(dashboard.description)}</description>
  <definition><![CDATA[
${json}
  ]]></definition>
</dashboard>
`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
