/**
 * How much a destination gets at once: half as much as soon as it pushes back, then little by little more (additive increase,
 * multiplicative decrease, as TCP does), so that many Lambdas that know nothing of each other share what it can take.
 * https://www.rfc-editor.org/rfc/rfc5681#section-3.1
 */

/** Smaller requests cost more than they save. */
const MIN_BYTES = 256 << 10;
/** Of the maximum, for each accepted batch: the full limit is back after 16 at most. */
const STEP = 1 / 16;

export interface AdaptiveLimitOptions {
  /** Of one request body, before compression. */
  readonly maxBytes: number;
  readonly maxInFlight: number;
}

export interface AdaptiveLimit {
  /** A batch of so many bytes is full. Never above `maxBytes`, never below the smaller of it and 256 KiB. */
  bytes(): number;
  /** So many batches may be in flight. From 1 to `maxInFlight`. */
  inFlight(): number;
  /** The destination accepted a batch at the first try. */
  onSuccess(): void;
  /** The destination was busy. Once for each batch, however often that one was tried. */
  onBusy(): void;
}

/**
 * Starts with the maximum. One for each sink, kept beside it, so that what one invocation learned holds for the next.
 * The batcher asks `bytes()` whether a batch is full and `inFlight()` before it sends one more, and reports each delivery:
 *
 *     const delivery = await sink.send(batch, signal);
 *     if (delivery.busy) limit.onBusy();
 *     else if (delivery.retry.length === 0) limit.onSuccess();
 *
 * A batch that is already larger when the limit falls is sent as it is.
 */
export function adaptiveLimit({ maxBytes, maxInFlight }: AdaptiveLimitOptions): AdaptiveLimit {
  const least = Math.min(1, MIN_BYTES / maxBytes);
  let share = 1; // of the maximum
  return {
    bytes: () => Math.round(maxBytes * share),
    inFlight: () => Math.max(1, Math.floor(maxInFlight * share)),
    onSuccess() {
      share = Math.min(1, share + STEP);
    },
    onBusy() {
      share = Math.max(least, share / 2);
    },
  };
}
