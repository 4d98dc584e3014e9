/** The way into the quarantine: how much is on it, and whose it is. */
import type { Quarantine, Reject } from '../model.ts';

export interface Rejects {
  put(item: number, reject: Reject): void;
  /** So much is on its way that reading has to wait for a `flush`. */
  isFull(): boolean;
  flush(): Promise<void>;
}

const MAX_BYTES = 4 << 20; // an object without one good line goes on at the quarantine's pace, in bounded memory
const BESIDES = 300; // bytes of a reject that are not its record's, about

/** Calls `failed` for each item of which a reject could not be kept. */
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
