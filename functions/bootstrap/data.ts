/** The files of `opensearch/`, which are beside the bundle's folder `functions` in the zip, and at the project's root elsewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Content } from './item.ts';

export interface File {
  /** Without `.json`. */
  readonly name: string;
  readonly body: Content;
}

/** The JSON files of a folder of `opensearch/`, by name. None where there is no such folder. */
export function filesOf(folder: string): readonly File[] {
  const path = join(dataFolder(), folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ name: basename(file, '.json'), body: JSON.parse(readFileSync(join(path, file), 'utf8')) }));
}

/** The lines of the file that OpenSearch Dashboards imports. */
export const savedObjects = (): readonly string[] =>
  readFileSync(join(dataFolder(), 'dashboard/bongsu.ndjson'), 'utf8').trimEnd().split('\n');

/** Searched upwards from this file. Throws Error where there is no folder `opensearch`. */
function dataFolder(): string {
  const here = import.meta.dirname;
  for (let folder = here; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'opensearch', 'index'))) return join(folder, 'opensearch');
    if (folder === dirname(folder)) throw new Error(`no folder opensearch above ${here}`);
  }
}
