/** Whatever a source needs outside of its row in shared/sources.ts is there, and nothing is there that no row asks for. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { UNROUTED } from '../../shared/pipeline/unrouted.ts';
import { indicesOf, SOURCES, sourceNames } from '../../shared/sources.ts';

const root = join(import.meta.dirname, '../..');

/** Functions that are not sources. */
const OTHERS = ['bootstrap', 'replay'];
const folders = globSync('functions/*/handler.ts', { cwd: root }).map((path) => basename(dirname(path)));
const functions = Object.keys(serverless().functions);

interface Service {
  readonly functions: Readonly<Record<string, unknown>>;
}

function serverless(): Service {
  return load(readFileSync(join(root, 'serverless.yml'), 'utf8')) as Service;
}

describe('shared/sources.ts', () => {
  test('has a row for every folder of functions/', () => {
    const missing = folders.filter((name) => !OTHERS.includes(name) && !sourceNames.some((each) => each === name));
    expect(missing).toEqual([]);
  });

  test('names index templates only', () => {
    const templates = readdirSync(join(root, 'opensearch/index')).map((file) => basename(file, '.json'));
    const named = [...Object.values(SOURCES), UNROUTED].flatMap(indicesOf);
    expect({ 'index templates that no source names': templates.filter((name) => !named.includes(name)) }).toEqual({
      'index templates that no source names': [],
    });
    expect({ 'sources without an index template': named.filter((name) => !templates.includes(name)) }).toEqual({
      'sources without an index template': [],
    });
  });

  test('gives each service in keys to one source', () => {
    const services = sourceNames.flatMap((name) => SOURCES[name].objects?.services ?? []);
    expect(new Set(services).size).toBe(services.length);
  });
});

describe.each(sourceNames)('the source %s', (name) => {
  const row = SOURCES[name];

  test('has a folder with a handler', () => {
    expect(folders).toContain(name);
  });

  test('has a line in serverless.yml', () => {
    expect(functions).toContain(name);
  });

  test('has a page in docs/', () => {
    expect(existsSync(join(root, 'docs', row.page)) ? row.page : `no docs/${row.page}`).toBe(row.page);
  });

  test('has samples', () => {
    expect(existsSync(join(root, 'test/sample', name)) || row.kind === 'inventory').toBe(true);
  });

  test('writes the dataset of its row', () => {
    if (row.dataset === undefined) return; // each of its documents names its own
    const fields = globSync(`functions/${name}/*fields.ts`, { cwd: root }).map((path) =>
      readFileSync(join(root, path), 'utf8'),
    );
    expect(fields.join('\n')).toContain(`'event.dataset', [], { constant: '${row.dataset}' }`);
  });
});
