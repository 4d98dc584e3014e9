/**
 * What an answer of `_bulk` means for the records it answers.
 * https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
 */
import type { Delivery, Rejected } from '../../model.ts';
import { type Fate, type Fault, type Judgement, judge, told } from './fault.ts';

/** The parts of an answer that are asked for. */
export const FILTER_PATH = 'errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.index';

interface Result {
  readonly status: number;
  readonly error?: Omit<Fault, 'status'>;
}

/** A record whose own index takes nothing any more. */
export interface Barred {
  readonly at: number;
  readonly reason: string;
}

/** A Delivery that leaves open what becomes of the records that are barred. */
export interface BulkDelivery extends Delivery {
  readonly barred: readonly Barred[];
}

/** From best to worst. */
const ORDER: Readonly<Record<Fate, number>> = { accepted: 0, barred: 1, retry: 2, rejected: 3 };

/**
 * In: the parsed answer and how many actions each record has, the first of which creates its document. A record is as well
 * off as the worst of its actions. Undefined when the answer does not fit the question: then nothing is known of any record.
 */
export function deliveryOf(body: unknown, actions: readonly number[]): BulkDelivery | undefined {
  const results = resultsOf(body);
  if (results === undefined || results.length !== actions.reduce((sum, n) => sum + n, 0)) return undefined;
  const retry: number[] = [];
  const rejected: Rejected[] = [];
  const barred: Barred[] = [];
  let reason: string | undefined;
  let busy = false;
  let next = 0;
  for (let at = 0; at < actions.length; at++) {
    const { fate, why, isBusy } = worstOf(results, next, next + actions[at]);
    next += actions[at];
    if (fate === 'rejected') rejected.push({ at, reason: why });
    if (fate === 'barred') barred.push({ at, reason: why });
    if (fate === 'retry') {
      retry.push(at);
      reason ??= why;
      busy ||= isBusy;
    }
  }
  const accepted = actions.length - retry.length - rejected.length - barred.length;
  return { accepted, retry, rejected, barred, ...(reason !== undefined && { reason }), ...(busy && { busy }) };
}

interface Verdict {
  readonly fate: Fate;
  readonly why: string;
  readonly isBusy: boolean;
}

const ACCEPTED: Verdict = { fate: 'accepted', why: '', isBusy: false };

function worstOf(results: readonly Result[], from: number, below: number): Verdict {
  let worst = ACCEPTED;
  for (let i = from; i < below; i++) {
    const { status, error } = results[i];
    const fault = { status, ...error };
    const judgement = judge(fault);
    const fate = fateOf(judgement, i === from);
    if (ORDER[fate] <= ORDER[worst.fate]) continue;
    worst = { fate, why: told(fault, judgement), isBusy: judgement.busy === true };
  }
  return worst;
}

/** There is one index only for the newest states: where it is barred, somebody has to act. */
const fateOf = ({ fate }: Judgement, creates: boolean): Fate => (fate === 'barred' && !creates ? 'retry' : fate);

/** `{"items":[{"create":{"status":201}},…]}` */
function resultsOf(body: unknown): Result[] | undefined {
  const items = (body as { items?: unknown } | null)?.items;
  if (!Array.isArray(items)) return undefined;
  const results = items.map((item) => Object.values((item ?? {}) as object)[0] as Result | undefined);
  return results.every((result) => typeof result?.status === 'number') ? (results as Result[]) : undefined;
}
