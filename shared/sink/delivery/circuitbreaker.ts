/**
 * Whether a destination is worth asking: one that took nothing for as long as anybody had patience is left alone for a while,
 * and then asked by one batch before all others.
 * https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker
 */

/** `go`: it is well, as far as we know · `probe`: try it once, nobody else does · `rest`: leave it alone. */
export type Leave = 'go' | 'probe' | 'rest';

export interface Breaker {
  /** Who is told `probe` has to tell how it ended. */
  ask(): Leave;
  /** Something was taken. */
  closed(): void;
  /** Nothing was taken. */
  opened(): void;
}

export interface BreakerOptions {
  readonly restMs?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const REST_MS = 30_000;

export function breaker({ restMs = REST_MS, now = Date.now }: BreakerOptions = {}): Breaker {
  let restsUntil: number | undefined;
  let probing = false;
  return {
    ask() {
      if (restsUntil === undefined) return 'go';
      // a clock that was set back must not let it rest for longer
      const isOver = now() >= restsUntil || now() < restsUntil - restMs;
      if (probing || !isOver) return 'rest';
      probing = true;
      return 'probe';
    },
    closed() {
      restsUntil = undefined;
      probing = false;
    },
    opened() {
      restsUntil = now() + restMs;
      probing = false;
    },
  };
}
