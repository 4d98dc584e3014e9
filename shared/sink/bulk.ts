/**
 * What an answer of `_bulk` means for the records it answers.
 * https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
 */
import type { Delivery, Rejected } from '../model.ts';

/** The parts of an answer that are asked for. */
export const FILTER_PATH = 'errors,items.*.status,items.*.error.type,items.*.error.reason';

interface Result {
  readonly status: number;
  readonly error?: { readonly type?: string; readonly reason?: string };
}

type Fate = 'accepted' | 'retry' | 'rejected';

/** Errors of the class 4xx that tell of the index, the cluster or our rights: the record is right, somebody has to act. */
const NOT_THE_RECORD = new Set([
  'cluster_block_exception', // 403 or 429: the index is read-only, a disk is full
  'index_closed_exception', // 400
  'index_create_block_exception', // 403
  'index_not_found_exception', // 404: may not be made by itself
  'security_exception', // 403: no right to write there
  'validation_exception', // 400: the cluster holds as many shards as it may
]);

function fateOf({ status, error }: Result): Fate {
  if (status < 300 || status === 409) return 'accepted'; // 409: it is there already, or a newer state of it
  const isForLater = status === 429 || status >= 500 || NOT_THE_RECORD.has(error?.type ?? '');
  return isForLater ? 'retry' : 'rejected';
}

const ORDER: readonly Fate[] = ['accepted', 'retry', 'rejected'];
const reasonOf = ({ status, error }: Result) => `${error?.type ?? status}: ${error?.reason ?? 'no reason given'}`;

/**
 * In: the parsed answer and how many actions each record has. A record is as well off as the worst of its actions.
 * Undefined when the answer does not fit the question: then nothing is known of any record.
 */
export function deliveryOf(body: unknown, actions: readonly number[]): Delivery | undefined {
  const results = resultsOf(body);
  if (results === undefined || results.length !== actions.reduce((sum, n) => sum + n, 0)) return undefined;
  const retry: number[] = [];
  const rejected: Rejected[] = [];
  let reason: string | undefined;
  let next = 0;
  for (let at = 0; at < actions.length; at++) {
    const worst = worstOf(results, next, next + actions[at]);
    next += actions[at];
    const fate = fateOf(worst);
    if (fate === 'rejected') rejected.push({ at, reason: reasonOf(worst) });
    if (fate === 'retry') {
      retry.push(at);
      reason ??= reasonOf(worst);
    }
  }
  const accepted = actions.length - retry.length - rejected.length;
  return { accepted, retry, rejected, ...(reason !== undefined && { reason }) };
}

function worstOf(results: readonly Result[], from: number, below: number): Result {
  let worst = results[from];
  for (let i = from + 1; i < below; i++) {
    if (ORDER.indexOf(fateOf(results[i])) > ORDER.indexOf(fateOf(worst))) worst = results[i];
  }
  return worst;
}

/** `{"items":[{"create":{"status":201}},…]}` */
function resultsOf(body: unknown): Result[] | undefined {
  const items = (body as { items?: unknown } | null)?.items;
  if (!Array.isArray(items)) return undefined;
  const results = items.map((item) => Object.values((item ?? {}) as object)[0] as Result | undefined);
  return results.every((result) => typeof result?.status === 'number') ? (results as Result[]) : undefined;
}
