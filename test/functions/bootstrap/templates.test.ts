import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { templates } from '../../../functions/bootstrap/templates.ts';

const folder = join(import.meta.dirname, '../../../opensearch');
const all = templates({ shards: 3, replicas: 2 });
const named = (kind: string) =>
  new Map(all.filter(({ path }) => path.startsWith(`/${kind}/`)).map(({ path, body }) => [path.split('/')[2], body]));

interface IndexTemplate {
  readonly index_patterns: readonly string[];
  readonly composed_of: readonly string[];
}

test('every file of the folder is put', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /^(pipeline|component|index)\/.*\.json$/.test(name),
  );
  expect(all).toHaveLength(files.length);
  const bodies = files
    .filter((name) => !name.includes('settings'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  for (const body of bodies) expect(all.map((template) => template.body)).toContainEqual(JSON.parse(body));
});

test('a template comes after all that it is composed of', () => {
  const paths = all.map(({ path }) => path);
  for (const [name, body] of named('_index_template')) {
    for (const part of (body as IndexTemplate).composed_of) {
      const at = paths.indexOf(`/_component_template/${part}`);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThan(paths.indexOf(`/_index_template/${name}`));
    }
  }
});

test('sizes are set without changing the data', () => {
  const sized = (shards: number, replicas: number) =>
    templates({ shards, replicas }).find(({ path }) => path.endsWith('bongsu-settings'))!.body;
  const large = sized(3, 2);
  expect(sized(1, 0)).toMatchObject({
    template: { settings: { index: { number_of_shards: 1, number_of_replicas: 0 } } },
  });
  expect(large).toMatchObject({ template: { settings: { index: { number_of_shards: 3, number_of_replicas: 2 } } } });
});
