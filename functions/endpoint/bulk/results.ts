/** What becomes of each action of a request, as its item of the answer says it. */
import { MAX_REASON } from '../limits.ts';
import type { Operation } from './actions.ts';

/** From best to worst: kept; there already; hopeless and quarantined; not allowed; to be sent again. */
const ORDER = [201, 409, 400, 403, 429] as const;
export type Status = (typeof ORDER)[number];

const TYPES: Readonly<Record<Status, string>> = {
  201: '',
  409: 'version_conflict_engine_exception',
  400: 'document_parsing_exception',
  403: 'security_exception',
  429: 'es_rejected_execution_exception',
};

export interface Results {
  /** Sets an action's status if it is worse than the one it has. */
  set(at: number, status: Status, reason: string): void;
  at(at: number): Status;
  /** How many have a status. */
  count(status: Status): number;
  /** `{"took":…,"errors":…,"items":[…]}`, an item for each action, in their order. */
  json(tookMs: number): string;
}

/** Every action starts with 201. */
export function resultsOf(operations: readonly Operation[]): Results {
  const ranks = new Uint8Array(operations.length);
  const reasons = new Map<number, string>();
  return {
    set(at, status, reason) {
      const rank = ORDER.indexOf(status);
      if (rank <= ranks[at]) return;
      ranks[at] = rank;
      reasons.set(at, reason.slice(0, MAX_REASON));
    },
    at: (at) => ORDER[ranks[at]],
    count: (status) => ranks.reduce((sum, rank) => sum + Number(ORDER[rank] === status), 0),
    json(tookMs) {
      const items = operations.map((operation, at) => itemOf(operation, ORDER[ranks[at]], reasons.get(at)));
      const isFaulty = ranks.some((rank) => rank > 0);
      return `{"took":${tookMs},"errors":${isFaulty},"items":[${items.join(',')}]}`;
    },
  };
}

const itemOf = (operation: Operation, status: Status, reason: string | undefined): string =>
  status === 201
    ? `{"${operation}":{"status":201}}`
    : `{"${operation}":{"status":${status},"error":{"type":"${TYPES[status]}","reason":${JSON.stringify(reason)}}}}`;
