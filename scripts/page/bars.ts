/** Rankings and legends as HTML: a browser breaks and shortens text better than a chart does. */
import type { Shown } from './answers.ts';
import { byFirst, formatOf, parts, splits } from './chart.ts';
import { colorOf } from './colors.ts';
import { escaped } from './text.ts';

const BARS = 15;

/** Horizontal bars, largest first. */
export function ranking(shown: Shown): string {
  const bars = byFirst(shown.rows).slice(0, BARS);
  const largest = Math.max(...bars.map(([, value]) => value));
  const items = bars.map(([name, value]) => {
    const bar = `<b style="width:${((100 * value) / largest).toFixed(1)}%;--c:${colorOf(name, 0)}"></b>`;
    return `<li><span title="${escaped(name)}">${escaped(name)}</span><i>${bar}</i><em>${escaped(formatOf(shown)(value))}</em></li>`;
  });
  return `<ul class="bars">${items.join('')}</ul>`;
}

const item = (color: string, text: string): string =>
  `<li style="--c:${color}" title="${escaped(text)}">${escaped(text)}</li>`;

export function donutLegend(shown: Shown): string {
  const all = parts(shown);
  const sum = all.reduce((total, [, value]) => total + value, 0);
  const items = all.map(([name, value, color]) => item(color, `${name} ${Math.round((100 * value) / sum)} %`));
  return `<ul class="legend">${items.join('')}</ul>`;
}

/** Empty where nothing is split. */
export function timelineLegend(shown: Shown): string {
  if (shown.panel.buckets.length === 0) return '';
  return `<ul class="legend">${splits(shown)
    .map(([name, color]) => item(color, name))
    .join('')}</ul>`;
}
