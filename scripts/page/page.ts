/** The page: counts, one incident, every dashboard. It stands alone: its policy lets a browser load nothing. */
import type { ShownDashboard } from './answers.ts';
import { anchor, dashboardHtml } from './dashboard.ts';
import { incidentHtml } from './incident.ts';
import type { Story } from './story.ts';
import { STYLE } from './style.ts';
import { escaped, timeText } from './text.ts';

export interface Counts {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface Page {
  readonly title: string;
  /** What the reader looks at, in a sentence. */
  readonly about: string;
  readonly at: Date;
  readonly counts?: Counts;
  readonly story: Story | undefined;
  readonly dashboards: readonly ShownDashboard[];
}

export function pageHtml({ title, about, at, counts, story, dashboards }: Page): string {
  const links = dashboards.map(({ dashboard }) => `<a href="#${anchor(dashboard.id)}">${escaped(dashboard.title)}</a>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><header><h1>${escaped(title)}</h1><p>${escaped(about)} ${timeText(at.getTime())} UTC.</p>${links.length > 1 ? `<nav>${links.join('')}</nav>` : ''}</header>
<main>${countsHtml(counts)}
${incidentHtml(story)}
${dashboards.map(dashboardHtml).join('\n')}</main></body></html>
`;
}

function countsHtml(counts: Counts | undefined): string {
  if (counts === undefined) return '';
  const cell = (tag: string) => (value: string | number, at: number) =>
    `<${tag}${at > 0 ? ' class="n"' : ''}>${escaped(typeof value === 'number' ? value.toLocaleString('en') : value)}</${tag}>`;
  const row = (tag: string, cells: readonly (string | number)[]) => `<tr>${cells.map(cell(tag)).join('')}</tr>`;
  const body = counts.rows.map((each) => row('td', each)).join('');
  return `<section id="counts"><h2>Counts</h2><div class="panel"><table><thead>${row('th', counts.head)}</thead><tbody>${body}</tbody></table></div></section>`;
}
