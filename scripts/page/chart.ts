/** A panel as an SVG chart, by Apache ECharts without a browser. https://echarts.apache.org/handbook/en/how-to/cross-platform/server/ */
import { type EChartsCoreOption, init } from 'echarts';
import type { Range, Row } from '../dashboards/query.ts';
import type { Shown } from './answers.ts';
import { colorOf, FAINT, INK, LAND, SHADES } from './colors.ts';
import { bytesText, numberText } from './text.ts';
import { registerWorld } from './world.ts';

const onMap = registerWorld();

const DAY_MS = 86_400_000;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** In: a donut, timeline or map with rows. Out: `<svg …>` that takes its container's width. */
export function chart(shown: Shown, size: Size): string {
  const drawn = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    drawn.setOption({ animation: false, textStyle: { color: INK, fontFamily: 'inherit' }, ...option(shown) });
    return drawn.renderToSVGString({ useViewBox: true });
  } finally {
    drawn.dispose();
  }
}

function option(shown: Shown): EChartsCoreOption {
  if (shown.panel.kind === 'donut') return donut(shown);
  return shown.panel.kind === 'map' ? map(shown) : timeline(shown);
}

const labelOf = (key: string | number): string => String(key);
export const formatOf = ({ panel }: Shown) =>
  /bytes$|\.size$/.test(panel.metrics[0]?.field ?? '') ? bytesText : numberText;

/** Rows of nested buckets, added up by the first key. */
export function byFirst(rows: readonly Row[]): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const { keys, values } of rows) {
    const key = labelOf(keys[0]);
    sums.set(key, (sums.get(key) ?? 0) + values[0]);
  }
  return [...sums].filter(([, value]) => value > 0);
}

const axisLabel = { color: INK, fontSize: 11 };
/** Of a donut, with their colours. */
export const parts = (shown: Shown): readonly (readonly [name: string, value: number, color: string])[] =>
  byFirst(shown.rows).map(([name, value], at) => [name, value, colorOf(name, at)]);

function donut(shown: Shown): EChartsCoreOption {
  const data = parts(shown).map(([name, value, color]) => ({ name, value, itemStyle: { color } }));
  return { series: { type: 'pie', radius: ['58%', '96%'], label: { show: false }, data } };
}

const splitOf = ({ panel }: Shown, keys: Row['keys']): string =>
  labelOf(keys[1] ?? panel.metrics[0]?.label ?? panel.title);

/** What a timeline is split by, largest first, with its colours. */
export function splits(shown: Shown): readonly (readonly [name: string, color: string])[] {
  const totals = new Map<string, number>();
  for (const { keys, values } of shown.rows) {
    const name = splitOf(shown, keys);
    totals.set(name, (totals.get(name) ?? 0) + values[0]);
  }
  const names = [...totals].toSorted((a, b) => b[1] - a[1]).map(([name]) => name);
  return names.map((name, at) => [name, colorOf(name, at)]);
}

/** The starts of all bars: with gaps between them, bars and labels would be laid out by the largest gap. */
function everyTime({ from, to, intervalMs }: Range): readonly number[] {
  const first = Math.floor(from / intervalMs);
  const count = Math.floor(to / intervalMs) - first + 1;
  return Array.from({ length: count }, (_, at) => (first + at) * intervalMs);
}

function timeline(shown: Shown): EChartsCoreOption {
  const { rows, range } = shown;
  const isShort = range.to - range.from < 2 * DAY_MS;
  const times = isShort
    ? everyTime(range)
    : [...new Set(rows.map(({ keys }) => Number(keys[0])))].toSorted((a, b) => a - b);
  const values = new Map(rows.map(({ keys, values: [value] }) => [`${keys[0]} ${splitOf(shown, keys)}`, value]));
  const series = splits(shown).map(([name, color]) => ({
    ...{ name, type: 'bar', stack: 'all', barMaxWidth: 12, itemStyle: { color } },
    data: times.map((time) => [time, values.get(`${time} ${name}`) ?? 0]), // every time: bars are stacked by their number
  }));
  return {
    useUTC: true,
    grid: { left: 56, right: 16, top: 12, bottom: 24 },
    xAxis: {
      type: 'time',
      splitNumber: 6,
      ...(isShort && { min: range.from, max: range.to }),
      axisLabel: { ...axisLabel, hideOverlap: true, formatter: isShort ? '{HH}:{mm}' : '{MM}-{dd}' },
      axisLine: { lineStyle: { color: FAINT } },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 4,
      axisLabel: { ...axisLabel, formatter: formatOf(shown) },
      splitLine: { lineStyle: { color: FAINT } },
    },
    series,
  };
}

/** Countries that the map is too small for. */
export const besideMap = ({ rows }: Shown): readonly (readonly [string, number])[] =>
  byFirst(rows).filter(([code]) => !onMap.has(code));

function map(shown: Shown): EChartsCoreOption {
  const data = byFirst(shown.rows).map(([name, value]) => ({ name, value }));
  const largest = Math.max(1, ...data.map(({ value }) => value));
  return {
    visualMap: {
      min: 0,
      max: largest,
      left: 8,
      bottom: 8,
      itemHeight: 70,
      itemWidth: 10,
      calculable: false,
      text: [formatOf(shown)(largest), '0'],
      textStyle: { color: INK, fontSize: 11 },
      inRange: { color: SHADES },
      formatter: (value: unknown) => formatOf(shown)(Number(value)),
    },
    series: {
      type: 'map',
      map: 'world',
      boundingCoords: [
        [-150, 76],
        [180, -56],
      ],
      left: 6,
      right: 6,
      top: 4,
      bottom: 4,
      silent: true,
      itemStyle: { areaColor: LAND, borderColor: 'var(--panel)', borderWidth: 0.5 },
      data,
    },
  };
}
