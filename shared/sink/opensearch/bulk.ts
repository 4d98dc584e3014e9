/**
 * What an answer of `_bulk` means for the records it answers.
 * https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
 */
import type { Delivery, Rejected } from '../../model.ts';
import { type Action, type Classification, classify, describe, type Fault } from './fault.ts';

/** The parts of an answer that are asked for. */
export const FILTER_PATH = 'errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.index';

interface Result {
  readonly status: number;
  readonly error?: Omit<Fault, 'status'>;
}

/** A record whose own index accepts nothing any more. */
export interface Rerouted {
  readonly at: number;
  readonly reason: string;
}

/** A Delivery that leaves open what becomes of the records that another index may accept. */
export interface BulkDelivery extends Delivery {
  readonly reroute: readonly Rerouted[];
}

/** From best to worst. */
const ORDER: Readonly<Record<Action, number>> = { accept: 0, reroute: 1, retry: 2, reject: 3 };

/**
 * In: the parsed answer and how many actions each record has, the first of which creates its document. A record is as well
 * off as the worst of its actions. Undefined when the answer does not fit the request: then nothing is known of any record.
 */
export function deliveryOf(body: unknown, actions: readonly number[]): BulkDelivery | undefined {
  const results = resultsOf(body);
  if (results === undefined || results.length !== actions.reduce((sum, n) => sum + n, 0)) return undefined;
  const retry: number[] = [];
  const rejected: Rejected[] = [];
  const reroute: Rerouted[] = [];
  let reason: string | undefined;
  let busy = false;
  let next = 0;
  for (let at = 0; at < actions.length; at++) {
    const { action, why, isBusy } = worstOf(results, next, next + actions[at]);
    next += actions[at];
    if (action === 'reject') rejected.push({ at, reason: why });
    if (action === 'reroute') reroute.push({ at, reason: why });
    if (action === 'retry') {
      retry.push(at);
      reason ??= why;
      busy ||= isBusy;
    }
  }
  const accepted = actions.length - retry.length - rejected.length - reroute.length;
  const why = { ...(reason !== undefined && { reason }), ...(busy && { busy }) };
  const perIndex = retry.length + reroute.length > 0 && !busy;
  return { accepted, retry, rejected, reroute, ...why, ...(perIndex && { perIndex }) };
}

interface Worst {
  readonly action: Action;
  readonly why: string;
  readonly isBusy: boolean;
}

const ACCEPTED: Worst = { action: 'accept', why: '', isBusy: false };

function worstOf(results: readonly Result[], from: number, below: number): Worst {
  let worst = ACCEPTED;
  for (let i = from; i < below; i++) {
    const { status, error } = results[i];
    const fault = { status, ...error };
    const found = classify(fault);
    const action = actionFor(found, i === from);
    if (ORDER[action] <= ORDER[worst.action]) continue;
    worst = { action, why: describe(fault, found), isBusy: found.busy === true };
  }
  return worst;
}

/** There is only one index for the newest states: where it is read-only, an operator has to act. */
const actionFor = ({ action }: Classification, creates: boolean): Action =>
  action === 'reroute' && !creates ? 'retry' : action;

/** `{"items":[{"create":{"status":201}},…]}` */
function resultsOf(body: unknown): Result[] | undefined {
  const items = (body as { items?: unknown } | null)?.items;
  if (!Array.isArray(items)) return undefined;
  const results = items.map((item) => Object.values((item ?? {}) as object)[0] as Result | undefined);
  return results.every((result) => typeof result?.status === 'number') ? (results as Result[]) : undefined;
}
