/**
 * A request without an answer: an outage, or a record that stops the node's thread, as deep nesting can. To tell them apart, one
 * other record of the batch (the canary) is sent after each request that got no answer. OpenSearch accepts a repeat of a record,
 * so the same canary can be sent again. Canary accepted: halving.ts sends the halves. A record is to blame if it stood alone, got
 * no answer twice, and each time a record of the same index was accepted right after it. In any other case all records wait.
 */
import type { Batch } from '../../model.ts';
import type { Part, Range } from '../delivery/halving.ts';
import { indexOf } from './action.ts';

/** Sends a range of a batch. In: how long the whole exchange may take. */
export type Send = (range: Range, timeoutMs: number) => Promise<Sent>;

/** `unanswered`: the request was sent, and nobody knows what became of it · `stop`: the destination accepts no more now. */
export type Sent = Part | { readonly kind: 'unanswered'; readonly reason: string };

/** What reasons of requests without an answer begin with. */
export const NO_ANSWER = 'no answer';

/** Of the timeout, for the whole batch and for its smallest parts. */
const [WHOLE, LEAST] = [1 / 2, 1 / 6];

/**
 * One attempt of a batch that got no answer before. `send` counts what became of the records, `canary` does not.
 * Out: what to do next, for `halving`. The longest that 16 levels take: 3 timeouts and a half.
 */
export function suspicious(batch: Batch, send: Send, canary: Send, timeoutMs: number): (range: Range) => Promise<Part> {
  const least = timeoutMs * LEAST;
  const limit = ({ first, end }: Range) => Math.max(least, (timeoutMs * WHOLE * (end - first)) / batch.count);

  async function isAnswered(range: Range): Promise<boolean> {
    for (const at of canaries(batch, range)) {
      const { kind } = await canary({ first: at, end: at + 1 }, least);
      if (kind !== 'unanswered') return kind === 'settled';
    }
    return false;
  }

  return async (range) => {
    const isAlone = range.end - range.first === 1;
    for (let tries = isAlone ? 2 : 1; ; tries--) {
      const sent = await send(range, limit(range));
      if (sent.kind !== 'unanswered') return sent;
      if (!(await isAnswered(range))) return { kind: 'stop' };
      if (tries === 1) return { kind: 'refused', reason: isAlone ? BLAMED : sent.reason };
    }
  };
}

const BLAMED = `${NO_ANSWER} to this record, twice, while others of its index were accepted`;

/** The last, the first and the middle one, those outside of the range first; for a record that stands alone, of its own index. */
function canaries(batch: Batch, { first, end }: Range): readonly number[] {
  const isInside = (at: number) => at >= first && at < end;
  let numbers = Array.from({ length: batch.count }, (_, at) => at);
  if (end - first === 1) {
    const index = indexOf(batch.slice(first));
    numbers = numbers.filter((at) => at !== first && indexOf(batch.slice(at)) === index);
  }
  const some = [...new Set([numbers.at(-1), numbers[0], numbers[numbers.length >> 1]])].filter(
    (at) => at !== undefined,
  );
  return [...some.filter((at) => !isInside(at)), ...some.filter(isInside)];
}

/** A broken exchange after the request was sent, by its error. False: nobody was there to take it, or an answer came. */
export function isUnanswered(error: unknown): boolean {
  const { name, message = '' } = error as Partial<Error>;
  return (
    name === 'TimeoutError' ||
    /socket hang up|ECONNRESET|EPIPE|other side closed|premature close|aborted/i.test(message)
  );
}

/** A proxy says that the node behind it did not answer. */
export const UNANSWERED: ReadonlySet<number> = new Set([502, 504]);
