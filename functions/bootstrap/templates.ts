/**
 * The templates that the bootstrap puts on OpenSearch: every file of `opensearch/`, component templates first, since index
 * templates refer to them. `opensearch/index/aws-waf.json` becomes `/_index_template/aws-waf`.
 * https://docs.opensearch.org/latest/im-plugin/index-templates/
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface Template {
  /** `/_index_template/aws-flowlogs` */
  readonly path: string;
  readonly body: object;
}

export interface Sizes {
  /** Primary shards of an index of logs; an index of findings has one. */
  readonly shards: number;
  readonly replicas: number;
}

/** Throws Error where there is no folder `opensearch`. */
export function templates({ shards, replicas }: Sizes): readonly Template[] {
  const folder = templatesFolder();
  const component = read(join(folder, 'component')).map(({ name, body }) => ({
    path: `/_component_template/bongsu-${name}`,
    body: name === 'settings' ? sized(body, { number_of_shards: shards, number_of_replicas: replicas }) : body,
  }));
  const index = read(join(folder, 'index')).map(({ name, body }) => ({ path: `/_index_template/${name}`, body }));
  return [...component, ...index];
}

interface SettingsTemplate {
  readonly template: { readonly settings: { readonly index: object } };
}

function sized(body: object, sizes: object): object {
  const { template, ...rest } = body as SettingsTemplate;
  return { ...rest, template: { ...template, settings: { index: { ...template.settings.index, ...sizes } } } };
}

const read = (folder: string): readonly { name: string; body: object }[] =>
  readdirSync(folder)
    .sort()
    .map((file) => ({ name: basename(file, '.json'), body: JSON.parse(readFileSync(join(folder, file), 'utf8')) }));

/** Next to the bundle's folder `functions` in the zip, at the project's root elsewhere: searched upwards from this file. */
function templatesFolder(): string {
  const here = import.meta.dirname;
  for (let folder = here; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'opensearch', 'index'))) return join(folder, 'opensearch');
    if (folder === dirname(folder)) throw new Error(`no folder opensearch above ${here}`);
  }
}
