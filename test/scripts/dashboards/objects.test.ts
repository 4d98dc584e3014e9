import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { dashboards } from '../../../opensearch/dashboard/index.ts';
import { layout, ndjson, savedObjects } from '../../../scripts/dashboards/objects.ts';

const objects = savedObjects(dashboards);
const rig = join(import.meta.dirname, '../../rig/dashboards');

/** Lines of `shapes.py check`: one a fault. */
async function faultsOf(text: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dashboards-'));
  const file = join(folder, 'bongsu.ndjson');
  await writeFile(file, text);
  const command = [join(rig, 'shapes.py'), 'check', join(rig, 'shapes.json'), file];
  const said = await promisify(execFile)('python3', command).catch((error: { stdout: string }) => error);
  await rm(folder, { recursive: true });
  return said.stdout.split('\n').filter((line) => line !== '');
}

describe('the saved objects', () => {
  test('are at least twelve dashboards and 150 visualizations, each with an id of its own', () => {
    expect(dashboards.length).toBeGreaterThanOrEqual(12);
    expect(objects.filter(({ type }) => type === 'visualization').length).toBeGreaterThanOrEqual(150);
    const ids = objects.map(({ type, id }) => `${type} ${id}`);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test('look like those that OpenSearch Dashboards exports', async () => {
    expect(await faultsOf(ndjson(objects))).toEqual([]);
  });

  test('a fault in them would be found', async () => {
    const text = ndjson(objects);
    expect(await faultsOf(text.replace('"panelRefName\\":\\"panel_3', '"panelRefName\\":\\"panel_333'))).not.toEqual(
      [],
    );
    expect(await faultsOf(text.replace('\\"type\\":\\"cardinality\\"', '\\"type\\":\\"cardinalty\\"'))).not.toEqual([]);
  });

  test('are the same bytes on every build', () => {
    expect(ndjson(savedObjects(dashboards))).toBe(ndjson(objects));
  });
});

describe.each(dashboards.map((each) => [each.id, each] as const))('the dashboard %s', (_id, dashboard) => {
  test('has a purpose, filters and a list of documents', () => {
    expect(dashboard.purpose).toMatch(/^[A-Z].{30,}\.$/);
    expect(dashboard.filters.fields.length).toBeGreaterThanOrEqual(2);
    expect(dashboard.rows.flat().some(({ kind }) => kind === 'list')).toBe(true);
  });

  test('fills the width with panels that do not overlap', () => {
    const cells = new Set<string>();
    for (const { x, y, w, h } of layout(dashboard)) {
      expect(x + w).toBeLessThanOrEqual(48);
      for (let column = x; column < x + w; column++) {
        for (let row = y; row < y + h; row++) {
          expect(cells.has(`${column},${row}`)).toBe(false);
          cells.add(`${column},${row}`);
        }
      }
    }
    const height = Math.max(...layout(dashboard).map(({ y, h }) => y + h));
    expect(cells.size).toBe(48 * height);
  });

  test('has a bucket in every chart and table', () => {
    const bare = dashboard.rows
      .flat()
      .filter(({ kind, buckets }) => ['table', 'donut', 'ranking', 'map'].includes(kind) && buckets.length === 0);
    expect(bare.map(({ title }) => title)).toEqual([]);
  });
});
