/**
 * CloudFormation composed from pieces: words are filled in, and pieces are laid over each other.
 * In and out: trees as YAML gives them.
 */
export type Tree = { [name: string]: Node };
export type Node = string | number | boolean | null | Node[] | Tree;

/** The value of each word, by its name without the dollar sign: `$Source`, `$stack`, `$logBucketDays`. */
export type Words = Readonly<Record<string, Node>>;

/**
 * Replaces words in keys and texts. A text that is nothing but a word becomes the word's value, whatever type that is.
 * `$SourceQueue` is `$Source` and `Queue`: of several words that fit, the longest counts. Throws Error for an unknown word.
 */
export function fill<T extends Node>(node: T, words: Words): T;
export function fill(node: Node, words: Words): Node {
  if (typeof node === 'string') {
    if (node.startsWith('$') && Object.hasOwn(words, node.slice(1))) return words[node.slice(1)];
    return node.replaceAll(/\$([A-Za-z]+)/g, (_, match) => filled(match, words));
  }
  if (Array.isArray(node)) return node.map((part) => fill(part, words));
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => [String(fill(name, words)), fill(value, words)]),
  );
}

/** AWS's own: the version of a function, and the operator of SNS filter policies. */
const NOT_WORDS: ReadonlySet<string> = new Set(['LATEST', 'or']);

function filled(match: string, words: Words): string {
  if (NOT_WORDS.has(match)) return `$${match}`;
  for (let length = match.length; length > 0; length--) {
    const word = match.slice(0, length);
    if (Object.hasOwn(words, word)) return `${words[word]}${match.slice(length)}`;
  }
  throw new Error(`"$${match}" begins with no known word`);
}

/** Merges objects and concatenates lists; of two other values the one above counts. */
export function overlay(below: Node | undefined, above: Node): Node {
  if (Array.isArray(below) && Array.isArray(above)) return [...below, ...above];
  if (!isTree(below) || !isTree(above)) return above;
  const merged = { ...below };
  for (const [name, value] of Object.entries(above)) merged[name] = overlay(below[name], value);
  return merged;
}

const isTree = (node: Node | undefined): node is Tree =>
  typeof node === 'object' && node !== null && !Array.isArray(node);
