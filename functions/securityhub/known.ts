/**
 * Which states OpenSearch has already. What comes again it would take for a repeat itself, but Splunk can't.
 * https://docs.opensearch.org/latest/query-dsl/term/ids/
 */
import { ResponseError } from '@opensearch-project/opensearch/lib/errors.js';
import { ReadError } from '../../shared/errors.ts';
import type { Index, Log } from '../../shared/model.ts';
import { type ClientOptions, sender } from '../../shared/sink/opensearch/client.ts';

/** Those of the ids that are known. Throws ReadError. */
export type Known = (ids: readonly string[], signal: AbortSignal) => Promise<ReadonlySet<string>>;

export const nothingKnown: Known = async () => new Set();

const TIMEOUT_MS = 30_000;
/** Whoever may add documents to an OpenSearch that somebody else set up need not be let read them. */
const FORBIDDEN: ReadonlySet<unknown> = new Set([401, 403]);

/** Where it may not ask, nothing is known: then OpenSearch and the searches in Splunk tell repeats by their ids. */
export function knownIn(access: ClientOptions, { name, copies }: Index, log: Log): Known {
  const send = sender(access);
  const indices = [name, copies].filter((each) => each !== undefined).map((each) => `${each}-*`);
  const path = `/${encodeURIComponent(indices.join(','))}/_search`;
  return async (ids, signal) => {
    const query = { size: ids.length, _source: false, track_total_hits: false, query: { ids: { values: ids } } };
    const exchange = {
      method: 'POST',
      path,
      querystring: { filter_path: 'hits.hits._id' },
      body: Buffer.from(JSON.stringify(query)),
      headers: { 'content-type': 'application/json' },
    } as const;
    try {
      const { body } = await send(exchange, TIMEOUT_MS, signal);
      const { hits } = body as { hits?: { hits?: readonly { _id: string }[] } };
      return new Set((hits?.hits ?? []).map(({ _id }) => _id));
    } catch (cause) {
      if (!(cause instanceof ResponseError && FORBIDDEN.has(cause.statusCode))) {
        throw new ReadError('OpenSearch does not say which findings it has', {}, cause);
      }
      log.warn('not allowed to ask OpenSearch which findings it has', { status: cause.statusCode });
      return new Set();
    }
  };
}
