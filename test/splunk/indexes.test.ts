/** The app searches the indexes that the cluster kit makes, under the names that the kit gives them. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { load } from 'js-yaml';

const read = (path: string) => readFileSync(new URL(`../../splunk/${path}`, import.meta.url), 'utf8');
const { splunk_indexes: indexes, splunk_sources: sources } = load(read('cluster/sources.yml')) as {
  splunk_indexes: Readonly<Record<string, unknown>>;
  splunk_sources: Readonly<Record<string, { readonly index: string }>>;
};
const searched = new Set([...read('bongsu/default/macros.conf').matchAll(/index=(aws_\w+)/g)].map(([, name]) => name));

test('every index that a source writes to is one that the kit makes and that the app searches', () => {
  const written = new Set(Object.values(sources).map(({ index }) => index));
  expect([...written].filter((index) => !(index in indexes))).toEqual([]);
  expect([...searched].sort()).toEqual([...written].sort());
});
