/**
 * Whether a destination is worth asking. After a batch of which nothing was accepted the breaker opens; when `openMs` have
 * passed, one batch probes the destination before all others (half-open).
 * https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker
 */

/** `closed`: send · `half-open`: send this one batch, nobody else does · `open`: do not send. */
export type BreakerState = 'closed' | 'half-open' | 'open';

export interface CircuitBreaker {
  /** Asks before each batch. A caller that gets `half-open` has to call `onSuccess` or `onFailure`. */
  enter(): BreakerState;
  /** The destination accepted something. */
  onSuccess(): void;
  /** The destination accepted nothing. */
  onFailure(): void;
}

export interface CircuitBreakerOptions {
  readonly openMs?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const OPEN_MS = 30_000;

export function circuitBreaker({ openMs = OPEN_MS, now = Date.now }: CircuitBreakerOptions = {}): CircuitBreaker {
  let openUntil: number | undefined;
  let probing = false;
  return {
    enter() {
      if (openUntil === undefined) return 'closed';
      // a clock that was set back must not keep the breaker open for longer
      const isOver = now() >= openUntil || now() < openUntil - openMs;
      if (probing || !isOver) return 'open';
      probing = true;
      return 'half-open';
    },
    onSuccess() {
      openUntil = undefined;
      probing = false;
    },
    onFailure() {
      openUntil = now() + openMs;
      probing = false;
    },
  };
}
