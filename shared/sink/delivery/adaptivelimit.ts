/**
 * How much a destination gets at once: less as soon as it pushes back, then little by little more (additive increase,
 * multiplicative decrease, as TCP does), so that many Lambdas that know nothing of each other share what it can take.
 * https://www.rfc-editor.org/rfc/rfc5681#section-3.1
 */

/** Smaller requests cost more than they spare. */
const MIN_BYTES = 256 << 10;
/** Of the maximum, for each batch that was taken: all is back after 16 at most. */
const STEP = 1 / 16;

export interface PaceOptions {
  /** Of one request body, before compression. */
  readonly maxBytes: number;
  readonly maxInFlight: number;
}

export interface Pace {
  /** A batch of so many bytes is full. Never above `maxBytes`, never below the smaller of it and 256 KiB. */
  bytes(): number;
  /** So many batches may be on the wire. From 1 to `maxInFlight`. */
  inFlight(): number;
  /** A batch was taken at its first try. */
  delivered(): void;
  /** The destination asked for less. Once for each batch, however often that one was tried. */
  pushedBack(): void;
}

/**
 * Starts with the maximum. One for each destination, made beside its sink, so that what was learnt outlives an invocation.
 * A lane asks `bytes()` wherever it would ask `sink.maxBytes` whether a batch is full and `inFlight()` before it sends one
 * more, and tells after each batch what became of it:
 *
 *     const delivery = await sink.send(batch, signal);
 *     if (delivery.busy) pace.pushedBack();
 *     else if (delivery.retry.length === 0) pace.delivered();
 *
 * A batch that is already larger when the pace slows down goes as it is.
 */
export function pace({ maxBytes, maxInFlight }: PaceOptions): Pace {
  const least = Math.min(1, MIN_BYTES / maxBytes);
  let share = 1; // of the maximum
  return {
    bytes: () => Math.round(maxBytes * share),
    inFlight: () => Math.max(1, Math.floor(maxInFlight * share)),
    delivered() {
      share = Math.min(1, share + STEP);
    },
    pushedBack() {
      share = Math.max(least, share / 2);
    },
  };
}
