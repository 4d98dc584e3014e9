/**
 * The memory that decoders read bodies into. It is kept for the next body: to allocate and zero a window takes longer than to
 * decode an object of a few kilobytes.
 */

/** A window that one long record made larger is not kept. */
const MAX_KEPT_BYTES = 4 << 20;
const MAX_KEPT = 2;

const kept: Uint8Array<ArrayBuffer>[] = [];

/** In: the least number of bytes. The window may hold bytes of an earlier body. */
export function takeWindow(bytes: number): Uint8Array<ArrayBuffer> {
  const at = kept.findIndex((window) => window.length >= bytes);
  return at < 0 ? new Uint8Array(bytes) : kept.splice(at, 1)[0];
}

/** Takes back a window whose bytes are no longer used. */
export function giveWindow(window: Uint8Array<ArrayBuffer>): void {
  if (window.length > MAX_KEPT_BYTES) return;
  kept.push(window);
  if (kept.length > MAX_KEPT) kept.shift();
}
