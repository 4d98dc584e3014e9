/** What became of a request, as ECS says it. */
import type { Outcome } from '../../shared/model.ts';
import { EMPTY, type Literal, literal } from '../../shared/text/text.ts';

/** Values of `event.*`, rendered with their comma; EMPTY: none. */
export interface Verdict {
  readonly is: Outcome | undefined;
  readonly isDetected: boolean;
  readonly category: Literal;
  readonly type: Literal;
  readonly outcome: Literal;
}

export interface Verdicts {
  readonly action: string | undefined;
  readonly plain: Verdict;
  /** Where a rule would have stopped the request, but was told to count. */
  readonly counted: Verdict;
}

/** Went through: ALLOW, and COUNT of WAF Classic. Whatever else there may be stops a request or asks something of the client. */
const PASSED = new Set(['ALLOW', 'COUNT']);

export function verdictsOf(action: string | undefined): Verdicts {
  return { action, plain: verdictOf(action, action === 'COUNT'), counted: verdictOf(action, true) };
}

function verdictOf(action: string | undefined, isCounted: boolean): Verdict {
  const isPassed = action === undefined || PASSED.has(action);
  const isDetected = isCounted || !isPassed;
  const is = action === undefined ? undefined : isPassed ? 'success' : 'failure';
  return {
    is,
    isDetected,
    category: rendered(['web', 'network', ...(isDetected ? ['intrusion_detection'] : [])]),
    type: rendered(['access', ...(is === undefined ? [] : [isPassed ? 'allowed' : 'denied'])]),
    outcome: is === undefined ? EMPTY : rendered(is),
  };
}

const rendered = (value: unknown): Literal => literal(`${JSON.stringify(value)},`);
