/** The add-on part of an app as its files say it: default/*.conf and lookups/*.csv. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type Conf, mergeConf, parseConf } from '../../../scripts/splunk/conf.ts';

export interface App {
  readonly props: Conf;
  readonly transforms: Conf;
  readonly eventtypes: Conf;
  readonly tags: Conf;
  /** Rows by file name. */
  readonly lookups: ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>;
}

/** Several apps at once, as they are installed side by side; of one setting the last one's counts. */
export function loadApps(...folders: readonly string[]): App {
  const conf = (name: string) => mergeConf(...folders.map((folder) => read(join(folder, 'default', `${name}.conf`))));
  return {
    props: conf('props'),
    transforms: conf('transforms'),
    eventtypes: conf('eventtypes'),
    tags: conf('tags'),
    lookups: new Map(folders.flatMap(tables)),
  };
}

const read = (file: string): Conf => (existsSync(file) ? parseConf(readFileSync(file, 'utf8'), file) : new Map());

function tables(folder: string): [string, Record<string, string>[]][] {
  const lookups = join(folder, 'lookups');
  if (!existsSync(lookups)) return [];
  return readdirSync(lookups)
    .filter((name) => name.endsWith('.csv'))
    .map((name) => [name, parse(readFileSync(join(lookups, name)), { columns: true })]);
}
