/**
 * Adds to indices that exist what templates have got since, fields and the final ingest pipeline: a template is for indices made
 * later, and an index that keeps the newest state of each thing is never made anew. It only adds. What an index has otherwise
 * stays so, and a field of another type is logged.
 * https://docs.opensearch.org/latest/api-reference/index-apis/put-mapping/
 */
import type { Log } from '../../shared/model.ts';
import { type ClientOptions, type Exchange, sender } from '../../shared/sink/opensearch/client.ts';
import type { Template } from './templates.ts';

export interface Mapping {
  readonly type?: string;
  readonly ignore_above?: number;
  readonly properties?: Properties;
}
export type Properties = { readonly [name: string]: Mapping };

const TIMEOUT_MS = 30_000;

/** Of the indices without a date, late events' among them, and of those of today and this month. Never throws: what is not extended still takes documents. */
export async function extend(
  templates: readonly Template[],
  access: ClientOptions,
  { log, now }: { readonly log: Log; readonly now: Date },
): Promise<void> {
  const send = sender(access);
  const ask = async (exchange: Omit<Exchange, 'headers'>) => {
    const headers = { 'content-type': 'application/json' };
    return (await send({ ...exchange, headers }, TIMEOUT_MS, new AbortController().signal)).body;
  };
  const wanted = wantedOf(templates, now);
  try {
    const path = `/${encodeURIComponent([...wanted.keys()].join(','))}/_mapping`;
    const querystring = { ignore_unavailable: 'true' };
    const found = await ask({ method: 'GET', path, querystring, body: Buffer.alloc(0) });
    for (const [index, { mappings }] of Object.entries(found as Readonly<Record<string, { mappings: Mapping }>>)) {
      await extendOne(index, missing(wanted.get(index) ?? {}, mappings.properties ?? {}));
    }
    await addPipeline();
  } catch (error) {
    log.warn('indices not extended', { indices: [...wanted.keys()], error });
  }

  /** An index with a final pipeline of its own keeps it. */
  async function addPipeline(): Promise<void> {
    const pipeline = pipelineOf(templates);
    if (pipeline === undefined) return;
    const path = `/${encodeURIComponent([...wanted.keys()].join(','))}/_settings`;
    const querystring = { ignore_unavailable: 'true', flat_settings: 'true' };
    const found = (await ask({ method: 'GET', path, querystring, body: Buffer.alloc(0) })) as Readonly<
      Record<string, { readonly settings: Readonly<Record<string, unknown>> }>
    >;
    const without = Object.keys(found).filter((index) => found[index].settings[PIPELINE] === undefined);
    if (without.length === 0) return;
    const body = Buffer.from(JSON.stringify({ [PIPELINE]: pipeline }));
    await ask({ method: 'PUT', path: `/${encodeURIComponent(without.join(','))}/_settings`, body });
    log.info('final pipeline added', { indices: without, pipeline });
  }

  async function extendOne(index: string, { properties, conflicts }: Missing): Promise<void> {
    if (conflicts.length > 0) log.warn('fields keep another type than the template says', { index, fields: conflicts });
    if (Object.keys(properties).length === 0) return;
    const fields = pathsOf(properties);
    try {
      await ask({ method: 'PUT', path: `/${index}/_mapping`, body: Buffer.from(JSON.stringify({ properties })) });
      log.info('mapping extended', { index, fields });
    } catch (error) {
      log.warn('mapping not extended', { index, fields, error });
    }
  }
}

interface Body {
  readonly index_patterns?: readonly string[];
  readonly composed_of?: readonly string[];
  readonly template?: { readonly mappings?: Mapping };
}

const COMPONENT = '/_component_template/';
const PIPELINE = 'index.final_pipeline';

/** The one that the templates give to new indices. */
function pipelineOf(templates: readonly Template[]): string | undefined {
  interface Settings {
    readonly template?: { readonly settings?: { readonly index?: { readonly final_pipeline?: string } } };
  }
  return templates
    .map(({ body }) => (body as Settings).template?.settings?.index?.final_pipeline)
    .find((name) => name !== undefined);
}

/** What each index should know, by the names that are written to today, whichever period they are of, and late.ts's. */
function wantedOf(templates: readonly Template[], now: Date): ReadonlyMap<string, Properties> {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '.');
  const bodies = templates.map(({ path, body }) => [path, body as Body] as const);
  const components = new Map(bodies.filter(([path]) => path.startsWith(COMPONENT)));
  const wanted = new Map<string, Properties>();
  for (const [, body] of bodies) {
    const parts = [...(body.composed_of ?? []).map((name) => components.get(COMPONENT + name)), body];
    const properties = parts.reduce<Properties>((sum, part) => merged(sum, propertiesOf(part)), {});
    for (const pattern of body.index_patterns ?? []) {
      for (const part of [day, day.slice(0, 7), 'late']) wanted.set(pattern.replace('*', part), properties);
    }
  }
  return wanted;
}

const propertiesOf = (body: Body | undefined): Properties => body?.template?.mappings?.properties ?? {};

/** The later one counts, as where OpenSearch composes a template. */
function merged(one: Properties, other: Properties): Properties {
  const both = Object.entries(other).map(([name, field]) => {
    const before = one[name];
    const isObject = before?.properties !== undefined && field.properties !== undefined;
    return [name, isObject ? { ...field, properties: merged(before.properties, field.properties) } : field] as const;
  });
  return { ...one, ...Object.fromEntries(both) };
}

interface Missing {
  readonly properties: Properties;
  /** Paths of fields that the index has with another type. */
  readonly conflicts: readonly string[];
}

function missing(wanted: Properties, has: Properties, prefix = ''): Missing {
  const properties: Record<string, Mapping> = {};
  const conflicts: string[] = [];
  for (const [name, field] of Object.entries(wanted)) {
    const own = has[name];
    if (own === undefined) {
      properties[name] = field;
    } else if (field.properties !== undefined && own.properties !== undefined) {
      const inner = missing(field.properties, own.properties, `${prefix}${name}.`);
      conflicts.push(...inner.conflicts);
      if (Object.keys(inner.properties).length > 0) properties[name] = { properties: inner.properties };
    } else if (own.type !== field.type) {
      conflicts.push(`${prefix}${name}`);
    } else if (own.ignore_above !== field.ignore_above) {
      properties[name] = field; // a longer text would refuse the document
    }
  }
  return { properties, conflicts };
}

const pathsOf = (properties: Properties, prefix = ''): readonly string[] =>
  Object.entries(properties).flatMap(([name, field]) =>
    field.properties === undefined ? [`${prefix}${name}`] : pathsOf(field.properties, `${prefix}${name}.`),
  );
