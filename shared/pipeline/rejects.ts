/** Rejects on their way into the quarantine: how many bytes wait, and which items they belong to. */
import type { Quarantine, Reject } from '../model.ts';

export interface Rejects {
  put(item: number, reject: Reject): void;
  /** So many bytes wait that reading has to stop for a `flush`. */
  isFull(): boolean;
  flush(): Promise<void>;
}

const MAX_BYTES = 4 << 20; // an object without one good line is read as fast as the quarantine accepts, in bounded memory
const BESIDES = 300; // bytes of a reject that are not its record's, about

/** Where a reject stood. */
export type RejectPlace = Pick<Reject, 'uri' | 'seq' | 'sink'>;

/** Calls `failed` for each reject that could not be stored. */
export function rejecting(
  quarantine: Quarantine,
  signal: AbortSignal,
  failed: (item: number, place: RejectPlace, error: unknown) => void,
): Rejects {
  let waiting: (readonly [item: number, place: RejectPlace])[] = [];
  let bytes = 0;
  return {
    put(item, reject) {
      const { uri, seq, sink } = reject;
      const place = { uri, seq, ...(sink !== undefined && { sink }) };
      waiting.push([item, place]);
      bytes += reject.raw.length + BESIDES;
      try {
        quarantine.put(reject);
      } catch (error) {
        failed(item, place, error);
      }
    },
    isFull: () => bytes >= MAX_BYTES,
    async flush() {
      const own = waiting;
      waiting = [];
      bytes = 0;
      try {
        await quarantine.flush(signal);
      } catch (error) {
        const meanwhile = waiting;
        waiting = [];
        for (const [item, place] of [...own, ...meanwhile]) failed(item, place, error);
      }
    },
  };
}
