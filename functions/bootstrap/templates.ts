/**
 * The ingest pipeline and the templates that the bootstrap puts on OpenSearch, in the order in which they refer to each other:
 * every file of `opensearch/pipeline/`, `component/` and `index/`. `opensearch/index/aws-waf.json` becomes `/_index_template/aws-waf`.
 * https://docs.opensearch.org/latest/im-plugin/index-templates/
 */
import { filesOf } from './data.ts';
import { FORMS } from './forms.ts';
import type { Content, Item } from './item.ts';

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

/** What a document needs before it can be written: its template, and the pipeline that the template names. */
export function templateItems({ shards, replicas }: Sizes): { pipelines: readonly Item[]; templates: readonly Item[] } {
  const sizes = { number_of_shards: shards, number_of_replicas: replicas };
  const components = filesOf('component').map(({ name, body }) => ({
    form: FORMS.component,
    name: `bongsu-${name}`,
    body: name === 'settings' ? sized(body, sizes) : body,
  }));
  const indices = filesOf('index').map((file) => ({ form: FORMS.index, ...file }));
  return {
    pipelines: filesOf('pipeline').map((file) => ({ form: FORMS.pipeline, ...file })),
    templates: [...components, ...indices],
  };
}

/** The same without marks, in order. */
export function templates(sizes: Sizes): readonly Template[] {
  const { pipelines, templates } = templateItems(sizes);
  return [...pipelines, ...templates].map(({ form, name, body }) => ({ path: `${form.path}/${name}`, body }));
}

interface SettingsTemplate {
  readonly template: { readonly settings: { readonly index: object } };
}

function sized(body: Content, sizes: object): Content {
  const { template, ...rest } = body as Content & SettingsTemplate;
  return { ...rest, template: { ...template, settings: { index: { ...template.settings.index, ...sizes } } } };
}
