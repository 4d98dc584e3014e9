/** The page that the demo ends with: out/demo/index.html, to be opened from there. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dashboards } from '../../opensearch/dashboard/index.ts';
import { bastion } from '../incident/scenario.ts';
import { answered, isEmpty, type Search, type ShownDashboard } from '../page/answers.ts';
import { type Counts, pageHtml } from '../page/page.ts';
import { story } from '../page/story.ts';

const folder = join(import.meta.dirname, '../../out/demo');
const BEFORE_MS = 70 * 60_000; // the incident lasts an hour
const BARS = 36;

export interface Written {
  readonly file: string;
  /** Panels without data, as `<dashboard>: <title>`. */
  readonly empty: readonly string[];
}

/** `end`: of the incident. */
export async function writePage(search: Search, end: Date, counts: Counts): Promise<Written> {
  const at = new Date();
  const range = { from: end.getTime() - BEFORE_MS, to: at.getTime() };
  const intervalMs = Math.ceil((range.to - range.from) / BARS / 60_000) * 60_000;
  const shown: ShownDashboard[] = [];
  for (const dashboard of dashboards) shown.push(await answered(dashboard, search, { ...range, intervalMs }));
  const html = pageHtml({
    title: 'Bongsu: the demo',
    about: 'An invented incident in three accounts, collected into OpenSearch by the deployed stack. Drawn at',
    at,
    counts,
    story: await story(search, bastion.instance),
    dashboards: shown,
  });
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'index.html');
  await writeFile(file, html);
  const empty = shown.flatMap(({ dashboard, rows }) =>
    rows
      .flat()
      .filter(isEmpty)
      .map(({ panel }) => `${dashboard.id}: ${panel.title}`),
  );
  return { file, empty };
}
