/**
 * `npm run dashboards:pictures`: draws each dashboard for docs/img/dashboards in both schemes, from the answers of a real
 * OpenSearch node with made-up documents (fill.ts). Needs a JDK with Maven and Chromium. `--only <dashboard>` draws one.
 */
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dashboards } from '../../../opensearch/dashboard/index.ts';
import { asker } from '../../../test/rig/opensearch/asker.ts';
import { type Node, startOpenSearch } from '../../../test/rig/opensearch/opensearch.ts';
import { lineSender, prepare } from '../../detections/proof/node.ts';
import { bastion } from '../../incident/scenario.ts';
import { startChromium } from '../../picture/chromium.ts';
import { small } from '../../picture/png.ts';
import { type Answer, answered, isEmpty, type Search, type ShownDashboard } from '../answers.ts';
import { pageHtml } from '../page.ts';
import { story } from '../story.ts';
import { alertsOf } from './alerts.ts';
import { documents, type Placed } from './fill.ts';

const END = new Date('2026-11-24T13:40:38Z');
const pictures = join(import.meta.dirname, '../../../docs/img/dashboards');
const PART = 1000;
const WIDTH = 1280;

type Send = ReturnType<typeof lineSender>;

/** Throws Error where the node refuses a document. */
async function put(all: readonly Placed[], send: Send): Promise<void> {
  const lines = ({ index, id, document }: Placed) =>
    `${JSON.stringify({ index: { _index: index, _id: id } })}\n${JSON.stringify(document)}\n`;
  for (let at = 0; at < all.length; at += PART) {
    const part = all.slice(at, at + PART).map(lines);
    const { items } = (await send(part.join(''))) as { items: { index: { status: number; error?: object } }[] };
    const refused = items.find(({ index }) => index.status > 201);
    if (refused !== undefined) throw new Error(`a document was refused: ${JSON.stringify(refused)}`);
  }
}

async function filled(node: Node): Promise<Search> {
  const ca = readFileSync(node.caFile, 'utf8');
  const access = { url: node.url, auth: { kind: 'basic', login: async () => node }, ca } as const;
  const ask = asker(access);
  const send = lineSender(access);
  await prepare(ask);
  await put(await documents(END), send);
  await ask('POST', '/aws-*/_refresh');
  await put(await alertsOf(send), send);
  await ask('POST', '/aws-*/_refresh');
  return async (index, body) =>
    (await ask('POST', `/${index}/_search?ignore_unavailable=true&allow_no_indices=true`, body)) as Answer;
}

function page(shown: readonly ShownDashboard[], found: Awaited<ReturnType<typeof story>>): string {
  const about = 'Preview: drawn by this project from the definitions, not by OpenSearch Dashboards. Incident of';
  return pageHtml({ title: 'Bongsu', about, at: END, story: found, dashboards: shown });
}

async function draw(search: Search, only: string | undefined): Promise<void> {
  const range = { from: END.getTime() - 3_700_000, to: END.getTime() + 60_000, intervalMs: 120_000 };
  const folder = await mkdtemp(join(tmpdir(), 'dashboards-'));
  const chromium = await startChromium();
  const shoot = async (name: string, html: string) => {
    const file = join(folder, `${name}.html`);
    await writeFile(file, html);
    for (const scheme of ['light', 'dark'] as const) {
      const png = small(await chromium.picture(`file://${file}`, { width: WIDTH, scheme }));
      await writeFile(join(pictures, `${name}-${scheme}.png`), png);
      process.stdout.write(`docs/img/dashboards/${name}-${scheme}.png  ${Math.round(png.length / 1000)} kB\n`);
    }
  };
  try {
    await mkdir(pictures, { recursive: true });
    if (only === undefined || only === 'incident')
      await shoot('incident', page([], await story(search, bastion.instance)));
    for (const dashboard of dashboards.filter(({ id }) => only === undefined || id === only)) {
      const shown = await answered(dashboard, search, range);
      const empty = shown.rows.flat().filter(isEmpty);
      for (const { panel } of empty) process.stdout.write(`empty: ${dashboard.id}: ${panel.title}\n`);
      await shoot(dashboard.id, page([shown], undefined));
    }
  } finally {
    await chromium.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const node = await startOpenSearch();
if ('skipped' in node) throw new Error(`no OpenSearch: ${node.skipped}`);
try {
  await draw(await filled(node), values.only);
} finally {
  await node.stop();
}
