/** What the back ends that write bytes have in common: operations that open, close and append. */
import { type Literal, literal, type Text } from '../text/text.ts';

export const OPEN = 0;
export const CLOSE = 1;
export const CONSTANT = 2;

const COMMA = 44;
const OBJECT = 123;
const OBJECT_END = 125;

/** Constants in a row become one. */
export function merged<O extends { readonly kind: number; readonly key: Literal }>(
  operations: readonly O[],
): readonly O[] {
  const result: O[] = [];
  for (const next of operations) {
    const last = result.at(-1);
    if (next.kind === CONSTANT && last?.kind === CONSTANT) {
      result[result.length - 1] = { ...last, key: joined(last.key, next.key) };
    } else {
      result.push(next);
    }
  }
  return result;
}

const joined = (a: Literal, b: Literal): Literal => literal(spell(a) + spell(b));
const spell = (l: Literal): string => Buffer.from(l.words.buffer, 0, l.length).toString();

/** In the list of operations, `mark` stands behind the one that opens the outermost object's member `related`. */
export function marked<O extends { readonly kind: number; readonly key: Literal }>(
  operations: readonly O[],
  mark: O,
): readonly O[] {
  let depth = 0;
  for (const [at, { kind, key }] of operations.entries()) {
    if (kind === OPEN && depth++ === 0 && spell(key) === RELATED) return operations.toSpliced(at + 1, 0, mark);
    if (kind === CLOSE) depth--;
  }
  return operations;
}

const RELATED = '"related":{';

/** Marks the place for what looks at the document's addresses and names: shared/enrich/threat. */
export const setMark = (_source: unknown, _indexes: unknown, _key: unknown, doc: Text): void => {
  doc.mark = doc.length;
};

/** Ends an object: its last comma becomes a brace; an empty one is taken back. */
export function close(doc: Text, start: number): void {
  if (doc.bytes[doc.length - 1] === OBJECT) {
    doc.length = start;
  } else {
    doc.bytes[doc.length - 1] = OBJECT_END;
    doc.byte(COMMA);
  }
}

/** Appends `"key":value,`. `key` is `"key":`, rendered. */
export function member(doc: Text, key: Literal, value: unknown): void {
  doc.literal(key);
  doc.json(value);
  doc.byte(COMMA);
}
