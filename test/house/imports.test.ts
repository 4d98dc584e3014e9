/** The house's rule of who may import whom (docs/architecture.md), read from what the bundler sees; types don't count. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
const files = globSync(['functions/**/*.ts', 'shared/**/*.ts'], { cwd: root });
const imports = new Map<string, readonly string[]>();

beforeAll(async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: files,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: 'out',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  for (const [file, input] of Object.entries(metafile.inputs)) {
    imports.set(
      file,
      input.imports.filter((each) => !each.external).map((each) => each.path),
    );
  }
});

const matching = (pattern: RegExp) => files.filter((file) => pattern.test(file));

/** `file → import` for each import that the rule does not allow. */
function breaches(importers: readonly string[], isAllowed: (imported: string, importer: string) => boolean): string[] {
  return importers.flatMap((file) =>
    (imports.get(file) ?? []).filter((each) => !isAllowed(each, file)).map((each) => `${file} → ${each}`),
  );
}

const isData = (path: string) => path.endsWith('.json');
const WIRING = /^shared\/(sink|trigger|tools|rim|config|secrets|collect|log|metrics)\b/;

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
    expect(breaches(maps, (each) => /^shared\/(table|map)\//.test(each))).toEqual([]);
  });

  test('shared knows no function', () => {
    expect(breaches(matching(/^shared\//), (each) => each.startsWith('shared/') || isData(each))).toEqual([]);
  });

  test('what is done to bytes knows neither sinks nor triggers nor settings', () => {
    const parts = matching(/^shared\/(split|map|text|table|enrich)\//);
    expect(breaches(parts, (each) => !WIRING.test(each))).toEqual([]);
  });

  test('sinks and triggers do not know each other', () => {
    expect(breaches(matching(/^shared\/sink\//), (each) => !each.startsWith('shared/trigger/'))).toEqual([]);
    expect(breaches(matching(/^shared\/trigger\//), (each) => !each.startsWith('shared/sink/'))).toEqual([]);
  });

  test('the words of the house import nothing', () => {
    expect(imports.get('shared/model.ts')).toEqual([]);
  });
});
