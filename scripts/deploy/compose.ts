/**
 * CloudFormation out of pieces: a piece written for any source gets that source's names, and pieces are laid over each other.
 * In and out: trees as YAML gives them.
 */
export type Tree = { [name: string]: Node };
type Node = string | number | boolean | null | Node[] | Tree;

/** What stands for `$Source`, `$source`, … in a piece. A text that is nothing but the word becomes the value itself. */
export type Words = Readonly<Record<string, string | number>>;

/** Longer words first: `$SourceX` is `$Source` and `X`, whatever other words there are. */
export function fill<T extends Node>(node: T, words: Words): T;
export function fill(node: Node, words: Words): Node {
  if (typeof node === 'string') {
    return words[node] ?? node.replace(/\$[A-Za-z]+/g, (match) => named(match, words));
  }
  if (Array.isArray(node)) return node.map((part) => fill(part, words));
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => [String(fill(name, words)), fill(value, words)]),
  );
}

function named(match: string, words: Words): string {
  const word = Object.keys(words).find((name) => match.startsWith(name));
  return word === undefined ? match : `${words[word]}${match.slice(word.length)}`;
}

/** Objects are merged, lists put one after the other; of two other values the later one counts. */
export function overlay(below: Node | undefined, above: Node): Node {
  if (Array.isArray(below) && Array.isArray(above)) return [...below, ...above];
  if (!isTree(below) || !isTree(above)) return above;
  const merged = { ...below };
  for (const [name, value] of Object.entries(above)) merged[name] = overlay(below[name], value);
  return merged;
}

const isTree = (node: Node | undefined): node is Tree =>
  typeof node === 'object' && node !== null && !Array.isArray(node);
