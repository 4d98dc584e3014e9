/**
 * `npm run splunk:pictures`: draws the dashboards for docs/splunk/img by Splunk's own components in headless Chromium, with rows of the demo.
 * A development tool: its packages (549 MB, page/package.json) go into .cache, and nothing of it is shipped.
 * Needs Chromium (Debian: apt-get install chromium), or CHROMIUM with its path. --only <dashboard> and --scheme <dark or light> draw one.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { type Chromium, startChromium } from '../../picture/chromium.ts';
import { dashboards } from '../dashboards/all.ts';
import { definition } from '../dashboards/definition.ts';
import type { Dashboard } from '../dashboards/model.ts';
import { allRows } from './rows/all.ts';
import type { Row } from './rows/table.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const pictures = join(root, 'docs/splunk/img');
const SCHEMES = ['dark', 'light'] as const;
const WIDTH = 1280;
/** Title, inputs and margins above and below the grid. */
const FRAME = 84;
/** The panels' titles are there, and each map has colours: they are drawn by WebGL, and what it drew must be readable. */
const DRAWN = `
  const context = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, options) {
    return context.call(this, kind, kind.startsWith('webgl') ? { ...options, preserveDrawingBuffer: true } : options);
  };
  const hasColours = (map) => {
    const copy = Object.assign(document.createElement('canvas'), { width: 64, height: 64 });
    const flat = copy.getContext('2d');
    flat.drawImage(map, 0, 0, 64, 64);
    return new Set(new Uint32Array(flat.getImageData(0, 0, 64, 64).data.buffer)).size > 3;
  };
  window.drawn = () => document.getElementById('root').innerText.length > 200
    && [...document.querySelectorAll('canvas[class*="mapl"],canvas[class*="mapbox"]')].length >= window.MAPS
    && [...document.querySelectorAll('canvas[class*="mapl"],canvas[class*="mapbox"]')].every(hasColours);`;

/** The folder of the packages, installed once. */
async function packages(): Promise<string> {
  const lock = await readFile(join(import.meta.dirname, 'page/package-lock.json'));
  const name = `splunk-render-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`;
  const folder = join(process.env.BONGSU_CACHE ?? join(root, '.cache'), name);
  if (existsSync(folder)) return folder;
  const half = `${folder}.half`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) {
    await copyFile(join(import.meta.dirname, 'page', file), join(half, file));
  }
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: half });
  await rename(half, folder);
  return folder;
}

async function bundle(folder: string): Promise<void> {
  const modules = join(await packages(), 'node_modules');
  await build({
    entryPoints: [join(import.meta.dirname, 'page/page.jsx')],
    outfile: join(folder, 'page.js'),
    bundle: true,
    minify: true,
    nodePaths: [modules],
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    loader: { '.svg': 'dataurl', '.png': 'dataurl' },
    logLevel: 'error',
  });
}

/** Searches become the rows that they would find. Throws Error for a panel without rows. */
function withRows(dashboard: Dashboard, rows: Readonly<Record<string, readonly Row[]>>): object {
  const made = definition(dashboard);
  const panels = dashboard.rows.flatMap((row) => row.panels);
  const dataSources = panels.map(({ id }) => {
    const found = rows[id];
    if (found === undefined || found.length === 0) throw new Error(`no rows for ${dashboard.id}.${id}`);
    const names = Object.keys(found[0]);
    const columns = names.map((name) => found.map((row) => String(row[name] ?? '')));
    const data = { fields: names.map((name) => ({ name })), columns };
    return [`ds_${id}`, { type: 'ds.test', options: { data, meta: {} } }];
  });
  return { ...made, defaults: {}, dataSources: Object.fromEntries(dataSources) };
}

const heightOf = ({ rows }: Dashboard): number => FRAME + rows.reduce((sum, { height }) => sum + height + 4, 0);

async function draw(
  chromium: Chromium,
  folder: string,
  dashboard: Dashboard,
  made: object,
  scheme: (typeof SCHEMES)[number],
): Promise<void> {
  const page = join(folder, `${dashboard.id}-${scheme}.html`);
  const json = JSON.stringify(made).replaceAll('<', '\\u003c');
  const maps = dashboard.rows.flatMap((row) => row.panels).filter(({ kind }) => kind === 'map').length;
  const data = `window.DASHBOARD=${json};window.SCHEME="${scheme}";window.MAPS=${maps};${DRAWN}`;
  await writeFile(
    page,
    `<!doctype html><meta charset="utf-8"><style>html,body{margin:0;overflow:hidden;background:${scheme === 'dark' ? '#171d21' : '#f2f4f5'}}</style><body><div id="root"></div><script>${data}</script><script src="page.js"></script>`,
  );
  const png = await chromium.picture(`file://${page}`, {
    width: WIDTH,
    height: heightOf(dashboard),
    scheme,
    ready: 'window.drawn()',
  });
  await writeFile(join(pictures, `${dashboard.id}-${scheme}.png`), png);
}

const { values } = parseArgs({ options: { only: { type: 'string' }, scheme: { type: 'string' } } });
const folder = await mkdtemp(join(tmpdir(), 'splunk-render-'));
const chromium = await startChromium();
try {
  await mkdir(pictures, { recursive: true });
  await bundle(folder);
  const rows = await allRows();
  for (const dashboard of dashboards) {
    if (values.only !== undefined && values.only !== dashboard.id) continue;
    for (const scheme of SCHEMES) {
      if (values.scheme !== undefined && values.scheme !== scheme) continue;
      await draw(chromium, folder, dashboard, withRows(dashboard, rows[dashboard.id]), scheme);
      process.stdout.write(`docs/splunk/img/${dashboard.id}-${scheme}.png\n`);
    }
  }
} finally {
  await chromium.stop();
  await rm(folder, { recursive: true, force: true });
}
