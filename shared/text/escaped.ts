/** The inside of a JSON string, for text that rarely needs an escape. */
import type { Bytes, Text } from '../model.ts';

const LOWEST = 0x80808080 | 0;

/** Of four bytes at once: is there one below `n`, n ≤ 128? https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord */
const hasBelow = (word: number, n: number) => (word - 0x01010101 * n) & ~word & LOWEST;
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;

/**
 * Appends well-formed UTF-8 like `Text.escaped`, but four clean bytes at once.
 * 300 bytes without anything to escape: 150 ns against 460; with 88 quotes among them 1,040 against 870.
 */
export function appendEscaped(text: Text, from: Bytes): void {
  const { bytes, view, end } = from;
  text.reserve((end - from.start) * 6); // `escaped` then makes no other room: `to` stays what it is
  const { view: to } = text;
  for (let i = from.start; i < end; ) {
    let at = text.length;
    for (; i + 4 <= end; i += 4, at += 4) {
      const word = view.getInt32(i, true);
      if (hasBelow(word, 32) | hasBelow(word ^ QUOTES, 1) | hasBelow(word ^ BACKSLASHES, 1)) break;
      to.setInt32(at, word, true);
    }
    text.length = at;
    const stop = Math.min(i + 4, end);
    text.escaped(bytes, i, stop);
    i = stop;
  }
}
