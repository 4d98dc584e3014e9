/**
 * Finds members of a document that is rendered already, without parsing it. All back ends render JSON without blanks.
 */
const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const OPEN = 123;
const CLOSE_LIST = 93;
const CLOSE = 125;

/**
 * The place behind `"name":{` of the object that begins at `start`; -1: it has no such member. `needle` is that text.
 * Members of inner objects don't count.
 */
export function ownMember(bytes: Uint8Array, start: number, end: number, needle: Uint8Array): number {
  let depth = 0;
  for (let i = start; i < end; i++) {
    const c = bytes[i];
    if (c === QUOTE) {
      const isMember = depth === 1 && (bytes[i - 1] === COMMA || bytes[i - 1] === OPEN);
      if (isMember && isAt(bytes, i, needle)) return i + needle.length;
      i = endOfString(bytes, i);
    } else if (c === OPEN || c === OPEN_LIST) depth++;
    else if (c === CLOSE || c === CLOSE_LIST) depth--;
  }
  return -1;
}

export function isAt(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  for (let i = 0; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false;
  return true;
}

/** In: the place of the quote that begins a string. Out: that of the one that ends it. */
export function endOfString(bytes: Uint8Array, at: number): number {
  let i = at + 1;
  while (bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return i;
}

/** Calls `see` for each text in the lists of an object whose members are lists of texts, by the member's name. */
export function eachText(
  bytes: Uint8Array,
  from: number,
  see: (member: number, start: number, end: number) => void,
): void {
  let i = from;
  while (bytes[i] === QUOTE) {
    const member = bytes[i + 1];
    i = endOfString(bytes, i) + 2; // behind `":`
    if (bytes[i] !== OPEN_LIST) return;
    i++;
    while (bytes[i] === QUOTE) {
      const end = endOfString(bytes, i);
      see(member, i + 1, end);
      i = bytes[end + 1] === COMMA ? end + 2 : end + 1;
    }
    if (bytes[i] !== CLOSE_LIST || bytes[i + 1] !== COMMA) return;
    i += 2;
  }
}
