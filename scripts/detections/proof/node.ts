/** Monitors on a real OpenSearch node: their own query, their own condition, run by the node's painless. */
import { forEngine } from '../../../functions/bootstrap/engine.ts';
import { templates } from '../../../functions/bootstrap/templates.ts';
import { type ClientOptions, sender } from '../../../shared/sink/opensearch/client.ts';
import type { Delivered } from './deliver.ts';

export type Ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => Promise<unknown>;

/** Puts the product's pipeline and templates, as the node's engine takes them. */
export async function prepare(ask: Ask): Promise<void> {
  const { version } = (await ask('GET', '/')) as { version: { number: string } };
  for (const { path, body } of templates({ shards: 1, replicas: 0 })) {
    await ask('PUT', path, forEngine(body, version.number));
  }
}

interface Bulk {
  readonly items: readonly {
    readonly create: { readonly status: number; readonly error?: { readonly reason: string } };
  }[];
}

/** Throws Error where one is not taken. */
export async function store(
  ask: Ask,
  send: (body: string) => Promise<unknown>,
  all: readonly Pick<Delivered, 'bulk'>[],
): Promise<void> {
  const { items } = (await send(all.map(({ bulk }) => bulk).join(''))) as Bulk;
  const failed = items.find(({ create }) => create.status !== 201 && create.status !== 409);
  if (failed !== undefined) throw new Error(`a document was not taken: ${failed.create.error?.reason}`);
  await ask('POST', '/aws-*,endpoint-*/_refresh');
}

/** What of a monitor is run. */
export interface Monitor {
  readonly inputs: readonly [{ readonly search: { readonly indices: readonly string[]; readonly query: Body } }];
  readonly triggers: readonly [{ readonly bucket_level_trigger: { readonly condition: Condition } }];
}

interface Body {
  readonly query: { readonly bool: { readonly filter: readonly object[] } };
  readonly aggregations: Readonly<Record<string, { readonly aggregations?: object }>>;
}

interface Condition {
  readonly buckets_path: object;
  readonly parent_bucket_path: string;
  readonly script: object;
  readonly gap_policy: string;
}

export interface Search {
  readonly indices: readonly string[];
  readonly body: object;
}

/** A run that ends at a time, over some documents or all; what the plugin's own aggregation does, `bucket_selector` does here. */
export function runOf(
  { inputs: [{ search }], triggers: [{ bucket_level_trigger }] }: Monitor,
  until: number,
  ids?: readonly string[],
): Search {
  const { condition } = bucket_level_trigger;
  const { parent_bucket_path: at, buckets_path, script, gap_policy } = condition;
  const { query, aggregations } = filled(search.query, until);
  const parent = aggregations[at];
  const selector = { bucket_selector: { buckets_path, script, gap_policy } };
  const filter = ids === undefined ? query.bool.filter : [...query.bool.filter, { ids: { values: ids } }];
  return {
    indices: search.indices,
    body: {
      size: 0,
      query: { bool: { filter } },
      aggregations: { [at]: { ...parent, aggregations: { ...parent.aggregations, fires: selector } } },
    },
  };
}

/** The documents that a monitor looks at. */
export function hitsOf({ inputs: [{ search }] }: Monitor, until: number): Search {
  const { query } = filled(search.query, until);
  return { indices: search.indices, body: { size: 10_000, _source: false, query } };
}

const filled = (body: Body, until: number): Body =>
  JSON.parse(JSON.stringify(body).replaceAll('{{period_end}}', String(until)));

export interface Answer {
  readonly error?: { readonly reason?: string; readonly root_cause?: readonly { readonly reason: string }[] };
  readonly hits: { readonly hits: readonly { readonly _id: string }[] };
  readonly aggregations?: Readonly<Record<string, { readonly buckets: readonly { readonly key: object }[] }>>;
}

/** Many searches as one request. */
export async function searched(
  send: (body: string, path: string) => Promise<unknown>,
  searches: readonly Search[],
): Promise<readonly Answer[]> {
  if (searches.length === 0) return [];
  const lines = searches.map(
    ({ indices, body }) =>
      `${JSON.stringify({ index: indices, ignore_unavailable: true, allow_no_indices: true })}\n${JSON.stringify(body)}\n`,
  );
  const { responses } = (await send(lines.join(''), '/_msearch')) as { responses: readonly Answer[] };
  return responses;
}

/** Sends lines of JSON to a node. */
export function lineSender(access: ClientOptions): (body: string, path?: string) => Promise<unknown> {
  const send = sender(access);
  return async (body, path = '/_bulk') => {
    const headers = { 'content-type': 'application/x-ndjson' };
    const exchange = { method: 'POST', path, body: Buffer.from(body), headers } as const;
    return (await send(exchange, 120_000, new AbortController().signal)).body;
  };
}
