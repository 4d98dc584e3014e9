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

/** Calls `failed` for each item whose rejects could not be stored. */
export function rejecting(
  quarantine: Quarantine,
  signal: AbortSignal,
  failed: (item: number, error: unknown) => void,
): Rejects {
  const waiting = new Set<number>(); // items
  let bytes = 0;
  return {
    put(item, reject) {
      waiting.add(item);
      bytes += reject.raw.length + BESIDES;
      try {
        quarantine.put(reject);
      } catch (error) {
        failed(item, error);
      }
    },
    isFull: () => bytes >= MAX_BYTES,
    async flush() {
      const items = [...waiting];
      waiting.clear();
      bytes = 0;
      try {
        await quarantine.flush(signal);
      } catch (error) {
        for (const item of [...items, ...waiting]) failed(item, error); // some may have come meanwhile
      }
    },
  };
}
