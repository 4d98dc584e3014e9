/**
 * What OpenSearch has already: which states of findings, and any other search of its findings.
 * https://docs.opensearch.org/latest/query-dsl/term/ids/
 */
import { ResponseError } from '@opensearch-project/opensearch/lib/errors.js';
import { ReadError } from '../../shared/errors.ts';
import type { Index, Log } from '../../shared/model.ts';
import { type ClientOptions, sender } from '../../shared/sink/opensearch/client.ts';

/** Those of the ids that are known. Throws ReadError. */
export type Known = (ids: readonly string[], signal: AbortSignal) => Promise<ReadonlySet<string>>;

/** The answer to a search; undefined where the caller may not search. Throws ReadError. */
export type Search = (query: object, signal: AbortSignal) => Promise<unknown>;

export const nothingKnown: Known = async () => new Set();

const TIMEOUT_MS = 30_000;
/** Whoever may add documents to an OpenSearch that somebody else set up need not be let read them. */
const FORBIDDEN: ReadonlySet<unknown> = new Set([401, 403]);

/** Where it may not ask, nothing is known: then OpenSearch and the searches in Splunk tell repeats by their ids. */
export function knownIn(access: ClientOptions, { name, copies }: Index, log: Log): Known {
  const indices = [name, copies].filter((each) => each !== undefined).map((each) => `${each}-*`);
  const search = searchIn(access, indices.join(','), log, 'hits.hits._id');
  return async (ids, signal) => {
    const query = { size: ids.length, _source: false, track_total_hits: false, query: { ids: { values: ids } } };
    const { hits } = ((await search(query, signal)) ?? {}) as { hits?: { hits?: readonly { _id: string }[] } };
    return new Set((hits?.hits ?? []).map(({ _id }) => _id));
  };
}

/** In: `filter`, the parts of the answer that OpenSearch returns (its `filter_path`). Default: all. */
export function searchIn(access: ClientOptions, indices: string, log: Log, filter?: string): Search {
  const send = sender(access);
  const path = `/${encodeURIComponent(indices)}/_search`;
  return async (query, signal) => {
    const exchange = {
      method: 'POST',
      path,
      querystring: filter === undefined ? {} : { filter_path: filter },
      body: Buffer.from(JSON.stringify(query)),
      headers: { 'content-type': 'application/json' },
    } as const;
    try {
      return (await send(exchange, TIMEOUT_MS, signal)).body;
    } catch (cause) {
      if (!(cause instanceof ResponseError && FORBIDDEN.has(cause.statusCode))) {
        throw new ReadError('OpenSearch does not say which findings it has', {}, cause);
      }
      log.warn('not allowed to ask OpenSearch which findings it has', { status: cause.statusCode, path, error: cause });
      return undefined;
    }
  };
}
