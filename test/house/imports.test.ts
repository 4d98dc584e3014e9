/** The house's rule of who may import whom (docs/architecture.md), read from what the bundler sees; types don't count. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { inputsOf } from '../inputs.ts';
import { root } from '../rig/cache.ts';

const files = globSync(['functions/**/*.ts', 'shared/**/*.ts'], { cwd: root });
const imports = new Map<string, readonly string[]>();

beforeAll(async () => {
  const inputs = await inputsOf(files);
  for (const [file, input] of Object.entries(inputs)) {
    imports.set(
      file,
      input.imports.filter((each) => !each.external).map((each) => each.path),
    );
  }
});

/** What each file imports by its text: types too, which the bundler drops. */
const withTypes = new Map(
  files.map((file) => [
    file,
    [...readFileSync(join(root, file), 'utf8').matchAll(/from '(\.{1,2}\/[^']+\.ts)'/g)].map(([, path]) =>
      join(dirname(file), path),
    ),
  ]),
);

const matching = (pattern: RegExp) => files.filter((file) => pattern.test(file));

/** `file → import` for each import that the rule does not allow. */
function breaches(importers: readonly string[], isAllowed: (imported: string, importer: string) => boolean): string[] {
  return importers.flatMap((file) =>
    (imports.get(file) ?? []).filter((each) => !isAllowed(each, file)).map((each) => `${file} → ${each}`),
  );
}

const isData = (path: string) => path.endsWith('.json');
const WIRING = /^shared\/(sink|input|runtime|pipeline\/(collect|batcher|unrouted))\b/;

/** From the bottom up: a folder imports from itself and from rows above its own, but never from one beside it. */
const LAYERS: readonly (readonly string[])[] = [
  ['model.ts', 'errors.ts', 'limits.ts', 'sources.ts', 'listing.ts'],
  ['text', 'table'],
  ['decode', 'asset'],
  ['enrich'],
  ['transform'],
  ['finding'],
  ['sink/delivery'],
  ['sink/opensearch', 'sink/splunk', 'sink/store'],
  ['pipeline'],
  ['input'],
  ['runtime'],
];

/** The layer's number, of a path below shared/; -1 for what no row names. */
const layerOf = (path: string): number =>
  LAYERS.findIndex((row) => row.some((name) => path === `shared/${name}` || path.startsWith(`shared/${name}/`)));
const folderOf = (path: string): string =>
  LAYERS.flat().find((name) => path === `shared/${name}` || path.startsWith(`shared/${name}/`)) ?? path;

/** Groups of files that reach each other. In: importer → imported. Out: the files of each group. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const reach = (from: string): Set<string> => {
    const seen = new Set<string>();
    const open = [...(graph.get(from) ?? [])];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      open.push(...(graph.get(file) ?? []));
    }
    return seen;
  };
  const looped = [...graph.keys()].filter((file) => reach(file).has(file));
  const groups = new Map<string, string[]>();
  for (const file of looped) {
    const group = looped.filter((other) => other === file || (reach(file).has(other) && reach(other).has(file))).sort();
    groups.set(group.join(), group);
  }
  return [...groups.values()];
}

describe('imports', () => {
  test('the graph is not empty', () => {
    expect(imports.get('functions/flowlogs/handler.ts')).toContain('functions/flowlogs/source.ts');
  });

  test('a function knows its own folder and shared only', () => {
    const folder = (file: string) => file.split('/').slice(0, 2).join('/');
    const own = (each: string, file: string) => each.startsWith(`${folder(file)}/`) || each.startsWith('shared/');
    expect(breaches(matching(/^functions\//), (each, file) => own(each, file) || isData(each))).toEqual([]);
  });

  test('a source is pure: no clients, no settings', () => {
    const sources = matching(/^functions\/[^/]+\/source\.ts$/);
    expect(sources.length).toBeGreaterThan(1);
    expect(breaches(sources, (each) => !WIRING.test(each))).toEqual([]);
  });

  test('a field map is data: it imports tables and casts', () => {
    const maps = matching(/^functions\/[^/]+\/fields\.ts$/);
    expect(maps.length).toBeGreaterThan(1);
    expect(breaches(maps, (each) => /^shared\/(table|transform)\//.test(each))).toEqual([]);
  });

  test('shared knows no function', () => {
    expect(breaches(matching(/^shared\//), (each) => each.startsWith('shared/') || isData(each))).toEqual([]);
  });

  test('every folder of shared/ has a layer, and imports only from lower ones', () => {
    const shared = matching(/^shared\//);
    expect(shared.filter((path) => layerOf(path) < 0)).toEqual([]);
    expect(
      breaches(
        shared,
        (each, file) => isData(each) || layerOf(each) < layerOf(file) || folderOf(each) === folderOf(file),
      ),
    ).toEqual([]);
  });

  test('no two files import each other, directly or through others, types included', () => {
    expect(circles(withTypes)).toEqual([]);
  });

  test('a circle would be found', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a', 'd']],
      ['d', []],
    ]);
    expect(circles(graph)).toEqual([['a', 'b', 'c']]);
  });

  test('the words of the house import nothing', () => {
    expect(imports.get('shared/model.ts')).toEqual([]);
  });
});
