/** A dashboard as HTML: its purpose, and row by row the panels that documents match. */
import { isEmpty, type Shown, type ShownDashboard } from './answers.ts';
import { donutLegend, ranking, timelineLegend } from './bars.ts';
import { besideMap, chart } from './chart.ts';
import { list, table } from './table.ts';
import { escaped, numberText, valueText } from './text.ts';

const WIDTH = 1232;
const GAP = 12;
const PADDING = 26;
const DONUT = { width: 150, height: 150 };

export const anchor = (id: string): string => `dashboard-${id}`;

/** Panels without a document are named below the others. */
export function dashboardHtml({ dashboard, rows }: ShownDashboard): string {
  const { id, title, purpose } = dashboard;
  const filled = rows.map((row) => row.filter((shown) => !isEmpty(shown))).filter((row) => row.length > 0);
  const body = filled.map(
    (row) => `<div class="row">${row.map((shown) => panelHtml(shown, row.length)).join('')}</div>`,
  );
  const empty = rows
    .flat()
    .filter(isEmpty)
    .map(({ panel }) => `<span ${named(panel.title, 'empty')}>${escaped(panel.title)}</span>`);
  const rest = empty.length === 0 ? '' : `\n<p class="none">No document matches: ${empty.join(' · ')}</p>`;
  return `<section class="dashboard" id="${anchor(id)}"><h2>${escaped(title)}</h2><p class="purpose">${escaped(purpose)}</p>\n${body.join('\n')}${rest}\n</section>`;
}

const named = (title: string, state: 'empty' | 'filled'): string =>
  `data-panel="${escaped(title)}" data-state="${state}"`;

/** `beside`: panels in its row. */
function panelHtml(shown: Shown, beside: number): string {
  const { kind, title } = shown.panel;
  const width = Math.floor((WIDTH - GAP * (beside - 1)) / beside) - PADDING;
  return `<article class="panel ${kind}" ${named(title, 'filled')}><h3>${escaped(title)}</h3>${content(shown, width)}</article>`;
}

function content(shown: Shown, width: number): string {
  const { panel, rows } = shown;
  switch (panel.kind) {
    case 'note':
      return `<p>${escaped(panel.text)}</p>`;
    case 'number':
      return `<p class="big">${escaped(valueText(rows[0]?.values[0] ?? 0, panel.metrics[0].field))}</p>`;
    case 'table':
      return table(shown, width);
    case 'list':
      return list(shown, width);
    case 'ranking':
      return ranking(shown);
    case 'donut':
      return `<div class="pie">${chart(shown, DONUT)}${donutLegend(shown)}</div>`;
    case 'map':
      return chart(shown, { width, height: 300 }) + besideText(shown);
    default:
      return chart(shown, { width, height: 200 }) + timelineLegend(shown);
  }
}

/** Small countries that the map does not show. */
function besideText(shown: Shown): string {
  const rest = besideMap(shown).slice(0, 8);
  if (rest.length === 0) return '';
  return `<p class="more">Too small for this map: ${escaped(rest.map(([code, value]) => `${code} ${numberText(value)}`).join(', '))}</p>`;
}
