/** Options of a visualization by its kind, as OpenSearch Dashboards writes them itself. */
import type { Panel } from '../../opensearch/dashboard/model.ts';

/** Kind of panel → type of visualization. */
export const TYPES: Readonly<Record<Exclude<Panel['kind'], 'list'>, string>> = {
  number: 'metric',
  table: 'table',
  donut: 'pie',
  timeline: 'histogram',
  ranking: 'horizontal_bar',
  map: 'region_map',
  note: 'markdown',
};

export function parametersOf({ kind, metrics, text }: Panel): object {
  const label = metrics[0]?.label ?? '';
  switch (kind) {
    case 'number':
      return NUMBER;
    case 'table':
      return TABLE;
    case 'donut':
      return DONUT;
    case 'timeline':
      return { ...CHART, ...axes('bottom', 'left', label, 'stacked') };
    case 'ranking':
      return { ...CHART, ...axes('left', 'bottom', label, 'normal'), addLegend: false };
    case 'map':
      return MAP;
    default:
      return { fontSize: 12, openLinksInNewTab: false, markdown: text };
  }
}

const NUMBER = {
  addTooltip: true,
  addLegend: false,
  type: 'metric',
  metric: {
    percentageMode: false,
    useRanges: false,
    colorSchema: 'Green to Red',
    metricColorMode: 'None',
    colorsRange: [{ from: 0, to: 10_000 }],
    labels: { show: true },
    invertColors: false,
    style: { bgFill: '#000', bgColor: false, labelColor: false, subText: '', fontSize: 36 },
  },
};

const TABLE = {
  perPage: 10,
  showPartialRows: false,
  showMetricsAtAllLevels: false,
  showTotal: false,
  totalFunc: 'sum',
  percentageCol: '',
};

const DONUT = {
  type: 'pie',
  addTooltip: true,
  addLegend: true,
  legendPosition: 'right',
  isDonut: true,
  labels: { show: false, values: true, last_level: true, truncate: 100 },
};

const CHART = {
  type: 'histogram',
  addTooltip: true,
  addLegend: true,
  legendPosition: 'right',
  times: [],
  addTimeMarker: false,
  grid: { categoryLines: false },
  labels: { show: false },
  thresholdLine: { show: false, value: 10, width: 1, style: 'full', color: '#E7664C' },
};

const axes = (category: string, value: string, title: string, mode: string) => ({
  categoryAxes: [
    {
      id: 'CategoryAxis-1',
      type: 'category',
      position: category,
      show: true,
      style: {},
      scale: { type: 'linear' },
      labels: {
        show: true,
        filter: true,
        truncate: 100,
        ...(category === 'left' && { filter: false, rotate: 0, truncate: 200 }),
      },
      title: {},
    },
  ],
  valueAxes: [
    {
      id: 'ValueAxis-1',
      name: 'LeftAxis-1',
      type: 'value',
      position: value,
      show: true,
      style: {},
      scale: { type: 'linear', mode: 'normal' },
      labels: { show: true, rotate: value === 'left' ? 0 : 75, filter: value !== 'left', truncate: 100 },
      title: { text: title },
    },
  ],
  seriesParams: [
    {
      show: true,
      type: 'histogram',
      mode,
      data: { label: title, id: '1' },
      valueAxis: 'ValueAxis-1',
      drawLinesBetweenPoints: true,
      lineWidth: 2,
      showCircles: true,
    },
  ],
});

/** The world map that OpenSearch Dashboards brings along; its shapes have ISO 3166-1 alpha-2 codes. */
const LAYER = {
  attribution:
    '<a rel="noreferrer noopener" href="http://www.naturalearthdata.com/about/terms-of-use">Made with NaturalEarth</a>',
  created_at: '2017-04-26T17:12:15.978370',
  fields: [
    { type: 'id', name: 'iso2', description: 'ISO 3166-1 alpha-2 Code' },
    { type: 'id', name: 'iso3', description: 'ISO 3166-1 alpha-3 Code' },
    { type: 'property', name: 'name', description: 'name' },
  ],
  format: { type: 'geojson' },
  id: 'world_countries',
  isEMS: true,
  layerId: 'elastic_maps_service.World Countries',
  name: 'World Countries',
  origin: 'elastic_maps_service',
};

const MAP = {
  legendPosition: 'bottomright',
  addTooltip: true,
  colorSchema: 'Yellow to Red',
  emsHotLink: '',
  isDisplayWarning: false,
  wms: {
    enabled: false,
    options: { format: 'image/png', transparent: true },
    selectedTmsLayer: {
      origin: 'elastic_maps_service',
      id: 'road_map',
      minZoom: 0,
      maxZoom: 22,
      attribution: '',
    },
  },
  mapZoom: 2,
  mapCenter: [20, 0],
  outlineWeight: 1,
  showAllShapes: true,
  selectedLayer: LAYER,
  selectedJoinField: { type: 'id', name: 'iso2', description: 'ISO 3166-1 alpha-2 Code' },
};
